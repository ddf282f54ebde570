"""A portfolio that has been worked out, as the texts of its page.

Every number stands in the document that the job has kept; here it is only put into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for

from valuecalc.formula import quantity
from valuecalc.services import portfolio_charts
from valuecalc.services.charts import Chart
from valuecalc.services.portfolio_charts import DRAWN, WON

FIGURES = {"npv": "Net present value (NPV)", "value": "Value"}
AMOUNTS = {
    "benefits": "Benefits",
    "investment": "Investment",
    "value": "Value",
    "npv": "Net present value (NPV)",
}
WAYS = {
    WON: ("If all are won", "Every case counts in full in every draw."),
    DRAWN: (
        "Each won or lost by its chance",
        "Every draw decides anew which cases are won. Those without a probability are left out.",
    ),
}
MOST_CASES = 200
"""So many cases are listed at once."""


@dataclass(frozen=True, kw_only=True)
class TotalRow:
    """One sum, in full and weighted."""

    label: str
    plain: str
    weighted: str
    is_main: bool


@dataclass(frozen=True, kw_only=True)
class WayShown:
    """The draws, summed up in one way."""

    title: str
    words: str
    low: str
    high: str
    gain_label: str
    gain: str
    rows: tuple[tuple[str, str], ...]
    spread: Chart
    curve: Chart


@dataclass(frozen=True, kw_only=True)
class BarRow:
    """What one assumption or common driver does to the NPV."""

    label: str
    driver: str
    case_title: str
    address: str
    range: str
    low: str
    high: str
    span: str
    share: str


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """One case of the portfolio."""

    title: str
    customer: str
    version: str
    address: str
    probability: str
    value: str
    npv: str
    reported_value: str
    reported_npv: str
    spread: str
    gain: str
    evidence: str
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RemarkRow:
    """A case that is not fully part of the portfolio, with the reason."""

    title: str
    customer: str
    address: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RateRow:
    """An exchange rate that was used."""

    currency: str
    value: str
    range: str
    about: str


class PortfolioPage:
    """What the template of the page reads; `figure` is the one whose draws are shown."""

    most_cases = MOST_CASES
    figures = FIGURES

    def __init__(self, document: Mapping[str, Any], figure: str) -> None:
        self.document = document
        self.figure = figure
        self.currency: str = document["currency"]

    # ------------------------------------------------------------------ in short

    @property
    def title(self) -> str:
        """How many cases there are, in which currency."""
        return f"Portfolio of {_cases(self.document['totals']['count'])} in {self.currency}"

    @property
    def headline(self) -> str:
        """What the cases are worth together."""
        totals, weighted = self.document["totals"], self.document["weighted"]
        if not totals["count"]:
            return "No case could be worked out. The reasons stand below."
        are = "is" if totals["count"] == 1 else "are together"
        worth = f"{_cases(totals['count'])} {are} worth {self._short(totals['value'])}"
        if weighted is None:
            return f"{worth}."
        chances = f"{self._short(weighted['value'])} weighted by the chance of winning"
        if weighted["count"] == totals["count"]:
            return f"{worth}, and {chances}."
        those = "one" if weighted["count"] == 1 else f"{weighted['count']:,}"
        come = "comes" if weighted["count"] == 1 else "come"
        return f"{worth}. The {those} with a probability {come} to {chances}."

    @property
    def has_weights(self) -> bool:
        """Whether any case has a chance of winning."""
        return self.document["weighted"] is not None

    @property
    def weighted_count(self) -> str:
        """How many cases the weighted sums are over."""
        return _cases(self.document["weighted"]["count"])

    @property
    def totals(self) -> list[TotalRow]:
        """The sums at expected values."""
        plain, weighted = self.document["totals"], self.document["weighted"] or {}
        return [
            TotalRow(
                label=label,
                plain=self._amount(plain[name]),
                weighted=self._amount(weighted.get(name)),
                is_main=name == "value",
            )
            for name, label in AMOUNTS.items()
        ]

    @property
    def finance(self) -> str:
        """How much of the benefits the finance views count."""
        share = self.document["finance_share"]
        if share is None:
            return ""
        amount = self._short(self.document["finance_benefits"])
        counted = f"{_percent(share, digits=0)} of the benefits ({amount})"
        return f"{counted} count in a strict finance view."

    # ------------------------------------------------------------------ draws and charts

    @cached_property
    def ways(self) -> list[WayShown]:
        """The draws if all cases are won, and with each of them won or not."""
        return [self._way(how) for how in portfolio_charts.drawn_ways(self.document)]

    def _way(self, how: str) -> WayShown:
        drawn = self.document[how]
        found = drawn["figures"][self.figure]
        spread = found["percentiles"]
        title, words = WAYS[how]
        named = (("p10", "P10"), ("p50", "P50, the middle"), ("p90", "P90"))
        error = f"±{self._amount(found['errors'].get('mean'))}"
        return WayShown(
            title=title,
            words=words,
            low=self._short(spread["p10"]),
            high=self._short(spread["p90"]),
            gain_label=drawn["gain"]["label"],
            gain=drawn["gain"]["words"],
            rows=(
                ("At expected values", self._amount(found["expected"])),
                ("Mean of the draws", f"{self._amount(found['mean'])} {error}"),
                *((label, self._amount(spread[name])) for name, label in named),
            ),
            spread=portfolio_charts.spread(self.document, how, self.figure),
            curve=portfolio_charts.curve(self.document, how, self.figure),
        )

    @cached_property
    def evidence(self) -> Chart:
        """The benefits by strength of evidence."""
        return portfolio_charts.evidence(self.document)

    @cached_property
    def bars(self) -> Chart:
        """What moves the portfolio most."""
        return portfolio_charts.bars(self.document)

    @property
    def bar_rows(self) -> list[BarRow]:
        """The same with both ends of each."""
        return [self._bar(each) for each in self.document["bars"]]

    @property
    def bars_of(self) -> str:
        """How many there are in all."""
        return f"{self.document['bars_of']:,}"

    def _bar(self, bar: Mapping[str, Any]) -> BarRow:
        unit = bar["unit"]
        has_range = bar["low"] is not None and bar["high"] is not None
        ends = [quantity.show_with_unit(bar[end], unit) for end in ("low", "high") if has_range]
        return BarRow(
            label=bar["label"],
            driver=f"Common to {_cases(bar['cases'])}" if bar["driver"] else "",
            case_title=bar["case_title"],
            address=_address(bar["case"]) if bar["case"] else "",
            range=" to ".join(ends) or "its own in each case",
            low=self._amount(bar["weighted_low"], sign=True),
            high=self._amount(bar["weighted_high"], sign=True),
            span=self._amount(bar["weighted_span"]),
            share=quantity.show(bar["share"], "%", digits=1),
        )

    # ------------------------------------------------------------------ cases

    @property
    def has_currencies(self) -> bool:
        """Whether some case is in another currency than the report."""
        return any(each["currency"] != self.currency for each in self.document["cases"])

    @cached_property
    def cases(self) -> list[CaseRow]:
        """Every case that was worked out, the most valuable first."""
        ranked = sorted(self.document["cases"], key=lambda each: -each["reported_value"])
        return [self._case(each) for each in ranked]

    def _case(self, case: Mapping[str, Any]) -> CaseRow:
        currency = case["currency"]
        return CaseRow(
            title=case["title"],
            customer=case["customer"],
            version=f"{case['version']}" if case["version"] is not None else "",
            address=_address(case["uid"], case["version"]),
            probability=_percent(case["probability"]),
            value=_money(case["value"], currency),
            npv=_money(case["npv"], currency),
            reported_value=self._amount(case["reported_value"]),
            reported_npv=self._amount(case["reported_npv"]),
            spread=_spread(case),
            gain=_gain(case),
            evidence=_percent(case["finance_share"], digits=0),
            notes=tuple(case["notes"]),
        )

    @property
    def remarks(self) -> list[tuple[str, str, list[RemarkRow]]]:
        """The lists of cases that are not fully part of it: id, title, cases."""
        named = (
            ("left_out", "Left out: in none of the sums"),
            ("not_simulated", "Not simulated: counted at the expected value"),
            ("without_probability", "Without a probability: not in the weighted sums"),
        )
        return [
            (name, title, [_remark(each) for each in self.document[name]])
            for name, title in named
            if self.document[name]
        ]

    # ------------------------------------------------------------------ how it was done

    @property
    def rates(self) -> list[RateRow]:
        """The exchange rates of the report."""
        return [
            RateRow(
                currency=each["currency"],
                value=f"{rate_text(each['value'])} {self.currency}",
                range=_rate_range(each),
                about=", ".join(filter(None, [each["date"], each["source"]])) or "not named",
            )
            for each in self.document["rates"]
        ]

    @property
    def notes(self) -> list[str]:
        """How all this was done."""
        return list(self.document["notes"])

    @property
    def draws(self) -> str:
        """How many draws."""
        return f"{self.document['draws']:,}"

    @property
    def seed(self) -> str:
        """Their seed."""
        return str(self.document["seed"])

    @property
    def hash(self) -> str:
        """The digest of all draws and figures."""
        return str(self.document["hash"])

    def _amount(self, amount: float | None, sign: bool = False) -> str:
        return _money(amount, self.currency, sign)

    def _short(self, amount: float | None) -> str:
        return quantity.UNDEFINED if amount is None else quantity.show_short(amount, self.currency)


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"


def _address(uid: str, version: int | None = None) -> str:
    return url_for("saved_case.show", uid=uid, version=version)


def _money(amount: float | None, currency: str, sign: bool = False) -> str:
    return quantity.UNDEFINED if amount is None else quantity.show(amount, currency, sign=sign)


def _percent(share: float | None, digits: int | None = None) -> str:
    return quantity.UNDEFINED if share is None else quantity.show(share, "%", digits=digits)


def _spread(case: Mapping[str, Any]) -> str:
    if case["is_certain"]:
        return "no ranges"
    if case["p10"] is None or case["p90"] is None:
        return quantity.UNDEFINED
    ends = (quantity.show_short(case[end], case["currency"]) for end in ("p10", "p90"))
    return " to ".join(ends)


def _gain(case: Mapping[str, Any]) -> str:
    gain = case["gain"]
    if gain is None or gain["share"] is None:
        return quantity.UNDEFINED
    return str(gain["words"])


def _remark(remark: Mapping[str, Any]) -> RemarkRow:
    return RemarkRow(
        title=remark["title"] or remark["uid"],
        customer=remark["customer"],
        address=_address(remark["uid"]),
        reason=remark["reason"],
    )


def rate_text(value: float) -> str:
    """An exchange rate in six digits."""
    return quantity.show_plain(float(f"{value:.6g}"))


def _rate_range(rate: Mapping[str, Any]) -> str:
    if rate["low"] is None and rate["high"] is None:
        return ""
    low, high = rate["low"], rate["high"]
    ends = (rate["value"] if each is None else each for each in (low, high))
    return " to ".join(map(rate_text, ends))
