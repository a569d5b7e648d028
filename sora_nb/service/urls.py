"""Which URLs of the service's replies may be asked. Pure.

The rules: docs/design/contract.md, "Which links may be fetched".
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

MAX_URL = 4096

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
"""Blanks, control characters and the backslash: parsers disagree on them, so no URL has them."""

_NUMERIC_HOST = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}", re.IGNORECASE)


def unusable(url: str, *, allow_loopback: bool) -> str | None:
    """Why ``url`` must not be fetched, in words without the URL itself, or None when it may be.

    With ``allow_loopback`` (the service itself runs on this machine) plain http and hosts of this
    machine or its network are usable; else https to a public host is asked for.
    """
    if len(url) > MAX_URL:
        return f"it is longer than {MAX_URL} characters"
    if _FORBIDDEN.search(url):
        return "it holds characters that no URL has"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "it is not a URL"
    if parts.scheme not in ("http", "https"):
        return "it is not an http(s) URL"
    if not host:
        return "it names no host"
    if parts.username is not None or parts.password is not None:
        return "it holds a user name"
    if allow_loopback:
        return None
    if parts.scheme != "https":
        return "it is not an https URL"
    if is_local(host):
        return "it points into this machine or its network"
    return None


def host_of(url: str) -> str:
    """The host for messages: a signed URL's path and query are nobody's business."""
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def is_loopback(url: str) -> bool:
    """Whether ``url`` names this machine, by an address or as ``localhost``."""
    host = host_of(url)
    if _is_localhost(host):
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def is_local(host: str) -> bool:
    """Whether ``host`` is ``localhost`` or an address that is not on the public internet."""
    if _is_localhost(host):
        return True
    address = _address(host)
    return address is not None and not address.is_global


def _is_localhost(host: str) -> bool:
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address a literal host stands for, also in the old forms (``127.1``, ``0x7f000001``)."""
    name = host.rstrip(".")
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        if not _NUMERIC_HOST.fullmatch(name):
            return None
        try:
            return IPv4Address(socket.inet_aton(name))
        except OSError:
            return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
