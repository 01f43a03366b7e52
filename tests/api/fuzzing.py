"""schemathesis against a running server: who calls, how much, and what is no failure although a check says so."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder

from accounts import rules
from tests.acceptance.stack import FrontEnd
from tests.api.refused_by_state import is_no_failure
from tests.conftest import PASSWORD

AUTH: Final = "/api/auth/app/v1"
WEBHOOK_SECRET: Final = "the-secret-of-the-fuzzed-webhook"
TODAY: Final = dt.datetime.now(dt.UTC).date()
# It compares what several people may read, and is told of them in a file of its own; test_who_may_what does it here.
UNUSED_CHECKS: Final = {"object_level_authorization", "max_response_time"}
# After these nobody is who they were, so each is called by somebody of its own.
ENDS_THE_CALLER: Final = {"eraseProfile", "signOut", "changePassword", "resetPassword", "changeEmail", "removeEmail"}
SHOWN: Final = 25  # failures

_numbers = itertools.count(1)

schemathesis.openapi.format("time-zone", st.sampled_from(sorted(rules.time_zones().values())))
# Half of them can be answered for; none is beyond what any field takes.
schemathesis.openapi.format(
    "date",
    st.one_of(
        st.dates(TODAY - dt.timedelta(days=5), TODAY - dt.timedelta(days=1)),
        st.dates(dt.date(1970, 1, 1), dt.date(2100, 12, 31)),
    ).map(dt.date.isoformat),
)


@dataclass(frozen=True)
class Caller:
    access_token: str
    session_token: str


def somebody(port: int) -> Caller:
    given = {"email": f"caller-{next(_numbers)}@example.org", "password": PASSWORD}
    meta = FrontEnd(port).expect(200, "POST", f"{AUTH}/auth/signup", given)["meta"]
    return Caller(meta["access_token"], meta["session_token"])


@dataclass
class Outcome:
    """What came of it: cases by phase, answers by status, the checks that were made, and all that failed."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    checks: set[str] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def unmade_checks(self) -> set[str]:
        return set(CHECKS.get_all_names()) - UNUSED_CHECKS - self.checks

    @property
    def figure(self) -> str:
        phases = ", ".join(f"{name} {count:,}" for name, count in sorted(self.cases.items()) if count)
        statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(self.statuses.items()))
        return f"schemathesis: {self.cases.total():,} cases ({phases}), answers {statuses}"

    def told(self) -> str:
        return f"{len(self.failures)} kinds of failure\n\n" + "\n\n".join(list(self.failures.values())[:SHOWN])

    def add(self, phase: str, scenario: ScenarioRecorder) -> None:
        self.cases[phase] += len(scenario.interactions)
        for interaction in scenario.interactions.values():
            self.statuses[interaction.response.status_code if interaction.response else 0] += 1
        for case_id, checks in scenario.checks.items():
            self.checks |= {check.name for check in checks}
            for failure in (check.failure_info for check in checks if check.failure_info):
                answer = scenario.interactions[case_id].response
                body = answer.content.decode(errors="replace")[:1000] if answer else "no answer"
                kind = f"{phase}: {failure.failure.title}: {failure.failure.operation}"
                self.failures.setdefault(kind, f"{kind}\n{failure.failure.message}\n{failure.code_sample}\n{body}")


def fuzz(port: int, config: Mapping[str, Any], outcome: Outcome) -> None:
    """All of schemathesis' checks, in the configured phases, for every operation of the server's own document."""
    schema = schemathesis.openapi.from_url(
        f"http://127.0.0.1:{port}/api/openapi.json", config=SchemathesisConfig.from_dict(dict(config))
    )
    usual = somebody(port)

    @schema.auth(refresh_interval=None)
    class SomebodySignedIn:
        def get(self, _case: Any, context: Any) -> Caller:
            name = context.operation.definition.raw["operationId"]
            return somebody(port) if name in ENDS_THE_CALLER else usual

        def set(self, case: Any, caller: Caller, context: Any) -> None:
            schemes = {name for one in context.operation.definition.raw["security"] for name in one}
            case.headers = case.headers or {}
            if "SignedIn" in schemes:
                case.headers["Authorization"] = f"Bearer {caller.access_token}"
            elif "SessionToken" in schemes:
                case.headers["X-Session-Token"] = caller.session_token
            elif "Secret" in schemes:
                case.headers["X-Telegram-Bot-Api-Secret-Token"] = WEBHOOK_SECRET

    @schema.hook
    def filter_failure(_context: Any, failure: Any, case: Any, response: Any) -> bool:
        return not is_no_failure(failure, case, response)

    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            outcome.add(event.phase.value, event.recorder)
        elif isinstance(event, events.NonFatalError) and not isinstance(event.value, SystemError):
            # (Python 3.11 loses count of its recursion where two threads compile expressions: that is here, not there.)
            outcome.failures[f"{event.label}: {event.value}"] = f"{event.label}: {event.value}"
        elif isinstance(event, events.FatalError):
            raise event.exception
