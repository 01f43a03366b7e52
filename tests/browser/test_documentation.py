"""The API's documentation as a person sees it, under the Content-Security-Policy that the service sends."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.stack import Stack
from tests.browser.conftest import Told

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser


@pytest.fixture
def document(stack: Stack) -> Any:
    return stack.front_end().expect(200, "GET", "/api/openapi.json")


def summaries(document: Any) -> set[str]:
    return {operation["summary"] for item in document["paths"].values() for operation in item.values()}


def test_swagger_shows_every_operation(
    context: "BrowserContext", told: Told, service: str, document: Any, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(f"{service}/api/docs")
    page.locator(".opblock").last.wait_for()
    assert set(page.locator(".opblock-summary-description").all_inner_texts()) == summaries(document)
    page.screenshot(path=tmp_path / "swagger.png")
    assert told.errors == []
    assert told.hosts == {service}


def test_a_call_is_tried_out_there(
    context: "BrowserContext", told: Told, service: str, stack: Stack, tmp_path: Path
) -> None:
    front_end = stack.front_end()
    front_end.sign_up("dana@example.org", language="en")
    page = context.new_page()
    page.goto(f"{service}/api/docs")
    page.get_by_role("button", name="Authorize").first.click()
    dialog = page.locator(".dialog-ux")
    scheme = dialog.locator(".auth-container", has_text="SignedIn")
    scheme.locator("input").fill(front_end.token)
    scheme.get_by_role("button", name="Apply credentials").click()
    page.screenshot(path=tmp_path / "authorize.png")
    dialog.get_by_role("button", name="Close").last.click()
    operation = page.locator("#operations-Profile-showProfile")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response")
    answer.locator(".response-col_status", has_text="200").wait_for()
    assert "dana@example.org" in answer.inner_text()
    operation.screenshot(path=tmp_path / "tried.png")
    assert told.errors == []
    assert told.hosts == {service}


def test_redoc_shows_every_operation(
    context: "BrowserContext", told: Told, service: str, document: Any, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(f"{service}/api/redoc")
    page.get_by_role("heading", name="Responses").last.wait_for()
    assert summaries(document) <= set(map(str.strip, page.locator("h1, h2, h3").all_inner_texts()))
    page.screenshot(path=tmp_path / "redoc.png")
    # It searches in a worker.
    page.get_by_role("textbox", name="Search").fill("streak")
    page.locator("[data-role='search:results'] li").first.wait_for()
    # It would show its maker's logo, from that maker's host; the policy keeps the browser from it.
    assert [error for error in told.errors if "logo-mini.svg" not in error] == []
    assert {host for host in told.hosts if not host.startswith("blob:")} == {service}
