"""What the environment says, typed. A malformed value stops the start with one line that names the variable.

`.env` beside `manage.py` is read too; the real environment wins over it. No other module reads `os.environ`.
Values are taken literally: django-environ would follow a leading `$` as a reference, and a password may start with one.
"""

import io
import os
import re
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ
from dotenv.parser import parse_stream

BASE_DIR = Path(__file__).resolve().parent.parent


def read_dotenv(path: Path) -> None:
    """Take over what a `.env` says. Compose reads the same file, by the same rules."""
    try:
        text = path.read_text("utf-8-sig")  # Windows puts a mark in front
    except OSError:  # there is none; or it is not for us, as in a container, which has been given its variables
        return
    except UnicodeDecodeError:
        raise SystemExit(f"{path} is not in UTF-8: save it so.") from None
    for line in parse_stream(io.StringIO(text)):
        if line.error or (line.key and line.value is None):
            raise SystemExit(f"{path}, line {line.original.line}: expected NAME=value.")
        if line.key and line.value is not None:
            os.environ.setdefault(line.key, line.value)


read_dotenv(BASE_DIR / ".env")


def refuse(name: str, why: str) -> NoReturn:
    """Stop the start with one line that names the variable, without repeating its value (it may be a secret)."""
    raise SystemExit(f"Environment variable {name} is malformed: {why}.")


def text(name: str, default: str = "") -> str:
    """The variable's text; empty counts as absent, since compose passes unset variables through as empty."""
    return os.environ.get(name, "").strip() or default


def secret(name: str) -> str:
    """The variable to the letter: a password may begin or end with anything."""
    return os.environ.get(name, "")


def flag(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    return default if not value else refuse(name, "expected true or false")


def whole_number(name: str, *, default: int, low: int, high: int) -> int:
    value = text(name)
    if not value:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
        refuse(name, f"expected a whole number from {low} to {high}")
    return int(value)


def choice(name: str, *choices: str, default: str) -> str:
    value = text(name, default).lower()
    if value not in choices:
        refuse(name, f"expected {' or '.join(choices)}")
    return value


def words(name: str, default: list[str] | None = None) -> list[str]:
    """A comma-separated list."""
    found = [word.strip() for word in text(name).split(",") if word.strip()]
    return found or list(default or [])


def hosts(name: str, default: list[str]) -> list[str]:
    """A comma-separated list of host names, without scheme and port: Django would pass over anything else silently."""
    found = words(name, default)
    for host in found:
        if not re.fullmatch(r"\*|\.?[\w-]+(\.[\w-]+)*\.?|\[[0-9A-Fa-f:.]+\]", host):
            refuse(name, f"expected host names such as habits.example.org, and {host!r} is none")
    return found


def origins(name: str) -> list[str]:
    """A comma-separated list of web origins, `https://app.example.org`."""
    found = [word.rstrip("/") for word in words(name)]
    for origin in found:
        if not re.fullmatch(r"https?://[^/\s?#@]+", origin):
            refuse(name, f"expected origins such as https://app.example.org, and {origin!r} is none")
    return found


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A comma-separated list of addresses and networks, `10.0.0.2` or `fd00::/8`."""
    try:
        return [ip_network(word) for word in words(name)]
    except ValueError:
        refuse(name, "expected addresses and networks such as 10.0.0.2 or 10.0.0.0/24")


def url(name: str, *schemes: str, default: str = "") -> str:
    value = text(name, default)
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 (reading it checks it)
    except ValueError:
        refuse(name, "expected a URL, and its host or port cannot be read")
    if parts.scheme not in schemes or not (parts.hostname or parts.scheme in {"unix", "consolemail"}):
        refuse(name, "expected a URL that starts with " + " or ".join(f"{scheme}://" for scheme in schemes))
    return value


def database() -> dict[str, Any]:
    """Django's database settings, from DATABASE_URL or from the POSTGRES_ variables."""
    address = url("DATABASE_URL", "postgres", "postgresql")
    if address:
        found = environ.Env.db_url_config(address)
        if not found.get("NAME"):
            refuse("DATABASE_URL", "expected a database name after the host")
        return {**found, "ENGINE": "django.db.backends.postgresql"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": text("POSTGRES_DB", "habits"),
        "USER": text("POSTGRES_USER", "habits"),
        "PASSWORD": secret("POSTGRES_PASSWORD"),
        "HOST": text("POSTGRES_HOST", "localhost"),
        "PORT": whole_number("POSTGRES_PORT", default=5432, low=1, high=65535),
    }


def kept_secret_key(data_dir: Path) -> str:
    """SECRET_KEY, or one that is made once and kept in DATA_DIR, so that sessions and tokens survive a restart."""
    given = secret("SECRET_KEY")
    if given:
        return given
    path = data_dir / "secret_key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        # A hard link is made once: of two processes that start together one gives the key and both read it whole.
        if not path.exists():
            draft = data_dir / f".secret_key.{os.getpid()}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64))
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise SystemExit(
            f"SECRET_KEY is not set and none can be kept in DATA_DIR ({data_dir}): {error.strerror}. "
            "Set SECRET_KEY, or DATA_DIR to a folder that can be written."
        ) from None
