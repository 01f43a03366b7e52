"""What a person has, as one JSON document: each room says in its `export.py` what of it stands in its tables.

SECTIONS = (Section("check_ins", CheckInRow, lambda person: CheckIn.objects.filter(habit__owner=person), {...}),)
LEFT_OUT = {LastSeen: "why nobody misses it"}

A section is a table, and each of its columns is shown or left out for a reason that is told, so that a new table or
column cannot be forgotten: a test walks all models that lead to a person.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.db.models import Model, QuerySet
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from contract.schemas import Output

ROWS_AT_ONCE: Final = 1000
HELD_IN_MEMORY: Final = 1024 * 1024  # bytes; what is longer goes to a temporary file


class Row(BaseModel):
    """What is said of each row of a section: columns, where need be by `validation_alias`. Each has an example."""


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    # Its description is the section's.
    row: type[Row]
    # The rows of the person of that id, in order.
    rows: Callable[[int], QuerySet[Any]]
    # Columns that are not shown, and why.
    left_out: Mapping[str, str]
    # There is one row at most, and it is shown as an object, or null.
    is_one: bool = False

    @property
    def model(self) -> type[Model]:
        return self.rows(0).model

    @property
    def columns(self) -> list[str]:
        return [str(field.validation_alias or name) for name, field in self.row.model_fields.items()]


def schema(sections: Iterable[Section]) -> type[Output]:
    """What the document of these sections is like."""
    fields: dict[str, Any] = {"exported_at": (dt.datetime, Field(description="When all of it was so."))}
    example: dict[str, Any] = {"exported_at": "2026-01-31T18:00:00Z"}
    for section in sections:
        kind = section.row | None if section.is_one else list[section.row]  # type: ignore[name-defined]
        fields[section.name] = (kind, Field(description=section.row.__doc__))
        shown = _example(section.row)
        example[section.name] = shown if section.is_one else [shown]
    base = type("WithExample", (Output,), {"model_config": ConfigDict(json_schema_extra={"examples": [example]})})
    return create_model("Export", __base__=base, __doc__="Everything that a person has.", **fields)


def _example(row: type[Row]) -> dict[str, Any]:
    properties = row.model_json_schema(by_alias=False)["properties"]
    return {name: told["examples"][0] for name, told in properties.items()}


def written(sections: Iterable[Section], *, person_id: int, now: dt.datetime) -> IO[bytes]:
    """The whole document, ready to be read: one query for each section, and never many rows in memory.

    It is written out before any of it is sent, so that an error is an error and not half a document.
    """
    file: IO[bytes] = SpooledTemporaryFile(max_size=HELD_IN_MEMORY)  # noqa: SIM115 (whoever sends it closes it)
    try:
        file.write(b'{"exported_at":' + TypeAdapter(dt.datetime).dump_json(now))
        for section in sections:
            file.write(f',"{section.name}":'.encode())
            file.writelines(_one(section, person_id) if section.is_one else _list(section, person_id))
        file.write(b"}")
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _list(section: Section, person_id: int) -> Iterator[bytes]:
    rows = section.rows(person_id).values(*section.columns).iterator(chunk_size=ROWS_AT_ONCE)
    adapter = TypeAdapter(list[section.row])  # type: ignore[name-defined]
    opening = b"["
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        yield opening + adapter.dump_json(adapter.validate_python(chunk))[1:-1]
        opening = b","
    yield b"[]" if opening == b"[" else b"]"


def _one(section: Section, person_id: int) -> Iterator[bytes]:
    row = section.rows(person_id).values(*section.columns).first()
    yield b"null" if row is None else section.row.model_validate(row).model_dump_json().encode()
