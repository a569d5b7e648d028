"""%sora --sweep VAR: a film for each row of a variable; the prompt is a template."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, call, create_autospec

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from sora_nb.client.client import Client
from sora_nb.core.errors import BudgetExceeded, InvalidRequest
from sora_nb.handles.sweep import Sweep
from sora_nb.magic import extension, sweep
from sora_nb.magic.completion import complete
from sora_nb.magic.line import Generate, parse
from sora_nb.magic.options import FLAGS, help_text
from sora_nb.magic.scanner import LineError
from sora_nb.planning.outlook import Outlook
from sora_nb.planning.plan import plan_rows

ROWS = [{"animal": "koi"}, {"animal": "fox"}]


def outlook(**changes: Any) -> Outlook:
    plan = {
        "new": 2, "reused": 0, "unsure": 0, "same": 0, "invalid": 0, "seconds": 240.0, "at_once": 2,
        "source": "your last 23", "cost": 0.8, "simulated": False, "budget": "budget: none set",
        "refusal": None,
    }  # fmt: skip
    return Outlook(**{**plan, **changes})


class Desk:
    """A client that gives one made-up sweep, and what was shown of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sweep: MagicMock = create_autospec(Sweep, instance=True)
        self.sweep.plan = outlook()
        self.client: MagicMock = create_autospec(Client, instance=True)
        self.client.sweep.return_value = self.sweep
        self.shown: list[tuple[object, bool]] = []
        monkeypatch.setattr(sweep, "show_sweep", self.show)

    def show(self, sweep: object, *, wait: bool = False) -> None:
        self.shown.append((sweep, wait))

    def make(self, line: str, cell: str | None = None, **names: Any) -> dict[str, Any]:
        """The notebook's variables once the line has run."""
        command = parse(line, cell)
        assert isinstance(command, Generate)
        namespace: dict[str, Any] = {"rows": ROWS, **names}
        sweep.make_sweep(namespace, self.client, command, command.wait)
        return namespace


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def test_a_table_of_prompts_needs_no_prompt_on_the_line(desk: Desk) -> None:
    desk.make("--sweep rows")
    assert desk.client.sweep.call_args_list == [
        call(ROWS, template=None, takes=1, concurrency=None, on_invalid="raise", start=False)
    ]
    desk.sweep.start.assert_called_once_with()
    assert desk.shown == [(desk.sweep, False)]


def test_options_hold_for_all_rows_and_out_binds_the_sweep(desk: Desk) -> None:
    names = desk.make("--sweep rows -d 8 --portrait -n 3 --keep-watermark --new -w -o films")
    desk.client.sweep.assert_called_once_with(
        ROWS,
        template=None,
        takes=3,
        concurrency=None,
        on_invalid="raise",
        start=False,
        duration=8,
        aspect_ratio="portrait",
        remove_watermark=False,
        new=True,
    )
    assert names["films"] is desk.sweep
    assert desk.shown == [(desk.sweep, True)]


@pytest.mark.parametrize(
    ("line", "cell"),
    [("--sweep rows --skip-invalid --concurrency 3", None),
     ("--concurrency=3 --sweep rows --skip-invalid", "\na {animal}\n")],
)  # fmt: skip
def test_bad_rows_can_be_left_out_and_so_many_made_at_a_time(
    desk: Desk, line: str, cell: str | None
) -> None:
    desk.make(line, cell)
    (made,) = desk.client.sweep.call_args_list
    assert (made.kwargs["on_invalid"], made.kwargs["concurrency"]) == ("skip", 3)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a boat --skip-invalid", "--skip-invalid is about a sweep: it needs --sweep VAR"),
        ("a boat --concurrency 2", "--concurrency is about a sweep: it needs --sweep VAR"),
        ("--sweep rows --concurrency 0", "--concurrency 0: not a whole number from 1 on"),
        ("--sweep rows --concurrency many", "not a whole number from 1 on"),
        ("--sweep rows --skip-invalids", "Did you mean --skip-invalid?"),
        ("--sweep rows --concurency 2", "Did you mean --concurrency?"),
    ],
)
def test_what_is_about_a_sweep_is_refused_where_there_is_none_or_it_is_misspelt(
    desk: Desk, line: str, words: str
) -> None:
    with pytest.raises(LineError, match=words):
        desk.make(line)
    desk.client.sweep.assert_not_called()


def test_the_error_of_bad_rows_names_the_option_that_can_be_typed_here(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.client, "sweep", lambda rows, **how: plan_rows(rows, takes=1))
    with pytest.raises(InvalidRequest) as caught:
        desk.make("--sweep rows", rows=["a boat", None])
    (flag,) = {word.strip("().") for word in caught.value.advice.split()} & FLAGS.keys()
    assert FLAGS[flag].field == "skip_invalid"


@pytest.mark.parametrize(
    ("line", "cell"),
    [("a {animal} in {place} --sweep rows --vars place", None),
     ("--sweep rows --vars place", "\na {animal} in {place}\n")],
)  # fmt: skip
def test_the_prompt_is_a_template_for_every_row(desk: Desk, line: str, cell: str | None) -> None:
    desk.make(line, cell, place="{Oslo}")
    (made,) = desk.client.sweep.call_args_list
    assert made.kwargs["template"] == "a {animal} in {Oslo}"


def test_a_cell_without_a_prompt_takes_those_of_the_table(desk: Desk) -> None:
    desk.make("--sweep rows", "\n")
    (made,) = desk.client.sweep.call_args_list
    assert made.kwargs["template"] is None


def test_a_dry_run_prints_the_plan_and_starts_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.make("--sweep rows --dry-run -o films")
    assert capsys.readouterr().out.splitlines() == [
        "2 films to make",
        "time: about 4 min, 2 at a time (from your last 23)",
        "price: about 0.80 USD",
        "budget: none set",
        "nothing was sent",
    ]
    desk.sweep.start.assert_not_called()
    assert desk.shown == []


@pytest.mark.parametrize(
    ("plan", "refused"),
    [
        (outlook(cost=0.8), True),
        (outlook(cost=None), True),
        (outlook(cost=0.5), False),
        (outlook(cost=None, simulated=True), False),
        (outlook(cost=0.0, new=0, reused=2), False),
    ],
)
def test_max_cost_is_about_all_films_together(desk: Desk, plan: Outlook, refused: bool) -> None:
    desk.sweep.plan = plan
    if refused:
        with pytest.raises(BudgetExceeded, match="--max-cost"):
            desk.make("--sweep rows --max-cost 0.5")
        desk.sweep.start.assert_not_called()
    else:
        desk.make("--sweep rows --max-cost 0.5")
        desk.sweep.start.assert_called_once_with()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--sweep nothing", "there is no variable of that name"),
        ("--sweep rows.head", "not the plain name"),
        ("--sweep", "needs a value: --sweep VAR"),
        ("--sweep rows --sweep rows", "given twice"),
    ],
)
def test_a_variable_that_is_none_is_refused(desk: Desk, line: str, words: str) -> None:
    with pytest.raises(LineError, match=words):
        desk.make(line)
    desk.client.sweep.assert_not_called()


def test_tab_offers_variables_and_help_names_the_option() -> None:
    offer = complete("%sora --sweep r", keys=lambda _: [], names=["rows", "other"])
    assert offer is not None
    assert offer.items == ("rows",)
    assert all(words in help_text() for words in ("--sweep VAR", "--concurrency N"))


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    for name in ("APIXO_API_KEY", "APIXO_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    extension.load_ipython_extension(shell)
    yield shell
    InteractiveShell.clear_instance()


def test_line_and_cell_reach_the_sweep_from_a_notebook(
    shell: InteractiveShell, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sora_nb.client.default.default_client", lambda: desk.client)
    shell.user_ns["rows"] = ROWS
    for cell in ("%sora a {animal} --sweep rows -o films", "%%sora --sweep rows\na {animal}"):
        shell.run_cell(cell).raise_error()  # type: ignore[no-untyped-call]
    assert [made.kwargs["template"] for made in desk.client.sweep.call_args_list] == [
        "a {animal}"
    ] * 2
    assert shell.user_ns["films"] is desk.sweep
