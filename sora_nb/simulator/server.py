"""The simulator over HTTP: routes, what is remembered of each request, and who closes what."""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from . import callbacks, faults, results
from .config import Config
from .delivery import Outgoing, Sleep, cut, has_effect, replaced, send
from .envelope import Refused, Reply, refusal
from .films import FilmStore
from .service import Simulator, new_task_id, with_status_fault
from .submission import LOOPBACK
from .tasks import LINK_LIFE, SimulatedTask, TaskShelf

BASE = "/api/v1"
LOG_LENGTH = 20_000
FILM_LEAD = 2.0
"""Real seconds before a task's end at which its film is begun."""
PAGE = b"<!doctype html><title>Sign in</title><h1>Please sign in to this network</h1>"

SIMULATOR: web.AppKey[Simulator] = web.AppKey("simulator", Simulator)


def make_app(
    config: Config,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Sleep = asyncio.sleep,
    post: callbacks.Post = callbacks.post_json,
    new_id: Callable[[], str] = new_task_id,
) -> web.Application:
    """A simulator as an aiohttp application; `app[SIMULATOR]` is its inside.

    `clock` gives Unix seconds, `sleep` waits real seconds, `post` delivers a callback.
    """
    front = _Front(config, clock, sleep, post, new_id)
    app = web.Application(middlewares=[front.guard])
    app[SIMULATOR] = front.simulator
    app.router.add_post(BASE + "/generateTask/{model}", front.submit)
    app.router.add_get(BASE + "/statusTask/{model}", front.status)
    app.router.add_get(BASE + "/apikeys/current-balance", front.balance)
    app.router.add_get("/results/{file}/{name}", front.result)
    app.router.add_get("/simulator/tasks", front.tasks)
    app.router.add_get("/simulator/log", front.requests)
    app.router.add_post("/simulator/faults", front.set_faults)
    app.on_shutdown.append(front.shutdown)
    app.on_cleanup.append(front.cleanup)
    return app


class _Front:
    def __init__(
        self,
        config: Config,
        clock: Callable[[], float],
        sleep: Sleep,
        post: callbacks.Post,
        new_id: Callable[[], str],
    ) -> None:
        self._clock, self._sleep, self._post = clock, sleep, post
        self._passing: tempfile.TemporaryDirectory[str] | None = None
        folder = config.state
        if folder is None:
            self._passing = tempfile.TemporaryDirectory(
                prefix="sora-nb-simulator-", ignore_cleanup_errors=True
            )
            folder = Path(self._passing.name)
        self.films = FilmStore(folder / "films", config.films, self._film_failed)
        self.films.prune(older_than=clock() - LINK_LIFE)
        self.simulator = Simulator(
            config,
            clock=clock,
            films=self.films,
            shelf=TaskShelf(config.state / "tasks" if config.state else None),
            new_id=new_id,
        )
        self._plan = faults.FaultPlan(config.rules)
        self._log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)
        self._etags: dict[Path, str] = {}
        self._callbacks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    @web.middleware
    async def guard(
        self, request: web.Request, handler: Callable[[web.Request], Any]
    ) -> web.StreamResponse:
        """Loopback names only (a web page elsewhere may not ask), every error in an envelope."""
        entry: dict[str, Any] = {
            "method": request.method,
            "path": request.path,
            "query": request.query_string,
            "time": self._clock(),
            "authorization": "Authorization" in request.headers,
            "status": None,
        }
        if not request.path.startswith("/simulator/"):
            self._log.append(entry)
        try:
            if request.url.host not in LOOPBACK:
                raise Refused(403, "The simulator answers on loopback only")
            response: web.StreamResponse = await handler(request)
        except Refused as refused:
            response = _json(refused.reply)
        except web.HTTPException as error:
            response = _json(refusal(error.status, error.reason))
        if request.transport is not None and not request.transport.is_closing():
            entry["status"] = response.status
        return response

    async def submit(self, request: web.Request) -> web.StreamResponse:
        key = self.simulator.authorize(request.headers.get("Authorization"))
        raw, model = await request.read(), request.match_info["model"]
        fault = self._plan.pick("submit", prompt=_prompt(raw), model=model, key=key)

        def act() -> Reply:
            task = self.simulator.submit(model, raw, key, fault)
            self._follow(task, _origin(request))
            return Reply(200, {"code": 200, "message": "success", "data": {"taskId": task.id}})

        return await self._answer(request, fault, act)

    async def status(self, request: web.Request) -> web.StreamResponse:
        key = self.simulator.authorize(request.headers.get("Authorization"))
        task_id, model = request.query.get("taskId", ""), request.match_info["model"]
        known = self.simulator.shelf.get(task_id)
        prompt = known.prompt if known is not None else ""
        fault = self._plan.pick("status", prompt=prompt, model=model, key=key)

        def act() -> Reply:
            if not task_id:
                raise Refused(400, "taskId is required")
            task = self.simulator.find(task_id)
            if task.model != model:
                raise Refused(404, "Task not found")
            return with_status_fault(self.simulator.status(task, _origin(request)), fault)

        return await self._answer(request, fault, act)

    async def balance(self, request: web.Request) -> web.StreamResponse:
        key = self.simulator.authorize(request.headers.get("Authorization"))
        fault = self._plan.pick("balance", prompt="", model="", key=key)
        return await self._answer(request, fault, self.simulator.balance)

    async def result(self, request: web.Request) -> web.StreamResponse:
        task = self.simulator.shelf.by_file_name(request.match_info["file"])
        if task is None:
            raise Refused(404, "Not found")
        fault = self._plan.pick("result", prompt=task.prompt, model=task.model, key=None)
        if fault.get("cut") == "before":
            return cut(request)
        out = await self._film(request, task, fault) if has_effect(fault) else None
        return await self._send(request, replaced(out, fault, self._clock()), fault)

    async def _film(
        self, request: web.Request, task: SimulatedTask, fault: dict[str, Any]
    ) -> Outgoing:
        wrong = self.simulator.check_link(task, request.match_info["name"], dict(request.query))
        if "expired" in fault:
            wrong = refusal(403, "The link has expired")
        if wrong is not None:
            return Outgoing.of(wrong)
        if "html" in fault:
            return Outgoing(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})
        changed = "changed" in fault
        path = await (self.films.other(task) if changed else self.films.made(task))
        if path is None:
            return Outgoing.of(refusal(404, "Not found"))
        chosen = results.select(
            path.stat().st_size,
            self._etag(path),
            request.headers.get("Range"),
            request.headers.get("If-Range"),
        )
        with path.open("rb") as file:
            file.seek(chosen.start)
            payload = file.read(chosen.stop - chosen.start)
        length = len(payload) + fault["wrong_length"] if "wrong_length" in fault else None
        headers = {"Content-Type": "video/mp4", **chosen.headers}
        return Outgoing(chosen.status, payload, headers, length)

    async def tasks(self, _request: web.Request) -> web.Response:
        return web.json_response(self.simulator.accepted())

    async def requests(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self._log))

    async def set_faults(self, request: web.Request) -> web.Response:
        # A JSON type makes a browser ask first, so that no foreign page can set faults.
        if request.content_type != "application/json":
            raise Refused(415, "Content-Type must be application/json")
        try:
            rules = faults.parse(json.loads(await request.read()))
        except ValueError as error:
            raise Refused(400, str(error)) from None
        self._plan.replace(rules)
        return web.json_response({"rules": len(rules)})

    async def shutdown(self, _app: web.Application) -> None:
        self._closing.set()
        waiting = list(self._callbacks)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def cleanup(self, _app: web.Application) -> None:
        await self.films.close()
        if self._passing is not None:
            self._passing.cleanup()

    async def _answer(
        self, request: web.Request, fault: dict[str, Any], act: Callable[[], Reply]
    ) -> web.StreamResponse:
        if fault.get("cut") == "before":
            return cut(request)
        out = None
        if has_effect(fault):
            try:
                out = Outgoing.of(act())
            except Refused as refused:
                out = Outgoing.of(refused.reply)
        return await self._send(request, replaced(out, fault, self._clock()), fault)

    async def _send(
        self, request: web.Request, out: Outgoing, fault: dict[str, Any]
    ) -> web.StreamResponse:
        return await send(request, out, fault, sleep=self._sleep, closing=self._closing)

    def _film_failed(self, task: SimulatedTask, code: str, message: str) -> None:
        self.simulator.fail(task, code, message)

    def _etag(self, path: Path) -> str:
        if path not in self._etags:
            self._etags[path] = f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:32]}"'
        return self._etags[path]

    def _follow(self, task: SimulatedTask, origin: str) -> None:
        loop = asyncio.get_running_loop()
        if task.fail_code is None:
            # A picture is looked at as soon as processing starts: a bad one is told early.
            begin = task.due - FILM_LEAD
            if task.image_url is not None:
                begin = task.created + task.starts / task.speed
            loop.call_later(max(0.0, begin - self._clock()), self.films.want, task)
        if task.callback_url is not None:
            following = loop.create_task(self._call_back(task, task.callback_url, origin))
            self._callbacks.add(following)
            following.add_done_callback(self._callbacks.discard)

    async def _call_back(self, task: SimulatedTask, url: str, origin: str) -> None:
        while self.simulator.state(task) not in ("success", "failed"):
            await self._sleep(max(0.01, task.due - self._clock()))
            if self.simulator.is_over(task) and task.fail_code is None:
                await self.films.made(task)
        envelope = self.simulator.status(task, origin).body
        await callbacks.deliver(url, envelope, post=self._post, sleep=self._sleep, speed=task.speed)


def _json(reply: Reply) -> web.Response:
    return web.json_response(reply.body, status=reply.status, headers=reply.headers)


def _origin(request: web.Request) -> str:
    address = request.transport.get_extra_info("sockname") if request.transport else None
    return f"http://127.0.0.1:{address[1]}" if address else str(request.url.origin())


def _prompt(raw: bytes) -> str:
    try:
        prompt = json.loads(raw)["input"]["prompt"]
    except (ValueError, TypeError, KeyError):
        return ""
    return prompt if isinstance(prompt, str) else ""
