"""Records and real small films for the tests of what is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sora_nb.core.lifecycle import Accepted, Reported, Sending, advance, new_record
from sora_nb.core.task import Report, TaskRecord, VideoRequest

NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC
SERVICE = "https://service.example/api/v1"


class Clock:
    """Unix seconds that move only when told; ``sleep`` moves them."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make_record(
    key: str = "k7f3qa", *, now: float = NOON, service: str = SERVICE, **request: Any
) -> TaskRecord:
    request.setdefault("prompt", "a paper boat in the rain")
    return new_record(key, VideoRequest(**request), service=service, now=now)


def saving(record: TaskRecord) -> TaskRecord:
    """The record of a task whose film can be fetched."""
    record = advance(record, Sending(), NOON)
    record = advance(record, Accepted(task_id="task-1"), NOON + 1)
    urls = ("https://cdn.example/film.mp4?signature=SECRET",)
    return advance(record, Reported(report=Report(state="success", urls=urls)), NOON + 60)


FilmMaker = Callable[..., Path]


@pytest.fixture(scope="session")
def make_film(tmp_path_factory: pytest.TempPathFactory) -> FilmMaker:
    """Draws an MP4 in which the red of frame n is 10 * (whole second of n), with sound if asked."""
    import av
    import numpy as np

    def make(
        name: str = "film.mp4",
        *,
        seconds: int = 2,
        width: int = 160,
        height: int = 96,
        rate: int = 10,
        sound: bool = False,
        noise: bool = False,
        codec: str = "libx264",
        faststart: bool = True,
    ) -> Path:
        path = tmp_path_factory.mktemp("films") / name
        options = {"movflags": "faststart"} if faststart else {}
        random = np.random.default_rng(1)
        with av.open(str(path), "w", options=options) as container:
            video = container.add_stream(codec, rate=rate)
            assert isinstance(video, av.VideoStream)
            video.width, video.height, video.pix_fmt = width, height, "yuv420p"
            if width % 2 or height % 2:
                video.pix_fmt = "yuv444p"
            audio = container.add_stream("aac", rate=44_100) if sound else None
            for number in range(seconds * rate):
                picture = np.zeros((height, width, 3), np.uint8)
                if noise:
                    picture[:] = random.integers(0, 255, picture.shape)
                picture[: height // 2, :, 0] = 100 + 10 * (number // rate)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
            if audio is not None:
                silence = np.zeros((1, 44_100 * seconds), np.float32)
                tone = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
                tone.sample_rate = 44_100
                container.mux(audio.encode(tone))
                container.mux(audio.encode(None))
        return path

    return make
