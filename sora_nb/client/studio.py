"""``sora_nb.Studio``: the Studio of a client, the default one unless another is given."""

from __future__ import annotations

from typing import Any

from sora_nb.client.client import Client
from sora_nb.client.default import default_client
from sora_nb.display.studio.form import StudioForm


class Studio(StudioForm):
    """A form that makes films, with the tasks of this folder of films below it; shows itself.

    Fields are given by name, e.g. ``Studio(prompt="a boat", duration=8)``, and are traits; see
    ``display.studio.StudioForm``. ``tasks`` and ``last`` hold what was made. Without ``client`` it
    follows the default client, also after ``configure``. Raises InvalidRequest for an unknown
    field, TraitError for a value that a field cannot hold.
    """

    __module__ = "sora_nb"  # where people find it, in errors, help and pickles

    def __init__(self, client: Client | None = None, **fields: Any) -> None:
        super().__init__(default_client if client is None else lambda: client, **fields)
