"""The sentence of a habit, in the active language and in the person's own words.

"I will {action} at {time} in {place}", «Я буду {действие} в {время} в {место}». A place that carries its preposition
("at home", «во дворе») or needs none ("upstairs", «дома») is used as it stands. People write in either language
whatever they read in, so both languages' words are known in both sentences.
"""

import datetime as dt
import re

from django.utils.translation import gettext as _

from habits.models import Habit


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What begins a place and needs more behind it: in English, then in Russian.
_PREPOSITIONS = _words(
    """
    aboard above across against along alongside amid among amongst around at atop before behind below beneath beside
    between beyond by down from in into near next off on onto opposite out outside over past through throughout to
    toward towards under underneath up upon via with within without
    без близ в вблизи вдоль вне внутри во возле вокруг для до за из из-за из-под к ко между меж мимо на навстречу над
    надо напротив около от перед передо по под подле подо позади поперёк поперек посреди посередине после при против
    с сквозь со среди у через
    """
)
# What is a place by itself. With more behind it, only where that says where too ("upstairs, by the window", «дома на
# кухне»): "downtown gym" needs its preposition.
_ADVERBS = _words(
    """
    abroad away close downstairs downtown elsewhere far here indoors inside nearby offline online outdoors outside
    overhead overseas there underground upstairs uptown
    вблизи вверху вдали вдалеке вместе внизу внутри вокруг впереди далеко дома здесь наверху напротив наружу
    невдалеке недалеко неподалёку неподалеку онлайн офлайн оффлайн поблизости позади поодаль посередине рядом сбоку
    сверху сзади слева снаружи снизу справа там тут
    """
)
# What anything may follow: "wherever I am", «где угодно».
_ANYWHERE = _words(
    """
    anyplace anywhere everywhere halfway nowhere somewhere where wherever
    везде всюду где где-либо где-нибудь где-то повсюду
    """
)
# Nouns that English puts after "at" without an article.
_AFTER_AT = frozenset(["home", "work"])
# Places that one is not in: "the kitchen table", "my sofa".
_AT = _words("bar computer counter desk door mirror piano sink stove table window workbench workstation")
_ON = _words(
    """
    balcony beach bench boat bus couch deck ferry floor lawn mat plane platform porch roof rooftop sofa stairs
    staircase subway terrace train tram treadmill
    """
)
_WORD = re.compile(r"[\w'’-]+")


def sentence(habit: Habit) -> str:
    """The whole sentence; without time and place (a pleasant habit may have neither), what there is of it."""
    return told(action=habit.action, time=habit.time, place=habit.place)


def told(*, action: str, time: dt.time | None = None, place: str | None = None) -> str:
    """The sentence of these parts."""
    words = {"action": action, "time": "", "place": ""}
    if time is not None:
        words["time"] = time.strftime("%H:%M")
    if place is not None:
        words["place"] = where(place)
    if time is not None and place is not None:
        return _("I will %(action)s at %(time)s %(place)s") % words
    if time is not None:
        return _("I will %(action)s at %(time)s") % words
    if place is not None:
        return _("I will %(action)s %(place)s") % words
    return _("I will %(action)s") % words


def where(place: str) -> str:
    """The place as it stands in a sentence: "in the park" for "the park", "on the bus" for "On the bus"."""
    found = _WORD.search(place)
    if found is None:
        return _in(place)
    word, rest = found[0].casefold(), place[found.end() :]
    if found[0] == found[0].capitalize() and found.start() == 0 and (word in _AFTER_AT or _says_where(word, rest)):
        place = word + rest
    if word in _AFTER_AT and found.start() == 0 and _stands_alone(rest):
        return f"at {place}"
    return place if _says_where(word, rest) else _in(place)


def _in(place: str) -> str:
    """A place without its preposition, with the one that it takes, by its last word."""
    last = place.casefold().split()[-1:]
    if last and last[0] in _AT:
        return f"at {place}"
    return f"on {place}" if last and last[0] in _ON else _("in %(place)s") % {"place": place}


def _says_where(word: str, rest: str) -> bool:
    return (
        word in _ANYWHERE
        or (word in _ADVERBS and _stands_alone(rest))
        or (word in _PREPOSITIONS and bool(rest.strip()))
    )


def _stands_alone(rest: str) -> bool:
    """Whether nothing follows a word but punctuation or another word that says where."""
    following = _WORD.search(rest)
    return not rest or not rest[0].isspace() or following is None or following[0].casefold() in _PREPOSITIONS | _ADVERBS
