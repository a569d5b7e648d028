"""The pin files suit every machine: they name no host, no index and no machine's own folders."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .conftest import ROOT

PINS = sorted((ROOT / "requirements").glob("*.txt"))
LOCKS = [ROOT / "js/package-lock.json", ROOT / "requirements/chromium/package-lock.json"]


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_every_pinned_package_has_hashes_and_no_address(path: Path) -> None:
    text = path.read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE | re.IGNORECASE)[1:]
    assert blocks
    for block in blocks:
        assert re.match(r"[\w.\[\]-]+==\S+", block), block
        assert "--hash=sha256:" in block, block
    assert not re.search(r"https?:|file:|--index|--find-links|(?<![\w.])/\w", text)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_every_npm_lock_has_checksums_and_no_address(path: Path) -> None:
    packages = json.loads(path.read_text())["packages"]
    assert len(packages) > 1
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name
