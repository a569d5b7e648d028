"""One call, one charge: what the service counts when the answer to a submit goes wrong."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from sora_nb.core.errors import (
    AuthenticationError,
    InsufficientCredits,
    InvalidRequest,
    ModelUnavailable,
    PermissionDenied,
    ServiceError,
    SoraError,
    SubmitUnsure,
)

from .conftest import SPEED, MakeClient, Simulate, notes, until
from .server import Answer, HostileService, cut, envelope, reply, silence

PROMPT = "a paper boat in the rain"
PATIENT = 20.0

LOST: dict[str, dict[str, Any]] = {
    "cut after it was accepted": {"cut": "after"},
    "cut before it was accepted": {"cut": "before"},
    "never answered": {"hang": True},
    "accepted behind a 500": {"status": 500, "effect": True},
    "500": {"status": 500},
    "502": {"status": 502},
    "503": {"status": 503, "retry_after": 1},
    "504": {"status": 504, "effect": True},
    "408": {"status": 408},
    "409": {"status": 409},
    "301": {"status": 301, "headers": {"Location": "/api/v1/generateTask/sora-2"}},
    "success without an id": {"body": {"code": 200, "message": "success", "data": {}}},
    "success with an empty id": {"body": {"code": 200, "data": {"taskId": ""}}},
    "success that is no JSON": {"body": "<html>thank you</html>"},
    "success that says it is none": {"body": {"code": 500, "message": "oops", "data": None}},
    "nothing in the body": {"body": ""},
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_lost_answer_rests_as_unsure_after_one_post_whatever_is_done_next(
    fault: dict[str, Any], simulate: Simulate, make_client: MakeClient
) -> None:
    account = simulate({"match": {"path": "submit"}, "do": fault})
    settings = {"submit_timeout": 0.3 if "hang" in fault else PATIENT, "budget": {"tasks": 5}}
    with make_client(account.base, **settings) as client:
        task = client.generate(PROMPT)
        with pytest.raises(SubmitUnsure) as caught:
            task.wait(PATIENT)
        for verb in ("adopt", "retry", "forget"):
            assert f"%sora {verb} {task.key}" in caught.value.advice
        assert task.state == "unsure"
        again = client.generate(PROMPT)
        assert (again.key, again.reused) == (task.key, True)
        assert client.budget_left() == {"tasks": 4}  # it may have been charged
    with make_client(account.base, **settings) as next_kernel:
        assert len(next_kernel.resume()) == 0
        assert next_kernel.generate(PROMPT).state == "unsure"
        next_kernel.rescue()
    assert len(account.posts()) == 1
    assert len(account.accepted()) <= 1


HALVES: dict[str, Answer] = {
    "half a status line": b"HTTP/1.1 20",
    "headers without an end": b"HTTP/1.1 200 OK\r\nContent-Type: app",
    "half a body": reply(200, b'{"code": 200, "data": {"taskId": "ta', length=64),
    "torn down": cut,
    "silent": silence,
}


@pytest.mark.parametrize("answer", HALVES.values(), ids=HALVES.keys())
def test_half_an_answer_is_a_lost_one(
    answer: Answer, service: HostileService, make_client: MakeClient
) -> None:
    service.answers("submit", forever=answer)
    client = make_client(service.base, submit_timeout=0.3 if answer is silence else PATIENT)
    task = client.generate(PROMPT)
    with pytest.raises(SubmitUnsure):
        task.wait(PATIENT)
    assert len(service.of("submit")) == 1


def test_an_unsure_task_goes_on_with_its_true_id_and_brings_the_film(
    simulate: Simulate, make_client: MakeClient
) -> None:
    account = simulate({"match": {"path": "submit"}, "do": {"cut": "after"}})
    client = make_client(account.base)
    task = client.generate(PROMPT)
    task.rest(PATIENT)
    (paid,) = account.accepted()
    adopted = client.get(task.key).adopt(f"  {paid}\n")
    assert adopted.wait(PATIENT).path.is_file()
    assert adopted.id == paid
    assert len(account.posts()) == 1


def test_a_wrong_id_is_a_note_on_a_task_that_lives_and_can_be_stopped(
    simulate: Simulate, make_client: MakeClient
) -> None:
    account = simulate({"match": {"path": "submit"}, "do": {"cut": "after"}})
    client = make_client(account.base)
    task = client.generate(PROMPT)
    task.rest(PATIENT)
    client.get(task.key).adopt("../nobody's id/?&taskId=1")
    until(lambda: notes(client, task.key), "a note")
    assert "knows no such task" in notes(client, task.key)[0]
    assert task.state == "pending"
    task.stop()
    assert task.state == "stopped"
    (paid,) = account.accepted()
    assert client.get(task.key).adopt(paid).wait(PATIENT).path.is_file()
    assert len(account.posts()) == 1


def test_a_forgotten_task_gives_its_budget_back_and_the_next_one_is_a_new_post(
    simulate: Simulate, make_client: MakeClient
) -> None:
    account = simulate({"match": {"path": "submit", "times": 1}, "do": {"cut": "before"}})
    client = make_client(account.base, budget={"tasks": 1})
    task = client.generate(PROMPT)
    task.rest(PATIENT)
    assert client.budget_left() == {"tasks": 0}
    client.forget(task.key)
    assert task.state == "failed"
    assert client.budget_left() == {"tasks": 1}
    client.generate(PROMPT).wait(PATIENT)
    assert (len(account.posts()), len(account.accepted())) == (2, 1)


REFUSED: dict[int, type[SoraError]] = {
    400: InvalidRequest,
    401: AuthenticationError,
    402: InsufficientCredits,
    403: PermissionDenied,
    404: ModelUnavailable,
    413: ServiceError,
    422: ServiceError,
}


@pytest.mark.parametrize("in_the_envelope", [False, True], ids=["status", "envelope"])
@pytest.mark.parametrize("code", REFUSED)
def test_a_refusal_is_failed_uncharged_and_not_repeated(
    code: int, in_the_envelope: bool, service: HostileService, make_client: MakeClient
) -> None:
    service.answers(
        "submit",
        envelope(None, code=code, message="no", status=200 if in_the_envelope else code),
    )
    client = make_client(service.base, budget={"usd": 5}, price_per_second=1.0)
    task = client.generate(PROMPT)
    with pytest.raises(SoraError) as caught:
        task.wait(PATIENT)
    assert type(caught.value) is REFUSED[code]
    assert (task.state, client.budget_left()) == ("failed", {"usd": 5})
    assert len(service.of("submit")) == 1


@pytest.mark.parametrize("wait", [30, "date:30", None], ids=["seconds", "date", "none"])
def test_a_429_repeats_by_itself_until_it_is_accepted_once(
    wait: int | str | None, simulate: Simulate, make_client: MakeClient
) -> None:
    fault: dict[str, Any] = {"status": 429}
    if wait is not None:
        fault["retry_after"] = wait
    account = simulate({"match": {"path": "submit", "times": 2}, "do": fault})
    client = make_client(account.base)
    task = client.generate(PROMPT)
    assert task.wait(PATIENT).path.is_file()
    first, second, third = (entry["time"] for entry in account.posts())
    assert len(account.accepted()) == 1
    if wait is not None:
        # An HTTP date has whole seconds, so up to one of the thirty is lost.
        assert min(second - first, third - second) >= 29 / SPEED


def test_a_refused_connection_repeats_by_itself_and_arrives_once(
    film: bytes, make_client: MakeClient
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        client = make_client(f"http://127.0.0.1:{port}")
        task = client.generate(PROMPT)
        until(lambda: notes(client, task.key), "a note")
    assert task.state in ("queued", "submitting")
    assert "cannot be reached" in notes(client, task.key)[0]
    service = HostileService(film)
    service.port = port
    with service:
        assert task.wait(PATIENT).path.is_file()
        assert len(service.of("submit")) == 1
        client.close()
