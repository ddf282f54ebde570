"""A plain table of assumptions, as people keep them in a sheet, read into a case's document.

The columns are found by the words of their headings, in any order; the first row that names a
label and a value is the header. Numbers are read as everywhere else, so `12%`, `£22` and
`2.5m` stand for what they say; how a text of another country writes them is in
`valuecalc.schemas.table_texts`. Rows that cannot be read are told and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from valuecalc.case.case import Grade
from valuecalc.errors import CaseError, InputError, Problem, Severity
from valuecalc.formula import quantity, units
from valuecalc.schemas.case import load_case
from valuecalc.schemas.table_texts import Numbers, iso_day

Cells = Sequence[str]

MOST_ASSUMPTIONS = 500
MOST_ROWS = 1_000
HEADER_WITHIN = 50
LONGEST_ID = 40
LONGEST_LABEL = 300

LABEL, VALUE, UNIT, LOW, HIGH = "label", "value", "unit", "low", "high"
SOURCE, GRADE, OWNER, DAY, NOTE = "source", "grade", "owner", "date", "note"
PER = "per"
"""A column that says what an amount is for, such as `month`: the unit below the line."""

EVIDENCE = "evidence"
"""A heading that stands for grades with some people, and for sources with others."""

WORDS: Mapping[str, frozenset[str]] = {
    LOW: frozenset("low lowest min minimum conservative pessimistic worst p10 niedrig".split()),
    HIGH: frozenset("high highest max maximum optimistic best stretch p90 hoch".split()),
    UNIT: frozenset("unit units uom einheit".split()),
    GRADE: frozenset("grade rating strength".split()),
    SOURCE: frozenset("source sources origin reference quelle".split()),
    EVIDENCE: frozenset({"evidence"}),
    OWNER: frozenset("owner who".split()),
    DAY: frozenset("date dated datum".split()),
    NOTE: frozenset("note notes comment comments remark remarks rationale bemerkung".split()),
    VALUE: frozenset(
        "value values expected likely base amount number mid figure baseline wert betrag".split()
    ),
    LABEL: frozenset(
        "label assumption assumptions name driver item description input parameter metric "
        "bezeichnung annahme".split()
    ),
}
"""The words of headings by the column that they stand for."""

TITLES = {
    LABEL: "Assumption",
    VALUE: "Value",
    UNIT: "Unit",
    LOW: "Low",
    HIGH: "High",
    SOURCE: "Source",
    GRADE: "Grade",
    OWNER: "Owner",
    DAY: "Date",
    NOTE: "Note",
}
"""The columns with their headings for people."""


@dataclass(frozen=True)
class TableRead:
    """What a table says: the assumptions for a document, and what could not be read of it.

    `header` is the row of the headings, from 1; the places of `problems` are `row 7`.
    """

    header: int
    columns: tuple[str, ...]
    assumptions: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...]

    @property
    def currency(self) -> str:
        """The currency that comes first among its units; an empty text for none."""
        found = (quantity.currency_of(each.get("unit", "")) for each in self.assumptions)
        return next((code for code in found if code), "")


def read_table(rows: Sequence[Cells], *, typed: bool = False) -> TableRead | None:
    """The assumptions in the rows of a sheet; None where no row is a header.

    `typed` says that the cells are as people wrote them, and not the numbers of a workbook.
    """
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        columns = columns_of(row)
        if LABEL in columns and VALUE in columns:
            return _below(rows, number, columns, typed)
    return None


def _below(
    rows: Sequence[Cells], header: int, columns: Mapping[str, int], typed: bool
) -> TableRead:
    """What stands below a row of headings."""
    known = _with_evidence(columns, rows[header + 1 :])
    reader = _Reader(known, _unit_in(rows[header][known[VALUE]]))
    if typed:
        reader.numbers = Numbers.of(_numbers_in(rows[header + 1 :], known))
        reader.tell_of_numbers()
    # Told first: whoever sees only the first problems has to see this one.
    reader.leave_out(header + 2 + MOST_ROWS, rows[header + 1 + MOST_ROWS :])
    below = rows[header + 1 : header + 1 + MOST_ROWS]
    for number, cells in enumerate(below, start=header + 2):
        reader.take(number, cells)
    shown = tuple(name for name in TITLES if name in known)
    return TableRead(header + 1, shown, tuple(reader.found), tuple(reader.problems))


def _numbers_in(rows: Sequence[Cells], columns: Mapping[str, int]) -> list[str]:
    places = [columns[name] for name in (VALUE, LOW, HIGH) if name in columns]
    return [text for row in rows[:MOST_ROWS] for place in places if (text := _cell(row, place))]


def _with_evidence(columns: Mapping[str, int], rows: Sequence[Cells]) -> dict[str, int]:
    """The columns, in which “Evidence” has become that of the grades or of the sources."""
    known = {name: place for name, place in columns.items() if name != EVIDENCE}
    if EVIDENCE in columns:
        place = columns[EVIDENCE]
        texts = {_cell(row, place).upper() for row in rows} - {""}
        known.setdefault(GRADE if texts <= set(Grade) else SOURCE, place)
    return known


def columns_of(headings: Cells) -> dict[str, int]:
    """The places of the columns that these headings name, each the first of its kind."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = _column(heading)
        if name is not None:
            found.setdefault(name, place)
    return found


def _column(heading: str) -> str | None:
    """The column that a heading means: low and high by any word, the others by the last."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"\(.*?\)|\[.*?\]", "", heading.casefold()))
    if not words or len(words) > 6:
        return None
    if words in ([PER], ["as", "of"]):
        return PER if words == [PER] else DAY
    for name in (LOW, HIGH):
        if WORDS[name].intersection(words):
            return name
    for word in reversed(words):
        for name, known in WORDS.items():
            if word in known:
                return name
    return None


def _unit_in(heading: str) -> str:
    """The unit that stands in brackets behind a heading, as in `Value (GBP)`."""
    found = re.search(r"[(\[]([^)\]]{1,40})[)\]]\s*$", heading)
    return found[1].strip() if found and _is_unit(found[1]) else ""


def _is_unit(text: str) -> bool:
    try:
        units.read(text.strip())
    except InputError:
        return False
    return True


@dataclass
class _Reader:
    """Takes one row after the other."""

    columns: Mapping[str, int]
    usual_unit: str
    found: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    numbers: Numbers = field(default_factory=Numbers)
    labelled: dict[str, int] = field(default_factory=dict)

    def tell_of_numbers(self) -> None:
        """Say so where numbers are read as another country writes them."""
        if self.numbers.example:
            self._problem("the numbers", *self.numbers.told)

    def take(self, number: int, cells: Cells) -> None:
        """Read a row, or tell what is wrong with it."""
        texts = {name: _cell(cells, place) for name, place in self.columns.items()}
        if not any(texts.values()):
            return
        doubts = [self.numbers.doubt(texts[name]) for name in (VALUE, LOW, HIGH) if name in texts]
        for name in (VALUE, LOW, HIGH):
            if name in texts:
                texts[name] = self.numbers.read(texts[name])
        missing = self._missing(texts)
        if missing:
            self._tell(number, *missing)
            return
        if len(self.found) >= MOST_ASSUMPTIONS:
            self._tell(number, f"A case has at most {MOST_ASSUMPTIONS} assumptions.", "Left out.")
            return
        made = self._made(number, texts)
        mistakes = _mistakes(made)
        for each in mistakes:
            self._tell(number, each.cause, f"{each.remedy} The row was left out.")
        if not mistakes:
            for doubt in filter(None, doubts):
                self._tell(number, *doubt)
            self._keep(number, made, texts[LABEL])

    def _keep(self, number: int, made: dict[str, Any], label: str) -> None:
        """Take a row, and tell what is odd about its name."""
        if len(label) > LONGEST_LABEL:
            self._tell(
                number, f"Its name is longer than {LONGEST_LABEL} characters.", "It was cut."
            )
        earlier = self.labelled.setdefault(label.casefold(), number)
        if earlier != number:
            remedy = f"Both were kept; this one is {made['id']} in formulas."
            self._tell(number, f"“{label[:60]}” stands in row {earlier} already.", remedy)
        self.ids.add(made["id"])
        self.found.append(made)

    def leave_out(self, number: int, rows: Sequence[Cells]) -> None:
        """Tell of rows that come too late, from row `number` on, if anything stands in them."""
        if any(cell.strip() for cells in rows for cell in cells):
            self._tell(
                number,
                f"A table is read up to {MOST_ROWS:,} rows below its headings.",
                "This row and those below it were left out.",
            )

    def _missing(self, texts: Mapping[str, str]) -> tuple[str, str] | None:
        if not texts[LABEL]:
            return "There is a number without a name.", "Name it; the row was left out."
        if not texts[VALUE]:
            return f"“{texts[LABEL][:60]}” has no value.", "It was left out, as a heading would be."
        return None

    def _made(self, number: int, texts: Mapping[str, str]) -> dict[str, Any]:
        label = texts[LABEL][:LONGEST_LABEL]
        made: dict[str, Any] = {"id": free_id(label, self.ids), "label": label}
        made |= {name: texts[name] for name in (VALUE, LOW, HIGH) if texts.get(name)}
        unit, note = self._unit(number, texts)
        if unit:
            made["unit"] = unit
        evidence = self._evidence(number, texts)
        if evidence:
            made["evidence"] = evidence
        notes = [each for each in (texts.get(NOTE, ""), note) if each]
        return made | ({"note": " ".join(notes)} if notes else {})

    def _unit(self, number: int, texts: Mapping[str, str]) -> tuple[str, str]:
        """The unit of a row, and what is kept as a note where it is none."""
        written = texts.get(UNIT, "") or self._per(texts)
        if written and not _is_unit(written):
            self._tell(number, f"“{written[:40]}” is no unit.", "It was kept as a note.")
            return self._own_unit(texts[VALUE]), f"Unit: {written}."
        # What stands in the cell itself comes before what the heading says of all.
        return written or self._own_unit(texts[VALUE]) or self.usual_unit, ""

    def _per(self, texts: Mapping[str, str]) -> str:
        """The unit of an amount for something: `GBP/month` for £22 per `month`."""
        per = texts.get(PER, "").removeprefix("per ").strip()
        own = self._own_unit(texts[VALUE]) or self.usual_unit or "1"
        return f"{own}/{per}" if per else ""

    def _own_unit(self, value: str) -> str:
        try:
            return quantity.read(value).unit or ""
        except InputError:
            return ""

    def _evidence(self, number: int, texts: Mapping[str, str]) -> dict[str, str]:
        evidence = {name: texts[name] for name in (SOURCE, OWNER, DAY) if texts.get(name)}
        if DAY in evidence:
            day = iso_day(evidence[DAY])
            if day is None:
                cause = f"“{evidence.pop(DAY)[:40]}” is no date, or may be one of two."
                self._tell(number, cause, "Write it as 2026-03-31.")
            else:
                evidence[DAY] = day
        grade = texts.get(GRADE, "").upper()
        if grade and grade not in list(Grade):
            self._tell(number, f"“{grade[:20]}” is no grade.", "It counts as E; grades are A to E.")
            grade = ""
        if grade or evidence:
            evidence["grade"] = grade or Grade.E.value
        return evidence

    def _tell(self, number: int, cause: str, remedy: str) -> None:
        self._problem(f"row {number}", cause, remedy)

    def _problem(self, place: str, cause: str, remedy: str) -> None:
        self.problems.append(
            Problem(code="row", place=place, cause=cause, remedy=remedy, severity=Severity.WARNING)
        )


def _cell(cells: Cells, place: int) -> str:
    return " ".join(cells[place].split()) if place < len(cells) else ""


def _mistakes(assumption: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with one assumption by itself."""
    try:
        load_case({"format": "valuecalc/1", "title": "A", "assumptions": [assumption]})
    except CaseError as error:
        return error.problems
    return ()


def free_id(label: str, taken: Iterable[str]) -> str:
    """An id made of a label, which none of `taken` is."""
    words = re.findall(r"[a-z0-9]+", label.casefold())
    stem = "_".join(words)[:LONGEST_ID].strip("_")
    stem = stem if stem[:1].isalpha() else f"number_{stem}".strip("_")
    return next(each for each in _numbered(stem) if each not in taken and _is_free(each))


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}_{number}"
        number += 1


def _is_free(id: str) -> bool:
    """Whether it is none of the words that formulas have for themselves."""
    return not _mistakes({"id": id, "label": "A", "value": "1"})
