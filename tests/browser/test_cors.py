"""A front end on another origin, in a real browser, which alone decides what a page may send and see."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import ZONE, Origins, Told

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
STRETCH = {"action": "stretch", "time": "07:30", "place": "the kitchen", "reward": "a cup of tea"}


def call(page: "Page", method: str, path: str, body: Any = None, **headers: str) -> Any:
    """What the page's own script gets to see of the answer."""
    script = "([method, path, body, headers]) => call(method, path, body ?? undefined, headers)"
    return page.evaluate(script, [method, path, body, headers])


def sign_up(page: "Page", email: str) -> Any:
    return page.evaluate("email => signUp(email)", email)


def test_it_signs_up_and_makes_edits_and_lists_habits(tab: Callable[..., "Page"], told: Told, origins: Origins) -> None:
    page = tab()
    assert sign_up(page, "alice@example.org")["status"] == 200
    assert call(page, "GET", "/api/v1/me")["body"]["timezone"] == ZONE
    made = call(page, "POST", "/api/v1/habits", STRETCH)
    assert made["status"] == 201
    path = f"/api/v1/habits/{made['body']['id']}"
    assert made["headers"]["location"].endswith(path)
    edited = call(page, "PATCH", path, {"duration": 90}, **{"If-Match": made["headers"]["etag"]})
    assert (edited["status"], edited["body"]["duration"]) == (200, 90)
    assert edited["headers"]["etag"] != made["headers"]["etag"]
    listed = call(page, "GET", "/api/v1/habits")
    assert [habit["sentence"] for habit in listed["body"]["results"]] == ["I will stretch at 07:30 in the kitchen"]
    answer = call(page, "PUT", f"{path}/check-ins/{made['body']['starts_on']}", {"status": "done"})
    assert answer["status"] == 201
    assert call(page, "DELETE", path)["status"] == 204
    assert told.errors == []


def test_an_expired_token_is_refreshed(tab: Callable[..., "Page"]) -> None:
    page = tab()
    sign_up(page, "bob@example.org")
    page.evaluate("tokens.write({access_token: 'expired'})")
    refused = call(page, "GET", "/api/v1/me")
    assert refused["status"] == 401
    assert refused["body"]["errors"][0]["code"]
    assert page.evaluate("refresh()")["status"] == 200
    assert call(page, "GET", "/api/v1/me")["status"] == 200


def test_two_tabs_refresh_together_and_do_not_overwrite_each_other(tab: Callable[..., "Page"]) -> None:
    one, other = tab(), tab()
    sign_up(one, "charlie@example.org")
    for page in (one, other):
        page.evaluate("() => { window.refreshing = refresh() }")
    for page in (one, other):
        assert page.evaluate("window.refreshing")["status"] == 200
        assert call(page, "GET", "/api/v1/me")["status"] == 200
    path = f"/api/v1/habits/{call(one, 'POST', '/api/v1/habits', STRETCH)['body']['id']}"
    opened = [call(page, "GET", path)["headers"]["etag"] for page in (one, other)]
    assert call(one, "PATCH", path, {"place": "the garden"}, **{"If-Match": opened[0]})["status"] == 200
    assert call(other, "PATCH", path, {"place": "the hall"}, **{"If-Match": opened[1]})["status"] == 412
    assert call(other, "GET", path)["body"]["place"] == "the garden"


def test_it_reads_how_long_to_wait(tab: Callable[..., "Page"]) -> None:
    page = tab()
    answers = page.evaluate(
        "Promise.all(Array.from({ length: 15 }, () => call('GET', '/user/get_chat_id/1')))",
    )
    limited = [answer for answer in answers if answer["status"] == 429]
    assert limited
    assert all(int(answer["headers"]["retry-after"]) > 0 for answer in limited)


def test_the_browser_refuses_an_origin_that_is_not_allowed(tab: Callable[..., "Page"], origins: Origins) -> None:
    foreign = tab(origins.foreign)
    # Neither what it would ask first whether it may, nor what it sends at once but does not show.
    assert sign_up(foreign, "eve@example.org") == "refused"
    assert call(foreign, "GET", "/api/v1/habits/public") == "refused"
    # The sign-up has not even been sent: the address is free.
    allowed = tab()
    assert call(allowed, "GET", "/api/v1/habits/public")["status"] == 200
    assert sign_up(allowed, "eve@example.org")["status"] == 200


@pytest.mark.parametrize("path", ["/healthz", "/admin/login/"])
def test_the_browser_shows_nothing_but_the_api(tab: Callable[..., "Page"], path: str) -> None:
    assert call(tab(), "GET", path) == "refused"
