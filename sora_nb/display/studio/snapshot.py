"""Pure: settings, fields and tasks → the JSON that the Studio's form draws.

The shapes are the contract with ``js/src/protocol/studio.ts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sora_nb.catalog.models import ASPECT_RATIOS, MODELS
from sora_nb.core.errors import SoraError
from sora_nb.core.request_fields import REQUEST_FIELDS, Table
from sora_nb.display.studio.fields import MOST_TAKES, defaults_of
from sora_nb.engine.job_times import source_of
from sora_nb.engine.polling import EndAges
from sora_nb.settings.settings import Settings

Json = dict[str, Any]


def models() -> list[Json]:
    """What each known model accepts; ``seconds`` are film lengths, ``choices`` further fields."""
    return [
        {
            "id": model.id,
            "prompt_limit": model.prompt_limit,
            "seconds": list(model.durations),
            "frames": list(ASPECT_RATIOS) if model.takes_aspect_ratio else [],
            "choices": {name: list(values) for name, values in model.choices.items()},
        }
        for model in MODELS.values()
    ]


def head(settings: Settings, left: Mapping[str, float], table: Table = REQUEST_FIELDS) -> Json:
    """What stands around the form: models, money, which service it is, and the form's fields."""
    return {
        "version": 1,
        "view": "studio",
        "models": models(),
        "most_takes": MOST_TAKES,
        "service": service(settings),
        "price": None if settings.simulated else settings.price_per_second,
        "budget": budget(settings, left),
        "defaults": defaults_of(table),
    }


def service(settings: Settings) -> Json:
    """Whether films are simulated, and the host that makes them."""
    name = "the simulator" if settings.simulated else urlsplit(settings.service_url).netloc
    return {"simulated": settings.simulated, "name": name}


def budget(settings: Settings, left: Mapping[str, float]) -> Json | None:
    """Each limit with what is left of it, and its period; None without a budget."""
    if settings.budget is None:
        return None
    limits = [
        {"name": name, "limit": limit, "left": round(max(0.0, left.get(name, limit)), 4)}
        for name, limit in settings.budget.limits().items()
    ]
    return {"period": settings.budget.period, "limits": limits}


def estimate(ends: EndAges) -> Json:
    """By which ages (service seconds) half and nine in ten of such jobs have ended, and from what
    that is known."""
    median, p90 = round(ends.quantile(0.5)), round(ends.quantile(0.9))
    return {"median": median, "p90": p90, "source": source_of(ends)}


def trouble(error: SoraError, field: str | None) -> Json:
    """Why nothing was asked for: what happened, what to do, beside which field it is said."""
    return {"message": error.message, "advice": error.advice, "field": field}


def answered(request: int, keys: Sequence[str], reused: Sequence[str], error: Json | None) -> Json:
    """What came of one click on Generate; ``request`` is the page's own number of that click."""
    return {"request": request, "keys": list(keys), "reused": list(reused), "error": error}
