"""How much is measured: `small` shows in two minutes that all is as it should be, `full` gives the figures."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Size:
    name: str
    # Planner: habits in the large and in the small installation; a tenth of the large one is due at once.
    many_habits: int
    few_habits: int
    rounds: int
    idle_ticks: int
    # Delivery.
    messages: int
    sequential_messages: int
    # The limit kept: seconds at 30 and at 1,000 a second.
    limit_seconds: dict[int, int]
    # Lateness: minutes of half a second's quota; messages of the peak, at 30 and at 1,000 a second.
    minutes: int
    peak: dict[int, int]
    # The alternative: one periodic task per habit, and the sizes that only ours is asked for.
    periodic: tuple[int, ...]
    beyond: tuple[int, ...]
    edits: int
    # The morning, simulated.
    people: tuple[int, ...]
    # Habits with ten years of answers, and how often each look is taken.
    tracked: int
    looks: int
    # The API: public habits, rounds in which requests take turns, and requests of a kind in a round.
    shared: int
    asking_rounds: int
    asked: int


SIZES: Final = {
    size.name: size
    for size in (
        Size(
            name="small",
            many_habits=30_000,
            few_habits=5_000,
            rounds=2,
            idle_ticks=50,
            messages=4_000,
            sequential_messages=40,
            limit_seconds={30: 5, 1000: 4},
            minutes=3,
            peak={30: 60, 1000: 2_000},
            periodic=(1_000, 5_000),
            beyond=(30_000,),
            edits=30,
            people=(10_000,),
            tracked=40,
            looks=100,
            shared=20_000,
            asking_rounds=2,
            asked=30,
        ),
        Size(
            name="full",
            many_habits=1_000_000,
            few_habits=10_000,
            rounds=3,
            idle_ticks=300,
            messages=30_000,
            sequential_messages=300,
            limit_seconds={30: 60, 1000: 30},
            minutes=20,
            peak={30: 1_800, 1000: 10_000},
            periodic=(1_000, 10_000, 50_000),
            beyond=(1_000_000,),
            edits=200,
            people=(10_000, 100_000, 1_000_000),
            tracked=1_000,
            looks=500,
            shared=1_000_000,
            asking_rounds=4,
            asked=200,
        ),
    )
}
