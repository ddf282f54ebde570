"""The sheet Inputs: every number that somebody believes, with its range and its evidence.

Column C holds what is in use. For assumptions that is the column of the chosen scenario; a
scenario's cell leads to the low, expected or high value wherever it is one of them, so that
every number is typed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from valuecalc.case.case import Assumption, Evidence, Scenario
from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Allowed, Cell, Sheet, Spot
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.given import NO_SOURCE, Given, sections
from valuecalc.documents.workbook.language import Language

TITLE = "Inputs"
LABEL, NAME, IN_USE, UNIT, LOW, EXPECTED, HIGH, SCENARIOS = range(1, 9)
NOTHING = "–"
"""What stands where nobody has named a grade or a date."""
_CONVENTION = "Convention of this case"
_SELECTOR = 4
HEADER = 7


@dataclass(frozen=True)
class _Columns:
    """Where the columns after the scenarios stand."""

    count: int

    @property
    def last_scenario(self) -> int:
        return SCENARIOS + self.count - 1

    @property
    def grade(self) -> int:
        return self.last_scenario + 1

    @property
    def source(self) -> int:
        return self.grade + 1

    @property
    def date(self) -> int:
        return self.grade + 2

    @property
    def note(self) -> int:
        return self.grade + 3

    @property
    def scenarios(self) -> tuple[str, str]:
        """The letters of the first and last scenario's column."""
        first, last = get_column_letter(SCENARIOS), get_column_letter(self.last_scenario)
        return f"${first}", f"${last}"


def sheet(draft: Draft, language: Language) -> Sheet:
    """The sheet, section by section."""
    made = Sheet(title=TITLE, heading="Inputs", colour="input")
    writer = _Writer(draft, made, _Columns(len(draft.scenarios)))
    writer.selector()
    writer.header()
    row = writer.assumptions(HEADER + 1)
    for title, rows in sections(draft, language):
        # What is calculated from inputs stands on Calculations.
        typed = [each for each in rows if each.style != "calculation"]
        row = writer.given(title, typed, row)
    writer.look()
    return made


class _Writer:
    def __init__(self, draft: Draft, made: Sheet, columns: _Columns) -> None:
        self.draft = draft
        self.made = made
        self.columns = columns

    def selector(self) -> None:
        """The choice of the scenario, and its place among the scenarios."""
        made = self.made
        made.text(_SELECTOR, LABEL, "Scenario", "label")
        made.text(_SELECTOR, NAME, "scenario.selected", "name")
        chosen = self.draft.scenarios[self.draft.chosen]
        cell = Cell(value=chosen.label, style="choice", format=formats.TEXT)
        made.put(_SELECTOR, IN_USE, cell, "scenario.selected")
        made.text(_SELECTOR, UNIT, "choose from the list", "note_line")
        first, last = self.columns.scenarios
        labels = f"{first}${HEADER}:{last}${HEADER}"
        made.allowed.append(Allowed(row=_SELECTOR, column=IN_USE, list_range=labels))
        row = _SELECTOR + 1
        made.text(row, LABEL, "Number of the scenario", "label")
        made.text(row, NAME, "scenario.number", "name")
        # Not by MATCH, which takes * and ? in a label for wildcards.
        place = f"COLUMN({labels})-COLUMN({first}${HEADER})+1"
        formula = f"SUMPRODUCT(({labels}=[scenario.selected])*({place}))"
        number = self.draft.chosen + 1
        made.put(row, IN_USE, _calculated(number, formula, formats.COUNT), "scenario.number")

    def header(self) -> None:
        """The heads of all columns, above all sections."""
        heads = ["Assumption", "Name in formulas", "In use", "Unit", "Low", "Expected", "High"]
        self.made.texts(HEADER, heads, "header")
        labels = [scenario.label for scenario in self.draft.scenarios]
        self.made.texts(HEADER, labels, "header_right", SCENARIOS)
        for column, head in zip((IN_USE, LOW, EXPECTED, HIGH), ("In use", *heads[4:]), strict=True):
            self.made.text(HEADER, column, head, "header_right")
        tail = ["Source", "Date", "Note"]
        self.made.text(HEADER, self.columns.grade, "Evidence", "header_centre")
        self.made.texts(HEADER, tail, "header", self.columns.source)
        self.made.text(HEADER - 1, SCENARIOS, "Values by scenario", "note_line")

    def section(self, title: str, row: int) -> None:
        """A heading across the sheet."""
        self.made.texts(row, [title, *[""] * (self.columns.note - 1)], "section")

    def assumptions(self, top: int) -> int:
        """The discount rate and the assumptions; returns the next free row."""
        self.section("Discounting", top)
        self._discount_rate(top + 1)
        assumptions = self.draft.given.assumptions
        self.section("Assumptions", top + 3)
        for row, each in enumerate(assumptions, top + 4):
            self._assumption(each, row)
        return top + len(assumptions) + 5

    def _discount_rate(self, row: int) -> None:
        given = self.draft.given.discounting.rate
        form = formats.amount("%", [given, self.draft.case.discounting.rate])
        self._label(row, "Discount rate, a year", "discounting.rate", "%")
        self._behind(row, None, _CONVENTION)
        self._input(row, EXPECTED, given, form, "discounting.rate.expected")

        def chosen(scenario: Scenario) -> tuple[str, float]:
            rate = scenario.discount_rate
            return ("discounting.rate.expected", given) if rate is None else ("", rate)

        self._scenarios(row, "discounting.rate", form, chosen)
        self._in_use(row, "discounting.rate", self.draft.case.discounting.rate, form)

    def _assumption(self, each: Assumption, row: int) -> None:
        name = f"assumptions.{each.id}"
        in_use = self.draft.case.assumption(each.id)
        assert in_use is not None
        numbers = [each.value, in_use.value, each.low or 0, each.high or 0, *each.values]
        form = formats.amount(each.unit, numbers)
        self._label(row, each.label, name, each.unit)
        ends = {"low": (LOW, each.low), "high": (HIGH, each.high)}
        for end, (column, value) in ends.items():
            if value is not None:
                self._input(row, column, value, form, f"{name}.{end}")
        if each.values:
            # The first of the yearly values is the expected one: typed there.
            link = Cell(value=each.value, formula=f"[{name}.year_1]", style="link", format=form)
            self.made.put(row, EXPECTED, link, f"{name}.expected")
        else:
            self._input(row, EXPECTED, each.value, form, f"{name}.expected")
        self._scenarios(row, name, form, lambda scenario: _chosen(each, scenario))
        self._in_use(row, name, in_use.value, form)
        self._evidence(each, row)

    def _label(self, row: int, label: str, name: str, unit: str) -> None:
        self.made.text(row, LABEL, label, "label_wrapped")
        self.made.text(row, NAME, name, "name")
        self.made.text(row, UNIT, unit, "unit")

    def _input(
        self, row: int, column: int, value: float, form: Format, name: str, *, whole: bool = False
    ) -> None:
        cell = Cell(value=float(value), style="input", format=form)
        self.made.put(row, column, cell, name)
        self.made.allowed.append(Allowed(row=row, column=column, whole=whole))

    def _scenarios(
        self,
        row: int,
        name: str,
        form: Format,
        chosen: Callable[[Scenario], tuple[str, float]],
    ) -> None:
        """A value for each scenario: a link to where it is typed, or typed here."""
        for column, scenario in enumerate(self.draft.scenarios, SCENARIOS):
            source, value = chosen(scenario)
            if not source:
                self._input(row, column, value, form, f"scenarios.{scenario.id}.{name}")
                continue
            link = Cell(value=float(value), formula=f"[{source}]", style="link", format=form)
            place = f"scenarios.{scenario.id}.{name}"
            self.made.put(row, column, link, place, defined=False)

    def _in_use(self, row: int, name: str, value: float, form: Format) -> None:
        first, last = self.columns.scenarios
        formula = f"INDEX({first}{row}:{last}{row},[scenario.number])"
        self.made.put(row, IN_USE, _calculated(value, formula, form), name)

    def _evidence(self, each: Assumption, row: int) -> None:
        evidence, columns = each.evidence, self.columns
        notes = [each.note]
        self._behind(row, evidence, NO_SOURCE)
        if evidence is not None:
            tested = f"Tested by {evidence.tested}." if evidence.tested else ""
            notes += [evidence.note, tested]
        self.made.text(row, columns.note, " ".join(filter(None, notes)), "note")

    def _behind(self, row: int, evidence: Evidence | None, source: str) -> None:
        """Evidence, source and date; `source` is where a number without evidence was laid down.

        What nobody has named is said to be so. What this case itself lays down is as of the
        day of the export.
        """
        columns, day = self.columns, None if source == NO_SOURCE else self.draft.exported
        grade = NOTHING
        if evidence is not None:
            named = ", ".join(filter(None, (evidence.source, evidence.owner)))
            grade, source, day = evidence.grade, named or NO_SOURCE, evidence.date
        self.made.text(row, columns.grade, grade, "centred")
        self.made.text(row, columns.source, source, "note")
        if day is None:
            self.made.text(row, columns.date, NOTHING, "note")
            return
        dated = Cell(value=day, style="dated", format=formats.DATE)
        self.made.put(row, columns.date, dated)

    def given(self, title: str, rows: list[Given], top: int) -> int:
        """A section of numbers that are the same in every scenario; returns the next row."""
        if not rows:
            return top
        self.section(title, top)
        for row, each in enumerate(rows, top + 1):
            self._given(each, row)
        return top + len(rows) + 2

    def _given(self, each: Given, row: int) -> None:
        self._label(row, each.label, each.name, each.unit)
        cell = Cell(value=each.value, formula=each.formula, style=each.style, format=each.format)
        self.made.put(row, IN_USE, cell, each.name)
        if each.style == "input":
            allowed = Allowed(row=row, column=IN_USE, whole=each.whole, least=each.least)
            self.made.allowed.append(allowed)
        if each.range_name:
            self.made.spots[each.range_name] = Spot(row=row, column=IN_USE, height=each.height)
        if each.value is not None:
            self._behind(row, each.evidence, each.source)
        self.made.text(row, self.columns.note, each.note, "note")

    def look(self) -> None:
        """Widths, panes and print."""
        made, columns = self.made, self.columns
        made.widths = {LABEL: 48, NAME: 32, IN_USE: 14, UNIT: 20, LOW: 12, EXPECTED: 12, HIGH: 12}
        made.widths |= dict.fromkeys(range(SCENARIOS, columns.last_scenario + 1), 14)
        made.widths |= {columns.grade: 10, columns.source: 34, columns.date: 12, columns.note: 60}
        made.freeze = f"B{HEADER + 1}"
        made.page.repeat_rows = f"{HEADER}:{HEADER}"
        made.page.repeat_columns = "A:A"
        made.page.wide = 2
        made.page.column_breaks = [columns.last_scenario]


def _chosen(each: Assumption, scenario: Scenario) -> tuple[str, float]:
    """Where the value of an assumption in a scenario is typed, if elsewhere, and the value."""
    name = f"assumptions.{each.id}"
    value = scenario.set.get(each.id, each.value)
    typed: Mapping[str, float | None] = {"expected": each.value, "low": each.low, "high": each.high}
    if scenario.id not in ("conservative", "stretch", "expected"):
        typed = {} if each.id in scenario.set else {"expected": each.value}
    return next(_sources(name, value, typed), ("", value))


def _sources(
    name: str, value: float, typed: Mapping[str, float | None]
) -> Iterator[tuple[str, float]]:
    for ending, number in typed.items():
        if number == value:
            yield f"{name}.{ending}", value


def _calculated(value: float, formula: str, form: Format) -> Cell:
    return Cell(value=float(value), formula=formula, style="calculation", format=form)
