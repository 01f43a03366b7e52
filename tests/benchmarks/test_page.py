"""The page of benchmarks, whose parts are measured one at a time."""

from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.section import Section


def section(found: str) -> Section:
    made = Section("Speed", "How fast it is.")
    made.table("By the clock", "who", "seconds").add("it", found)
    made.hold("at most 5", found, True)
    return made


def test_a_part_that_is_measured_again_replaces_its_own_section_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "PAGE", tmp_path / "benchmarks.md")
    for name, found in (("second", "2.5"), ("first", "1.5"), ("second", "3.5")):
        page.write(name, section(found), order=["first", "second"], size="small", machine="A machine")
    text = page.PAGE.read_text()
    assert text.startswith(page.INTRODUCTION)
    assert text.index("| it | 1.5 |") < text.index("| it | 3.5 |")
    assert "2.5" not in text
    assert text.count("## Speed") == 2
