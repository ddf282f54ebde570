"""How each figure follows, as a formula of the sheet: read off its rule, never told again."""

from __future__ import annotations

from collections.abc import Callable

from valuecalc.documents.workbook.cells import OTHERWISE
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.engine.result import Figure, Result, Rule, alias
from valuecalc.formula import excel, grammar, quantity

WHY_NONE = {
    "irr": "none or several",
    "mirr": "no in- or outflow",
    "payback": "not in the horizon",
    "payback_discounted": "not in the horizon",
    "peak_funding": "undefined",
    "peak_funding_month": "never below zero",
}
"""Why a searched figure may not exist, in a few words."""


def why_none(figure: Figure) -> str:
    """Why a figure may not exist, in a few words."""
    if figure.rule.kind == "search":
        return WHY_NONE[figure.rule.method]
    if figure.rule.kind == "simulation":
        return "cannot be drawn"
    return "nothing to divide by" if figure.rule.method else "undefined"


class Figures:
    """Writes the figures of a result as formulas."""

    def __init__(self, result: Result, rate: InternalRate) -> None:
        self.result = result
        self.rate = rate

    def formula(self, figure: Figure, year: str = "") -> str:
        """The formula of a figure; `year` is where the year of its column stands.

        Empty for a figure that is given.
        """
        rule = figure.rule
        match rule.kind:
            case "sum":
                return f"[{','.join(rule.parts)}|sum]"
            case "formula":
                return f"IFERROR({_over_figures(rule)},{OTHERWISE})"
            case "flow":
                return _flow(rule, year)
            case "search":
                return f"IFERROR({_SEARCHES[rule.method](self)},{OTHERWISE})"
        return ""

    def irr(self) -> str:
        """A unique rate: by IRR() on equal periods, by our own search on others."""
        found = "[irr.search]"
        if self.rate.is_regular:
            per_year = "(1+IRR([net|all],[irr.guess]))^[timeline.periods_per_year]-1"
            found = f"IFERROR({per_year},[irr.search])"
        return f"IF([irr.roots]=1,{found},{OTHERWISE})"

    def mirr(self) -> str:
        """What was received at the end over what was paid at the decision, a year."""
        paid, received = "[mirr.paid|total]", "[mirr.received|total]"
        rate = f"({received}/-{paid})^(1/[time|last])-1"
        exists = f"[tests.flow_is_defined]*({paid}<0)*({received}>0)"
        return f"IF({exists}=1,{rate},{OTHERWISE})"

    def payback(self, flow: str) -> str:
        """The crossing that counts, if cash does not end below zero."""
        months = f"MAX([{flow}.payback|all])"
        if self.result.case.conventions.payback_crossing == "first":
            place = f"MATCH(1,[{flow}.crossing|all],0)"
            months = f"IFERROR(INDEX([{flow}.payback|all],{place}),0)"
        exists = f"[tests.flow_is_defined]*[tests.has_investment]*([{flow}.cleared|last]>=0)"
        return f"IF({exists}=1,{months},{OTHERWISE})"

    def peak_funding(self) -> str:
        """The lowest point of cumulative cash, or zero."""
        lowest = "MIN(0,MIN([net.cleared|all]))"
        return f"IF([tests.flow_is_defined]=1,{lowest},{OTHERWISE})"

    def peak_funding_month(self) -> str:
        """The month of the lowest point, if it is below zero."""
        lowest = "MIN([net.cleared|all])"
        month = f"INDEX([month|all],MATCH({lowest},[net.cleared|all],0))"
        exists = f"[tests.flow_is_defined]*({lowest}<0)"
        return f"IF({exists}=1,{month},{OTHERWISE})"


_SEARCHES: dict[str, Callable[[Figures], str]] = {
    "irr": Figures.irr,
    "mirr": Figures.mirr,
    "payback": lambda figures: figures.payback("net"),
    "payback_discounted": lambda figures: figures.payback("discounted"),
    "peak_funding": Figures.peak_funding,
    "peak_funding_month": Figures.peak_funding_month,
}


def _over_figures(rule: Rule) -> str:
    names = {alias(part): part for part in rule.parts}

    def refuse(*_: object) -> str:
        raise ValueError(f"A figure's formula cannot look over time: {rule.formula}.")

    places = excel.Places(
        name=lambda name: f"[{names[name]}]",
        literal=lambda number: quantity.show_plain(number.value),
        factor=refuse,
        time=refuse,
        previous=refuse,
        sum_over_time=refuse,
    )
    return excel.write(grammar.read(rule.formula), places)


def _flow(rule: Rule, year: str) -> str:
    """The sum over the periods, or over those of one year, of the product of rows."""
    rows = [f"[{name}|all]" for name in rule.series]
    if rule.year is None:
        if len(rows) == 1:
            return f"[{rule.series[0]}|total]"
        return f"IFERROR(SUMPRODUCT({'*'.join(rows)}),{OTHERWISE})"
    if len(rows) == 1:
        # A line that is undefined in any year has no figure in the others either.
        total = f"ISNUMBER([{rule.series[0]}|total])"
        return f"IF({total},SUMIFS({rows[0]},[year|all],{year}),{OTHERWISE})"
    return f"IFERROR(SUMPRODUCT(([year|all]={year})*{'*'.join(rows)}),{OTHERWISE})"
