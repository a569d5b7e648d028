"""One table of request fields: what lists them agrees with it, and follows a field that is new."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import msgspec
import pytest
import traitlets

import sora_nb
from sora_nb.core.request_fields import (
    REQUEST_FIELDS,
    RequestField,
    Table,
    film_settings,
    in_columns,
    in_form,
    in_request,
)
from sora_nb.core.task import VideoRequest
from sora_nb.display.studio import snapshot
from sora_nb.display.studio.fields import check_of, settings_of
from sora_nb.display.studio.form import traits_of
from sora_nb.handles import sweep_table, task_table
from sora_nb.magic.line import Generate, value_of
from sora_nb.magic.options import OPTIONS, options_of
from sora_nb.planning.cells import readers_of
from sora_nb.settings.settings import Settings

SEED = RequestField("seed", int, None, "setting", "the same seed makes the same film")
SEEDED = (*REQUEST_FIELDS, SEED)
"""What a version with one more field would have."""


class SeededRequest(VideoRequest, frozen=True, kw_only=True):
    seed: int | None = None


def names(table: Table) -> list[str]:
    return [field.name for field in table]


def written_in(request: type[VideoRequest]) -> list[tuple[str, Any, Any]]:
    """Name, type and default of each field; required and none are both None, as in the table."""
    found = []
    for field in msgspec.structs.fields(request):
        kinds = get_args(field.type) if isinstance(field.type, UnionType) else (field.type,)
        kind = next(get_origin(kind) or kind for kind in kinds if kind is not NoneType)
        default = None if field.default is msgspec.NODEFAULT else field.default
        found.append((field.name, kind, default))
    return found


def told_by(table: Table) -> list[tuple[str, Any, Any]]:
    return [(field.name, field.type, field.default) for field in in_request(table)]


def test_a_request_has_the_fields_of_the_table_in_their_order() -> None:
    assert written_in(VideoRequest) == told_by(REQUEST_FIELDS)
    assert VideoRequest(prompt="a boat").extra == {}


@pytest.mark.parametrize(
    ("ask", "fields", "own"),
    [
        (sora_nb.Client.generate, [*in_request(), "new"], []),
        (
            sora_nb.Client.sweep,
            [*film_settings(), "takes", "new"],
            ["prompts", "template", "columns", "concurrency", "on_invalid", "start"],
        ),
    ],
)
def test_what_a_person_calls_takes_the_fields_of_the_table_with_their_defaults(
    ask: Callable[..., object], fields: list[Any], own: list[str]
) -> None:
    named = {field.name: field for field in REQUEST_FIELDS}
    wanted = [field if isinstance(field, RequestField) else named[field] for field in fields]
    given = dict(list(inspect.signature(ask).parameters.items())[1:])
    found = {name: given[name].default for name in given if name not in own}
    if "prompt" in found:  # which nobody may leave out
        assert found.pop("prompt") is inspect.Parameter.empty
        wanted = [field for field in wanted if field.name != "prompt"]
    assert found == {field.name: field.default for field in wanted}


def test_each_field_is_what_its_word_in_the_table_says() -> None:
    assert names(in_form()) == [
        "prompt", "duration", "aspect_ratio", "image", "model", "remove_watermark", "takes", "new",
        "extra",
    ]  # fmt: skip
    assert names(in_columns())[0] == "prompt"
    assert names(in_columns())[-2:] == ["take", "takes"]
    assert {option.field for option in OPTIONS if option.asks} == {*names(film_settings()), "new"}
    assert all(field.help and isinstance(field.blank, field.type) for field in REQUEST_FIELDS)


def test_a_new_field_is_seen_in_the_request() -> None:
    assert written_in(VideoRequest) != told_by(SEEDED), "the request's own line is missing"
    assert written_in(SeededRequest) == told_by(SEEDED)
    asked = msgspec.convert({"prompt": "a boat", **Generate("", given={"seed": 7}).arguments()},
                            SeededRequest)  # fmt: skip
    assert asked.seed == 7
    assert asked.fingerprint != SeededRequest(prompt="a boat").fingerprint


def test_a_new_field_is_an_option_of_the_magic() -> None:
    (option,) = (option for option in options_of(SEEDED) if "--seed" in option.flags)
    assert (option.field, option.asks, option.help) == ("seed", True, SEED.help)
    assert value_of(option, "--seed", "7") == 7
    assert not any("--seed" in option.flags for option in options_of())


def test_a_new_field_is_a_column_of_sweeps_and_tables() -> None:
    assert readers_of(SEEDED)["seed"]("seed", 7.0) == 7
    seeded = SeededRequest(prompt="a boat", seed=7)
    line = sweep_table.request_columns(seeded, {}, SEEDED)
    assert (line["prompt"], line["seed"]) == ("a boat", 7.0)
    blank = sweep_table.request_columns(SeededRequest(prompt="a boat"), {}, SEEDED)
    assert math.isnan(blank["seed"])
    assert task_table.request_columns(seeded, SEEDED)["seed"] == 7


def test_a_new_field_is_in_the_form_its_checks_and_what_the_page_is_told() -> None:
    trait = traits_of(SEEDED)["seed"]
    assert isinstance(trait, traitlets.Int)
    assert (trait.default_value, trait.help, trait.metadata["sync"]) == (0, SEED.help, True)
    is_valid, words = check_of(SEED)
    assert (is_valid(0), is_valid(7), is_valid(-1), is_valid(True)) == (True, True, False, False)
    assert "from 0 to" in words
    defaults = snapshot.head(Settings(), {}, SEEDED)["defaults"]
    assert list(defaults)[-1] == "seed"
    assert defaults["seed"] == 0
    assert settings_of(defaults, SEEDED)["seed"] is None
    assert settings_of({**defaults, "seed": 7}, SEEDED)["seed"] == 7
