"""What the service says: the life of a task by the clock, limits, prices and refusals."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from . import pace, submission
from .config import Config
from .envelope import Refused, Reply, refusal, success
from .limits import RequestRate, Unfinished
from .tasks import SimulatedTask, TaskShelf

FAIL_WORD = re.compile(r"\[fail:([A-Za-z_]{1,64})\]")

MESSAGES = {
    "CONTENT_VIOLATION": "The prompt was refused by the content policy.",
    "NSFW_DETECTED": "The content was judged unsafe for work.",
    "INVALID_IMAGE_URL": "The image URL could not be used.",
    "PROMPT_TOO_LONG": "The prompt is too long.",
    "INVALID_PROMPT": "The prompt cannot be used.",
    "IMAGE_TOO_LARGE": "The image is larger than 10 MB.",
    "UNSUPPORTED_FORMAT": "The image is not a JPG, PNG or WebP.",
    "IMAGE_DOWNLOAD_FAILED": "The image could not be downloaded.",
    "PROCESSING_TIMEOUT": "The generation took too long.",
    "MODEL_UNAVAILABLE": "The model is not available at the moment.",
    "GENERATION_FAILED": "The generation failed.",
    "INSUFFICIENT_CREDITS": "The balance does not suffice.",
}


class Films(Protocol):
    """Where the films come from."""

    def ready(self, task: SimulatedTask) -> Path | None:
        """The finished film's file, or None."""

    def want(self, task: SimulatedTask) -> None:
        """Have the film made if it is not there yet."""


def new_task_id() -> str:
    return f"task_{secrets.token_hex(12)}"


class Simulator:
    """The documented service without its sockets. Every method answers at once.

    `clock` gives Unix seconds; `new_id` gives a task id that was never given before.
    One event loop owns a simulator: it is not thread-safe.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Callable[[], float],
        films: Films,
        shelf: TaskShelf,
        new_id: Callable[[], str] = new_task_id,
    ) -> None:
        self.config = config
        self.shelf = shelf
        self._clock = clock
        self._films = films
        self._new_id = new_id
        self._rate = RequestRate(config.rate, 60.0 / config.speed)
        self._unfinished = Unfinished()
        self._spent = 0.0

    def authorize(self, header: str | None) -> str:
        """The API key of an Authorization header. Raises Refused: 401, or 429 over the rate."""
        scheme, _, key = (header or "").partition(" ")
        key = key.strip()
        expected = self.config.api_key
        wrong = expected is not None and not hmac.compare_digest(key.encode(), expected.encode())
        if scheme.lower() != "bearer" or not key or wrong:
            raise Refused(401, "Unauthorized: the API key is missing or invalid")
        if not self._rate.admit(key, self._clock()):
            raise Refused(429, "Too many requests: the limit a minute is reached")
        return key

    def submit(
        self, model: str, raw: bytes, key: str, fault: dict[str, Any] | None = None
    ) -> SimulatedTask:
        """Accept a task and charge for it. Raises Refused: 400, 402, 404 or 429."""
        asked = submission.read(model, raw)
        now = self._clock()
        if self._unfinished.count(key, now) >= self.config.concurrency:
            raise Refused(429, "Too many concurrent tasks")
        if self._spent + asked.price > self.config.balance + 1e-9:
            raise Refused(402, "Insufficient balance")
        take = self.shelf.next_take(asked.digest)
        task = self._task(asked, take, now, fault or {})
        self._spent += asked.price
        self.shelf.put(task)
        self._unfinished.add(key, task.due)
        return task

    def _task(
        self, asked: submission.Submission, take: int, now: float, fault: dict[str, Any]
    ) -> SimulatedTask:
        seed = self.config.seed
        times = pace.draw(seed, asked.digest, take, asked.duration)
        word = FAIL_WORD.search(asked.prompt)
        code = fault.get("fail") or (word.group(1) if word else None)
        message = None
        if code is not None:
            times = pace.fast_failure(seed, asked.digest, take)
            message = fault.get("message") or MESSAGES.get(code, "The task failed.")
            if "after" in fault:
                ends = float(fault["after"])
                times = pace.Pace(starts=min(times.starts, ends), ends=ends)
        return SimulatedTask(
            id=self._new_id(),
            model=asked.model,
            prompt=asked.prompt,
            duration=asked.duration,
            width=asked.width,
            height=asked.height,
            image_url=asked.image_url,
            remove_watermark=asked.remove_watermark,
            callback_url=asked.callback_url,
            digest=asked.digest,
            take=take,
            seed=seed,
            created=now,
            starts=times.starts,
            ends=times.ends,
            speed=self.config.speed,
            secret=secrets.token_hex(16),
            fail_code=code,
            fail_message=message,
        )

    def find(self, task_id: str) -> SimulatedTask:
        """The task. Raises Refused: 404 when nobody on this state folder accepted it."""
        task = self.shelf.get(task_id)
        if task is None:
            raise Refused(404, "Task not found")
        return task

    def state(self, task: SimulatedTask) -> str:
        """`pending`, `processing`, `success` or `failed` now; a success has its film."""
        task = self._newest(task)
        age = task.age(self._clock())
        if age < task.starts:
            return "pending"
        if age < task.ends:
            return "processing"
        if task.fail_code is not None:
            return "failed"
        return "success" if self._films.ready(task) is not None else "processing"

    def status(self, task: SimulatedTask, origin: str) -> Reply:
        """The status reply; result URLs start with `origin`, the address that was asked."""
        task = self._newest(task)
        state = self.state(task)
        if state == "processing" and self.is_over(task):
            self._films.want(task)
        created = round(task.created * 1000)
        data: dict[str, Any] = {"taskId": task.id, "state": state, "createTime": created}
        if state in ("success", "failed"):
            data["costTime"] = round(task.ends * 1000)
            data["completeTime"] = created + data["costTime"]
        if state == "success":
            data["resultJson"] = json.dumps({"resultUrls": [origin + self.result_path(task)]})
        elif state == "failed":
            data["failCode"], data["failMsg"] = task.fail_code, task.fail_message
        return success(data)

    def is_over(self, task: SimulatedTask) -> bool:
        """Whether the task's time is up, its film made or not."""
        return task.age(self._clock()) >= task.ends

    def _newest(self, task: SimulatedTask) -> SimulatedTask:
        # A film that could not be made has put a failed record in the place of this one.
        return self.shelf.get(task.id) or task

    def balance(self) -> Reply:
        return success(round(self.config.balance - self._spent, 6))

    def fail(self, task: SimulatedTask, code: str, message: str) -> None:
        """End a task whose film could not be made; not before processing, not after its time."""
        age = min(max(task.age(self._clock()), task.starts), task.ends)
        self.shelf.put(task.failed(code, message, age))

    def result_path(self, task: SimulatedTask) -> str:
        query = urlencode({"expires": task.expires(), "signature": self._signature(task)})
        return f"/results/{task.file_name}/{task.file_name[:12]}.mp4?{query}"

    def check_link(self, task: SimulatedTask, name: str, query: dict[str, str]) -> Reply | None:
        """What is wrong with a result URL, or None. `name` is the path's last part."""
        if name != f"{task.file_name[:12]}.mp4" or task.fail_code or not self.is_over(task):
            return refusal(404, "Not found")
        signed = hmac.compare_digest(
            query.get("signature", "").encode(), self._signature(task).encode()
        )
        if not signed or query.get("expires") != str(task.expires()):
            return refusal(403, "The link's signature is wrong")
        if task.created + task.age(self._clock()) >= task.expires():
            return refusal(403, "The link has expired")
        return None

    def _signature(self, task: SimulatedTask) -> str:
        text = f"{task.id}/{task.expires()}"
        return hmac.new(task.secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def accepted(self) -> list[dict[str, Any]]:
        """The tasks that were accepted, and so charged, oldest first."""
        return [
            {
                "id": task.id,
                "prompt": task.prompt,
                "model": task.model,
                "duration": task.duration,
                "take": task.take,
                "state": self.state(task),
            }
            for task in self.shelf.all()
        ]


def with_status_fault(reply: Reply, fault: dict[str, Any]) -> Reply:
    """A status reply after the effects `state` and `no_url`."""
    data = dict(reply.body["data"])
    if "state" in fault:
        data["state"] = fault["state"]
    if "no_url" in fault and "resultJson" in data:
        data["resultJson"] = json.dumps({"resultUrls": []})
    return replace(reply, body={**reply.body, "data": data})
