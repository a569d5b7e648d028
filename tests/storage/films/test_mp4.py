"""Whether a file is an MP4 and whole, from its boxes alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.storage.films.mp4 import is_whole


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


def large(name: bytes, content: bytes) -> bytes:
    """A box whose size has 64 bits, as films above 4 GiB have."""
    return (1).to_bytes(4, "big") + name + (16 + len(content)).to_bytes(8, "big") + content


def endless(name: bytes, content: bytes) -> bytes:
    """A box that reaches to the end of the file."""
    return bytes(4) + name + content


START = box(b"ftyp", b"isom" * 4)
WHOLE = {
    "plain": START + box(b"moov", b"m" * 50) + box(b"mdat", b"d" * 90),
    "large": START + large(b"mdat", b"d" * 90) + box(b"moov", b"m" * 50),
    "endless": START + box(b"moov", b"m" * 50) + endless(b"mdat", b"d" * 90),
    "followed by noise": START + box(b"mdat", b"d" * 9) + b"\xff" * 40,
    "followed by zeros": START + box(b"mdat", b"d" * 9) + bytes(40),
    "followed by less than a box": START + box(b"mdat", b"d" * 9) + b"\xff" * 5,
}


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE)
def test_a_whole_file_is_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    assert is_whole(path)


@pytest.mark.parametrize("name", ["plain", "large"])
@pytest.mark.parametrize("lost", [1, 40])
def test_a_file_that_ends_within_a_box_is_not(tmp_path: Path, name: str, lost: int) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(WHOLE[name][:-lost])
    assert not is_whole(path)
