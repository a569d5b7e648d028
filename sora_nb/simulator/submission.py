"""What the service accepts in a submit body, checked field by field."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .envelope import Refused

DURATIONS = (4, 8, 12)
SIZES = ("720*1280", "1280*720", "1024*1792", "1792*1024")
RESOLUTIONS = {"720p": (1280, 720), "1080p": (1920, 1080)}
FRAMES = {"landscape": (1280, 720), "portrait": (720, 1280)}
PROMPT_LIMIT = {"sora-2": 10_000, "sora-2-pro": 5_000}
LOOPBACK = ("127.0.0.1", "localhost", "::1")

# Made up: the real price is undocumented. USD for a second of film.
PRICE_PER_SECOND = {"sora-2": 0.02, "sora-2-pro": 0.06}


@dataclass(frozen=True, slots=True)
class Submission:
    """An accepted submit body. `width` and `height` are the film's, in pixels."""

    model: str
    prompt: str
    duration: int
    width: int
    height: int
    image_url: str | None
    remove_watermark: bool
    callback_url: str | None
    digest: str

    @property
    def price(self) -> float:
        """Made-up price of the film in USD."""
        return PRICE_PER_SECOND[self.model] * self.duration


def read(model: str, raw: bytes) -> Submission:
    """Check a submit body by docs/design/contract.md, "The submit body".

    Raises Refused: 404 for an unknown model, 400 with the field's name for anything else.
    """
    if model not in PROMPT_LIMIT:
        raise Refused(404, f"model '{model}' not found")
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refused(400, "the request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "the request body must be a JSON object")
    callback_url = _callback(body)
    if body.get("provider") != "official":
        raise Refused(400, "provider must be 'official'")
    fields = body.get("input")
    if not isinstance(fields, dict):
        raise Refused(400, "input must be a JSON object")
    mode = fields.get("mode")
    if mode not in ("text-to-video", "image-to-video"):
        raise Refused(400, "input.mode must be 'text-to-video' or 'image-to-video'")
    with_image = mode == "image-to-video"
    width, height = _frame(model, fields, with_image)
    return Submission(
        model=model,
        prompt=_prompt(model, fields),
        duration=_duration(fields),
        width=width,
        height=height,
        image_url=_image(fields, with_image),
        remove_watermark=_watermark(fields),
        callback_url=callback_url,
        digest=hashlib.sha256(json.dumps([model, fields], sort_keys=True).encode()).hexdigest(),
    )


def _callback(body: dict[str, Any]) -> str | None:
    kind = body.get("request_type", "async")
    if kind not in ("async", "callback"):
        raise Refused(400, "request_type must be 'async' or 'callback'")
    if kind == "async":
        return None
    url = body.get("callback_url")
    if not isinstance(url, str) or not url:
        raise Refused(400, "callback_url is required when request_type is 'callback'")
    parts = _split(url, "callback_url")
    # Plain http to this machine is the simulator's own licence: it cannot be reached from outside.
    if parts[0] != "https" and not (parts[0] == "http" and parts[1] in LOOPBACK):
        raise Refused(400, "callback_url must be a public https URL")
    return url


def _split(url: str, name: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Refused(400, f"{name} is not a valid URL") from None
    if not host:
        raise Refused(400, f"{name} is not a valid URL")
    return parts.scheme.lower(), host


def _prompt(model: str, fields: dict[str, Any]) -> str:
    prompt = fields.get("prompt")
    limit = PROMPT_LIMIT[model]
    if not isinstance(prompt, str) or not 1 <= len(prompt) <= limit:
        raise Refused(400, f"input.prompt must be a text of 1 to {limit} characters")
    return prompt


def _duration(fields: dict[str, Any]) -> int:
    duration = fields.get("duration")
    # In Python True is an int and 4.0 equals 4; in JSON neither is the integer 4.
    if type(duration) is not int or duration not in DURATIONS:
        raise Refused(400, "input.duration must be one of the integers 4, 8, 12")
    return duration


def _frame(model: str, fields: dict[str, Any], with_image: bool) -> tuple[int, int]:
    if model == "sora-2":
        _absent(fields, "size", "resolution")
        aspect = fields.get("aspect_ratio", "landscape")
        if not isinstance(aspect, str) or aspect not in FRAMES:
            raise Refused(400, "input.aspect_ratio must be 'landscape' or 'portrait'")
        return FRAMES[aspect]
    _absent(fields, "aspect_ratio", "size" if with_image else "resolution")
    if with_image:
        resolution = fields.get("resolution", "720p")
        if not isinstance(resolution, str) or resolution not in RESOLUTIONS:
            raise Refused(400, "input.resolution must be one of " + ", ".join(RESOLUTIONS))
        return RESOLUTIONS[resolution]
    size = fields.get("size", "1280*720")
    if size not in SIZES:
        raise Refused(400, "input.size must be one of " + ", ".join(SIZES))
    width, _, height = size.partition("*")
    return int(width), int(height)


def _absent(fields: dict[str, Any], *names: str) -> None:
    for name in names:
        if fields.get(name) is not None:
            raise Refused(400, f"input.{name} is not a field of this model and mode")


def _image(fields: dict[str, Any], with_image: bool) -> str | None:
    urls = fields.get("image_urls")
    if not with_image:
        if urls is not None:
            raise Refused(400, "input.image_urls is only for image-to-video")
        return None
    if not (isinstance(urls, list) and len(urls) == 1 and isinstance(urls[0], str)):
        raise Refused(400, "input.image_urls must hold exactly 1 URL")
    if _split(urls[0], "input.image_urls")[0] not in ("http", "https"):
        raise Refused(400, "input.image_urls must hold an http or https URL")
    return urls[0]


def _watermark(fields: dict[str, Any]) -> bool:
    value = fields.get("remove_watermark", True)
    if not isinstance(value, bool):
        raise Refused(400, "input.remove_watermark must be true or false")
    return value
