"""What a person is told when it does not go well, and what it costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sora_nb.client.client import Client
from sora_nb.core.errors import (
    AuthenticationError,
    BudgetExceeded,
    InsufficientCredits,
    InvalidRequest,
    ModelUnavailable,
    SoraError,
    SubmitUnsure,
    TaskFailed,
)
from tests.support.clients import CANARY, PATIENT, SPEED, Simulator

MakeClient = Callable[..., Client]


StartSimulator = Callable[..., Simulator]


@pytest.mark.parametrize("code", ["CONTENT_VIOLATION", "PROCESSING_TIMEOUT", "NeverSeen"])
def test_a_failed_task_raises_its_code_with_advice(client: Client, code: str) -> None:
    task = client.generate(f"a boat [fail:{code}]")
    with pytest.raises(TaskFailed, match=f"task {task.key}") as caught:
        task.wait(PATIENT)
    assert caught.value.code == code
    assert f"%sora retry {task.key}" in caught.value.advice
    assert task.state == "failed"
    again = client.generate(f"a boat [fail:{code}]")
    assert again.key != task.key, "failed tasks are not reused"


def test_a_wrong_key_is_named_but_never_shown_and_nothing_is_charged(
    make_client: MakeClient, start_simulator: StartSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    simulator = start_simulator("--api-key", "right")
    client = make_client(base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED)
    task = client.generate("a boat")
    with pytest.raises(AuthenticationError, match="APIXO_API_KEY") as caught:
        task.wait(PATIENT)
    with pytest.raises(AuthenticationError):
        client.balance()
    assert simulator.accepted() == []
    client.close()
    shown = "\n".join(caught.value._render_traceback_())
    shown += f"{caught.value!r} {vars(caught.value)} {client!r} {client.settings!r} {task!r}"
    shown += caplog.text + repr(list(client.settings.origins.items()))
    assert CANARY not in shown
    for path in client.settings.home.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("options", "error", "request_fields"),
    [
        (("--balance", "0"), InsufficientCredits, {}),
        ((), ModelUnavailable, {"model": "kling-3", "extra": {"seconds": 4}}),
    ],
    ids=["402", "404"],
)
def test_a_refused_submit_raises_its_own_error_and_is_not_charged(
    make_client: MakeClient,
    start_simulator: StartSimulator,
    options: tuple[str, ...],
    error: type[SoraError],
    request_fields: dict[str, object],
) -> None:
    simulator = start_simulator(*options)
    client = make_client(base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED)
    task = client.generate("a boat", **request_fields)  # type: ignore[arg-type]
    with pytest.raises(error, match=task.key) as caught:
        task.wait(PATIENT)
    assert caught.value.advice
    assert simulator.accepted() == []


def test_a_lost_answer_is_unsure_and_given_again_and_can_be_adopted(
    client: Client, simulator: Simulator
) -> None:
    rule = {"match": {"path": "submit", "times": 1}, "do": {"cut": "after"}}
    simulator.ask("/simulator/faults", [rule])
    task = client.generate("a boat")
    with pytest.raises(SubmitUnsure, match=task.key):
        task.wait(PATIENT)
    again = client.generate("a boat")
    assert (again.key, again.reused) == (task.key, True)
    (accepted,) = simulator.accepted()
    with pytest.raises(InvalidRequest, match="not a task id"):
        client.get(task.key).adopt("\n")
    adopted = client.get(task.key).adopt(f" {accepted['id']} ")
    assert adopted.wait(PATIENT).size > 0
    assert len(simulator.accepted()) == 1
    with pytest.raises(InvalidRequest, match=f"task {task.key} is ready, not unsure"):
        client.forget(task.key)


def test_a_cut_download_and_a_busy_service_end_in_the_film(
    client: Client, simulator: Simulator
) -> None:
    faults = [
        {"match": {"path": "submit", "times": 2}, "do": {"status": 429, "retry_after": 1}},
        {"match": {"path": "status", "times": 2}, "do": {"status": 503}},
        {"match": {"path": "result", "times": 1}, "do": {"cut_after": 1000}},
    ]
    simulator.ask("/simulator/faults", faults)
    assert client.generate("a boat").wait(PATIENT).size > 1000
    assert len(simulator.accepted()) == 1


BAD = [
    {"prompt": ""},
    {"prompt": "x" * 10_001},
    {"prompt": "a boat", "duration": 5},
    {"prompt": "a boat", "aspect_ratio": "square"},
    {"prompt": "a boat", "image": "file:///boat.png"},
    {"prompt": "a boat", "model": "kling-3"},
]


def test_bad_input_sends_no_request_and_leaves_no_task(
    client: Client, simulator: Simulator
) -> None:
    for arguments in BAD:
        with pytest.raises(InvalidRequest):
            client.generate(**arguments)  # type: ignore[arg-type]
    assert simulator.requests() == []
    assert len(client.tasks()) == 0


def test_a_budget_is_kept_and_says_what_is_left(
    make_client: MakeClient, simulator: Simulator
) -> None:
    client = make_client(
        base_url=simulator.url,
        api_key=CANARY,
        simulator_speed=SPEED,
        budget={"tasks": 1, "per": "session"},
    )
    client.generate("a boat").wait(PATIENT)
    assert client.generate("a boat").reused
    with pytest.raises(BudgetExceeded, match="0 tasks left"):
        client.generate("another boat")
    assert client.budget_left() == {"tasks": 0}
    assert len(simulator.accepted()) == 1
