"""Numbers in words, in both languages, as they stand in times and counts."""

_ONES = {
    # English; then Russian as counted ("в семь"), after «без», «около» ("без пяти"), and the feminine.
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen": 1,
    "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
    "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать": 1,
    "одного двух трех четырех пяти шести семи восьми девяти десяти одиннадцати двенадцати тринадцати четырнадцати "
    "пятнадцати шестнадцати семнадцати восемнадцати девятнадцати": 1,
    "одну две": 1,
}
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50,
    "двадцати": 20, "тридцати": 30, "сорока": 40, "пятидесяти": 50,
}  # fmt: skip
WORDS: dict[str, int] = {word: n for words, first in _ONES.items() for n, word in enumerate(words.split(), first)}
WORDS |= _TENS

# Of what comes before «раз» and «раза»: two to ten.
COUNTED = tuple(word for word, n in WORDS.items() if 2 <= n <= 10)

ORDINALS: dict[str, int] = {
    word: n
    for words in (
        "first second third fourth fifth sixth seventh",
        "1st 2nd 3rd 4th 5th 6th 7th",
        "первый второй третий четвертый пятый шестой седьмой",
    )
    for n, word in enumerate(words.split(), 1)
}
_BEGUN = """
    первого второго третьего четвертого пятого шестого седьмого восьмого девятого десятого одиннадцатого двенадцатого
"""
# The hour that has begun: "полвосьмого" is half of the eighth.
HOURS_BEGUN: dict[str, int] = {word: n for n, word in enumerate(_BEGUN.split(), 1)}


def one_of(words: "dict[str, int]") -> str:
    """A pattern of any of the words, longer ones first."""
    return "|".join(sorted(words, key=len, reverse=True))


# A number below sixty, in digits or words: "7", "07", "seven", "twenty five", "двадцать пять".
_UNIT = one_of({word: n for word, n in WORDS.items() if word not in _TENS})
NUMBER = rf"(?:\d{{1,2}}(?!\d)|(?:{one_of(_TENS)})(?:[ -](?:{_UNIT})(?!\w))?|(?:{_UNIT}))"


def value(written: str) -> int:
    """The number that `NUMBER` has found."""
    return int(written) if written.isdigit() else sum(WORDS[word] for word in written.replace("-", " ").split())
