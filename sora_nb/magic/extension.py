"""%sora and %%sora: a line of text becomes a request, or a verb becomes a call of the client.

The grammar and the client are imported by the first line that needs them: %load_ext stays cheap.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import no_var_expand

from sora_nb.magic.options import KEYED, help_text, short_help

if TYPE_CHECKING:
    from sora_nb.client import Client
    from sora_nb.magic.line import Generate


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register %sora, %%sora and their completion, and say in one line which service is in use."""
    from IPython.core import completer

    from sora_nb.magic import tab

    register: Any = shell.register_magic_function  # its own annotation lacks the function
    register(_magic_of(shell), "line_cell", "sora")
    tab.install(shell, completer)
    print(_greeting(os.environ))


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics and the completion away again. Tasks go on."""
    from sora_nb.magic import tab

    tab.remove(shell)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("sora", None)


def _greeting(environ: Mapping[str, str]) -> str:
    """Which service is in use, and what is about to be lost."""
    import sora_nb
    from sora_nb.core.errors import InvalidRequest
    from sora_nb.core.settings import resolve
    from sora_nb.default_client import configured
    from sora_nb.expiring import expiring, warning
    from sora_nb.key_sources import key_sources
    from sora_nb.report import service_line

    elsewhere = [name for name, _ in key_sources()]
    try:
        settings = resolve({}, environ=environ, notebook_folder=Path.cwd(), configured=configured())
    except InvalidRequest as trouble:
        return f"sora_nb {sora_nb.__version__} · {trouble}"
    line = service_line(sora_nb.__version__, settings, elsewhere=elsewhere)
    loss = warning(expiring(settings, time.time()))
    return f"{line}\n{loss}" if loss else line


def _magic_of(shell: InteractiveShell) -> Callable[..., object]:
    def sora(line: str, cell: str | None = None) -> object:
        from sora_nb.magic.scanner import LineError

        try:
            return _run(shell, line, cell)
        except LineError as trouble:
            raise UsageError(str(trouble)) from None

    sora.__doc__ = help_text()
    # IPython expands {x} and $x on a magic's line otherwise: a prompt is literal.
    return cast(Callable[..., object], cast(Any, no_var_expand)(sora))


def _run(shell: InteractiveShell, line: str, cell: str | None) -> object:
    from sora_nb.magic.line import Studio, Verb, parse

    command = parse(line, cell)
    if isinstance(command, Studio):
        return _studio()
    if isinstance(command, Verb) and command.name == "help":
        print(help_text())
        return None
    from sora_nb.default_client import default_client
    from sora_nb.display.places import runs_without_a_person

    client = default_client()
    wait = runs_without_a_person(shell, os.environ)
    if isinstance(command, Verb):
        return _DO[command.name](client, wait, *command.args)
    if command.sweep is not None:
        from sora_nb.magic.sweeping import make_sweep

        return make_sweep(shell.user_ns, client, command, command.wait or wait)
    return _generate(shell, client, command, command.wait or wait)


def _studio() -> object:
    """The form, where a page can draw it; shown whether its value is assigned or not."""
    from sora_nb.display.host import host_here

    if not host_here().has_page:
        print(short_help())
        return None
    from sora_nb.studio import Studio

    studio = Studio()
    studio.show_here()
    return studio


def _generate(shell: InteractiveShell, client: Client, command: Generate, wait: bool) -> object:
    from sora_nb.asking import refuse_above
    from sora_nb.core.errors import SoraError
    from sora_nb.display.collection import Tasks
    from sora_nb.display.show import show_tasks
    from sora_nb.magic.line import substitute

    _refuse_a_misspelt_verb(client, command)
    prompt = substitute(command.prompt, command.variables, shell.user_ns)
    arguments = command.arguments()
    takes = range(1, command.takes + 1)
    if command.dry_run:
        from sora_nb.report import preview_text

        previews = [client.preview(prompt, take=take, **arguments) for take in takes]
        print(preview_text(previews, client.settings.budget, client.budget_left()))
        return None
    if command.max_cost is not None:
        refuse_above(
            command.max_cost, [client.preview(prompt, take=take, **arguments) for take in takes]
        )
    tasks: list[Any] = []
    trouble: SoraError | None = None
    try:
        for take in takes:
            # One by one: those before an error must not be lost.
            tasks.append(client.generate(prompt, take=take, **arguments))  # noqa: PERF401
    except SoraError as error:
        trouble = error  # the takes before it are on their way: they are shown first
    if trouble and not tasks:
        raise trouble
    result = tasks[0] if command.takes == 1 else Tasks(tasks)
    if command.out:
        shell.user_ns[command.out] = result
    show_tasks(tasks, wait=wait and trouble is None)
    if trouble:
        raise trouble
    return result


def _refuse_a_misspelt_verb(client: Client, command: Generate) -> None:
    """``%sora shwo KEY`` is not a prompt: the second word is the key of a task."""
    from sora_nb.core.errors import InvalidRequest
    from sora_nb.magic.line import nearly_a_verb
    from sora_nb.magic.scanner import LineError

    words = command.prompt.split()
    verb = nearly_a_verb(words[0])
    if command.literal or len(words) < 2 or verb is None or verb not in KEYED:
        return
    try:
        key = client.get(words[1]).key
    except InvalidRequest:
        return  # no such task: it is a prompt
    raise LineError(f"did you mean %sora {verb} {key}? A prompt like this goes in quotes.")


def _tasks(client: Client, _wait: bool) -> object:
    return client.tasks()


def _show(client: Client, _wait: bool, key: str) -> object:
    from sora_nb.display.show import show_tasks

    task = client.get(key)
    show_tasks([task], player=True)
    return task


def _resume(client: Client, wait: bool) -> object:
    from sora_nb.display.show import show_tasks

    tasks = client.resume()
    if not tasks:
        print("nothing to resume: no task is unfinished")
        return None
    show_tasks(tasks, wait=wait)
    return tasks


def _rescue(client: Client, wait: bool) -> object:
    from sora_nb.display.show import show_tasks
    from sora_nb.report import rescue_text

    taken, lost = client.rescue()
    print(rescue_text(taken, lost))
    show_tasks(taken, wait=wait)
    return taken or None


def _save(client: Client, _wait: bool, key: str, path: str) -> None:
    print(client.get(key).video().save(path))


def _stop(client: Client, _wait: bool, key: str) -> None:
    task = client.get(key)
    task.stop()
    print(
        f"task {task.key}: no longer watched. The remote task goes on and may be charged; "
        "%sora resume watches it again."
    )


def _retry(client: Client, wait: bool, key: str) -> object:
    from sora_nb.display.show import show_tasks

    task = client.get(key).retry()
    show_tasks([task], wait=wait)
    return task


def _adopt(client: Client, wait: bool, key: str, task_id: str) -> object:
    from sora_nb.display.show import show_tasks

    task = client.adopt(key, task_id)
    show_tasks([task], wait=wait)
    return task


def _forget(client: Client, _wait: bool, key: str) -> None:
    client.forget(key)
    print(f"task {key}: forgotten. It is kept in the journal as failed.")


def _balance(client: Client, _wait: bool) -> None:
    settings = client.settings
    where = "simulator: made up, nothing is charged" if settings.simulated else settings.service_url
    print(f"{client.balance():.2f} USD ({where})")


def _config(client: Client, _wait: bool) -> None:
    from sora_nb.report import config_text

    print(config_text(client.settings, client.journal_mode()))


def _doctor(client: Client, _wait: bool) -> None:
    from sora_nb.display.browser_check import show_browser_check
    from sora_nb.doctor import Finding, findings, text_of
    from sora_nb.doctor_facts import gather_here

    facts = gather_here(client.settings, client.notebook_folder, client.balance)
    print(text_of(findings(facts)))
    if facts.host.has_page:
        show_browser_check(client.settings.media, facts.host, lambda one: text_of([Finding(**one)]))


_DO: Mapping[str, Callable[..., object]] = {
    "tasks": _tasks,
    "show": _show,
    "resume": _resume,
    "rescue": _rescue,
    "save": _save,
    "stop": _stop,
    "retry": _retry,
    "adopt": _adopt,
    "forget": _forget,
    "balance": _balance,
    "config": _config,
    "doctor": _doctor,
}
