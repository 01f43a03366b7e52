"""How people open a sentence, and close it: "remind me to …", «я хочу …», "… please", "reward: …"."""

import re
from enum import Flag, auto

from habits.understanding.text import BLANK, Text, tidied

_GREETING = r"(?:(?:hi|hello|hey|ok|okay|so|well|please|pls|plz|привет|так|итак|ну|бот|пожалуйста|плиз|давай)[,!.]? )*"
_ASKING = _GREETING + r"(?:(?:can|could|would|will) you (?:please |kindly )?)?"
# "Remind me to", «напоминай мне», «хочу, чтобы ты напоминал мне».
_REMIND = (
    r"(?:please )?(?:remind|ping|nudge) me(?: please)?"
    r"|(?:я )?(?:хочу|прошу|надо|нужно),? чтобы (?:ты |вы |мне |бот )?напоминали?(?: мне)?"
    r"|(?:мне )?напомина(?:й|йте|ть)(?: мне| меня)?|(?:мне )?напомни(?:те|ть)?(?: мне)?"
)
_OPENINGS = (
    rf"(?P<remind>{_REMIND})",
    r"(?:i|we) ?(?:'ll|'d like to|'m going to|'m gonna|'m planning to|'m)(?: (?:start|begin|try) to)?",
    r"i ?(?:will|shall|want to|wanna|would like to|wish to|am going to|am gonna|plan to|need to|have to|must|should"
    r"|ought to|intend to|promise to|hope to|am planning to|am|gonna|decided to|can)"
    r"(?: (?:also|always|now|start|begin|try)(?: to)?(?!\w))?",
    r"ill|im going to|im gonna|im|id like to|i d like to|i ll|want to|wanna|gonna|going to|need to|have to|plan to",
    r"let me|let's|lets",
    rf"i (?:want|plan|need|have|would like)(?= ?{BLANK})",
    r"(?:my )?(?:new |next |useful |good |first )?habit(?: is to| is| will be to| to| ?[:-])",
    r"(?:add|create|make|start) (?:me )?(?:a |the )?(?:new )?habit(?: to| of)?(?: ?[:-])?",
    r"я (?:буду|хочу|хотел[аи]? бы|собираюсь|планирую|намерена?|обещаю(?: себе)?|долж(?:ен|на)|решила?|начну|начинаю"
    r"|стану|желаю|мечтаю|могу|попробую|постараюсь)(?: начать| также| снова| теперь)?",
    r"(?:буду|хочу|хотел[аи]? бы|хочется|собираюсь|планирую|обещаю(?: себе)?|долж(?:ен|на)|решила?|начну|стану|надо"
    r"|нужно|необходимо|пора)(?: бы)?(?: начать| будет)?",
    r"мне (?:надо|нужно|хочется|пора|необходимо|стоит|следует)(?: начать| будет)?",
    r"(?:моя )?(?:новая |полезная |следующая |первая )?привычка ?[:-]",
    r"(?:добавь|добавить|создай|создать|заведи|запиши)(?: мне)? (?:новую )?привычку(?: ?[:-])?",
    r"(?:(?:starting |from )?(?:today|tomorrow)|from now on|сегодня|завтра|с (?:завтрашнего|сегодняшнего) дня),?",
    r"я|мы|i(?! (?:want|plan|need|have|would)(?!\w))",
)
_BLANKS = rf"[ ,;:.!{BLANK}-]*"
_OPENING = re.compile(rf"{_BLANKS}(?P<whole>{_ASKING}(?:{'|'.join(_OPENINGS)}))(?![\w'])")
_ASKED = re.compile(
    rf"{_BLANKS}(?P<whole>\d{{1,2}}[.)](?= )|(?:hi|hello|hey|ok|okay|please|pls|привет|так|итак|ну|пожалуйста)(?!\w))"
)
# After "remind me": "to run", «что пора», «о том, что надо».
_THEN = re.compile(
    rf"{_BLANKS}(?P<whole>(?:to|that i (?:should|need to|have to|must|want to|will)|i (?:should|need to|have to|must)"
    r"|(?:о том,? )?(?:что|чтобы)(?: я)?(?: мне)?(?: (?:надо|нужно|пора|должен|должна))?|надо|нужно|пора))(?!\w)"
)
# «Напоминай про зарядку», "remind me about my pills": a noun in a case that no sentence of ours takes.
_ABOUT = re.compile(rf"{_BLANKS}(?:про|о|об|обо|about|of)(?!\w)")
_CLOSING = re.compile(
    rf"(?P<whole>(?:please|pls|plz|thanks|thank you|пожалуйста|плиз|спасибо|пж|пжлст))[ ,;:.!)?{BLANK}-]*$"
)
# «Не буду есть сладкое» is "not to eat", never "to eat".
_REFUSAL = re.compile(rf"{_BLANKS}не (?P<will>буду|хочу|стану)(?!\w)")
_PROMISES = ("i will", "i'll", "ill", "я буду", "буду")
_REWARD = re.compile(
    r"(?<!\w)(?:and |then |и |а )?(?P<mark>"
    r"(?:my |the |моя |мой )?(?:reward|prize|награда|вознаграждение|приз)(?: is| will be| будет| это| ?[:=-]) "
    r"|(?:as|for) (?:a|my) reward(?:,? i (?:will |'ll )?(?:get|have|take))?,?:? "
    r"|(?:i (?:will |'ll )?)?(?:reward|treat) myself (?:with|to) |my treat (?:is|will be) "
    r"|(?:в|как|в качестве) награ(?:ду|да|ды)(?: мне| себе)?:? )"
)


class Opening(Flag):
    """What an opening says: that the person will do it, that they want to be reminded."""

    PROMISES = auto()
    REMINDS = auto()


def take_reward(text: Text) -> str | None:
    """The reward that a text names with that word, up to its end or to the end of that part; taken out of the text."""
    for match in _REWARD.finditer(text.plain):
        start, end = match.span()
        rest = text.plain[end:]
        stop = end + len(rest)
        if not text.plain[:start].strip(" ,;:.-"):
            cut = re.search(r"[,;.!] ", rest)
            if cut is None:
                return None
            stop = end + cut.start()
        reward = tidied(text.own[end:stop])
        if reward is None:
            continue
        text.blank(start, stop)
        return reward
    return None


def take_opening(text: Text) -> Opening:
    """Take out "I will", «напоминай мне» and "please", wherever the first words that are left say so."""
    said = Opening(0)
    while match := _OPENING.match(text.plain) or _ASKED.match(text.plain):
        whole = match["whole"]
        text.blank(*match.span("whole"))
        if whole.endswith(_PROMISES):
            said |= Opening.PROMISES
        if match.groupdict().get("remind"):
            said |= Opening.REMINDS
            if then := _THEN.match(text.plain):
                text.blank(*then.span("whole"))
    if refusal := _REFUSAL.match(text.plain):
        text.blank(*refusal.span("will"))
    if closing := _CLOSING.search(text.plain):
        text.blank(*closing.span("whole"))
    return said


def is_about(text: Text) -> bool:
    """Whether what is left names a topic, not something to do: «про зарядку», "about my pills"."""
    return _ABOUT.match(text.plain) is not None
