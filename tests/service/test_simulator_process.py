"""The simulator as a process of its own: one, on time, without the key, gone when we are."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sora_nb.core.errors import ServiceUnreachable
from sora_nb.core.task import VideoRequest
from sora_nb.service.simulator_process import EmbeddedSimulator, child_environment
from sora_nb.service.transport import Transport

START = """
import json, os, sys
state = sys.argv[sys.argv.index("--state") + 1]
with open(os.path.join(state, "started"), "a") as file:
    print(json.dumps({"argv": sys.argv[1:], "env": dict(os.environ)}), file=file)
def listening():
    print(json.dumps({"url": f"http://127.0.0.1:{os.getpid()}/api/v1"}), flush=True)
"""
LIVES = f"{START}listening(); sys.stdin.read(); open(os.path.join(state, 'ended'), 'w').close()"
FLOODS = f"{START}listening()\nfor stream in (sys.stdout, sys.stderr): stream.write('x' * 300_000)"
FAILS = f"{START}raise SystemExit('no module named av')"
MUTE = f"{START}sys.stdin.read()"
LIES = f"{START}print(json.dumps({{'url': 'http://films.example/api/v1'}}), flush=True)"
CHATS = f"{START}print('hello', flush=True); sys.stdin.read()"

Make = Callable[..., EmbeddedSimulator]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes simulators whose process runs the given script; closes them."""
    made: list[EmbeddedSimulator] = []

    def build(
        script: str, *, seed: int | None = None, start_limit: float = 20.0
    ) -> EmbeddedSimulator:
        command = (sys.executable, "-c", script)
        simulator = EmbeddedSimulator(
            50.0, tmp_path / "state", seed, command=command, start_limit=start_limit
        )
        made.append(simulator)
        return simulator

    yield build
    for simulator in made:
        simulator.close()


def started(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "state" / "started").read_text().splitlines()]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - another process tells by a file or its end
            await asyncio.sleep(0.005)


async def test_nothing_runs_before_it_is_started(make: Make, tmp_path: Path) -> None:
    assert make(LIVES).pid is None
    assert not (tmp_path / "state").exists()


async def test_it_is_started_once_for_all_who_ask_at_once(make: Make, tmp_path: Path) -> None:
    simulator = make(LIVES)
    urls = await asyncio.gather(*(simulator.start() for _ in range(8)))
    assert {*urls, await simulator.start()} == {f"http://127.0.0.1:{simulator.pid}/api/v1"}
    assert len(started(tmp_path)) == 1


async def test_it_gets_speed_state_and_seed(make: Make, tmp_path: Path) -> None:
    await make(LIVES, seed=7).start()
    assert started(tmp_path)[0]["argv"] == [
        *("--port", "0", "--speed", "50.0", "--state", str(tmp_path / "state")),
        *("--exit-with-parent", "--seed", "7"),
    ]


async def test_it_never_sees_the_key(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APIXO_API_KEY", "key-0123456789")
    await make(LIVES).start()
    assert "key-0123456789" not in json.dumps(started(tmp_path))


def test_it_imports_this_very_package_before_any_other() -> None:
    here = str(Path(__file__).resolve().parents[2])
    child = child_environment({"PYTHONPATH": "/elsewhere", "HOME": "/h"})
    assert child["PYTHONPATH"].split(os.pathsep)[0] == here
    assert child["PYTHONPATH"].endswith("/elsewhere")
    assert child_environment({})["PYTHONPATH"] == here
    assert child["HOME"] == "/h"


async def test_an_interrupt_of_the_notebook_does_not_reach_it(make: Make) -> None:
    simulator = make(LIVES)
    await simulator.start()
    assert simulator.pid is not None
    assert os.getpgid(simulator.pid) != os.getpgid(0)


async def test_one_that_died_is_started_again(make: Make, tmp_path: Path) -> None:
    simulator = make(LIVES)
    first = await simulator.start()
    assert simulator.pid is not None
    os.kill(simulator.pid, signal.SIGKILL)
    await until(lambda: simulator.pid is None)
    assert await simulator.start() != first
    assert len(started(tmp_path)) == 2


async def test_closing_ends_it_and_it_is_not_started_again(make: Make, tmp_path: Path) -> None:
    simulator = make(LIVES)
    await simulator.start()
    simulator.close()
    simulator.close()
    assert simulator.pid is None
    with pytest.raises(ServiceUnreachable, match="closed"):
        await simulator.start()
    assert len(started(tmp_path)) == 1


async def test_closing_while_it_starts_ends_it_too(make: Make, tmp_path: Path) -> None:
    simulator = make(MUTE)
    starting = asyncio.create_task(simulator.start())
    await until((tmp_path / "state" / "started").exists)
    await asyncio.to_thread(simulator.close)
    with pytest.raises(ServiceUnreachable):
        await starting
    assert simulator.pid is None


async def test_closing_at_the_very_moment_of_its_birth_ends_it_too(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator = make(MUTE)
    closing = threading.Thread(target=simulator.close)

    class Popen(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **how: Any) -> None:
            closing.start()
            while not simulator.closed:
                time.sleep(0)
            super().__init__(command, **how)

    monkeypatch.setattr(subprocess, "Popen", Popen)
    async with asyncio.timeout(10):
        with pytest.raises(ServiceUnreachable):
            await simulator.start()
    await asyncio.to_thread(closing.join)
    assert simulator.pid is None


async def test_closing_one_that_never_ran_is_fine(make: Make) -> None:
    make(LIVES).close()


async def test_its_output_never_makes_it_wait(make: Make) -> None:
    simulator = make(FLOODS)
    await simulator.start()
    await until(lambda: simulator.pid is None)


@pytest.mark.parametrize(
    ("script", "start_limit", "words"),
    [
        (FAILS, 20.0, "no module named av"),
        (MUTE, 0.1, "did not say where it listens"),
        (LIES, 20.0, "did not say where it listens"),
        (CHATS, 20.0, "did not say where it listens"),
    ],
)
async def test_one_that_does_not_start_says_why_and_is_ended(
    make: Make, script: str, start_limit: float, words: str
) -> None:
    simulator = make(script, start_limit=start_limit)
    with pytest.raises(ServiceUnreachable, match=words) as caught:
        await simulator.start()
    assert caught.value.advice
    assert simulator.pid is None


async def test_a_command_that_cannot_be_run_is_unreachable(tmp_path: Path) -> None:
    simulator = EmbeddedSimulator(1.0, tmp_path, command=(str(tmp_path / "none"),))
    with pytest.raises(ServiceUnreachable, match="No such file"):
        await simulator.start()


async def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = f"""
import asyncio, os, signal, sys
from pathlib import Path
from typing import Any
from sora_nb.service.simulator_process import EmbeddedSimulator
command = (sys.executable, "-c", {LIVES!r})
asyncio.run(EmbeddedSimulator(1.0, Path({str(tmp_path / "state")!r}), command=command).start())
os.kill(os.getpid(), signal.SIGKILL)
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", parent, env=child_environment(os.environ)
    )
    assert await process.wait() == -signal.SIGKILL
    await until((tmp_path / "state" / "ended").exists)


async def test_the_real_simulator_takes_a_task_and_brings_its_film(tmp_path: Path) -> None:
    simulator = EmbeddedSimulator(2000.0, tmp_path, seed=1)
    transport = Transport(
        simulator.start, api_key=None, submit_timeout=20.0, allow_loopback=True, read_timeout=20.0
    )
    try:
        assert await transport.balance() > 0
        task_id = await transport.submit(VideoRequest(prompt="a paper boat"))
        async with asyncio.timeout(60):
            report = await transport.check("sora-2", task_id)
            while report.state != "success":
                assert report.state in ("pending", "processing")
                await asyncio.sleep(0.02)
                report = await transport.check("sora-2", task_id)
        async with transport.fetch(report.urls[0], start=4) as response:
            first = await anext(response.chunks())
        assert (response.status, response.start, first[:4]) == (206, 4, b"ftyp")
    finally:
        await transport.close()
        simulator.close()
