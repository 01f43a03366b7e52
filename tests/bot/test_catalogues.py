"""Every text of the bot is there in Russian."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings


@pytest.mark.parametrize("room", ["bot", "telegram", "reminders", "tracking"])
def test_every_text_is_translated_and_compiled(room: str) -> None:
    folder = Path(settings.BASE_DIR) / room / "locale" / "ru" / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    texts = set(texts_of(Path(settings.BASE_DIR) / room))
    assert len(texts) > 20
    for text in texts:
        translated = catalogue.gettext(text)
        assert translated != text, text
        assert re.search("[а-яё]", translated, re.IGNORECASE), translated
        assert sorted(re.findall(r"%\(\w+\)s|/[a-z]+", translated)) == sorted(re.findall(r"%\(\w+\)s|/[a-z]+", text))


def texts_of(room: Path) -> Iterator[str]:
    """The arguments of gettext's functions, neighbouring literals joined."""
    literal = r'"((?:[^"\\]|\\.)*)"'
    for path in room.rglob("*.py"):
        for call in re.findall(rf"(?:\b_|gettext(?:_lazy)?)\(\s*((?:{literal}\s*)+)", path.read_text()):
            yield "".join(re.findall(literal, call[0]))
