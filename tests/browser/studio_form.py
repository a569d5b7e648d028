"""The Studio's form in a cell of a real JupyterLab, used as a person does."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.lab_page import LabPage, screenshot

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
# Of a notebook's output, not of a page: JupyterLab owns the landmarks around it.
AXE_RUN = """async (root) => {
    const found = await axe.run(root, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        rules: {region: {enabled: false}},
    });
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((n) => n.html).join(" | ")}`);
}"""


class Form:
    """The form in one cell's output, used as a person does."""

    def __init__(self, lab: LabPage, index: int) -> None:
        self.lab = lab
        self.el = lab.output(index).locator(".sora-nb")
        self.prompt = self.el.get_by_label("Prompt", exact=True)
        self.go = self.el.locator(".snb-go")
        self.cost = self.el.locator(".snb-cost")
        self.rows = self.el.get_by_role("grid").get_by_role("row")
        expect(self.prompt).to_be_visible(timeout=20_000)

    def chip(self, phrase: str) -> Locator:
        return self.el.get_by_role("button", name=phrase, exact=True)

    def said(self, text: str) -> Locator:
        """What is said beside a field; the same is spoken to screen readers."""
        return self.el.locator(".snb-hint").filter(has_text=text)

    def violations(self) -> list[str]:
        """What axe-core has against what is inside the Studio now."""
        page = self.lab.page
        if not page.evaluate("() => 'axe' in window"):
            # As a page's own script: JupyterLab's loader would take a module for itself.
            page.evaluate("(text) => { (0, eval)(text); }", AXE.read_text("utf-8"))
        found: list[str] = self.el.evaluate(AXE_RUN)
        return found

    def shot(self, name: str) -> None:
        screenshot(self.lab.page, f"studio-{name}")
