"""Runs the simulator as a process of its own, for as long as this one lives."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from sora_nb.core.errors import ServiceUnreachable, shorten
from sora_nb.service.urls import is_loopback

START_LIMIT = 20.0
"""Seconds until the simulator must have said where it listens."""

STOP_LIMIT = 5.0
"""Seconds until a simulator that was asked to end is killed."""

MAX_LINE = 64 * 1024

_REINSTALL = "Restart the kernel; if that does not help, install sora_nb again."


class EmbeddedSimulator:
    """The simulator on loopback, ``speed`` times faster than the real service; tasks in ``state``.

    Nothing runs until ``start``. The process hears of this one's end by its standard input, which
    is kept open here and nowhere else. ``command`` is what starts it, without its options.
    """

    def __init__(
        self,
        speed: float,
        state: Path,
        seed: int | None = None,
        *,
        command: Sequence[str] | None = None,
        start_limit: float = START_LIMIT,
    ) -> None:
        # -P: a file of the notebook's folder must not take the place of a library's module.
        self._command = [*(command or (sys.executable, "-P", "-m", "sora_nb.simulator"))]
        self._command += ["--port", "0", "--speed", str(speed), "--state", str(state)]
        self._command += ["--exit-with-parent"]
        if seed is not None:
            self._command += ["--seed", str(seed)]
        self._state = state
        self._start_limit = start_limit
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._url: str | None = None
        self.closed = False
        """Whether ``close`` was called: it never runs again."""

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    async def start(self) -> str:
        """Base URL of the running simulator; starts it where it does not run (any more).

        Cheap while it runs. Callers at the same time share one process. Raises ServiceUnreachable.
        """
        url = self._running()
        return url if url is not None else await asyncio.to_thread(self._ensure)

    def close(self) -> None:
        """End the process and wait for it. It is not started again; closing twice is fine."""
        self.closed = True
        if self._process is not None:
            self._process.terminate()
        with self._starting:  # a start that is under way sees that it is closed, and ends itself
            if self._process is None:
                return
            try:
                self._process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            _release(self._process)

    def _running(self) -> str | None:
        return self._url if self.pid is not None and not self.closed else None

    def _ensure(self) -> str:
        with self._starting:
            if self.closed:
                raise ServiceUnreachable("the simulator was closed with its client.", advice="")
            url = self._running()
            if url is None:
                if self._process is not None:
                    _release(self._process)
                self._url = None
                self._url = url = self._launch()
            return url

    def _launch(self) -> str:
        try:
            self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=child_environment(os.environ),
                start_new_session=True,  # an interrupt in the notebook is not meant for it
            )
        except OSError as error:
            raise _did_not_start(error.strerror or "it cannot be run") from None
        self._process = process
        if self.closed:
            process.kill()
        assert process.stdout is not None
        assert process.stderr is not None
        words: deque[bytes] = deque(maxlen=20)
        listener = _drain(process.stderr, words)
        limit = threading.Timer(self._start_limit, process.kill)
        limit.start()
        line = process.stdout.readline(MAX_LINE)
        limit.cancel()
        url = _read_line(line)
        if url is None:
            process.kill()
            process.wait()
            listener.join()
            process.stdout.close()
            _release(process)
            last = b" ".join(list(words)[-1:]).decode("utf-8", "replace").strip()
            raise _did_not_start(last or "it did not say where it listens")
        _drain(process.stdout, deque(maxlen=0))
        return url


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` without the key, in which this very sora_nb is the one that is imported."""
    child = {name: value for name, value in environ.items() if name != "APIXO_API_KEY"}
    here = str(Path(__file__).resolve().parents[2])
    child["PYTHONPATH"] = os.pathsep.join(filter(None, (here, environ.get("PYTHONPATH"))))
    return child


def _read_line(line: bytes) -> str | None:
    """The base URL in the one line of JSON that the simulator says, or None."""
    try:
        url = json.loads(line)["url"]
    except (ValueError, KeyError, TypeError):
        return None
    return url if isinstance(url, str) and is_loopback(url) else None


def _drain(stream: IO[bytes], last: deque[bytes]) -> threading.Thread:
    """Read ``stream`` to its end, so that its writer never waits; ``last`` keeps the last lines."""

    def read() -> None:
        while line := stream.readline(MAX_LINE):
            last.append(line)
        stream.close()

    thread = threading.Thread(target=read, name="sora_nb-simulator-output", daemon=True)
    thread.start()
    return thread


def _release(process: subprocess.Popen[bytes]) -> None:
    """Give back the life line of a process that has ended."""
    if process.stdin is not None:
        process.stdin.close()


def _did_not_start(cause: str) -> ServiceUnreachable:
    return ServiceUnreachable(
        f"the simulator did not start: {shorten(cause, 300)}", advice=_REINSTALL
    )
