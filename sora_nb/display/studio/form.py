"""The Studio: a form that makes films, and the tasks of its notebook below it."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from sora_nb.core.errors import InvalidRequest
from sora_nb.core.request_fields import REQUEST_FIELDS, Table, in_form
from sora_nb.display.host.host import Host, host_here, running_cell
from sora_nb.display.kit.cell import CellOutput, new_display_id, publish
from sora_nb.display.kit.feed import Feed
from sora_nb.display.kit.widget import LiveWidget
from sora_nb.display.studio.controller import StudioController
from sora_nb.display.studio.fields import NAMES, Fields, defaults_of, is_valid, why_invalid
from sora_nb.display.studio.ports import StudioClient
from sora_nb.display.studio.saved import SavedStudio, saved_studio, saved_text
from sora_nb.display.studio.task_list import tasks_of_folder
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks

_TRAITS: Mapping[type, Callable[..., Any]] = {
    str: traitlets.Unicode,
    int: traitlets.Int,
    bool: traitlets.Bool,
    dict: traitlets.Dict,
}


def traits_of(table: Table = REQUEST_FIELDS) -> dict[str, Any]:
    """A synced trait for each field of the form."""
    return {
        field.name: _TRAITS[field.type](field.blank, help=field.help).tag(sync=True)
        for field in in_form(table)
    }


class StudioForm(LiveWidget):
    """The form of whichever client ``client_of`` gives.

    Its fields are traits, named as the arguments of ``generate``, that Python and ``jslink`` may
    read and set: prompt, duration (seconds), aspect_ratio, image (``""``: none), model,
    remove_watermark, takes (1 to 9), new and extra. A value of another type raises TraitError; one
    that the model does not take is said beside its field, and nothing is sent for it.
    """

    locals().update(traits_of())  # the namespace of the class that is being made
    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

    def __init__(self, client_of: Callable[[], StudioClient], **fields: Any) -> None:
        self._host = host_here()
        # First of all: a form that is refused is closed as well.
        self._desk = StudioController(self, client_of, self._fields, silent=self._host.silent)
        for name, value in fields.items():
            if name not in NAMES:
                near = difflib.get_close_matches(name, NAMES, 1)
                hint = f"Did you mean {near[0]}?" if near else f"Fields: {', '.join(NAMES)}."
                raise InvalidRequest(f"{name!r} is not a field of the Studio.", advice=hint)
            if not is_valid(name, value):
                raise traitlets.TraitError(why_invalid(name, value))
        self._client_of = client_of
        self._shown_in: object = None
        feed = Feed("rows", by="n")
        feed.replace({"version": 1, "view": "studio", "models": [], "defaults": defaults_of()}, [])
        super().__init__(feed, time.time, **fields)
        if self._host.has_page:
            self.on_command(self._desk.on_command)
            self._desk.open()

    @property
    def tasks(self) -> Tasks:
        """The tasks of this folder of films and this service, newest first, whichever notebook
        asked; and those that the form gave again although they were made for another folder."""
        return tasks_of_folder(self._client_of(), self._desk.asked)

    @property
    def picked(self) -> Tasks:
        """Those of ``tasks`` whose film a person picked in this form."""
        return Tasks([task for task in self.tasks if task.key in self._desk.picked])

    @property
    def last(self) -> Task | None:
        """The newest of them."""
        return next(iter(self.tasks), None)

    def open(self) -> None:
        """Where nobody looks on, no page is told: its state would only be stored with the
        notebook."""
        if self._host.has_page:
            super().open()

    def close(self) -> None:
        """Take the form off every page. Its films are made all the same."""
        self._desk.close()
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take in what a page says of the fields, and of nothing else. A page with a value that
        does not fit is told the kernel's own."""
        ours = {name: value for name, value in sync_data.items() if name in NAMES}
        good = {name: value for name, value in ours.items() if is_valid(name, value)}
        super().set_state(good)
        if wrong := ours.keys() - good.keys():
            self.send_state(wrong)

    def show_here(self) -> None:
        """Put the form into the running cell, unless it is there already."""
        here = running_cell()
        if here is not None and here == self._shown_in:
            return
        self._shown_in = here
        if self._host.has_page:
            cell = CellOutput(self.model_id, self._host)
            cell.live(saved_studio())
            self._desk.attach(SavedStudio(cell, self._host))
            return
        text = {"text/plain": saved_text()}
        words = text if self._host in (Host.TERMINAL, Host.SCRIPT) else saved_studio()
        publish(words, new_display_id(), update=False)

    def _ipython_display_(self) -> None:
        self.show_here()

    def _fields(self) -> Fields:
        return Fields(**{name: getattr(self, name) for name in NAMES})

    @traitlets.validate(*NAMES)
    def _fitting(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        if not is_valid(name, value):
            raise traitlets.TraitError(why_invalid(name, value))
        return value
