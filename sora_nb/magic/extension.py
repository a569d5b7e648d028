"""%sora and %%sora: a line of text becomes a request, or a verb becomes a call of the client.

The grammar and the client are imported by the first line that needs them: %load_ext stays cheap.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, cast

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import no_var_expand

from sora_nb.magic.generate import _generate
from sora_nb.magic.greeting import _greeting
from sora_nb.magic.options import help_text, short_help
from sora_nb.magic.verbs import _DO


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register %sora, %%sora and their completion, and say in one line which service is in use."""
    from IPython.core import completer as ipython_completer

    from sora_nb.magic import completer

    register: Any = shell.register_magic_function  # its own annotation lacks the function
    register(_magic_of(shell), "line_cell", "sora")
    completer.install(shell, ipython_completer)
    print(_greeting(os.environ))


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics and the completion away again. Tasks go on."""
    from sora_nb.magic import completer

    completer.remove(shell)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("sora", None)


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
    from sora_nb.client.default import default_client
    from sora_nb.display.host.paths import runs_without_a_person

    client = default_client()
    wait = runs_without_a_person(shell, os.environ)
    if isinstance(command, Verb):
        return _DO[command.name](client, wait, *command.args)
    if command.sweep is not None:
        from sora_nb.magic.sweep import make_sweep

        return make_sweep(shell.user_ns, client, command, command.wait or wait)
    return _generate(shell, client, command, command.wait or wait)


def _studio() -> object:
    """The form, where a page can draw it; shown whether its value is assigned or not."""
    from sora_nb.display.host.host import host_here

    if not host_here().has_page:
        print(short_help())
        return None
    from sora_nb.client.studio import Studio

    studio = Studio()
    studio.show_here()
    return studio
