"""The web, killed while people write: what was answered is there."""

import random
import threading
import time
from collections import Counter
from http.client import HTTPException

import pytest

from tests.acceptance.stack import FrontEnd, wait_for
from tests.faults.conftest import NewSite, Report
from tests.faults.site import Site, Tally

pytestmark = pytest.mark.faults

WANTED = 250  # habits that each writer has made when it stops: one person may make 300 a minute
WRITERS = 8


class Writer(threading.Thread):
    """Somebody who makes habits one after the other, and knows which of them were answered."""

    def __init__(self, front_end: FrontEnd) -> None:
        super().__init__(daemon=True)
        self.front_end = front_end
        self.made: list[int] = []
        self.wrong: list[object] = []
        self.tried = 0
        self.give_up = threading.Event()

    def run(self) -> None:
        while len(self.made) < WANTED and not self.wrong and not self.give_up.is_set():
            self.tried += 1
            habit = {"action": f"try {self.tried}", "time": "07:00", "place": "at home", "reward": "tea"}
            try:
                answer = self.front_end.call("POST", "/api/v1/habits", habit)
            except (OSError, HTTPException, ValueError):
                time.sleep(0.05)  # nobody is there
                continue
            if answer.status == 201:
                self.made.append(answer.body["id"])
            else:
                self.wrong.append(answer)


def writer(site: Site, number: int) -> Writer:
    """Somebody with a chat, so that their habits have reminders ahead."""
    front_end = site.stack.front_end()
    front_end.sign_up(f"writer{number}@example.org", timezone="UTC")
    person = front_end.expect(200, "GET", "/api/v1/me")["id"]
    with site.connected() as connection:
        connection.execute(
            "INSERT INTO telegram_chat (chat_id, person_id, linked_at, seen_at) VALUES (%s, %s, now(), now())",
            [number, person],
        )
    return Writer(front_end)


def answers(site: Site) -> bool:
    try:
        return site.stack.front_end().call("GET", "/healthz").status == 200
    except (OSError, HTTPException):
        return False


def test_a_habit_that_was_answered_is_there_with_its_schedule(new_site: NewSite, report: Report) -> None:
    moments = random.Random(20260228)
    with new_site(rate=300) as site:
        site.start("web")
        wait_for(lambda: answers(site), what="the web answers", within=300)
        writers = [writer(site, number) for number in range(1, WRITERS + 1)]
        for one in writers:
            one.start()
        try:
            for kill in range(1, 5):
                enough = kill * WRITERS * WANTED // 5
                wait_for(lambda: sum(len(one.made) for one in writers) >= enough, what=f"{enough} habits", within=300)  # noqa: B023
                time.sleep(moments.uniform(0, 0.1))
                site.stack.kill("web")
                site.start("web")
            for one in writers:
                one.join(300)
        finally:
            for one in writers:
                one.give_up.set()
        made = {habit for one in writers for habit in one.made}
        habits = {row[0] for row in site.ask("SELECT id FROM habits_habit")}
        scheduled = {row[0] for row in site.ask("SELECT habit_id FROM habits_schedule WHERE next_at IS NOT NULL")}
        unanswered = len(habits - made)
    assert not any(one.wrong for one in writers), [one.wrong for one in writers]
    report(
        "web killed four times",
        Tally(len(made), 0, len(made - scheduled), Counter(), 0),
        note=f"habits; {unanswered} more were written and not answered",
    )
    assert len(made) == WRITERS * WANTED
    assert made <= habits
    # A habit and its schedule are written together or not at all.
    assert habits == scheduled
    assert unanswered <= 4 * WRITERS
