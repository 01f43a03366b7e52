"""Telegram's limit, kept by several processes: how much of it is used, and that none of it is overstepped."""

from typing import Final

from benchmarks import couriers
from benchmarks.ground import LATENCY, Ground
from benchmarks.section import Section, count
from benchmarks.size import Size

ABOUT: Final = """\
Two couriers share a limit, and the stub is a token bucket of one second that answers 429 beyond it. The rate is taken
from the arrivals after the first second, which holds what may go at once after a pause.
"""


def run(ground: Ground, size: Size) -> Section:
    section = Section("The limit kept", ABOUT)
    table = section.table("", "allowed a second", "messages", "arrived a second", "used", "429s", "lost", "twice")
    for rate, seconds in size.limit_seconds.items():
        messages = rate * seconds
        couriers.prepare(ground, messages)
        ground.stub.reset(latency=LATENCY, rate=rate)
        found = couriers.deliver(ground, messages, rate=rate, what=f"delivering at {count(rate)} a second")
        steady = [call.at for call in found.calls if call.at >= found.calls[0].at + 1]
        arrived = (len(steady) - 1) / (steady[-1] - steady[0])
        used = arrived / rate
        table.add(
            count(rate), count(messages), f"{arrived:,.1f}", f"{used:.1%}", found.refused, found.lost, found.twice
        )
        section.hold(f"at least 97 % of {count(rate)} a second", f"{used:.1%}", used >= 0.97)
        section.hold(f"no 429 at {count(rate)} a second", str(found.refused), found.refused == 0)
    return section
