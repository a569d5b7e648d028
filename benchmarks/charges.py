"""How many POSTs one call for a film puts on the wire when things go wrong: here and elsewhere.

A server on this machine accepts each film and then, in four cases, behaves badly; it counts. Every
client calls it once in a process of its own, with its default retries, all at the same time:

    lost answer   accepted, then the connection is cut, each time
    hang          accepted, never answered; the client's own timeout is set to 1 s
    500           accepted and answered 500 twice, then 200
    429           refused with 429 (Retry-After: 1) twice, then accepted with 200

Prints one JSON line a client and case. `accepted` is what a service without idempotency keys would
charge. sora_nb is also started anew on its journal after each case, and must send nothing more.

    python benchmarks/charges.py [--quick]

The others come from requirements/peers.txt into an environment of their own, .venv/peers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from aiohttp import web

from benchmarks._lines import tell

ROOT = Path(__file__).resolve().parents[1]
CALL = ROOT / "benchmarks" / "peers" / "call.py"
PEERS = ("openai", "runwayml", "fal-client", "replicate")
CASES = ("lost answer", "hang", "500", "429")
# What one call for a paid film may cost: a clear 429 charges nothing and may be repeated.
CHARGES = {"lost answer": 1, "hang": 1, "500": 1, "429": 3}
SHORT_TIMEOUT = 1.0
LIMIT = 90.0  # seconds for one call; fal-client's ten tries at a hang take 36 to 87
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
# One body that each of the clients reads as its own kind of "accepted".
ACCEPTED = {
    "code": 200,
    "message": "success",
    "data": {"taskId": "task-1"},
    "id": "task-1",
    "object": "video",
    "model": "openai/sora-2",
    "version": "hidden",
    "status": "starting",
    "input": {},
    "request_id": "task-1",
    "response_url": "http://127.0.0.1/",
    "status_url": "http://127.0.0.1/",
    "cancel_url": "http://127.0.0.1/",
}


class NotMeasured(Exception):
    """A client did not come to its POST; the text says which and what it said."""


class Service:
    """A service for one client and one case; accepts every POST, whatever its path, and counts."""

    def __init__(self, case: str) -> None:
        self.case = case
        self.posts = 0
        self.accepted = 0
        self.paths: set[str] = set()
        self.idempotency_key = False
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self, certificate: Path | None) -> str:
        """Listen on a free port of this machine and give the base URL."""
        app = web.Application()
        app.router.add_post("/{path:.*}", self._post)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        tls = None
        if certificate is not None:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(certificate / "server.pem", certificate / "server.key")
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        return f"{'https' if tls else 'http'}://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _post(self, request: web.Request) -> web.Response:
        self.posts += 1
        turn = self.posts
        self.paths.add(request.path)
        self.idempotency_key |= "Idempotency-Key" in request.headers
        await request.read()
        if self.case == "429" and turn <= 2:
            return web.json_response({"code": 429}, status=429, headers={"Retry-After": "1"})
        self.accepted += 1
        if self.case == "lost answer" and request.transport is not None:
            request.transport.abort()
        if self.case == "hang":
            await self._closing.wait()
        if self.case == "500" and turn <= 2:
            return web.json_response({"code": 500}, status=500)
        return web.json_response(ACCEPTED)


async def measure(
    client: str, case: str, python: Path, folder: Path, certificate: Path | None
) -> dict[str, Any]:
    """One call of ``client``: what it said, and what the server counted. Raises NotMeasured."""
    here = folder / f"{client}-{case}".replace(" ", "-")
    here.mkdir()
    service = Service(case)
    base = await service.start(certificate if client == "fal-client" else None)
    command = [str(python), str(CALL), client, base]
    if case == "hang":
        command.append(str(SHORT_TIMEOUT))
    try:
        said, trouble = await call(command, here, environment(client, here, certificate))
    finally:
        await service.close()
    if not service.posts:
        raise NotMeasured(f"{client}, {case}: sent nothing. It said {said}\n{trouble}")
    ended = "outcome" in said
    goes_on = f"goes on: at least {service.posts} within {LIMIT:g} s"
    return {
        "client": client,
        "version": said["version"],
        "case": case,
        "posts": service.posts,
        "accepted": service.accepted,
        "outcome": said.get("outcome", goes_on),
        "seconds": said.get("seconds", LIMIT),
        "ended": ended,
        "idempotency_key": service.idempotency_key,
        "path": sorted(service.paths),
    }


async def call(command: list[str], here: Path, env: dict[str, str]) -> tuple[dict[str, Any], str]:
    """Run a child for LIMIT seconds at most: its JSON lines as one, and what went to its stderr."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *command, cwd=here, env=env, stdout=pipe, stderr=pipe
    )
    try:
        await asyncio.wait_for(child.wait(), LIMIT)
    except TimeoutError:
        pass  # it is still trying: what was counted so far is the result
    finally:
        if child.returncode is None:
            child.kill()
    out, trouble = await child.communicate()
    said: dict[str, Any] = {}
    for line in out.splitlines():
        said |= json.loads(line)
    return said, trouble.decode("utf-8", "replace")


def environment(client: str, here: Path, certificate: Path | None) -> dict[str, str]:
    """Nothing of the user's: no key, no proxy, no address of a service, no settings at home."""
    given = {name: os.environ[name] for name in KEPT if name in os.environ}
    given |= {"HOME": str(here), "NO_PROXY": "*"}
    if client == "sora_nb":
        given["PYTHONPATH"] = str(ROOT)
    elif certificate is not None:
        given["SSL_CERT_FILE"] = str(certificate / "client.pem")
    return given


def peers_python() -> Path:
    """The interpreter of .venv/peers, after making it as requirements/peers.txt says."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".venv-tools" / "bin"))
    if uv is None:
        raise SystemExit("uv is not on PATH: run this by `python3 dev.py bench`, which brings it")
    venv, pins = ROOT / ".venv" / "peers", ROOT / "requirements" / "peers.txt"
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    for words in (
        ["venv", "-q", "--allow-existing", "--python", sys.executable, str(venv)],
        ["pip", "sync", "-q", "--require-hashes", "--python", str(python), str(pins)],
    ):
        if subprocess.run([uv, *words], check=False).returncode:
            raise SystemExit("the other clients could not be installed; uv's words stand above")
    return python


def make_certificate(python: Path, folder: Path) -> Path:
    """A certificate of 127.0.0.1 and its authority, client.pem: fal-client speaks https only."""
    folder.mkdir()
    command = [str(python), "-m", "trustme", "-q", "-d", str(folder), "-i", "127.0.0.1"]
    subprocess.run(command, check=True)
    return folder


async def measure_all(
    pythons: dict[str, Path], folder: Path, certificate: Path | None
) -> list[dict[str, Any]]:
    """Every client in every case, all at once: most of the time is spent waiting."""
    calls = (
        measure(client, case, python, folder, certificate)
        for client, python in pythons.items()
        for case in CASES
    )
    return await asyncio.gather(*calls)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="sora_nb only, nothing is installed")
    quick = parser.parse_args().quick
    pythons = {"sora_nb": Path(sys.executable)}
    with tempfile.TemporaryDirectory(prefix="sora_nb_bench_") as name:
        folder, certificate = Path(name), None
        if not quick:
            python = peers_python()
            pythons |= dict.fromkeys(PEERS, python)
            certificate = make_certificate(python, folder / "tls")
        try:
            results = asyncio.run(measure_all(pythons, folder, certificate))
        except NotMeasured as trouble:
            raise SystemExit(str(trouble)) from None
    for result in results:
        tell(result)
    posts = {line["case"]: line["posts"] for line in results if line["client"] == "sora_nb"}
    verdict = {"case": "POSTs of one call of sora_nb", "posts": posts, "met": posts == CHARGES}
    tell({**verdict, "left_out": list(PEERS) if quick else []}, "aiohttp")


if __name__ == "__main__":
    main()
