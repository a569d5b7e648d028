"""What a person sees of one prompt, in a real JupyterLab in a real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import (
    FILM,
    PLAIN_AT_ONCE,
    LabPage,
    film_plays,
    page_of,
    screenshot,
)

LOAD = "%load_ext sora_nb"
# A busy cell ends when the test says so: nothing here depends on how fast the machine is.
SLEEPS = """import pathlib, time
while not pathlib.Path('enough').exists():
    time.sleep(0.2)
print('slept')"""
COMPUTES = """import pathlib
while not pathlib.Path('enough').exists():
    sum(i * i for i in range(100_000))
print('computed')"""


@pytest.mark.parametrize("busy", [SLEEPS, COMPUTES], ids=["sleeping", "computing"])
def test_the_film_is_made_and_plays_while_another_cell_keeps_the_kernel_busy(
    lab: LabPage, busy: str
) -> None:
    lab.open("busy", [LOAD, f"%sora a paper boat, {len(busy)}", busy])
    lab.run(0)
    lab.run(1)
    lab.start(2)
    expect(lab.output(1).get_by_text("processing", exact=True)).to_be_visible(timeout=10_000)
    film = lab.output(1).locator(FILM)
    film_plays(film)
    assert lab.execution_counts()[2] is None, "the busy cell ended before the film played"
    lab.touch("enough")
    lab.wait_done(2)
    assert lab.output_text(2).strip() in ("slept", "computed")


def test_the_film_still_plays_after_save_reload_kernel_restart_and_reopening(lab: LabPage) -> None:
    lab.open("lasting", [f"{LOAD}\n{PLAIN_AT_ONCE}", "%sora a lighthouse at dusk --wait"])
    lab.run(0)
    lab.run(1)
    expect(page_of(lab.output(1))).to_be_visible(timeout=20_000)
    film_plays(lab.output(1).locator(FILM))
    saved = lab.save()
    output, _standin = saved["cells"][1]["outputs"]
    assert set(output["data"]) == {"text/html", "image/jpeg", "text/plain"}
    assert "widgets" not in saved["metadata"]

    lab.load()
    film_plays(lab.output(1).locator(FILM))
    lab.restart_kernel()
    film_plays(lab.output(1).locator(FILM))
    lab.save()
    lab.shut_down_kernel()
    lab.load()
    film_plays(lab.output(1).locator(FILM))
    screenshot(lab.page, "reopened")


BEATS = """beats = []
async def beat():
    while True:
        beats.append(1)
        await asyncio.sleep(0.05)
heart = asyncio.get_running_loop().create_task(beat())
video = sora.generate('run all on {kernel}').wait()
print(video.path.name, len(beats) > 5)"""


@pytest.mark.parametrize("kernel", ["ipykernel-6", "ipykernel-7.3", "ipykernel-7.4"])
def test_run_all_goes_through_a_blocking_wait(lab: LabPage, kernel: str) -> None:
    cells = [
        f"{LOAD}\nimport asyncio, ipykernel, sora_nb as sora\nprint(ipykernel.__version__)",
        BEATS.format(kernel=kernel),
        "heart.cancel()\nprint('third')",
        "video = await sora.generate('awaited', duration=4)\nprint('fourth', video.seconds)",
        "print('fifth')",
    ]
    lab.open("run-all", cells, kernel=kernel)
    lab.command("notebook:run-all-cells")
    lab.wait_done(4, 60)
    assert lab.execution_counts() == [1, 2, 3, 4, 5]
    assert kernel.removeprefix("ipykernel-") in lab.output_text(0)
    assert "run-all-on-" in lab.output_text(1)
    assert "True" in lab.output_text(1), "the notebook's own coroutine stood still during wait()"
    assert "third" in lab.output_text(2)
    assert "fourth 4.0" in lab.output_text(3)
    assert "fifth" in lab.output_text(4)


def test_a_restarted_kernel_takes_every_task_up_again(lab: LabPage) -> None:
    slow = "import os; os.environ['SORA_NB_SIMULATOR_SPEED'] = '24'"
    lab.open("restart", [f"{slow}\n{LOAD}", "%sora first film\n%sora second film", "%sora resume"])
    lab.run(0)
    lab.run(1)
    expect(lab.output(1).get_by_text("submitted").first).to_be_visible()
    lab.restart_kernel()
    lab.run(0)
    lab.run(2)
    expect(lab.output(2).locator(FILM)).to_have_count(2, timeout=40_000)
    film_plays(lab.output(2).locator(FILM).first)


def test_a_film_outside_the_servers_root_comes_over_the_comm(
    lab: LabPage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    configure = f"import sora_nb as sora\nsora.configure(media={str(outside)!r})"
    lab.open("outside", [f"{LOAD}\n{configure}", "%sora a far away film"])
    lab.run(0)
    lab.run(1)
    film = lab.output(1).locator(FILM)
    film_plays(film)
    assert film.get_attribute("src", timeout=1000).startswith("blob:")  # type: ignore[union-attr]
    lab.save()
    lab.load()  # the bytes are gone with the page; the view asks for them again
    film_plays(lab.output(1).locator(FILM))


def test_a_reloaded_page_shows_the_end_of_a_task_that_it_saw_begin(lab: LabPage) -> None:
    lab.open("reload", [LOAD, "%sora a film across a reload"])
    lab.run(0)
    lab.run(1)
    expect(lab.output(1).get_by_text("queued", exact=True)).to_be_visible()
    lab.save()
    lab.load()
    film_plays(lab.output(1).locator(FILM))


def test_a_refused_prompt_shows_advice_then_becomes_plain_html(lab: LabPage) -> None:
    soon = PLAIN_AT_ONCE.replace("= 0", "= 2")
    lab.open("refused", [f"{soon}\n{LOAD}", "%sora a celebrity [fail:CONTENT_VIOLATION]"])
    lab.run(0)
    lab.run(1)
    output = lab.output(1)
    expect(output.get_by_text("The service refused the content.", exact=True)).to_be_visible(
        timeout=20_000
    )
    expect(output.locator(".snb-advise")).to_contain_text("Change the prompt")
    screenshot(lab.page, "refused")
    expect(page_of(output)).to_be_visible(timeout=40_000)
    expect(output.get_by_text("%sora retry")).to_be_visible()
    for saved in lab.save()["cells"][1]["outputs"]:
        assert "application/vnd.jupyter.widget-view+json" not in saved["data"]


@pytest.mark.parametrize("kernel", ["ipykernel-6", "ipykernel-7.4"])
def test_try_again_makes_a_new_task_in_the_same_panel(lab: LabPage, kernel: str) -> None:
    cells = [f"{LOAD}\nimport sora_nb as sora", f"%sora again on {kernel} [fail:GENERATION_FAILED]"]
    lab.open("again", [*cells, "print(len(sora.tasks()) - before)"], kernel=kernel)
    lab.run(0)
    lab.run(1)
    button = lab.output(1).get_by_role("button", name="Try again")
    expect(button).to_be_visible(timeout=20_000)
    button.click()
    expect(lab.output(1).get_by_text("submitted").first).to_be_visible()
    expect(button).to_be_visible(timeout=20_000)


def test_stop_watching_works_while_a_cell_is_busy(lab: LabPage) -> None:
    slow = "import os; os.environ['SORA_NB_SIMULATOR_SPEED'] = '2'"
    lab.open("stop", [f"{slow}\n{LOAD}", "%sora a film nobody watches", SLEEPS])
    lab.run(0)
    lab.run(1)
    expect(lab.output(1).get_by_text("processing", exact=True)).to_be_visible()
    lab.start(2)
    lab.output(1).get_by_role("button", name="Stop watching").click()
    expect(lab.output(1).get_by_text("stopped", exact=True)).to_be_visible(timeout=5_000)
    assert lab.execution_counts()[2] is None, "the busy cell ended before the click was handled"
    expect(lab.output(1).get_by_role("button", name="Watch again")).to_be_visible()
    lab.touch("enough")
    lab.wait_done(2)


WAITS = """import pathlib
t = sora.generate('interrupted')
pathlib.Path('sora_waits').touch()
t.wait()"""


def test_interrupting_a_wait_says_how_to_resume_and_keeps_the_task(lab: LabPage) -> None:
    slow = "import os; os.environ['SORA_NB_SIMULATOR_SPEED'] = '20'"
    cells = [f"{slow}\n{LOAD}\nimport sora_nb as sora", WAITS]
    lab.open("interrupt", [*cells, "print(t.state)", "t.wait()"])
    lab.run(0)
    lab.start(1)
    lab.wait_for_file("sora_waits")
    lab.command("notebook:interrupt-kernel")
    lab.wait_done(1, 10)
    assert "%sora resume" in lab.output_text(1)
    assert "Traceback" not in lab.output_text(1)
    lab.run(2)
    assert lab.output_text(2).strip() in ("submitting", "pending", "processing")
    lab.run(3)
    expect(lab.output(3).locator(FILM)).to_be_visible(timeout=30_000)
