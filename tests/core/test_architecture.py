"""The page that draws the house: its floors are those of the contracts, its functions exist."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
PACKAGE = ROOT / "sora_nb"


def layers(name: str) -> list[str]:
    """The layers of the contract whose name begins so, from top to bottom."""
    found = [one for one in CONTRACTS["contracts"] if one["name"].startswith(name)]
    assert len(found) == 1
    return list(found[0]["layers"])


def folder_of(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


def arrows() -> set[tuple[str, str]]:
    """(from, to) of every import between two floors, lazy and typing-only ones included."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                if name.startswith("sora_nb.") and folder_of(name) != here:
                    found.add((here, folder_of(name)))
    return found


def test_the_page_draws_the_floors_of_the_contract_from_top_to_bottom() -> None:
    picture = PAGE.split("```")[1].strip().splitlines()
    drawn = [re.split(r"\s{2,}", line)[0] for line in picture]
    assert drawn == layers("1 Floors")


def test_the_floors_are_the_folders_and_every_import_goes_down() -> None:
    floor = {
        name: depth for depth, layer in enumerate(layers("1 Floors")) for name in layer.split(" | ")
    }
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders - {"simulator"} == set(floor)
    loose = {path.name for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__.py", "_version.py"}
    known = {pair for pair in arrows() if pair[0] in floor and pair[1] in floor}
    assert len(known) > 20
    assert [pair for pair in sorted(known) if floor[pair[0]] >= floor[pair[1]]] == []


def test_no_folder_has_more_than_24_files() -> None:
    counts = {
        str(folder.relative_to(ROOT)): len(list(folder.glob("*.py")))
        for folder in [PACKAGE, *PACKAGE.rglob("*")]
        if folder.is_dir()
    }
    assert [name for name, count in counts.items() if count > 24] == []


def test_the_browsers_floors_are_those_of_its_own_test() -> None:
    drawn = PAGE.split("```")[3].strip()
    held = (ROOT / "js" / "tests" / "architecture.test.ts").read_text("utf-8")
    assert drawn.split(" > ")[0] == "widget"
    order = [name for layer in drawn.split(" > ")[1:] for name in layer.split(" | ")]
    places = [re.search(rf"\b{name}\b", held) for name in order]
    assert all(places)
    assert {path.name for path in (ROOT / "js" / "src").iterdir() if path.is_dir()} == set(order)


def test_every_function_of_a_journey_exists_and_a_journey_has_ten_steps_at_most() -> None:
    named = re.findall(r"`([\w/]+\.(?:py|ts))::(\w+)`", PAGE)
    assert len(named) > 40
    missing = []
    for file, function in named:
        path = ROOT / file if file.startswith("js/") else PACKAGE / file
        keyword = "function" if file.endswith(".ts") else "def"
        if not re.search(rf"\b{keyword} {function}\b", path.read_text("utf-8")):
            missing.append((file, function))
    assert missing == []
    journeys = [part for part in PAGE.split("\n## ") if part.startswith("The journey")]
    assert len(journeys) == 4
    assert all(1 < len(re.findall(r"^\d+\. ", part, re.MULTILINE)) <= 10 for part in journeys)
