"""What a page has been told of a list of items, and the least it must still be told.

The whole state goes out once, when a page connects; after that only what differs, as one small
message whatever the number of items (measured: docs/performance.md, "The page"). The other
side is ``js/src/kit/feed.ts``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]


class Feed:
    """A head and a list of items, each a JSON object that never loses a field.

    ``name`` is the list's field in the whole state, ``by`` the field that tells items apart.
    Changed on one thread; ``whole`` may be called from any.
    """

    def __init__(self, name: str, *, by: str) -> None:
        self._name = name
        self._by = by
        self._lock = threading.Lock()
        self._head: Json = {}
        self._items: dict[Any, Json] = {}
        self._number = 0

    @property
    def number(self) -> int:
        """How many patches there were."""
        return self._number

    def whole(self) -> Json:
        """All of it, as the last patch left it."""
        with self._lock:
            return {**self._head, "number": self._number, self._name: list(self._items.values())}

    def replace(self, head: Mapping[str, Any], items: Iterable[Json]) -> Json | None:
        """The patch that leads to this head and exactly these items; None where nothing differs."""
        items = list(items)
        order = [item[self._by] for item in items]
        moved = order != list(self._items)
        patch = self._differences(head, items)
        if not moved:
            return self._numbered(head, items, patch) if patch else None
        with self._lock:
            self._items = {name: self._items.get(name, {}) for name in order}
        return self._numbered(head, items, {**patch, "order": order})

    def change(self, head: Mapping[str, Any], items: Sequence[Json]) -> Json | None:
        """The patch for new states of some items that are there, and for some fields of the head;
        what is not named stays. The work depends on what is named, not on how many there are."""
        patch = self._differences(head, items)
        return self._numbered(head, items, patch) if patch else None

    def _differences(self, head: Mapping[str, Any], items: Sequence[Json]) -> Json:
        patch: Json = {}
        if fields := changed(self._head, head):
            patch["set"] = fields
        compared = [(item, changed(self._items.get(item[self._by], {}), item)) for item in items]
        news = [{self._by: item[self._by], **fields} for item, fields in compared if fields]
        if news:
            patch["items"] = news
        return patch

    def _numbered(self, head: Mapping[str, Any], items: Sequence[Json], patch: Json) -> Json:
        with self._lock:
            self._number += 1
            self._head = {**self._head, **head}
            for item in items:
                self._items[item[self._by]] = {**self._items.get(item[self._by], {}), **item}
            return {"kind": "patch", "number": self._number, **patch}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Json:
    """The fields of ``after`` that ``before`` lacks or has another value of."""
    return {
        name: value for name, value in after.items() if name not in before or before[name] != value
    }
