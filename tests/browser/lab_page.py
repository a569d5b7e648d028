"""One notebook in a real JupyterLab page, driven as a person would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.jupyter_server import Server

READY_MS = 60_000

FILM = "video:visible"
"""The film that a person sees: a plain page that stands behind its player holds it as well."""

PLAIN_AT_ONCE = "from sora_nb.display.panel import panel as _output; _output.IDLE = 0"
"""Code of a first cell: a panel whose tasks rest becomes plain HTML as if long unused."""

_LAB = "JupyterLab"
_NOTEBOOK = "window.jupyterapp?.shell?.currentWidget"


class LabPage:
    """Opens ``name`` with the given cells; every wait has a bound."""

    app = "lab"

    def __init__(self, page: Page, server: Server, folder: str = "") -> None:
        self.page = page
        self.server = server
        self.folder = folder
        self.path = ""

    def open(self, name: str, cells: list[str], *, kernel: str = "ipykernel-7.4") -> None:
        """Write a notebook with these code cells and open it with a fresh kernel."""
        self.path = f"{self.folder}{name}.ipynb"
        file = self.server.root / self.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(notebook(cells, kernel)))
        if self.page.evaluate("() => window.jupyterapp?.name") == _LAB:
            self.page.evaluate(
                """(path) => {
                  window.jupyterapp.commands.execute('docmanager:open', { path });
                }""",
                self.path,
            )
            self._wait_ready()
        else:
            self.load()

    def load(self) -> None:
        """Load the whole page anew, with the notebook as it is on disk."""
        self.page.goto(self.server.page(self.path, app=self.app))
        self._wait_ready()

    def _wait_ready(self) -> None:
        self.page.wait_for_function(
            f"""(path) => {_NOTEBOOK}?.context?.path === path
              && {_NOTEBOOK}.sessionContext?.session?.kernel?.status === 'idle'""",
            arg=self.path,
            timeout=READY_MS,
        )

    def start(self, index: int) -> None:
        """Run a cell without waiting for it, as Shift+Enter does."""
        self.page.evaluate(
            f"""async (index) => {{
                const panel = {_NOTEBOOK};
                panel.content.activeCellIndex = index;
                window.jupyterapp.commands.execute('notebook:run-cell');
            }}""",
            index,
        )

    def wait_done(self, index: int, timeout: float = 60) -> None:
        """A cell is done when its model is idle and has its execution count."""
        self.page.wait_for_function(
            f"""(index) => {{
                const model = {_NOTEBOOK}.content.widgets[index].model;
                return model.executionState === 'idle' && model.executionCount !== null;
            }}""",
            arg=index,
            timeout=timeout * 1000,
        )

    def run(self, index: int, timeout: float = 60) -> None:
        self.start(index)
        self.wait_done(index, timeout)

    def command(self, name: str) -> None:
        self.page.evaluate(
            "(name) => { window.jupyterapp.commands.execute(name); }",
            name,
        )

    def save(self) -> dict[str, Any]:
        """Save, and give the notebook as it is on disk."""
        self.page.evaluate(f"async () => {{ await {_NOTEBOOK}.context.save(); }}")
        saved: dict[str, Any] = json.loads((self.server.root / self.path).read_text())
        return saved

    def restart_kernel(self) -> None:
        self.page.evaluate(
            f"async () => {{ await {_NOTEBOOK}.sessionContext.session.kernel.restart(); }}"
        )

    def shut_down_kernel(self) -> None:
        self.page.evaluate(f"async () => {{ await {_NOTEBOOK}.sessionContext.shutdown(); }}")

    def add(self, source: str) -> None:
        """A new code cell behind the last one."""
        self.page.evaluate(
            f"""(source) => {{
                const {{ content }} = {_NOTEBOOK};
                const {{ sharedModel }} = content.model;
                sharedModel.insertCell(sharedModel.cells.length, {{ cell_type: 'code', source }});
            }}""",
            source,
        )

    def second_view(self, index: int) -> None:
        """What "Create New View for Cell Output" does, for that cell."""
        self.page.evaluate(
            f"""async (index) => {{
                const panel = {_NOTEBOOK};
                panel.content.activeCellIndex = index;
                await window.jupyterapp.commands.execute('notebook:create-output-view');
                window.jupyterapp.shell.activateById(panel.id);
            }}""",
            index,
        )

    def touch(self, name: str) -> None:
        """Make a file beside the notebook, which a cell may be waiting for."""
        (self.server.root / self.path).with_name(name).touch()

    def wait_for_file(self, name: str) -> None:
        """Wait until a cell has made a file beside the notebook."""
        file = (self.server.root / self.path).with_name(name)
        for _ in range(300):
            if file.exists():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no cell made {name}")

    def end(self) -> None:
        """Close every notebook, and shut down every kernel of the server: one left over would slow
        the next test. JupyterLab itself stays: loading it takes longer than most tests."""
        clean = self.page.evaluate(
            """() => {
              const { name, shell } = window.jupyterapp ?? {};
              for (const it of shell ? [...shell.widgets('main')] : []) {
                // One that was not saved would ask before it is left.
                if (it.context) it.context.model.dirty = false;
                it.dispose();
              }
              return !document.querySelector('.jp-Dialog') && name;
            }"""
        )
        if clean != _LAB:
            self.page.goto("about:blank")
        headers = {"Authorization": f"token {self.server.token}"}
        kernels = f"{self.server.url}api/kernels"
        for kernel in self.page.request.get(kernels, headers=headers).json():
            self.page.request.delete(f"{kernels}/{kernel['id']}", headers=headers)

    def output(self, index: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-Cell-outputArea")

    def output_text(self, index: int) -> str:
        return self.output(index).inner_text()

    def execution_counts(self) -> list[int | None]:
        counts: list[int | None] = self.page.evaluate(
            f"() => {_NOTEBOOK}.content.widgets.map(w => w.model.executionCount)"
        )
        return counts


def notebook(cells: list[str], kernel: str) -> dict[str, Any]:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{index}",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for index, source in enumerate(cells)
        ],
    }


def page_of(output: Locator) -> Locator:
    """The plain page of an output."""
    return output.locator(".sora-nb-saved")


def film_plays(video: Locator, timeout: float = 60) -> None:
    """Wait until the film has data, start it as a click would, and see its time move."""
    page = video.page
    element = video.element_handle(timeout=timeout * 1000)
    page.wait_for_function(
        "v => v.readyState >= 2 || v.preload === 'none'", arg=element, timeout=timeout * 1000
    )
    page.evaluate("v => { v.muted = true; return v.play(); }", element)
    page.wait_for_function("v => v.currentTime > 0.2", arg=element, timeout=timeout * 1000)
    page.evaluate("v => v.pause()", element)


def screenshot(page: Page, name: str, *, whole: bool = False) -> None:
    folder = Path(__file__).parent.parent / "screenshots"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=whole)
