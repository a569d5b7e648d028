"""What every benchmark prints: one JSON line a case, which says what it ran on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any


def tell(line: Mapping[str, Any], *packages: str) -> None:
    """Print one case, with the versions of Python and of the packages that it measures.

    ``load``: how many programs wanted a core of this machine in the last minute.
    """
    about: dict[str, Any] = {"python": platform.python_version()}
    about |= {name: version(name) for name in packages}
    about |= {"load": round(os.getloadavg()[0], 1)}
    print(json.dumps({**line, **about}), flush=True)
