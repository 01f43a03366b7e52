"""What stands behind a number: is "at 7 …" a time, or seven of something?"""

import re
from enum import Enum, auto

from habits.understanding.text import BLANK, listed

_WORD = re.compile(r" ?([^\W\d_][\w'-]*|\d|[%°№#$€₽])?")
# Nothing that could be counted begins with these.
_SAFE = listed(
    """
    a about after alone an and as at be before but by do each every exactly for from go i i'd i'll i'm if in
    inside into it just let me my near next of on once only or our outside over please precisely prompt sharp so
    that the then this to today tomorrow tonight under until we when while will with without you your без более
    бы быстро в во возле вместе вместо всегда все где для до же за затем и из или как каждую каждые каждый
    каждое когда ко мне мной на надо не недалеко нужно о об обязательно около он она перед по под пожалуйста
    после потом при про ровно рядом с сам сама свои своим снова со сразу строго только тихо точно у утром хочу
    через чтобы я ежедневно дома буду напоминай напомни сегодня завтра
    """
)
# What is counted, measured or numbered: seven of these are no time of day.
_THINGS = listed(
    """
    % ° № # $ € ₽ раз раза мин сек день дня дней км м см кг г гр л мл стр лет рук руки счет счета слоя слоев ряд ряда
    рядах зал зале баз базы пик час часть части частей частях дом дома домах ч
    th st nd rd km kms mi mph kg kgs lb lbs g gr l ml oz met times percent people main street avenue eleven hour hours
    hr hrs sec secs min mins seconds minute minutes day days week weeks month months year years kilometers kilometres
    meters metres mile miles grams liters litres pounds cups glass glasses pages steps reps repetitions sets rounds laps
    pushups push-ups pullups pull-ups situps sit-ups squats words chapters pills drops degrees places points
    """
)
_THING_STEMS = tuple(
    sorted(
        listed(
            """
            руб год процент минут секунд сутк суток недел месяц километр метр грамм литр шаг страниц подход повтор круг
            отжиман приседан подтягиван стакано стакана ложк чашк таблет капл слов глав этаж класс кабинет аудитор
            комнат квартир школ групп корпус палат вагон мест градус человек балл этап
            """
        )
    )
)
_NOUNS_LIKE_VERBS = listed(
    """
    кровать мать пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать
    шестнадцать семнадцать восемнадцать девятнадцать двадцать тридцать часть сеть речь ночь дочь память печать нефть
    ртуть суть треть четверть честь шерсть плоть гости дети сети части пути кости новости трети почти смерть путь гость
    грудь скатерть тетрадь кисти шерсти чести горсти
    """
)
# A noun in its first form, and the word behind it: counted things and places end otherwise.
_NOUN = re.compile(r" ?([а-я]+(?:[^\Wеиыохмйя]|ия|йка))(?: ([а-я-]+))?(?!\w)")
_INFINITIVE = re.compile(r"[а-я-]+(?:ть|[йдсз]ти|чь|ться|[йдсз]тись|чься)\Z")


class Follow(Enum):
    """What follows a number: nothing that it could count, a thing that it counts, or who knows."""

    SAFE = auto()
    THING = auto()
    UNKNOWN = auto()


def follow(plain: str, end: int) -> Follow:
    """What stands behind the number that ends at `end`."""
    word = _WORD.match(plain, end)
    name = word[1] if word else None
    if name is None:
        return Follow.SAFE
    if name[0].isdigit():
        return Follow.UNKNOWN
    if name in _SAFE or is_infinitive(name):
        return Follow.SAFE
    return Follow.THING if name in _THINGS or name.startswith(_THING_STEMS) else Follow.UNKNOWN


def is_infinitive(word: str) -> bool:
    """Whether a Russian word is likely an infinitive: «бегать», «идти», «лечь», «учиться»."""
    return (
        len(word) > 3
        and _INFINITIVE.match(word) is not None
        and word not in _NOUNS_LIKE_VERBS
        and word[-4:] not in _NOUN_ENDINGS
    ) or word in ("есть", "пить", "петь", "мыть", "шить", "лить", "идти", "жить", "бить", "выть")


_NOUN_ENDINGS = ("ость", "ости", "асть", "асти")


def is_thing_done(plain: str, end: int) -> bool:
    """Whether a Russian noun stands behind the hour as what is done: «в 7 зарядка», not «в 7 строк написать …»."""
    noun = _NOUN.match(plain, end)
    return noun is not None and not is_infinitive(noun[2] or "")


def is_open(plain: str, start: int) -> bool:
    """Whether nothing but the edge, a mark or what is understood stands before `start`."""
    before = plain[:start].rstrip(" ")
    return not before or before[-1] in f",;:({BLANK}" or before.endswith(" -")
