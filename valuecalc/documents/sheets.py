"""The cells of an uploaded workbook as people would type them: `12%`, `£22`, `1250`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from valuecalc.documents import gate
from valuecalc.errors import FileRefused
from valuecalc.formula import quantity

PROCESS = "valuecalc.documents.sheet_process"
_BEGINNING = "valuecalc.documents.child"
PATIENCE = 30.0
"""Seconds until the process that reads a file is ended, whoever else is at work beside it."""

_HANDED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")
"""What the process is told of our environment: nothing that is secret."""

_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_LOCALE = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_CODE = re.compile(r"\b([A-Z]{3})\b")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, and the texts of its cells from the first row and column on."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class NamedCell:
    """A cell that has a name: its sheet, its address, and what it holds, as the file says.

    `value` is None for one that is empty; a day is the number or the text of it.
    """

    sheet: str
    address: str
    value: float | str | None


@dataclass(frozen=True)
class Book:
    """What a workbook holds: its sheets, and the names that are defined in it.

    One that carries a case (`carried` is the text of it) has its named cells, the addresses of
    its formulas by sheet and its own properties instead of the sheets and names; `areas` says
    where a large one was written with formulas (`workbook.areas`). `days_before` is to be added
    to numbers of days, where the file does not count them from 1900 on.
    """

    sheets: tuple[Sheet, ...] = ()
    names: frozenset[str] = frozenset()
    carried: str | None = None
    named: Mapping[str, NamedCell] = field(default_factory=dict)
    formulas: Mapping[str, frozenset[str]] = field(default_factory=dict)
    areas: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    days_before: int = 0


def read(content: bytes) -> tuple[Sheet, ...]:
    """The sheets of a workbook. Raises `FileRefused` for one that is not safe or not whole."""
    return read_book(content).sheets


def read_book(content: bytes) -> Book:
    """What is in a workbook. Raises `FileRefused` for one that is not safe or not whole."""
    gate.check(content, "xlsx", takes_case=True)
    found = json.loads(output(content))
    return Book(
        sheets=tuple(map(_sheet, found.get("sheets", ()))),
        names=frozenset(found.get("names", ())),
        carried=found["carried"],
        named={name: NamedCell(*each) for name, each in found.get("named", {}).items()},
        formulas={name: frozenset(each) for name, each in found.get("formulas", {}).items()},
        areas=found.get("areas", ""),
        properties=found.get("properties", {}),
        days_before=found.get("days_before", 0),
    )


def _sheet(found: dict[str, Any]) -> Sheet:
    return Sheet(found["name"], tuple(tuple(map(_text, row)) for row in found["rows"]))


def output(content: bytes, process: str = PROCESS, patience: float | None = None) -> bytes:
    """What a process of its own has written about a file, within `patience` (seconds).

    Raises `FileRefused`.
    """
    timeout = PATIENCE if patience is None else patience
    known = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    command = (sys.executable, "-P", "-m", _BEGINNING, process)
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=timeout, env=known, check=False
        )
    except subprocess.TimeoutExpired:
        raise _unreadable("It takes too long to read the file.") from None
    if done.returncode:
        raise _unreadable("The file cannot be read as a workbook.")
    return done.stdout


def _unreadable(cause: str) -> FileRefused:
    return FileRefused(
        cause, "Copy the table that is needed into a new workbook, or paste it as text."
    )


def _text(cell: list[Any] | None) -> str:
    if cell is None:
        return ""
    value, number_format = cell
    if isinstance(value, str):
        return value.strip()
    return as_written(value, number_format)


def as_written(value: float, number_format: str) -> str:
    """A number as somebody would type what its format shows: exact, with `%` or its currency."""
    positive = number_format.split(";")[0]
    if "%" in _QUOTED.sub("", positive):
        return f"{_plain(Decimal(repr(value)) * 100)}%"
    currency = _currency(positive)
    text = _plain(Decimal(repr(value)))
    if not currency:
        return text
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return f"{sign}{currency} {digits}" if currency.isalpha() else f"{sign}{currency}{digits}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _currency(number_format: str) -> str:
    """The symbol or the code that a number format shows; an empty text for none."""
    shown = _LOCALE.sub(r' "\1" ', number_format)
    quoted = " ".join(found[1] or found[2] or "" for found in _QUOTED.finditer(shown))
    bare = _QUOTED.sub(" ", shown)
    for symbol in quantity.SYMBOLS:
        if symbol in quoted or symbol in bare:
            return symbol
    code = _CODE.search(quoted)
    return code[1] if code else ""
