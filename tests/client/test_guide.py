"""docs/frontend.md: every block of it is part of what is compiled and run, or what the service answers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.client.program import CLIENT, calls, regions
from tests.people import bearer

DOCS = Path(settings.BASE_DIR) / "docs"
BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def guide() -> str:
    return (DOCS / "frontend.md").read_text()


@pytest.fixture(scope="module")
def blocks(guide: str) -> list[tuple[str, str, str]]:
    """Language, name and text of every block."""
    return BLOCK.findall(guide)


def test_the_client_uses_every_operation_of_the_document() -> None:
    document = json.loads((DOCS / "openapi.json").read_text())
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    missing, unknown = described - calls(), calls() - described
    assert not missing, f"call these in client/src/tour: {sorted(missing)}"
    assert not unknown, f"these are gone: {sorted(unknown)}"


def test_its_code_is_that_of_the_compiled_program(blocks: list[tuple[str, str, str]]) -> None:
    shown = {text for language, _name, text in blocks if language == "ts"}
    marked = regions()
    assert shown - set(marked.values()) == set(), "not in client/src, or different there"
    assert {name for name, text in marked.items() if text not in shown} == set(), "not in the guide, or different there"
    assert {language for language, _name, _text in blocks} == {"sh", "ts", "json"}


def test_a_first_habit_takes_ten_lines() -> None:
    assert len([line for line in regions()["first habit"].splitlines() if line]) == 10


def test_it_installs_what_the_client_is_locked_to(blocks: list[tuple[str, str, str]]) -> None:
    (commands,) = [text for language, _name, text in blocks if language == "sh"]
    wanted = json.loads((CLIENT / "package.json").read_text())
    versions = wanted["dependencies"] | wanted["devDependencies"]
    named = dict(re.findall(r"([a-z-]+)@([\d.]+)", commands))
    assert named.keys() == {"openapi-fetch", "typescript", "openapi-typescript"}
    for package, version in named.items():
        assert f"{versions[package]}.".startswith(f"{version}."), package


@pytest.mark.django_db
def test_its_errors_are_those_of_the_service(blocks: list[tuple[str, str, str]], bob: Any) -> None:
    shown = {name: json.loads(text) for language, name, text in blocks if language == "json"}
    body = {"action": "run", "time": "07:30", "place": "the park", "reward": "tea", "duration": 121}
    english = {"Accept-Language": "en"}
    refused = Client().post("/api/v1/habits", body, "application/json", headers=bearer(bob) | english)
    body = {"email": "nobody", "password": "quiet-river-42"}
    wrong = Client().post("/api/auth/app/v1/auth/signup", body, "application/json", headers=english)
    assert shown == {"problem": refused.json(), "envelope": wrong.json()}


def test_it_names_the_headers_that_cross_origins(guide: str) -> None:
    (section,) = re.findall(r"^## CORS\n(.*?)(?=^## |\Z)", guide, re.MULTILINE | re.DOTALL)
    named = {name.lower() for name in re.findall(r"`([A-Z][A-Za-z]*(?:-[A-Za-z]+)*)`", section)}
    # What a browser lets through anyway is not worth a word.
    anyway = {"accept", "content-type"}
    assert {name.lower() for name in (*settings.CORS_ALLOW_HEADERS, *settings.CORS_EXPOSE_HEADERS)} - anyway == named


def test_its_links_lead_somewhere(guide: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", guide)
    assert links
    for link in links:
        assert (DOCS / link).resolve().exists(), link


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in (CLIENT / "package-lock.json").read_text()
