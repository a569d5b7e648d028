"""Whether a folder lies where several machines, or a machine and its guest, see the same files.

SQLite's WAL needs memory that all its readers share, which such file systems do not give, although
some of them let it be switched on (sqlite.org, "Write-Ahead Logging", section 1).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
"""Linux's own list. Elsewhere only a Windows share is recognised, and SQLite's answer tells."""

# fmt: off
_SHARED = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "gfs2",
        "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4",
        "ocfs2", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs",
    }
)
# fmt: on


def is_shared(folder: Path) -> bool:
    """Whether WAL is unsafe in that folder, as far as this system tells."""
    path = os.path.realpath(folder)
    if path.startswith("\\\\"):
        return True
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False
    kind = kind_at(path, mounts)
    # Google Drive in Colab, sshfs, rclone and the like. The few local ones lose nothing but speed.
    return kind in _SHARED or kind.startswith("fuse.")


def kind_at(path: str, mounts: str) -> str:
    """The type of the file system that holds an absolute path, by the lines of a mount list.

    Of two mounted on one folder the later one counts. Empty when none holds the path.
    """
    found, kind = "", ""
    for line in mounts.splitlines():
        _device, at, type_, *_rest = [*line.split(" "), "", "", ""]
        at = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), at)
        inside = path == at or path.startswith(at.rstrip("/") + "/")
        if at and inside and len(at) >= len(found):
            found, kind = at, type_
    return kind
