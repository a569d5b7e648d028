"""The wheel, built once as a person's `pip install` does, and an environment that holds only it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (".gitignore", "pyproject.toml", "hatch_build.py", "LICENSE", "README.md", "CHANGELOG.md")


def run(
    *command: str | Path, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to the end; a failure shows what the command said."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (
        f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}"
    )
    return done


@pytest.fixture(scope="session")
def uv() -> Path:
    found = shutil.which("uv")
    assert found, "uv is not on PATH: run the tests with `python3 dev.py test`"
    return Path(found)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as a fresh clone has them: nothing that a build made."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in SOURCES:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy / name)
    for folder in ("sora_nb", "js"):
        made = shutil.ignore_patterns("__pycache__", "static", "node_modules", "tests")
        shutil.copytree(ROOT / folder, copy / folder, ignore=made)
    return copy


@pytest.fixture(scope="session")
def dist(uv: Path, checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sdist and of the wheel built from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(uv, "build", "--python", sys.executable, "--out-dir", folder, cwd=checkout)
    return folder


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("*.whl")
    return found


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel and its dependencies, and nothing of this checkout."""

    bin: Path
    cwd: Path
    env: dict[str, str]

    def run(self, program: str, *arguments: str) -> str:
        return run(self.bin / program, *arguments, cwd=self.cwd, env=self.env).stdout


@pytest.fixture(scope="session")
def installed(uv: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    home = tmp_path_factory.mktemp("elsewhere")
    venv = home / "venv"
    run(uv, "venv", "--python", sys.executable, venv, cwd=home)
    run(uv, "pip", "install", "--python", venv / "bin" / "python", wheel, cwd=home)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("LC_", "LANG"))}
    own = {"HOME": str(home), "PATH": f"{venv / 'bin'}{os.pathsep}{os.defpath}"}
    return Installed(venv / "bin", home, {**kept, **own})
