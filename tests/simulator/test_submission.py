"""Which submit bodies the documented service takes, and what it says of the others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sora_nb.simulator.envelope import Refused
from sora_nb.simulator.submission import Submission, read

from .conftest import body, raw

PICTURE = "https://films.example/boat.png"
IMAGE: dict[str, Any] = {"mode": "image-to-video", "image_urls": [PICTURE]}
PRO: dict[str, Any] = {"aspect_ratio": None}


def refusal(model: str, data: bytes) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        read(model, data)
    return caught.value.reply.status, caught.value.reply.body["message"]


def with_top(**fields: Any) -> bytes:
    return json.dumps({**body(), **fields}).encode()


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (raw(), (1280, 720)),
        (raw(aspect_ratio="portrait"), (720, 1280)),
        (raw(aspect_ratio=None), (1280, 720)),
        (raw("🚣" * 10_000, duration=12), (1280, 720)),
        (raw(**IMAGE), (1280, 720)),
        (raw(remove_watermark=None), (1280, 720)),
    ],
)
def test_a_documented_body_is_accepted(data: bytes, size: tuple[int, int]) -> None:
    asked = read("sora-2", data)
    assert (asked.width, asked.height) == size


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (raw(mode="video"), "input.mode"),
        (raw(""), "input.prompt"),
        (raw("x" * 10_001), "input.prompt"),
        (raw(duration=5), "input.duration"),
        (raw(duration=True), "input.duration"),
        (raw(duration=4.0), "input.duration"),
        (raw(duration="4"), "input.duration"),
        (raw(duration=None), "input.duration"),
        (raw(aspect_ratio="square"), "input.aspect_ratio"),
        (raw(aspect_ratio=[]), "input.aspect_ratio"),
        (raw(size="1280*720"), "input.size"),
        (raw(image_urls=[PICTURE]), "input.image_urls"),
        (raw(mode="image-to-video"), "input.image_urls"),
        (raw(mode="image-to-video", image_urls=[]), "input.image_urls"),
        (raw(mode="image-to-video", image_urls=[PICTURE] * 2), "input.image_urls"),
        (raw(mode="image-to-video", image_urls=["ftp://host/a"]), "input.image_urls"),
        (raw(mode="image-to-video", image_urls=["http://[bad"]), "input.image_urls"),
        (raw(remove_watermark="yes"), "input.remove_watermark"),
        (with_top(provider="other"), "provider"),
        (with_top(request_type="push"), "request_type"),
        (with_top(request_type="callback"), "callback_url"),
        (with_top(request_type="callback", callback_url="http://films.example/"), "callback_url"),
        (with_top(request_type="callback", callback_url="https://"), "callback_url"),
        (with_top(input=[]), "input"),
        (b"[]", "JSON object"),
        (b"{", "not valid JSON"),
        (b"\xff", "not valid JSON"),
    ],
)
def test_a_wrong_field_is_a_400_that_names_it(data: bytes, name: str) -> None:
    code, message = refusal("sora-2", data)
    assert code == 400
    assert name in message


def test_an_unknown_model_is_a_404() -> None:
    assert refusal("sora-9", raw())[0] == 404


@pytest.mark.parametrize("url", ["https://hooks.example/x", "http://127.0.0.1:9/x"])
def test_a_callback_goes_to_https_or_to_this_machine(url: str) -> None:
    asked = read("sora-2", with_top(request_type="callback", callback_url=url))
    assert asked.callback_url == url


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"size": "1024*1792"}, (1024, 1792)),
        ({"size": "720*1280"}, (720, 1280)),
        ({**IMAGE, "resolution": "1080p"}, (1920, 1080)),
    ],
)
def test_the_pro_model_has_sizes_of_its_own(fields: dict[str, Any], size: tuple[int, int]) -> None:
    asked: Submission = read("sora-2-pro", raw(**PRO, **fields))
    assert (asked.width, asked.height) == size


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"aspect_ratio": "landscape"}, "input.aspect_ratio"),
        ({**PRO, "size": "640*360"}, "input.size"),
        ({**PRO, "size": ["1280*720"]}, "input.size"),
        ({**PRO, "resolution": "720p"}, "input.resolution"),
        ({**PRO, **IMAGE, "resolution": "4k"}, "input.resolution"),
        ({**PRO, **IMAGE, "size": "1280*720"}, "input.size"),
        ({**PRO, "prompt": "x" * 5_001}, "input.prompt"),
    ],
)
def test_the_pro_model_refuses_what_is_not_its_own(fields: dict[str, Any], name: str) -> None:
    code, message = refusal("sora-2-pro", raw(**fields))
    assert code == 400
    assert name in message
