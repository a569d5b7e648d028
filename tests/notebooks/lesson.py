"""A notebook that was executed, and the questions that the tests ask of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TITLES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))

VERBS = ("tasks", "show", "resume", "save", "stop", "retry", "balance", "config", "help")
VIEW = "application/vnd.jupyter.widget-view+json"


def read(path: Path) -> NotebookNode:
    book: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    return book


@dataclass(frozen=True)
class Lesson:
    """``folder`` is the one in which it ran, where its films are."""

    book: NotebookNode
    folder: Path

    @property
    def cells(self) -> list[NotebookNode]:
        return [cell for cell in self.book.cells if cell.cell_type == "code"]

    def prompts(self) -> list[NotebookNode]:
        """The cells that ask for a film by magic: no verb, nothing that only looks."""
        found = []
        for cell in self.cells:
            words = cell.source.split()
            asks = words[0] == "%%sora" or (words[0] == "%sora" and words[1] not in VERBS)
            if asks and "--dry-run" not in words:
                found.append(cell)
        return found

    def only_cell_with(self, text: str) -> NotebookNode:
        (cell,) = [cell for cell in self.cells if text in cell.source]
        return cell

    def film(self, cell: NotebookNode) -> Path:
        """The file that the saved page of this cell plays, beside the notebook."""
        page = saved_page(cell)
        found = re.search(r'<video [^>]*\bsrc="([^"]+)"', page)
        assert found is not None, page[:500]
        return self.folder / unquote(unescape(found[1]))


def saved_page(cell: NotebookNode) -> str:
    """The HTML of the cell's one display; a live view would die with its kernel."""
    (output,) = [output for output in cell.outputs if output.output_type == "display_data"]
    assert VIEW not in output.data
    return str(output.data["text/html"])


def printed(cell: NotebookNode) -> str:
    return "".join(str(output.get("text", "")) for output in cell.outputs)
