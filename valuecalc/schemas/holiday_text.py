"""Days without work, one to a line: `2027-12-24 to 2028-01-02 Works closed`."""

from __future__ import annotations

import re

HOLIDAY = frozenset({"first", "last", "label"})
"""The fields of a holiday, which is written as one text."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAY = r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.? [A-Za-z]{3,9}\.? \d{4}"
_DAYS = re.compile(rf"(?P<first>{_DAY})(?:\s*(?:to|until|till|-|–|—|\t)\s*(?P<last>{_DAY}))?")
_BETWEEN = re.compile(r"[;\n\r]+")
_WRITTEN_OUT = re.compile(r"(\d{1,2})\.? ([A-Za-z]{3,9})\.? (\d{4})")
_AROUND = " \t,:()–—-"


def holidays(text: str) -> list[dict[str, str]]:
    """The holidays of a text, whose lines hold a day or two and, before or behind, a label.

    A line without a day is given back as the first day, so that reading it says what is wrong.
    """
    return [_holiday(line.strip()) for line in _BETWEEN.split(text) if line.strip()]


def _holiday(line: str) -> dict[str, str]:
    found = _DAYS.search(line)
    if found is None:
        return {"first": line}
    parts = (line[: found.start()], line[found.end() :])
    label = " ".join(" ".join(part.strip(_AROUND) for part in parts).split())
    days = {name: _iso(day) for name, day in found.groupdict().items() if day}
    return {**days, **({"label": label} if label else {})}


def _iso(day: str) -> str:
    """A day as documents write it; one that cannot be read as it is."""
    found = _WRITTEN_OUT.fullmatch(day)
    if found is not None and found[2][:3].lower() in _MONTHS:
        month = _MONTHS.index(found[2][:3].lower()) + 1
        return f"{found[3]}-{month:02d}-{int(found[1]):02d}"
    if found is not None:
        return day
    year, month_number, number = day.split("-")
    return f"{year}-{int(month_number):02d}-{int(number):02d}"


def holiday_text(first: str, last: str = "", label: str = "") -> str:
    """A holiday as one line: `2027-12-24 to 2028-01-02 Works closed`."""
    days = f"{first} to {last}" if last else first
    return f"{days} {label}".strip()
