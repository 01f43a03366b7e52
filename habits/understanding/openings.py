"""How people open a sentence, and close it: "remind me to …", «я хочу …», "… please", "reward: …"."""

import re
from enum import Flag, auto

from habits.understanding.negations import take_refusal
from habits.understanding.text import BLANK, Text, tidied

_GREETING = r"(?:(?:hi|hello|hey|ok|okay|so|well|please|pls|plz|привет|так|итак|ну|бот|пожалуйста|плиз|давай)[,!.]? )*"
_ASKING = _GREETING + r"(?:(?:can|could|would|will) you (?:please |kindly )?)?"
# "Remind me to", «напоминай мне», «хочу, чтобы ты напоминал мне».
_REMIND = (
    r"(?:i(?:'d| would) like you to |i want you to )?(?:please )?(?:remind|ping|nudge) me(?: please)?"
    r"|(?:я )?(?:хочу|прошу|надо|нужно),? чтобы (?:ты |вы |мне |бот )?напоминали?(?: мне)?"
    r"|(?:мне )?напомина(?:й|йте|ть)(?: мне| меня)?|(?:мне )?напомни(?:те|ть)?(?: мне)?"
)
_OPENINGS = (
    rf"(?P<remind>{_REMIND})",
    r"(?:i|we) ?(?:'ll|'d like to|'m going to|'m gonna|'m planning to|'m)(?: (?:start|begin|try) to)?",
    r"(?:i|we) ?(?:will?|shall|want to|wanna|would like to|wish to|am going to|am gonna|plan to|need to|have to|must"
    r"|should|ought to|intend to|promise to|hope to|am planning to|am|gonna|decided to|can)"
    r"(?: (?:also|always|now|start|begin|try)(?: to)?(?!\w))?",
    r"ill|im going to|im gonna|im|id like to|i d like to|i ll|want to|wanna|gonna|going to|need to|have to|plan to",
    r"let me|let's|lets|(?:don'?t|do not) forget to|не забы(?:ть|вать)",
    r"(?:действие|что|action|what):",
    rf"i (?:want|plan|need|have|would like)(?= ?{BLANK})",
    r"(?:my )?(?:new |next |useful |good |first )?habit(?: is to| is| will be to| to| ?[:-])",
    r"(?:add|create|make|start) (?:me )?(?:a |the )?(?:new )?habit(?: to| of)?(?: ?[:-])?",
    r"я ?(?:буду|хочу|хотел[аи]? бы|собираюсь|планирую|намерена?|обещаю(?: себе)?|долж(?:ен|на)|решила?|начну|начинаю"
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
# "Time: 21:00. Place: bed."
_LABEL = re.compile(
    r"(?<=[,;.|] )(?:time|when|place|where|frequency|how often|время|когда|во сколько|место|где|частота|как часто) ?:"
)
_CLOSING = re.compile(
    rf"(?P<whole>(?:please|pls|plz|thanks|thank you|пожалуйста|плиз|спасибо|пж|пжлст))[ ,;:.!)?{BLANK}-]*$"
)
# "After breakfast I will …", «дома я буду …»: when or where comes first, and the promise only then.
_LEADING = re.compile(
    rf"{_BLANKS}(?:(?:right|just|straight|сразу) )?(?:before|after|when(?:ever)?|while|during|once|as soon as"
    r"|instead of|unless|if|вместо|если|in(?! case)|at|on|by|near"
    r"|перед|до|после|когда|как только|во время|пока|за|в|во|на|у|по|возле|около|дома)(?!\w)"
)
_LATE = re.compile(
    r"(?<![\w'])(?:i ?(?:will|'ll|shall|'m going to|am going to|'d like to|would like to|want to)"
    r"|i(?= (?:won't|wont|don't|dont|do not)(?!\w))|(?:я )?(?:буду|хочу|стану)"
    r"|я(?= не (?:буду|хочу|стану)(?!\w)))(?![\w'])"
)
# "What I will say", «когда буду дома»: the promise of another clause.
_OF_ANOTHER = re.compile(
    r"(?<!\w)(?:what|that|which|who|when|where|how|if|что|чтобы|котор\w+|когда|где|как|если|не)[ ,]*$"
)
_PROMISES = ("i will", "i'll", "ill", "я буду", "буду")
_REWARD = re.compile(
    r"(?<!\w)(?:and |then |и |а )?(?P<mark>"
    r"(?:my |the |моя |мой )?(?:reward|prize|награда|вознаграждение|приз)(?: is| will be| будет| это| ?[:=-]) "
    r"|(?:as|for) (?:a|my) reward(?:,? i (?:will |'ll )?(?:get|have|take))?,?:? "
    r"|(?:i (?:will |'ll )?)?(?:reward|treat) myself (?:with|to) |my treat (?:is|will be) "
    r"|(?:в|как|в качестве) награ(?:ду|да|ды)(?: мне| себе)?:? |(?<=[,;.] )(?:награда|приз) )"
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
            if cut is not None:
                stop = end + cut.start()
            elif not match["mark"].endswith((": ", "= ", "- ")):
                return None
        reward = tidied(text.own[end:stop])
        if reward is None:
            continue
        text.blank(start, stop)
        return reward
    return None


def take_opening(text: Text) -> Opening:
    """Take out "I will", «напоминай мне» and "please", wherever the first words that are left say so."""
    said = Opening(0)
    for label in _LABEL.finditer(text.plain):
        text.blank(*label.span())
    while match := _OPENING.match(text.plain) or _ASKED.match(text.plain):
        whole = match["whole"]
        text.blank(*match.span("whole"))
        if whole.endswith(_PROMISES):
            said |= Opening.PROMISES
        if match.groupdict().get("remind"):
            said |= Opening.REMINDS
            if then := _THEN.match(text.plain):
                text.blank(*then.span("whole"))
    take_refusal(text)
    if closing := _CLOSING.search(text.plain):
        text.blank(*closing.span("whole"))
    return said


def take_late_opening(text: Text) -> int:
    """Take out the promise that stands behind when or where; where that ends. 0 where there is none."""
    if _LEADING.match(text.plain):
        for match in _LATE.finditer(text.plain):
            if not _OF_ANOTHER.search(text.plain, 0, match.start()):
                text.blank(*match.span())
                take_refusal(text, match.end())
                return match.end()
    return 0


def is_about(text: Text) -> bool:
    """Whether what is left names a topic, not something to do: «про зарядку», "about my pills"."""
    return _ABOUT.match(text.plain) is not None
