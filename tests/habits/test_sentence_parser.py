"""What is understood of real sentences, and of short answers to single questions."""

import datetime as dt
from collections.abc import Callable

import pytest

from habits.sentence_parser import (
    Understood,
    understand,
    understand_duration,
    understand_frequency,
    understand_place,
    understand_time,
)
from tests.habits.understanding import as_line, table

ENGLISH, RUSSIAN = table("english.txt"), table("russian.txt")


@pytest.mark.parametrize(("sentence", "understood"), ENGLISH)
def test_it_understands_english(sentence: str, understood: str) -> None:
    assert as_line(understand(sentence)) == understood


@pytest.mark.parametrize(("sentence", "understood"), RUSSIAN)
def test_it_understands_russian(sentence: str, understood: str) -> None:
    assert as_line(understand(sentence)) == understood


@pytest.mark.parametrize(("sentence", "understood"), table("mixed.txt"))
def test_it_understands_both_languages_in_one_sentence(sentence: str, understood: str) -> None:
    assert as_line(understand(sentence)) == understood


@pytest.mark.parametrize("sentences", [ENGLISH, RUSSIAN])
def test_its_tables_are_of_many_different_sentences(sentences: list[tuple[str, str]]) -> None:
    assert len({sentence for sentence, _understood in sentences}) == len(sentences) >= 60


@pytest.mark.parametrize(
    ("ask", "answers"),
    [
        (understand_time, "times.txt"),
        (understand_frequency, "frequencies.txt"),
        (understand_place, "places.txt"),
        (understand_duration, "durations.txt"),
    ],
)
def test_it_understands_short_answers(ask: Callable[[str], Understood], answers: str) -> None:
    for answer, understood in table(answers):
        assert (answer, as_line(ask(answer))) == (answer, understood)


@pytest.mark.parametrize(
    ("sentence", "field", "choice", "understood"),
    [
        ("call mum at work at 18:00", "place", 0, "do: call mum | where: at work | at: 18:00"),
        ("run in the park with my dog at 7", "place", 0, "do: run with my dog | where: in the park | at: 07:00"),
        ("run in the park with my dog at 7", "place", 1, "do: run | where: in the park with my dog | at: 07:00"),
        ("бегать в парке 5 кругов в 7 утра", "place", 0, "do: бегать 5 кругов | where: в парке | at: 07:00"),
        ("eat an apple at 3 at work", "time", 0, "do: eat an apple | where: at work | at: 15:00"),
        ("at 7 30 push ups at home", "time", 0, "do: push ups | where: at home | at: 07:30"),
        ("at 7 30 push ups at home", "time", 1, "do: 30 push ups | where: at home | at: 07:00"),
        ("с 7 до 8 утра учить слова дома", "time", 0, "do: учить слова | where: дома | at: 07:00"),
        ("с 7:00 до 8:00 учить слова дома", "time", 1, "do: учить слова | where: дома | at: 08:00"),
        ("read for 20 minutes at 9pm in bed", "duration", 0, "do: read | where: in bed | at: 21:00 | for: 120 s"),
        (
            "20 минут медитации в 7 утра дома",
            "duration",
            0,
            "do: 20 минут медитации | where: дома | at: 07:00 | for: 120 s",
        ),
        ("выпивать 2 литра воды в день", "frequency", 0, "do: выпивать 2 литра воды | often: daily"),
        ("3 times a week run at 7am", "frequency", 0, "do: run | at: 07:00 | often: Mon Wed Fri"),
    ],
)
def test_it_reads_a_doubt_as_the_person_chooses(sentence: str, field: str, choice: int, understood: str) -> None:
    told = understand(sentence)
    (doubt,) = told.doubts
    assert doubt.field == field
    assert as_line(told.settle(doubt.field, doubt.candidates[choice])) == understood


@pytest.mark.parametrize(
    "sentence", ["run at 7", "бегать по утрам", "read every day", "пить воду на кухне", "plank for a minute"]
)
def test_it_knows_a_habit_when_it_sees_one(sentence: str) -> None:
    assert understand(sentence).is_habit


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "привет", "что ты умеешь?", "thanks", "7", "at home", "🙂", "/", "\x00"]
)
def test_it_knows_what_is_no_habit(text: str) -> None:
    assert not understand(text).is_habit


def test_it_says_nothing_of_a_text_that_is_no_sentence() -> None:
    assert understand("run at 7 " * 500) == Understood()


def test_it_keeps_the_words_as_they_were_written() -> None:
    told = understand("Я буду читать «Войну и мир» — том 2 — в 21:30 у Камина")
    assert told.action == "читать «Войну и мир» — том 2"
    assert told.place == "у Камина"
    assert told.time == dt.time(21, 30)
