"""`python -m sora_nb.simulator`: the service on 127.0.0.1 until a signal or its parent's end."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from . import faults
from .config import Config

HOST = "127.0.0.1"
PATIENCE = 0.2
"""Real seconds that open requests may go on after the end was asked for."""

NOTES = """\
A prompt that contains [fail:CODE] makes a task that fails with that failCode after some
10 service seconds, e.g. [fail:CONTENT_VIOLATION]. Charges (made up) fall due when a task is
accepted and are not given back. The rules of a fault file are described in
sora_nb/simulator/faults.py; POST /simulator/faults replaces them at run time,
GET /simulator/tasks lists what was accepted, GET /simulator/log the requests seen.
"""


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(
        prog="python -m sora_nb.simulator",
        description="The remote video service, simulated on 127.0.0.1.",
        epilog=NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = out.add_argument
    add("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    add("--speed", type=float, default=1.0, help="service seconds per second (default 1)")
    add("--seed", type=int, default=0, help="decides durations and films (default 0)")
    add("--faults", type=Path, metavar="FILE", help="JSON list of fault rules")
    add("--state", type=Path, metavar="DIR", help="keep tasks and films here (default: nowhere)")
    add("--api-key", metavar="KEY", help="the only key accepted (default: any)")
    add("--balance", type=float, default=1000.0, help="USD at the start (default 1000)")
    add("--rate", type=int, default=10_000, help="requests a service minute (default 10000)")
    add("--concurrency", type=int, default=1_000, help="unfinished tasks (default 1000)")
    add(
        "--films",
        choices=("scene", "plain"),
        default="scene",
        help="plain: one film for all tasks of a length and frame, for load tests",
    )
    add("--exit-with-parent", action="store_true", help="end when standard input ends")
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Run until the end is asked for. Returns the exit code."""
    out = parser()
    given = out.parse_args(argv)
    try:
        config = Config(
            speed=given.speed,
            seed=given.seed,
            api_key=given.api_key,
            balance=given.balance,
            rate=given.rate,
            concurrency=given.concurrency,
            state=given.state,
            rules=faults.load(given.faults) if given.faults else (),
            films=given.films,
        )
    except (OSError, ValueError) as error:
        out.error(str(error))
    try:
        asyncio.run(_serve(config, given.port, given.exit_with_parent))
    except (OSError, OverflowError) as error:
        print(f"The simulator could not start: {error}", file=sys.stderr)
        return 1
    return 0


async def _serve(config: Config, port: int, exit_with_parent: bool) -> None:
    from aiohttp import web

    from .server import make_app

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no loop signal handlers; there Ctrl-C ends asyncio.run itself.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    if exit_with_parent:
        _watch_parent(lambda: loop.call_soon_threadsafe(stop.set))
    runner = web.AppRunner(make_app(config), access_log=None, shutdown_timeout=PATIENCE)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        port = runner.addresses[0][1]
        ready = {
            "url": f"http://{HOST}:{port}/api/v1",
            "port": port,
            "pid": os.getpid(),
            "speed": config.speed,
        }
        print(json.dumps(ready), flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def _watch_parent(ended: Callable[[], object]) -> None:
    """Call `ended` at the end of standard input, which the parent holds open as it lives."""

    def read() -> None:
        # os.read, not sys.stdin: a buffered reader's lock, held here, would break the exit.
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            ended()

    threading.Thread(target=read, name="simulator-parent", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
