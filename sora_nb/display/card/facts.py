"""Pure: what is said of a task in one line: seconds, frame, model, money."""

from __future__ import annotations

from sora_nb.catalog.models import MODELS
from sora_nb.core.task import State, TaskRecord


def facts(record: TaskRecord) -> list[str]:
    """The one line under the prompt: seconds, frame, model, money."""
    request = record.request
    if request.model in MODELS:
        words = [f"{request.duration} s", request.aspect_ratio, request.model]
    else:
        words = [request.model, "input sent unchecked"]
    if request.take > 1:
        words.append(f"take {request.take}")
    return [*words, *_money(record)]


def _money(record: TaskRecord) -> list[str]:
    if record.simulated:
        return ["no charge"]
    if record.failure is not None and record.failure.kind == "refused":
        return ["not charged"]
    about = [f"about ${record.cost:.2f}"] if record.cost is not None else []
    if record.state is State.UNSURE or record.failure is not None:
        # The service does not tell whether a job that it accepted and failed is charged.
        return [" ".join(("may have been charged", *about))]
    return about
