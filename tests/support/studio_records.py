"""The states behind ``js/tests/fixtures/studio``: what Python tells the Studio's page.

``python -m tests.support.studio_records`` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sora_nb.core.budget import Budget
from sora_nb.core.errors import BudgetExceeded
from sora_nb.core.secret import Secret
from sora_nb.display.kit.feed import Feed
from sora_nb.display.rows import snapshot as rows_snapshot
from sora_nb.display.studio import snapshot
from sora_nb.settings.settings import Settings

from .records import NOW, failed_content, processing, ready, unsure

FOLDER = Path(__file__).parents[2] / "js" / "tests" / "fixtures" / "studio"
REFUSED = BudgetExceeded(
    "the budget (per day) does not allow it: 0.40 USD left, 0.80 USD wanted. Nothing was sent.",
    advice="Raise it with sora_nb.configure(budget=…), or wait for the next day.",
)


def states() -> dict[str, Any]:
    """Each state by name, as a page that connects gets it."""
    service = Settings(
        api_key=Secret("sk-made-up"), price_per_second=0.1, budget=Budget(tasks=20, usd=5.0)
    )
    views = [processing(), ready(), unsure(), failed_content()]
    rows = [rows_snapshot.row(len(views) - at, view.record) for at, view in enumerate(views)]
    made = snapshot.answered(7, ["k7f3qa"], [], None)
    refused = snapshot.answered(7, [], [], snapshot.trouble(REFUSED, None))
    return {
        "simulator": _whole(snapshot.head(Settings(), {}), None, []),
        "service": _whole(snapshot.head(service, {"tasks": 16, "usd": 4.2}), made, rows),
        "refused": _whole(snapshot.head(service, {"tasks": 16, "usd": 0.4}), refused, rows),
    }


def _whole(head: dict[str, Any], answered: Any, rows: list[dict[str, Any]]) -> dict[str, Any]:
    feed = Feed("rows", by="n")
    feed.replace({**head, "answered": answered}, rows)
    whole = {**feed.whole(), "at": NOW}
    defaults = whole.pop("defaults")
    return {**whole, "defaults": defaults}  # what never changes stands last


def text_of(state: dict[str, Any]) -> str:
    return json.dumps(state, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, state in states().items():
        (FOLDER / f"studio_{name}.json").write_text(text_of(state), encoding="utf-8")
