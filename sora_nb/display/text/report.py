"""What the magic and the command line print: plain text from values. Imports nothing heavy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sora_nb.settings.settings import Settings

if TYPE_CHECKING:
    from sora_nb.core.budget import Budget
    from sora_nb.handles.task import Task
    from sora_nb.planning.pricing import Preview


def config_text(settings: Settings, journal_mode: str = "wal") -> str:
    """Each setting, its value and where it came from. Of the key only whether it is set."""
    service = "simulator" if settings.simulated else settings.service_url
    origin = settings.origins
    key = f"set ({origin.get('api_key', 'argument')})" if settings.api_key else "not set"
    unsafe = "" if journal_mode == "wal" else f" (mode {journal_mode}: WAL is not safe there)"
    rows: list[tuple[str, str, str]] = [("service", service, ""), ("api_key", key, "")]
    rows.append(("journal", f"{settings.journal}{unsafe}", ""))
    units = {"rate": " requests a minute", "concurrency": " tasks at once", "submit_timeout": " s"}
    for name in (
        "base_url",
        "home",
        "media",
        "budget",
        "price_per_second",
        "rate",
        "concurrency",
        "poll",
        "submit_timeout",
        "embed",
        "simulator_speed",
    ):
        value = getattr(settings, name)
        shown = "not set" if value is None else f"{_number(value)}{units.get(name, '')}"
        rows.append((name, shown, origin.get(name, "default")))
    left = max(len(name) for name, _, _ in rows)
    middle = max(len(shown) for _, shown, source in rows if source)
    return "\n".join(f"{a:<{left}}  {b:<{middle}}  {c}".rstrip() for a, b, c in rows)


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) and value < 1e6 else str(value)


def preview_text(
    previews: Iterable[Preview], budget: Budget | None, left: Mapping[str, float]
) -> str:
    """The exact request of ``--dry-run``, its price, the budget, and that nothing was sent.

    The previews are those of the takes of one prompt: the request is the same for each.
    """
    takes = list(previews)
    first = takes[0]
    simulated = first.service == "simulator"
    lines = [
        f"POST {first.url}" + (" (simulator)" if simulated else ""),
        "Authorization: Bearer ***",
        "Content-Type: application/json",
        "",
        json.dumps(first.body, indent=2, ensure_ascii=False, default=_plain),
        "",
    ]
    paid = [take for take in takes if take.reuses is None]
    lines += [
        f"take {number}: task {take.reuses} already answers this; nothing would be sent "
        "(--new pays again)"
        for number, take in enumerate(takes, 1)
        if take.reuses is not None
    ]
    if len(takes) > 1:
        lines.append(f"{len(takes)} takes, {len(paid)} of them would be sent")
    lines.append("price: nothing (simulator)" if simulated else _price(paid))
    lines.append(budget_line(budget, left))
    if first.unchecked:
        lines.append("the input was not checked: sora_nb does not know this model")
    return "\n".join([*lines, "nothing was sent"])


def budget_line(budget: Budget | None, left: Mapping[str, float]) -> str:
    """What is left of the budget, in one line."""
    if budget is None:
        return "budget: none set"
    from sora_nb.core.budget import amounts

    rest = amounts({name: max(0.0, amount) for name, amount in left.items()})
    return f"budget: {rest} left of {amounts(budget.limits())}, {budget.period}"


def rescue_text(taken: Sequence[Task], lost: Sequence[Task]) -> str:
    """What ``rescue`` found: films on their way, and films that cannot be had any more."""
    lines = [f"{len(taken)} to be saved" if taken else "nothing to rescue: every film is saved"]
    lines += [
        f"task {task.key}: its film is gone from {_path_of(task)} and its link has expired"
        for task in lost
    ]
    return "\n".join(lines)


def _path_of(task: Task) -> str:
    film = task.record.film
    return film.path if film else "the disk"


def _price(paid: list[Preview]) -> str:
    if not paid:
        return "price: nothing"
    costs = [take.cost for take in paid if take.cost is not None]
    if len(costs) < len(paid):
        return "price unknown: set price_per_second"
    return f"price: about {sum(costs):.2f} USD"


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple | set) else str(value)
