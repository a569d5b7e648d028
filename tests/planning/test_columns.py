"""Which column gives which setting: a near miss is refused, since each row would be paid for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from sora_nb.core.errors import InvalidRequest
from sora_nb.magic.options import OPTIONS
from sora_nb.planning.cells import SETTINGS
from sora_nb.planning.columns import settings_of_columns
from sora_nb.planning.plan import plan_rows


def refusal(
    names: Sequence[str],
    columns: Mapping[str, str | None] | None = None,
    template: str | None = None,
) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        settings_of_columns(names, columns or {}, template)
    return caught.value


def test_columns_that_are_nearly_settings_are_named_with_what_was_meant() -> None:
    with pytest.raises(InvalidRequest) as caught:
        plan_rows([{"prompt": "a boat", "Duration": 12, "aspect": "portrait", "scene": 1}])
    assert caught.value.message == (
        "no setting is named 'Duration' or 'aspect', and as a label a column changes no film. "
        "Nothing was sent."
    )
    assert caught.value.advice == (
        "Did you mean columns={'Duration': 'duration', 'aspect': 'aspect_ratio'}? (Or rename "
        "them.) To keep it as a label: columns={'Duration': None}."
    )


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("durations", "duration"),
        ("duration_s", "duration"),
        (" duration", "duration"),
        ("DURATION", "duration"),
        ("aspect ratio", "aspect_ratio"),
        ("aspectRatio", "aspect_ratio"),
        ("Remove-Watermark", "remove_watermark"),
        ("modle", "model"),
        ("images", "image"),
        ("image_url", "image"),
        ("Takes", "takes"),
    ],
)
def test_a_near_miss_is_refused_until_it_is_said_what_it_is(name: str, setting: str) -> None:
    names = ["prompt", name]
    assert f"columns={{{name!r}: {setting!r}}}" in refusal(names).advice
    found = settings_of_columns(names, {name: setting}, None)
    assert found == {"prompt": "prompt", name: setting}
    assert settings_of_columns(names, {name: None}, None) == {"prompt": "prompt"}


@pytest.mark.parametrize("name", ["Prompt", "promt", "prompts", "PROMPT "])
def test_a_misspelt_prompt_is_named_as_what_it_is(name: str) -> None:
    assert f"columns={{{name!r}: 'prompt'}}" in refusal(["scene", name]).advice


@pytest.mark.parametrize("name", ["portrait", "landscape", "watermark", "keep_watermark"])
def test_what_is_said_in_another_way_is_not_offered_as_the_same(name: str) -> None:
    advice = refusal(["prompt", name]).advice
    assert "Give a column " in advice
    assert "Did you mean" not in advice


def test_every_option_of_the_magic_that_says_how_a_film_is_made_is_known_as_a_column() -> None:
    flags = {flag for option in OPTIONS if option.field in SETTINGS for flag in option.flags}
    for name in (flag.lstrip("-") for flag in flags if flag.startswith("--")):
        if name not in SETTINGS:
            refusal(["prompt", name.replace("-", "_")])


def test_labels_that_are_words_of_their_own_stay_free() -> None:
    labels = [
        "row", "key", "state", "path", "seconds", "cost", "error", "reused", "sha256",
        "fingerprint", "scene", "mood", "tape", "lake", "prompt_id", "image_id", "model_name",
        "take_no", "title", "style", "seed", "name", "id", "date", "split", "Location",
    ]  # fmt: skip
    assert settings_of_columns(["prompt", *labels], {}, None) == {"prompt": "prompt"}


def test_a_name_near_a_setting_that_another_column_gives_is_a_label() -> None:
    names = ["prompt", "model", "mode", "duration", "durations"]
    assert set(settings_of_columns(names, {}, None)) == {"prompt", "model", "duration"}
    assert "'Duration'" in refusal([*names, "Duration"]).message, "which of the two is meant?"


def test_what_a_template_uses_is_accounted_for_unless_it_is_a_setting_by_another_case() -> None:
    names = ["mode", "prompts", "Prompt"]
    assert settings_of_columns(names, {}, "a {mode} boat") == {}
    assert "'Duration'" in refusal(["mode", "Duration"], template="{mode}, {Duration} s").message


def test_a_setting_that_is_said_to_be_a_label_is_one() -> None:
    (row,) = plan_rows([{"prompt": "a boat", "duration": 12}], columns={"duration": None})
    assert row.request is not None
    assert row.request.duration == 4
    assert row.labels == {"duration": 12}
