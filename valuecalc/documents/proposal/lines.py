"""Benefits, outcomes and investments: a table of each, and how every line is worked out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from valuecalc.case.binding import Binding, bind
from valuecalc.case.case import Benefit
from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Content, Draft
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.tables import Column, Line, Look, Row
from valuecalc.engine.result import Factor, Figure, LineResult, Result
from valuecalc.formula import quantity, words

WIDEST_AMOUNT_CM = 2.8
MOST_IN_SHORT = 6
"""So many rows has a table of lines in a document of two pages."""


def benefits(draft: Draft) -> None:
    """The benefits in money, and the outcomes that are counted in their own unit."""
    result = draft.result
    draft.heading(1, "Benefits")
    if not result.benefits:
        draft.write("Normal", "No benefit is counted in money yet.")
    else:
        _money_table(draft, "Benefit", result.benefits, ("total_benefits", "pv_benefits"))
    if result.outcomes and not draft.is_short:
        _outcome_table(draft)


def investments(draft: Draft) -> None:
    """What the solution takes, the customer's own effort included."""
    result = draft.result
    draft.heading(1, "Investment")
    if not result.investments:
        draft.write("Normal", "No investment is counted yet.")
        return
    _money_table(draft, "Investment", result.investments, ("total_investment", "pv_investment"))


def workings(draft: Draft) -> None:
    """Every line with its formula in words and in numbers, its timing, haircuts and evidence."""
    result = draft.result
    lines = (*result.benefits, *result.outcomes, *result.investments)
    if lines:
        draft.heading(1, "How each line is worked out")
        _cards(draft, lines)


def formula_in_words(binding: Binding, id: str) -> str:
    """The formula of a line or a step with labels for names."""
    labels = {each.id: each.label for each in binding.case.referable}
    return words.with_labels(binding.formulas[id, "formula"].tree, labels)


def _money_table(
    draft: Draft, noun: str, lines: Sequence[LineResult], totals: tuple[str, str]
) -> None:
    if draft.is_short:
        _short_table(draft, noun, lines, totals)
        return
    total, present = map(draft.result.figure, totals)
    found = [_figures(draft.result, line) for line in lines]
    rows = [
        Row((line.label, _kind(line), line.grade, *figures))
        for line, figures in zip(lines, found, strict=True)
    ]
    title = {"Benefit": "Benefits"}.get(noun, noun)
    texts = [each.text for figures in (*found, [total, present]) for each in figures]
    width, look = _width_and_look(texts)
    over = f"{title} over {draft.result.case.timeline.horizon_text}"
    draft.caption("Table", over, name=f"{noun.lower()} lines")
    tables.table(
        draft,
        [
            *_describing_columns(noun, TEXT_WIDTH_CM - 3 * width),
            Column("Before haircuts", width, numeric=True),
            Column("Total", width, numeric=True),
            Column("Present value", width, numeric=True),
        ],
        [*rows, Row((f"Total {title.lower()}", "", "", "", total, present), total=True)],
        title=f"{title}: each line with its category, grade of evidence, gross amount and total",
        look=look,
        notes=[
            ["Grade: the weakest evidence that the line rests on, from A to E."],
            *wording.notes(figure for figures in found for figure in figures),
        ],
    )


def _short_table(
    draft: Draft, noun: str, lines: Sequence[LineResult], totals: tuple[str, str]
) -> None:
    """The largest lines with their total and present value; the others are counted."""
    result = draft.result
    title = {"Benefit": "Benefits"}.get(noun, noun)
    by_size = sorted(lines, key=lambda line: -abs(result.value(f"{line.prefix}.total") or 0.0))
    shown = list(lines) if len(lines) <= MOST_IN_SHORT else by_size[: MOST_IN_SHORT - 1]
    found = [[result.figure(f"{line.prefix}.{end}") for end in ("total", "pv")] for line in shown]
    summed = [result.figure(name) for name in totals]
    texts = [each.text for figures in (*found, summed) for each in figures]
    width = tables.width_for(texts, 9, least=2.6)
    rows = [
        Row((line.label, line.grade, *figures)) for line, figures in zip(shown, found, strict=True)
    ]
    left = len(lines) - len(shown)
    if left:
        rows.append(Row((f"and {left} smaller ones, counted in the total", "", "", "")))
    tables.table(
        draft,
        [
            Column(noun, TEXT_WIDTH_CM - 1.3 - 2 * width),
            Column("Grade", 1.3),
            Column("Total", width, numeric=True),
            Column("Present value", width, numeric=True),
        ],
        [*rows, Row((f"Total {title.lower()}", "", *summed), total=True)],
        title=f"{title}: each line with its grade of evidence and its total",
        look=tables.SHORT,
    )


def _width_and_look(amounts: Sequence[str]) -> tuple[float, Look]:
    """The width of the columns of amounts; very long ones are set in a smaller size."""
    width = tables.width_for(amounts, 9, least=2.3)
    if width <= WIDEST_AMOUNT_CM:
        return width, tables.VALUES
    return tables.width_for(amounts, 8, least=2.3), tables.CASH


def _describing_columns(noun: str, width: float) -> tuple[Column, Column, Column]:
    """Label, category and grade of a line, which share what the amounts leave."""
    grade = 1.2
    category = (width - grade) * 0.42
    return (
        Column(noun, width - grade - category),
        Column("Category", category),
        Column("Grade", grade),
    )


def _figures(result: Result, line: LineResult) -> list[Figure]:
    return [result.figure(f"{line.prefix}.{ending}") for ending in ("gross", "total", "pv")]


def _noun(line: LineResult) -> str:
    return "Outcome" if line.non_monetary else line.kind.capitalize()


def _kind(line: LineResult) -> str:
    if line.non_monetary or not isinstance(line.line, Benefit):
        return line.category
    return f"{line.category}, {'hard' if line.line.is_hard else 'soft'}"


def _outcome_table(draft: Draft) -> None:
    outcomes = draft.result.outcomes
    figures = [draft.result.figure(f"{line.prefix}.total") for line in outcomes]
    draft.caption("Table", "Outcomes that are counted in their own unit, not in money")
    tables.table(
        draft,
        [Column("Outcome", 9.8), Column("Grade", 1.2), Column("Total", 5.0, numeric=True)],
        [
            Row((line.label, line.grade, figure))
            for line, figure in zip(outcomes, figures, strict=True)
        ],
        title="Outcomes in their own unit",
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
            title=f"How “{line.label}” is worked out",
            look=tables.FACTS,
        )


def _facts(
    result: Result, line: LineResult, formula: str
) -> Iterator[tuple[str, Sequence[Content]]]:
    yield "Category", [f"{_noun(line)}: {_kind(line).lower()}"]
    yield "Formula", [formula]
    yield "In numbers", [_in_numbers(result, line)]
    yield "When", [_when(line)]
    yield "Haircuts", _haircuts(result, line)
    yield "Evidence", [f"{line.grade}: {line.grade.label}, the weakest that the line rests on"]
    goals = {goal.id: goal for goal in result.case.goals}
    if isinstance(line.line, Benefit) and line.line.goal in goals:
        yield "Serves", [_goal(result, line.line.goal)]
    if line.line.note:
        yield "Note", [line.line.note]


def _in_numbers(result: Result, line: LineResult) -> str:
    """The formula with its numbers and what it gives, in the period that it is shown for."""
    amount = float(line.amount[line.shown])
    gives = quantity.show_with_unit(amount, line.unit) if math.isfinite(amount) else "undefined"
    when = "at the decision" if line.shown == 0 else f"in {result.axis.labels[line.shown]}"
    worked = line.worked.removeprefix("= ")
    if worked == quantity.show(amount, line.unit):  # the formula is a single name
        return f"{gives}, {when}"
    return f"{worked} = {gives}, {when}"


def _when(line: LineResult) -> str:
    text = f"{line.timing_text[:1].upper()}{line.timing_text[1:]}"
    return f"{text}, growing by {line.line.growth} a year" if line.line.growth else text


def _haircuts(result: Result, line: LineResult) -> list[Content]:
    """From the gross amount over the factors to the net one."""
    if not line.factors:
        return ["None: the amount counts in full"]
    factors = " ".join(map(_factor, line.factors))
    varies = any(map(_varies, line.factors))
    return [
        result.figure(f"{line.prefix}.gross"),
        f" gross {factors} {'→' if varies else '='} ",
        result.figure(f"{line.prefix}.total"),
        " net",
    ]


def _factor(factor: Factor) -> str:
    share = quantity.show(factor.share, "%")
    label = factor.label.lower()
    varies = ", changing over time" if _varies(factor) else ""
    return f"× {quantity.show(factor.multiplier)} ({label} {share}{varies})"


def _varies(factor: Factor) -> bool:
    return len(set(factor.values.tolist())) > 1


def _goal(result: Result, id: str) -> str:
    goal = next(each for each in result.case.goals if each.id == id)
    owner = next((each for each in result.case.people if each.id == goal.owner), None)
    return f"{goal.label} ({owner.name})" if owner else goal.label
