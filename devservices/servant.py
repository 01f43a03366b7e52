"""Whom PostgreSQL runs as: no build of it starts as root."""

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

AsRoot = Literal["unshare", "nobody"]


@dataclass(frozen=True)
class Servant:
    """Whom PostgreSQL's programs run as, for they refuse root: a prefix for the command, or another user."""

    prefix: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def is_nobody(self) -> bool:
        return bool(self.options)

    def can_reach(self, folder: Path) -> bool:
        """Whether every folder on the way to this one lets anyone through."""
        return all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents if parent.exists())


def servant(way: AsRoot | None = None) -> Servant:
    """As an ordinary user: oneself. As root: root under another number (files stay root's), or `nobody`."""
    if os.geteuid() != 0:
        return Servant()
    renumber = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if way is None:
        try:
            refused = subprocess.run([*renumber, "true"], capture_output=True, check=False).returncode
        except FileNotFoundError:
            refused = 1
        way = "nobody" if refused else "unshare"
    if way == "unshare":
        return Servant(prefix=renumber)
    nobody = pwd.getpwnam("nobody")
    return Servant(options={"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []})


def reachable_by_nobody(data_dir: Path) -> Path:
    """Where the data of this folder is kept instead, if root's own folders on the way to it are closed to `nobody`."""
    return Path("/var/lib") / f"habit-tracker-{hashlib.sha256(bytes(data_dir.resolve())).hexdigest()[:12]}"
