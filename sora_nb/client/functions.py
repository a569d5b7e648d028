"""The module-level functions: what ``Client`` offers, on the default client."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sora_nb.client.client import Client
from sora_nb.client.default import default_client

P = ParamSpec("P")
T = TypeVar("T")


def _on_default(method: Callable[Concatenate[Client, P], T]) -> Callable[P, T]:
    """The method of whichever client is the default one when it is called."""

    @functools.wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return method(default_client(), *args, **kwargs)

    # What is shown to a person, and completed, has no client among its arguments.
    signature = inspect.signature(method)
    _client, *others = signature.parameters.values()
    shown = signature.replace(parameters=others)
    call.__signature__ = shown  # type: ignore[attr-defined]  # typeshed does not know it
    call.__module__, call.__qualname__ = __name__, method.__name__
    return call


generate = _on_default(Client.generate)
sweep = _on_default(Client.sweep)
tasks = _on_default(Client.tasks)
get = _on_default(Client.get)
resume = _on_default(Client.resume)
balance = _on_default(Client.balance)
