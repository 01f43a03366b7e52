"""How people write a time of day: one pattern a form, the most telling first."""

import re

from habits.understanding import numbers

_N = numbers.NUMBER
_BEGUN = numbers.one_of(numbers.HOURS_BEGUN)
_NUMBER_WORDS = "|".join(sorted((word for word in numbers.WORDS), key=len, reverse=True))
# Words that make the number behind them a time of day.
_AT = (
    r"(?:(?:ровно|примерно|приблизительно|где-то|около|часов|часиков|exactly|roughly) )?(?:в|во|к|ко|at|@)"
    r"(?: (?:about|around|exactly|approximately|roughly|около|ровно|районе))?|around|about|около|~"
)
# Words that make it a limit: it is not said that the habit begins then.
_LIMIT = (
    r"до|после|не позже|не позднее|не раньше|раньше|позже|с|со|на|за|"
    r"between|между|before|after|until|till|by|from|since|starting at|no later than"
)
_BEFORE = rf"(?<!\w)(?:(?:(?P<at>{_AT})|(?P<limit>{_LIMIT}))(?: |(?=\d)))?"
_DAYTIME = (
    r"(?: ?\.?(?P<half_day>[ap]) ?\.? ?m(?!\w)\.?"
    r"| ?(?P<part>утра|дня|вечера|ночи|in the morning|in the afternoon|in the evening|at night)(?!\w))?"
)
_OCLOCK = r"(?: ?o'? ?clock)?"
_QUARTER = r"(?P<quarter>четверт[иь]|quarter)"
_MIN = r"(?: ?мин\w{0,3}| min(?:ute)?s?)"
_HOUR_WORD = r"(?: ?(?:часов|часам|часа|час|ч(?!\w)\.?|h(?!\w)|(?P<oclock>o'? ?clock)))"

_FORMS = (
    # "7:30", «19.30», «19-30», "7 30 pm", "7h30", «7,30»
    (
        "digits",
        r"(?<![.:,/])(?:(?<!-)|(?<=[\d\x00]-))(?P<h>\d{1,2})(?P<sep> ?: ?|[.,h-]| )(?P<m>\d\d)(?::00)?"
        r"(?![\d:]|[.,/]\d|-\d(?!\d?[:.]\d))"
        r"(?: ?(?:ч|час\w{0,2}|hrs?)(?!\w))?" + _DAYTIME,
    ),
    # "0730", "1930 hrs"
    ("military", r"(?P<h>[01]\d|2[0-3]|[1-9](?=[0-5]\d(?!\d)))(?P<m>[0-5]\d)(?!\d)(?P<hours> ?(?:hours|hrs|h)(?!\w))?"),
    # «полвосьмого», «в половине восьмого», «пол 8»
    ("half", rf"(?:половин[аеу] |пол(?: |-)?)(?:(?P<begun>{_BEGUN})|(?P<n>\d{{1,2}}))(?!\w){_DAYTIME}"),
    # «без четверти восемь», «без 15 8», "quarter to eight", "ten to nine"
    ("without", rf"без (?:{_QUARTER}|(?P<m>{_N}){_MIN}?) (?P<h>час(?!\w)|{_N})(?!\w){_DAYTIME}"),
    ("to", rf"(?:(?:a )?{_QUARTER}|(?P<m>{_N}){_MIN}?) to (?P<h>{_N})(?!\w)(?P<oclock>{_OCLOCK}){_DAYTIME}"),
    # "half past seven", "quarter past 7", "ten past seven"
    ("past", rf"(?:(?P<half>half)|(?:a )?{_QUARTER}|(?P<m>{_N}){_MIN}?) past (?P<h>{_N})(?!\w){_OCLOCK}{_DAYTIME}"),
    # «четверть восьмого», «в десять минут восьмого»
    ("begun", rf"(?:{_QUARTER}|(?P<m>{_N}){_MIN}) (?P<begun>{_BEGUN})(?!\w){_DAYTIME}"),
    # "half seven" is 7:30 to the British and 6:30 to whoever thinks in German or Russian
    ("half_hour", rf"half (?P<h>{_N})(?!\w){_DAYTIME}"),
    (
        "noon",
        r"(?:(?:12|twelve) )?"
        r"(?:(?P<noon>полдень|полудню|полудня|noon|midday)|(?P<midnight>полн(?:очь|очи)|midnight))(?:-?ish)?(?!\w)",
    ),
    # «в 7 часов», «в 7 ч 30 мин», "7 o'clock", «час дня»
    ("hour", rf"(?P<h>{_N}){_HOUR_WORD}(?: ?(?P<m>{_N})(?: ?(?:минуты|минут|мин)(?!\w)\.?)?)?(?!\w){_DAYTIME}"),
    ("one", rf"час(?!\w){_DAYTIME}"),
    # «в семь тридцать», "at seven thirty"
    ("words", rf"(?P<h>{_NUMBER_WORDS}) (?P<m>(?:ноль |oh |o )?(?:{_N})|ноль ноль|hundred)(?!\w){_DAYTIME}"),
    # "7-8 pm", «с 7 до 8», "between 7 and 8": a range
    (
        "range",
        rf"(?P<h>{_N})(?P<sep> ?- ?| до | to | till | until | и | and )(?P<h2>{_N})(?![:.,/-]\d){_DAYTIME}(?!\w)",
    ),
    # «в 7», "7pm", «7 утра»
    ("bare", rf"(?P<h>{_N})(?:-?ish)?(?![%°$€₽]|[:.,/-]\d){_DAYTIME}(?!\w)"),
)
FORMS = tuple((name, re.compile(_BEFORE + form)) for name, form in _FORMS)
# What stresses a time that is told: "at 7 sharp", «в 7 ровно».
STRESS = re.compile(
    r" (?:(?:sharp|on the dot|promptly)(?!\w)|(?:ровно|точно)(?= ?(?:$|[^\w ]|(?:в|на|во|у|за|по|дома)(?!\w))))"
)
# What is written as a time and is none: "at 25:00".
NO_TIME = re.compile(r"(?<!\w)(?:в|at|@) ?(?:(?:2[5-9]|[3-9]\d):\d\d|\d{1,2}:[6-9]\d)(?![\d:])")
# A further hour behind a time: «в 9, 13 и 18», "at 7 and 10".
MORE = re.compile(
    r"(?: ?[,/&+]| и| или| and| or){1,2} ?(?:(?:в|at) )?(?P<h>\d{1,2})(?:[:.](?P<m>\d\d))?(?![\w%°]|[:.,/-]\d)"
)
