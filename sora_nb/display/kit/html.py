"""Pure: the pieces that every saved page is made of."""

from __future__ import annotations

import base64
from urllib.parse import quote

CLASS = "sora-nb-saved mathjax_ignore tex2jax_ignore"
"""Of every page that a notebook keeps: else what stands between two dollar signs, in prices and
prompts, is typeset as mathematics."""


def relative_src(path: str) -> str:
    """A relative file path as a URL: each part quoted, so that no part can become a scheme."""
    parts = path.replace("\\", "/").split("/")
    return "/".join(part if part in ("", ".", "..") else quote(part) for part in parts)


def data_src(kind: str, data: bytes) -> str:
    """Bytes as a data URL."""
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
