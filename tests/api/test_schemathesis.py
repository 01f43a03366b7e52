"""Every operation of the document, called by machine on a running server: what comes back is what the document says.

All of schemathesis' checks are made, in all its phases: examples, the borders of every schema, random data (that fits
and that does not), and chains of calls along the document's links. What is no failure although a check says so is told
one by one in `refused_by_state`.
"""

import secrets
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from schemathesis.config._checks import NEGATIVE_DATA_REJECTION_EXPECTED_STATUSES as REJECTIONS

from tests.acceptance.stack import FrontEnd, running_stack, wait_for
from tests.api.fuzzing import WEBHOOK_SECRET, Outcome, fuzz

pytestmark = pytest.mark.long

# By Hypothesis' profile: random cases for each operation, rounds of chains of calls (Hypothesis ends a round where the
# state of the server makes the same call answer something else), and how many cases come of it all at least.
AMOUNTS = {"dev": (1, 1, 1_000), "ci": (1, 1, 1_000), "soak": (220, 15, 10_000)}
CHAINS = 15


def config(seed: int, each: int, *, chains_only: bool = False) -> dict[str, Any]:
    """schemathesis' own."""
    drawn = {"max-examples": each, "database": "none"}
    other_phases = {name: {"enabled": not chains_only} for name in ("examples", "coverage", "fuzzing")}
    return {
        "seed": seed,
        "generation": drawn,
        "phases": other_phases | {"stateful": {"generation": drawn | {"max-examples": CHAINS}}},
        # allauth calls a session that is over gone (410), before it looks at what was sent.
        "checks": {"negative_data_rejection": {"expected-statuses": [*REJECTIONS, "410"]}},
        "continue-on-failure": True,
        "workers": 2,
        "request-timeout": 60,
        "cache": {"enabled": False},
    }


@pytest.mark.timeout(3600)
def test_it_answers_as_documented(fresh_database: str, tmp_path: Path, record_property: Any) -> None:
    profile = settings.get_current_profile_name()
    each, rounds, at_least = AMOUNTS[profile]
    # Only the soak draws other cases each time.
    seed = secrets.randbits(32) if profile == "soak" else 1
    outcome = Outcome()
    with running_stack(
        fresh_database,
        tmp_path,
        "web",
        "worker",
        "beat",
        DJANGO_SETTINGS_MODULE="tests.api.fuzzed_settings",
        TELEGRAM_WEBHOOK_SECRET=WEBHOOK_SECRET,
    ) as stack:
        telegram = FrontEnd(stack.port, headers={"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET})
        # The bot's half of a web process takes its time to start, and asks for the update again meanwhile.
        wait_for(
            lambda: telegram.call("POST", "/api/v1/telegram/webhook", {"update_id": 1}).status == 200,
            what="the webhook is ready",
        )
        fuzz(stack.port, config(seed, each), outcome)
        for number in range(1, rounds):
            fuzz(stack.port, config(seed + number, each, chains_only=True), outcome)
    record_property("figure", f"{outcome.figure}; seed {seed}")
    assert not outcome.failures, outcome.told()
    assert not [status for status in outcome.statuses if status >= 500]
    assert outcome.unmade_checks == set()
    assert outcome.cases.total() >= at_least, outcome.figure
