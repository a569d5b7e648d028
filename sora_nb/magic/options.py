"""The options and verbs of %sora: one table for the parser, the completion and the help. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sora_nb.core.request_fields import REQUEST_FIELDS, Table, film_settings


class Option(NamedTuple):
    """``field`` is what it fills: a field of the request if it ``asks`` for something, else one of
    ``line.Generate``; ``metavar`` None marks a switch, which gives ``constant``."""

    flags: tuple[str, ...]
    field: str
    metavar: str | None
    help: str
    constant: object = True
    type: type = str
    asks: bool = False


class Form(NamedTuple):
    """A verb's arguments, by the names that its help shows."""

    args: tuple[str, ...]
    help: str


_OF_SWEEPS = (
    Option(
        ("--sweep",), "sweep", "VAR", "a film for each row of the variable VAR: prompts or a table"
    ),
    Option(
        ("--skip-invalid",), "skip_invalid", None, "with --sweep: make the rows that can be made"
    ),
    Option(
        ("--concurrency",), "concurrency", "N", "with --sweep: at most N films at a time", type=int
    ),
)
_OF_THE_LINE = (
    Option(
        ("--vars",), "variables", "A,B", "put the variables A and B where the prompt says {A}, {B}"
    ),
    Option(("--dry-run",), "dry_run", None, "show the exact request and its price; send nothing"),
    Option(("--max-cost",), "max_cost", "USD", "refuse if the estimate is above it", type=float),
)


def options_of(table: Table = REQUEST_FIELDS) -> tuple[Option, ...]:
    """Every option. A setting that has no spelling of its own here is its name as a flag."""
    named = {field.name: field for field in table}

    def asking(
        name: str, *flags: str, metavar: str | None = None, words: str = "", constant: object = True
    ) -> Option:
        field = named[name]
        words = words or field.help
        return Option(flags, name, metavar, words, constant, field.type, asks=True)

    duration, frame, model = (named[name] for name in ("duration", "aspect_ratio", "model"))
    length = f"{duration.unit}; default {duration.default}, the cheapest preview"
    spelt = (
        asking("duration", "-d", "--duration", metavar="{4,8,12}", words=length),
        asking(
            "aspect_ratio", "-a", "--aspect", metavar="{landscape,portrait}",
            words=f"{frame.help}; default {frame.default}",
        ),
        *(
            asking("aspect_ratio", f"--{word}", words=f"the same as -a {word}", constant=word)
            for word in ("landscape", "portrait")
        ),
        asking("image", "-i", "--image", metavar="URL"),
        asking(
            "remove_watermark", "--keep-watermark", words="leave the service's watermark in",
            constant=False,
        ),
        asking(
            "model", "-m", "--model", metavar="ID", words=f"another model; default {model.default}"
        ),
        asking("extra", "--input", metavar="KEY=JSON"),
    )  # fmt: skip
    spoken_for = {option.field for option in spelt}
    others = (
        asking(field.name, f"--{field.name.replace('_', '-')}", metavar=field.type.__name__.upper())
        for field in film_settings(table)
        if field.name not in spoken_for
    )
    takes = named["takes"]
    return (
        *spelt,
        *others,
        Option(("-o", "--out"), "out", "NAME", "bind the Task to this variable"),
        Option(("-w", "--wait"), "wait", None, "block until it has ended"),
        Option(("-n", "--takes"), "takes", "N", takes.help, type=takes.type),
        *_OF_SWEEPS,
        asking("new", "--new"),
        *_OF_THE_LINE,
    )


OPTIONS = options_of()

OF_A_SWEEP = frozenset({"skip_invalid", "concurrency"})
"""The fields that mean nothing without ``--sweep``."""

FLAGS: Mapping[str, Option] = {flag: option for option in OPTIONS for flag in option.flags}

VERBS: Mapping[str, Form] = {
    "tasks": Form((), "a table of every task"),
    "show": Form(("KEY",), "the panel or the film of a task again"),
    "resume": Form((), "watch every unfinished task again"),
    "rescue": Form((), "save every film that was never saved, before its link dies"),
    "save": Form(("KEY", "PATH"), "copy a film to a file"),
    "stop": Form(("KEY",), "stop watching; the remote task goes on and may be charged"),
    "retry": Form(("KEY",), "send a failed task again"),
    "adopt": Form(("KEY", "TASKID"), "give an unsure task the id that you found at the service"),
    "forget": Form(("KEY",), "an unsure task that the service never had"),
    "balance": Form((), "what is left at the service"),
    "config": Form((), "each setting and where it came from"),
    "doctor": Form((), "what is fine here, what is not, and what to do"),
    "help": Form((), "this text"),
}

KEYED = frozenset(verb for verb, form in VERBS.items() if "KEY" in form.args)
"""The verbs that are about one task."""

LATER_OPTIONS = ("--callback",)
"""Reserved for a later version: an error, never a paid prompt."""

EXAMPLES = """\
%sora a paper boat in the rain -d 4          one line: a prompt and its options
%sora "show me a paper boat" --portrait      quotes: it starts with a verb, or ends in ?
%sora a boat seen from {place} --vars place  only --vars puts variables in
%sora a {animal} at sea --sweep table        a film for each row of a DataFrame
%sora                                        nothing more: the form
%sora tasks                                  everything so far

%%sora --duration 8 -o boat                  a cell: the text below is the prompt, literally
A slow dolly in on a paper boat, golden hour, handheld."""


def help_text() -> str:
    """What ``%sora help`` and ``%sora?`` show."""
    options = [
        (", ".join(option.flags) + (f" {option.metavar}" if option.metavar else ""), option.help)
        for option in OPTIONS
    ]
    verbs = [(" ".join((name, *form.args)), form.help) for name, form in VERBS.items()]
    return "\n\n".join(
        (
            "Make a film from a prompt; it plays in the cell's output. The notebook stays free.",
            "%sora PROMPT [options]    %%sora [options] + the prompt as the cell    %sora VERB",
            f"Examples\n{_indented(EXAMPLES)}",
            f"Options (before, after or between the words; -- ends them)\n{_columns(options)}",
            f"Verbs (when the line's first word is exactly one)\n{_columns(verbs)}",
        )
    )


def short_help() -> str:
    """What ``%sora`` alone shows where there is no page for the form."""
    return f"{EXAMPLES}\n\n%sora help lists every option and verb."


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())


def _columns(rows: list[tuple[str, str]]) -> str:
    width = max(len(left) for left, _ in rows)
    return "\n".join(f"  {left:<{width}}  {right}" for left, right in rows)
