"""`docs/benchmarks.md` and the terminal: the same sections on both. A part that runs alone replaces its own section."""

import datetime as dt
import re
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table as RichTable

from benchmarks.section import Section, Table

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
INTRODUCTION: Final = """\
# Benchmarks

Written by `make bench` (`SIZE=small` for two minutes of it, `ONLY=planner` for one part). Each section was measured in
one run, with PostgreSQL and Valkey started for it as `make run` starts them (fsync on, settings as they come), and
right beside what it is compared with: on another machine the figures will differ, the ratios less. The Bot API is
a stub in a process of its own that answers after a real 80 ms. What follows from all this stands in
[scaling.md](scaling.md).
"""
MARKS = {True: "yes", False: "**no**", None: "not told by this size"}


def show(console: Console, section: Section) -> None:
    console.rule(section.title)
    console.print(Markdown(section.about))
    targets = Table("Held to", ["target", "found", "met"])
    for target in section.targets:
        targets.add(target.what, target.found, MARKS[target.met].strip("*"))
    for table in [*section.tables, *([targets] if targets.rows else [])]:
        shown = RichTable(*table.columns, title=table.title, title_justify="left")
        for row in table.rows:
            shown.add_row(*row)
        console.print(shown)


def write(name: str, section: Section, *, order: list[str], size: str, machine: str) -> None:
    """Put the section in its place on the page, replacing what was measured before."""
    kept = sections(PAGE.read_text()) if PAGE.exists() else {}
    kept[name] = text_of(section, size=size, machine=machine)
    parts = [f"<!-- {one} -->\n{kept[one].strip()}\n<!-- end -->\n" for one in order if one in kept]
    PAGE.write_text("\n".join([INTRODUCTION, *parts]))


def sections(page: str) -> dict[str, str]:
    return dict(re.findall(r"<!-- (\w+) -->\n(.*?)<!-- end -->", page, re.DOTALL))


def text_of(section: Section, *, size: str, machine: str) -> str:
    today = dt.datetime.now(dt.UTC).date()
    lines = [f"## {section.title}", "", section.about.strip(), "", f"*Size {size}, {today:%d %B %Y}. {machine}.*", ""]
    for table in section.tables:
        lines += [f"**{table.title}**", "", *markdown(table), ""]
    if section.targets:
        held = Table("", ["held to", "found", "met"])
        for target in section.targets:
            held.add(target.what, target.found, MARKS[target.met])
        lines += markdown(held)
    return "\n".join(lines)


def markdown(table: Table) -> list[str]:
    """Numbers are easier to compare to the right."""
    rule = ["---", *("---:" if any(character.isdigit() for character in cell) else "---" for cell in table.rows[0][1:])]
    return ["| " + " | ".join(cells) + " |" for cells in (table.columns, rule, *table.rows)]
