"""Which proxy the environment asks for.

aiohttp's own ``trust_env`` is not used: it also reads ``.netrc``, which would send a stranger's
password along with a film's URL and clash with the service's key, and it sends requests to this
very machine (the simulator) to the proxy.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from sora_nb.service.urls import is_loopback


async def find_proxy(url: str) -> str | None:
    """``proxy_for`` off the loop: some systems look into the registry or the DNS for it."""
    return None if is_loopback(url) else await asyncio.to_thread(proxy_for, url)


def proxy_for(url: str) -> str | None:
    """The http(s) proxy for ``url`` by the environment (HTTPS_PROXY, NO_PROXY, …), or None."""
    parts = urlsplit(url)
    if is_loopback(url) or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    return proxy if urlsplit(proxy).scheme in ("http", "https") else None
