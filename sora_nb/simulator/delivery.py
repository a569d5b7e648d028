"""How an answer leaves: whole, late, byte by byte, cut short, or not at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web

from .envelope import Reply, refusal

Sleep = Callable[[float], Awaitable[object]]
LOOK_AROUND = 0.1  # real seconds between two looks whether a hanging client is still there


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An answer as bytes. `length` is what Content-Length says, when that is not the truth."""

    status: int
    payload: bytes
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None

    @classmethod
    def of(cls, reply: Reply) -> Outgoing:
        headers = {"Content-Type": "application/json; charset=utf-8", **reply.headers}
        return cls(reply.status, json.dumps(reply.body).encode(), headers)


def has_effect(fault: dict[str, Any]) -> bool:
    """Whether a request with this fault is carried out before its answer goes wrong."""
    return bool(fault.get("effect", not ("status" in fault or "redirect" in fault)))


def replaced(out: Outgoing | None, fault: dict[str, Any], now: float) -> Outgoing:
    """The answer after `status`, `body`, `redirect`, `retry_after` and `headers`.

    `out` is the true answer, None when the request was not carried out; `now` is Unix seconds.
    """
    status = fault.get("status", 302 if "redirect" in fault else None)
    if out is None or status is not None:
        status = 500 if status is None else status
        out = Outgoing.of(refusal(status, HTTPStatus(status).phrase if status in _KNOWN else ""))
    if "body" in fault:
        body = fault["body"]
        payload = body if isinstance(body, str) else json.dumps(body)
        out = Outgoing(out.status, payload.encode("utf-8", "replace"), out.headers)
    headers = dict(out.headers)
    if "redirect" in fault:
        headers["Location"] = fault["redirect"]
    if "retry_after" in fault:
        headers["Retry-After"] = _retry_after(fault["retry_after"], now)
    headers.update(fault.get("headers", {}))
    return Outgoing(out.status, out.payload, headers, out.length)


async def send(
    request: web.Request,
    out: Outgoing,
    fault: dict[str, Any],
    *,
    sleep: Sleep,
    closing: asyncio.Event,
) -> web.StreamResponse:
    """Write the answer with the connection's own faults: delay, hang, cut, trickle, cut_after."""
    if "delay" in fault:
        await sleep(fault["delay"])
    if "hang" in fault:
        await _gone(request, closing)
        return cut(request)
    if fault.get("cut") == "after":
        return cut(request)
    response = web.StreamResponse(status=out.status, headers=out.headers)
    response.content_length = len(out.payload) if out.length is None else out.length
    if response.content_length != len(out.payload):
        response.force_close()
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    if "cut_after" in fault:
        await response.write(out.payload[: fault["cut_after"]])
        # A cut that overtakes the bytes before it would be another fault than the one asked for.
        if request.transport is not None:
            request.transport.close()
        return response
    if "trickle" in fault:
        for index in range(len(out.payload)):
            await response.write(out.payload[index : index + 1])
            await sleep(fault["trickle"])
    elif out.payload:
        await response.write(out.payload)
    await response.write_eof()
    return response


def cut(request: web.Request) -> web.StreamResponse:
    """Reset the connection; the response returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


async def _gone(request: web.Request, closing: asyncio.Event) -> None:
    while not closing.is_set():
        if request.transport is None or request.transport.is_closing():
            return
        try:
            await asyncio.wait_for(closing.wait(), LOOK_AROUND)
        except TimeoutError:
            continue


def _retry_after(value: float | str, now: float) -> str:
    if isinstance(value, str) and value.startswith("date:"):
        moment = datetime.fromtimestamp(now, UTC) + timedelta(seconds=int(value[5:]))
        return format_datetime(moment, usegmt=True)
    return str(value)


_KNOWN = {status.value for status in HTTPStatus}
