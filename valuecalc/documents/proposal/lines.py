"""Benefits, outcomes and investments: a table of each, and how every line is worked out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valuecalc.case.binding import Binding, bind
from valuecalc.case.case import Benefit
from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Content, Draft
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.tables import Column, Line, Look, Row
from valuecalc.engine.result import Factor, Figure, LineResult, Result
from valuecalc.errors import QuantityError
from valuecalc.formula import quantity, words
from valuecalc.phrases import capitalised, joined, phrase

WIDEST_AMOUNT_CM = 2.8
MOST_IN_SHORT = 6
"""So many rows has a table of lines in a document of two pages."""

HEADING = phrase("How each line is worked out")

_CATEGORIES = {
    "benefit": {
        "revenue": phrase("revenue"),
        "cost_reduction": phrase("cost reduction"),
        "cost_avoidance": phrase("cost avoidance"),
        "productivity": phrase("productivity"),
        "risk_reduction": phrase("risk reduction"),
        "capital_avoided": phrase("capital expenditure avoided"),
        "working_capital": phrase("working capital"),
        "other": phrase("other benefit"),
    },
    "investment": {
        "capital": phrase("capital expenditure"),
        "one_off": phrase("one-off cost"),
        "running": phrase("running cost"),
        "internal_effort": phrase("customer’s own effort"),
        "financing": phrase("financing"),
        "other": phrase("other investment"),
    },
}
"""The categories as they are written inside a sentence."""

_HAIRCUTS = {
    "realisation": phrase("realisation"),
    "attribution": phrase("attribution"),
    "risk": phrase("risk"),
}


@dataclass(frozen=True)
class _Sort:
    """What the tables of benefits, or those of investments, say of themselves.

    `name` is that of the tables, `caption` what others refer to them by, `totals` are figures.
    """

    name: str
    caption: str
    noun: str
    total: str
    title: str
    short_title: str
    totals: tuple[str, str]


_BENEFITS = _Sort(
    name="benefits",
    caption="benefit lines",
    noun=phrase("Benefit"),
    total=phrase("Total benefits"),
    title=phrase(
        "Benefits: each line with its category, grade of evidence, gross amount and total"
    ),
    short_title=phrase("Benefits: each line with its grade of evidence and its total"),
    totals=("total_benefits", "pv_benefits"),
)
_INVESTMENTS = _Sort(
    name="investments",
    caption="investment lines",
    noun=phrase("Investment"),
    total=phrase("Total investment"),
    title=phrase(
        "Investment: each line with its category, grade of evidence, gross amount and total"
    ),
    short_title=phrase("Investment: each line with its grade of evidence and its total"),
    totals=("total_investment", "pv_investment"),
)


def benefits(draft: Draft) -> None:
    """The benefits in money, and the outcomes that are counted in their own unit."""
    result = draft.result
    draft.heading(1, phrase("Benefits"))
    if not result.benefits:
        draft.write("Normal", phrase("No benefit is counted in money yet."))
    else:
        _money_table(draft, _BENEFITS, result.benefits)
    if result.outcomes and not draft.is_short:
        _outcome_table(draft)


def investments(draft: Draft) -> None:
    """What the solution takes, the customer's own effort included."""
    result = draft.result
    draft.heading(1, phrase("Investment"))
    if not result.investments:
        draft.write("Normal", phrase("No investment is counted yet."))
        return
    _money_table(draft, _INVESTMENTS, result.investments)


def workings(draft: Draft) -> None:
    """Every line with its formula in words and in numbers, its timing, haircuts and evidence."""
    result = draft.result
    lines = (*result.benefits, *result.outcomes, *result.investments)
    if lines:
        draft.heading(1, HEADING)
        _cards(draft, lines)


def formula_in_words(binding: Binding, id: str) -> str:
    """The formula of a line or a step with labels for names."""
    labels = {each.id: each.label for each in binding.case.referable}
    return words.with_labels(binding.formulas[id, "formula"].tree, labels)


def _money_table(draft: Draft, sort: _Sort, lines: Sequence[LineResult]) -> None:
    if draft.is_short:
        _short_table(draft, sort, lines)
        return
    total, present = map(draft.result.figure, sort.totals)
    found = [_figures(draft.result, line) for line in lines]
    rows = [
        Row((line.label, _kind(line), line.grade, *figures))
        for line, figures in zip(lines, found, strict=True)
    ]
    texts = [each.text for figures in (*found, [total, present]) for each in figures]
    width, look = _width_and_look(texts, draft.room)
    draft.caption("Table", _over_horizon(draft.result, sort), name=sort.caption)
    tables.table(
        draft,
        [
            *_describing_columns(sort.noun, TEXT_WIDTH_CM - 3 * width),
            Column(phrase("Before haircuts"), width, numeric=True),
            Column(phrase("Total"), width, numeric=True),
            Column(phrase("Present value"), width, numeric=True),
        ],
        [*rows, Row((sort.total, "", "", "", total, present), total=True)],
        title=sort.title,
        name=sort.name,
        look=look,
        notes=[
            [_GRADE],
            *wording.notes(figure for figures in found for figure in figures),
        ],
    )


_GRADE = phrase("Grade: the weakest evidence that the line rests on, from A to E.")


def _over_horizon(result: Result, sort: _Sort) -> str:
    horizon = result.case.timeline.horizon_text
    if sort is _BENEFITS:
        return phrase("Benefits over {horizon}", horizon=horizon)
    return phrase("Investment over {horizon}", horizon=horizon)


def _short_table(draft: Draft, sort: _Sort, lines: Sequence[LineResult]) -> None:
    """The largest lines with their total and present value; the others are counted."""
    result = draft.result
    by_size = sorted(lines, key=lambda line: -abs(result.value(f"{line.prefix}.total") or 0.0))
    shown = list(lines) if len(lines) <= MOST_IN_SHORT else by_size[: MOST_IN_SHORT - 1]
    found = [[result.figure(f"{line.prefix}.{end}") for end in ("total", "pv")] for line in shown]
    summed = [result.figure(name) for name in sort.totals]
    texts = [each.text for figures in (*found, summed) for each in figures]
    share = draft.room
    width = tables.width_for(texts, 9, least=2.6 * share) / share
    rows = [
        Row((line.label, line.grade, *figures)) for line, figures in zip(shown, found, strict=True)
    ]
    left = len(lines) - len(shown)
    if left:
        others = phrase("and {number} smaller ones, counted in the total", number=left)
        rows.append(Row((others, "", "", "")))
    tables.table(
        draft,
        [
            Column(sort.noun, TEXT_WIDTH_CM - 1.3 - 2 * width),
            Column(phrase("Grade"), 1.3),
            Column(phrase("Total"), width, numeric=True),
            Column(phrase("Present value"), width, numeric=True),
        ],
        [*rows, Row((sort.total, "", *summed), total=True)],
        title=sort.short_title,
        name=sort.name,
        look=tables.SHORT,
    )


def _width_and_look(amounts: Sequence[str], share: float) -> tuple[float, Look]:
    """The width of the columns of amounts; very long ones are set in a smaller size.

    `share` is that of our text width which the page has.
    """
    width = tables.width_for(amounts, 9, least=2.3 * share) / share
    if width <= WIDEST_AMOUNT_CM:
        return width, tables.VALUES
    return tables.width_for(amounts, 8, least=2.3 * share) / share, tables.CASH


def _describing_columns(noun: str, width: float) -> tuple[Column, Column, Column]:
    """Label, category and grade of a line, which share what the amounts leave."""
    grade = 1.2
    category = (width - grade) * 0.42
    return (
        Column(noun, width - grade - category),
        Column(phrase("Category"), category),
        Column(phrase("Grade"), grade),
    )


def _figures(result: Result, line: LineResult) -> list[Figure]:
    return [result.figure(f"{line.prefix}.{ending}") for ending in ("gross", "total", "pv")]


def _kind(line: LineResult) -> str:
    if line.non_monetary or not isinstance(line.line, Benefit):
        return line.category
    if line.line.is_hard:
        return phrase("{category}, hard", category=line.category)
    return phrase("{category}, soft", category=line.category)


def _noun_and_kind(line: LineResult) -> str:
    category = _CATEGORIES[line.kind][line.line.category]
    if line.non_monetary:
        return phrase("Outcome: {category}", category=category)
    if not isinstance(line.line, Benefit):
        return phrase("Investment: {category}", category=category)
    if line.line.is_hard:
        return phrase("Benefit: {category}, hard", category=category)
    return phrase("Benefit: {category}, soft", category=category)


def _outcome_table(draft: Draft) -> None:
    outcomes = draft.result.outcomes
    figures = [draft.result.figure(f"{line.prefix}.total") for line in outcomes]
    caption = phrase("Outcomes that are counted in their own unit, not in money")
    draft.caption("Table", caption)
    tables.table(
        draft,
        [
            Column(phrase("Outcome"), 9.8),
            Column(phrase("Grade"), 1.2),
            Column(phrase("Total"), 5.0, numeric=True),
        ],
        [
            Row((line.label, line.grade, figure))
            for line, figure in zip(outcomes, figures, strict=True)
        ],
        title=phrase("Outcomes in their own unit"),
        name="outcomes",
        notes=wording.notes(figures),
    )


def _cards(draft: Draft, lines: Sequence[LineResult]) -> None:
    result = draft.result
    binding = bind(result.case)
    for line in lines:
        draft.heading(2, line.label)
        facts = _facts(result, line, formula_in_words(binding, line.id))
        tables.table(
            draft,
            [Column("", 2.6), Column("", 13.4)],
            [Row((term, [Line(content)])) for term, content in facts],
            title=phrase("How “{line}” is worked out", line=line.label),
            look=tables.FACTS,
        )


def _facts(
    result: Result, line: LineResult, formula: str
) -> Iterator[tuple[str, Sequence[Content]]]:
    yield phrase("Category"), [_noun_and_kind(line)]
    yield phrase("Formula"), [formula]
    yield phrase("In numbers"), [_in_numbers(result, line)]
    yield phrase("When"), [_when(line)]
    yield phrase("Haircuts"), _haircuts(result, line)
    yield phrase("Evidence"), [_evidence(line)]
    goals = {goal.id: goal for goal in result.case.goals}
    if isinstance(line.line, Benefit) and line.line.goal in goals:
        yield phrase("Serves"), [_goal(result, line.line.goal)]
    if line.line.note:
        yield phrase("Note"), [line.line.note]


def _evidence(line: LineResult) -> str:
    return phrase(
        "{grade}: {meaning}, the weakest that the line rests on",
        grade=line.grade,
        meaning=line.grade.label,
    )


def _in_numbers(result: Result, line: LineResult) -> str:
    """The formula with its numbers and what it gives, in the period that it is shown for."""
    amount = float(line.amount[line.shown])
    is_known = math.isfinite(amount)
    gives = quantity.show_with_unit(amount, line.unit) if is_known else phrase("undefined")
    worked = line.worked.removeprefix("= ")
    # The formula may be a single name.
    is_amount = worked == quantity.show(amount, line.unit)
    shown = gives if is_amount else joined(" = ", [wording.worked_out(line.worked), gives])
    if line.line.spread:
        # The formula gives the whole amount, of which each month takes a part.
        return shown
    if line.shown == 0:
        return phrase("{amount}, at the decision", amount=shown)
    return phrase("{amount}, in {period}", amount=shown, period=result.axis.labels[line.shown])


def _when(line: LineResult) -> str:
    timing = capitalised(line.timing_text)
    if not line.line.growth:
        return timing
    return phrase(
        "{timing}, growing by {growth} a year", timing=timing, growth=_growth(line.line.growth)
    )


def _growth(text: str) -> str:
    """A growth as it was given: a percentage, or a formula."""
    try:
        return quantity.show(quantity.read(text, "%").value, "%")
    except QuantityError:
        return text


def _haircuts(result: Result, line: LineResult) -> list[Content]:
    """From the gross amount over the factors to the net one."""
    if not line.factors:
        return [phrase("None: the amount counts in full")]
    gross, net = (result.figure(f"{line.prefix}.{end}") for end in ("gross", "total"))
    factors = joined(" ", map(_factor, line.factors))
    if any(map(_varies, line.factors)):
        return [
            phrase("{gross} gross {factors} → {net} net", gross=gross, factors=factors, net=net)
        ]
    return [phrase("{gross} gross {factors} = {net} net", gross=gross, factors=factors, net=net)]


def _factor(factor: Factor) -> str:
    values = {
        "multiplier": quantity.show(factor.multiplier),
        "haircut": _HAIRCUTS[factor.name],
        "share": quantity.show(factor.share, "%"),
    }
    if _varies(factor):
        return phrase("× {multiplier} ({haircut} {share}, changing over time)", **values)
    return phrase("× {multiplier} ({haircut} {share})", **values)


def _varies(factor: Factor) -> bool:
    return len(set(factor.values.tolist())) > 1


def _goal(result: Result, id: str) -> str:
    goal = next(each for each in result.case.goals if each.id == id)
    owner = next((each for each in result.case.people if each.id == goal.owner), None)
    return f"{goal.label} ({owner.name})" if owner else goal.label
