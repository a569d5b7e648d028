"""Is this an MP4, and is it whole? Answered from its boxes (ISO/IEC 14496-12), without decoding."""

from __future__ import annotations

import re
from pathlib import Path

HEAD = 64
"""Bytes of a file's beginning by which ``stranger`` knows it; every film has more."""

_FIRST_BOXES = frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})
_CONTENT_BOXES = frozenset({b"moov", b"moof", b"mdat"})


def stranger(head: bytes, content_type: str | None) -> str | None:
    """What a body is that is no MP4, in words for a person; None for an MP4.

    ``head``: the first HEAD bytes, or the whole body. They decide; the header is only quoted.
    """
    if head[4:8] in _FIRST_BOXES:
        return None
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<") and (b"html" in text or "html" in (content_type or "")):
        return "a web page (HTML)"
    if text.startswith(b"<"):
        return "XML"
    if text.startswith((b"{", b"[")):
        return "JSON"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "a WebM or Matroska file"
    kind = re.sub(r"[^\w./+-].*", "", content_type or "", flags=re.DOTALL)[:60]
    return f"a file that calls itself {kind}" if kind else "something unknown"


def is_whole(path: Path) -> bool:
    """Whether no box that holds content runs past the end of the file: a cut film's does."""
    end = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= end:
            file.seek(at)
            header = file.read(16)
            size, name = int.from_bytes(header[:4], "big"), header[4:8]
            if size == 1:
                size = int.from_bytes(header[8:16], "big")
            if size == 0:  # the last box: it reaches to the end, wherever that is
                return True
            if size < 8 or (at + size > end and name not in _CONTENT_BOXES):
                return True  # bytes behind the film that are no boxes
            at += size
    return at <= end
