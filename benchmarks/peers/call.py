"""One submit of one film by one client, with the client's own retries. Prints two JSON lines.

    python call.py CLIENT BASE_URL [TIMEOUT]

The first line is the client's version, the second how the call ended: ``accepted`` or the class of
the error, and after how many seconds. ``TIMEOUT`` (seconds) goes to the client's own documented
setting; without it the client's default stands. No retry setting is ever touched. Runs in the
environment of that client, in an empty folder that it may fill.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

PROMPT = "a paper boat in the rain"
KEY = "made-up-key"  # no real one reaches this process: its environment has none


def call_sora_nb(base: str, timeout: float | None) -> None:
    """Submit, then a restart on the same journal: what was unsure must not be sent again."""
    from sora_nb import Client
    from sora_nb.handles.task import Task

    def settled(task: Task) -> None:
        while task.state in ("queued", "submitting"):
            time.sleep(0.02)
        if task.error is not None:
            raise task.error

    def client() -> Client:
        here = Path.cwd()
        return Client(
            api_key=KEY,
            base_url=base + "/api/v1",
            home=here / "home",
            media=here / "media",
            submit_timeout=timeout,
        )

    with client() as first:
        task = first.generate(PROMPT)
        try:
            settled(task)
        except Exception:
            if task.state != "unsure":
                raise
    with client() as restarted:
        restarted.resume()
        settled(restarted.get(task.key))


def call_openai(base: str, timeout: float | None) -> None:
    from openai import OpenAI  # type: ignore[import-not-found]

    client = OpenAI(api_key=KEY, base_url=base, **_if_set("timeout", timeout))
    client.videos.create(model="sora-2", prompt=PROMPT, seconds="4")


def call_runwayml(base: str, timeout: float | None) -> None:
    from runwayml import RunwayML  # type: ignore[import-not-found]

    client = RunwayML(api_key=KEY, base_url=base, **_if_set("timeout", timeout))
    client.text_to_video.create(
        model="veo3.1_fast", prompt_text=PROMPT, ratio="1280:720", duration=4
    )


def call_fal_client(base: str, timeout: float | None) -> None:
    # Read at import; the client puts https:// before it.
    os.environ["FAL_QUEUE_RUN_HOST"] = base.removeprefix("https://")
    from fal_client import SyncClient  # type: ignore[import-not-found]

    client = SyncClient(key=KEY, **_if_set("default_timeout", timeout))
    client.submit("fal-ai/sora-2/text-to-video", arguments={"prompt": PROMPT, "duration": 4})


def call_replicate(base: str, timeout: float | None) -> None:
    from replicate.client import Client  # type: ignore[import-not-found]

    client = Client(api_token=KEY, base_url=base)
    # `wait` (whole seconds) sets the read timeout of a create, whatever the client's timeout says.
    wait = _if_set("wait", timeout and int(timeout))
    client.models.predictions.create(
        model="openai/sora-2", input={"prompt": PROMPT, "seconds": 4}, **wait
    )


def _if_set(name: str, value: Any) -> dict[str, Any]:
    return {} if value is None else {name: value}


CALLS: dict[str, Callable[[str, float | None], None]] = {
    "sora_nb": call_sora_nb,
    "openai": call_openai,
    "runwayml": call_runwayml,
    "fal-client": call_fal_client,
    "replicate": call_replicate,
}


def main() -> None:
    client, base = sys.argv[1:3]
    timeout = float(sys.argv[3]) if len(sys.argv) > 3 else None
    print(json.dumps({"version": version(client)}), flush=True)
    began = time.monotonic()
    try:
        CALLS[client](base, timeout)
        outcome = "accepted"
    except Exception as error:  # noqa: BLE001
        # How a client reports the trouble is its own; the caller shows this if nothing was sent.
        traceback.print_exc()
        outcome = type(error).__name__
    print(json.dumps({"outcome": outcome, "seconds": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    main()
