"""What Prometheus sees of real processes, each on a port of its own."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from devservices.servers import free_port
from tests.acceptance.stack import Stack, running_stack, wait_for
from tests.conftest import fresh_copy
from tests.faults.crowd import Crowd

pytestmark = pytest.mark.long

PARTS = ("web", "worker", "worker-2", "beat", "bot")
PEOPLE, REMINDERS, STRANGER = 40, 50, 77


class Numbers(dict[tuple[str, str], float]):
    """What one process shows, by name and the values of its labels."""

    def of(self, name: str, labels: str = "") -> float:
        return self[name, labels]


def scrape(stack: Stack, part: str) -> Numbers:
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.metrics_ports[part]}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    return Numbers(
        {
            (sample.name, " ".join(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in parse(text)
            for sample in family.samples
        }
    )


def shown(stack: Stack, part: str) -> Numbers | None:
    try:
        return scrape(stack, part)
    except OSError:
        return None


def in_workers(stack: Stack, name: str, labels: str = "") -> float:
    return sum(scrape(stack, part).of(name, labels) for part in ("worker", "worker-2"))


@pytest.fixture(scope="module")
def stack(migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All parts, after fifty reminders in forty messages and one 429."""
    ports = {part: free_port() for part in PARTS}
    logs = tmp_path_factory.mktemp("metrics")
    with fresh_copy(migrated_template) as address, running_stack(address, logs, *PARTS, metrics_ports=ports) as stack:
        for part in PARTS:
            wait_for(partial(shown, stack, part), what=f"the port of {part}")
        crowd = Crowd()
        stack.bot_api.flood(1, "sendMessage")
        with psycopg.connect(address) as connection:
            crowd.more(connection, PEOPLE)
        assert crowd.reminders == REMINDERS
        # The last that is counted of a reminder.
        wait_for(
            lambda: in_workers(stack, "habits_reminders_lateness_seconds_count") >= REMINDERS, what="everybody is told"
        )
        yield stack


def test_two_workers_of_two_processes_each_count_each_reminder_once(stack: Stack) -> None:
    assert in_workers(stack, "habits_reminders_sent_total") == REMINDERS
    assert in_workers(stack, "habits_reminders_planned_total") == REMINDERS
    assert in_workers(stack, "habits_reminders_lateness_seconds_count") == REMINDERS
    assert in_workers(stack, "habits_reminders_lateness_seconds_bucket", "3600.0") == REMINDERS
    assert in_workers(stack, "habits_reminders_lateness_seconds_bucket", "0.25") <= REMINDERS
    assert in_workers(stack, "habits_envelopes_claimed_total") >= PEOPLE
    assert in_workers(stack, "habits_planner_batch_seconds_count") >= 1
    wait_for(lambda: in_workers(stack, "habits_envelopes_in_flight") == 0, what="nothing is left in flight")


def test_a_429_and_the_waits_for_the_limits_are_seen(stack: Stack) -> None:
    refused = sum(call.status == 429 for call in stack.bot_api.calls("sendMessage"))
    assert in_workers(stack, "habits_telegram_too_many_requests_total") == refused >= 1
    waits = in_workers(stack, "habits_telegram_limit_wait_seconds_count", "reminder")
    assert waits == PEOPLE + refused
    assert in_workers(stack, "habits_telegram_limit_wait_seconds_count", "answer") == 0


@pytest.mark.parametrize("kind", ["rejected", "transient", "claim_ran_out", "error"])
def test_a_kind_of_failure_is_shown_before_it_first_occurs(stack: Stack, kind: str) -> None:
    assert in_workers(stack, "habits_reminders_failed_total", kind) == 0


def test_what_is_the_whole_systems_is_shown_by_beat_alone(stack: Stack) -> None:
    beat = scrape(stack, "beat")
    names = (
        "habits_reminders_waiting",
        "habits_reminders_oldest_waiting_age_seconds",
        "habits_envelopes_claimed",
        "habits_claims_expired",
    )
    assert [beat.of(name) for name in names] == [0, 0, 0, 0]
    assert beat.of("habits_beat_ticks_total") > 1
    for part in set(PARTS) - {"beat"}:
        assert not {(name, "") for name in names} & scrape(stack, part).keys()


def test_ticks_are_counted_where_they_are_worked_on(stack: Stack) -> None:
    before = in_workers(stack, "habits_ticks_total")
    wait_for(lambda: in_workers(stack, "habits_ticks_total") > before, what="another tick")


def test_requests_are_counted_by_their_pattern(stack: Stack) -> None:
    def of_unknown() -> float:
        return scrape(stack, "web").get(("habits_http_request_seconds_count", "GET none 404"), 0)

    before = of_unknown()
    for path in ("/metrics", "/nothing-here"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{stack.port}{path}", timeout=30)
    assert of_unknown() == before + 2
    assert scrape(stack, "web").of("habits_http_request_seconds_count", "GET /readyz 200") >= 1


def test_the_bot_counts_updates_and_the_wait_of_its_answers(stack: Stack) -> None:
    stack.bot_api.write(STRANGER, "/start")
    stack.bot_api.calls("sendMessage", chat_id=STRANGER, at_least=1)
    bot = wait_for(
        lambda: (found := scrape(stack, "bot")).of("habits_bot_updates_total", "done") == 1 and found,
        what="the update is done",
    )
    assert bot.of("habits_telegram_limit_wait_seconds_count", "answer") >= 1


def test_a_worker_that_was_killed_counts_from_nothing_on_the_same_port(stack: Stack) -> None:
    stack.kill("worker")
    stack.start("worker")
    new = wait_for(lambda: shown(stack, "worker"), what="the new worker's port")
    assert new.of("habits_reminders_sent_total") == 0


def test_a_second_service_on_the_same_port_says_so_once_and_works_on(stack: Stack) -> None:
    stack.stop("worker-2")
    taken = {**stack.metrics_ports, "worker-2": stack.metrics_ports["beat"]}
    before = stack.log("worker-2").count("METRICS_PORT")
    stack.metrics_ports = taken
    stack.start("worker-2")
    wait_for(lambda: stack.log("worker-2").count(" ready.") > 1, what="the second worker is ready")
    (line,) = [line for line in stack.log("worker-2").splitlines() if "METRICS_PORT" in line][before:]
    assert f"METRICS_PORT {taken['beat']} cannot be served (Address already in use)" in line
    assert "Traceback" not in stack.log("worker-2")
