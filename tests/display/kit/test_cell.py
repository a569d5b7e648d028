"""What a cell holds of one live widget: its view, and the page that stands in for it."""

from __future__ import annotations

from typing import Any

import pytest

from sora_nb.display.host.host import Host
from sora_nb.display.kit import cell
from sora_nb.display.kit.cell import WIDGET, CellOutput

PAGE = {"text/html": "<p>a page</p>", "text/plain": "a page", "image/jpeg": "a picture"}

Told = list[tuple[dict[str, Any], str, bool]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    found: Told = []

    def publish(bundle: dict[str, Any], display_id: str, *, update: bool) -> None:
        found.append((bundle, display_id, update))

    monkeypatch.setattr(cell, "publish", publish)
    return found


def test_in_jupyter_the_page_is_an_output_of_its_own_below_the_widget(told: Told) -> None:
    CellOutput("model", Host.JUPYTER).live(PAGE)
    (view, one, _), (page, two, _) = told
    assert view[WIDGET]["model_id"] == "model"
    assert (view["text/html"], view["text/plain"]) == ("", ""), "an untrusted notebook shows this"
    assert WIDGET not in page
    assert "<p>a page</p>" in page["text/html"]
    assert {**page, "text/html": None} == {**PAGE, "text/html": None}
    assert one != two


def test_at_the_end_the_page_takes_the_widgets_place_and_the_other_output_is_empty(
    told: Told,
) -> None:
    place = CellOutput("model", Host.JUPYTER)
    place.live(PAGE)
    place.plain(PAGE)
    (_, one, first), (_, two, second), *rewritten = told
    empty = {"text/html": "", "text/plain": ""}
    assert rewritten == [(empty, two, True), (PAGE, one, True)], "never seen twice"
    assert (first, second) == (False, False)


@pytest.mark.parametrize("host", [host for host in Host if host is not Host.JUPYTER])
def test_elsewhere_widget_and_page_are_one_output(told: Told, host: Host) -> None:
    place = CellOutput("model", host)
    place.live(PAGE)
    place.plain(PAGE)
    (bundle, one, update), (last, two, again) = told
    assert (set(bundle), bundle["text/html"]) == ({WIDGET, *PAGE}, PAGE["text/html"])
    assert (last, one == two, update, again) == (PAGE, True, False, True)
