"""``python -m tests.support.write_fixtures``: what Python says, into ``js/tests/fixtures``."""

from __future__ import annotations

import json
from pathlib import Path

from . import gallery_records
from .records import fixtures

FOLDER = Path(__file__).parents[2] / "js" / "tests" / "fixtures" / "panel"
GALLERIES = FOLDER.with_name("gallery")


def text_of(panel: dict[str, object]) -> str:
    return json.dumps(panel, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, panel in fixtures().items():
        (FOLDER / f"{name}.json").write_text(text_of(panel), encoding="utf-8")
    for name, gallery in gallery_records.fixtures().items():
        (GALLERIES / f"{name}.json").write_text(text_of(gallery), encoding="utf-8")
