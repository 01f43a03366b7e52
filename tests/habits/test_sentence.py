import datetime as dt

import pytest
from django.utils import translation

from habits.models import Habit
from habits.sentence import sentence

TIME = dt.time(7)

# What a person wrote as the place: what stands after the time.
IN_ENGLISH = {
    "the park": "in the park",
    "park": "in park",
    "bed": "in bed",
    "the kitchen": "in the kitchen",
    "my room": "in my room",
    "my desk": "at my desk",
    "the kitchen table": "at the kitchen table",
    "the sofa": "on the sofa",
    "the bus": "on the bus",
    "the second floor": "on the second floor",
    "desktop": "in desktop",
    "Gorky Park": "in Gorky Park",
    "NYC": "in NYC",
    "24-hour gym": "in 24-hour gym",
    "in the park": "in the park",
    "In the park": "in the park",
    "IN THE PARK": "IN THE PARK",
    "at home": "at home",
    "At home": "at home",
    "home": "at home",
    "Home": "at home",
    "work": "at work",
    "home, by the window": "at home, by the window",
    "home in the kitchen": "at home in the kitchen",
    "home office": "in home office",
    "workshop": "in workshop",
    "at my desk": "at my desk",
    "on the bus": "on the bus",
    "on my way to work": "on my way to work",
    "by the window": "by the window",
    "near the river": "near the river",
    "next to the bed": "next to the bed",
    "next door": "next door",
    "close to the door": "close to the door",
    "far from the phone": "far from the phone",
    "in front of the mirror": "in front of the mirror",
    "under the shower": "under the shower",
    "behind the house": "behind the house",
    "between two meetings": "between two meetings",
    "along the embankment": "along the embankment",
    "around the lake": "around the lake",
    "across the street": "across the street",
    "outside": "outside",
    "Outside": "outside",
    "outside the house": "outside the house",
    "inside": "inside",
    "outdoors": "outdoors",
    "indoors": "indoors",
    "upstairs": "upstairs",
    "upstairs, by the window": "upstairs, by the window",
    "upstairs in the bedroom": "upstairs in the bedroom",
    "upstairs bedroom": "in upstairs bedroom",
    "downstairs": "downstairs",
    "downtown": "downtown",
    "downtown gym": "in downtown gym",
    "online": "online",
    "online school": "in online school",
    "here": "here",
    "wherever I am": "wherever I am",
    "anywhere quiet": "anywhere quiet",
    "somewhere warm": "somewhere warm",
    "everywhere": "everywhere",
    "with my dog": "with my dog",
    "from the balcony": "from the balcony",
    "over breakfast": "over breakfast",
    "inner courtyard": "in inner courtyard",
    "Onslow Gardens": "in Onslow Gardens",
    "attic": "in attic",
    "(at home)": "(at home)",
    "🏠 at home": "🏠 at home",
    "🏡": "in 🏡",
    "100% gym": "in 100% gym",
    "%(action)s": "in %(action)s",
    # Russian words in an English sentence
    "дома": "дома",
    "в парке": "в парке",
    "На кухне": "на кухне",
    "парк": "in парк",
    "מטבח": "in מטבח",
}
IN_RUSSIAN = {
    "парке": "в парке",
    "парк": "в парк",
    "кровати": "в кровати",
    "своей комнате": "в своей комнате",
    "Парке Горького": "в Парке Горького",
    "в парке": "в парке",
    "В парке": "в парке",
    "В ПАРКЕ": "в ПАРКЕ",
    "во дворе": "во дворе",
    "Во дворе": "во дворе",
    "дома": "дома",
    "Дома": "дома",
    "дома на кухне": "дома на кухне",
    "дома, у окна": "дома, у окна",
    "доме отдыха": "в доме отдыха",
    "на кухне": "на кухне",
    "На кухне": "на кухне",
    "на работе": "на работе",
    "на улице": "на улице",
    "на даче": "на даче",
    "у окна": "у окна",
    "у зеркала": "у зеркала",
    "за столом": "за столом",
    "за рулём": "за рулём",
    "под душем": "под душем",
    "под пледом": "под пледом",
    "перед зеркалом": "перед зеркалом",
    "передо мной": "передо мной",
    "около дома": "около дома",
    "возле дома": "возле дома",
    "рядом": "рядом",
    "рядом с домом": "рядом с домом",
    "недалеко от дома": "недалеко от дома",
    "неподалёку": "неподалёку",
    "напротив окна": "напротив окна",
    "между встречами": "между встречами",
    "среди деревьев": "среди деревьев",
    "по дороге на работу": "по дороге на работу",
    "вдоль набережной": "вдоль набережной",
    "вокруг озера": "вокруг озера",
    "при свечах": "при свечах",
    "с балкона": "с балкона",
    "со скамейки": "со скамейки",
    "из дома": "из дома",
    "вне дома": "вне дома",
    "вместе с мамой": "вместе с мамой",
    "через дорогу": "через дорогу",
    "на свежем воздухе": "на свежем воздухе",
    "здесь": "здесь",
    "тут": "тут",
    "там, где тихо": "там, где тихо",
    "наверху": "наверху",
    "наверху, в спальне": "наверху, в спальне",
    "внизу": "внизу",
    "снаружи": "снаружи",
    "где угодно": "где угодно",
    "где-нибудь": "где-нибудь",
    "везде": "везде",
    "онлайн": "онлайн",
    "онлайн-школе": "в онлайн-школе",
    "верхней комнате": "в верхней комнате",
    "настольном клубе": "в настольном клубе",
    "«Доме книги»": "в «Доме книги»",
    "🏠 дома": "🏠 дома",
    # English words in a Russian sentence
    "at home": "at home",
    "home": "at home",
    "on the bus": "on the bus",
    "Starbucks": "в Starbucks",
}


@pytest.mark.parametrize(("place", "where"), IN_ENGLISH.items())
def test_it_says_where_in_an_english_sentence(place: str, where: str) -> None:
    with translation.override("en"):
        assert sentence(Habit(action="run", time=TIME, place=place)) == f"I will run at 07:00 {where}"


@pytest.mark.parametrize(("place", "where"), IN_RUSSIAN.items())
def test_it_says_where_in_a_russian_sentence(place: str, where: str) -> None:
    with translation.override("ru"):
        assert sentence(Habit(action="бегать", time=TIME, place=place)) == f"Я буду бегать в 07:00 {where}"


@pytest.mark.parametrize(
    ("language", "time", "place", "said"),
    [
        ("en", None, None, "I will drink tea"),
        ("en", TIME, None, "I will drink tea at 07:00"),
        ("en", None, "the garden", "I will drink tea in the garden"),
        ("ru", None, None, "Я буду drink tea"),
        ("ru", dt.time(23, 5), None, "Я буду drink tea в 23:05"),
        ("ru", None, "саду", "Я буду drink tea в саду"),
    ],
)
def test_it_is_shorter_for_a_pleasant_habit_without_time_or_place(
    language: str, time: dt.time | None, place: str | None, said: str
) -> None:
    with translation.override(language):
        assert sentence(Habit(action="drink tea", time=time, place=place)) == said
