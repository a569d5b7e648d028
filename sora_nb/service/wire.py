"""The service's own words: the only file with its field names. Pure: request → JSON, JSON → Report.

Source of every name and rule: docs/design/contract.md (the service's documented task API).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from sora_nb.catalog.models import MODELS
from sora_nb.core.errors import shorten
from sora_nb.core.task import Report, VideoRequest
from sora_nb.service.urls import unusable

MAX_MESSAGE = 2000
MAX_TASK_ID = 512
MAX_STATE = 100
MAX_URLS = 10
STATES = frozenset({"pending", "processing", "success", "failed"})

_FRAME_SIZE = {"landscape": "1280*720", "portrait": "720*1280"}
_LARGEST = 2**53
"""Beyond it JSON numbers are not exact; as milliseconds it is the year 287396."""


class Malformed(ValueError):
    """A reply that is not what the contract promises. Its text says what is wrong."""


class _Envelope(msgspec.Struct):
    code: Any = None
    message: Any = None
    data: Any = None
    error: Any = None


def submit_path(model: str) -> str:
    """Path of the POST below the base URL."""
    return f"/generateTask/{quote(model, safe='')}"


def status_path(model: str, task_id: str) -> str:
    """Path and query of the status GET. The id is opaque, so it is escaped whole."""
    return f"/statusTask/{quote(model, safe='')}?{urlencode({'taskId': task_id}, quote_via=quote)}"


BALANCE_PATH = "/apikeys/current-balance"


def submit_body(request: VideoRequest) -> dict[str, Any]:
    """The JSON body of a submit. An unknown model's input is the person's own, unchecked."""
    if request.model not in MODELS:
        given: dict[str, Any] = {"prompt": request.prompt, **request.extra}
    else:
        extra = {k: v for k, v in request.extra.items() if k not in ("mode", "prompt")}
        given = {**_known_input(request), **extra}
    return {"request_type": "async", "provider": "official", "input": given}


def _known_input(request: VideoRequest) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "mode": "image-to-video" if request.image else "text-to-video",
        "prompt": request.prompt,
        "duration": request.duration,
    }
    if MODELS[request.model].takes_aspect_ratio:
        fields["aspect_ratio"] = request.aspect_ratio
    elif request.image:
        fields["resolution"] = "720p"
    else:
        fields["size"] = _FRAME_SIZE[request.aspect_ratio]
    fields["remove_watermark"] = request.remove_watermark
    if request.image:
        fields["image_urls"] = [request.image]
    return fields


def read_submit(body: bytes) -> str:
    """The task id of an accepted submit. Raises Malformed."""
    task_id = _data(body).get("taskId")
    number = _whole(task_id)
    if number is not None:
        task_id = str(number)
    if not isinstance(task_id, str):
        raise Malformed("it names no task id")
    if not task_id.strip() or len(task_id) > MAX_TASK_ID or not task_id.isprintable():
        raise Malformed("its task id is not one")
    return task_id


def read_status(body: bytes, *, allow_loopback: bool) -> Report:
    """What the service says about a task. Raises Malformed; odd details become ``problem``."""
    data = _data(body)
    state = data.get("state")
    if not isinstance(state, str) or not state.strip():
        raise Malformed("it names no state")
    state = clean(state, MAX_STATE)
    urls: tuple[str, ...] = ()
    problem = None
    if state == "success":
        urls, problem = _read_result(data.get("resultJson"), allow_loopback=allow_loopback)
    elif state not in STATES:
        problem = f"the service gave the unknown state {state!r}; it is asked again"
    return Report(
        state=state,
        urls=urls,
        fail_code=_text(data.get("failCode"), MAX_STATE),
        fail_message=_text(data.get("failMsg"), MAX_MESSAGE),
        created_ms=_milliseconds(data.get("createTime"), least=1),
        completed_ms=_milliseconds(data.get("completeTime"), least=1),
        cost_time_ms=_milliseconds(data.get("costTime"), least=0),
        problem=problem,
    )


def read_balance(body: bytes) -> float:
    """What is left on the account, in USD. Raises Malformed."""
    envelope = _envelope(body)
    if _integer(envelope.code) != 200:
        raise Malformed("its code is not 200")
    balance = envelope.data if isinstance(envelope.data, float) else _whole(envelope.data)
    if balance is None:
        raise Malformed("it names no balance")
    return float(balance)


def read_error(body: bytes) -> tuple[int | None, str]:
    """(envelope code, the service's own words) of a reply of any shape; no words are ``""``."""
    try:
        envelope = _envelope(body)
    except Malformed:
        text = body.decode("utf-8", "replace").strip()
        return None, "" if text.startswith("<") else clean(text, MAX_MESSAGE)
    words: list[str] = []
    inner = envelope.data.get("error") if isinstance(envelope.data, dict) else None
    for said in (envelope.message, envelope.error, inner):
        value = said.get("message") if isinstance(said, dict) else said
        text = _text(value, MAX_MESSAGE) or ""
        if text and text not in words:
            words.append(text)
    return _integer(envelope.code), clean(": ".join(words), MAX_MESSAGE)


def clean(text: str, limit: int) -> str:
    """``text`` on one line, without control characters, at most ``limit`` code points."""
    cut = text[: 2 * limit]
    printable = "".join(c if c.isprintable() else " " for c in cut)
    return shorten(" ".join(printable.split()), limit)


def _envelope(body: bytes) -> _Envelope:
    try:
        return msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=_Envelope)
    except msgspec.ValidationError:
        raise Malformed("it is not an envelope of the service") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("it is not JSON") from None


def _data(body: bytes) -> dict[str, Any]:
    envelope = _envelope(body)
    if _integer(envelope.code) != 200:
        raise Malformed("its code is not 200")
    if not isinstance(envelope.data, dict):
        raise Malformed("it holds no data")
    return envelope.data


def _read_result(result: Any, *, allow_loopback: bool) -> tuple[tuple[str, ...], str | None]:
    """(usable URLs, what is wrong if there is none); the contract has JSON in a string."""
    if isinstance(result, str):
        try:
            result = msgspec.json.decode(result)
        except (msgspec.DecodeError, RecursionError):
            result = None
    listed = result.get("resultUrls") if isinstance(result, dict) else None
    if isinstance(listed, str):
        listed = [listed]
    reason = "no result URL"
    urls: list[str] = []
    for url in listed if isinstance(listed, list) else ():
        wrong = unusable(url, allow_loopback=allow_loopback) if isinstance(url, str) else "no text"
        if wrong is not None:
            reason = f"a result URL that cannot be used: {wrong}"
        elif url not in urls and len(urls) < MAX_URLS:
            urls.append(url)
    if urls:
        return tuple(urls), None
    return (), f"the service reported success with {reason}"


def _text(value: Any, limit: int) -> str | None:
    number = _whole(value)
    if number is not None:
        value = str(number)
    return clean(value, limit) or None if isinstance(value, str) else None


def _integer(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return _whole(value)


def _whole(value: Any) -> int | None:
    """``value`` if it is a whole number of sane size; JSON knows numbers of any length."""
    sane = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST
    return value if sane else None


def _milliseconds(value: Any, *, least: int) -> int | None:
    if isinstance(value, float):
        value = int(value) if abs(value) < _LARGEST else None
    number = _whole(value)
    return number if number is not None and number >= least else None
