"""What `doctor` finds, and that each finding that is not fine has one fix."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sora_nb.core.errors import InsufficientCredits
from sora_nb.core.secret import Secret
from sora_nb.display.host.host import Host
from sora_nb.doctor.findings import EXHAUSTED, SCARCE, Facts, Finding, findings, text_of, worst
from sora_nb.doctor.gather import gather
from sora_nb.settings.resolve import resolve
from sora_nb.settings.settings import Settings
from sora_nb.storage.journal.journal import Journal
from tests.support.films import FilmMaker, make_film

__all__ = ["make_film"]

KEY = "made-up-key"
FINE = Facts(
    host=Host.JUPYTER,
    python="3.12.4 on Linux",
    versions={"ipykernel": "7.4.0", "ipywidgets": "8.1.9", "anywidget": "0.11.0"},
    root="/films",
    below_root=True,
    below_notebook=True,
    home="/home/ada",
    media="/films/sora_videos",
    free=50 << 30,
)
REAL = dataclasses.replace(
    FINE, simulated=False, service="https://api.example/api/v1", key_from="APIXO_API_KEY"
)


def found(facts: Facts = FINE, **changes: Any) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings(dataclasses.replace(facts, **changes))}


@pytest.mark.parametrize("host", [host for host in Host if host is not Host.VSCODE])
def test_in_every_place_but_one_all_can_be_fine(host: Host) -> None:
    every = found(host=host)
    assert {finding.mark for finding in every.values()} == {"ok"}
    assert [finding for finding in every.values() if finding.fix] == []
    assert host.value in every["place"].words
    assert worst(list(every.values())) == "ok"


def test_vs_code_is_silent() -> None:
    every = found(host=Host.VSCODE)
    assert [name for name, finding in every.items() if finding.mark != "ok"] == ["sound"]
    assert "no AAC" in every["sound"].words


@pytest.mark.parametrize(
    ("name", "mark", "words", "fix", "changes"),
    [
        (
            "widgets",
            "look",
            "ipywidgets 7.7.1",
            "ipywidgets>=8",
            {"versions": {"ipywidgets": "7.7.1"}},
        ),
        ("clicks", "look", "6.31.0", "ipykernel>=7.4", {"versions": {"ipykernel": "6.31.0"}}),
        ("loop", "bad", "nest_asyncio", "nest_asyncio2", {"old_nest_asyncio": True}),
        ("loop", "look", "uvloop", "await task", {"loop": "uvloop"}),
        ("road", "look", "outside the server's root /films", "media=", {"below_root": False}),
        ("road", "look", "no server's root", "embed=True", {"below_root": False, "root": None}),
        (
            "road",
            "look",
            "gone when it ends",
            "SORA_NB_MEDIA",
            {"host": Host.VSCODE, "below_notebook": False},
        ),
        ("codec", "bad", "no such codec", "av<19", {"undecodable": "no such codec"}),
        (
            "key",
            "bad",
            "https://api",
            "APIXO_API_KEY",
            {"simulated": False, "service": "https://api"},
        ),
        ("journal", "bad", "(and 1 more)", "/j", {"journal": "/j", "journal_trouble": ["a", "b"]}),
        ("journal", "look", "WAL", "SORA_NB_HOME", {"journal": "/j", "journal_mode": "delete"}),
        ("disk", "bad", "/home/ada cannot", "SORA_NB_HOME", {"unwritable": ["/home/ada"]}),
        ("disk", "bad", "/films/s", "SORA_NB_MEDIA", {"unwritable": ["/films/sora_videos"]}),
        ("disk", "look", "1074 MB", "make room", {"free": SCARCE - 1}),
        ("disk", "bad", "MB are free", "make room", {"free": EXHAUSTED - 1}),
    ],
)
def test_what_is_not_fine_has_one_fix(
    name: str, mark: str, words: str, fix: str, changes: dict[str, Any]
) -> None:
    every = list(findings(dataclasses.replace(FINE, **changes)))
    (finding,) = [one for one in every if one.name == name and one.mark != "ok"]
    assert finding.mark == mark
    assert words in finding.words
    assert finding.fix is not None
    assert fix in finding.fix
    assert worst(every) == mark


def test_colabs_old_packages_are_no_finding() -> None:
    versions = {"ipywidgets": "7.7.1", "ipykernel": "6.17.1"}
    assert {"widgets", "clicks"}.isdisjoint(found(host=Host.COLAB, versions=versions))


def test_nest_asyncio_does_no_harm_to_an_older_kernel() -> None:
    assert "loop" not in found(old_nest_asyncio=True, versions={"ipykernel": "6.31.0"})


def test_embedding_is_a_road_everywhere() -> None:
    for host in Host:
        assert "embed" in found(host=host, embed=True, below_root=False)["road"].words


def test_a_real_service_says_what_is_left_or_why_it_does_not_answer() -> None:
    assert found(REAL, balance=12.5)["service"].words.endswith("answers: 12.50 USD left")
    refused = found(REAL, service_trouble=("the key was refused.", "Set another one."))["service"]
    assert (refused.mark, refused.fix) == ("bad", "Set another one.")


def test_the_text_has_a_line_for_each_finding_and_a_fix_below_those_that_need_one() -> None:
    every = list(findings(dataclasses.replace(FINE, undecodable="no such codec")))
    lines = text_of(every).splitlines()
    assert len(lines) == len(every) + 1
    index = next(i for i, line in enumerate(lines) if line.startswith("bad  codec"))
    assert lines[index + 1].strip().startswith("fix: pip install")


class Place:
    """Settings of a test, and what was asked of the service."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = 0

    def settings(self, **environ: str) -> Settings:
        own = {"SORA_NB_HOME": str(self.folder / "home"), **environ}
        return resolve({}, environ=own, notebook_folder=self.folder)

    def balance(self) -> float:
        self.asked += 1
        return 3.0

    def gather(self, settings: Settings, **changes: Any) -> Facts:
        given: dict[str, Any] = {
            "balance": self.balance,
            "environ": {},
            "modules": {},
            "shell": None,
            **changes,
        }
        return gather(settings, self.folder, **given)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_looking_makes_nothing_and_asks_nobody_for_a_simulator(place: Place) -> None:
    facts = place.gather(place.settings())
    assert (facts.host, facts.simulated, facts.journal) == (Host.SCRIPT, True, None)
    assert place.asked == 0
    assert list(place.folder.iterdir()) == []
    assert facts.undecodable is None
    assert "anywidget" in facts.versions
    assert facts.free == pytest.approx(shutil.disk_usage(place.folder).free, rel=0.2)


def test_a_real_service_is_asked_for_the_balance_alone(place: Place) -> None:
    facts = place.gather(place.settings(APIXO_API_KEY=KEY))
    assert (facts.balance, facts.key_from, place.asked) == (3.0, "APIXO_API_KEY", 1)


def test_the_key_is_in_no_fact_and_in_no_finding(place: Place) -> None:
    facts = place.gather(place.settings(APIXO_API_KEY=KEY))
    told = [text_of(list(findings(facts))), json.dumps(findings(facts)), repr(facts)]
    assert [text for text in told if KEY in text] == []
    assert Secret(KEY).reveal() == KEY


def test_the_services_refusal_is_a_finding_with_its_own_advice(place: Place) -> None:
    def refuse() -> float:
        raise InsufficientCredits("nothing is left.", advice="Add some.")

    facts = place.gather(place.settings(APIXO_API_KEY=KEY), balance=refuse)
    assert facts.service_trouble == ("nothing is left.", "Add some.")


def test_a_service_that_does_not_answer_is_given_up(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    import sora_nb.doctor.gather as module

    answered = threading.Event()

    def never() -> float:
        answered.wait(60)
        return 0.0

    monkeypatch.setattr(module, "PATIENCE", 0.05)
    try:
        facts = place.gather(place.settings(APIXO_API_KEY=KEY), balance=never)
    finally:
        answered.set()
    assert facts.service_trouble is not None
    assert "no answer within" in facts.service_trouble[0]


def test_a_journal_is_verified_and_its_mode_told(place: Place) -> None:
    settings = place.settings()
    journal = Journal(settings.journal, clock=time.time)
    assert journal.mode == "wal"
    journal.close()
    facts = place.gather(settings)
    assert (facts.journal, facts.journal_mode) == (str(settings.journal), "wal")
    assert facts.journal_trouble == []
    settings.journal.write_bytes(b"no journal at all" * 1000)
    assert place.gather(settings).journal_trouble != []


def test_the_newest_film_is_really_decoded(place: Place, make_film: FilmMaker) -> None:
    settings = place.settings(SORA_NB_MEDIA=str(place.folder))
    film = place.folder / "boat.mp4"
    shutil.copyfile(make_film("boat.mp4", seconds=1), film)
    assert place.gather(settings).undecodable is None
    film.write_bytes(film.read_bytes()[:100])
    assert "boat.mp4" in (place.gather(settings).undecodable or "")


def test_the_road_follows_the_server_of_the_kernel(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = SimpleNamespace(kernel=SimpleNamespace(), user_ns={})
    monkeypatch.setattr("sora_nb.doctor.gather.paths.server_root_of_kernel", lambda: place.folder)
    facts = place.gather(place.settings(), shell=shell)
    assert (facts.host, facts.root, facts.below_root) == (Host.JUPYTER, str(place.folder), True)
    elsewhere = place.settings(SORA_NB_MEDIA="/elsewhere")
    assert not place.gather(elsewhere, shell=shell).below_root


@pytest.mark.parametrize(("kernel", "told"), [(True, True), (False, False)])
def test_nest_asyncio_matters_in_a_kernel_alone(place: Place, kernel: bool, told: bool) -> None:
    modules = {"nest_asyncio": object(), **({"ipykernel": sys} if kernel else {})}
    assert place.gather(place.settings(), modules=modules).old_nest_asyncio is told
