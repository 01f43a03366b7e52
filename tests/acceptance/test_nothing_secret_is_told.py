"""A whole day of the service, and then every log and every error report of it is searched for what nobody may read."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.acceptance.sinks import Mails, Reports, served
from tests.acceptance.someone import next_minute
from tests.acceptance.stack import TOKEN, FrontEnd, Stack, running_stack, wait_for
from tests.conftest import fresh_copy

pytestmark = pytest.mark.long

AUTH = "/api/auth/app/v1"
CHAT = 1001
PARTS = ("web", "worker", "beat", "bot")


@dataclass
class Day:
    """What was used, and what came of it."""

    stack: Stack
    reports: Reports
    secrets: dict[str, str] = field(default_factory=dict)
    habit: int = 0

    def keep(self, **secrets: str) -> None:
        self.secrets |= secrets

    def lines(self, part: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stack.log(part).splitlines() if line.startswith('{"timestamp"')]


@pytest.fixture(scope="module")
def day(migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    mails, reports = Mails(), Reports()
    with (
        served(mails),
        served(reports),
        fresh_copy(migrated_template) as address,
        running_stack(
            address,
            tmp_path_factory.mktemp("secrets"),
            EMAIL_URL=mails.url,
            SENTRY_DSN=reports.dsn,
            LOG_FORMAT="json",
            SECRET_KEY="a-secret-key-that-nobody-may-read-anywhere",
        ) as stack,
    ):
        day = Day(stack, reports, {"bot token": TOKEN, "its secret half": TOKEN.partition(":")[2]})
        day.keep(key="a-secret-key-that-nobody-may-read-anywhere")
        person = sign_in_every_way(day, mails)
        talk(day, person)
        be_reminded(day, person)
        break_things(day, person, address)
        yield day


def sign_in_every_way(day: Day, mails: Mails) -> FrontEnd:
    person = day.stack.front_end()
    email = "alice@example.org"
    day.keep(password="quiet-river-4711", wrong="loud-river-0815", changed="deep-river-1234")
    who = {"email": email, "password": day.secrets["password"], "timezone": "UTC"}
    pending = person.expect(401, "POST", f"{AUTH}/auth/signup", who)
    day.keep(sign_up=mails.code(1), session=pending["meta"]["session_token"])
    assert with_session(day, "POST", f"{AUTH}/auth/email/verify", {"key": "WRONG1"}).status == 400
    assert with_session(day, "POST", f"{AUTH}/auth/email/verify", {"key": day.secrets["sign_up"]}).status == 200
    person.expect(400, "POST", f"{AUTH}/auth/login", {"email": email, "password": day.secrets["wrong"]})
    tokens = person.expect(200, "POST", f"{AUTH}/auth/login", {"email": email, "password": day.secrets["password"]})
    day.keep(access=tokens["meta"]["access_token"], refresh=tokens["meta"]["refresh_token"])
    fresh = person.expect(200, "POST", f"{AUTH}/tokens/refresh", {"refresh_token": day.secrets["refresh"]})
    day.keep(refreshed=fresh["data"]["access_token"])
    person.expect(400, "POST", f"{AUTH}/tokens/refresh", {"refresh_token": day.secrets["refresh"] + "x"})
    asked = person.expect(401, "POST", f"{AUTH}/auth/password/request", {"email": email})
    day.keep(reset=mails.code(2), session=asked["meta"]["session_token"])
    body = {"key": day.secrets["reset"], "password": day.secrets["changed"]}
    assert with_session(day, "POST", f"{AUTH}/auth/password/reset", body).status == 401
    tokens = person.expect(200, "POST", f"{AUTH}/auth/login", {"email": email, "password": day.secrets["changed"]})
    person.token = tokens["meta"]["access_token"]
    day.keep(last_access=person.token, last_refresh=tokens["meta"]["refresh_token"])
    # Bodies and addresses that nobody can use.
    person.expect(400, "POST", f"{AUTH}/auth/login", {"email": email, "passwort": day.secrets["changed"]})
    person.expect(404, "GET", f"/api/v1/nowhere?token={person.token}&password={day.secrets['changed']}")
    person.expect(422, "POST", "/api/v1/habits", {"action": 7, "password": day.secrets["changed"]})
    return person


def with_session(day: Day, method: str, path: str, data: Any) -> Any:
    front_end = FrontEnd(day.stack.port, headers={"X-Session-Token": day.secrets["session"]})
    return front_end.call(method, path, data)


def talk(day: Day, person: FrontEnd) -> None:
    """Link by a token, sign in by a code, right and wrong; and Telegram fails in every way meanwhile."""
    bot_api = day.stack.bot_api
    (link,) = parse_qs(urlsplit(person.expect(201, "POST", "/api/v1/telegram/link")["url"]).query)["start"]
    day.keep(link=link)
    bot_api.refuse("sendMessage", 500, "Internal Server Error")
    bot_api.fail("getUpdates", times=2, reset=True)
    bot_api.fail("getUpdates", status=502, body="<html>Bad Gateway</html>")
    bot_api.refuse("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    bot_api.write(CHAT, f"/start {link}", language="en")
    wait_for(lambda: person.expect(200, "GET", "/api/v1/telegram")["linked"], what="the chat is linked")
    bot_api.write(CHAT, "/login", language="en")
    shown = wait_for(
        lambda: [text for text in bot_api.said(CHAT) if "Enter this code" in text], what="a code to sign in"
    )
    code = shown[0].split()[0]
    day.keep(login=code)
    stranger = day.stack.front_end()
    stranger.expect(422, "POST", "/api/v1/telegram/login", {"code": "ABCD-EFGH-JKLM"[: len(code)]})
    tokens = stranger.expect(200, "POST", "/api/v1/telegram/login", {"code": code})
    day.keep(bot_access=tokens["access_token"], bot_refresh=tokens["refresh_token"])


def be_reminded(day: Day, person: FrontEnd) -> None:
    """At the first try Telegram hangs up; the second one arrives."""
    day.stack.bot_api.fail("sendMessage", chat_id=CHAT, reset=True)
    due = next_minute(ahead=20)
    habit = {"action": "stretch", "time": f"{due:%H:%M}", "place": "in the park", "reward": "tea"}
    day.habit = person.expect(201, "POST", "/api/v1/habits", habit)["id"]
    wait_for(lambda: [text for text in day.stack.bot_api.said(CHAT) if "stretch" in text], what="the reminder")
    wait_for(lambda: '"sent"' in day.stack.log("worker"), what="it is settled")


def break_things(day: Day, person: FrontEnd, address: str) -> None:
    """The database changes under the service, so that requests and ticks fail as nobody foresaw."""
    with psycopg.connect(address, autocommit=True) as database:
        database.execute("ALTER TABLE accounts_person RENAME COLUMN display_name TO gone")
        database.execute("ALTER TABLE habits_schedule RENAME COLUMN next_at TO gone")
    person.expect(500, "PATCH", f"/api/v1/me?password={day.secrets['changed']}", {"language": "en"})
    login = {"email": "alice@example.org", "password": day.secrets["changed"]}
    person.expect(500, "POST", f"{AUTH}/auth/login", login)
    day.stack.bot_api.write(CHAT, "/today", language="en")
    wait_for(
        lambda: "reminders.tick" in reported_tasks(day) and {"PATCH", "POST"} <= reported_methods(day),
        what="the errors are reported",
    )


def reported_tasks(day: Day) -> set[str | None]:
    return {event["tags"].get("task") for event in day.reports.events()}


def reported_methods(day: Day) -> set[str]:
    return {event["request"]["method"] for event in day.reports.events() if "request" in event}


def test_no_log_tells_a_secret(day: Day) -> None:
    assert len(day.secrets) >= 18
    for part in PARTS:
        log = day.stack.log(part)
        assert len(log) > 500 or part == "beat", part  # which has little to say
        for name, secret in day.secrets.items():
            assert secret not in log, (part, name)
        # Nor one that this test did not think of.
        assert not re.search(r"eyJ[\w-]+\.eyJ|/bot\d+:[\w-]|argon2", log), part


def test_no_report_tells_a_secret_nor_whom_it_happened_to(day: Day) -> None:
    events = day.reports.events()
    assert {"PATCH", "POST"} <= reported_methods(day)
    assert "reminders.tick" in reported_tasks(day)
    everything = "\n".join(day.reports.bodies)
    assert "alice@example.org" not in everything
    for name, secret in day.secrets.items():
        assert secret not in everything, name
    for event in events:
        assert not {"user", "breadcrumbs", "extra", "server_name"} & event.keys()
        assert event.get("request", {}).keys() <= {"method", "url", "headers"}
        assert "Authorization" not in event.get("request", {}).get("headers", {})
        assert not [frame for one in traces(event) for frame in one if "vars" in frame]


def traces(event: dict[str, Any]) -> list[list[dict[str, Any]]]:
    return [one["stacktrace"]["frames"] for one in event.get("exception", {}).get("values", []) if "stacktrace" in one]


def test_a_report_carries_the_id_of_its_log_lines(day: Day) -> None:
    failed = [line for line in day.lines("web") if line["event"].startswith("Internal Server Error")]
    of_requests = {line["request_id"] for line in failed}
    of_tasks = {line["task_id"] for line in day.lines("worker") if "task_id" in line}
    reported = [event["tags"] for event in day.reports.events()]
    assert of_requests
    assert of_requests <= {tags.get("request_id") for tags in reported}
    assert of_tasks & {tags.get("task_id") for tags in reported}


def test_every_line_of_every_part_is_a_json_object(day: Day) -> None:
    for part in PARTS:
        found = day.lines(part)
        assert found or part == "beat", part
        assert all({"timestamp", "level", "logger", "event"} <= line.keys() for line in found)
        loose = [line for line in day.stack.log(part).splitlines() if line and not line.startswith("{")]
        # granian's own start and Celery's banner come before any settings are read.
        assert not [line for line in loose if "Traceback" in line or "ERROR" in line], (part, loose)


def test_a_reminder_is_followed_from_plan_to_settle(day: Day) -> None:
    lines = day.lines("worker")
    (planned,) = [line for line in lines if line["event"] == "Planned"]
    if "this worker ticks by itself" not in day.stack.log("worker"):  # as it does where beat is slow
        assert planned["task"] == "reminders.tick"
        assert planned["task_id"]
    ((envelope, (reminder,)),) = planned["envelopes"].items()
    claims = [line for line in lines if line["event"] == "Claimed" and int(envelope) in line["envelopes"]]
    settled = [line["outcomes"][envelope] for line in lines if line["event"] == "Settled"]
    assert len(claims) == len(settled) == 2
    assert settled[0].keys() == {"again", "error"}
    assert settled[1] == {str(reminder): "sent"}


def test_a_request_has_one_id_for_its_answer_and_its_lines(day: Day) -> None:
    answer = day.stack.front_end().call("GET", "/api/v1/habits")
    told = {name.lower(): value for name, value in answer.headers.items()}["x-request-id"]
    (line,) = wait_for(lambda: [one for one in day.lines("web") if one.get("request_id") == told][:1], what="its line")
    assert (line["event"], line["status"]) == ("GET /api/v1/habits", 401)
