"""From a result link to a film on disk."""

from __future__ import annotations

import asyncio

import pytest

from sora_nb.core.errors import DownloadError, LinkExpired
from sora_nb.core.task import Report, State
from sora_nb.engine.limits import DOWNLOADS
from tests.support.virtual_time import NOON, live, now
from tests.support.world import SUCCESS, URL, World, done_after


def test_a_cut_download_is_tried_again_and_the_task_stays_alive() -> None:
    async def scenario() -> None:
        world = World()
        world.media.saves = [DownloadError("the connection ended."), DownloadError("disk full.")]
        world.ask()
        await world.until([State.SAVING])
        await asyncio.sleep(0.1)
        note = world.board["boat"].note
        assert note == "not saved yet: the connection ended; tried again by itself"
        assert (await world.rest()).state is State.READY
        assert len(world.media.tried) == 3

    live(scenario())


def test_after_trouble_with_one_link_the_next_of_them_is_tried() -> None:
    async def scenario() -> None:
        world = World()
        world.service.script = done_after(50, Report(state="success", urls=(URL, URL + "2")))
        world.media.saves = [DownloadError("cut")]
        world.ask()
        assert (await world.rest()).state is State.READY
        assert world.media.tried == [URL, URL + "2"]

    live(scenario())


def test_a_link_that_fails_for_the_third_time_is_asked_for_anew() -> None:
    """A simulator that was started again gives its films at another port."""

    async def scenario() -> None:
        world = World()
        moved = Report(state="success", urls=(URL + "?moved",))
        world.service.script = lambda age: moved if world.media.tried else SUCCESS
        world.media.saves = [DownloadError("connection refused")] * 3
        world.ask()
        assert (await world.rest()).state is State.READY
        assert world.media.tried == [URL, URL, URL, URL + "?moved"]

    live(scenario())


def test_an_expired_link_is_asked_for_anew() -> None:
    async def scenario() -> None:
        world = World()
        fresh = Report(state="success", urls=(URL + "?fresh",))
        world.service.script = lambda age: fresh if world.media.tried else SUCCESS
        world.media.saves = [LinkExpired("403")]
        world.ask()
        record = await world.rest()
        assert record.state is State.READY
        assert world.media.tried == [URL, URL + "?fresh"]

    live(scenario())


def test_a_host_that_refuses_every_fresh_link_is_not_hammered() -> None:
    async def scenario() -> None:
        world = World()
        world.service.script = lambda age: Report(
            state="success", urls=(f"{URL}?signed={len(world.media.tried)}",)
        )
        world.media.saves = [LinkExpired("403")] * 1000
        world.ask()
        await world.until([State.SAVING])
        await asyncio.sleep(600)
        assert 10 < len(world.media.tried) < 60
        await world.engine.close()

    live(scenario())


def test_a_link_that_dies_for_good_ends_the_task_in_our_words() -> None:
    async def scenario() -> None:
        world = World()
        finished = round((NOON - 15 * 86_400 + 3600) * 1000)  # the task was taken up late
        report = Report(state="success", urls=(URL,), completed_ms=finished)
        world.service.script = lambda age: report
        world.media.saves = [LinkExpired("the link no longer answers (410).")] * 1000
        world.ask()
        record = await world.rest()
        assert record.state is State.FAILED
        assert record.failure is not None
        assert (record.failure.kind, record.failure.error) == ("gave_up", "LinkExpired")
        assert 3600 <= now() - NOON < 3700

    live(scenario())


def test_the_film_of_a_finished_task_that_vanished_is_fetched_again_while_its_link_lives() -> None:
    async def scenario() -> None:
        world = World()
        world.ask()
        record = await world.rest()
        assert world.recovery.recover(record) == record
        world.media.there.clear()
        world.engine.start(world.recovery.recover(record))
        assert world.state() is State.SAVING
        assert (await world.rest()).state is State.READY
        world.media.there.clear()
        await asyncio.sleep(16 * 86_400)
        with pytest.raises(LinkExpired, match="boat"):
            world.recovery.recover(world.board["boat"])
        assert world.service.posts == 1

    live(scenario())


def test_so_many_films_are_fetched_at_once_and_the_others_wait_for_one_of_them() -> None:
    async def scenario() -> None:
        world = World()
        for number in range(DOWNLOADS + 10):
            world.ask(f"k{number}")
        world.media.patience = 1000.0
        await world.until([State.SAVING], "k0")
        await asyncio.sleep(200)
        assert {world.state(f"k{number}") for number in range(DOWNLOADS + 10)} == {State.SAVING}
        assert len(world.media.tried) == DOWNLOADS
        await world.engine.stop("k0")
        await asyncio.sleep(1)
        assert len(world.media.tried) == DOWNLOADS + 1
        await world.engine.at_rest()
        assert len(world.media.there) == DOWNLOADS + 9

    live(scenario())
