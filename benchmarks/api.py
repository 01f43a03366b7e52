"""The API: what a request costs beside a view written by hand, and a million public habits, paged and searched."""

import json
import statistics
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.signing import Signer

from accounts.models import Person
from accounts.tokens import sign_in
from benchmarks import crowd, feed, searches
from benchmarks.ground import Ground
from benchmarks.section import Section, count
from benchmarks.size import Size
from benchmarks.web import Answered, Request, Server, serving

ABOUT: Final = """\
The web server is granian as `make run` starts it, with real access tokens of real sessions. *By hand* is a Django view
without a framework (`benchmarks/by_hand.py`, `by_hand_create.py`): the same statements, the same JSON, in the same
server behind the same middleware, the session checked by the same function; by Django's ORM, and for creating once more
by a bare cursor, which is a floor rather than how one writes it. *CPU* is what all processes of the server
work for a request, in the kernel too; the database's and the caller's own are not in it. The caller is a process of its
own with one request at a time, so *by the clock* is no throughput. API and view take turns, round by round; shown are
medians. In the database: planning and execution as `EXPLAIN ANALYZE` tells them. A search that takes longer than 20 ms
stops after the bucket that it is at, and its next page goes on from there
([decision 0014](decisions/0014-search-by-buckets-of-ids.md)). Four of five habits are public.
"""
OWN_HABITS: Final = 12
NEW: Final = {
    "action": "read ten pages",
    "place": "the armchair",
    "time": "21:30",
    "weekdays": [1, 3, 5],
    "reward": "a cup of tea",
}
LIST, CREATE, FIRST, LAST = "own list, 5 of 12", "create", "public feed, first page", "public feed, last page"
HELD: Final = {LIST: 1.3, CREATE: 1.5}
ENOUGH: Final = 500  # requests of a kind


@dataclass
class Compared:
    """One request, to the API and to the view by hand. `times` is how often in a round."""

    name: str
    api: Request
    by_hand: Request | None
    times: int
    rounds: list[tuple[Answered, Answered | None]] = field(default_factory=list)

    def ask(self, server: Server, *, turned: bool) -> None:
        if self.by_hand is None:
            self.rounds.append((server.ask(self.api, self.times), None))
        elif turned:
            by_hand = server.ask(self.by_hand, self.times)
            self.rounds.append((server.ask(self.api, self.times), by_hand))
        else:
            self.rounds.append((server.ask(self.api, self.times), server.ask(self.by_hand, self.times)))

    def cpu(self, which: int) -> float | None:
        found = [answered[which].cpu for answered in self.rounds if answered[which]]  # type: ignore[union-attr]
        known = [cpu for cpu in found if cpu is not None]
        return statistics.median(known) if known else None

    @property
    def ratio(self) -> float | None:
        api, by_hand = self.cpu(0), self.cpu(1)
        return api / by_hand if api is not None and by_hand is not None else None


def run(ground: Ground, size: Size) -> Section:
    section = Section("API", ABOUT)
    with ground.connect() as database:
        crowd.clear(database)
        with ground.progress(f"making {count(size.shared)} public habits", size.shared) as made:
            newest = feed.share(database, size.shared, told=made)
    with serving(ground) as server:
        found = requests(server, size)
        for one in found:
            the_same(server, one)
        with ground.progress("asking", size.asking_rounds * len(found)) as done:
            for turn in range(size.asking_rounds):
                for number, one in enumerate(found, 1):
                    one.ask(server, turned=bool(turn % 2))
                    done(turn * len(found) + number)
    enough = size.asking_rounds * size.asked >= ENOUGH
    tell(section, {one.name: one for one in found}, sure=enough)
    searches.pages(section, size.shared, size.looks)
    with ground.progress("searching", len(searches.WORDS)) as told:
        searches.searches(section, size.shared, newest // 2, max(3, size.looks // 25), told)
    return section


def requests(server: Server, size: Size) -> list[Compared]:
    """A person with twelve habits of their own, and what they ask for."""
    headers = {"Host": "localhost", "Accept": "application/json"}
    strangers = dict(headers)
    headers |= bearer("reader")
    posting = {**headers, **bearer("writer"), "Content-Type": "application/json"}
    for _ in range(OWN_HABITS):
        made = server.ask(Request("POST", "/api/v1/habits", {**posting, **bearer("reader")}, json.dumps(NEW)), 1)
    one = json.loads(made.body)["id"]
    last = Signer(salt="contract.pages").sign(f"o{feed.BEFORE_LAST}")

    def beside(name: str, path: str, told: dict[str, str], body: str | None = None, by_hand: str = "") -> Compared:
        method = "POST" if body else "GET"
        api = Request(method, f"/api/v1/{path}", told, body)
        return Compared(name, api, Request(method, f"/api/by-hand/{by_hand or path}", told, body), size.asked)

    def alone(name: str, path: str) -> Compared:
        return Compared(name, Request("GET", f"/api/v1/{path}", strangers), None, size.asked)

    return [
        beside(LIST, "habits", headers),
        beside("one habit", f"habits/{one}", headers),
        beside(CREATE, "habits", posting, json.dumps(NEW), by_hand="habits/new"),
        beside("create, beside a bare cursor", "habits", posting, json.dumps(NEW), by_hand="habits/new-by-cursor"),
        beside(FIRST, "habits/public", strangers),
        beside(LAST, f"habits/public?cursor={last}", strangers),
        alone("search, common words", f"habits/public?search={feed.COMMON}"),
        alone("search, words in ten habits", f"habits/public?search={feed.RARE}"),
        alone("search, words that are nowhere", f"habits/public?search={feed.ABSENT}"),
        alone("search, words in the oldest only", f"habits/public?search={feed.OLD}"),
    ]


def bearer(name: str) -> dict[str, str]:
    """A token of a session of the person of this name, whom a chat reaches."""
    from telegram.models import Chat

    person, is_new = Person.objects.get_or_create(email=f"{name}@example.org", defaults={"display_name": name})
    if is_new:
        Chat.objects.create(chat_id=person.pk, person=person, linked_at=person.created_at, seen_at=person.created_at)
    return {"Authorization": f"Bearer {sign_in(person).access_token}"}


def the_same(server: Server, compared: Compared) -> None:
    """Both answer the same, but for the address of a page and what a new row cannot have in common."""
    if compared.by_hand is None:
        return
    api, by_hand = (server.ask(request, 1).body for request in (compared.api, compared.by_hand))
    if plain(api) != plain(by_hand):
        raise RuntimeError(f"{compared.name}: the view by hand answers {by_hand}, the API {api}")


def plain(body: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(body.replace("/api/by-hand/", "/api/v1/"))
    if "results" in told:
        return told
    return {name: None if name in {"id", "created_at", "updated_at"} else value for name, value in told.items()}


def tell(section: Section, found: dict[str, Compared], *, sure: bool) -> None:
    """`sure`: there were enough requests for a ratio to be more than chance."""
    table = section.table(
        "A request", "", "API, ms of CPU", "by hand, ms of CPU", "ratio", "API by the clock, ms", "requests"
    )
    for one in found.values():
        api, by_hand = one.cpu(0), one.cpu(1)
        clock = statistics.median(answered[0].wall for answered in one.rounds)
        asked = count(len(one.rounds) * one.times)
        table.add(one.name, shown(api), shown(by_hand), shown(one.ratio), f"{clock:.2f}", asked)
    for name, most in HELD.items():
        hold(section, f"{name}: at most {most} times the CPU of a view by hand", found[name].ratio, most, sure)
    first, last = found[FIRST].cpu(0), found[LAST].cpu(0)
    ratio = last / first if first and last else None
    hold(section, "last page of the feed: at most 1.2 times the first, CPU of a request", ratio, 1.2, sure)


def hold(section: Section, what: str, ratio: float | None, most: float, sure: bool) -> None:
    section.hold(what, shown(ratio), ratio <= most if ratio is not None and sure else None)


def shown(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
