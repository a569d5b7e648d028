"""What `pip install` gives to a person who has nothing but Python."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

from .conftest import ROOT, Installed

BUNDLE = {"sora_nb/static/widget.js", "sora_nb/static/widget.css"}


def test_the_wheel_holds_the_package_its_bundle_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        sizes = {name: archive.getinfo(name).file_size for name in BUNDLE}
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "sora_nb").rglob("*.py")}
    assert modules <= names
    assert "sora_nb/py.typed" in names
    assert all(size > 1000 for size in sizes.values()), sizes
    extra = {name for name in names - modules - BUNDLE if ".dist-info/" not in name}
    assert {Path(name).suffix for name in extra} <= {".typed"}, extra
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_sdist_carries_the_bundle_so_that_no_node_is_needed(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= BUNDLE
    assert "js/src/panel/panel.ts" in names
    assert not any("node_modules" in name or name.startswith("tests/") for name in names)


def test_the_installed_package_imports_far_from_its_sources(installed: Installed) -> None:
    said = installed.run("python", "-c", "import sora_nb; print(sora_nb.__file__)")
    assert Path(said.strip()).is_relative_to(installed.bin.parent)


def test_every_public_name_loads_from_the_wheel(installed: Installed) -> None:
    program = "import sora_nb; print(len([getattr(sora_nb, name) for name in sora_nb.__all__]))"
    assert int(installed.run("python", "-c", program)) > 0


def test_the_command_says_what_it_can_do(installed: Installed) -> None:
    assert "demo" in installed.run("sora-nb", "--help")


def test_the_version_is_the_same_everywhere(installed: Installed) -> None:
    program = (
        "import sora_nb, importlib.metadata as m; print(sora_nb.__version__, m.version('sora_nb'))"
    )
    package, metadata = installed.run("python", "-c", program).split()
    assert package == metadata


def test_a_film_is_made_with_nothing_but_the_wheel(installed: Installed) -> None:
    program = """
import sora_nb
with sora_nb.Client() as client:
    video = client.generate("a paper boat in the rain").wait(timeout=60)
print(video.path)
"""
    installed.env["SORA_NB_SIMULATOR_SPEED"] = "200"
    path = Path(installed.run("python", "-c", program).strip().splitlines()[-1])
    film = path if path.is_absolute() else installed.cwd / path
    assert film.is_relative_to(installed.cwd)
    assert film.read_bytes()[4:8] == b"ftyp"
