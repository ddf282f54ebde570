"""The form on which a portfolio is asked for: which cases, in which currency, with which draws.

The filter stands in the address, so that a list of cases can lead here with its own. The names
of the other fields are those of the request: `draws`, `rates.EUR.value`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask import request

from valuecalc.errors import NotFound, Problem
from valuecalc.formula.known_units import CURRENCIES
from valuecalc.schemas.portfolio import (
    DEFAULT_DRAWS,
    MAX_CASES,
    PortfolioAsked,
    read_portfolio_request,
)
from valuecalc.services import jobs, portfolio, saved_cases, teams
from valuecalc.services.teams import OwnTeam
from valuecalc.store.pages import Slice
from valuecalc.web.identity import actor
from valuecalc.web.pages.cases import LONGEST_SEARCH, Row
from valuecalc.web.pages.forms import Form
from valuecalc.web.pages.portfolio_result import rate_text
from valuecalc.web.storage import store

FILTERS = {"q": "words", "customer": "customer", "sector": "sector", "cases_in": "currency"}
"""The fields of the filter, and what each is called in a list of cases."""

SETTINGS = ("currency", "draws", "seed")
OF_RATE = ("value", "low", "high", "source")
ALL, TICKED = "all", "ticked"

MOST_BOXES = 200
"""So many cases are listed to be ticked; a filter takes more."""


@dataclass(frozen=True)
class RateRow:
    """The fields for the rate of one currency, and the rate that is published for it."""

    currency: str
    published: str

    def name(self, field: str) -> str:
        """The name of one of its fields."""
        return f"rates.{self.currency}.{field}"


@dataclass(frozen=True)
class Selection:
    """The cases of a team that fit a filter."""

    team: OwnTeam
    filters: Mapping[str, str]

    @classmethod
    def asked_for(cls, team: OwnTeam) -> Selection:
        """What the address or the form says."""
        texts = {name: request.values.get(name, "").strip() for name in FILTERS}
        return cls(team, {name: text[:LONGEST_SEARCH] for name, text in texts.items()})

    @cached_property
    def found(self) -> Slice[saved_cases.Listed]:
        """Every case that fits."""
        wanted: dict[str, Any] = {FILTERS[name]: text for name, text in self.filters.items()}
        uid = self.team.team.uid
        return saved_cases.page(store(), actor(), MAX_CASES, team_uid=uid, **wanted)

    @property
    def rows(self) -> list[Row]:
        """The cases that can be ticked."""
        listed = self.found.rows[:MOST_BOXES]
        return [Row(each) for each in listed]

    @property
    def count(self) -> str:
        """How many cases fit."""
        number = len(self.found.rows)
        if self.found.has_more:
            return f"more than {number:,} cases"
        return "1 case" if number == 1 else f"{number:,} cases"

    @property
    def is_filtered(self) -> bool:
        """Whether the filter leaves anything out."""
        return any(self.filters.values())

    @cached_property
    def currencies(self) -> list[str]:
        """The currencies of the cases."""
        return sorted({each.head.currency for each in self.found.rows})

    @property
    def customers(self) -> list[str]:
        """The customers of the cases."""
        return sorted({each.head.customer for each in self.found.rows} - {""})

    @property
    def sectors(self) -> list[str]:
        """The sectors of the cases."""
        return sorted({each.head.sector for each in self.found.rows} - {""})

    def rates(self, reporting: str) -> list[RateRow]:
        """A row for each currency; `reporting` is what was typed as that of the report."""
        asked = PortfolioAsked(currency=reporting if reporting in CURRENCIES else "")
        currencies = [each.head.currency for each in self.found.rows]
        made = portfolio.request_of(asked, currencies)
        published = {
            each.currency: f"Published: {rate_text(each.value)} {made.currency}"
            f"{_about(each.date, each.source)}."
            for each in made.rates
        }
        of_report = f"Leave it empty while the report is in {made.currency}."
        unknown = f"No rate to {made.currency} is published: give one."
        return [
            RateRow(each, of_report if each == made.currency else published.get(each, unknown))
            for each in self.currencies
        ]


def _about(day: date | None, source: str) -> str:
    """The day and the source of a rate, behind it."""
    about = ", ".join(filter(None, [day.isoformat() if day else "", source]))
    return f" ({about})" if about else ""


class PortfolioForm:
    """What is asked of the cases that are selected, as it was typed."""

    def __init__(self, selection: Selection, form: Form, choice: str, ticked: frozenset[str]):
        self.selection = selection
        self.form = form
        self.choice = choice
        self.ticked = ticked

    @classmethod
    def empty(cls, selection: Selection) -> PortfolioForm:
        """The form before anything is typed."""
        settings = {"draws": f"{DEFAULT_DRAWS:,}", "seed": "1"}
        form = Form.empty(*_names(selection), **settings)
        return cls(selection, form, ALL, frozenset())

    @classmethod
    def sent(cls, selection: Selection) -> PortfolioForm:
        """The form as it came in."""
        form = Form.sent(*_names(selection))
        choice = TICKED if request.form.get("choice") == TICKED else ALL
        return cls(selection, form, choice, frozenset(request.form.getlist("case")[:MAX_CASES]))

    @property
    def rates(self) -> list[RateRow]:
        """The rows for exchange rates."""
        return self.selection.rates(self.form.text("currency").strip().upper())

    @property
    def has_rates(self) -> bool:
        """Whether the exchange rates are shown at once: some are typed, or are to be mended."""
        names = [name for name in self.form.names if name.startswith("rates.")]
        return any(self.form.text(name) or self.form.mistake(name) for name in names)

    def submit(self) -> jobs.Job | None:
        """The job that was started; None where something has to be mended."""
        try:
            with self.form.told():
                asked = read_portfolio_request(self._request())
                return portfolio.submit(store(), actor(), asked)
        except NotFound as error:
            if error.kind != saved_cases.KIND:
                raise
            self._note("cases", "A case that is ticked is no longer there.", _SELECT)
        self._place_rates()
        return None

    def _request(self) -> dict[str, Any]:
        numbers = {name: _digits(self.form.text(name)) for name in ("draws", "seed")}
        asked = {"team": self.selection.team.team.uid, "rates": dict(self._rates()), **numbers}
        asked["currency"] = self.form.text("currency").strip()
        if self.choice == TICKED:
            asked["cases"] = list(self.ticked)
        else:
            named = {"cases_in": "currency"}
            texts = self.selection.filters.items()
            asked["filter"] = {named.get(name, name): text for name, text in texts if text}
        return {key: each for key, each in asked.items() if each or key == "cases"}

    def _rates(self) -> Iterator[tuple[str, dict[str, str]]]:
        for row in self.selection.currencies:
            typed = {field: self.form.text(f"rates.{row}.{field}").strip() for field in OF_RATE}
            if any(typed.values()):
                yield row, {field: text for field, text in typed.items() if text}

    def _place_rates(self) -> None:
        """Show what is wrong with a rate beside it, and what is wrong with cases in their list."""
        for currency in self.selection.currencies:
            found = self.form.mistakes.pop(f"rates.{currency}", None)
            if found is not None:
                self.form.mistakes.setdefault(f"rates.{currency}.value", found)
        if self.choice == TICKED and not self.ticked:
            self.form.mistakes.pop("cases", None)
            self._note("cases", "No case is ticked.", "Tick some, or take all that are listed.")

    def _note(self, place: str, cause: str, remedy: str) -> None:
        self.form.note([Problem(code="portfolio", place=place, cause=cause, remedy=remedy)])


_SELECT = "It was deleted in the meantime: the list below is up to date, tick the cases again."


def team_asked_for() -> OwnTeam | None:
    """The team of the address or the form; without it the first one of the reader, if any.

    Raises `NotFound` for a team that he is not in.
    """
    uid = request.values.get("team")
    if uid:
        return teams.load(store(), actor(), uid)
    own = teams.mine(store(), actor()).rows
    return own[0] if own else None


def _names(selection: Selection) -> tuple[str, ...]:
    rates = [f"rates.{each}" for each in selection.currencies]
    fields = [f"{rate}.{field}" for rate in rates for field in OF_RATE]
    return (*SETTINGS, "cases", *rates, *fields)


def _digits(text: str) -> str:
    """A whole number without what people put between its digits."""
    return text.strip().replace(",", "").replace("\u00a0", "").replace(" ", "")
