"""Delivery: messages a second through the whole engine, beside a bare aiohttp loop and a sequential one."""

from typing import Final

from benchmarks import couriers, loops
from benchmarks.ground import LATENCY, Ground
from benchmarks.section import Section, count
from benchmarks.size import Size

ABOUT: Final = """\
The *engine* is two couriers in processes of their own, as two workers have them: claim, open, word, pass the limits
in Valkey, send, settle, with PostgreSQL, Valkey and the stub on the same cores. Every fourth message tells of two
reminders. The rate given to the limiter is beyond Telegram's 1,000, so that it shows what the engine could do. *Bare
aiohttp* is one event loop that only posts, once before the engine and once after it. *Sequential* is `requests.post`,
one after the other. All speak to the same stub.
"""
IN_FLIGHT: Final = 400
# The limiter is passed all the same; it only does not bind.
UNBOUND: Final = 20_000


def run(ground: Ground, size: Size) -> Section:
    section = Section("Delivery", ABOUT)
    stub, messages = ground.stub, size.messages
    before = bare_aiohttp(ground, messages)
    with ground.progress("sending one after the other", size.sequential_messages) as done:
        stub.reset(latency=LATENCY)
        sequential = loops.sequential(stub.url, size.sequential_messages, done)
    with ground.console.status(f"Planning {count(messages)} messages"):
        reminders = couriers.prepare(ground, messages)
    stub.reset(latency=LATENCY)
    window = IN_FLIGHT // couriers.COURIERS
    found = couriers.deliver(ground, messages, rate=UNBOUND, window=window, what="delivering")
    bare = (before + bare_aiohttp(ground, messages)) / 2
    table = section.table(
        f"Messages a second, {LATENCY * 1000:.0f} ms latency, {IN_FLIGHT} in flight",
        "",
        "messages",
        "a second",
        "engine is",
    )
    table.add("engine", count(len(found.calls)), count(found.rate), "")
    table.add("bare aiohttp", count(messages), count(bare), f"{found.rate / bare:.2f} of it")
    table.add(
        "sequential", count(size.sequential_messages), f"{sequential:.1f}", f"{found.rate / sequential:.0f} times"
    )
    whole = section.table("What became of them", "messages", "reminders", "lost", "twice", "a courier's memory, MB")
    whole.add(count(messages), count(reminders), found.lost, found.twice, f"{found.megabytes:.0f}")
    section.hold("at least 1,000 messages a second", count(found.rate), found.rate >= 1000)
    section.hold("at least 0.4 of a bare aiohttp loop", f"{found.rate / bare:.2f}", found.rate >= 0.4 * bare)
    section.hold(
        "at least 80 times the sequential loop", f"{found.rate / sequential:.0f}", found.rate >= 80 * sequential
    )
    section.hold("none lost, none twice", f"{found.lost}, {found.twice}", not (found.lost or found.twice))
    return section


def bare_aiohttp(ground: Ground, messages: int) -> float:
    ground.stub.reset(latency=LATENCY)
    with ground.console.status("Sending by a bare aiohttp loop"):
        return loops.bare_aiohttp(ground.stub.url, messages, in_flight=IN_FLIGHT)
