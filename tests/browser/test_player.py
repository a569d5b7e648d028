"""The player's own controls, in a real JupyterLab in a real Chromium."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.lab_page import LabPage, film_plays, screenshot

MAKE = "%load_ext sora_nb\nimport sora_nb as sora\ntask = sora.generate('a kite'); task.wait();"
SHOW = "get_ipython().run_line_magic('sora', f'show {task.key}');"
USE = "frame = task.video().frame()\nprint(frame.shape, frame.dtype)"
WIDGET = "application/vnd.jupyter.widget-view+json"


def player(lab: LabPage, cell: int) -> Locator:
    """The player in that cell's output, once its film can be played."""
    bar = lab.output(cell).locator(".snb-bar")
    expect(bar).to_have_attribute("data-ready", "true", timeout=20_000)
    return lab.output(cell).locator(".snb-player")


def test_an_old_film_comes_back_with_the_player_which_keys_drive(lab: LabPage) -> None:
    lab.open("player", [MAKE, SHOW, USE])
    lab.run(0)
    lab.run(1)
    stage = player(lab, 1)
    video = stage.locator("video")
    expect(video).not_to_have_attribute("controls", "")
    video.focus()
    page = lab.page
    for key in ("ArrowRight", "ArrowRight", ".", "l", "m", ">", "?"):
        page.keyboard.press(key)
    state = "v => [Math.floor(v.currentTime), v.loop, v.muted, v.playbackRate, v.paused]"
    assert video.evaluate(state) == [2, True, True, 1.25, True]
    expect(stage.get_by_text("one frame back or on")).to_be_visible()
    expect(stage.locator(".snb-time")).to_have_text("0:02.0 / 0:04.0")
    page.keyboard.press("k")
    page.wait_for_function("v => !v.paused && v.currentTime > 2.2", arg=video.element_handle())
    page.keyboard.press(" ")
    page.wait_for_function("v => v.paused", arg=video.element_handle())
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement?.className === 'snb-player'")
    screenshot(page, "player_full_screen")
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")

    lab.output(1).get_by_role("button", name="Use this frame").click()
    expect(lab.output(1).locator(".snb-still")).to_contain_text("ms.png")
    screenshot(page, "player")
    lab.run(2)
    assert lab.output_text(2).strip() == "(720, 1280, 3) uint8"
    assert len(list(lab.server.root.glob(f"{lab.folder}sora_videos/*ms.png"))) == 1


def test_a_kept_player_is_saved_with_the_plain_page_and_comes_back_after_a_reload(
    lab: LabPage,
) -> None:
    lab.open("kept", [MAKE, SHOW])
    lab.run(0)
    lab.run(1)
    film_plays(player(lab, 1).locator("video"))
    live, page = lab.save()["cells"][1]["outputs"]
    assert set(live["data"]) == {WIDGET, "text/html", "text/plain"}
    assert set(page["data"]) == {"text/html", "image/jpeg", "text/plain"}
    assert "<video controls" in "".join(page["data"]["text/html"])
    lab.load()
    film_plays(player(lab, 1).locator("video"))
