"""``%sora --sweep VAR``: a film for each row of a variable of the notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sora_nb.display.presenter import show_sweep
from sora_nb.handles.sweep import Sweep
from sora_nb.magic.line import Generate, substitute
from sora_nb.magic.scanner import LineError
from sora_nb.planning.pricing import refuse_cost_above

if TYPE_CHECKING:
    from sora_nb.client.client import Client


def make_sweep(
    namespace: dict[str, Any], client: Client, command: Generate, wait: bool
) -> Sweep | None:
    """Plan, start and show the sweep; with ``--dry-run`` only print the plan.

    The line's prompt, if it has one, is the template of every row's.
    """
    if command.sweep not in namespace:
        raise LineError(f"--sweep {command.sweep}: there is no variable of that name here.")
    template = substitute(command.prompt, command.variables, namespace)
    sweep = client.sweep(
        namespace[command.sweep],
        template=template or None,
        takes=command.takes,
        concurrency=command.concurrency,
        on_invalid="skip" if command.skip_invalid else "raise",
        start=False,
        **command.arguments(),
    )
    if command.dry_run:
        print(f"{sweep.plan}\nnothing was sent")
        return None
    if command.max_cost is not None and not (plan := sweep.plan).simulated and plan.new:
        refuse_cost_above(command.max_cost, plan.cost)
    sweep.start()
    if command.out:
        namespace[command.out] = sweep
    show_sweep(sweep, wait=wait)
    return sweep
