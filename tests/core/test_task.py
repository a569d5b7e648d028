"""A request that nothing can change, and what makes two of them the same."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import msgspec
import pytest

from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import FrozenDict, TaskRecord, VideoRequest, decode, encode

REQUEST = VideoRequest(
    prompt="a boat", extra={"style": {"mood": "warm", "tags": ["a", {"b": 1}]}, "seed": 7}
)
MUTATIONS: dict[str, Any] = {
    "setitem": lambda d: d.__setitem__("x", 1),
    "delitem": lambda d: d.__delitem__("seed"),
    "update": lambda d: d.update(x=1),
    "clear": lambda d: d.clear(),
    "pop": lambda d: d.pop("seed"),
    "popitem": lambda d: d.popitem(),
    "setdefault": lambda d: d.setdefault("x", 1),
    "ior": lambda d: d.__ior__({"x": 1}),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_extra_input_refuses_every_change_at_any_depth(name: str) -> None:
    before = encode_request(REQUEST)
    for frozen in (REQUEST.extra, REQUEST.extra["style"]):
        assert isinstance(frozen, FrozenDict)
        with pytest.raises(TypeError, match="cannot be changed"):
            MUTATIONS[name](frozen)
    assert encode_request(REQUEST) == before


def test_no_method_that_changes_a_dict_was_forgotten() -> None:
    harmless = {
        *("copy", "fromkeys", "get", "items", "keys", "values"),
        *("__contains__", "__getitem__", "__iter__", "__len__", "__or__", "__ror__"),
        *("__reversed__", "__class_getitem__", "__sizeof__"),
    }
    own = set(dict.__dict__) - set(object.__dict__) - harmless
    assert all(getattr(FrozenDict, name) is FrozenDict._refuse for name in own)


def test_lists_within_it_are_tuples() -> None:
    assert REQUEST.extra["style"]["tags"] == ("a", {"b": 1})
    with pytest.raises(AttributeError):
        REQUEST.prompt = "another"  # type: ignore[misc]


def test_what_was_given_can_change_without_changing_the_request() -> None:
    given = {"tags": ["a"]}
    request = VideoRequest(prompt="x", extra=given)
    given["tags"].append("b")
    assert request.extra == {"tags": ("a",)}


def test_a_request_can_be_hashed_copied_and_pickled() -> None:
    again = VideoRequest(prompt="a boat", extra=dict(reversed(REQUEST.extra.items())))
    assert hash(again) == hash(REQUEST)
    for other in (copy.deepcopy(REQUEST), pickle.loads(pickle.dumps(REQUEST))):  # noqa: S301
        assert other == REQUEST
        assert isinstance(other.extra, FrozenDict)


def test_the_fingerprint_is_the_same_everywhere_and_for_ever() -> None:
    assert VideoRequest(prompt="a boat").fingerprint == (
        "ac27af38868faac043b54d78bf308106309298abc6a4f4aaf74635647a87d2ee"
    )
    again = VideoRequest(prompt="a boat", extra=dict(reversed(REQUEST.extra.items())))
    assert again.fingerprint == REQUEST.fingerprint
    assert decode_request(encode_request(REQUEST)).fingerprint == REQUEST.fingerprint


CHANGES: dict[str, Any] = {
    "prompt": "a boat ",
    "duration": 8,
    "aspect_ratio": "portrait",
    "image": "https://a.example/b.png",
    "model": "sora-2-pro",
    "remove_watermark": False,
    "take": 2,
    "extra": {"seed": 8},
}


@pytest.mark.parametrize("name", VideoRequest.__struct_fields__)
def test_every_field_makes_another_request(name: str) -> None:
    other = msgspec.structs.replace(REQUEST, **{name: CHANGES[name]})
    assert other.fingerprint != REQUEST.fingerprint


def test_an_age_never_runs_backwards_and_counts_in_the_services_time() -> None:
    record = new_record("k", REQUEST, service="s", now=100.0, speed=10.0)
    assert record.age(99.0) == 0
    assert record.age(102.0) == 20


def test_a_record_is_the_same_after_its_json_and_one_of_an_older_version_can_be_read() -> None:
    record = new_record("k", REQUEST, service="simulator", now=100.0)
    assert decode(encode(record)) == record
    assert record.simulated
    old = b'{"key":"k","request":{"prompt":"x"},"service":"s","state":"queued","created_at":1.5}'
    assert decode(old) == TaskRecord(
        key="k",
        request=VideoRequest(prompt="x"),
        service="s",
        state=decode(old).state,
        created_at=1.5,
    )
    with pytest.raises(msgspec.ValidationError):
        decode(b'{"key":"k"}')


def encode_request(request: VideoRequest) -> bytes:
    return msgspec.json.encode(request)


def decode_request(data: bytes) -> VideoRequest:
    return msgspec.json.decode(data, type=VideoRequest)
