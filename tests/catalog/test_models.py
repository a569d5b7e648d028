"""Bad input is refused with one short message, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from sora_nb.catalog.models import UNKNOWN_SECONDS, documented_seconds
from sora_nb.core.errors import InvalidRequest
from sora_nb.core.task import VideoRequest
from sora_nb.planning.request import make_request

IMAGE = "https://images.example/boat.png"


def ask(**arguments: Any) -> VideoRequest:
    return make_request(**{"prompt": "a paper boat", **arguments})


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "empty prompt": ({"prompt": ""}, "the prompt is empty"),
    "blank prompt": ({"prompt": " \n\t"}, "the prompt is empty"),
    "no prompt": ({"prompt": None}, "not a request"),
    "10001 characters": ({"prompt": "x" * 10_001}, "has 10001 characters; sora-2 takes at most"),
    "10001 characters beyond the BMP": ({"prompt": "🚤" * 10_001}, "has 10001 characters"),
    "half a character": ({"prompt": "boat \ud83d"}, "half of a character"),
    "half a character in extra": ({"extra": {"style": "\ud83d"}}, "half of a character"),
    "duration 5": ({"duration": 5}, "duration 5 is not possible with sora-2"),
    "duration 0": ({"duration": 0}, "duration 0"),
    "duration 4.5": ({"duration": 4.5}, "not a request"),
    "duration True": ({"duration": True}, "not a request"),
    "unknown frame": ({"aspect_ratio": "square"}, "'square' is not a frame"),
    "take 0": ({"take": 0}, "take 0 is not a number from 1"),
    "a model that is a path": ({"model": "../x"}, "'../x' is not a model id"),
    "a local file": ({"image": "boat.png"}, "is not an http(s) URL"),
    "a file URL": ({"image": "file:///boat.png"}, "is not an http(s) URL"),
    "a data URL": ({"image": "data:image/png;base64,AA"}, "is not an http(s) URL"),
    "a URL without a host": ({"image": "https://"}, "is not an http(s) URL"),
    "a URL with a blank": ({"image": "https://a.example/b c.png"}, "is not an http(s) URL"),
    "a broken URL": ({"image": "https://[a/b.png"}, "is not an http(s) URL"),
    "unknown model without input": ({"model": "kling-3"}, "no input for it was given"),
    "extra that is no JSON": ({"extra": {"seed": object()}}, "something that JSON has not"),
    "extra with NaN": ({"extra": {"seed": float("nan")}}, "something that JSON has not"),
    "a duration past the check": ({"extra": {"duration": 5}}, "'duration' of sora-2 has an arg"),
    "a prompt past the check": ({"extra": {"prompt": ""}}, "'prompt' of sora-2 has an argument"),
    "pro with 5001 characters": (
        {"model": "sora-2-pro", "prompt": "x" * 5_001},
        "sora-2-pro takes at most 5000",
    ),
    "pro with another size": (
        {"model": "sora-2-pro", "extra": {"size": "1*1"}},
        "size '1*1' is not possible with sora-2-pro",
    ),
    "pro with a size for an image": (
        {"model": "sora-2-pro", "image": IMAGE, "extra": {"size": "720*1280"}},
        "takes no 'size' for image-to-video",
    ),
    "pro with a resolution for a text": (
        {"model": "sora-2-pro", "extra": {"resolution": "720p"}},
        "takes no 'resolution' for text-to-video",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named(name: str) -> None:
    arguments, words = BAD[name]
    with pytest.raises(InvalidRequest) as caught:
        ask(**arguments)
    assert words in caught.value.message
    assert len(caught.value._render_traceback_()) <= 3
    assert all(len(line) < 300 for line in caught.value._render_traceback_())


@pytest.mark.parametrize(
    "arguments",
    [
        {"prompt": "x" * 10_000},
        {"prompt": "🚤" * 10_000},
        {"duration": 12, "aspect_ratio": "portrait", "take": 3},
        {"image": IMAGE},
        {"image": "http://images.example/boat.webp?size=1"},
        {"extra": {"style": "noir", "seed": 7}},
        {"model": "kling-3", "duration": 7, "extra": {"mode": "pro"}},
        {"model": "sora-2-pro", "extra": {"size": "1792*1024"}},
        {"model": "sora-2-pro", "image": IMAGE, "extra": {"resolution": "1080p"}},
    ],
    ids=lambda arguments: str(arguments)[:40],
)
def test_what_the_model_takes_is_accepted(arguments: dict[str, Any]) -> None:
    request = ask(**arguments)
    assert {name: getattr(request, name) for name in arguments} == arguments


def test_documented_times_are_those_of_the_models_page() -> None:
    assert documented_seconds("sora-2", 4) == (120.0, 240.0)
    assert documented_seconds("sora-2", 8) == (180.0, 300.0)
    assert documented_seconds("sora-2", 12) == (240.0, 360.0)
    assert documented_seconds("sora-2", 7) == documented_seconds("x", 4) == UNKNOWN_SECONDS
