"""%sora PROMPT: a line of text becomes a film, or several takes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell

from sora_nb.magic.options import KEYED

if TYPE_CHECKING:
    from sora_nb.client.client import Client
    from sora_nb.magic.line import Generate


def _generate(shell: InteractiveShell, client: Client, command: Generate, wait: bool) -> object:
    from sora_nb.core.errors import SoraError
    from sora_nb.display.presenter import show_tasks
    from sora_nb.handles.tasks import Tasks
    from sora_nb.magic.line import substitute
    from sora_nb.planning.pricing import refuse_above

    _refuse_a_misspelt_verb(client, command)
    prompt = substitute(command.prompt, command.variables, shell.user_ns)
    arguments = command.arguments()
    takes = range(1, command.takes + 1)
    if command.dry_run:
        from sora_nb.display.text.report import preview_text

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
