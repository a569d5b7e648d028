"""Random histories of answers, faults, crashes and resumes, against a model that counts charges."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sora_nb.core.errors import DownloadError, InvalidRequest, JournalError, LinkExpired
from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import UNFINISHED, Film, Report, State, VideoRequest
from sora_nb.storage.journal.journal import Journal
from tests.support.virtual_time import VirtualLoop, now
from tests.support.world import FAILED, SERVICE, SUCCESS

from .mortal_kernel import ANSWERS, CountingService, Kernel

_S = State
NEXT: dict[State, set[State]] = {
    _S.QUEUED: {_S.QUEUED, _S.SUBMITTING, _S.STOPPED},
    # The last four: what a journal that could not be written for a while catches up with.
    _S.SUBMITTING: {_S.QUEUED, _S.PENDING, _S.UNSURE, _S.FAILED}
    | {_S.PROCESSING, _S.SAVING, _S.READY, _S.STOPPED},
    _S.PENDING: {_S.PENDING, _S.PROCESSING, _S.SAVING, _S.READY, _S.FAILED, _S.STOPPED},
    _S.PROCESSING: {_S.PENDING, _S.PROCESSING, _S.SAVING, _S.READY, _S.FAILED, _S.STOPPED},
    _S.SAVING: {_S.SAVING, _S.READY, _S.FAILED, _S.STOPPED},
    _S.STOPPED: {_S.QUEUED, _S.PENDING, _S.PROCESSING, _S.SAVING, _S.READY, _S.FAILED},
    _S.UNSURE: {_S.QUEUED, _S.PENDING, _S.PROCESSING, _S.SAVING, _S.READY, _S.FAILED}
    | {_S.STOPPED},
    _S.READY: set(),
    _S.FAILED: set(),
}
"""What may follow what in the journal's history of a task, written down apart from the code."""


class JobTimes(RuleBasedStateMachine):
    """Up to two kernels, one journal, one service that counts."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="sora-nb-history-"))
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)
        self.kernels: list[Kernel] = []
        self.service = CountingService()
        self.films: dict[str, Film] = {}
        self.allowed: Counter[str] = Counter()
        self.seen = Journal(self.folder / "journal.sqlite3", clock=lambda: 0.0)
        self._start()

    def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        self.runner.run(work)

    def _start(self) -> None:
        async def begin() -> None:
            path = self.folder / "journal.sqlite3"
            self.kernels.append(Kernel(path, self.service, self.films))

        self._run(begin())

    def _kernel(self, choice: int) -> Kernel:
        return self.kernels[choice % len(self.kernels)]

    # What people do

    @rule(choice=st.integers(0, 1), answers=st.lists(st.sampled_from(ANSWERS), max_size=3))
    def ask(self, choice: int, answers: list[str]) -> None:
        self.service.answers += answers
        prompt = f"film {len(self.allowed)}"
        self._ask(self._kernel(choice), prompt, reuse=True)

    @precondition(lambda self: self.allowed)
    @rule(choice=st.integers(0, 1), which=st.integers(0, 20))
    def run_all(self, choice: int, which: int) -> None:
        """The same prompt again: it has its task, whatever became of that."""
        self._ask(self._kernel(choice), sorted(self.allowed)[which % len(self.allowed)], reuse=True)

    @precondition(lambda self: self.allowed)
    @rule(choice=st.integers(0, 1), which=st.integers(0, 20))
    def pay_again(self, choice: int, which: int) -> None:
        """A person says that it may cost a second time."""
        self._ask(
            self._kernel(choice), sorted(self.allowed)[which % len(self.allowed)], reuse=False
        )

    def _ask(self, kernel: Kernel, prompt: str, *, reuse: bool) -> None:
        async def work() -> None:
            key = f"task{len(self.seen.all())}"
            request = VideoRequest(prompt=prompt)
            record = new_record(key, request, service=SERVICE, now=now())
            with suppress(JournalError):
                found = kernel.world.store.create(record, reuse=reuse)
                # Failed ones are made anew: nothing was charged, or the service said so.
                self.allowed[prompt] += found.key == key
                if found.state is State.STOPPED:
                    kernel.world.engine.watch(found.key)
                else:
                    kernel.world.engine.start(kernel.world.recovery.recover(found))

        self._run(work())

    @rule(choice=st.integers(0, 1), which=st.integers(0, 20))
    def stop(self, choice: int, which: int) -> None:
        async def work() -> None:
            kernel = self._kernel(choice)
            keys = sorted(kernel.world.engine._supervisor)
            if keys and not kernel.journal.full:
                with suppress(InvalidRequest):
                    await kernel.world.engine.stop(keys[which % len(keys)])

        self._run(work())

    @rule(choice=st.integers(0, 1), adopt=st.booleans())
    def decide_about_the_unsure(self, choice: int, adopt: bool) -> None:
        async def work() -> None:
            kernel = self._kernel(choice)
            if kernel.journal.full:
                return
            for record in self.seen.queries.in_states(SERVICE, {State.UNSURE}):
                kernel.world.store.load(record)
                if kernel.world.board[record.key].state is not State.UNSURE:
                    continue
                alike = [r for r in self.seen.all() if r.request.prompt == record.request.prompt]
                known = [r.task_id for r in alike]
                mine = [i for i, p in self.service.ids.items() if p == record.request.prompt]
                free = [task_id for task_id in mine if task_id not in known]
                if not free:
                    kernel.world.engine.forget(record.key)
                elif adopt and known.count(None) == 1:
                    kernel.world.engine.adopt(record.key, free[0])

        self._run(work())

    # What happens to them

    @rule(seconds=st.sampled_from([0.05, 1.0, 15.0, 60.0, 200.0, 3600.0]))
    def time_passes(self, seconds: float) -> None:
        self._run(asyncio.sleep(seconds))

    @rule(down=st.booleans())
    def the_service_breaks_or_recovers(self, down: bool) -> None:
        self.service.down = down

    @rule(fails=st.booleans())
    def tasks_from_now_on(self, fails: bool) -> None:
        end = FAILED if fails else SUCCESS
        self.service.script = lambda age: end if age >= 150 else Report(state="processing")

    @rule(choice=st.integers(0, 1), expired=st.booleans())
    def a_download_breaks(self, choice: int, expired: bool) -> None:
        trouble = LinkExpired("403") if expired else DownloadError("it was cut")
        self._kernel(choice).world.media.saves.append(trouble)

    @rule(choice=st.integers(0, 1), full=st.booleans())
    def a_disk_fills_up_or_is_freed(self, choice: int, full: bool) -> None:
        self._kernel(choice).journal.full = full

    @precondition(lambda self: len(self.kernels) < 2)
    @rule()
    def a_second_kernel_starts(self) -> None:
        self._start()

    @rule(choice=st.integers(0, 1))
    def a_kernel_is_killed_and_another_one_resumes(self, choice: int) -> None:
        kernel = self._kernel(choice)
        self.kernels.remove(kernel)
        self._run(kernel.kill())
        self._start()
        self.resume(-1)

    @rule(choice=st.integers(0, 1))
    def resume(self, choice: int) -> None:
        async def work() -> None:
            records = self.seen.queries.in_states(SERVICE, UNFINISHED | {State.STOPPED})
            self._kernel(choice).world.engine.resume(records)

        self._run(work())

    # What must hold

    @invariant()
    def nothing_is_paid_for_twice(self) -> None:
        for prompt, times in self.service.charged.items():
            assert times <= self.allowed[prompt], prompt

    @invariant()
    def every_move_is_legal(self) -> None:
        for record in self.seen.all():
            states = [entry.state for entry in self.seen.queries.history(record.key)]
            for before, after in itertools.pairwise(states):
                assert after in NEXT[before] | {before}, (before, after)

    def teardown(self) -> None:
        try:
            self._everything_rests()
        finally:
            for kernel in self.kernels:
                self._run(kernel.kill())
            self.runner.close()
            self.seen.close()
            shutil.rmtree(self.folder)

    def _everything_rests(self) -> None:
        self.service.down = False
        self.service.answers.clear()
        for kernel in self.kernels:
            kernel.journal.full = False

        async def rest() -> None:
            await asyncio.sleep(10)
            self.kernels[0].world.engine.resume(
                self.seen.queries.in_states(SERVICE, UNFINISHED | {State.STOPPED})
            )
            for kernel in self.kernels:
                await kernel.world.engine.at_rest()

        self._run(rest())
        self.nothing_is_paid_for_twice()
        self.every_move_is_legal()
        assert self.seen.verify() == []
        records = self.seen.all()
        for record in records:
            never_sent = record.state is _S.STOPPED and record.task_id is None
            assert never_sent or record.state in {_S.READY, _S.FAILED, _S.UNSURE}, record
        ids = [record.task_id for record in records if record.task_id is not None]
        assert len(set(ids)) == len(ids)
        unknown = Counter(p for i, p in self.service.ids.items() if i not in set(ids))
        unsure = Counter(r.request.prompt for r in records if r.state is _S.UNSURE)
        assert unknown <= unsure, "what was charged is known, or rests until a person decides"


JobTimes.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=25,
    derandomize=True,
    # A failing history is shown as it came: to shrink one takes minutes.
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestHistory = JobTimes.TestCase
