"""`make check`: every text is translated, and the compiled catalogues hold what their sources say.

Catalogues are committed compiled, so that a fresh machine needs no gettext.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def faults(source: Path) -> Iterator[str]:
    """What is wrong with a catalogue, one line each."""
    catalogue = polib.pofile(str(source))
    for entry in [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]:
        yield f"{source}:{entry.linenum}: {entry.msgid!r} is not translated"
    compiled = source.with_suffix(".mo")
    if not compiled.exists():
        yield f"{source} is not compiled: run `make messages`"
        return
    wanted, found = ({text_of(entry) for entry in entries} for entries in (catalogue, polib.mofile(str(compiled))))
    if wanted != found:
        yield f"{compiled} is not what {source.name} says: run `make messages`"


def text_of(entry: polib.MOEntry | polib.POEntry) -> tuple[object, ...]:
    plurals = tuple(sorted((int(number), text) for number, text in entry.msgstr_plural.items()))
    return entry.msgctxt, entry.msgid, entry.msgid_plural or "", entry.msgstr, plurals


def main() -> int:
    sources = sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po"))
    found = [fault for source in sources for fault in faults(source.relative_to(Path.cwd()))]
    print("\n".join(found) or f"{len(sources)} catalogues are translated and compiled")
    return 1 if found or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
