"""What every answer tells a browser, page by page."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Person

PAGE = "script-src 'self'; "
DATA = "default-src 'none'; frame-ancestors 'none'"
# Path, whether an admin has signed in, the status, and what its policy holds.
ANSWERS = [
    ("/", False, 200, PAGE),
    ("/api/docs", False, 200, PAGE),
    ("/api/redoc", False, 200, PAGE),
    ("/user/get_chat_id/1", False, 503, PAGE),
    ("/admin/", False, 302, PAGE),
    ("/admin/login/", False, 200, PAGE),
    ("/admin/", True, 200, PAGE),
    ("/admin/habits/habit/", True, 200, PAGE),
    ("/admin/habits/habit/add/", True, 200, PAGE),
    ("/admin/accounts/person/", True, 200, PAGE),
    ("/admin/reminders/reminder/", True, 200, PAGE),
    ("/admin/django_celery_beat/periodictask/", True, 200, PAGE),
    ("/admin/jsi18n/", True, 200, DATA),
    ("/nowhere", False, 404, PAGE),
    ("/healthz", False, 200, DATA),
    ("/readyz", False, None, DATA),
    ("/static/ninja/swagger-ui-bundle.js", False, 200, DATA),
    ("/api/openapi.json", False, 200, DATA),
    ("/api/v1/me", False, 401, DATA),
    ("/api/v1/habits/public", False, 200, DATA),
    ("/api/v1/nowhere", False, 404, DATA),
    ("/api/auth/app/v1/auth/session", False, 401, DATA),
]


@pytest.mark.parametrize(("path", "signed_in", "status", "policy"), ANSWERS)
def test_every_answer_says_what_a_browser_may_do_with_it(
    alice: Person, path: str, signed_in: bool, status: int | None, policy: str
) -> None:
    client = Client(headers={"Accept": "text/html"})
    if signed_in:
        Person.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
        client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    response: Any = client.get(path)
    assert status in (None, response.status_code)
    told = response.headers
    assert policy in told["Content-Security-Policy"]
    assert "default-src 'none'" in told["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in told["Content-Security-Policy"]
    assert "http" not in told["Content-Security-Policy"]
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Referrer-Policy"] == "same-origin"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in told["Permissions-Policy"]
    if response.headers.get("Content-Type", "").startswith("text/html") and response.status_code == 200:
        html = response.content.decode()
        # The policy runs no script that stands in a page, and there is none.
        assert not [
            tag
            for tag in html.split("<script")[1:]
            if "src=" not in tag.split(">")[0] and "json" not in tag.split(">")[0]
        ]
        assert "onclick=" not in html


def test_a_host_that_is_not_ours_is_told_no_less() -> None:
    response = Client(headers={"Host": "evil.example"}).get("/")
    assert response.status_code == 400
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_page_for_developers_keeps_its_scripts(settings: Any) -> None:
    settings.DEBUG = True
    assert "Content-Security-Policy" not in Client().get("/nowhere")
