"""The service's JSON, both ways, exactly as docs/design/contract.md has it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sora_nb.core.task import VideoRequest
from sora_nb.service import wire


def body(data: Any, code: Any = 200, **fields: Any) -> bytes:
    return json.dumps({"code": code, "message": "success", "data": data, **fields}).encode()


def test_a_text_request_is_the_contracts_example() -> None:
    request = VideoRequest(prompt="A paper boat", duration=4, aspect_ratio="portrait")
    assert wire.submit_body(request) == {
        "request_type": "async",
        "provider": "official",
        "input": {
            "mode": "text-to-video",
            "prompt": "A paper boat",
            "duration": 4,
            "aspect_ratio": "portrait",
            "remove_watermark": True,
        },
    }


def test_an_image_request_names_its_one_image() -> None:
    request = VideoRequest(
        prompt="x", image="https://pictures.example/a.png", remove_watermark=False
    )
    sent = wire.submit_body(request)["input"]
    assert sent["mode"] == "image-to-video"
    assert sent["image_urls"] == ["https://pictures.example/a.png"]
    assert sent["remove_watermark"] is False


@pytest.mark.parametrize(
    ("request_", "field", "value"),
    [
        (VideoRequest(prompt="x", model="sora-2-pro"), "size", "1280*720"),
        (VideoRequest(prompt="x", model="sora-2-pro", aspect_ratio="portrait"), "size", "720*1280"),
        (
            VideoRequest(prompt="x", model="sora-2-pro", extra={"size": "1024*1792"}),
            "size",
            "1024*1792",
        ),
        (VideoRequest(prompt="x", model="sora-2-pro", image="https://a.b/c"), "resolution", "720p"),
        (
            VideoRequest(
                prompt="x",
                model="sora-2-pro",
                image="https://a.b/c",
                extra={"resolution": "1080p"},
            ),
            "resolution",
            "1080p",
        ),
    ],
)
def test_the_pro_model_takes_a_size_or_a_resolution_but_no_aspect_ratio(
    request_: VideoRequest, field: str, value: str
) -> None:
    sent = wire.submit_body(request_)["input"]
    assert sent[field] == value
    assert {"size", "resolution"} & sent.keys() == {field}
    assert "aspect_ratio" not in sent


def test_extra_fields_join_the_input_but_never_replace_prompt_or_mode() -> None:
    request = VideoRequest(
        prompt="mine", extra={"prompt": "other", "mode": "other", "style": "ink"}
    )
    sent = wire.submit_body(request)["input"]
    assert (sent["prompt"], sent["mode"], sent["style"]) == ("mine", "text-to-video", "ink")


def test_an_unknown_model_gets_the_prompt_and_what_the_person_gave_and_nothing_else() -> None:
    request = VideoRequest(prompt="x", model="veo-9", extra={"seconds": 5, "prompt": "wins"})
    assert wire.submit_body(request)["input"] == {"prompt": "wins", "seconds": 5}


def test_model_and_task_id_are_escaped_whole() -> None:
    assert wire.submit_path("a/b?c") == "/generateTask/a%2Fb%3Fc"
    assert wire.status_path("sora-2", "a/b&c=d #1%") == (
        "/statusTask/sora-2?taskId=a%2Fb%26c%3Dd%20%231%25"
    )


@pytest.mark.parametrize("task_id", ["t", "x" * 512, "täsk 1", 'a"b/../c'])
def test_a_task_id_is_taken_as_it_is(task_id: str) -> None:
    assert wire.read_submit(body({"taskId": task_id})) == task_id


def test_a_task_id_that_is_a_number_is_better_than_a_lost_task() -> None:
    assert wire.read_submit(body({"taskId": 42})) == "42"


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"<html>",
        b'{"code":200,"data":"\xff"}',
        b"[" * 100_000,
        b'{"code":200,"data":' + b'{"a":' * 100_000,
        body(None),
        body([]),
        body({}),
        body({"taskId": None}),
        body({"taskId": ""}),
        body({"taskId": "x" * 513}),
        body({"taskId": "a\nb"}),
        body({"taskId": True}),
        b'{"code":200,"data":{"taskId":' + b"9" * 5000 + b"}}",
        body({"taskId": "t"}, code=500),
        body({"taskId": "t"}, code=None),
        body({"taskId": "t"}, code=True),
    ],
)
def test_a_submit_reply_without_a_clear_id_is_malformed(reply: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.read_submit(reply)


def status(allow_loopback: bool = False, **data: Any) -> Any:
    return wire.read_status(body(data), allow_loopback=allow_loopback)


def test_a_success_brings_its_urls_and_times() -> None:
    report = status(
        taskId="t",
        state="success",
        resultJson='{"resultUrls": ["https://cdn.example/a.mp4", "https://file.example/b.mp4"]}',
        createTime=1_700_000_000_000,
        completeTime=1_700_000_180_000,
        costTime=180_000,
        failCode=None,
    )
    assert report.urls == ("https://cdn.example/a.mp4", "https://file.example/b.mp4")
    assert (report.created_ms, report.completed_ms) == (1_700_000_000_000, 1_700_000_180_000)
    assert report.cost_time_ms == 180_000
    assert report.problem is None


@pytest.mark.parametrize(
    "result",
    [
        {"resultUrls": ["https://a.example/f.mp4"]},
        '\n{"resultUrls": ["https://a.example/f.mp4", null, 3, "https://a.example/f.mp4"]}',
        {"resultUrls": "https://a.example/f.mp4", "more": 1},
    ],
)
def test_the_result_may_be_an_object_or_a_string_and_holds_each_url_once(result: Any) -> None:
    assert status(state="success", resultJson=result).urls == ("https://a.example/f.mp4",)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "no result URL"),
        ("", "no result URL"),
        ("{", "no result URL"),
        ("[" * 50_000, "no result URL"),
        ('{"resultUrls": []}', "no result URL"),
        ('{"resultUrls": {"a": 1}}', "no result URL"),
        ('{"resultUrls": ["http://a.example/f.mp4"]}', "not an https URL"),
        ('{"resultUrls": ["https://127.0.0.1/f.mp4"]}', "into this machine"),
        ('{"resultUrls": ["file:///etc/passwd"]}', "not an http(s) URL"),
    ],
)
def test_a_success_without_a_usable_url_says_what_is_wrong(result: Any, words: str) -> None:
    report = status(state="success", resultJson=result)
    assert (report.state, report.urls) == ("success", ())
    assert words in report.problem


def test_at_most_ten_urls_are_taken() -> None:
    many = [f"https://a.example/{n}.mp4" for n in range(30)]
    assert len(status(state="success", resultJson={"resultUrls": many}).urls) == 10


def test_loopback_urls_are_taken_only_from_a_service_on_loopback() -> None:
    result = {"resultUrls": ["http://127.0.0.1:8000/f.mp4"]}
    assert status(state="success", resultJson=result).urls == ()
    assert status(True, state="success", resultJson=result).urls == tuple(result["resultUrls"])


def test_a_failed_task_tells_code_and_reason() -> None:
    report = status(state="failed", failCode="CONTENT_VIOLATION", failMsg="no\u202e\nway \x1b[31m")
    assert (report.fail_code, report.fail_message) == ("CONTENT_VIOLATION", "no way [31m")


def test_what_is_missing_null_or_odd_is_none() -> None:
    report = status(state="pending", createTime="1700000000000", completeTime=None, costTime=-1)
    assert (report.created_ms, report.completed_ms, report.cost_time_ms) == (None, None, None)
    assert (report.fail_code, report.fail_message, report.problem) == (None, None, None)


def test_an_unknown_state_is_kept_with_a_warning() -> None:
    report = status(state="reviewing")
    assert report.state == "reviewing"
    assert "'reviewing'" in report.problem


def test_long_words_are_cut() -> None:
    report = status(state="failed", failMsg="x" * 5000, failCode="y" * 5000)
    assert len(report.fail_message) == wire.MAX_MESSAGE
    assert len(report.fail_code) == wire.MAX_STATE


@pytest.mark.parametrize(
    "data", [None, {}, {"state": None}, {"state": " "}, {"state": 3}, "pending"]
)
def test_a_status_reply_without_a_state_is_malformed(data: Any) -> None:
    with pytest.raises(wire.Malformed):
        wire.read_status(body(data), allow_loopback=False)


def test_the_balance_is_a_bare_number() -> None:
    assert wire.read_balance(body(12.34)) == 12.34
    assert wire.read_balance(body(0)) == 0.0


@pytest.mark.parametrize("reply", [body("12"), body(None), body(True), body({}), body(5, code=401)])
def test_a_balance_that_is_no_number_is_malformed(reply: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.read_balance(reply)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b'{"code":400,"message":"bad"}', (400, "bad")),
        (b'{"code":400,"message":"bad","data":null}', (400, "bad")),
        (b'{"code":400,"message":"bad","data":{"error":"no prompt"}}', (400, "bad: no prompt")),
        (b'{"code":"402","message":"pay"}', (402, "pay")),
        (b'{"error":"no key"}', (None, "no key")),
        (b'{"error":{"message":"no key","type":"x"}}', (None, "no key")),
        (b'{"code":500,"message":null}', (500, "")),
        (b"upstream went away", (None, "upstream went away")),
        (b"<html><body>502</body></html>", (None, "")),
        (b"[1]", (None, "[1]")),
        (b"", (None, "")),
    ],
)
def test_every_shape_of_an_error_is_read(reply: bytes, expected: tuple[int | None, str]) -> None:
    assert wire.read_error(reply) == expected


@settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["code", "message", "data", "state", "resultJson", "taskId", "error"]
                ),
                inner,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_reply_whatsoever_gets_past_malformed(reply: bytes) -> None:
    wire.read_error(reply)
    for read in (
        wire.read_submit,
        wire.read_balance,
        lambda b: wire.read_status(b, allow_loopback=False),
    ):
        with suppress(wire.Malformed):
            read(reply)
