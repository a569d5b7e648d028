"""A sweep's gallery in a real JupyterLab in a real Chromium."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.lab_page import LabPage, screenshot

LOAD = "%load_ext sora_nb\nimport sora_nb as sora"
SWEEP = """sweep = sora.sweep(
    ['a paper boat', 'a lighthouse', 'koi in a pond [fail:CONTENT_VIOLATION]'], duration=[4, 8]
)
sweep"""
PICKED = "print([task.request.prompt for task in sweep.picked], sweep.progress)"
MANY = """import msgspec
from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import VideoRequest
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.task import Task
first = sora.generate('one film'); first.wait()
client = first.client
def task(n):
    was = first.record
    request = msgspec.structs.replace(was.request, prompt=f'film number {n}', take=n + 2)
    client.board.put(msgspec.structs.replace(was, key=f'many{n}', request=request))
    return Task(client, f'many{n}')
many = Tasks(client.call(lambda: [task(n) for n in range(1000)]))
many.gallery()"""
WIDGET = "application/vnd.jupyter.widget-view+json"


def rows(output: Locator) -> Locator:
    return output.locator(".snb-row")


def theme(lab: LabPage, name: str) -> None:
    lab.page.evaluate(
        "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name
    )
    lab.page.wait_for_function(
        "(light) => document.body.dataset.jpThemeLight === light",
        arg=str("Light" in name).lower(),
    )


def test_a_sweep_is_watched_compared_and_picked_from(lab: LabPage) -> None:
    lab.open("sweep", [LOAD, SWEEP, PICKED])
    lab.run(0)
    lab.run(1)
    output, page = lab.output(1), lab.page
    expect(rows(output)).to_have_count(6)
    ready = output.locator('.snb-only[data-state="ready"]')
    expect(ready).to_have_text("ready 4", timeout=40_000)
    expect(output.locator('.snb-only[data-state="failed"]')).to_have_text("failed 2")
    expect(output.locator(".snb-row .snb-poster[src^='blob:']")).to_have_count(4, timeout=20_000)
    screenshot(page, "gallery_ready")

    output.locator('.snb-only[data-state="failed"]').click()
    expect(rows(output)).to_have_count(2)
    rows(output).first.click()
    detail = output.locator(".snb-detail")
    expect(detail.get_by_text("Change the prompt")).to_be_visible()
    screenshot(page, "gallery_failed")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(rows(output).nth(1)).to_have_attribute("aria-current", "true")
    detail.get_by_role("button", name="Close").click()

    ready.click()
    rows(output).first.focus()
    for key in ("Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    output.get_by_role("button", name="Compare 2").click()
    films = output.locator(".snb-seat video")
    expect(films).to_have_count(2)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.snb-seat video')].every((v) => v.readyState >= 2)"
    )
    page.get_by_role("slider", name="Position in the film").focus()
    page.keyboard.press("m")
    page.keyboard.press("k")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.snb-seat video')].every((v) => v.currentTime > 0.5)"
    )
    page.keyboard.press("k")
    page.wait_for_function(
        """() => {
          const times = [...document.querySelectorAll('.snb-seat video')]
            .map((v) => [v.paused, v.currentTime]);
          return times.every(([paused, time]) => paused && Math.abs(time - times[0][1]) < 0.02);
        }"""
    )
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.snb-seat video')].every((v) => v.currentTime === 1)"
    )
    output.locator(".snb-seat").nth(1).get_by_role("button", name="Pick").click()
    expect(output.locator('.snb-row[data-picked="true"]')).to_have_count(1)
    screenshot(page, "gallery_compared")
    lab.run(2)
    assert "['a paper boat'] {'ready': 4, 'failed': 2}" in lab.output_text(2)


def test_a_gallery_of_a_thousand_tasks_scrolls_by_keys_and_keeps_few_rows_in_the_page(
    lab: LabPage,
) -> None:
    lab.open("many", [LOAD, MANY])
    lab.run(0)
    lab.run(1)
    output, page = lab.output(1), lab.page
    expect(rows(output).first).to_be_visible()
    expect(output.locator(".snb-rows")).to_have_attribute("aria-rowcount", "1000")
    rows(output).first.focus()
    page.keyboard.press("End")
    expect(output.get_by_text("film number 999", exact=True)).to_be_visible()
    assert rows(output).count() < 40
    for _ in range(30):
        page.keyboard.press("PageUp")
    assert page.evaluate("() => document.activeElement.role") == "row"
    output.get_by_role("searchbox").fill("many512")
    expect(rows(output)).to_have_count(1)
    output.get_by_role("searchbox").fill("")
    output.get_by_role("button", name="Pictures").click()
    expect(output.locator(".snb-row .snb-poster[src^='blob:']").first).to_be_visible(timeout=20_000)
    screenshot(page, "gallery_pictures")
    theme(lab, "JupyterLab Dark")
    screenshot(page, "gallery_pictures_dark")
    theme(lab, "JupyterLab Light")


COMPARE = """tasks = [sora.generate('a kite', take=n) for n in (1, 2)]
for task in tasks:
    task.wait()
both = sora.tasks()[:2]
both.compare()"""


def test_two_takes_are_compared_and_the_pick_is_read_after_a_reload(lab: LabPage) -> None:
    lab.open("compare", [LOAD, COMPARE, "print(len(both.picked))"])
    lab.run(0)
    lab.run(1)
    output = lab.output(1)
    expect(output.locator(".snb-seat video")).to_have_count(2)
    output.locator(".snb-seat").first.get_by_role("button", name="Pick").click()
    expect(output.locator('.snb-row[data-picked="true"]')).to_have_count(1)
    lab.save()
    lab.load()
    expect(lab.output(1).locator('.snb-row[data-picked="true"]')).to_have_count(1)
    expect(lab.output(1).locator(".snb-seat video")).to_have_count(2)
    lab.run(2)
    assert lab.output_text(2).strip() == "1"
