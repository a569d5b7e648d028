"""Outputs that last: what is shown after all that can happen to page, kernel and file."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, expect

from tests.browser.jupyter_server import running_server
from tests.browser.lab_page import (
    FILM,
    PLAIN_AT_ONCE,
    LabPage,
    film_plays,
    page_of,
    screenshot,
)

LOAD = "%load_ext sora_nb"
SLOW = "import os; os.environ['SORA_NB_SIMULATOR_SPEED'] = '12'"
WIDGET = "application/vnd.jupyter.widget-view+json"
SHOW = "get_ipython().run_line_magic('sora', f'show {task.key}');"
COMPLAINTS = re.compile("Error displaying widget|Loading widget")


def made(prompt: str, before: str = "") -> str:
    """A cell that makes a film. One journal serves all tests: each needs a prompt of its own."""
    wait = f"task = sora.generate({prompt!r}); task.wait();"
    return f"{LOAD}\nimport sora_nb as sora\n{before}\n{wait}"


def player(output: Locator) -> Locator:
    """The live player, once its film can be played."""
    expect(output.locator(".snb-bar")).to_have_attribute("data-ready", "true", timeout=30_000)
    return output.locator(".snb-player video")


def reopened_without_a_kernel(lab: LabPage) -> None:
    """Save, end the kernel, and open the file again with a kernel that knows nothing."""
    lab.save()
    lab.shut_down_kernel()
    lab.load()


def test_a_page_that_is_reloaded_meanwhile_goes_on_and_is_right_after_the_end(
    lab: LabPage,
) -> None:
    lab.open("reloaded", [f"{SLOW}\n{LOAD}", "%sora a film across reloads"])
    lab.run(0)
    lab.run(1)
    output = lab.output(1)
    expect(output.get_by_text("processing", exact=True)).to_be_visible(timeout=20_000)
    lab.save()
    lab.load()
    expect(output.locator(".snb-step[aria-current]")).to_be_visible()
    expect(page_of(output)).to_be_hidden()
    film_plays(player(output))
    lab.save()
    lab.load()  # the end was told to a page that is gone: the widget knows it by itself
    film_plays(player(output))
    expect(page_of(output)).to_be_hidden()


def test_a_notebook_saved_meanwhile_says_how_to_go_on_when_its_kernel_is_gone(
    lab: LabPage,
) -> None:
    lab.open("meanwhile", [f"{SLOW}\n{LOAD}", "%sora a film that is left alone", "%sora resume"])
    lab.run(0)
    lab.run(1)
    expect(lab.output(1).get_by_text("submitted")).to_be_visible()
    reopened_without_a_kernel(lab)
    output = lab.output(1)
    expect(page_of(output)).to_be_visible()
    expect(output.get_by_text("%sora resume")).to_be_visible()
    expect(output.get_by_text(COMPLAINTS)).to_be_hidden()
    screenshot(lab.page, "lasting_meanwhile")
    lab.run(0)
    lab.run(2)
    film_plays(lab.output(2).locator(FILM), 40)


@pytest.mark.parametrize("where", ["below the server's root", "elsewhere"])
def test_a_kept_player_becomes_the_plain_page_when_its_kernel_is_gone(
    lab: LabPage, where: str, tmp_path: Path
) -> None:
    media = f"sora.configure(media={str(tmp_path)!r})" if where == "elsewhere" else ""
    lab.open("kept", [made(f"a kite {where}", media), SHOW])
    lab.run(0)
    lab.run(1)
    output = lab.output(1)
    film_plays(player(output))
    expect(page_of(output)).to_be_hidden()
    lab.restart_kernel()  # the page goes on with what it has
    film_plays(player(output))
    reopened_without_a_kernel(lab)
    expect(page_of(output)).to_be_visible()
    expect(output.get_by_text(COMPLAINTS)).to_be_hidden()
    screenshot(lab.page, f"lasting_kept_{where[:5]}")
    if where == "elsewhere":
        expect(page_of(output).locator("img")).to_be_visible()
        expect(page_of(output).get_by_text("%sora show")).to_be_visible()
    else:
        film_plays(page_of(output).locator("video"))


def test_an_untrusted_notebook_shows_the_plain_pages_and_plays_their_films(
    lab: LabPage, browser: Browser, tmp_path: Path
) -> None:
    slow = "sora.configure(simulator_speed=12)\n%sora a film that is left untrusted"
    lab.open("trusted", [made("a trusted kite"), SHOW, "%sora a trusted boat --wait", slow])
    for cell in range(4):
        lab.run(cell)
    player(lab.output(1))
    lab.save()
    with running_server(tmp_path) as elsewhere:  # another home has not signed it
        shutil.copytree(lab.server.root / lab.folder, elsewhere.root / lab.folder)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        copy = LabPage(context.new_page(), elsewhere, folder=lab.folder)
        copy.path = lab.path
        copy.load()
        for cell in (1, 2):
            film_plays(page_of(copy.output(cell)).locator("video"))
        expect(page_of(copy.output(3)).get_by_text("%sora resume")).to_be_visible()
        outputs = copy.page.locator(".jp-Notebook")
        for words in (COMPLAINTS, "LiveWidget", WIDGET):
            expect(outputs.get_by_text(words)).to_have_count(0)
        screenshot(copy.page, "lasting_untrusted")
        context.close()


def test_clearing_or_deleting_an_output_stops_no_task_and_show_brings_it_back(
    lab: LabPage,
) -> None:
    cells = [
        f"{SLOW}\n{LOAD}\nimport sora_nb as sora",
        "%sora a cleared film",
        "%sora a deleted film",
    ]
    lab.open("cleared", [*cells, "keys = [t.key for t in sora.tasks()[:2]]"])
    for cell in range(4):
        lab.run(cell)
    page = lab.page
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.evaluate(
        """() => {
          const { content } = window.jupyterapp.shell.currentWidget;
          content.activeCellIndex = 1;
          window.jupyterapp.commands.execute('notebook:clear-cell-output');
        }"""
    )
    expect(lab.output(1).locator(".sora-nb")).to_have_count(0)
    page.evaluate(
        """() => {
          const { content } = window.jupyterapp.shell.currentWidget;
          content.activeCellIndex = 2;
          window.jupyterapp.commands.execute('notebook:delete-cell');
        }"""
    )
    show = "get_ipython().run_line_magic('sora', 'show ' + key)"
    lab.add(f"for key in keys: sora.get(key).wait(); {show}")
    lab.run(3)
    expect(lab.output(3).locator(".snb-player")).to_have_count(2, timeout=40_000)
    for bar in lab.output(3).locator(".snb-bar").all():
        expect(bar).to_have_attribute("data-ready", "true", timeout=20_000)
    film_plays(lab.output(3).locator(".snb-player video").first)
    assert problems == []
    assert lab.output_text(1).strip() == ""


def test_a_second_view_of_an_output_shows_the_same_and_both_play(lab: LabPage) -> None:
    lab.open("views", [f"{SLOW}\n{made('a kite seen twice')}", SHOW, "%sora a boat seen twice"])
    for cell in range(3):
        lab.run(cell)
    player(lab.output(1))
    for cell in (1, 2):
        lab.second_view(cell)
    views = lab.page.locator(".jp-LinkedOutputView")
    expect(views).to_have_count(2)
    kite, boat = (views.filter(has_text=words) for words in ("a kite seen", "a boat seen"))
    film_plays(player(kite))
    film_plays(player(lab.output(1)))
    expect(page_of(kite)).to_be_hidden()
    screenshot(lab.page, "lasting_views")
    film_plays(boat.locator(FILM), 40)
    film_plays(lab.output(2).locator(FILM), 40)


def test_prices_and_prompts_with_dollar_signs_are_no_mathematics(lab: LabPage) -> None:
    prompt = "five $5 notes and six $6 notes"
    plain = f"from IPython.display import HTML\nHTML('<p>{prompt}</p>')"
    lab.open("dollars", [f"{LOAD}\n{PLAIN_AT_ONCE}", f"%sora {prompt} --wait", plain])
    for cell in range(3):
        lab.run(cell)
    expect(lab.output(2).locator("mjx-container")).not_to_have_count(0)  # what would happen
    expect(page_of(lab.output(1)).get_by_text(prompt, exact=True)).to_be_visible()
    film_plays(lab.output(1).locator(FILM))
    assert lab.output(1).locator("mjx-container").count() == 0


def test_a_notebook_whose_films_nobody_uses_is_saved_as_plain_files_and_html(lab: LabPage) -> None:
    lab.open("plain", [f"{LOAD}\n{PLAIN_AT_ONCE}", "%sora a lighthouse --wait"])
    lab.run(0)
    lab.run(1)
    expect(page_of(lab.output(1))).to_be_visible(timeout=20_000)
    film_plays(lab.output(1).locator(FILM))
    output, standin = lab.save()["cells"][1]["outputs"]
    assert set(output["data"]) == {"text/html", "image/jpeg", "text/plain"}
    assert {"".join(words) for words in standin["data"].values()} == {""}
    size = len(json.dumps(output))
    assert size < 60_000, "a poster and words, no film"


def test_nbconverts_page_plays_the_films_from_the_files_beside_it(lab: LabPage) -> None:
    left = "sora.configure(simulator_speed=12)\n%sora a film that is not waited for"
    lab.open("pages", [made("a printed kite"), SHOW, "%sora a printed boat --wait", left])
    for cell in range(4):
        lab.run(cell)
    player(lab.output(1))
    lab.save()
    file = lab.server.root / lab.path
    html, _ = HTMLExporter().from_notebook_node(nbformat.read(file, 4))  # type: ignore[no-untyped-call]
    file.with_suffix(".html").write_text(html, "utf-8")
    page = lab.page
    page.goto(file.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    pages = page.locator(".sora-nb-saved")
    expect(pages).to_have_count(3)
    for film in pages.locator("video").all():
        film_plays(film)
    expect(pages.last.get_by_text("%sora resume")).to_be_visible()
    expect(page.get_by_text("LiveWidget")).to_have_count(0)
    screenshot(page, "lasting_nbconvert", whole=True)
