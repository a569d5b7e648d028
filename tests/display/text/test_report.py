"""What the verbs and the command line print."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.display.text.report import config_text, preview_text
from sora_nb.magic.options import LATER_OPTIONS, OPTIONS, VERBS, help_text
from sora_nb.planning.pricing import Preview
from sora_nb.settings.resolve import resolve
from sora_nb.settings.settings import Settings

BODY = {"input": {"prompt": "ein Boot, 漢字", "duration": 4}}


def preview(*, cost: float | None = None, unchecked: bool = False, reuses: str | None = None,
            service: str = "https://s.example/api/v1") -> Preview:  # fmt: skip
    url = f"{service}/generateTask/sora-2"
    return Preview(url, BODY, cost, unchecked, service, reuses)


def test_config_tells_each_value_and_its_source_but_never_the_key(tmp_path: Path) -> None:
    settings = resolve(
        {"poll": "live"},
        environ={"APIXO_API_KEY": "sk-secret", "SORA_NB_HOME": str(tmp_path / "home")},
        notebook_folder=tmp_path,
        configured={"price_per_second": 0.1},
    )
    rows = {line.split()[0]: line for line in config_text(settings).splitlines()}
    assert rows["api_key"].endswith("set (APIXO_API_KEY)")
    assert rows["poll"].split()[1:] == ["live", "argument"]
    assert rows["price_per_second"].split()[1:] == ["0.1", "configure"]
    assert rows["home"].split()[1:] == [str(tmp_path / "home"), "SORA_NB_HOME"]
    assert rows["rate"].split()[1:] == ["10000", "requests", "a", "minute", "default"]
    assert "sk-secret" not in config_text(settings)


def test_config_without_a_key_says_so(tmp_path: Path) -> None:
    settings = resolve({"home": tmp_path}, environ={}, notebook_folder=tmp_path)
    rows = {line.split()[0]: line for line in config_text(settings).splitlines()}
    assert rows["api_key"].endswith("not set")
    assert rows["service"].endswith("simulator")


@pytest.mark.parametrize(
    ("previews", "words"),
    [
        ([preview()], "price unknown: set price_per_second"),
        ([preview(cost=0.4)], "price: about 0.40 USD"),
        ([preview(cost=0.4), preview(cost=0.4)], "price: about 0.80 USD"),
        ([preview(cost=0.4), preview(cost=0.4, reuses="k1")], "price: about 0.40 USD"),
        ([preview(cost=0.4, reuses="k1")], "price: nothing"),
        ([preview(service="simulator")], "price: nothing (simulator)"),
        ([preview(unchecked=True)], "the input was not checked"),
        ([preview(), preview(reuses="k1")], "take 2: task k1 already answers this"),
    ],
)
def test_a_dry_run_tells_the_request_and_its_price(previews: list[Preview], words: str) -> None:
    shown = preview_text(previews, None, {})
    assert words in shown
    assert '"prompt": "ein Boot, 漢字"' in shown
    assert shown.splitlines()[0].startswith("POST ")
    assert shown.splitlines()[-1] == "nothing was sent"


def test_the_help_names_every_option_and_verb_and_nothing_of_a_later_version() -> None:
    words = help_text().replace(",", " ").split()
    for option in OPTIONS:
        assert set(option.flags) <= set(words)
    assert set(VERBS) <= set(words)
    assert not set(LATER_OPTIONS) & set(words)


def test_a_journal_that_cannot_use_wal_says_so(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert f"{settings.journal}\n" in config_text(settings, "wal")
    assert "(mode delete: WAL is not safe there)" in config_text(settings, "delete")
