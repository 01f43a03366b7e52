"""The TypeScript client and its tour: what stands in its source, and how its commands are run."""

import re
import subprocess
import textwrap
from pathlib import Path

from django.conf import settings

CLIENT = Path(settings.BASE_DIR) / "client"
# An operation as it is called: api.GET("/api/v1/me"
CALL = re.compile(r"\b(?:api|plain)\.(GET|POST|PUT|PATCH|DELETE)\(\s*\"([^\"]+)\"")
REGION = re.compile(r"^ *// docs: (.+?)\n(.*?)^ *// end docs$", re.MULTILINE | re.DOTALL)


def sources() -> dict[str, str]:
    """Its modules as they are written, by name; what is generated is left out."""
    root = CLIENT / "src"
    found = {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*.ts"))}
    return {name: text for name, text in found.items() if not name.endswith(".d.ts")}


def calls() -> set[tuple[str, str]]:
    """Method and path of every operation that stands in it."""
    return {call for text in sources().values() for call in CALL.findall(text)}


def regions() -> dict[str, str]:
    """What stands between `// docs: name` and `// end docs`, for docs/frontend.md, from the margin on."""
    return {name: textwrap.dedent(body) for text in sources().values() for name, body in REGION.findall(text)}


def run(*command: str, folder: Path = CLIENT) -> "subprocess.CompletedProcess[str]":
    """One of the commands that npm has installed; output and errors are told together."""
    binary = CLIENT / "node_modules" / ".bin" / command[0]
    return subprocess.run(
        [str(binary), *command[1:]],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=240,
    )
