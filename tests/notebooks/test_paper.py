"""A notebook on paper: each film is a picture with its caption, by LaTeX and by the browser."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from base64 import b64decode

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter, LatexExporter
from PIL import Image

from tests.notebooks.lesson import Lesson, saved_page

pytestmark = pytest.mark.parametrize("lesson", ["00_quickstart.ipynb"], indirect=True)


def latex_of(lesson: Lesson) -> tuple[str, dict[str, bytes]]:
    """The text, and the pictures by their names; of code cells alone: prose needs pandoc."""
    book = nbformat.v4.new_notebook(cells=lesson.cells)  # type: ignore[no-untyped-call]
    text, resources = LatexExporter().from_notebook_node(book)  # type: ignore[no-untyped-call]
    return text, resources["outputs"]


def test_latex_gets_a_picture_with_a_caption_for_each_film(lesson: Lesson) -> None:
    text, pictures = latex_of(lesson)
    for cell in lesson.prompts():
        start = f"output_{lesson.cells.index(cell)}_"
        ((path, data),) = [item for item in pictures.items() if start in item[0]]
        width, height = Image.open(io.BytesIO(data)).size
        assert width == 480
        assert height > 270 + 4 * 18, "the caption's lines stand below the film"
        assert f"{{{path}}}" in text
    assert "<video" not in text
    assert "sora-nb-saved" not in text


def test_a_film_that_did_not_come_is_words_in_latex(lesson: Lesson) -> None:
    assert "Change the prompt" in latex_of(lesson)[0]


# In a process of its own: Playwright and nbclient each want the thread's event loop. The page names
# scripts of other hosts, which no test may reach or wait for.
PRINT = """import sys
from tests.browser.chromium import launched
address, paper = sys.argv[1:]
with launched() as browser:
    page = browser.new_page()
    page.route("http*://**", lambda route: route.abort())
    page.goto(address)
    page.pdf(path=paper)
"""


@pytest.mark.todays_packages  # the check with old packages has no browser
def test_a_page_printed_by_the_browser_shows_every_poster(
    lesson: Lesson, request: pytest.FixtureRequest
) -> None:
    """As ``nbconvert --to webpdf`` does, which has no way to name a Chromium."""
    html, _ = HTMLExporter().from_notebook_node(lesson.book)  # type: ignore[no-untyped-call]
    page, paper = lesson.folder / "page.html", lesson.folder / "page.pdf"
    page.write_text(html, encoding="utf-8")
    command = [sys.executable, "-c", PRINT, page.as_uri(), str(paper)]
    subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=request.config.rootpath)
    found = re.findall(rb"/Subtype /Image\s.*?/Width (\d+)", paper.read_bytes(), re.DOTALL)
    widths = [int(width) for width in found]
    for cell in lesson.prompts():
        poster = re.search(r'poster="data:image/jpeg;base64,([^"]+)"', saved_page(cell))
        assert poster is not None
        widths.remove(Image.open(io.BytesIO(b64decode(poster[1]))).width)
