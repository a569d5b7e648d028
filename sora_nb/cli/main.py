"""sora-nb: the command line. What it does with tasks, it does through the same Client."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sora_nb._version import __version__
from sora_nb.core.errors import SoraError

if TYPE_CHECKING:
    from sora_nb.handles.task import Task

BEAT = 0.2
"""Seconds between two looks at the tasks of ``sora-nb resume``."""

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended, as shells give it."""


def main(argv: Sequence[str] | None = None, *, pause: Callable[[float], None] = time.sleep) -> int:
    """Run one command and give its exit code: 0 done, 1 trouble, 2 wrong usage, 130 Ctrl-C."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["simulator"]:
        return _simulator(words[1:])
    parser = _parser()
    try:
        asked = parser.parse_args(words)
    except SystemExit as end:  # argparse has said what it had to say
        return _exit_code(end)
    if asked.command is None:
        parser.print_help()
        return 2
    try:
        code = int(asked.run(asked, pause))
        sys.stdout.flush()
    except SoraError as trouble:
        print("\n".join(trouble._render_traceback_()), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has had enough (| head). What is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sora-nb", description="Films from prompts, beside the notebook."
    )
    parser.add_argument("--version", action="version", version=f"sora_nb {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    demo = commands.add_parser("demo", help="the simulator and JupyterLab on the quickstart")
    demo.add_argument("--port", type=int, help="port on 127.0.0.1; default: a free one")
    demo.add_argument(
        "--speed", type=float, help="how much faster than the real service; default 30"
    )
    demo.add_argument(
        "--headless", action="store_true", help="run the notebook and check that a film came out"
    )
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    demo.set_defaults(run=_demo)

    commands.add_parser("simulator", help="the service on this machine; see: simulator --help")

    tasks = commands.add_parser("tasks", help="a table of every task")
    tasks.add_argument("--json", action="store_true", help="as a JSON array")
    tasks.set_defaults(run=_tasks)

    resume = commands.add_parser("resume", help="watch every unfinished task until it ends")
    resume.set_defaults(run=_resume)

    rescue = commands.add_parser("rescue", help="save every film that was never saved")
    rescue.set_defaults(run=_rescue)

    config = commands.add_parser("config", help="each setting and where it came from")
    config.set_defaults(run=_config)

    doctor = commands.add_parser("doctor", help="what is fine here, what is not, what to do")
    doctor.add_argument("--json", action="store_true", help="as a JSON array")
    doctor.set_defaults(run=_doctor)
    return parser


def _demo(asked: argparse.Namespace, _pause: Callable[[float], None]) -> int:
    from sora_nb.cli import demo

    if asked.headless:
        return demo.headless(speed=asked.speed)
    return demo.lab(port=asked.port, speed=asked.speed, browser=not asked.no_browser)


def _simulator(words: list[str]) -> int:
    """Hand over to ``python -m sora_nb.simulator``, which knows its own options."""
    import runpy

    before = sys.argv
    sys.argv = ["sora-nb simulator", *words]
    try:
        runpy.run_module("sora_nb.simulator", run_name="__main__")
    except SystemExit as end:
        return _exit_code(end)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        sys.argv = before
    return 0


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1


def _tasks(asked: argparse.Namespace, _pause: Callable[[float], None]) -> int:
    from sora_nb.client.default import default_client
    from sora_nb.handles.task_table import row, text_table

    records = [task.record for task in default_client().tasks()]
    if asked.json:
        print(json.dumps([row(record) for record in records], indent=2, ensure_ascii=False))
    else:
        print(text_table(records))
    return 0


def _resume(_asked: argparse.Namespace, pause: Callable[[float], None]) -> int:
    from sora_nb.client.default import default_client

    tasks = default_client().resume()
    if not tasks:
        print("nothing to resume: no task is unfinished")
        return 0
    return _until_saved(tasks, pause)


def _rescue(_asked: argparse.Namespace, pause: Callable[[float], None]) -> int:
    from sora_nb.client.default import default_client
    from sora_nb.display.text.report import rescue_text

    taken, lost = default_client().rescue()
    print(rescue_text(taken, lost))
    return max(1 if lost else 0, _until_saved(taken, pause))


def _until_saved(tasks: Sequence[Task], pause: Callable[[float], None]) -> int:
    try:
        _follow(tasks, pause)
    except KeyboardInterrupt:
        print("stopped watching: the tasks go on at the service; sora-nb resume watches again")
        return INTERRUPTED
    return 0 if all(task.state == "ready" for task in tasks) else 1


def _follow(tasks: Sequence[Task], pause: Callable[[float], None]) -> None:
    """A line for each change of each task, until all rest."""
    from sora_nb.core.task import UNFINISHED

    told: dict[str, str] = {}
    while True:
        states = {task.key: task.state for task in tasks}
        for task in tasks:
            state = states[task.key]
            if told.get(task.key) != state:
                told[task.key] = state
                print(_line(task, state), flush=True)
        if not any(state in UNFINISHED for state in states.values()):
            return
        pause(BEAT)


def _line(task: Task, state: str) -> str:
    if state == "ready":
        return f"{task.key}  ready  {task.video().path}"
    error: Any = task.error
    return f"{task.key}  {state}" + (f"  {error.message}" if error else "")


def _config(_asked: argparse.Namespace, _pause: Callable[[float], None]) -> int:
    from sora_nb.client.default import default_client
    from sora_nb.display.text.report import config_text

    client = default_client()
    print(config_text(client.settings, client.journal_mode()))
    return 0


def _doctor(asked: argparse.Namespace, _pause: Callable[[float], None]) -> int:
    from sora_nb.client.default import default_client
    from sora_nb.doctor.findings import findings, text_of, worst
    from sora_nb.doctor.gather import gather_here

    client = default_client()
    found = findings(gather_here(client.settings, client.notebook_folder, client.balance))
    if asked.json:
        rows = [finding._asdict() for finding in found]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        print(text_of(found))
    return 1 if worst(found) == "bad" else 0


if __name__ == "__main__":
    raise SystemExit(main())
