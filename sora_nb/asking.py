"""From what a person gave to a checked request, and what would be sent for it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sora_nb.core import models
from sora_nb.core.errors import BudgetExceeded, InvalidRequest
from sora_nb.core.settings import SIMULATOR, Settings
from sora_nb.core.task import VideoRequest

_KEY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_KEY_LENGTH = 6


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


def make_request(**arguments: Any) -> VideoRequest:
    """A checked request from whatever a person gave. Raises InvalidRequest."""
    unknown = set(arguments) - set(VideoRequest.__struct_fields__)
    if unknown:
        raise InvalidRequest(f"{min(unknown)!r} is not an argument of a request.")
    extra = arguments.pop("extra", None) or {}
    try:
        # Once through JSON: what the service will be sent, and nothing that can still change.
        extra = json.loads(json.dumps(extra, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InvalidRequest(f"extra holds something that JSON has not: {error}.") from None
    try:
        request = msgspec.convert({**arguments, "extra": extra}, VideoRequest)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"that is not a request: {error}.") from None
    models.check(request)
    try:
        request.fingerprint  # noqa: B018  (encodes every text of it)
    except UnicodeEncodeError:
        raise InvalidRequest(
            "the request holds half of a character (a lone surrogate), which cannot be sent.",
            advice="Paste the prompt again as plain text.",
        ) from None
    return request


def draw_key() -> str:
    """A new short key, without letters and digits that look alike."""
    return "".join(secrets.choice(_KEY_LETTERS) for _ in range(_KEY_LENGTH))


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
