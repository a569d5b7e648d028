"""Trouble on demand: which request goes wrong, and how.

A fault file, and the body of `POST /simulator/faults`, is a JSON list of rules:

    [{"match": {"path": "submit", "prompt": "boat", "nth": [1, 3], "times": 2,
                "model": "sora-2", "key": "KEY"},
      "do":    {"cut": "after"}}]

Every part of `match` may be left out. `path` is submit, status, result or balance; `prompt` is a
part of the task's prompt; `key` is the whole API key (never known for a result); `nth` counts,
from 1, the requests that the other parts match; `times` ends the rule after so many uses.
The first rule that fits a request is the one used.

| `do` | on | what happens |
| --- | --- | --- |
| `cut: "before"` | all | the connection is cut, the request had no effect |
| `cut: "after"` | all | a lost answer: the request had its effect, then the connection is cut |
| `hang: true` | all | the request has its effect and is never answered |
| `delay: S` | all | answered S real seconds late (may stand beside the other kinds) |
| `trickle: S` | all | the answer's body comes byte by byte, S real seconds apart |
| `status: N` | all | answered N with no effect; with `body`, `retry_after`, `headers` |
| `body: JSON or text` | all | the true answer with this body instead; text goes as it is |
| `retry_after` | all | seconds, or `"date:SECONDS"` for an HTTP date that far ahead |
| `redirect: URL` | all | answered 302 with that Location |
| `fail: CODE` | submit | the task will fail so, `after` S service seconds, with `message` |
| `state: TEXT` | status | the reply names this state |
| `no_url: true` | status | a success whose resultJson holds no URL |
| `expired: true` | result | the link has expired: 403 |
| `html: true` | result | a page of HTML, status 200, instead of the film |
| `cut_after: N` | result | the connection is cut after N bytes of the body |
| `wrong_length: N` | result | Content-Length is N too much; below 0 the body ends there |
| `changed: true` | result | another film, with another ETag, under the same URL |

`effect: true|false` overrides whether `status` or `redirect` still lets the request take effect.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATHS = ("submit", "status", "result", "balance")
MATCH_KEYS = {"path", "prompt", "nth", "times", "model", "key"}

Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_true(value: Any) -> bool:
    return value is True


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_seconds(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value >= 0


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_status(value: Any) -> bool:
    return type(value) is int and 200 <= value <= 599


def _is_retry_after(value: Any) -> bool:
    if isinstance(value, str):
        return value.removeprefix("date:").isdigit()
    return _is_seconds(value)


def _is_headers(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


# What each effect takes, and on which paths it makes sense.
EFFECTS: dict[str, tuple[Check, tuple[str, ...]]] = {
    "cut": (lambda value: value in ("before", "after"), PATHS),
    "hang": (_is_true, PATHS),
    "delay": (_is_seconds, PATHS),
    "trickle": (_is_seconds, PATHS),
    "status": (_is_status, PATHS),
    "body": (lambda _: True, PATHS),
    "headers": (_is_headers, PATHS),
    "retry_after": (_is_retry_after, PATHS),
    "redirect": (_is_text, PATHS),
    "effect": (_is_bool, PATHS),
    "fail": (_is_text, ("submit",)),
    "message": (_is_text, ("submit",)),
    "after": (_is_seconds, ("submit",)),
    "state": (_is_text, ("status",)),
    "no_url": (_is_true, ("status",)),
    "expired": (_is_true, ("result",)),
    "html": (_is_true, ("result",)),
    "cut_after": (_is_count, ("result",)),
    "wrong_length": (lambda value: type(value) is int and value != 0, ("result",)),
    "changed": (_is_true, ("result",)),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the list; None matches anything. `do` holds checked effects only."""

    do: dict[str, Any]
    path: str | None = None
    prompt: str | None = None
    model: str | None = None
    key: str | None = None
    nth: tuple[int, ...] | None = None
    times: int | None = None

    def fits(self, path: str, prompt: str, model: str, key: str | None) -> bool:
        return (
            self.path in (None, path)
            and (self.prompt is None or self.prompt in prompt)
            and self.model in (None, model)
            and self.key in (None, key)
            and all(path in EFFECTS[name][1] for name in self.do)
        )


class FaultPlan:
    """The rules in force and how often each was met. Not thread-safe: one event loop owns it."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.replace(rules)

    def replace(self, rules: Iterable[Rule]) -> None:
        """Put other rules in force; all counts start again."""
        self._rules = list(rules)
        self._met = [0] * len(self._rules)
        self._used = [0] * len(self._rules)

    def pick(self, path: str, *, prompt: str, model: str, key: str | None) -> dict[str, Any]:
        """What goes wrong with this request: the effects of the first rule that fits, or none."""
        chosen: int | None = None
        for index, rule in enumerate(self._rules):
            if not rule.fits(path, prompt, model, key):
                continue
            self._met[index] += 1
            on_turn = rule.nth is None or self._met[index] in rule.nth
            left = rule.times is None or self._used[index] < rule.times
            if chosen is None and on_turn and left:
                chosen = index
        if chosen is None:
            return {}
        self._used[chosen] += 1
        return self._rules[chosen].do


def load(path: Path) -> tuple[Rule, ...]:
    """The rules of a fault file. Raises OSError or ValueError, which names the bad part."""
    return parse(json.loads(path.read_text(encoding="utf-8")))


def parse(value: Any) -> tuple[Rule, ...]:
    """Check a JSON list of rules. Raises ValueError, which names the rule and the bad part."""
    if not isinstance(value, list):
        raise ValueError("faults must be a JSON list of rules")
    return tuple(_rule(index, item) for index, item in enumerate(value))


def _rule(index: int, item: Any) -> Rule:
    where = f"fault rule {index}"
    if not isinstance(item, dict) or not set(item) <= {"match", "do"}:
        raise ValueError(f"{where} must be an object with 'match' and 'do'")
    match, do = item.get("match", {}), item.get("do")
    if not isinstance(match, dict) or not set(match) <= MATCH_KEYS:
        raise ValueError(f"{where}: match takes " + ", ".join(sorted(MATCH_KEYS)))
    if not isinstance(do, dict) or not do:
        raise ValueError(f"{where}: do must name at least one effect")
    path = match.get("path")
    if path is not None and path not in PATHS:
        raise ValueError(f"{where}: match.path must be one of " + ", ".join(PATHS))
    for name in ("prompt", "model", "key"):
        if not isinstance(match.get(name, ""), str):
            raise ValueError(f"{where}: match.{name} must be a text")
    for name, argument in do.items():
        if name not in EFFECTS:
            raise ValueError(f"{where}: unknown effect '{name}'")
        check, paths = EFFECTS[name]
        if not check(argument):
            raise ValueError(f"{where}: '{name}' does not take {argument!r}")
        if path is not None and path not in paths:
            raise ValueError(f"{where}: '{name}' has no meaning on path '{path}'")
    return Rule(
        do=do,
        path=path,
        prompt=match.get("prompt"),
        model=match.get("model"),
        key=match.get("key"),
        nth=_nth(where, match.get("nth")),
        times=_times(where, match.get("times")),
    )


def _nth(where: str, value: Any) -> tuple[int, ...] | None:
    if value is None:
        return None
    turns = value if isinstance(value, list) else [value]
    if not turns or not all(type(turn) is int and turn >= 1 for turn in turns):
        raise ValueError(f"{where}: match.nth must be a number from 1, or a list of such")
    return tuple(turns)


def _times(where: str, value: Any) -> int | None:
    if value is not None and not (type(value) is int and value >= 1):
        raise ValueError(f"{where}: match.times must be a number from 1")
    return value
