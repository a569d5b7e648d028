"""A task as lines for a terminal, and the real programs that print them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.task import TaskRecord
from sora_nb.display.text.terminal import terminal_text
from tests.support.records import BOAT, LOST, PROCESSING, SENT, boat, failed_content, ready

ESCAPE = "\x1b"


def with_prompt(record: TaskRecord, prompt: str) -> TaskRecord:
    request = msgspec.structs.replace(record.request, prompt=prompt)
    return msgspec.structs.replace(record, request=request)


def test_a_task_on_its_way_is_one_line_and_what_to_type() -> None:
    first, second = terminal_text(boat(20, *SENT, PROCESSING), styled=False).splitlines()
    assert first.startswith(f"{BOAT} · processing · 8 s · landscape")
    assert "simulator" in first
    assert "A slow dolly in on a paper boat" in first
    assert f"%sora show {BOAT}" in second
    assert len(terminal_text(boat(20, *SENT), styled=False, hint=False).splitlines()) == 1


def test_a_film_is_its_path_its_size_and_its_digest() -> None:
    text = terminal_text(ready().record, styled=False, shown_path="sora_videos/boat.mp4")
    assert text.splitlines()[1] == "  sora_videos/boat.mp4 · 5.5 MB · sha256 3f9a1c2be07d"


def test_styled_words_have_colours_and_the_path_is_a_link() -> None:
    record = ready().record
    assert record.film is not None
    text = terminal_text(record, styled=True, shown_path="sora_videos/boat.mp4")
    assert f"{ESCAPE}[1;32mready{ESCAPE}[0m" in text
    assert f"{ESCAPE}]8;;file://{record.film.path}{ESCAPE}\\sora_videos/boat.mp4" in text


def test_a_failure_says_what_happened_and_what_to_type() -> None:
    text = terminal_text(failed_content().record, styled=False)
    assert "rejected as a result of our safety system" in text
    assert "%sora retry p4t8wz" in text
    assert "%sora adopt" in terminal_text(boat(60, move.Sending(), LOST), styled=False)


@pytest.mark.parametrize("styled", [False, True])
def test_nothing_in_a_prompt_or_in_the_services_words_acts_on_the_terminal(styled: bool) -> None:
    evil = f"a boat{ESCAPE}]0;owned\x07{ESCAPE}[2J\x9b31m\r\nnew line"
    failed = failed_content().record
    assert failed.failure is not None
    failure = msgspec.structs.replace(failed.failure, message=evil)
    for record in (
        with_prompt(boat(20, *SENT), evil),
        msgspec.structs.replace(failed, failure=failure),
    ):
        text = re.sub(r"\x1b\[(1;\d\d|0)m", "", terminal_text(record, styled=styled))
        assert all(character.isprintable() for character in text.replace("\n", ""))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    ours = ("APIXO_", "SORA_NB_", "VSCODE_", "JPY_")
    own = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    return {
        **own,
        "HOME": str(tmp_path),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "SORA_NB_HOME": str(tmp_path / "home"),
        "SORA_NB_SIMULATOR_SPEED": "200",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


def test_a_plain_script_makes_its_film_and_ends(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    script = tmp_path / "film.py"
    script.write_text(
        "import sora_nb as sora\n"
        "video = sora.generate('a paper boat in a script').wait()\n"
        "print(video.path.name, video.seconds)\n"
        "sora.generate('left behind')\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    name, seconds = done.stdout.split()
    assert seconds == "4.0"
    assert (tmp_path / "sora_videos" / name).stat().st_size > 10_000


@pytest.mark.todays_packages  # IPython 7 shows a last value in a terminal by its repr alone
def test_ipython_in_a_terminal_prints_lines_instead_of_a_widget(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    typed = """%load_ext sora_nb
%sora a paper boat in a terminal --wait
import sora_nb as sora
sora.tasks()[0]
%sora a refused film [fail:CONTENT_VIOLATION] --wait
exit
"""
    options = ("--simple-prompt", "--no-banner", "--colors=NoColor", "--no-term-title")
    done = subprocess.run(
        [sys.executable, "-m", "IPython", *options],
        input=typed,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "Widget" not in done.stdout
    assert ESCAPE not in done.stdout
    states = re.findall(
        r"^(?:(?:In|Out) ?\[\d+\]: )*\w{6} · (\w+) ·", done.stdout, flags=re.MULTILINE
    )
    assert states[0] in ("queued", "submitting", "pending", "processing")
    assert states.count("ready") == 2, "once at its end, once as the last value of a line"
    assert states[-1] == "failed"
    assert re.search(
        r"^  sora_videos/.*\.mp4 · .* MB · sha256 [0-9a-f]{12}$", done.stdout, re.MULTILINE
    )
    assert "The service refused the content" in done.stdout
