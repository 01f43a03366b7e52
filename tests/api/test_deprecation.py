"""An operation that will go, as `Api.mount` serves it."""

import datetime as dt
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from ninja import Router

from accounts.models import Person
from config import urls
from config.api import Api
from config.api import api as served
from contract import problems
from contract.deprecation import going
from contract.errors import NotFound
from contract.requests import StrictJson
from tests.people import bearer

SINCE, UNTIL = dt.date(2026, 3, 1), dt.date(2026, 9, 1)


def old_api() -> Api:
    router = Router()

    @router.get("/old/{int:number}", response=int, openapi_extra=going(since=SINCE, until=UNTIL, instead="showNew"))
    def show_old(request: HttpRequest, number: int) -> int:
        """What it does."""
        if number == 0:
            raise NotFound
        return number

    @router.get("/new", response=int, auth=None)
    def show_new(request: HttpRequest) -> int:
        return 1

    api = Api(title="going", urls_namespace="going", docs_url=None, auth=served.auth, parser=StrictJson())
    problems.install(api)
    api.mount("/v9", router)
    return api


@pytest.fixture
def api(settings: Any) -> Api:
    api = old_api()
    settings.ROOT_URLCONF = type(
        "Urls", (), {"urlpatterns": [path("api/going/", api.urls), *urls.urlpatterns], "__name__": "urls"}
    )
    return api


def test_every_answer_says_since_when_until_when_and_where_to_read_on(api: Api, alice: Person) -> None:
    headers = bearer(alice)
    for address, status in (("/old/1", 200), ("/old/0", 404)):
        answer = Client().get(f"/api/going/v9{address}", headers=headers)
        assert answer.status_code == status
        assert answer["Deprecation"] == "@1772323200"
        assert answer["Sunset"] == "Tue, 01 Sep 2026 00:00:00 GMT"
        assert answer["Link"] == '</api/docs>; rel="deprecation"; type="text/html"'
    assert Client().get("/api/going/v9/old/1")["Deprecation"]  # also to whoever is not signed in


def test_what_stays_says_nothing(api: Api) -> None:
    answer = Client().get("/api/going/v9/new")
    assert (answer.status_code, "Deprecation" in answer, "Sunset" in answer) == (200, False, False)


def test_the_document_says_it_too(api: Api) -> None:
    paths = super(Api, api).get_openapi_schema()["paths"]
    old, new = (next(item for path, item in paths.items() if word in path)["get"] for word in ("/old", "/new"))
    assert old["deprecated"] is True
    assert old["description"] == "What it does.\n\nGoes on 2026-09-01: use `showNew`."
    assert "x-going" not in old
    assert "deprecated" not in new


def test_a_notice_is_half_a_year() -> None:
    with pytest.raises(ValueError, match="180 days"):
        going(since=SINCE, until=SINCE + dt.timedelta(days=179), instead="showNew")
