"""On which file systems the journal does without WAL."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.storage.journal import filesystem
from sora_nb.storage.journal.filesystem import is_shared, kind_at
from sora_nb.storage.journal.journal import Journal
from tests.support.films import NOON, make_record

MOUNTS = r"""overlay / overlay rw 0 0
proc /proc proc rw 0 0
/dev/vda /home ext4 rw 0 0
server:/home /home/ada nfs4 rw,vers=4.2 0 0
drive /content/My\040Drive fuse.drive rw 0 0
/dev/sdb1 /media/stick fuseblk rw 0 0
first /twice nfs rw 0 0
second /twice tmpfs rw 0 0

broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/tmp/x", "overlay"),
        ("/home/bob", "ext4"),
        ("/home/ada", "nfs4"),
        ("/home/ada/.local/share", "nfs4"),
        ("/home/adam", "ext4"),
        ("/content/My Drive/films", "fuse.drive"),
        ("/media/stick/films", "fuseblk"),
        ("/twice/a", "tmpfs"),
    ],
)
def test_a_path_is_on_the_innermost_mount_that_holds_it(path: str, kind: str) -> None:
    assert kind_at(path, MOUNTS) == kind


def test_a_path_that_no_mount_holds_is_of_no_known_kind() -> None:
    assert kind_at("/home", "") == ""


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("nfs4", "delete"), ("cifs", "delete"), ("fuse.sshfs", "delete"), ("ext4", "wal")],
)
def test_the_journal_of_a_home_that_machines_share_does_without_wal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, mode: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/home {tmp_path} {kind} rw 0 0\n")
    monkeypatch.setattr(filesystem, "MOUNTS", mounts)
    journal = Journal(tmp_path / "home" / "journal.sqlite3", clock=lambda: NOON)
    assert journal.mode == mode
    record = journal.create(make_record(), reuse=False)
    assert journal.get(record.key) == record
    journal.close()


def test_a_home_that_moves_to_a_shared_file_system_leaves_wal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "home" / "journal.sqlite3"
    here = Journal(path, clock=lambda: NOON)
    record = here.create(make_record(), reuse=False)
    assert here.mode == "wal"
    here.close()
    monkeypatch.setattr("sora_nb.storage.journal.journal.is_shared", lambda _folder: True)
    there = Journal(path, clock=lambda: NOON)
    assert (there.mode, there.all(), there.verify()) == ("delete", [record], [])
    there.close()


def test_where_the_system_lists_no_mounts_sqlite_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filesystem, "MOUNTS", tmp_path / "none")
    assert not is_shared(tmp_path)
