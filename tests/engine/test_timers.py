"""What happens when: one timer for everybody, and a line for the slots in which nobody starves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sora_nb.core.errors import DownloadError
from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import State, VideoRequest
from sora_nb.engine.limits import CATCH_UP, SHARE, RateLimiter
from sora_nb.engine.request_queue import ON_THE_WIRE, RequestQueue
from sora_nb.engine.timers import Timers
from tests.support.virtual_time import NOON, live, now
from tests.support.world import SERVICE, World


class Alarm:
    """A clock that is set by hand, and the timers that were set on it."""

    def __init__(self, tick: float = 0.0) -> None:
        self.time = 100.0
        self.handles: list[Timer] = []
        self.timers = Timers(clock=lambda: self.time, later=self._later, tick=tick)
        self.done: list[str] = []

    def _later(self, seconds: float, function: Callable[[], None]) -> Timer:
        assert seconds >= 0
        self.handles.append(Timer(self.time + seconds, function))
        return self.handles[-1]

    def put(self, key: str, due: float) -> None:
        self.timers.schedule(key, due, lambda: self.done.append(key))

    @property
    def pending(self) -> list[float]:
        return [timer.due for timer in self.handles if not timer.over]

    def reach(self, time: float, early: float = 0.0) -> None:
        """Let time pass; each timer rings ``early`` seconds too early, as loops do."""
        while due := sorted(t.due for t in self.handles if not t.over and t.due <= time):
            timer = next(t for t in self.handles if not t.over and t.due == due[0])
            self.time, timer.over = max(self.time, timer.due - early), True
            timer.function()
        self.time = time


class Timer:
    def __init__(self, due: float, function: Callable[[], None]) -> None:
        self.due = due
        self.function = function
        self.over = False

    def cancel(self) -> None:
        self.over = True


def test_acts_come_in_the_order_in_which_they_are_due_and_one_timer_serves_them() -> None:
    alarm = Alarm()
    for number in range(50):
        alarm.put(f"k{number}", 100 + (number * 7) % 50)
        assert len(alarm.pending) == 1
    alarm.reach(124.5)
    assert (
        alarm.done == [f"k{number}" for number in sorted(range(50), key=lambda n: n * 7 % 50)][:25]
    )
    assert alarm.pending == [125]


def test_an_act_that_is_put_again_or_dropped_does_not_come_at_its_old_moment() -> None:
    alarm = Alarm()
    alarm.put("later", 110)
    alarm.put("gone", 111)
    alarm.put("sooner", 150)
    alarm.put("later", 130)
    alarm.put("sooner", 105)
    alarm.timers.cancel("gone")
    alarm.timers.cancel("gone")
    alarm.reach(120)
    assert alarm.done == ["sooner"]
    alarm.reach(200)
    assert alarm.done == ["sooner", "later"]


def test_an_act_may_drop_move_and_put_others_that_are_due_with_it() -> None:
    alarm = Alarm()

    def act() -> None:
        alarm.timers.cancel("dropped")
        alarm.put("moved", 120)
        alarm.put("new", 100)

    alarm.timers.schedule("first", 110, act)
    for key in ("dropped", "moved", "usual"):
        alarm.put(key, 110)
    alarm.reach(110)
    assert alarm.done == ["usual", "new"]
    alarm.reach(120)
    assert alarm.done == ["usual", "new", "moved"]


def test_a_timer_that_rings_a_tick_too_early_does_not_ring_for_nothing() -> None:
    alarm = Alarm()
    alarm.put("k", 110)
    alarm.reach(110, early=1e-9)
    assert (alarm.done, len(alarm.handles)) == (["k"], 1)


def test_in_a_crowd_the_acts_of_a_tick_come_together_and_none_before_it_is_due() -> None:
    alarm = Alarm(tick=10)
    for due in (101, 102, 105, 111, 112, 140):
        alarm.put(str(due), due)
    alarm.reach(101)
    assert alarm.done == ["101"], "after a pause: when it is due"
    alarm.reach(110.9)
    assert alarm.done == ["101"]
    alarm.reach(111)
    assert alarm.done == ["101", "102", "105", "111"]
    alarm.reach(121)
    assert alarm.done[4:] == ["112"]
    alarm.reach(139)
    assert alarm.done[5:] == []
    alarm.reach(140)
    assert alarm.done[5:] == ["140"]


def test_an_act_that_is_put_after_a_pause_does_not_wait_for_a_tick() -> None:
    alarm = Alarm(tick=10)
    alarm.put("first", 101)
    alarm.reach(150)
    alarm.put("at once", 150)
    alarm.reach(150)
    assert alarm.done == ["first", "at once"]


def test_nothing_happens_after_closing() -> None:
    alarm = Alarm()
    alarm.put("k", 110)
    alarm.timers.close()
    alarm.reach(200)
    assert (alarm.done, alarm.pending) == ([], [])


def test_tasks_that_wait_are_no_coroutines_and_one_timer_serves_them_all() -> None:
    """While they wait for a place, for a slot, for the next question, or after trouble."""

    async def scenario() -> None:
        world = World(concurrency=200)
        world.media.saves = [DownloadError("cut")] * 40
        for number in range(300):
            world.ask(f"k{number}")
        loop = asyncio.get_running_loop()
        most_steps = most_timers = 0
        while world.state("k299") is not State.READY:
            await asyncio.sleep(0.25)
            timers = [t for t in loop._scheduled if not t.cancelled()]  # type: ignore[attr-defined]
            most_timers = max(most_timers, len(timers))
            most_steps = max(most_steps, len(asyncio.all_tasks()) - 1)
        # Beside the timers': the board's gathering, and the 10 ms that a stand-in's save takes.
        assert most_timers <= 3 + most_steps
        assert most_steps <= 40, "the requests and downloads that were going on"
        await world.engine.at_rest()

    live(scenario())


def test_nobody_waits_longer_for_a_slot_than_two_requests_of_everybody_take() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        rate, count = 10.0, 100
        limiter = RateLimiter(rate * 60 / SHARE, clock=loop.time)
        queue = RequestQueue(limiter, Timers(clock=loop.time, later=loop.call_later))
        waits: list[float] = []
        sent: list[str] = []

        def ask(key: str) -> None:
            since = now()

            def go(key: str) -> None:
                waits.append(now() - since)
                sent.append(key)
                queue.done(key)
                loop.call_later(0.5, ask, key)  # everybody asks far more often than there are slots

            queue.ask(key, go)

        def post(key: str) -> None:
            sent.append(key)
            queue.done(key)

        for number in range(count):
            ask(f"k{number}")
        await asyncio.sleep(15)
        for number in range(count):
            record = new_record(
                f"s{number}", VideoRequest(prompt="x"), service=SERVICE, now=NOON + number
            )
            queue.submit(record, post)
        await asyncio.sleep(5)
        assert [key for key in sent if key[0] == "s"] == sent[-50:], "submits go first, in order"
        await asyncio.sleep(200)
        assert max(waits) <= 2 * count / rate
        assert 2200 <= len(sent) <= 2201, "no slot is lost"
        asked = [sent.count(f"k{number}") for number in range(count)]
        assert max(asked) - min(asked) <= 1, "and everybody is served as often"

    live(scenario())


def test_so_many_requests_are_on_the_wire_at_once_and_the_others_wait_as_entries() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        limiter = RateLimiter(1e9, clock=loop.time)
        queue = RequestQueue(limiter, Timers(clock=loop.time, later=loop.call_later))
        sent: list[str] = []
        for number in range(150):
            queue.ask(f"k{number}", sent.append)
        await asyncio.sleep(1)
        assert len(sent) == ON_THE_WIRE
        record = new_record("post", VideoRequest(prompt="x"), service=SERVICE, now=NOON)
        queue.submit(record, sent.append)
        await asyncio.sleep(1)
        assert sent[-1] == "post", "a submit does not wait for the answers to questions"
        for key in ("k0", "k0", "k1"):
            queue.done(key)
        queue.leave("k2")
        queue.leave(f"k{ON_THE_WIRE + 3}")
        queue.done("k3")
        await asyncio.sleep(1)
        assert sent[ON_THE_WIRE + 1 :] == [f"k{ON_THE_WIRE + n}" for n in (0, 1, 2, 4)]

    live(scenario())


def test_a_loop_that_comes_late_uses_the_slots_of_a_moment_and_no_more() -> None:
    time = 0.0
    limiter = RateLimiter(1000 * 60 / SHARE, clock=lambda: time)
    limiter.take(0.0)
    time = 60.0
    burst = 0
    while limiter.free() <= time:
        limiter.take(1.0)
        burst += 1
    assert burst == 1000 * CATCH_UP + 1
