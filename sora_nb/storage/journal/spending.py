"""What tasks count for in a budget, as one question to SQLite."""

from __future__ import annotations

from sora_nb.core.budget import Budget

_SUM = """
    SELECT CAST(count(*) AS REAL), total(seconds), total(cost) FROM tasks
    WHERE service = ? AND counts = 1 AND created_at >= ?
"""


def question(
    budget: Budget, service: str, session: str, since: float
) -> tuple[str, tuple[str | float, ...]]:
    """(SQL, values) whose one row is a ``core.budget.Spent``: tasks, seconds of film, USD.

    ``since``: Unix seconds. Answered from the index ``tasks_by_spending`` alone.
    """
    if budget.per == "session":
        return _SUM + " AND session = ?", (service, since, session)
    return _SUM, (service, since)
