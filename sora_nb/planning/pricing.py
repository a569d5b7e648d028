"""What a request would cost, and the refusal above a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sora_nb.catalog import models
from sora_nb.core.errors import BudgetExceeded
from sora_nb.core.service_facts import SIMULATOR
from sora_nb.core.task import VideoRequest
from sora_nb.settings.settings import Settings


@dataclass(frozen=True)
class Preview:
    """What would be sent: nothing was. ``cost`` is an estimate in USD or None; ``reuses`` is the
    key of the task that would be given instead of paying again."""

    url: str
    body: Mapping[str, Any]
    cost: float | None
    unchecked: bool
    service: str
    reuses: str | None


def cost_of(request: VideoRequest, settings: Settings) -> float | None:
    """An estimate in USD from the ``price_per_second`` setting; None where nothing is known."""
    price = settings.price_per_second
    if price is None or settings.simulated or request.model not in models.MODELS:
        return None
    return price * request.duration


def refuse_above(most: float, previews: Sequence[Preview]) -> None:
    """Refuse requests whose estimate is above ``most`` USD. Raises BudgetExceeded."""
    paid = [preview for preview in previews if preview.reuses is None]
    if paid and paid[0].service != SIMULATOR:
        costs = [preview.cost for preview in paid if preview.cost is not None]
        refuse_cost_above(most, sum(costs) if len(costs) == len(paid) else None)


def refuse_cost_above(most: float, cost: float | None) -> None:
    """Refuse an estimate above ``most`` USD, or one that nobody knows. Raises BudgetExceeded."""
    if cost is None:
        raise BudgetExceeded(
            "the price is not known, so --max-cost cannot be kept. Nothing was sent.",
            advice="Give it: sora_nb.configure(price_per_second=…), in USD per second of film.",
        )
    if cost > most:
        raise BudgetExceeded(
            f"the estimate is {cost:.2f} USD, above --max-cost {most:.2f}. Nothing was sent.",
            advice="Raise --max-cost, or ask for shorter films or fewer of them.",
        )
