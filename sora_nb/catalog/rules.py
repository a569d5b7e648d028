"""Whether a request keeps the rules of its model, before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from sora_nb.catalog.models import ASPECT_RATIOS, MODELS, Model
from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.core.task import VideoRequest

_MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


_OWN_FIELDS: Mapping[str, str] = {
    "mode": "image",
    "prompt": "prompt",
    "duration": "duration",
    "aspect_ratio": "aspect_ratio",
    "image_urls": "image",
    "remove_watermark": "remove_watermark",
}
"""Input fields that a checked argument fills: ``extra`` must not go round the check."""


def check(request: VideoRequest) -> None:
    """Refuse what is known to be wrong before anything is sent. Raises InvalidRequest."""
    _check_common(request)
    rules = MODELS.get(request.model)
    if rules is None:
        if not request.extra:
            raise InvalidRequest(
                f"the model {request.model!r} is not one that sora_nb knows, "
                "and no input for it was given.",
                advice="Give its fields with --input KEY=JSON (extra={…} in Python); they are sent "
                f"unchecked. Known models: {', '.join(MODELS)}.",
            )
        return
    if len(request.prompt) > rules.prompt_limit:
        raise InvalidRequest(
            f"the prompt has {len(request.prompt)} characters; "
            f"{rules.id} takes at most {rules.prompt_limit}.",
            advice="Shorten it.",
        )
    if request.duration not in rules.durations:
        raise InvalidRequest(
            f"duration {request.duration!r} is not possible with {rules.id}.",
            advice=f"Choose {_or(rules.durations)} seconds.",
        )
    _check_extra(request, rules)


def _check_common(request: VideoRequest) -> None:
    if not request.prompt.strip():
        raise InvalidRequest(
            "the prompt is empty.", advice="Describe the film, e.g. %sora a paper boat in the rain"
        )
    if not _MODEL_ID.fullmatch(request.model):
        raise InvalidRequest(
            f"{shorten(request.model, 60)!r} is not a model id.", advice="Use e.g. sora-2."
        )
    if isinstance(request.duration, bool) or request.duration < 1:
        raise InvalidRequest(f"duration {request.duration!r} is not a number of seconds.")
    if request.aspect_ratio not in ASPECT_RATIOS:
        raise InvalidRequest(
            f"aspect_ratio {shorten(str(request.aspect_ratio), 60)!r} is not a frame.",
            advice="Choose landscape or portrait.",
        )
    if isinstance(request.take, bool) or request.take < 1:
        raise InvalidRequest(f"take {request.take!r} is not a number from 1 on.")
    if request.image is not None:
        _check_image(request.image)


def _check_image(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or any(c.isspace() for c in url):
        raise InvalidRequest(
            f"the image {shorten(url, 80)!r} is not an http(s) URL.",
            advice="The service fetches the picture itself: give a public URL of a JPG, PNG or "
            "WebP of at most 10 MB. A local file cannot be sent.",
        )


def _check_extra(request: VideoRequest, rules: Model) -> None:
    wanted = "resolution" if request.image else "size"
    for name, value in request.extra.items():
        if name in _OWN_FIELDS:
            raise InvalidRequest(
                f"the input field {name!r} of {rules.id} has an argument of its own.",
                advice=f"Use {_OWN_FIELDS[name]} for it.",
            )
        allowed = rules.choices.get(name)
        if allowed is None:
            continue
        if name != wanted:
            kind = "image-to-video" if request.image else "text-to-video"
            raise InvalidRequest(
                f"{rules.id} takes no {name!r} for {kind}.", advice=f"Use {wanted}."
            )
        if value not in allowed:
            raise InvalidRequest(
                f"{name} {value!r} is not possible with {rules.id}.",
                advice=f"Choose {_or(allowed)}.",
            )


def _or(values: tuple[object, ...]) -> str:
    words = [str(v) for v in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
