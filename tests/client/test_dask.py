"""A sweep's films on a real local Dask cluster: two worker processes, no dashboard."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest

from sora_nb.client.client import Client
from sora_nb.handles.video import Video
from tests.support.clients import CANARY, PATIENT, Simulator


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    import distributed

    cluster = distributed.LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2,
        processes=True,
        threads_per_worker=1,
        dashboard_address=None,
        host="127.0.0.1",
        local_directory=str(tmp_path_factory.mktemp("dask")),
    )
    client = distributed.Client(cluster)  # type: ignore[no-untyped-call]
    yield client
    client.close()  # type: ignore[no-untyped-call]
    cluster.close()


def look(video: Video) -> tuple[int, tuple[int, ...], bool]:
    """Runs on a worker: its process, the shape of the frames, whether anything came along."""
    return os.getpid(), video.frames(1.0, size=(64, 36)).shape, video.task is None


def look_from_afar(video: Video) -> tuple[int, ...]:
    """Runs on a worker that does not see the notebook's disk."""
    video.path = Path("/another/machine") / video.path.name
    return video.frames(2.0, size=(64, 36)).shape


def refuse_the_koi(video: Video) -> str:
    """Runs on a worker."""
    if "koi" in video.path.name:
        raise ValueError("no koi")
    return video.key


def test_films_are_worked_on_by_a_dask_cluster_as_they_become_ready(
    client: Client, dask: Any
) -> None:
    executor: Executor = dask.get_executor()
    sweep = client.sweep([f"boat {n}" for n in range(6)], concurrency=3)
    results = sweep.map(look, executor)
    found = results.wait(PATIENT)
    assert [video.key for video, _ in found] == [task.key for task in sweep.tasks]
    pids, shapes, alone = zip(*(value for _, value in found), strict=True)
    assert os.getpid() not in pids
    assert set(shapes) == {(4, 36, 64, 3)}
    assert all(alone)
    assert results.errors == {}


def test_a_worker_without_the_file_reads_the_link_and_an_error_stays_with_its_film(
    client: Client, simulator: Simulator, dask: Any
) -> None:
    executor: Executor = dask.get_executor()
    sweep = client.sweep(["a boat", "a koi [fail:X]", "a koi"])
    assert [value for _, value in sweep.map(look_from_afar, executor).wait(PATIENT)] == [
        (2, 36, 64, 3),
        (2, 36, 64, 3),
    ]
    results = sweep.map(refuse_the_koi, executor)
    assert [value for _, value in results.wait(PATIENT)] == [sweep.videos[0].key]
    assert [str(error) for error in results.errors.values()] == ["no koi"]
    assert [task.state for task in results.skipped] == ["failed"]


def test_what_goes_to_a_worker_holds_no_key(client: Client) -> None:
    (video,) = client.sweep(["a boat"]).wait(PATIENT).videos
    assert CANARY.encode() not in pickle.dumps(video)
    assert str(client.settings.journal).encode() not in pickle.dumps(video)
