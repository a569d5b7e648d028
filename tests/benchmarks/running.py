"""Runs a benchmark as a person would, with --quick, and reads the lines that it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

Line = dict[str, Any]


def quick(name: str) -> list[Line]:
    """The JSON lines of ``benchmarks/NAME.py --quick``."""
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), "--quick"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=300, env=environment
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
