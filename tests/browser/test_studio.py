"""The Studio in a real JupyterLab in a real Chromium."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import LabPage, film_plays
from tests.browser.pictures import Pictures, pictures
from tests.browser.studio_form import Form

LOAD = "%load_ext sora_nb\nimport sora_nb as sora"
BUSY = """import pathlib, time
while not pathlib.Path('enough').exists():
    time.sleep(0.2)
print('free')"""


LINKED = """box = w.Text(); slider = w.IntSlider(min=4, max=12, step=4)
w.jslink((box, 'value'), (studio, 'prompt'))
link = w.jslink((studio, 'duration'), (slider, 'value'))
w.VBox([box, slider])"""


def python(lab: LabPage, index: int) -> str:
    """What a cell prints."""
    lab.run(index)
    return lab.output_text(index).strip()


def test_a_prompt_with_chips_becomes_a_film_that_plays_below_the_form(lab: LabPage) -> None:
    lab.page.set_viewport_size({"width": 1280, "height": 1500})
    lab.open("studio", [LOAD, "studio = %sora", "print(studio.last, studio.last.request.prompt)"])
    lab.run(0)
    lab.run(1)
    form = Form(lab, 1)
    assert form.violations() == []
    form.shot("empty")
    form.prompt.click()
    form.prompt.press_sequentially("a paper boat")
    form.chip("golden hour").click()
    form.chip("handheld").click()
    expect(form.prompt).to_have_value("a paper boat, golden hour, handheld")
    form.chip("golden hour").click()
    expect(form.prompt).to_have_value("a paper boat, handheld")
    expect(form.chip("handheld")).to_have_attribute("aria-pressed", "true")
    expect(form.cost).to_have_text("4 s · simulator: no charge")
    form.shot("filled")
    form.go.click()
    expect(form.rows).to_have_count(1)
    assert form.violations() == []
    form.shot("asked")
    film_plays(form.el.locator("video"))
    expect(form.prompt).to_have_value("a paper boat, handheld")
    expect(form.cost).to_have_text("4 s · already made: shows it, no charge")
    expect(form.rows.first).to_contain_text("ready")
    assert len(lab.execution_counts()) == 3, "typing reached JupyterLab's own keys"
    assert form.violations() == []
    form.shot("ready")
    assert "ready" in python(lab, 2)
    assert "a paper boat, handheld" in python(lab, 2)
    _form, page = lab.save()["cells"][1]["outputs"]
    assert "a paper boat, handheld" in "".join(page["data"]["text/html"])
    lab.load()  # the kernel lives: the form comes back with its fields and its film
    again = Form(lab, 1)
    expect(again.prompt).to_have_value("a paper boat, handheld")
    film_plays(again.el.locator("video"))
    lab.shut_down_kernel()
    lab.load()  # nobody draws the form any more: its films are left
    kept = lab.output(1).locator(".sora-nb-standin")
    film_plays(kept.locator("video"))
    expect(kept.get_by_text("run its cell again")).to_be_visible()


def test_fields_are_the_same_in_python_in_a_linked_widget_and_on_the_page(lab: LabPage) -> None:
    cells = [
        f"{LOAD}\nimport ipywidgets as w",
        "studio = sora.Studio(duration=8)\nstudio",
        "studio.prompt = 'from Python'; studio.aspect_ratio = 'portrait'; studio.takes = 3",
        "print(studio.prompt, studio.duration, studio.remove_watermark)",
        LINKED,
    ]
    lab.open("fields", cells)
    for index in (0, 1):
        lab.run(index)
    form = Form(lab, 1)
    expect(form.el.get_by_label("8 s")).to_be_checked()
    lab.run(2)
    expect(form.prompt).to_have_value("from Python")
    expect(form.el.get_by_label("portrait")).to_be_checked()
    expect(form.cost).to_contain_text("3 takes")
    form.prompt.fill("typed here")
    form.el.get_by_text("12 s", exact=True).click()
    form.el.get_by_text("Picture and watermark").click()
    form.el.get_by_label(re.compile("^Remove the service.s watermark")).uncheck()
    lab.page.wait_for_timeout(400)
    assert python(lab, 3) == "typed here 12 False"
    lab.run(4)
    linked = lab.output(4)
    expect(linked.locator(".widget-readout")).to_have_text("12")
    linked.locator("input[type=text]").fill("from the linked box")
    linked.locator("input[type=text]").press("Tab")
    expect(form.prompt).to_have_value("from the linked box")
    linked.locator(".noUi-handle").press("ArrowLeft")
    expect(form.el.get_by_label("8 s")).to_be_checked()
    form.el.get_by_text("4 s", exact=True).click()
    expect(linked.locator(".widget-readout")).to_have_text("4")


def test_films_are_made_while_another_cell_keeps_the_kernel_busy(lab: LabPage) -> None:
    lab.open("busy", [LOAD, "%sora", BUSY, "print(len(sora.tasks()))"])
    lab.run(0)
    lab.run(1)
    form = Form(lab, 1)
    lab.start(2)
    form.prompt.fill("a film of a busy kernel")
    form.prompt.press("Control+Enter")
    film_plays(form.el.locator("video"))
    assert lab.execution_counts()[2] is None, "the busy cell ended before the film played"
    assert lab.execution_counts()[1] == 2, "Ctrl+Enter ran the cell"
    lab.touch("enough")
    lab.wait_done(2)


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_asked_for(lab: LabPage) -> None:
    budget = "sora.configure(budget={'tasks': 1})"
    lab.open("wrong", [f"{LOAD}\n{budget}", "studio = %sora", "print(len(studio.tasks))"])
    lab.run(0)
    lab.run(1)
    form = Form(lab, 1)
    form.go.click()
    expect(form.said("The prompt is empty. Describe the film first.")).to_be_visible()
    expect(form.prompt).to_be_focused()
    expect(form.prompt).to_have_attribute("aria-invalid", "true")
    form.prompt.fill("a boat")
    form.el.get_by_text("Picture and watermark").click()
    picture = form.el.get_by_label("Start from a picture (public URL)")
    picture.fill("file:///boat.png")
    expect(form.said("Only http(s) works")).to_be_visible()
    form.go.click()
    expect(picture).to_be_focused()
    form.shot("wrong")
    assert form.violations() == []
    picture.fill("")
    form.el.get_by_label("Takes").select_option("2 takes")
    expect(form.el.get_by_text("not enough, it would be refused")).to_be_visible()
    form.go.click()
    expect(form.said("the budget (per day) does not allow it")).to_be_visible()
    form.shot("budget")
    assert form.violations() == []
    assert python(lab, 2) == "0", "one of the two takes would have fitted"


def test_a_double_click_that_pays_anew_pays_once(lab: LabPage) -> None:
    lab.open("double", [LOAD, "studio = %sora", "print(len(studio.tasks))"])
    lab.run(0)
    lab.run(1)
    form = Form(lab, 1)
    form.prompt.fill("a boat at noon")
    form.go.dblclick()
    expect(form.rows).to_have_count(1)
    expect(form.cost).to_contain_text("already")
    form.el.get_by_label("Make it anew").check()
    expect(form.cost).to_have_text("4 s · simulator: no charge")
    form.go.dblclick()
    expect(form.rows).to_have_count(2)
    expect(form.el.get_by_label("Make it anew")).not_to_be_checked()
    assert python(lab, 2) == "2"


def test_a_film_of_another_cell_is_listed_and_its_row_opens_its_player(lab: LabPage) -> None:
    lab.open("listed", [LOAD, "%sora", "%sora a lighthouse --wait"])
    lab.run(0)
    lab.run(1)
    form = Form(lab, 1)
    lab.run(2)
    expect(form.rows).to_have_count(1, timeout=10_000)
    form.rows.first.click()
    film_plays(form.el.locator("video"))
    form.el.get_by_role("button", name="Close", exact=True).click()
    expect(form.el.locator("video")).to_have_count(0)
    form.rows.first.focus()
    form.rows.first.press("Enter")
    film_plays(form.el.locator("video"))
    expect(form.rows.first).to_be_focused()


@pytest.mark.parametrize("kind", ["%%sora", "Python"])
def test_the_copied_code_is_the_same_film_and_costs_nothing_anew(lab: LabPage, kind: str) -> None:
    prompt = 'A boat, "so she said" {here}\n\n  -d 8 what does it dream of?'
    cells = [LOAD, f"studio = sora.Studio(prompt={prompt!r}, aspect_ratio='portrait', takes=2)"]
    lab.open("copied", [*cells, "studio", "", "print(len(studio.tasks))"])
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for index in range(3):
        lab.run(index)
    form = Form(lab, 2)
    form.go.click()
    expect(form.rows).to_have_count(2)
    form.el.get_by_role("button", name=f"Copy as {kind}").click()
    expect(form.el.get_by_role("button", name="Copied")).to_be_visible()
    lab.page.evaluate(
        """async () => {
            const text = await navigator.clipboard.readText();
            const cells = window.jupyterapp.shell.currentWidget.content.widgets;
            cells[3].model.sharedModel.setSource(text);
        }"""
    )
    lab.run(3)
    assert "Error" not in lab.output_text(3)
    assert python(lab, 4) == "2"


def test_a_picture_is_looked_at_without_cookies_and_without_saying_who_asks(lab: LabPage) -> None:
    lab.open("picture", [LOAD, "%sora"])
    lab.run(0)
    lab.run(1)
    form = Form(lab, 1)
    form.prompt.fill("the boat sets sail")
    form.el.get_by_text("Picture and watermark").click()
    with pictures() as address:
        form.el.get_by_label("Start from a picture (public URL)").fill(address)
        expect(form.said("PNG · 160 × 90 · ")).to_be_visible()  # noqa: RUF001 - as it is shown
        expect(form.el.get_by_alt_text("The picture that the film starts from")).to_be_visible()
    form.shot("picture")
    assert form.violations() == []
    assert {command for command, _, _ in Pictures.asked} == {"HEAD", "GET"}
    assert {(cookie, referrer) for _, cookie, referrer in Pictures.asked} == {(None, None)}


def test_a_picture_of_a_host_that_lets_no_page_read_it_is_shown_all_the_same(lab: LabPage) -> None:
    lab.open("unread", [LOAD, "%sora"])
    lab.run(0)
    lab.run(1)
    form = Form(lab, 1)
    form.el.get_by_text("Picture and watermark").click()
    with pictures(readable=False) as address:
        form.el.get_by_label("Start from a picture (public URL)").fill(address)
        unknown = "PNG · 160 × 90 · size could not be checked"  # noqa: RUF001 - as it is shown
        expect(form.said(unknown)).to_be_visible()
        expect(form.el.get_by_alt_text("The picture that the film starts from")).to_be_visible()
    assert {referrer for _, _, referrer in Pictures.asked} == {None}


def theme(lab: LabPage, name: str) -> None:
    lab.page.evaluate(
        "async (name) => { await window.jupyterapp.commands.execute("
        "'apputils:change-theme', {theme: name}); }",
        name,
    )


def test_it_fits_a_narrow_dark_page_and_a_prompt_from_right_to_left(lab: LabPage) -> None:
    prompt = "قارب ورقي في المطر, golden hour"
    lab.open("narrow", [LOAD, f"studio = sora.Studio(prompt={prompt!r}, takes=2)\nstudio"])
    lab.page.set_viewport_size({"width": 520, "height": 1700})
    lab.command("application:toggle-left-area")
    theme(lab, "JupyterLab Dark")
    lab.run(0)
    lab.run(1)
    form = Form(lab, 1)
    expect(form.cost).to_contain_text("2 takes")
    form.go.click()
    expect(form.el.locator("video")).to_have_count(2, timeout=60_000)
    form.shot("narrow-dark")
    assert form.violations() == []
    sides: Any = form.el.evaluate("(el) => [el.scrollWidth, el.clientWidth]")
    assert sides[0] <= sides[1]
    assert form.prompt.evaluate("(el) => el.matches(':dir(rtl)')")
