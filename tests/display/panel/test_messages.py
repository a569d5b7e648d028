"""What one change of a task's state costs a page, however long and strange the words are."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.lifecycle import Event, advance
from sora_nb.core.task import Failure, TaskRecord
from sora_nb.display.card import snapshot
from sora_nb.display.card.cards import Cards
from sora_nb.display.card.context import context_of
from sora_nb.display.panel.panel import Panel
from sora_nb.handles.task import Task
from tests.support.desk import LoopDesk
from tests.support.records import (
    BOAT_DONE,
    BOAT_FILM,
    LOST,
    NOW,
    PROCESSING,
    SENT,
    SERVICE,
    boat,
    reported,
)

LIMIT = 2000
NASTY = {
    "plain": "a paper boat " * 800,
    "three bytes a character": "紙の船が雨の中を進む。" * 900,
    "four bytes a character": "🛶🌧️👩🏽‍🚀" * 1500,
    "quotes and backslashes": '"\\' * 5000,
    "control characters": "\x00\x1b\x07" * 3000,
    "combining": "e\u0301\u0323" * 3000,
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd " * 800,
    "one word": "x" * 10_000,
}


def ends(words: str) -> dict[str, list[Event]]:
    """Every way from the service's acceptance, or from the start, to an end."""
    failed = reported("failed", fail_code="CONTENT_VIOLATION", fail_message=words)
    gone = move.Lost(failure=Failure(kind="lost", message=words))
    refused = move.Refused(failure=Failure(kind="refused", message=words, code="402"))
    noted = move.Noted(note=f"the service cannot be reached: {words[:200]}")
    saved = move.Saved(film=BOAT_FILM)
    return {
        "made": [*SENT, PROCESSING, noted, BOAT_DONE, saved],
        "failed": [*SENT, PROCESSING, failed],
        "stopped and watched": [*SENT, move.Stopped(), move.Watched(), PROCESSING, BOAT_DONE],
        "unsure": [move.Sending(), gone],
        "lost": [move.Sending(), LOST],
        "refused": [move.Sending(), refused],
    }


class Told:
    """An output, and the bytes of each message that its page got."""

    def __init__(self, *records: TaskRecord) -> None:
        self.desk = LoopDesk(*records)
        tasks = [Task(self.desk, record.key) for record in records]
        self.output = Panel(tasks, self.desk, grace=0.0)
        self.sent: list[Any] = []
        self.output._panel.send = lambda content, buffers=None: self.sent.append(content)

    def put(self, *records: TaskRecord) -> list[int]:
        """The sizes of the messages after a burst that ended with these records."""
        self.sent.clear()
        for record in records:
            self.desk.board.put(record)
        self.output.send_changes()
        return [size(content) for content in self.sent]


class Opened:
    """The card of one task that a page looks at, and the messages about it."""

    def __init__(self, record: TaskRecord) -> None:
        self.desk = LoopDesk(record)
        self.key = record.key
        self.sent: list[Any] = []
        self.cards = Cards(self, None, silent=False)
        self.cards.open(Task(self.desk, record.key))

    def send(self, content: Any, buffers: Any = None) -> None:
        del buffers
        self.sent.append(content)

    def put(self, record: TaskRecord) -> list[Any]:
        """What is sent after that change."""
        self.sent.clear()
        self.desk.board.put(record)
        self.cards.changed([record.key])
        return list(self.sent)

    def card(self) -> Any:
        view = context_of(Task(self.desk, self.key), None, silent=False)
        return snapshot.card(view, self.desk.now())


def size(content: Any) -> int:
    """Bytes of a comm message's content, packed as ``jupyter_client.session`` does."""
    packed = {"comm_id": "0" * 32, "data": {"method": "custom", "content": content}}
    return len(json.dumps(packed, ensure_ascii=False, allow_nan=False).encode())


@pytest.fixture
def told() -> Iterator[Callable[..., Told]]:
    outputs: list[Told] = []

    def make(*records: TaskRecord) -> Told:
        outputs.append(Told(*records))
        return outputs[-1]

    yield make
    for made in outputs:
        made.output._panel.close()


@pytest.mark.parametrize("words", NASTY.values(), ids=NASTY)
def test_a_change_of_state_is_one_message_below_two_kilobytes_whatever_the_prompt(
    told: Callable[..., Told], words: str
) -> None:
    sizes = list[int]()
    for events in ends(words).values():
        record = boat(60, prompt=words[:10_000], service=SERVICE, cost=0.8)
        page = told(record)
        for event in events:
            record = advance(record, event, NOW)
            found = page.put(record)
            assert len(found) == 1, event
            sizes += found
    assert 200 < max(sizes) < LIMIT


def test_nine_takes_that_change_together_cost_a_message_each(told: Callable[..., Told]) -> None:
    words = NASTY["quotes and backslashes"]
    records = [boat(60, *SENT, key=f"k{take}", prompt=words[:10_000]) for take in range(9)]
    page = told(*records)
    for event in (
        PROCESSING,
        reported("failed", fail_code="GENERATION_FAILED", fail_message=words),
    ):
        records = [advance(record, event, NOW) for record in records]
        found = page.put(*records)
        assert len(found) == 9
        assert max(found) < LIMIT


def test_a_task_that_is_tried_again_is_told_with_one_message_below_two_kilobytes(
    told: Callable[..., Told],
) -> None:
    sizes = []
    for words in NASTY.values():
        old, new = (boat(60, key=key, prompt=words[:10_000]) for key in ("k1", "k2"))
        page = told(old)
        page.desk.board.put(new)
        page.output._tasks = [Task(page.desk, "k2")]
        sizes += page.put()
    assert len(sizes) == len(NASTY)
    assert max(sizes) < LIMIT


@pytest.mark.parametrize("words", NASTY.values(), ids=NASTY)
async def test_the_whole_prompt_comes_when_a_page_asks_for_it(
    told: Callable[..., Told], words: str
) -> None:
    page = told(boat(60, *SENT, prompt=words[:10_000]))
    await page.output.on_command({"kind": "prompt", "key": "k7f3qa"})
    assert page.sent == [{"kind": "prompt", "key": "k7f3qa", "prompt": words[:10_000]}]


@pytest.mark.parametrize("words", NASTY.values(), ids=NASTY)
def test_an_opened_card_is_told_whole_once_and_then_with_one_small_message_for_each_change(
    words: str,
) -> None:
    sizes = list[int]()
    for events in ends(words).values():
        record = boat(60, prompt=words[:10_000], service=SERVICE, cost=0.8)
        page = Opened(record)
        held: dict[str, Any] = {}
        for number, event in enumerate([None, *events], start=1):
            if event is not None:
                record = advance(record, event, NOW)
            (told,) = page.sent if event is None else page.put(record)
            assert told["number"] == number
            held |= told["card"]
            assert held["state"] == record.state
            if event is not None:
                sizes.append(size(told))
                assert "prompt" not in told["card"]
        assert held == page.card()
    assert 200 < max(sizes) < LIMIT


def test_a_card_that_is_opened_anew_is_told_whole_anew() -> None:
    page = Opened(boat(60, *SENT))
    page.put(advance(page.desk.board[page.key], PROCESSING, NOW))
    page.sent.clear()
    page.cards.open(Task(page.desk, page.key))
    (told,) = page.sent
    assert (told["number"], told["card"].keys()) == (1, page.card().keys())


def test_a_burst_that_leaves_nothing_new_to_see_is_silent(told: Callable[..., Told]) -> None:
    record = boat(60, *SENT)
    assert told(record).put(record) == []


@pytest.mark.parametrize("words", NASTY.values(), ids=NASTY)
def test_what_is_cut_for_its_size_is_as_long_as_fits_and_says_so(words: str) -> None:
    shown = snapshot.fitting(words, snapshot.WORDS_SHOWN)
    used = len(json.dumps(shown, ensure_ascii=False).encode())
    assert used <= snapshot.BYTES_SHOWN
    assert shown.endswith("…")
    assert shown[:-1] == words[: len(shown) - 1]
    assert len(shown) == snapshot.WORDS_SHOWN or used > snapshot.BYTES_SHOWN - 20


def test_short_words_of_any_script_are_left_alone() -> None:
    for words in itertools.chain(NASTY.values(), [""]):
        assert snapshot.fitting(words[:80], 400) == words[:80]
