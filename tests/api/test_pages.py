import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from contract import health

PAGES = ["/", "/api/docs", "/api/redoc"]


class Links(HTMLParser):
    """What a page fetches, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.leads_to: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"src", "spec-url"} or (name == "href" and tag == "link"):
                self.fetched.append(value or "")
            elif name == "href":
                self.leads_to.append(value or "")


@pytest.mark.parametrize("page", PAGES)
def test_it_fetches_nothing_from_another_host(page: str) -> None:
    response = Client().get(page)
    assert response.status_code == 200
    for address in Links(response.content.decode()).fetched:
        assert re.match(r"/(?!/)|data:", address), address
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
    # The browser is told so too, whatever the scripts would like.
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_is_written_in_the_language_that_was_asked_for(page: str, language: str) -> None:
    html = Client().get(page, headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}">' in html
    assert bool(re.search("[а-я]", html)) == (language == "ru")


def test_the_front_page_leads_to_the_documentation_and_the_admin(db: None) -> None:
    links = Links(Client().get("/").content.decode())
    assert links.leads_to == ["/api/docs", "/api/redoc", "/api/openapi.json", "/admin/"]
    assert links.tags.count("h1") == 1
    for address in links.leads_to:
        assert Client().get(address).status_code in {200, 302}


def test_swagger_asks_no_validator_elsewhere() -> None:
    assert '"validatorUrl": null' in Client().get("/api/docs").content.decode()


def test_pages_take_no_other_method(db: None) -> None:
    for page in PAGES:
        assert Client().post(page).status_code == 405


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The parts that this room knows of; beat and worker have tests of their own."""
    known = {name: is_there for name, is_there in health.PARTS.items() if name in {"database", "redis"}}
    monkeypatch.setattr(health, "PARTS", known)
    return known


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_sign_of_life_is_read_and_nothing_else(address: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = Client(enforce_csrf_checks=True).generic(method, address)
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"


@pytest.mark.django_db
def test_it_is_alive_and_ready() -> None:
    assert Client().get("/healthz").json() == {"status": "alive"}
    response = Client().get("/readyz")
    assert response.status_code == 200, response.content
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("missing", "settings_of_it"), [("redis", {"REDIS_URL": "redis://127.0.0.1:9/0"}), ("worker", {})]
)
def test_it_names_the_part_that_is_missing(
    settings: Any, parts: dict[str, Any], missing: str, settings_of_it: dict[str, str]
) -> None:
    parts["worker"] = lambda: missing != "worker"
    for name, value in settings_of_it.items():
        setattr(settings, name, value)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "missing": [missing]}


@pytest.mark.django_db(transaction=True)
def test_it_is_alive_but_not_ready_without_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").json()["missing"] == ["database"]
