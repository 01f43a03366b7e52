import re

from django.conf import settings

from tests.settings import FROM_OUTSIDE

CONTAINERS_NEED = {"POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD"}
SERVERS = {"POSTGRES_HOST", "POSTGRES_PORT", "DATABASE_URL", "REDIS_URL", "DATA_DIR", "SECRET_KEY"}


def test_it_offers_every_variable_and_sets_only_what_containers_need() -> None:
    text = (settings.BASE_DIR / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)) == CONTAINERS_NEED
    assert set(re.findall(r"^#([A-Z_]+)=", text, re.MULTILINE)) == SERVERS | set(FROM_OUTSIDE.split())


def test_every_readme_describes_every_variable() -> None:
    for name in ("README.md", "README.ru.md"):
        described = set(re.findall(r"`([A-Z_]+)`", (settings.BASE_DIR / name).read_text()))
        assert CONTAINERS_NEED | SERVERS | set(FROM_OUTSIDE.split()) <= described, name
