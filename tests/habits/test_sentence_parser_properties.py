"""What holds of every text: its parts come back or are asked about, and nothing raises or goes on for ever."""

import datetime as dt
import itertools
from collections.abc import Sequence

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from habits.models import MAX_DURATION, Habit
from habits.sentence import sentence
from habits.sentence_parser import (
    Understood,
    understand,
    understand_duration,
    understand_frequency,
    understand_place,
    understand_time,
)
from habits.understanding.russian_places import NAMES
from habits.understanding.text import LONGEST

ACTIONS = (
    "read", "run", "drink a glass of water", "read 10 pages", "do 20 push-ups", "write in my diary", "play in the band",
    "look out of the window", "turn on the light", "take b12", "think about tomorrow", "work on my novel",
    "бегать", "читать", "выпить стакан воды", "сделать 20 отжиманий", "смотреть в окно", "пить чай с 2 ложками сахара",
    "писать в дневник", "играть на гитаре", "встать и выпить воды", "ходить в бассейн", "отжаться 20 раз",
)  # fmt: skip
# As sentences say them; a name alone gets its preposition from the sentence.
PLACES = (
    "in the park", "at home", "on the bus", "at my desk", "in bed", "outside", "upstairs, by the window", "the park",
    "my room", "next to the river", "in front of the mirror", "at gate 7", "at cafe 24/7", "on my way to work",
    "in a coworking", "wherever I am", "in Gorky Park", "home",
    "дома", "в парке", "на кухне", "у окна", "за столом", "под душем", "в кабинете 305", "в парке у дома",
    "на берегу реки", "возле дома", "рядом с домом", "по дороге на работу", "где угодно", "на свежем воздухе",
    "в парке Горького", "своей комнате", "кровати",
)  # fmt: skip
TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
VOCABULARY = """
    a at by in on the my of to for from with and or until every each other once twice day days week hour morning
    evening night noon midnight half past quarter am pm o'clock mon tuesday fridays weekdays weekend daily 1 2 7
    10 12 15 19:30 7.30 7-30 0730 24/7 25:61 7am 11pm minutes seconds min hour home work bed park kitchen gate
    run read book drink water reward: i will remind me please я буду напоминай мне хочу в во на у за под по с до
    после около без через каждый каждое день дня дней раз раза неделю месяц утро утра утром вечера вечером ночи
    полдень полвосьмого половине восьмого четверти восемь семь двадцать минут минуту секунд час часов пн
    вторникам пятницу будням выходные кроме дома работе кухне парке парк окно бегать читать пить воду зарядка
    награда: и или , ; . - — ! ( ) « » " 🙂
"""
TEXTS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=25).map(" ".join)
ASKING = (understand, understand_time, understand_frequency, understand_place, understand_duration)


@given(st.sampled_from(ACTIONS), st.sampled_from(PLACES), TIMES, st.sampled_from(["en", "ru"]))
def test_it_understands_the_sentence_of_a_habit(action: str, place: str, moment: dt.time, language: str) -> None:
    with translation.override(language):
        told = understand(sentence(Habit(action=action, place=place, time=moment)))
    where = sentence(Habit(action="", place=place))
    assert told.action == action
    assert told.place is not None
    assert told.place.endswith(place) or told.place == where
    doubt = told.doubt("time")
    offered = [candidate.changes.get("time") for candidate in doubt.candidates] if doubt else []
    assert told.time == moment or moment in offered
    assert (told.every_days, told.weekdays, told.duration, told.reward) == (None, None, None, None)


OFTEN = {
    "every day": (1, None),
    "on weekdays": (None, (1, 2, 3, 4, 5)),
    "mon wed fri": (None, (1, 3, 5)),
    "every other day": (2, None),
    "каждый день": (1, None),
    "по вторникам и четвергам": (None, (2, 4)),
    "раз в 3 дня": (3, None),
    "пн-пт": (None, (1, 2, 3, 4, 5)),
}
AT = {
    "at 7": dt.time(7), "7am": dt.time(7), "at half past six in the evening": dt.time(18, 30), "at noon": dt.time(12),
    "7:30": dt.time(7, 30), "@ 21:30": dt.time(21, 30),
    "в 7 утра": dt.time(7), "в полвосьмого вечера": dt.time(19, 30), "в 19.30": dt.time(19, 30), "в 7": dt.time(7),
    "без четверти восемь утра": dt.time(7, 45), "в полдень": dt.time(12),
}  # fmt: skip
PLAIN = ("meditate", "drink water", "бегать", "пить воду")
WHERE = ("at home", "in the park", "on the balcony", "дома", "в парке", "на кухне", "у окна")


@given(
    st.sampled_from(PLAIN),
    st.sampled_from(list(AT)),
    st.sampled_from(list(OFTEN)),
    st.sampled_from(WHERE),
    st.permutations(range(3)),
    st.sampled_from(["", "I will ", "remind me to ", "я буду ", "хочу "]),
    st.sampled_from([" ", ", "]),
    st.booleans(),
)
def test_it_understands_the_parts_in_any_order(
    action: str, at: str, often: str, where: str, order: Sequence[int], opening: str, between: str, is_shouted: bool
) -> None:
    # A place before the action is another matter: where does it end?
    behind = (at, often, where)
    text = opening + between.join([action, *(behind[index] for index in order)])
    told = understand(text.upper() if is_shouted else text)
    assert told.time == AT[at]
    assert (told.every_days, told.weekdays) == OFTEN[often]
    assert (told.action or "").lower() == action
    assert (told.place or "").lower() == where
    assert told.doubts == ()


@given(TEXTS | st.text(max_size=200), st.sampled_from(ASKING))
@example("в 24:00 в 25:61", understand)
@example("1" * 300, understand_time)
@example("раз в ноль дней", understand_frequency)
def test_it_tells_only_what_a_habit_can_hold(text: str, ask: "type[Understood]") -> None:
    told: Understood = ask(text)  # type: ignore[call-arg]
    _is_sound(told, text)
    for doubt in told.doubts:
        values = [tuple(candidate.changes.values()) for candidate in doubt.candidates]
        assert len(set(values)) == len(values) <= 6
        for candidate in doubt.candidates:
            chosen = told.settle(doubt.field, candidate)
            assert chosen.doubt(doubt.field) is None
            _is_sound(chosen, text)


def _is_sound(told: Understood, text: str) -> None:
    assert told.time is None or (told.time.second, told.time.microsecond, told.time.tzinfo) == (0, 0, None)
    assert told.every_days is None or 1 <= told.every_days <= 7
    assert told.weekdays is None or (told.weekdays and set(told.weekdays) <= set(range(1, 8)))
    assert told.weekdays is None or list(told.weekdays) == sorted(set(told.weekdays))
    assert told.every_days is None or told.weekdays is None
    assert told.duration is None or 1 <= told.duration <= MAX_DURATION
    for doubt in told.doubts:
        fields = ("every_days", "weekdays") if doubt.field == "frequency" else (doubt.field,)
        assert [getattr(told, field) for field in fields] == [None] * len(fields)
    assert len({doubt.field for doubt in told.doubts}) == len(told.doubts)
    for words in (told.action, told.place, told.reward):
        assert words is None or words == " ".join(words.split()) != ""
        assert words is None or words in NAMES.values() or _are_of(words, text)


def _are_of(words: str, text: str) -> bool:
    """Whether every letter and digit of the words stands in the text, in this order."""
    written = iter(text)
    return all(mark in written for mark in words if mark.isascii() and mark.isalnum())


PIECES = [
    "7", "7 ", "7:", "7-", "в ", "at ", "в 7 и ", "7, ", "раз в ", "каждый ", "every other ", "every ", "mon ", "mon-",
    "in the ", "на кухне ", "у ", "и ", "and ", "по ", "без ", "без 5 ", "half past ", "remind me ", "please ",
    "reward ", "reward: ", "«", '"', "(", ", ", "- ", ". ", "\n", " ", "\x00", "а", "ё", "🙂", "минут ",
    "for 2 ", "1 2 ",
]  # fmt: skip


# A pattern that backtracks without end is named by the timeout; how fast an honest one is depends on the machine.
@pytest.mark.timeout(120)
@pytest.mark.parametrize("ask", ASKING)
@pytest.mark.parametrize("length", [LONGEST, 4096])
def test_it_comes_back_from_hostile_texts(ask: "type[Understood]", length: int) -> None:
    texts = [(piece * length)[:length] for piece in PIECES]
    texts += [((one + other) * length)[:length] for one, other in itertools.pairwise(PIECES)]
    for text in texts:
        _is_sound(ask(text), text)  # type: ignore[call-arg]
