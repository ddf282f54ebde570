"""Numbers that were typed over in a workbook, put into the case that it came from.

Each cell of the inputs has a name that says what it is (`assumptions.margin.low`,
`timing.licence.first`); here are the verbs that change that very number in a case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from valuecalc.case.case import Assumption, Case, Evidence, Grade, Line, Scenario
from valuecalc.documents.workbook import serials
from valuecalc.documents.workbook.layout import Given
from valuecalc.errors import FormulaError
from valuecalc.formula import grammar, quantity
from valuecalc.formula.tree import Number, walk
from valuecalc.schemas.fields import LABEL_LENGTH, NOTE_LENGTH
from valuecalc.services.typing_over_plan import with_plan

OwnLine = TypeVar("OwnLine", bound=Line)
ASSUMPTION, LOW, HIGH, EXPECTED, YEAR, GROWTH = (
    *("assumptions", "low", "high", "expected", "year_", "growth"),
)

NUMBERED = "no."
"""The unit of what is a number in a sequence, such as a period."""


@dataclass(frozen=True)
class Change:
    """A number of the export, `given`, and what stands there now."""

    given: Given
    after: float

    @property
    def parts(self) -> list[str]:
        """The parts of its name."""
        return self.given.name.split(".")

    @property
    def texts(self) -> tuple[str, str]:
        """What it was and what it is, for people; in all digits where they would look the same."""
        before, after = texts_of((self.given.value, self.after), self.given.unit)
        return before, after


def texts_of(numbers: Sequence[float], unit: str) -> tuple[str, ...]:
    """Numbers as people write them; in all digits where two of them would look the same."""
    if unit == serials.DAY_UNIT:
        return tuple(map(_day_text, numbers))
    unit = "1" if unit == NUMBERED else unit
    texts = tuple(quantity.show_with_unit(each, unit) for each in numbers)
    if len(set(texts)) < len(set(numbers)):
        texts = tuple(_written(each, unit) for each in numbers)
    return texts


def _day_text(serial: float) -> str:
    if serial == serials.NO_DAY:
        return "no day"
    day = serials.day_of(serial)
    return quantity.show_plain(serial) if day is None else f"{day.day} {day:%B %Y}"


@dataclass(frozen=True)
class Taken:
    """The case with those of the changes that it could take."""

    case: Case
    changes: tuple[Change, ...]


def with_changes(case: Case, changes: Sequence[Change], file_name: str, today: date) -> Taken:
    """The case with changed numbers; the evidence of each says where the change was made."""
    made, taken = case, []
    for change in changes:
        after = _VERBS.get(change.parts[0], _nothing)(made, change)
        if after is not None:
            made = after
            taken.append(change)
    literals = [each for each in changes if each.parts[0] == "constants"]
    made, rewritten = _with_literals(made, literals)
    told = _Told(case, file_name, today)
    changed = _assumptions_of(taken)
    assumptions = tuple(
        told.evidence(each, changed[each.id]) if each.id in changed else each
        for each in made.assumptions
    )
    return Taken(replace(made, assumptions=assumptions), (*taken, *rewritten))


def _nothing(case: Case, change: Change) -> Case | None:
    return None


# --------------------------------------------------------------------------- assumptions


def _assumptions_of(changes: Iterable[Change]) -> dict[str, set[str]]:
    """What was changed of each assumption: `low`, `high`, or else its `expected` value."""
    found: dict[str, set[str]] = {}
    for each in changes:
        if each.parts[0] in (ASSUMPTION, GROWTH):
            end = each.parts[2] if len(each.parts) > 2 else EXPECTED
            found.setdefault(each.parts[1], set()).add(end if end in (LOW, HIGH) else EXPECTED)
    return found


def _assumption(case: Case, change: Change) -> Case | None:
    _, id, end = change.parts
    value = change.after
    if end.startswith(YEAR):
        return _of_assumption(case, id, lambda each: _with_year(each, end, value))
    field = {EXPECTED: "value"}.get(end, end)
    return _of_assumption(case, id, lambda each: _with_field(each, field, value))


def _of_assumption(case: Case, id: str, change: Callable[[Assumption], Assumption]) -> Case | None:
    changed = tuple(change(each) if each.id == id else each for each in case.assumptions)
    return replace(case, assumptions=changed)


def _with_field(each: Assumption, field: str, value: float) -> Assumption:
    changes: dict[str, Any] = {field: value}
    return replace(each, **changes)


def _with_year(each: Assumption, end: str, value: float) -> Assumption:
    place = int(end.removeprefix(YEAR)) - 1
    values = (*each.values[:place], value, *each.values[place + 1 :])
    return replace(each, values=values, value=values[0])


def _growth(case: Case, change: Change) -> Case | None:
    return _of_assumption(case, change.parts[1], lambda each: replace(each, growth=change.after))


@dataclass(frozen=True)
class _Told:
    """Says in the evidence of a number that it was changed, and in which file."""

    before: Case
    file_name: str
    today: date

    def evidence(self, assumption: Assumption, ends: set[str]) -> Assumption:
        """The assumption with evidence for what it is now, and a range that holds its value."""
        before = self.before.assumption(assumption.id)
        assert before is not None
        if EXPECTED not in ends:
            return self._range_only(assumption)
        evidence = self._unproven(before)
        if LOW not in ends and assumption.low is not None:
            assumption = replace(assumption, low=min(assumption.low, assumption.value))
        if HIGH not in ends and assumption.high is not None:
            assumption = replace(assumption, high=max(assumption.high, assumption.value))
        return replace(assumption, evidence=evidence)

    def _range_only(self, assumption: Assumption) -> Assumption:
        evidence = assumption.evidence
        if evidence is None:
            return assumption
        note = f"{evidence.note} Its range was changed in the workbook {self.file_name}.".strip()
        return replace(assumption, evidence=replace(evidence, note=note[:NOTE_LENGTH]))

    def _unproven(self, before: Assumption) -> Evidence:
        """What stood behind the old number says nothing about the new one."""
        was = quantity.show_with_unit(before.value, before.unit)
        return Evidence(
            grade=Grade.E,
            source=f"Changed in the workbook {self.file_name}"[:LABEL_LENGTH],
            date=self.today,
            note=f"Was {was}{_named(before.evidence)}. Say where the new number comes from.",
        )


def _named(evidence: Evidence | None) -> str:
    if evidence is None:
        return ""
    return f" ({evidence.grade}, {evidence.source})" if evidence.source else f" ({evidence.grade})"


# --------------------------------------------------------------------------- other numbers


def _discounting(case: Case, change: Change) -> Case | None:
    if change.parts[1] == "rate":
        return replace(case, discounting=replace(case.discounting, rate=change.after))
    decimals = _whole(change.after)
    if decimals is None:
        return None
    return replace(case, discounting=replace(case.discounting, factor_decimals=decimals))


def _scenario(case: Case, change: Change) -> Case | None:
    _, id, section, name = change.parts
    if all(each.id != id for each in case.scenarios):
        return None

    def changed(scenario: Scenario) -> Scenario:
        if section == "discounting":
            return replace(scenario, discount_rate=change.after)
        return replace(scenario, set={**scenario.set, name: change.after})

    scenarios = tuple(changed(each) if each.id == id else each for each in case.scenarios)
    return replace(case, scenarios=scenarios)


def _convention(case: Case, change: Change) -> Case | None:
    rates: dict[str, Any] = {change.parts[1]: change.after}
    return replace(case, conventions=replace(case.conventions, **rates))


def _timing(case: Case, change: Change) -> Case | None:
    _, id, parameter = change.parts
    if parameter.startswith(YEAR):
        return _of_line(case, id, lambda line: _with_share(line, parameter, change.after))
    number = _whole(change.after)
    if number is None:
        return None
    return _of_line(case, id, lambda line: _with_time(line, parameter, number))


def _whole(value: float) -> int | None:
    return int(value) if value.is_integer() else None


def _with_time(line: OwnLine, parameter: str, number: int) -> OwnLine:
    if parameter == "ramp":
        return replace(line, ramp=replace(line.ramp, months=number))
    times: dict[str, Any] = {{"first": "starts", "last": "ends"}.get(parameter, parameter): number}
    return replace(line, **times)


def _with_share(line: OwnLine, parameter: str, share: float) -> OwnLine:
    place = int(parameter.removeprefix(YEAR)) - 1
    years = (*line.ramp.years[:place], share, *line.ramp.years[place + 1 :])
    return replace(line, ramp=replace(line.ramp, years=years))


def _of_line(case: Case, id: str, change: Callable[[Any], Any]) -> Case:
    """The case with a change in one of its lines."""
    return replace(
        case,
        benefits=tuple(change(each) if each.id == id else each for each in case.benefits),
        investments=tuple(change(each) if each.id == id else each for each in case.investments),
    )


def _plan(case: Case, change: Change) -> Case | None:
    return with_plan(case, change.parts, change.given.value, change.after)


_VERBS: Mapping[str, Callable[[Case, Change], Case | None]] = {
    ASSUMPTION: _assumption,
    GROWTH: _growth,
    "discounting": _discounting,
    "scenarios": _scenario,
    "conventions": _convention,
    "timing": _timing,
    "plan": _plan,
}


# --------------------------------------------------------------------------- in formulas


def _with_literals(case: Case, changes: Sequence[Change]) -> tuple[Case, tuple[Change, ...]]:
    """The case with changed numbers inside its formulas, those of one formula at once."""
    by_formula: dict[tuple[str, str], dict[int, Change]] = {}
    for each in changes:
        owner, field, number = _literal_of(each)
        by_formula.setdefault((owner, field), {})[number] = each
    taken: list[Change] = []
    for (owner, field), wanted in by_formula.items():
        after = _rewritten(case, owner, field, wanted)
        if after is not None:
            case = after
            taken += wanted.values()
    return case, tuple(taken)


def _literal_of(change: Change) -> tuple[str, str, int]:
    """The owner, the field, and which number of its formula: `constants.arpu.formula_2`."""
    _, owner, which = change.parts
    field, _, number = which.partition("_")
    return owner, field, int(number or 1)


def _rewritten(case: Case, owner: str, field: str, wanted: Mapping[int, Change]) -> Case | None:
    item = next((each for each in case.referable if each.id == owner), None)
    text = getattr(item, field, None)
    if not isinstance(text, str):
        return None
    try:
        changed = _with_numbers(text, wanted)
    except FormulaError:
        return None
    formula: dict[str, Any] = {field: changed}

    def change(each: Any) -> Any:
        return replace(each, **formula) if each.id == owner else each

    return replace(
        _of_line(case, owner, change), calculations=tuple(map(change, case.calculations))
    )


def _with_numbers(text: str, wanted: Mapping[int, Change]) -> str:
    """A formula with other numbers, each wherever it stands; they are counted as on the sheet."""
    nodes = _literals(text)
    counted = list(dict.fromkeys((node.value, node.unit) for node in nodes))
    after = {counted[number - 1]: each.after for number, each in wanted.items()}
    for node in sorted(nodes, key=lambda each: each.span, reverse=True):
        if (node.value, node.unit) in after:
            start, end = node.span
            text = text[:start] + _written(after[node.value, node.unit], node.unit) + text[end:]
    return text


def shape_of(case: Case, change: Change) -> str | None:
    """The formula of a changed number, with all its numbers counted instead of written.

    In another shape the same count may stand for another number. None for what is no number
    in a formula.
    """
    if change.parts[0] != "constants":
        return None
    owner, field, _ = _literal_of(change)
    item = next((each for each in case.referable if each.id == owner), None)
    text = getattr(item, field, None)
    if not isinstance(text, str):
        return ""
    try:
        return _counted(text)
    except FormulaError:
        return ""


def _counted(text: str) -> str:
    nodes = _literals(text)
    counted = list(dict.fromkeys((node.value, node.unit) for node in nodes))
    for node in sorted(nodes, key=lambda each: each.span, reverse=True):
        start, end = node.span
        number = counted.index((node.value, node.unit)) + 1
        text = f"{text[:start]}#{number} {node.unit or ''}{text[end:]}"
    return "".join(text.split())


def _literals(text: str) -> list[Number]:
    """The numbers in a formula that have cells of their own."""
    nodes = (each for each in walk(grammar.read(text)) if isinstance(each, Number))
    return [each for each in nodes if each.value not in (0, 1)]


def _written(value: float, unit: str | None) -> str:
    """A number as a formula has it, in the unit that stood there."""
    is_share = unit is not None and quantity.is_percentage(unit)
    number = quantity.show_plain(float(f"{value * 100:.15g}") if is_share else value)
    tail = (unit or "").removeprefix("%") if is_share else f" {unit}" if unit else ""
    written = f"{number}{'%' if is_share else ''}{tail}"
    return f"({written})" if value < 0 else written
