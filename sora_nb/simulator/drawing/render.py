"""A film's file: H.264 and AAC in an MP4 that plays while it is still being loaded."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream

from .film import FRAME_RATE, Film
from .scene import Scene
from .sound import SAMPLE_RATE, chord

AUDIO_FRAME = 1024
BT709 = 1


class Interrupted(Exception):
    """The simulator is ending: the film is not needed any more."""


def render(film: Film, path: Path, interrupted: Callable[[], bool] = lambda: False) -> None:
    """Write the film to `path`. Blocks: about half a second of CPU for a 4 s film.

    Raises PictureRefused for a start picture that cannot be read, Interrupted when
    `interrupted` says so between two frames.
    """
    scene = Scene(film)
    # faststart moves the index to the front, which needs a real file, not a stream.
    with av.open(path, "w", format="mp4", options={"movflags": "faststart"}) as container:
        container.metadata["title"] = " ".join(film.prompt[:120].split())
        container.metadata["comment"] = "SIMULATED"
        video = container.add_stream("libx264", rate=FRAME_RATE)
        _settings(video, film)
        sound = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        sound.bit_rate = 96_000
        samples = chord(film)
        sent = 0
        for index in range(film.frames):
            if interrupted():
                raise Interrupted
            frame = av.VideoFrame.from_ndarray(scene.frame(index).pixels(), format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, FRAME_RATE)
            frame.colorspace, frame.color_range = BT709, 1
            container.mux(video.encode(frame))
            # Sound keeps step with the picture, so that a player needs no long look ahead.
            upto = samples.shape[1] * (index + 1) // film.frames
            while sent < upto:
                piece = np.ascontiguousarray(samples[:, sent : sent + AUDIO_FRAME])
                audio = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
                audio.sample_rate = SAMPLE_RATE
                audio.pts, audio.time_base = sent, Fraction(1, SAMPLE_RATE)
                container.mux(sound.encode(audio))
                sent += piece.shape[1]
        container.mux(video.encode(None))
        container.mux(sound.encode(None))


def _settings(video: VideoStream, film: Film) -> None:
    video.width, video.height = film.width, film.height
    video.pix_fmt = "yuv420p"
    video.codec_context.time_base = Fraction(1, FRAME_RATE)
    video.codec_context.gop_size = FRAME_RATE
    video.codec_context.colorspace = BT709
    video.codec_context.color_primaries = BT709
    video.codec_context.color_trc = BT709
    video.codec_context.color_range = 1
    # One thread: the same film is the same bytes, and two films share two cores better.
    video.codec_context.thread_count = 1
    video.options = {"preset": "ultrafast", "crf": "30"}
