"""The form on which a case is started: what it asks for, what was typed, what is wrong with it.

Its fields are named like the places of an extrapolation: `customer`, `drivers.sites.value`.
Exchange rates go by the currency of a reference (`rates.GBP.rate`), rises in prices by the id
of the first reference that they are for (`prices.field-service.factor`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from flask import request

from valuecalc.case.case import Case, Driver, Reference
from valuecalc.case.journey import Target
from valuecalc.case.rates import Rates
from valuecalc.errors import InputError, NotFound, Problem, Refusal
from valuecalc.formula import quantity
from valuecalc.schemas.references import ID_PATTERN, MOST_REFERENCES, ExtrapolateSchema
from valuecalc.services import references
from valuecalc.services.references import Opened
from valuecalc.web.identity import actor
from valuecalc.web.pages.forms import Form
from valuecalc.web.storage import store

REFERENCES = "from"
DAY = "day"
DETAILS = ("customer", "title", "start", "currency", "region", "year")
OF_DRIVER = ("value", "source", "owner")
OF_EXCHANGE = ("rate", "date", "source")
OF_PRICES = ("factor", "date", "source")
PARTS = {
    "rate": "The rate itself",
    "factor": "The rise itself",
    "date": "The day of the rate",
    "source": "The source",
}


@dataclass(frozen=True)
class DriverRow:
    """A number that describes the customer's size: the reference's, and fields for the new one."""

    driver: Driver
    is_needed: bool

    def name(self, field: str) -> str:
        """The name of one of its fields."""
        return f"drivers.{self.driver.id}.{field}"

    @property
    def reference(self) -> str:
        """The number of the reference, for people."""
        return quantity.show_with_unit(self.driver.value, self.driver.unit)


@dataclass(frozen=True)
class RateRow:
    """An exchange rate, or a rise in prices, that somebody may give for some references."""

    stem: str
    fields: tuple[str, ...]
    currency: str = ""
    region: str = ""
    year: int | None = None

    def name(self, field: str) -> str:
        """The name of one of its fields."""
        return f"{self.stem}.{field}"

    @property
    def names(self) -> list[str]:
        """The names of all its fields."""
        return [self.name(field) for field in self.fields]


@dataclass(frozen=True)
class Asked:
    """What the form asks for; `text` is the same for the same wish."""

    ids: tuple[str, ...]
    target: Target
    given: Rates | None
    text: str


def chosen_references() -> tuple[Opened, ...]:
    """The references that the request names, the first one for the structure.

    Raises `NotFound`.
    """
    ids = list(dict.fromkeys(each for each in request.values.getlist(REFERENCES) if each))
    return tuple(_opened(id) for id in ids[:MOST_REFERENCES])


def _opened(id: str) -> Opened:
    if not re.fullmatch(ID_PATTERN, id, re.ASCII):
        raise NotFound(references.KIND)
    return references.load(store(), actor(), id)


def today() -> date:
    """The day for which rates are looked up."""
    return datetime.now(UTC).date()


class StartForm:
    """The form for some references: its rows, and the form with what is in its fields."""

    def __init__(self, opened: Sequence[Opened], texts: Mapping[str, str]) -> None:
        self.opened = tuple(opened)
        self.first = opened[0]
        self.form = Form(self.names, {name: texts.get(name, "") for name in self.names})
        self.is_apart: list[Problem] = []

    @classmethod
    def sent(cls, opened: Sequence[Opened]) -> StartForm:
        """The form as it came in."""
        return cls(opened, request.form)

    @classmethod
    def prefilled(cls, opened: Sequence[Opened]) -> StartForm:
        """The form before anybody types: what the address says, else as at the reference."""
        case = opened[0].case
        reference = case.reference or Reference()
        defaults = {
            "title": case.title,
            "start": f"{max(case.timeline.start, _next_month(today())):%Y-%m}",
            "currency": case.currency,
            "year": str(reference.year or ""),
        }
        return cls(opened, {**defaults, **request.args.to_dict()})

    # what it asks for

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all fields."""
        of_drivers = (row.name(field) for row in self.drivers for field in OF_DRIVER)
        of_rates = (name for row in (*self.exchange, *self.prices) for name in row.names)
        return (*DETAILS, DAY, *of_drivers, *of_rates)

    @cached_property
    def drivers(self) -> tuple[DriverRow, ...]:
        """The drivers of the references, those of the first one first."""
        found: dict[str, DriverRow] = {}
        for each in self.opened:
            needed = _needed_drivers(each.case, self.first.case)
            for driver in each.case.reference.drivers if each.case.reference else ():
                # Of further references, only what their numbers need is worth asking for.
                if each is self.first or driver.id in needed:
                    found.setdefault(driver.id, DriverRow(driver, driver.id in needed))
        return tuple(found.values())

    @cached_property
    def exchange(self) -> tuple[RateRow, ...]:
        """A row for each currency of the references."""
        currencies = dict.fromkeys(each.case.currency for each in self.opened)
        return tuple(RateRow(f"rates.{each}", OF_EXCHANGE, currency=each) for each in currencies)

    @cached_property
    def prices(self) -> tuple[RateRow, ...]:
        """A row for each region and year of the references whose prices rise."""
        found: dict[tuple[str, int], RateRow] = {}
        for each in self.opened:
            about = each.case.reference
            if about is None or about.year is None or not _inflates(each.case):
                continue
            stem = f"prices.{each.about.id}"
            row = RateRow(stem, OF_PRICES, region=about.region, year=about.year)
            found.setdefault((about.region, about.year), row)
        return tuple(found.values())

    @property
    def shows_rates(self) -> bool:
        """Whether the fields for own rates are shown at once: something is in them, or missing."""
        names = [name for row in (*self.exchange, *self.prices) for name in row.names]
        return any(self.form.text(name) or self.form.mistake(name) for name in names)

    @property
    def hidden(self) -> Iterator[tuple[str, str]]:
        """What another form has to carry to say the same."""
        yield from ((REFERENCES, each.about.id) for each in self.opened)
        yield from ((name, text) for name, text in self.form.texts.items() if text)

    @property
    def address_parts(self) -> dict[str, Any]:
        """The same as the parts of an address, for whoever has to sign in first."""
        typed = {name: text for name, text in self.form.texts.items() if text and name != DAY}
        return {REFERENCES: [each.about.id for each in self.opened], **typed}

    # what it says

    def read(self) -> Asked:
        """What is asked for. Raises `CaseError` with every mistake."""
        body: dict[str, Any] = ExtrapolateSchema().load(self._document())
        day = body.pop("date") or today()
        # The day belongs to the wish: what was previewed is what will be kept.
        self.form.texts[DAY] = day.isoformat()
        rates = body.pop("rates")
        given = rates if self._typed_rates() else None
        ids = body.pop("references")
        body.pop("save")
        target = Target(**body, date=day)
        text = repr((ids, sorted(self.form.texts.items())))
        return Asked(ids, target, given, text)

    def _document(self) -> dict[str, Any]:
        typed = {name: self.form.text(name).strip() for name in DETAILS}
        return {
            **typed,
            "currency": typed["currency"].upper(),
            "references": [each.about.id for each in self.opened],
            "date": self.form.text(DAY),
            "drivers": dict(self._typed_drivers()),
            "rates": {
                "exchange": [self._exchange_document(row) for row in self._typed(self.exchange)],
                "prices": [self._prices_document(row) for row in self._typed(self.prices)],
            },
        }

    def _typed_drivers(self) -> Iterator[tuple[str, dict[str, str]]]:
        for row in self.drivers:
            texts = {field: self.form.text(row.name(field)).strip() for field in OF_DRIVER}
            if texts["value"]:
                yield row.driver.id, {**texts, **self._unit_for(row.driver)}

    def _unit_for(self, driver: Driver) -> dict[str, str]:
        """The unit that is meant where `$95m` stands for 95 million dollars a year."""
        unit = driver.unit
        for case in (each.case for each in self.opened):
            unit = re.sub(rf"\b{case.currency}\b", self.currency, unit)
        is_meant = quantity.is_percentage(unit) or quantity.currency_of(unit) is not None
        return {"unit": unit} if is_meant else {}

    @property
    def currency(self) -> str:
        """The currency of the new case."""
        return self.form.text("currency").strip().upper() or self.first.case.currency

    def _typed_rates(self) -> list[RateRow]:
        return [*self._typed(self.exchange), *self._typed(self.prices)]

    def _typed(self, rows: Sequence[RateRow]) -> list[RateRow]:
        """The rows that somebody has filled in and that are needed."""
        return [
            row
            for row in rows
            if any(self.form.text(name).strip() for name in row.names)
            and row.currency != self.currency
        ]

    def _exchange_document(self, row: RateRow) -> dict[str, str]:
        return {"base": row.currency, "quote": self.currency, **self._texts(row)}

    def _prices_document(self, row: RateRow) -> dict[str, Any]:
        years = {"from_year": row.year, "to_year": self.form.text("year") or row.year}
        region = row.region or self.form.text("region")
        return {"region": region, **years, **self._texts(row)}

    def _texts(self, row: RateRow) -> dict[str, str]:
        return {field: self.form.text(row.name(field)).strip() for field in row.fields}

    # what is wrong with it

    def note_blanks(self) -> bool:
        """Note what is missing in own rates; whether nothing is."""
        blanks = [
            Problem(
                code="missing",
                place=row.name(field),
                cause=f"{PARTS[field]} is missing.",
                remedy="Fill it in, or empty the other fields of this row.",
            )
            for row in self._typed_rates()
            for field in row.fields
            if not self.form.text(row.name(field)).strip()
        ]
        self.form.note(blanks)
        return not blanks

    def note(self, error: InputError) -> None:
        """Keep the mistakes of an error: each beside its field, the others for the whole form."""
        problems = getattr(error, "problems", None) or (error.problem(""),)
        placed = [replace(each, place=self._field_of(each)) for each in problems]
        self.form.note(each for each in placed if each.place in self.names)
        self._note_apart([each for each in placed if each.place not in self.names])

    def _note_apart(self, problems: Iterable[Problem]) -> None:
        words = list(dict.fromkeys(f"{each.cause} {each.remedy}".strip() for each in problems))
        if words:
            self.form.refusal = Refusal(" ".join(words[:20]))

    def _field_of(self, problem: Problem) -> str:
        """The field that a problem belongs to."""
        place = problem.place.removeprefix("target.")
        parts = [part for part in re.split(r"[.\[\]]+", place) if part]
        if parts[:1] == ["drivers"] and len(parts) > 1:
            field = parts[2] if parts[2:] and parts[2] in OF_DRIVER else "value"
            return f"drivers.{parts[1]}.{field}"
        if parts[:1] == ["rates"] and len(parts) > 1:
            return self._field_of_rate(parts[1:], problem)
        return place

    def _field_of_rate(self, parts: list[str], problem: Problem) -> str:
        rows = self.exchange if parts[0] == "exchange" else self.prices
        if len(parts) > 2 and parts[1].isdecimal():
            row = self._typed(rows)[int(parts[1])]
            return row.name(parts[2]) if parts[2] in row.fields else "year"
        missing = [row for row in rows if row.currency and row.currency in problem.cause]
        wanted = [*missing, *rows][:1]
        return wanted[0].name(wanted[0].fields[0]) if wanted else ""


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _needed_drivers(case: Case, first: Case) -> set[str]:
    """The drivers that a case's rules need, as far as its numbers stand in the first one too."""
    shared = {each.id for each in first.assumptions}
    return {
        id
        for each in case.assumptions
        if each.id in shared and each.travel
        for id in each.travel.driver_ids
    }


def _inflates(case: Case) -> bool:
    return any(each.travel and each.travel.inflate for each in case.assumptions)
