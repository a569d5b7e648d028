"""What the Studio tells the browser of models, money and the service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sora_nb.catalog.models import MODELS
from sora_nb.core.secret import Secret
from sora_nb.display.kit.html import CLASS
from sora_nb.display.studio import snapshot
from sora_nb.display.studio.fields import Fields, field_at_fault, is_valid
from sora_nb.display.studio.saved import saved_studio
from sora_nb.settings.settings import Settings
from tests.support import studio_records

KEY = "sk-canary-0123456789"


def real(**settings: Any) -> Settings:
    return Settings(api_key=Secret(KEY), media=Path("films"), **settings)


def test_the_head_holds_each_models_rules_and_no_key() -> None:
    head = snapshot.head(real(price_per_second=0.1), {})
    assert [model["id"] for model in head["models"]] == list(MODELS)
    assert head["models"][1]["frames"] == []
    assert head["models"][1]["choices"]["resolution"] == ["720p", "1080p"]
    assert head["service"] == {"simulated": False, "name": "api.apixo.ai"}
    assert (head["price"], head["budget"]) == (0.1, None)
    assert KEY not in json.dumps(head)


def test_a_simulator_has_no_price_whatever_is_set() -> None:
    head = snapshot.head(Settings(price_per_second=0.1), {})
    assert head["service"]["simulated"] is True
    assert head["price"] is None


def test_a_budget_that_is_overdrawn_has_nothing_left() -> None:
    from sora_nb.core.budget import Budget

    settings = real(budget=Budget(tasks=2, usd=5.0, per="session"))
    left = {"tasks": -1.0, "usd": 3.20000001}
    assert snapshot.head(settings, left)["budget"] == {
        "period": "per session",
        "limits": [
            {"name": "tasks", "limit": 2, "left": 0.0},
            {"name": "usd", "limit": 5.0, "left": 3.2},
        ],
    }


def test_a_fine_request_blames_nobody_and_one_that_is_wrong_twice_its_first_field() -> None:
    assert field_at_fault(Fields(prompt="a boat")) is None
    assert field_at_fault(Fields(prompt="", duration=7)) == "prompt"


@pytest.mark.parametrize("value", [None, 1.5, [], object()])
def test_no_field_holds_what_json_has_no_simple_word_for(value: object) -> None:
    assert not any(is_valid(name, value) for name in ("prompt", "duration", "aspect_ratio", "new"))


def test_what_is_saved_runs_nothing_and_names_the_ways_to_the_films() -> None:
    bundle = saved_studio()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "<script" not in bundle["text/html"]
    assert f'class="{CLASS}"' in bundle["text/html"]
    for text in bundle.values():
        assert "%sora tasks" in text
        assert "%sora show KEY" in text


@pytest.mark.parametrize(("name", "state"), studio_records.states().items())
def test_a_page_gets_what_the_browsers_tests_draw(name: str, state: dict[str, Any]) -> None:
    file = studio_records.FOLDER / f"studio_{name}.json"
    assert file.read_text("utf-8") == studio_records.text_of(state), (
        "run: python -m tests.support.studio_records"
    )
