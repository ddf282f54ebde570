"""The form on which a delivered case is published: what was typed, and what is wrong with it.

Fields are named like the places of the request: `sector`, `achieved.arpu`, `drivers.0.value`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import request

from valuecalc.case.case import Achievement, Driver, Reference
from valuecalc.errors import InputError, Problem, QuantityError, Refusal
from valuecalc.formula import quantity
from valuecalc.schemas.references import PublishSchema
from valuecalc.services.references import Wish, about_origin
from valuecalc.services.saved_cases import Saved
from valuecalc.web.pages.forms import Form
from valuecalc.web.pages.references import ratio, unit_of

ABOUT = ("sector", "region", "year", "permission", "names", "note")
OF_DRIVER = ("id", "label", "value", "unit")
BLANK_ROWS = 2
MOST_ROWS = 40


@dataclass(frozen=True)
class DriverFields:
    """One driver in the form."""

    number: int

    def name(self, field: str) -> str:
        """The name of one of its fields."""
        return f"drivers.{self.number}.{field}"


@dataclass(frozen=True)
class LineRow:
    """One line in the form: what was planned, and a field for what was achieved."""

    id: str
    label: str
    planned: str
    ratio: str

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"achieved.{self.id}"


class PublishForm:
    """The form for one version of a case; `planned` is what was planned for its lines."""

    def __init__(
        self, saved: Saved, planned: Sequence[Achievement], texts: Mapping[str, str], rows: int
    ) -> None:
        self.saved = saved
        self.case = saved.case
        self.planned = planned
        self.drivers = tuple(map(DriverFields, range(min(rows, MOST_ROWS))))
        self.form = Form(self.names, {name: texts.get(name, "") for name in self.names})

    @classmethod
    def prefilled(cls, saved: Saved, planned: Sequence[Achievement]) -> PublishForm:
        """The form before anybody types: as in the case, or in what it was made from."""
        drivers = _drivers(saved)
        texts = {**_about(saved), **dict(_driver_texts(drivers))}
        texts |= {
            f"achieved.{each.line}": _written(each.achieved, unit_of(saved.case, each.line))
            for each in (saved.case.reference or Reference()).results
            if each.achieved is not None
        }
        return cls(saved, planned, texts, len(drivers) + BLANK_ROWS)

    @classmethod
    def sent(cls, saved: Saved, planned: Sequence[Achievement]) -> PublishForm:
        """The form as it came in, with blank rows for further drivers."""
        numbers = [
            int(number)
            for number in range(MOST_ROWS)
            if any(request.form.get(f"drivers.{number}.{field}", "") for field in OF_DRIVER)
        ]
        return cls(saved, planned, request.form, max(numbers, default=-1) + 1 + BLANK_ROWS)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all fields."""
        of_drivers = (row.name(field) for row in self.drivers for field in OF_DRIVER)
        return (*ABOUT, *of_drivers, *(f"achieved.{each.line}" for each in self.planned))

    @property
    def lines(self) -> list[LineRow]:
        """The benefits and investments, each with its plan."""
        labels = {each.id: each.label for each in self.case.lines}
        return [self._line(each, labels.get(each.line, each.line)) for each in self.planned]

    def _line(self, each: Achievement, label: str) -> LineRow:
        planned = quantity.UNDEFINED
        if each.planned is not None:
            planned = quantity.show(each.planned, unit_of(self.case, each.line))
        achieved = None
        # What is no amount is told beside its field.
        with suppress(InputError):
            achieved = self._amount(each.line)
        return LineRow(each.line, label, planned, ratio(each.planned, achieved))

    def _amount(self, line: str) -> float | None:
        """What was typed as achieved of a line, in its unit. Raises `QuantityError`."""
        text, unit = self.form.text(f"achieved.{line}"), unit_of(self.case, line)
        if not text.strip():
            return None
        if unit == "1":
            return quantity.read(text.strip()).value
        found = quantity.read(text.strip(), unit)
        if found.unit not in (None, unit):
            raise QuantityError(
                f"“{text.strip()[:40]}” is in {found.unit}, and the case in {unit}.",
                f"Write the amount in {unit}.",
            )
        return found.value

    # what it says

    def read(self) -> Wish:
        """What is to be published. Raises `CaseError`; other mistakes are noted at once."""
        achieved = dict(self._achieved())
        body = PublishSchema().load(self._document())
        return Wish(
            achieved=achieved,
            sector=body["sector"],
            region=body["region"],
            year=body["year"],
            drivers=body["drivers"],
            permission=body["permission"],
            names=body["names"],
            note=body["note"],
        )

    def _achieved(self) -> Iterator[tuple[str, float]]:
        for each in self.planned:
            name = f"achieved.{each.line}"
            try:
                amount = self._amount(each.line)
            except InputError as error:
                self.form.note([error.problem(name)])
                continue
            if amount is not None:
                yield each.line, amount

    def _document(self) -> dict[str, Any]:
        texts = {name: self.form.text(name).strip() for name in ABOUT}
        names = [each.strip() for each in re.split(r"[\r\n;]+", texts.pop("names"))]
        return {
            **texts,
            "case": self.saved.head.uid,
            "names": [each for each in names if each],
            "drivers": [document for _, document in self._driver_documents],
        }

    @property
    def _driver_documents(self) -> list[tuple[DriverFields, dict[str, str]]]:
        """The drivers that somebody has filled in; a new one gets its id from its label."""
        found: list[tuple[DriverFields, dict[str, str]]] = []
        taken: set[str] = set()
        for row in self.drivers:
            texts = {field: self.form.text(row.name(field)).strip() for field in OF_DRIVER}
            if not (texts["label"] or texts["value"]):
                continue
            texts["id"] = texts["id"] or _free_id(texts["label"], taken)
            taken.add(texts["id"])
            found.append((row, {key: text for key, text in texts.items() if text}))
        return found

    # what is wrong with it

    def note(self, error: InputError) -> None:
        """Keep the mistakes of an error: each beside its field, the others for the whole form."""
        problems = getattr(error, "problems", None) or (error.problem(""),)
        placed = [replace(each, place=self._field_of(each)) for each in problems]
        self.form.note(each for each in placed if each.place in self.names)
        apart = [each for each in placed if each.place not in self.names]
        words = dict.fromkeys(f"{each.cause} {each.remedy}".strip() for each in apart)
        if words:
            self.form.refusal = Refusal(" ".join(list(words)[:20]))

    def _field_of(self, problem: Problem) -> str:
        parts = [part for part in re.split(r"[.\[\]]+", problem.place) if part]
        if parts[:1] == ["reference"]:
            parts = parts[1:]
        if parts[:1] == ["drivers"] and len(parts) > 1:
            return self._field_of_driver(parts[1], parts[2] if parts[2:] else "value")
        return ".".join(parts)

    def _field_of_driver(self, which: str, field: str) -> str:
        documents = self._driver_documents
        for number, (row, document) in enumerate(documents):
            if which in (str(number), document["id"]):
                return row.name(field if field in OF_DRIVER[1:] else "label")
        return ""


def _about(saved: Saved) -> dict[str, str]:
    case = saved.case
    before = case.reference or about_origin(case.origin)
    year = before.year or case.timeline.start.year - 1
    return {
        "sector": before.sector,
        "region": before.region,
        "year": str(year),
        "permission": before.permission,
        "note": before.note,
    }


def _drivers(saved: Saved) -> tuple[Driver, ...]:
    """The drivers of the case, or those that it was made with."""
    case = saved.case
    if case.reference and case.reference.drivers:
        return case.reference.drivers
    return tuple(
        Driver(id=each.id, label=each.label, value=each.value, unit=each.unit)
        for each in (case.origin.drivers if case.origin else ())
    )


def _driver_texts(drivers: Sequence[Driver]) -> Iterator[tuple[str, str]]:
    for number, each in enumerate(drivers):
        row = DriverFields(number)
        yield row.name("id"), each.id
        yield row.name("label"), each.label
        yield row.name("value"), _written(each.value, each.unit)
        yield row.name("unit"), each.unit


def _written(value: float, unit: str) -> str:
    """A number as it can be typed again without losing a digit."""
    if quantity.is_percentage(unit):
        return f"{quantity.show_plain(round(value * 100, 12))}%"
    # As a decimal, because a float in this format would show the digits of its binary form.
    return f"{Decimal(quantity.show_plain(value)):,f}"


def _free_id(label: str, taken: set[str]) -> str:
    """An id for a driver, from its label."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = "_".join(re.findall(r"[a-z0-9]+", plain))[:40] or "driver"
    if not stem[0].isalpha():
        stem = f"driver_{stem}"
    numbered = (f"{stem}_{number}" for number in range(2, MOST_ROWS + 3))
    return stem if stem not in taken else next(each for each in numbered if each not in taken)
