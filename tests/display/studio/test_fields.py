"""The Studio's fields: traits that Python, a linked widget and a hostile page may set."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from traitlets import TraitError

from sora_nb.core.errors import InvalidRequest
from sora_nb.display.host.host import Host
from sora_nb.display.studio.fields import NAMES
from sora_nb.display.studio.form import StudioForm
from tests.support.studio_page import Open


def test_every_field_is_a_trait_that_can_be_given_read_set_and_linked(open_page: Open) -> None:
    studio = open_page(prompt="a boat", duration=8, extra={"seed": 7}).studio
    assert (studio.prompt, studio.duration, studio.takes) == ("a boat", 8, 1)
    assert set(NAMES) <= set(studio.keys)
    ipywidgets: Any = import_module("ipywidgets")  # which has no types
    slider = ipywidgets.IntSlider(value=12, max=12)
    ipywidgets.link((slider, "value"), (studio, "duration"))
    ipywidgets.jslink((slider, "value"), (studio, "duration"))
    assert studio.duration == 12
    studio.duration = 4
    assert slider.value == 4


def test_a_field_that_is_not_one_is_named_with_the_one_that_was_meant(open_page: Open) -> None:
    with pytest.raises(InvalidRequest, match="'durations' is not a field") as caught:
        open_page(durations=8)
    assert caught.value.advice == "Did you mean duration?"


def test_a_page_is_told_the_fields_even_where_no_client_can_be_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_client() -> Any:
        raise InvalidRequest("a wrong setting")

    monkeypatch.setattr("sora_nb.display.studio.form.host_here", lambda: Host.JUPYTER)
    studio = StudioForm(no_client, prompt="a boat")
    defaults = studio.whole()["defaults"]
    studio.close()
    assert (list(defaults), defaults["prompt"]) == (list(NAMES), "")


WRONG = [
    ("prompt", 5),
    ("prompt", "x" * 100_001),
    ("duration", "8"),
    ("duration", True),
    ("duration", 0),
    ("duration", float("nan")),
    ("aspect_ratio", "square"),
    ("image", None),
    ("takes", 10),
    ("new", "yes"),
    ("remove_watermark", "no"),
    ("extra", [1]),
    ("extra", {"a": float("inf")}),
    ("extra", {"a": "x" * 20_000}),
    ("extra", {"a": object()}),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_that_a_field_cannot_hold_is_refused_and_the_field_stays(
    open_page: Open, name: str, value: object
) -> None:
    with pytest.raises(TraitError, match=name):
        open_page(**{name: value})
    studio = open_page().studio
    before = getattr(studio, name)
    with pytest.raises(TraitError, match=name):
        setattr(studio, name, value)
    assert getattr(studio, name) == before


@pytest.mark.parametrize(("name", "value"), [*WRONG, ("_esm", "x"), ("snapshot", {}), ("tasks", 1)])
def test_a_page_changes_nothing_but_fields_and_those_only_to_what_fits(
    open_page: Open, name: str, value: object
) -> None:
    studio = open_page(prompt="a boat").studio
    before = studio.get_state([n for n in studio.keys if n != "snapshot"])
    studio.set_state({name: value, "takes": 2} if name != "takes" else {name: value})
    after = studio.get_state([n for n in studio.keys if n != "snapshot"])
    assert after == {**before, "takes": 2 if name != "takes" else 1}
