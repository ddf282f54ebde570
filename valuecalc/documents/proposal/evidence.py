"""Assumptions with their evidence, the steps between, and how strong the evidence is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from valuecalc.case.binding import bind
from valuecalc.case.case import Assumption, Evidence
from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Content, Draft, Styled
from valuecalc.documents.proposal.lines import formula_in_words
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.tables import Cell, Column, Line, Row
from valuecalc.engine.result import AssumptionResult, CalculationResult, Figure, Result
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase

MOST_YEARLY_VALUES = 8

_FINANCE_VIEW = ("benefits", "pv_benefits", "value", "npv")

_RANGES = phrase(
    "Range: from the 10th to the 90th percentile, unless a distribution is named. "
    "Grade: see the strength of the evidence below."
)


def assumptions(draft: Draft) -> None:
    """Every assumption, the steps that are worked out from them, and the evidence."""
    draft.heading(1, phrase("Assumptions and evidence"))
    _assumption_table(draft)
    if draft.result.calculations:
        _step_table(draft)
    _strength(draft)


def _assumption_table(draft: Draft) -> None:
    result = draft.result
    if not result.assumptions:
        draft.write("Normal", phrase("The case has no assumptions yet."))
        return
    figures = [result.figure(f"assumptions.{each.assumption.id}") for each in result.assumptions]
    ranges = [_range(each.assumption, each.unit) for each in result.assumptions]
    widths = (
        3.9,
        tables.width_for((each.text for each in figures), 9, least=2.6, most=4.4),
        tables.width_for(ranges, 9, least=2.2, most=3.4),
        1.2,
    )
    heads = (phrase("Assumption"), phrase("Value"), phrase("Range"), phrase("Grade"))
    caption = phrase("Assumptions, their range, and where each comes from")
    draft.caption("Table", caption, name="assumptions")
    tables.table(
        draft,
        [
            *(Column(head, width) for head, width in zip(heads, widths, strict=True)),
            Column(phrase("Source and date"), TEXT_WIDTH_CM - sum(widths)),
        ],
        [_assumption_row(result, each) for each in result.assumptions],
        title=phrase("Assumptions with value, range, grade of evidence, source and date"),
        name="assumptions",
        notes=[[_RANGES], *wording.notes(figures)],
    )


def _assumption_row(result: Result, each: AssumptionResult) -> Row:
    assumption, evidence = each.assumption, each.evidence
    return Row(
        (
            _with_small(assumption.label, assumption.note),
            _with_small(result.figure(f"assumptions.{assumption.id}"), _over_time(result, each)),
            _with_small(_range(assumption, each.unit), _distribution(assumption)),
            evidence.grade if evidence else "–",
            list(_source(evidence)) if evidence else phrase("No evidence yet; counts as grade E"),
        )
    )


def _with_small(content: Content, small: str) -> list[Line]:
    return [Line([content]), *([Line([small], "TableSmall")] if small else [])]


def _over_time(result: Result, each: AssumptionResult) -> str:
    """How an assumption changes from year to year, in words."""
    if not each.varies:
        return ""
    if each.assumption.growth:
        growth = quantity.show(each.assumption.growth, "%", sign=True)
        return phrase("{growth} a year", growth=growth)
    ends = {int(year): period for period, year in enumerate(result.axis.years)}
    values = [float(each.values[ends[year]]) for year in sorted(ends)[1:]]
    shown = [quantity.show(value, each.unit) for value in _without_repeats(values)]
    listed = shown
    if len(shown) > MOST_YEARLY_VALUES:
        listed = [*shown[: MOST_YEARLY_VALUES - 2], "…", shown[-1]]
    by_year = joined(" · ", listed)
    if len(shown) < len(values):
        return phrase("By year: {values} from year {year}", values=by_year, year=len(shown))
    return phrase("By year: {values}", values=by_year)


def _without_repeats(values: Sequence[float]) -> Sequence[float]:
    """The values up to the one that stays until the end."""
    last = len(values)
    while last > 1 and values[last - 2] == values[-1]:
        last -= 1
    return values[:last]


def _range(assumption: Assumption, unit: str) -> str:
    low, high = (
        None if end is None else quantity.show(end, unit)
        for end in (assumption.low, assumption.high)
    )
    if low and high:
        return phrase("{low}\u00a0to {high}", low=low, high=high)
    if low:
        return phrase("from {low}", low=low)
    return phrase("up to {high}", high=high) if high else "–"


_DISTRIBUTIONS = {
    "triangular": phrase("triangular"),
    "pert": phrase("pert"),
    "uniform": phrase("uniform"),
    "normal": phrase("normal"),
    "lognormal": phrase("lognormal"),
    "discrete": phrase("discrete"),
}


def _distribution(assumption: Assumption) -> str:
    """What the draws of an assumption are distributed by, where it says so."""
    return _DISTRIBUTIONS.get(assumption.distribution, assumption.distribution)


def _source(evidence: Evidence) -> Iterator[Line]:
    """The source with its link, who gave it and when, and what is said about it."""
    source = evidence.source or evidence.url or evidence.grade.label
    about = [
        evidence.owner,
        wording.day(evidence.date) if evidence.date else "",
        phrase("tested by {person}", person=evidence.tested) if evidence.tested else "",
    ]
    details = joined(", ", ["", *filter(None, about)])
    yield Line([Styled(source, "", evidence.url), Styled(details, "Muted")])
    if evidence.note:
        yield Line([evidence.note], "TableSmall")


def _step_table(draft: Draft) -> None:
    result = draft.result
    binding = bind(result.case)
    draft.caption("Table", phrase("Intermediate steps, worked out from the assumptions"))
    figures = [result.figure(f"calculations.{each.calculation.id}") for each in result.calculations]
    tables.table(
        draft,
        [
            Column(phrase("Step"), 4.3),
            Column(phrase("Formula"), 6.2),
            Column(phrase("In numbers"), 5.5),
        ],
        [
            _step_row(result, each, formula_in_words(binding, each.calculation.id))
            for each in result.calculations
        ],
        title=phrase("Intermediate steps with their formula in words and in numbers"),
        name="steps",
        look=tables.LONG,
        notes=[
            [phrase("In the first period, where a step changes over time.")],
            *wording.notes(figures),
        ],
    )


def _step_row(result: Result, each: CalculationResult, formula: str) -> Row:
    calculation = each.calculation
    figure = result.figure(f"calculations.{calculation.id}")
    worked: Cell = [Line([f"{wording.worked_out(each.worked)} = ", figure])]
    return Row((_with_small(calculation.label, calculation.note), formula, worked))


def _strength(draft: Draft) -> None:
    """Benefits by grade of evidence, and the value that finance can count on."""
    result = draft.result
    rows = [
        Row(
            (
                each.grade,
                each.grade.label,
                *_amount_and_share(result, f"evidence.{each.grade.lower()}"),
            )
        )
        for each in result.evidence
    ]
    draft.caption("Table", phrase("Benefits by the strength of the evidence they rest on"))
    tables.table(
        draft,
        [
            Column(phrase("Grade"), 1.4),
            Column(phrase("Evidence"), 8.6),
            Column(phrase("Benefits"), 3.4, numeric=True),
            Column(phrase("Share of benefits"), 2.6, numeric=True),
        ],
        rows,
        title=phrase("Benefits by grade of evidence"),
        name="evidence",
        notes=wording.notes(
            result.figure(f"evidence.{each.grade.lower()}.share") for each in result.evidence
        ),
    )
    _finance_view(draft)


def _finance_view(draft: Draft) -> None:
    """Hard and soft benefits, and what is left on strong evidence alone."""
    result = draft.result
    rows = [
        Row((result.figure(f"{name}.total").label, *_amount_and_share(result, name)))
        for name in ("hard", "soft")
    ]
    viewed = [result.figure(f"finance_view.{name}") for name in _FINANCE_VIEW]
    share = result.figure("finance_view.share")
    rows.append(Row((viewed[0].label, viewed[0], share)))
    rows += [Row((figure.label, figure, "")) for figure in viewed[1:]]
    rule = next(each.text for each in result.conventions if each.name == "finance_view")
    draft.caption("Table", phrase("What finance can count on"), name="finance view")
    tables.table(
        draft,
        [
            Column(phrase("Figure"), 9.0),
            Column(phrase("Amount"), 4.4, numeric=True),
            Column(phrase("Share of benefits"), 2.6, numeric=True),
        ],
        rows,
        title=phrase("Hard and soft benefits, and the value on strong evidence alone"),
        name="finance_view",
        notes=[
            [phrase("Hard benefits can be found in the books. Finance view: {rule}.", rule=rule)],
            *wording.notes([*viewed, share]),
        ],
    )


def _amount_and_share(result: Result, name: str) -> tuple[Figure, Figure]:
    return result.figure(f"{name}.total"), result.figure(f"{name}.share")
