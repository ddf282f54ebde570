"""Days as spreadsheets count them: by a number, 1 being the first day of 1900."""

from __future__ import annotations

from datetime import date, datetime, timedelta

DAY_UNIT = "date"
"""The unit of a cell that holds a day."""

NO_DAY = 0.0
"""What a cell for a day counts as while it is empty."""

_START = datetime(1899, 12, 30)
_ZERO = _START.toordinal()
_SECONDS_A_DAY = 86_400
_FIRST = 61
"""Spreadsheets know a 29 February 1900, which was none; earlier numbers are other days."""


def serial_of(day: date | None) -> float:
    """The number of a day; `NO_DAY` for none."""
    return NO_DAY if day is None else float(day.toordinal() - _ZERO)


def day_of(serial: float) -> date | None:
    """The day of a number; None for what is no day, such as one with a time of the day."""
    if not float(serial).is_integer() or not _FIRST <= serial <= date.max.toordinal() - _ZERO:
        return None
    return date.fromordinal(int(serial) + _ZERO)


def moment_of(serial: float) -> str:
    """What a cell that shows days shows of a number: `2027-03-01 12:00:00`; else the number."""
    try:
        return str(_START + timedelta(seconds=round(serial * _SECONDS_A_DAY)))
    except OverflowError:
        return str(serial)


def serial_in(text: str) -> float | None:
    """The number of the day that a cell holds, `2027-03-01 00:00:00`; None where it is none."""
    written, _, time = text.strip().replace("T", " ").partition(" ")
    if written == _MIDNIGHT:
        return NO_DAY
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return serial_of(day) if time in ("", _MIDNIGHT) else None


_MIDNIGHT = "00:00:00"
"""How a zero is read from a cell that shows a day."""
