"""Which bytes of a film a request gets: Range, If-Range, HEAD and 416 (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

SINGLE_RANGE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slice:
    """An answer's status, the first byte it sends, the one after its last, and its headers."""

    status: int
    start: int
    stop: int
    headers: dict[str, str]


def select(size: int, etag: str, wanted: str | None, condition: str | None) -> Slice:
    """Choose from a film of `size` bytes.

    `wanted` is the Range header, `condition` the If-Range header. Several ranges at once, and
    a header that is no byte range, are answered with the whole film, as the RFC allows.
    """
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    whole = Slice(200, 0, size, headers)
    match = SINGLE_RANGE.fullmatch(wanted or "")
    if match is None or (condition is not None and condition.strip() != etag):
        return whole
    first, last = match.groups()
    if not first and not last:
        return whole
    if first:
        start = int(first)
        stop = min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return whole
    else:
        start, stop = max(0, size - int(last)), size
    if start >= stop:
        return Slice(416, 0, 0, {**headers, "Content-Range": f"bytes */{size}"})
    return Slice(206, start, stop, {**headers, "Content-Range": f"bytes {start}-{stop - 1}/{size}"})
