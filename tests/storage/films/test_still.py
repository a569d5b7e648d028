"""A picture beside its film: named by the moment, never in the place of something else."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest
from PIL import Image

from sora_nb.core.errors import DownloadError
from sora_nb.storage.films import decode
from sora_nb.storage.films.still import save_still
from tests.support.films import FilmMaker


def test_the_picture_is_a_png_beside_the_film_named_by_its_milliseconds(
    make_film: FilmMaker,
) -> None:
    path = make_film("boat.mp4", seconds=4)
    still = save_still(path, 3.1)
    assert still == path.with_name("boat_0003100ms.png")
    with Image.open(still) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        assert np.array_equal(np.asarray(picture), decode.frame(path, 3.1))


def test_the_same_frame_again_is_the_same_file(make_film: FilmMaker) -> None:
    path = make_film(seconds=1)
    first = save_still(path, 0.5)
    written = first.stat().st_mtime_ns
    assert save_still(path, 0.5) == first
    assert first.stat().st_mtime_ns == written
    assert len(list(path.parent.glob("*.png"))) == 1


def test_a_file_that_holds_something_else_is_left_alone(make_film: FilmMaker) -> None:
    path = make_film("boat.mp4", seconds=1)
    taken = path.with_name("boat_0000500ms.png")
    taken.write_bytes(b"somebody's notes")
    second = save_still(path, 0.5)
    assert second == path.with_name("boat_0000500ms-2.png")
    assert taken.read_bytes() == b"somebody's notes"
    assert save_still(path, 0.5) == second


def test_a_link_of_that_name_is_not_followed(make_film: FilmMaker, tmp_path: Path) -> None:
    path = make_film("boat.mp4", seconds=1)
    elsewhere = tmp_path / "elsewhere.png"
    path.with_name("boat_0000000ms.png").symlink_to(elsewhere)
    assert save_still(path, 0).name == "boat_0000000ms-2.png"
    assert not elsewhere.exists()


def test_a_picture_that_cannot_be_written_leaves_nothing_and_says_what_to_do(
    make_film: FilmMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_film("boat.mp4", seconds=1)

    def full(target: Path, _mode: str) -> object:
        target.touch()
        file = MagicMock()
        file.write.side_effect = OSError(28, os.strerror(28))
        file.__exit__.return_value = None
        return file

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(DownloadError) as caught:
        save_still(path, 0.5)
    assert "No space left" in caught.value.message
    assert caught.value.advice
    assert list(path.parent.glob("*.png")) == []


def test_a_film_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="no longer at"):
        save_still(tmp_path / "gone.mp4", 0)
