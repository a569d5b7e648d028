"""What Tab offers."""

from __future__ import annotations

import pytest

from sora_nb.catalog.models import MODELS
from sora_nb.magic.completion import Offer, complete
from sora_nb.magic.options import FLAGS, VERBS

KEYS = ("k3f9zz", "k4aaaa", "q2bbbb")


def offer(text: str) -> Offer | None:
    return complete(
        text,
        keys=lambda prefix: [key for key in KEYS if key.startswith(prefix)],
        names=["plate", "place"],
    )


@pytest.mark.parametrize(
    ("text", "fragment", "items"),
    [
        ("%sora ", "", tuple(VERBS)),
        ("%sora re", "re", ("resume", "rescue", "retry")),
        ("v = %sora st", "st", ("stop",)),
        ("x = 1\n%sora sh", "sh", ("show",)),
        ("    %sora sh", "sh", ("show",)),
        ("%sora boat ", "", tuple(FLAGS)),
        ("%sora boat --du", "--du", ("--duration",)),
        ("%sora -", "-", tuple(FLAGS)),
        ("%%sora ", "", tuple(FLAGS)),
        ("%%sora --vars p", "p", ("place", "plate")),
        ("%sora boat -d ", "", ("4", "8", "12")),
        ("%sora boat --duration=", "", ("4", "8", "12")),
        ("%sora boat --duration=1", "1", ("12",)),
        ("%sora boat -a p", "p", ("portrait",)),
        ("%sora boat -m ", "", tuple(MODELS)),
        ("%sora boat --vars place,pl", "pl", ("place", "plate")),
        ("%sora boat -o pl", "pl", ("place", "plate")),
        ("%sora show ", "", KEYS),
        ("%sora save k", "k", ("k3f9zz", "k4aaaa")),
        ("%sora stop q", "q", ("q2bbbb",)),
        ("%sora retry q", "q", ("q2bbbb",)),
        ("%sora adopt q", "q", ("q2bbbb",)),
        ("%sora forget q", "q", ("q2bbbb",)),
    ],
)
def test_tab_offers(text: str, fragment: str, items: tuple[str, ...]) -> None:
    found = offer(text)
    assert found is not None
    assert (found.fragment, found.items) == (fragment, items)


@pytest.mark.parametrize(
    "text",
    [
        "%sora",
        "%soraya ",
        "x = 1",
        "print('%sora ",
        "%sora a paper bo",
        "%sora save k3f9zz ",
        "%sora tasks ",
        "%sora -- --",
        "%sora show zz",
        "%%sora -d 4\nA boat ",
        "%%sora -d 4\n%sora st",
        "%%bash\n%sora st",
    ],
)
def test_tab_stays_out_of_everything_else(text: str) -> None:
    assert offer(text) is None
