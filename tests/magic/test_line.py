"""The grammar of the line: what is prompt, what is option, what is a verb."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.magic.line import Generate, Studio, Verb, parse, substitute
from sora_nb.magic.options import LATER_OPTIONS, VERBS
from sora_nb.magic.scanner import LineError


def generate(line: str, cell: str | None = None) -> Generate:
    command = parse(line, cell)
    assert isinstance(command, Generate)
    return command


def refusal(line: str, cell: str | None = None) -> str:
    with pytest.raises(LineError) as caught:
        parse(line, cell)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "prompt",
    [
        "boat",
        "a dog's dinner",
        "the dogs' dinner",
        "'tis the season of the dogs' dinner",
        'he says "go" and leaves',
        '"a" and "b"',
        "two  blanks   and\ta tab",
        "{x} and {x.y[0]} and $x and ${x} and $$",
        "-5 degrees, a - b, -",
        "a → ß 漢字 🎬 …",
        r"a back\slash \n and %d",
        '"',
        "it costs 5 --5",
        "a sign “go --new now” there",
        'a sign "go --new -d 8" there',
        "tasks-like words",
    ],
)
def test_a_prompt_is_sent_as_it_was_typed(prompt: str) -> None:
    assert generate(prompt) == Generate(prompt)


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ('"a boat"', "a boat"),
        ("'a boat'", "a boat"),
        ("“a boat”", "a boat"),
        ("'a dog's dinner'", "a dog's dinner"),
        ("'the dogs' dinner'", "the dogs' dinner"),
        ('"show me a boat"', "show me a boat"),
        ('"tasks"', "tasks"),
        ('"a --new boat -d 8"', "a --new boat -d 8"),
        ('"  two  blanks "', "  two  blanks "),
        ("-- --new boat", "--new boat"),
        ("-- tasks", "tasks"),
    ],
)
def test_a_quoted_prompt_loses_its_quotes_and_nothing_in_it_is_an_option(
    line: str, prompt: str
) -> None:
    assert generate(line) == Generate(prompt, literal=True)


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("-d 8 a boat", "a boat"),
        ("a boat -d 8", "a boat"),
        ("a -d 8 boat", "a boat"),
        ("a  paper -d8 boat", "a  paper boat"),
        ("a boat --duration=8", "a boat"),
        ("a boat --duration 8", "a boat"),
        ("a boat -d=8", "a boat"),
        ('"a boat" -d 8', "a boat"),
        ('-d 8 "a boat"', "a boat"),
        ("-d 8 -- a boat -d 4", "a boat -d 4"),
        ("a boat -d '8'", "a boat"),
    ],
)
def test_options_stand_before_after_or_between_the_words(line: str, prompt: str) -> None:
    command = generate(line)
    assert (command.prompt, command.given) == (prompt, {"duration": 8})


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        ("-a portrait", "aspect_ratio", "portrait"),
        ("--aspect landscape", "aspect_ratio", "landscape"),
        ("--portrait", "aspect_ratio", "portrait"),
        ("--landscape", "aspect_ratio", "landscape"),
        ("-i https://a.example/b.png?x=1&y=2", "image", "https://a.example/b.png?x=1&y=2"),
        ("--keep-watermark", "remove_watermark", False),
        ("-m sora-2-pro", "model", "sora-2-pro"),
        ('--input size="1280*720"', "extra", {"size": "1280*720"}),
        ("--input 'size=\"1280*720\"'", "extra", {"size": "1280*720"}),
        ('--input loras=[1, {"a": null}]', "extra", {"loras": [1, {"a": None}]}),
        ("--input a=true --input b=2.5", "extra", {"a": True, "b": 2.5}),
        ('--input=style="noir film"', "extra", {"style": "noir film"}),
        ("-o boat", "out", "boat"),
        ("--out=_b1", "out", "_b1"),
        ("-w", "wait", True),
        ("-n 3", "takes", 3),
        ("-n3", "takes", 3),
        ("--new", "new", True),
        ("--vars A,b_2", "variables", ("A", "b_2")),
        ('--vars "A, b_2"', "variables", ("A", "b_2")),
        ("--dry-run", "dry_run", True),
    ],
)
def test_every_option_fills_its_field(options: str, field: str, value: object) -> None:
    command = generate(f"a boat {options}")
    assert command.prompt == "a boat"
    assert {**command.given, **vars(command)}[field] == value


def test_what_was_not_given_is_left_to_the_client() -> None:
    assert generate("a boat").arguments() == {}


def test_the_arguments_are_those_of_generate() -> None:
    command = generate(
        "a boat -d 12 --portrait -i https://a.example/b.png -m m --keep-watermark --new --input k=1"
    )
    assert command.arguments() == {
        "duration": 12,
        "aspect_ratio": "portrait",
        "image": "https://a.example/b.png",
        "model": "m",
        "remove_watermark": False,
        "new": True,
        "extra": {"k": 1},
    }


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a --durtion 8", "Did you mean --duration?"),
        ("a --potrait", "Did you mean --portrait?"),
        ("a -portrait", "Did you mean --portrait?"),
        ("a --model-id x", "Did you mean --model?"),
        ("a --zzz", "%sora help"),
        ("a -x", "unknown option -x"),
        ("a -d", "-d needs a value"),
        ("a -d --new", "-d needs a value"),
        ("a -o -- b", "-o needs a value"),
        ("a -d four", "-d four"),
        ("a -d 4.5", "-d 4.5"),
        ("a -d -4", "-d -4"),
        ("a -n 0", "-n 0"),
        ("a -n 1e3", "-n 1e3"),
        ("a -o 2b", "-o 2b"),
        ("a -o class", "-o class"),
        ("a -o a.b", "-o a.b"),
        ("a --vars a.b", "--vars a.b"),
        ("a --vars a,", "--vars"),
        ("a --vars a[0]", "--vars a[0]"),
        ("a --new=1", "--new takes no value"),
        ("a -d 4 -d 8", "given twice"),
        ("a --landscape --portrait", "given twice"),
        ("a --input k=1 --input k=2", "given twice"),
        ("a --input size=1280*720", 'size="1280*720"'),
        ("a --input size", "--input KEY=JSON"),
        ("a --input x=NaN", "not JSON"),
        ("-d 8", "prompt is missing"),
        ('""', "prompt is missing"),
        ("--", "prompt is missing"),
    ],
)
def test_a_wrong_option_is_one_short_line(line: str, words: str) -> None:
    assert words in refusal(line)


@pytest.mark.parametrize("option", LATER_OPTIONS)
def test_an_option_of_a_later_version_says_so(option: str) -> None:
    assert refusal(f"a boat {option} 3") == f"{option} is not in this version."


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("tasks", Verb("tasks")),
        ("  resume  ", Verb("resume")),
        ("show k3f9zz", Verb("show", ("k3f9zz",))),
        ("stop k3f9zz", Verb("stop", ("k3f9zz",))),
        ("retry k3f9zz", Verb("retry", ("k3f9zz",))),
        ("forget k3f9zz", Verb("forget", ("k3f9zz",))),
        ("adopt k3f9zz task_1", Verb("adopt", ("k3f9zz", "task_1"))),
        ("save k3f9zz films/my boat.mp4", Verb("save", ("k3f9zz", "films/my boat.mp4"))),
        ('save k3f9zz "my boat.mp4"', Verb("save", ("k3f9zz", "my boat.mp4"))),
        ("balance", Verb("balance")),
        ("config", Verb("config")),
        ("doctor", Verb("doctor")),
        ("help", Verb("help")),
        ("", Studio()),
        ("   ", Studio()),
    ],
)
def test_a_verb_is_the_first_word_of_the_line(line: str, command: object) -> None:
    assert parse(line) == command


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_with_wrong_arguments_shows_its_form_and_is_never_a_prompt(verb: str) -> None:
    message = refusal(f"{verb} one two three" if verb != "save" else verb)
    assert " ".join(("%sora", verb, *VERBS[verb].args)) in message
    assert f'"{verb} …"' in message


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("taks", "tasks"),
        ("task", "tasks"),
        ("Tasks", "tasks"),
        ("tasks.", "tasks"),
        ("resum", "resume"),
        ("hlep", "help"),
        ("-d 8 tasks", "tasks"),
        ("blance --new", "balance"),
        ("rescu", "rescue"),
    ],
)
def test_a_lone_word_that_is_nearly_a_verb_is_an_error(line: str, verb: str) -> None:
    assert f"did you mean %sora {verb}?" in refusal(line)


@pytest.mark.parametrize("word", ["boat", "rain", "dusk", "Paris", "lighthouse"])
def test_a_lone_word_that_is_no_verb_is_a_prompt(word: str) -> None:
    assert generate(word) == Generate(word)


@pytest.mark.parametrize(
    ("cell", "prompt"),
    [
        ("A boat.\n", "A boat."),
        ("\n\n  A boat,\n\n  in rain.  \n \t\n", "  A boat,\n\n  in rain.  "),
        ('"quoted" --new -d 8\n', '"quoted" --new -d 8'),
        ("tasks", "tasks"),
        ("{x} $x", "{x} $x"),
    ],
)
def test_a_cell_is_the_prompt_literally(cell: str, prompt: str) -> None:
    assert generate("-d 8 -o boat", cell) == Generate(prompt, True, {"duration": 8}, out="boat")


@pytest.mark.parametrize(
    ("line", "cell", "words"),
    [
        ("a boat", "A boat.", "prompt on the %%sora line"),
        ("tasks", "A boat.", "line of its own: %sora tasks"),
        ("rescue", "A boat.", "line of its own"),
        ("-d 8", " \n\t\n", "the cell is empty"),
        ("--nwe", "A boat.", "Did you mean --new?"),
    ],
)
def test_a_wrong_cell_is_one_short_line(line: str, cell: str, words: str) -> None:
    assert words in refusal(line, cell)


def test_only_named_plain_variables_are_put_in_and_only_once() -> None:
    namespace = {"place": "{mood} $x", "mood": "calm", "n": 3, "other": "no"}
    text = "{place}, {mood}, {n}, {other}, {place.real}, {n!r}, {{mood}}, { mood }"
    assert substitute(text, ("place", "mood", "n"), namespace) == (
        "{mood} $x, calm, 3, {other}, {place.real}, {n!r}, {calm}, { mood }"
    )


def test_nothing_is_put_in_without_vars() -> None:
    assert substitute("{place}", (), {"place": "here"}) == "{place}"


@pytest.mark.parametrize(
    ("text", "words"), [("{place}", "no variable place"), ("a boat", "no variable place")]
)
def test_a_missing_variable_is_an_error(text: str, words: str) -> None:
    with pytest.raises(LineError, match=words):
        substitute(text, ("place",), {"__builtins__": {"place": 1}})


def test_a_variable_that_the_prompt_does_not_use_is_an_error() -> None:
    with pytest.raises(LineError, match=r"the prompt has no \{place\}"):
        substitute("{plaice}", ("place",), {"place": "here"})


@given(st.text(max_size=200), st.none() | st.text(max_size=50))
def test_any_text_is_understood_or_refused_in_one_line(line: str, cell: str | None) -> None:
    with suppress(LineError):
        parse(line, cell)


@given(st.text(alphabet=st.characters(exclude_characters="-", codec="utf-8"), min_size=1))
def test_any_text_after_two_words_without_dashes_or_outer_quotes_is_kept(text: str) -> None:
    prompt = f"one two{text}three"
    assert generate(prompt) == Generate(prompt)


@given(st.text(min_size=1))
def test_any_cell_is_kept_but_for_blank_lines_around_it(body: str) -> None:
    cell = f"\n \nx{body}x\n\n"
    assert generate("", cell).prompt == f"x{body}x"


_JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(_JSON)
def test_any_json_value_comes_through_an_input(value: Any) -> None:
    for encoded in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        command = generate(f"a boat --input k={encoded} in rain")
        assert (command.prompt, command.given) == ("a boat in rain", {"extra": {"k": value}})


def test_a_prompt_full_of_quotes_is_read_quickly() -> None:
    line = "'" + "a' " * 3_000 + "b"
    assert generate(line).prompt == line
