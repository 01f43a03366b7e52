"""What stands behind a number: is "at 7 …" a time, or seven of something?"""

import re
from enum import Enum, auto

from habits.understanding.text import BLANK

_WORD = re.compile(r" ?([^\W\d_][\w'-]*|\d|[%°№#$€₽])?")
# Nothing that could be counted begins with these.
_SAFE = frozenset(
    """
    a about after alone an and as at be before but by do each every exactly for from go i i'd i'll i'm if in inside into
    it just let me my near next of on once only or our outside over please precisely prompt sharp so that the then this
    to today tomorrow tonight under until we when while will with without you your
    без более бы быстро в во возле вместе вместо возле всегда все где для до же за затем и из или как каждую каждые
    каждый каждое когда ко мне мной на надо не недалеко нужно о об обязательно около он она перед по под пожалуйста
    после потом при про ровно рядом с сам сама свои своим снова со сразу строго только тихо точно у утром хочу через
    чтобы я ежедневно дома буду напоминай напомни сегодня завтра
    """.split()
)
# What is counted, measured or numbered: seven of these are no time of day.
_THINGS = re.compile(
    r"(?:%|°|№|#|\$|€|₽|раза?|руб\w*|лет|год\w*|процент\w*|минут\w*|мин|секунд\w*|сек|сут\w+|дн(?:я|ей|ями)|день|недел\w+|месяц\w*"
    r"|километр\w*|км|метр\w*|м|см|кг|гр?|грамм\w*|литр\w*|л|мл|шаг\w*|страниц\w*|стр|подход\w*|повтор\w*|круг\w*"
    r"|отжимани\w+|приседани\w+|подтягивани\w+|стакан\w*|ложк\w+|чашк\w+|таблет\w+|капл\w+|слов\w*|глав\w*|ру(?:к|ки)|счет\w*"
    r"|слоя|слоев|ряд\w*|этаж\w*|класс\w*|кабинет\w*|аудитори\w+|комнат\w*|квартир\w*|дом\w*|школ\w*|групп\w*|зал\w*"
    r"|корпус\w*|палат\w*|вагон\w*|мест\w*|баз\w+|пик|градус\w*|человек\w*|балл\w*|этап\w*|част(?:и|ей|ях)"
    r"|sec(?:ond)?s?|min(?:ute)?s?|days?|weeks?|months?|years?|km|kms|kilomet\w+|met\w+|miles?|mi|mph|kg|kgs|lbs?|g|gr|grams?|ml|l"
    r"|lit(?:er|re)s?|oz|cups?|glass(?:es)?|pages?|steps?|reps?|sets?|rounds?|laps?|times|percent|push-?ups?|pull-?ups?"
    r"|sit-?ups?|squats?|words?|chapters?|pills?|drops?|degrees?|people|places?|points?|th|st|nd|rd|eleven|street|avenue"
    r"|main|hours?|hrs?)\Z"
)
_NOUNS_LIKE_VERBS = frozenset(
    """
    кровать мать пять шесть семь восемь девять десять одиннадцать двенадцать пятнадцать двадцать тридцать
    часть сеть речь ночь дочь память печать тать стать нефть ртуть суть треть четверть честь шерсть плоть
    гости дети сети части пути кости новости трети вести почти доброти смерть путь гость грудь скатерть помочь-то зать
    """.split()
) - {"стать", "вести"}
_INFINITIVE = re.compile(r"[а-я-]+(?:ть|ти|чь|ться|тись|чься)\Z")


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
    if _THINGS.match(name):
        return Follow.THING
    return Follow.SAFE if name in _SAFE or is_infinitive(name) else Follow.UNKNOWN


def is_infinitive(word: str) -> bool:
    """Whether a Russian word is likely an infinitive: «бегать», «идти», «лечь», «учиться»."""
    return (
        len(word) > 3
        and _INFINITIVE.match(word) is not None
        and word not in _NOUNS_LIKE_VERBS
        and word[-4:] not in _NOUN_ENDINGS
    ) or word in ("есть", "пить", "петь", "мыть", "шить", "лить", "идти", "жить", "бить", "выть")


_NOUN_ENDINGS = ("ость", "ости", "асть", "асти")


def is_open(plain: str, start: int) -> bool:
    """Whether nothing but the edge, a mark or what is understood stands before `start`."""
    before = plain[:start].rstrip(" ")
    return not before or before[-1] in f",;:({BLANK}" or before.endswith(" -")
