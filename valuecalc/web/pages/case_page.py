"""A worked-out case, shaped for its page: what stands where, in which words.

Numbers and their texts come from the result; here they are only put in their places.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from flask import render_template

from valuecalc.case.case import Source
from valuecalc.engine.result import Figure, Result
from valuecalc.services import charts
from valuecalc.services.approvals import Approved
from valuecalc.web.pages import rows
from valuecalc.web.pages.places import Place
from valuecalc.web.pages.plan import PlanPage

SECTIONS = (
    ("statement", "Statement"),
    ("assumptions", "Assumptions"),
    ("benefits", "Benefits"),
    ("investment", "Investment"),
    ("scenarios", "Scenarios"),
    ("cash-flow", "Cash flow"),
    ("evidence", "Evidence"),
    ("conventions", "Conventions and checks"),
)

PLAN = ("plan", "Plan")
"""The section of cases that have a plan; it stands before the evidence."""


def with_plan(sections: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """The sections with that of the plan."""
    before = [id for id, _ in sections].index("evidence")
    return (*sections[:before], PLAN, *sections[before:])


SHOWN_IN_STATEMENT = 8
"""So many of the assumptions stand in the statement itself; the others unfold."""


class CasePage:
    """What the template of a case reads; `approvals` are those of its plan, where it is kept."""

    approvals: Sequence[Approved] = ()
    signs = False
    """Whether whoever reads can approve the plan, or take that back."""

    def __init__(self, result: Result, scenarios: Sequence[Result], place: Place) -> None:
        self.result = result
        self.scenarios = scenarios
        self.place = place
        self.case = result.case

    @property
    def sections(self) -> Sequence[tuple[str, str]]:
        """The sections in their order: the id and the title of each."""
        return with_plan(SECTIONS) if self.plan else SECTIONS

    # the panel

    @property
    def tiles(self) -> Sequence[Figure]:
        """The headline figures below the value."""
        return self.result.tiles

    @property
    def further_figures(self) -> list[Figure]:
        """What the panel leaves out: other returns, paybacks and present values."""
        return [figure for figure in self.result.figures.values() if figure.group == "total"]

    @property
    def panel_charts(self) -> list[charts.Chart]:
        """The charts of the panel; none while the value is undefined or astronomical."""
        if not charts.is_drawable(self.result):
            return []
        return [charts.waterfall(self.result), charts.cumulative(self.result)]

    # the sections

    @property
    def based_on(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The assumptions of the statement: those shown at once, and the others."""
        listed = self.result.statement.based_on
        if len(listed) <= SHOWN_IN_STATEMENT + 2:
            return listed, ()
        return listed[:SHOWN_IN_STATEMENT], listed[SHOWN_IN_STATEMENT:]

    @property
    def assumptions(self) -> list[rows.AssumptionRow]:
        """The rows of the table of assumptions."""
        names = rows.labels(self.result)
        return [rows.assumption_row(self.result, each, names) for each in self.result.assumptions]

    @property
    def without_evidence(self) -> int:
        """How many assumptions name no evidence."""
        return sum(each.evidence is None for each in self.result.assumptions)

    @property
    def calculations(self) -> list[rows.CalculationRow]:
        """The intermediate steps."""
        return [rows.calculation_row(self.result, each) for each in self.result.calculations]

    @property
    def benefits(self) -> list[rows.LineCard]:
        """The benefits in money."""
        return [rows.line_card(self.result, line) for line in self.result.benefits]

    @property
    def outcomes(self) -> list[rows.LineCard]:
        """The benefits that are counted in their own unit."""
        return [rows.line_card(self.result, line) for line in self.result.outcomes]

    @property
    def investments(self) -> list[rows.LineCard]:
        """The investments."""
        return [rows.line_card(self.result, line) for line in self.result.investments]

    @property
    def line_columns(self) -> tuple[str, ...]:
        """The headings of a line's amounts."""
        return (*self.result.axis.column_labels, "Total", "Present value")

    @property
    def outcome_columns(self) -> tuple[str, ...]:
        """The headings of an outcome's amounts, which are never discounted."""
        return (*self.result.axis.column_labels, "Total")

    @property
    def compared(self) -> list[tuple[Figure, list[Figure]]]:
        """Each figure with its values in all scenarios, in the order of `scenarios`."""
        return [
            (figure, [each.figures[figure.name] for each in self.scenarios])
            for figure in self.result.compared
        ]

    @property
    def moved(self) -> list[tuple[str, list[tuple[Figure, bool]]]]:
        """Assumptions that differ between scenarios: value, and whether it was moved."""
        return list(rows.moved(self.scenarios))

    @property
    def cash_flow(self) -> list[rows.CashRow]:
        """The rows of the cash-flow table."""
        return list(rows.cash_rows(self.result))

    @cached_property
    def plan(self) -> PlanPage | None:
        """The plan with its dates; None where there is nothing planned."""
        return PlanPage(self.result) if self.result.plan.steps else None

    @cached_property
    def evidence(self) -> charts.Chart | None:
        """Benefits by grade of evidence; nothing while the benefits are undefined."""
        if self.result.value("total_benefits") is None:
            return None
        return charts.evidence(self.result)

    @property
    def finance_view(self) -> list[Figure]:
        """What is left when only strong evidence counts."""
        return _named(self.result, "finance_view.")

    @property
    def hard_and_soft(self) -> list[Figure]:
        """How much of the benefits can be found in the books."""
        names = ("hard.total", "hard.share", "soft.total", "soft.share")
        return [self.result.figures[name] for name in names if name in self.result.figures]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where public numbers come from."""
        return self.case.sources


def render_case(result: Result, scenarios: Sequence[Result], place: Place) -> str:
    """The page of a case."""
    return render_template("case.html", page=CasePage(result, scenarios, place), place=place)


def _named(result: Result, prefix: str) -> list[Figure]:
    return [figure for name, figure in result.figures.items() if name.startswith(prefix)]
