"""Pictures of single states for docs/interface.md, drawn from the tests' fixtures: no Jupyter."""

from __future__ import annotations

import io
import json
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.bare_page import FIXTURES, BarePage, Films

HERE = Path(__file__).parent
WIDTH, NARROW = 820, 360
QUALITY = 82

STATES = ("processing", "processing_overdue", "saving_trouble", "failed_retryable", "unsure")


def take_states(browser: Browser, films: Films) -> None:
    """WebP files named after what they show, at one and a half times their size on a page."""
    context = browser.new_context(device_scale_factor=1.5)
    page = context.new_page()
    bare = BarePage(page, films)
    page.set_viewport_size({"width": WIDTH, "height": 900})
    for name in STATES:
        bare.draw(fixture(name), host="lab-light")
        keep(page, f"panel_{name}")
    bare.draw(fixture("ready"), host="lab-light")
    page.locator(".snb-video").focus()
    page.keyboard.press("s")
    page.keyboard.press("?")
    page.locator(".snb-shot[data-drawn]").nth(11).wait_for()
    page.get_by_role("button", name="Go to 0:02.1").click()
    page.locator(".snb-scene[aria-current]").nth(0).wait_for()
    keep(page, "player")
    take_studio(bare)
    take_galleries(bare)
    page.set_viewport_size({"width": NARROW, "height": 900})
    bare.draw(fixture("processing"), host="lab-dark")
    keep(page, "panel_narrow_dark")
    context.close()


def take_studio(bare: BarePage) -> None:
    """The form with a prompt in it, and the films of the folder."""
    page = bare.page
    bare.draw({**fixture("studio_service"), "answered": None}, host="lab-light")
    page.get_by_label("Prompt").fill("A paper boat drifting down a rainy street")
    for phrase in ("slow dolly in", "golden hour"):
        page.get_by_role("button", name=phrase).click()
    page.get_by_label("Takes").select_option("3 takes")
    page.locator(".snb-row .snb-poster[src]").nth(0).wait_for()
    keep(page, "studio", ".snb-studio")


def take_galleries(bare: BarePage) -> None:
    """A sweep under way, and films side by side."""
    page = bare.page
    bare.draw(fixture("gallery_running"), host="lab-light")
    page.locator(".snb-row .snb-poster[src]").nth(1).wait_for()
    keep(page, "gallery", ".snb-gallery")
    bare.draw(fixture("gallery_comparing"), host="lab-dark")
    page.get_by_role("button", name="Pick", exact=True).nth(1).wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.snb-seat video')].every((v) => v.readyState >= 2)"
    )
    keep(page, "comparison", ".snb-gallery")


def fixture(name: str) -> dict[str, object]:
    """The state that the tests draw under this name."""
    (path,) = [path for path in FIXTURES if path.stem == name]
    told: dict[str, object] = json.loads(path.read_text("utf-8"))
    return told


def keep(page: Page, name: str, part: str = ".snb-card") -> None:
    """The widget as it stands, without the empty page around it."""
    data = page.locator(part).first.screenshot()
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture.save(HERE / f"{name}.webp", "WEBP", quality=QUALITY, method=6)
