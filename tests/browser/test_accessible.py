"""Every state of every widget, for everybody: drawn from the fixtures in a page without Jupyter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.bare_page import FIXTURES, HOSTS, BarePage, Films, findings, made_films
from tests.browser.conftest import VIEWPORT
from tests.browser.lab_page import LabPage, screenshot

WIDE, NARROW = 1000, 320
COLOURS = {"light": "lab-light", "dark": "lab-dark"}
STATES = [pytest.param(path, id=path.stem) for path in FIXTURES]


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    return made_films(tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="module")
def stage(browser: Browser, films: Films) -> Iterator[BarePage]:
    context = browser.new_context(viewport=VIEWPORT)
    yield BarePage(context.new_page(), films)
    context.close()


@pytest.fixture
def bare(stage: BarePage) -> BarePage:
    """One page for all, which each drawing loads anew; nothing of a test's wishes is left."""
    stage.page.set_viewport_size(VIEWPORT)
    stage.page.emulate_media(color_scheme="null", forced_colors="null", reduced_motion="null")
    return stage


def looks(bare: BarePage, told: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Light and dark, wide and narrow: drawn wide and then made narrow, and the other way round."""
    for (colour, host), widths in zip(COLOURS.items(), permutations((WIDE, NARROW)), strict=True):
        bare.page.set_viewport_size({"width": widths[0], "height": 700})
        bare.draw(told, host=host)
        for width in widths:
            bare.page.set_viewport_size({"width": width, "height": 700})
            yield colour, width


def state(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return told


def fixture(name: str) -> dict[str, Any]:
    (path,) = [path for path in FIXTURES if path.stem == name]
    return state(path)


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const root = document.scrollingElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          return [...document.querySelectorAll('#output *')]
            .filter((el) => el.getBoundingClientRect().right > root.clientWidth + 0.5)
            .map((el) => `${el.className} ends at ${el.getBoundingClientRect().right}`);
        }"""
    )
    return found


def cut(page: Page) -> list[str]:
    """Words that do not fit into their place. A prompt is folded on purpose, with a button; a
    step's name is cut only where it is not one of ours; a list's row is one line of what its card
    shows whole. What glides over a frame is taken at its beginning."""
    page.evaluate(
        """() => document.getAnimations().forEach((one) => {
          one.pause();
          one.currentTime = 0;
        })"""
    )
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('#output .sora-nb *')]
          .filter((el) => el.checkVisibility() && el.textContent.trim() !== '')
          .filter((el) => !el.closest('.snb-unseen, [data-folded=true], select, .snb-name'))
          .filter((el) => !el.closest('.snb-rows, .snb-caption'))
          .filter((el) => getComputedStyle(el).overflowX !== 'visible')
          .filter((el) => el.scrollWidth > el.clientWidth + 1 ||
            el.scrollHeight > el.clientHeight + 1)
          .map((el) => `${el.className}: ${el.textContent}`)"""
    )
    return found


@pytest.mark.parametrize("path", STATES)
def test_axe_finds_nothing_in_any_state(bare: BarePage, path: Path) -> None:
    for colour, width in looks(bare, state(path)):
        screenshot(bare.page, f"state_{path.stem}_{colour}_{width}", whole=True)
        assert bare.findings() == [], (colour, width)
        assert (too_wide(bare.page), cut(bare.page)) == ([], []), (colour, width)


def test_what_opens_and_what_fails_in_the_player_is_as_accessible(bare: BarePage) -> None:
    for colour, host in COLOURS.items():
        for width in (WIDE, NARROW):
            bare.page.set_viewport_size({"width": width, "height": 700})
            bare.draw(fixture("ready"), host=host)
            bare.page.locator(".snb-video").focus()
            bare.page.keyboard.press("s")
            bare.page.keyboard.press("?")
            expect(bare.page.locator(".snb-shot[data-drawn]")).to_have_count(12)
            screenshot(bare.page, f"player_open_{colour}_{width}", whole=True)
            assert bare.findings() == [], (colour, width)
            assert (too_wide(bare.page), cut(bare.page)) == ([], []), (colour, width)
            bare.draw(lost(), host=host)
            expect(bare.page.get_by_text("The film cannot be shown here")).to_be_visible()
            screenshot(bare.page, f"player_lost_{colour}_{width}", whole=True)
            assert bare.findings() == [], (colour, width)
            bare.draw(fixture("failed_content"), host=host)
            bare.page.locator("summary").click()
            screenshot(bare.page, f"words_{colour}_{width}", whole=True)
            assert bare.findings() == [], (colour, width)


def lost() -> dict[str, Any]:
    """A film whose every road ends; its host plays no sound either."""
    told = fixture("ready")
    told["cards"][0]["film"] |= {"server_path": None, "url": None, "silent": True}
    return told


@pytest.mark.parametrize("road", ["server", "another origin"])
def test_the_storyboard_draws_along_the_film_and_leads_there(bare: BarePage, road: str) -> None:
    told = fixture("ready")
    if road == "another origin":
        told["cards"][0]["film"]["server_path"] = None
    bare.draw(told)
    page = bare.page
    video = page.locator("video")
    src = str(video.get_attribute("src"))
    assert src.startswith("https://cdn.") == (road == "another origin")
    page.get_by_role("button", name="Storyboard").click()
    expect(page.locator(".snb-shot[data-drawn]")).to_have_count(12)
    page.get_by_role("button", name="Go to 0:02.5").click()
    assert video.evaluate("v => [v.currentTime, v.paused]") == [2.5, True]
    page.keyboard.press("ArrowRight")
    expect(page.locator(".snb-scene[aria-current]")).to_be_focused()
    assert round(video.evaluate("v => v.currentTime"), 2) == 2.83
    # Read from the screen: a canvas that holds another site's film gives no pixels away.
    shots = [shot.screenshot() for shot in page.locator(".snb-shot").all()[:12:4]]
    assert len(set(shots)) == 3


@pytest.mark.parametrize("path", STATES)
def test_at_200_percent_zoom_nothing_is_cut_or_scrolls_sideways(bare: BarePage, path: Path) -> None:
    bare.page.set_viewport_size({"width": 1280, "height": 900})
    bare.draw(state(path))
    bare.page.evaluate("() => { document.documentElement.style.zoom = 2; }")
    assert (too_wide(bare.page), cut(bare.page)) == ([], [])


@pytest.mark.parametrize("path", STATES)
def test_forced_colours_leave_every_state_readable(bare: BarePage, path: Path) -> None:
    bare.page.emulate_media(forced_colors="active")
    bare.draw(state(path))
    screenshot(bare.page, f"forced_{path.stem}", whole=True)
    assert bare.findings() == []
    seen = "el => ['transparent', 'rgba(0, 0, 0, 0)'].includes(getComputedStyle(el).color)"
    for shape in bare.page.locator(".snb-step:not([data-mark=todo], [data-mark=now])").all():
        assert not shape.locator(".snb-shape").evaluate(seen)


@pytest.mark.parametrize("path", STATES)
def test_with_reduced_motion_nothing_moves_by_itself(bare: BarePage, path: Path) -> None:
    bare.page.emulate_media(reduced_motion="reduce")
    bare.draw(state(path))
    running = "() => document.getAnimations().map((one) => one.animationName ?? String(one))"
    assert bare.page.evaluate(running) == []


def test_what_moves_for_others_is_an_animation_that_can_be_counted(bare: BarePage) -> None:
    bare.page.emulate_media(reduced_motion="no-preference")
    bare.draw(fixture("processing"))
    assert bare.page.evaluate("() => document.getAnimations().length") > 0


HEBREW = "\u05e1\u05d9\u05e8\u05ea \u05e0\u05d9\u05d9\u05e8 \u05d1\u05d2\u05e9\u05dd, 16:9!"


@pytest.mark.parametrize("way", ["ltr", "rtl"])
@pytest.mark.parametrize("name", ["processing", "ready", "failed_content"])
def test_a_prompt_is_read_in_its_own_direction_in_pages_of_both(
    bare: BarePage, name: str, way: str
) -> None:
    told = fixture(name)
    direction = "el => getComputedStyle(el).direction"
    for width in (WIDE, NARROW):
        for prompt, expected in ((HEBREW, "rtl"), ("A paper boat", "ltr")):
            told["cards"][0]["prompt"] = prompt
            bare.page.set_viewport_size({"width": width, "height": 700})
            bare.draw(told, direction=way)
            assert bare.page.locator(".snb-prompt").evaluate(direction) == expected
            assert bare.page.locator(".snb-facts").evaluate(direction) == "ltr"
            assert (too_wide(bare.page), cut(bare.page)) == ([], [])
            assert bare.findings() == []
        screenshot(bare.page, f"{way}_{name}_{width}", whole=True)
    if name == "ready":  # a film's time runs from left to right everywhere
        assert bare.page.locator(".snb-bar").evaluate(direction) == "ltr"


PAINT = """el => {
  const { backgroundColor, color } = getComputedStyle(el);
  const accent = getComputedStyle(el.closest('.sora-nb')).getPropertyValue('--accent');
  return [backgroundColor, color, accent.trim()];
}"""
LIGHT = ("rgb(255, 255, 255)", "rgb(31, 35, 40)", "#0a66c2")
DARK = ("rgb(27, 29, 33)", "rgb(230, 233, 237)", "#58a6ff")
PAINTED = {
    ("none", "light"): LIGHT,
    ("none", "dark"): DARK,
    ("lab-light", "dark"): ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0.87)", "#1976d2"),
    ("lab-dark", "light"): ("rgb(17, 17, 17)", "rgb(255, 255, 255)", "#64b5f6"),
    ("vscode-light", "dark"): ("rgb(255, 255, 254)", "rgb(59, 59, 59)", "#005fb8"),
    ("vscode-dark", "light"): ("rgb(31, 31, 31)", "rgb(204, 204, 204)", "#4daafc"),
    ("colab-light", "dark"): ("rgb(254, 254, 254)", "rgb(32, 33, 36)", "#0a66c2"),
    ("colab-dark", "light"): ("rgb(56, 56, 56)", "rgb(213, 213, 213)", "#58a6ff"),
}


def test_every_host_has_a_theme_to_try() -> None:
    assert {host for host, _ in PAINTED} == set(HOSTS)


@pytest.mark.parametrize(("host", "system"), PAINTED)
def test_the_hosts_own_colours_come_before_the_systems(
    bare: BarePage, host: str, system: Literal["light", "dark"]
) -> None:
    bare.page.emulate_media(color_scheme=system)
    bare.draw(fixture("many"), host=host)
    card = bare.page.locator(".snb-card").first
    assert tuple(card.evaluate(PAINT)) == PAINTED[host, system]
    screenshot(bare.page, f"host_{host}_{system}", whole=True)
    assert bare.findings() == []


def test_panel_and_player_in_jupyterlab_itself_in_both_themes(lab: LabPage) -> None:
    slow = "import os; os.environ['SORA_NB_SIMULATOR_SPEED'] = '12'"
    make = "import sora_nb as sora\ntask = sora.generate('a kite for everybody'); task.wait();"
    show = "get_ipython().run_line_magic('sora', f'show {task.key}');"
    lab.open("themes", [f"{slow}\n%load_ext sora_nb\n{make}", show, "%sora a boat for everybody"])
    for cell in range(3):
        lab.run(cell)
    expect(lab.output(1).locator(".snb-bar")).to_have_attribute("data-ready", "true")
    page = lab.page
    for theme, name in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
        page.evaluate(
            "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
            theme,
        )
        flag = "false" if name == "dark" else "true"
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", flag)
        # The theme's own style sheet comes after its name.
        page.wait_for_function(
            """(dark) => [...document.querySelectorAll('.snb-card')].every((card) => {
              const [red] = getComputedStyle(card).backgroundColor.match(/\\d+/);
              return Number(red) < 128 === dark;
            })""",
            arg=name == "dark",
        )
        for cell in (1, 2):
            lab.output(cell).scroll_into_view_if_needed()
            screenshot(page, f"lab_{name}_{cell}")
            assert findings(page, ".sora-nb") == [], (name, cell)
