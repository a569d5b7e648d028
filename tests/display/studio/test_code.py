"""The code that the form gives away makes the very request that the form would make."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from sora_nb.core.task import VideoRequest
from sora_nb.display.studio.fields import Fields
from sora_nb.magic.line import Generate, parse
from sora_nb.planning.request import make_request

FILE = Path(__file__).parents[3] / "js" / "tests" / "fixtures" / "code" / "code.json"
CASES: dict[str, dict[str, Any]] = {
    case["name"]: case for case in json.loads(FILE.read_text("utf-8"))
}
AS_MAGIC = [name for name, case in CASES.items() if case["magic"] is not None]
AS_PYTHON = [
    name
    for name, case in CASES.items()
    if case["python"] is not None and name != "image_with_blank"  # which no request can have
]
LOST_IN_A_CELL = (
    "leading_blank_line",
    "trailing_newline",
    "trailing_blank_lines",
    "blanks_line",
    "doctest",
    "doctest_later",
)
"""What this IPython itself, or our own grammar, changes; editors and other versions change more."""


def asked(name: str) -> list[VideoRequest]:
    """What the form itself would ask for: one request a take."""
    fields = Fields(**CASES[name]["fields"])
    return [fields.request(take) for take in range(1, fields.takes + 1)]


def through_ipython(cell: str) -> tuple[str, str]:
    """The line and the body that IPython hands to the magic, as it cuts them out of a cell."""
    manager: Any = TransformerManager
    code = manager().transform_cell(cell)
    (statement,) = ast.parse(code).body
    assert isinstance(statement, ast.Expr)
    call = statement.value
    assert isinstance(call, ast.Call)
    name, line, body = (ast.literal_eval(argument) for argument in call.args)
    assert name == "sora"
    return line, body


def of_magic(line: str, body: str) -> tuple[list[VideoRequest], bool]:
    command = parse(line, body)
    assert isinstance(command, Generate)
    arguments = command.arguments()
    new = arguments.pop("new", False)
    takes = range(1, command.takes + 1)
    return [make_request(prompt=command.prompt, take=take, **arguments) for take in takes], new


def of_python(text: str) -> tuple[list[VideoRequest], bool]:
    """Run the code with a ``sora_nb`` that only writes down what it is asked."""
    found: list[VideoRequest] = []
    news: list[bool] = []

    class Sora:
        def generate(self, prompt: str, *, new: bool = False, **settings: Any) -> None:
            found.append(make_request(prompt=prompt, **settings))
            news.append(new)

    imported, *rest = ast.parse(text).body
    assert ast.unparse(imported) == "import sora_nb as sora"
    code = compile(ast.Module(rest, []), "copied", "exec")
    exec(code, {"sora": Sora()})  # noqa: S102 - our own code, from our own form
    return found, news[0]


@pytest.mark.parametrize("name", AS_MAGIC)
def test_the_cell_asks_for_just_what_the_form_asks_for(name: str) -> None:
    requests, new = of_magic(*through_ipython(CASES[name]["magic"]))
    assert requests == asked(name)
    assert new is CASES[name]["fields"]["new"]


@pytest.mark.parametrize("name", AS_PYTHON)
def test_the_python_asks_for_just_what_the_form_asks_for(name: str) -> None:
    requests, new = of_python(CASES[name]["python"])
    assert requests == asked(name)
    assert new is CASES[name]["fields"]["new"]


@pytest.mark.todays_packages  # IPython 7 keeps some of these in a cell
@pytest.mark.parametrize("name", LOST_IN_A_CELL)
def test_a_prompt_that_no_cell_keeps_is_not_given_as_a_cell(name: str) -> None:
    assert CASES[name]["magic"] is None
    body = "%%sora --duration 4\n" + CASES[name]["fields"]["prompt"]
    requests, _ = of_magic(*through_ipython(body))
    assert requests != asked(name)


def test_no_character_of_the_python_turns_the_direction_of_the_code() -> None:
    hidden = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B)}
    assert not hidden & set("".join(CASES[name]["python"] for name in AS_PYTHON))
