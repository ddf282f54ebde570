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
                written = over_figures(rule, "[{}]".format)
                return f"IFERROR({written},{OTHERWISE})"
            case "flow":
                return _flow(rule, year)
            case "search":
                return f"IFERROR({_SEARCHES[rule.method](self)},{OTHERWISE})"
        return ""

    def irr(self) -> str:
        """A unique rate."""
        return f"IF([irr.roots]=1,[measures.irr],{OTHERWISE})"

    def mirr(self) -> str:
        """What was received at the end over what was paid at the decision, a year."""
        return f"IF([measures.mirr_exists]=1,[measures.mirr],{OTHERWISE})"

    def payback(self, flow: str) -> str:
        """The crossing that counts, if cash does not end below zero."""
        return f"IF([measures.{flow}.pays_back]=1,[measures.{flow}.months],{OTHERWISE})"

    def peak_funding(self) -> str:
        """The lowest point of cumulative cash, or zero."""
        return f"IF([tests.flow_is_defined]=1,MIN(0,[measures.lowest]),{OTHERWISE})"

    def peak_funding_month(self) -> str:
        """The month of the lowest point, if it is below zero."""
        exists = "[tests.flow_is_defined]*([measures.lowest]<0)"
        return f"IF({exists}=1,[measures.lowest_month],{OTHERWISE})"


_SEARCHES: dict[str, Callable[[Figures], str]] = {
    "irr": Figures.irr,
    "mirr": Figures.mirr,
    "payback": lambda figures: figures.payback("net"),
    "payback_discounted": lambda figures: figures.payback("discounted"),
    "peak_funding": Figures.peak_funding,
    "peak_funding_month": Figures.peak_funding_month,
}


def over_figures(rule: Rule, place: Callable[[str], str]) -> str:
    """The formula of a rule; `place` says where one of its parts stands."""
    names = {alias(part): place(part) for part in rule.parts}

    def refuse(*_: object) -> str:
        raise ValueError(f"A figure’s formula cannot look over time: {rule.formula}.")

    places = excel.Places(
        name=names.__getitem__,
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


def scale_of_money(result: Result) -> float:
    """The larger of the two totals, by which all money of a table shows the same decimals."""
    totals = (result.value("total_benefits"), result.value("total_investment"))
    return max(abs(total or 0.0) for total in totals)
