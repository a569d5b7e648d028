"""Good replies of the service with anything put anywhere: no exception that is not ours."""

from __future__ import annotations

import copy
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sora_nb.client.client import Client
from sora_nb.display.card import saved
from sora_nb.display.card.context import CardContext
from sora_nb.display.panel.panel import panel_state
from sora_nb.handles.task import Task

from .conftest import KEY, SPEED, until
from .server import HostileService, reply

GOOD_SUBMIT = {"code": 200, "message": "success", "data": {"taskId": "task-1"}}


def good_status(url: str) -> dict[str, Any]:
    data = {
        "taskId": "task-1",
        "state": "success",
        "createTime": 1_795_348_800_000,
        "completeTime": 1_795_348_900_000,
        "costTime": 100_000,
        "resultJson": {"resultUrls": [url]},
        "failCode": None,
        "failMsg": None,
    }
    return {"code": 200, "message": "success", "data": data}


BAD_URLS = (
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://127.0.0.1:1/f.mp4",
    "//x",
    "http://",
)
ODD_WORDS = (
    "",
    "success",
    "failed",
    "pending",
    "<script>x</script>",
    "\x00\x1b[0m",
    "../..",
    "200",
)
ODD_NUMBERS = (0, -1, 200, 429, 500, 2**63, 10**400, 1e308, -0.0)
leaves = st.one_of(
    st.none(), st.booleans(), st.sampled_from(ODD_NUMBERS), st.floats(allow_nan=False), st.text()
) | st.sampled_from(ODD_WORDS + BAD_URLS)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
DROP = object()


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for step in value if isinstance(value, dict) else range(len(value)):
            yield from _places(value[step], (*path, step))


def _put(whole: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return {} if value is DROP else value
    whole = copy.deepcopy(whole)
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    if value is DROP:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return whole


def _written(whole: Any, *, as_text: bool) -> bytes:
    """As JSON; the result is a text that holds JSON, as the contract says, or an object."""
    data = whole.get("data") if isinstance(whole, dict) else None
    if as_text and isinstance(data, dict) and not isinstance(data.get("resultJson"), str | None):
        data = {**data, "resultJson": json.dumps(data["resultJson"])}
        whole = {**whole, "data": data}
    return reply(200, json.dumps(whole).encode())


class Stage:
    """One client and one service for all examples; each example is a new task."""

    def __init__(self, folder: Path, film: bytes) -> None:
        self.service = HostileService(film).__enter__()
        self.client = Client(
            base_url=self.service.base,
            api_key=KEY,
            home=folder / "home",
            media=folder / "media",
            simulator_speed=SPEED,
            poll=2.0,
        )

    def close(self) -> None:
        self.client.close()
        self.service.__exit__()

    def play(self, *, submit: bytes | None = None, status: bytes | None = None) -> Task:
        """A task that gets these answers first, once it rests or has taken them in."""
        self.service.answers("submit", *([] if submit is None else [submit]))
        self.service.answers("status", *([] if status is None else [status]))
        task = self.client.generate("a paper boat", new=True)
        until(lambda: task.record.finished or task.record.note, "a rest or a note")
        return task

    def look(self, task: Task) -> None:
        """All that a person can see of it can be shown; an error is one of ours and short."""
        record = task.record
        panel_state([CardContext(record)], time.time())
        saved.ended(record)
        saved.on_its_way(record)
        assert record.key in repr(task) + saved.plain_text(record)
        if task.error is not None:
            assert len("".join(task.error._render_traceback_()).splitlines()) <= 8
        if not record.finished:
            task.stop()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, film: bytes) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("stage"), film)
    yield stage
    stage.close()


relaxed = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@relaxed
@given(data=st.data())
def test_a_submit_reply_with_anything_anywhere_raises_nothing_and_is_one_post(
    stage: Stage, caplog: pytest.LogCaptureFixture, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(list(_places(GOOD_SUBMIT))))
    whole = _put(GOOD_SUBMIT, path, data.draw(values | st.just(DROP)))
    before = len(stage.service.of("submit"))
    task = stage.play(submit=reply(200, json.dumps(whole).encode()))
    task.rest(20)
    posts = len(stage.service.of("submit")) - before
    limited = isinstance(whole, dict) and whole.get("code") in (429, "429", 429.0)
    assert posts == (2 if limited else 1)
    assert task.state in ("ready", "unsure", "failed")
    stage.look(task)
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]


@relaxed
@given(data=st.data())
def test_a_status_reply_with_anything_anywhere_raises_nothing_and_the_task_lives_on_or_rests(
    stage: Stage, caplog: pytest.LogCaptureFixture, data: st.DataObject
) -> None:
    good = good_status(stage.service.film_url)
    path = data.draw(st.sampled_from(list(_places(good))))
    whole = _put(good, path, data.draw(values | st.just(DROP)))
    task = stage.play(status=_written(whole, as_text=data.draw(st.booleans())))
    stage.look(task)
    record = task.record
    assert record.state in ("ready", "failed", "stopped")
    inner = whole.get("data") if isinstance(whole, dict) else None
    says_failed = isinstance(inner, dict) and str(inner.get("state")).strip() == "failed"
    assert (record.state == "failed") == says_failed
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]


@pytest.mark.parametrize("field", ["createTime", "completeTime", "costTime"])
def test_times_beyond_all_measure_cost_no_film(
    field: str, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    good = good_status(stage.service.film_url)
    for number in ODD_NUMBERS:
        task = stage.play(status=_written(_put(good, ("data", field), number), as_text=True))
        assert task.state == "ready"
        stage.look(task)
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]
