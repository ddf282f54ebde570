"""A workbook that was sent out comes back as the case it was, with the numbers as changed."""

from __future__ import annotations

import functools
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from tests.builders import assumption, benefit, case, scenario
from tests.documents import libreoffice, office_desk
from tests.documents.test_gate import packed, parts_of
from tests.documents.workbook_cases import OUTLAY, PLAIN, QUARTERLY, SAVING, SYSTEM, YEARLY
from tests.very_large_case import very_large_document
from valuecalc.case.case import Case, Grade
from valuecalc.case.travel import Origin, OriginReference
from valuecalc.documents import carried, gate, sheet_process, sheets, workbook
from valuecalc.documents.sheets import Book
from valuecalc.documents.workbook import areas, book, provenance
from valuecalc.documents.workbook.layout import Layout
from valuecalc.documents.workbook.names import defined_name
from valuecalc.errors import CaseError, InputError
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import carried_case, cases, library, returning
from valuecalc.services.returning import ComeBack

TODAY = date(2027, 3, 4)
FILE = "model of 3 March.xlsx"


@pytest.fixture(autouse=True)
def in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many files are read here: starting the process that reads one takes longer than reading.

    Tests with `in_another_process` start it; what it is for, tests/documents/test_gate.py shows.
    """

    def output(content: bytes) -> bytes:
        return json.dumps(sheet_process._read(content)).encode()

    if "in_another_process" not in request.fixturenames:
        monkeypatch.setattr(sheets, "output", output)


@pytest.fixture
def in_another_process() -> None:
    """For tests that read a file as the service does."""


@pytest.fixture(autouse=True)
def laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same few workbooks come back again and again: their layouts are kept."""
    monkeypatch.setattr(returning, "_layout", kept_layout)


LAYOUTS: dict[tuple[str | None, ...], Layout] = {}
lay_out = returning._layout


def kept_layout(base: Case, book: Book) -> Layout:
    # All that a layout depends on.
    size = "large" if workbook.is_large(base) else ""
    about = (book.carried, book.properties.get(provenance.SCENARIO), book.areas, size)
    if about not in LAYOUTS:
        LAYOUTS[about] = lay_out(base, book)
    return LAYOUTS[about]


def exported(given: Case, scenario: str = "expected") -> bytes:
    return cases.export(given, "xlsx", scenario).content


def back(content: bytes) -> ComeBack:
    return returning.read_back(sheets.read_book(content), FILE, TODAY)


def typed(numbers: Mapping[str, float | str], content: bytes | None = None) -> ComeBack:
    """What comes back of a workbook (`exported_range`) that was changed in some named cells."""
    names = {defined_name(name): number for name, number in numbers.items()}
    return back(libreoffice.with_inputs(content or exported_range(), names))


def edited(content: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook after a change, with the parts that openpyxl does not keep put back."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text, formulas = carried.get(archive), carried.formulas(archive)
    assert text is not None
    return carried.put(made.getvalue(), text, formulas)


def ranged() -> Case:
    return case(SAVING, OUTLAY, benefit("work", "saving * 80% + 100 GBP/month"), SYSTEM)


@functools.cache
def exported_straw_man(slug: str) -> bytes:
    return exported(library.straw_man(slug).case)


@functools.cache
def exported_range() -> bytes:
    """The workbook of `ranged`, which many tests change a little."""
    return exported(ranged())


# --------------------------------------------------------------------------- as it was


@pytest.mark.parametrize("slug", library.slugs())
def test_a_straw_man_comes_back_as_it_went(slug: str) -> None:
    straw_man = library.straw_man(slug).case
    found = back(exported_straw_man(slug))
    assert found == ComeBack(carried_case.for_others(straw_man), (), ())


@pytest.mark.usefixtures("in_another_process")
@pytest.mark.parametrize("given", [QUARTERLY, YEARLY], ids=["quarterly", "yearly"])
def test_a_case_of_many_kinds_of_numbers_comes_back_as_it_went(given: Case) -> None:
    loaded = load_case(dump_case(given))
    assert back(exported(loaded)) == ComeBack(loaded, (), ())


def test_an_export_of_another_scenario_brings_the_case_back_as_it_was_given() -> None:
    straw_man = library.straw_man(library.FEATURED).case
    found = back(exported(straw_man, "conservative"))
    assert (found.case, found.changes) == (carried_case.for_others(straw_man), ())


@pytest.mark.parametrize("scenario", ["callers_stay", "busy_year", "conservative"])
def test_nothing_was_overtyped_in_an_untouched_export_of_another_scenario(scenario: str) -> None:
    # Other numbers follow the same inputs there, so that other formulas stand in its slopes.
    straw_man = library.straw_man("contact-centre").case
    found = back(exported(straw_man, scenario))
    assert (found.changes, found.refused) == ((), ())


def test_a_scenario_that_the_case_does_not_have_is_taken_for_the_expected_one() -> None:
    def renamed(book: openpyxl.Workbook) -> None:
        book.custom_doc_props["Scenario"].value = "x" * 5_000

    assert back(edited(exported_range(), renamed)).refused == ()


@pytest.mark.usefixtures("in_another_process")
def test_texts_that_want_to_be_markup_or_formulas_come_back_to_the_letter() -> None:
    hostile = replace(
        PLAIN, title='=1+1 </case><!DOCTYPE a> &amp; "\u2028 \U0001f600', summary="]]>"
    )
    content = exported(hostile)
    gate.check(content)
    assert back(content).case.title == hostile.title


# --------------------------------------------------------------------------- what stays here


def test_what_is_the_team_s_own_does_not_travel() -> None:
    origin = Origin(references=(OriginReference(title="Another", customer="Quietly Ltd"),))
    content = exported(replace(PLAIN, probability=0.4173, origin=origin))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = b"".join(archive.read(name) for name in archive.namelist())
    assert b"assumptions" in parts
    for trace in (b"0.4173", b"probability", b"Quietly", b"origin"):
        assert trace not in parts
    assert back(content).case == load_case(dump_case(PLAIN))


# --------------------------------------------------------------------------- as it was changed


def test_a_changed_value_is_taken_with_evidence_that_says_so() -> None:
    found = typed({"assumptions.saving.expected": 1200})
    saving = found.case.assumption("saving")
    assert saving is not None and saving.evidence is not None
    assert (saving.value, saving.low, saving.high) == (1200, 600, 1300)
    assert saving.evidence.grade == Grade.E
    assert saving.evidence.source == f"Changed in the workbook {FILE}"
    assert saving.evidence.date == TODAY
    assert saving.evidence.note.startswith("Was £1,000 per month (A")
    assert [each.texts for each in found.changes] == [("£1,000 per month", "£1,200 per month")]
    others = [each for each in found.case.assumptions if each.id != "saving"]
    assert others == [each for each in ranged().assumptions if each.id != "saving"]


def test_a_range_is_widened_to_hold_its_value_but_not_where_it_was_typed() -> None:
    name = "assumptions.saving"
    for numbers, high in (({}, 1500), ({f"{name}.high": 1400.0}, 1400)):
        found = typed({f"{name}.expected": 1500, **numbers})
        saving = found.case.assumption("saving")
        assert saving is not None and saving.high == high


def test_a_number_that_no_case_can_have_is_refused_with_the_cell() -> None:
    with pytest.raises(CaseError, match="Changed in it: Saving, expected") as refused:
        typed({"assumptions.saving.expected": 1e30})
    assert refused.value.problems[-1].remedy == "Mend these cells."


def test_a_changed_range_keeps_what_its_value_rests_on() -> None:
    saving = typed({"assumptions.saving.low": 500}).case.assumption("saving")
    assert saving is not None and saving.evidence is not None
    assert (saving.low, saving.evidence.grade) == (500, Grade.A)
    assert saving.evidence.note.endswith(f"Its range was changed in the workbook {FILE}.")


def test_percentages_are_fractions_as_in_the_sheet() -> None:
    found = typed({"discounting.rate.expected": 0.075})
    assert found.case.discounting.rate == 0.075
    assert [each.texts for each in found.changes] == [("10%", "7.5%")]


def test_several_numbers_inside_one_formula_change_at_once() -> None:
    numbers = {"constants.work.formula_1": 0.9, "constants.work.formula_2": -50}
    found = typed(numbers)
    assert found.case.benefits[0].formula == "saving * 90% + (-50 GBP/month)"
    assert len(found.changes) == 2


def test_years_growth_scenarios_and_timing_are_taken_too() -> None:
    numbers = {
        "assumptions.revenue.year_1": 70_000,
        "growth.revenue": 0.03,
        "scenarios.cheap_money.discounting.rate": 0.04,
        "scenarios.low_sales.assumptions.newcomers": 400,
        "timing.once.first": 3,
        "conventions.finance_rate": 0.05,
    }
    found = typed(numbers, exported(YEARLY))
    revenue = found.case.assumption("revenue")
    assert revenue is not None
    assert (revenue.value, revenue.values, revenue.growth) == (
        70_000,
        (70_000, 90_000, 85_000),
        0.03,
    )
    cheap, low = found.case.scenarios
    assert (cheap.discount_rate, low.set["newcomers"]) == (0.04, 400)
    assert found.case.benefits[1].starts == 3
    assert found.case.conventions.finance_rate == 0.05
    assert (len(found.changes), found.refused) == (6, ())


def test_a_row_of_years_with_one_year_alone_is_one_number() -> None:
    one_year = case(SAVING, SYSTEM, OUTLAY, benefit("slow", "saving", ramp=(0.8,)))
    found = typed({"timing.slow.year_1": 0.5}, exported(one_year))
    assert [each.given.name for each in found.changes] == ["timing.slow.year_1"]
    assert found.case.benefits[0].ramp.years == (0.5,)
    assert found.refused == ()


# --------------------------------------------------------------------------- what is ignored


@pytest.mark.parametrize(
    ("name", "number", "cause"),
    [
        ("assumptions.saving.expected", "about 900", "“about 900” is no number"),
        ("assumptions.saving.expected", "=1+1", "“=1+1” is no number"),
        ("timing.work.first", 1.5, "cannot take 1.5"),
        ("timeline.months", 48, "It is fixed in a workbook, and was changed to 48"),
    ],
)
def test_what_cannot_be_taken_is_told_and_the_export_stays(
    name: str, number: float | str, cause: str
) -> None:
    found = typed({name: number})
    [told] = found.refused
    assert (found.case, found.changes) == (load_case(dump_case(ranged())), ())
    assert cause in told.cause
    assert told.remedy


def test_a_logical_value_is_no_number() -> None:
    def ticked(book: openpyxl.Workbook) -> None:
        [(title, area)] = book.defined_names["assumptions.saving.low"].destinations
        book[title][area.replace("$", "")].value = True

    [told] = back(edited(exported_range(), ticked)).refused
    assert (told.place, told.cause) == ("Saving, low", "“TRUE” is no number.")


def test_an_emptied_cell_is_told() -> None:
    def emptied(book: openpyxl.Workbook) -> None:
        [(title, area)] = book.defined_names["assumptions.saving.low"].destinations
        book[title][area.replace("$", "")].value = None

    [told] = back(edited(exported_range(), emptied)).refused
    assert told.place == "Saving, low"
    assert "empty or gone" in told.cause


def test_formulas_that_were_overtyped_are_told_and_ignored() -> None:
    content = exported_range()
    formulas = sorted(sheets.read_book(content).formulas["Cash flow"])[:2]

    def overtyped(book: openpyxl.Workbook) -> None:
        for address in formulas:
            book["Cash flow"][address].value = 99

    found = back(edited(content, overtyped))
    [told] = found.refused
    assert told.place == "Sheet Cash flow"
    assert told.cause == f"2 formulas were overtyped: {', '.join(formulas)}."
    assert found.case == load_case(dump_case(ranged()))


def test_a_sheet_that_is_gone_is_told() -> None:
    def without(book: openpyxl.Workbook) -> None:
        del book["Checks"]

    [told] = back(edited(exported_range(), without)).refused
    assert (told.place, told.cause) == ("Sheet Checks", "It is gone.")


# --------------------------------------------------------------------------- large ones


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "is_large", lambda given: True)
    monkeypatch.setattr(book, "is_large", lambda given: True)


@pytest.mark.usefixtures("all_are_large")
def test_a_large_workbook_says_itself_which_formulas_are_gone() -> None:
    over: list[str] = []

    def overtyped(book: openpyxl.Workbook) -> None:
        formulas = [cell for cell in book["Cash flow"]["F"] if cell.data_type == "f"]
        for cell in formulas[:4]:
            cell.value = 99
            over.append(cell.coordinate)
        book["Sensitivity"]["B3"].value = 99

    content = exported(ranged())
    assert back(edited(content, lambda book: None)).refused == ()
    found = back(edited(content, overtyped))
    assert {each.place: each.cause for each in found.refused} == {
        "Sheet Cash flow": f"4 formulas were overtyped: {', '.join(over[:3])} and 1 more.",
        "Sheet Sensitivity": "1 formula was overtyped: B3.",
    }


@pytest.mark.usefixtures("all_are_large")
def test_a_sheet_of_a_large_workbook_that_is_gone_or_moved_about_is_told() -> None:
    def changed(book: openpyxl.Workbook) -> None:
        del book["Checks"]
        for each in book.defined_names.values():
            # As a program does that inserts rows above the cells.
            each.attr_text = each.attr_text.replace("'Cash flow'!$C$", "'Cash flow'!$C$1")

    told = {each.place: each.cause for each in back(edited(exported(ranged()), changed)).refused}
    assert told["Sheet Checks"] == "It is gone."
    assert told["Sheet Cash flow"].startswith("Rows or columns were moved")


@pytest.mark.usefixtures("all_are_large")
def test_what_a_large_workbook_says_of_itself_is_what_was_written() -> None:
    content = exported(ranged())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        said = areas.read(carried.formulas(archive))
    there = sheets.read_book(content).formulas
    assert {title: frozenset(each) for title, each in said.items()} == there
    assert sum(map(len, said.values())) == sum(map(len, there.values()))


def test_only_a_large_workbook_says_where_its_formulas_are() -> None:
    assert sheets.read_book(exported_range()).areas == ""


def test_of_a_large_workbook_from_an_older_version_the_inputs_alone_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = exported_range()
    monkeypatch.setattr(workbook, "is_large", lambda given: True)
    written = cases.calculate(ranged())
    formula = min(workbook.layout_of_inputs(written, ranged()).formulas["Inputs"])

    def overtyped(book: openpyxl.Workbook) -> None:
        book["Cash flow"]["F10"].value = 99
        book["Inputs"][formula].value = 99

    inputs, others = back(edited(content, overtyped)).refused
    assert (inputs.place, inputs.cause) == (
        "Sheet Inputs",
        f"1 formula was overtyped: {formula}.",
    )
    assert others.place == "The other sheets"
    assert "only the formulas of its inputs were compared" in others.cause


@pytest.mark.slow
def test_our_largest_workbook_comes_back() -> None:
    given = load_case(very_large_document())
    changed = libreoffice.with_inputs(exported(given), {"assumptions.a0.expected": 90.0})
    found = back(packed(parts_of(changed)))
    assert [(each.given.name, each.after) for each in found.changes] == [
        ("assumptions.a0.expected", 90.0)
    ]
    assert found.refused == ()


# --------------------------------------------------------------------------- hostile texts


@pytest.mark.usefixtures("in_another_process")
@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"format": "valuecalc/1"}', '{"a":' * 4_000, "x" * 2_100_000],
    ids=["nothing", "half", "a list", "no case", "deep", "long"],
)
def test_a_text_that_is_no_case_is_refused_as_any_upload(text: str) -> None:
    plain = openpyxl.Workbook()
    made = io.BytesIO()
    plain.save(made)
    with pytest.raises(InputError):
        back(carried.put(made.getvalue(), text))


def test_a_workbook_that_carries_a_case_and_has_nothing_else_brings_it_with_all_told() -> None:
    plain = openpyxl.Workbook()
    made = io.BytesIO()
    plain.save(made)
    found = back(carried.put(made.getvalue(), carried_case.document_of(PLAIN)))
    assert found.case == load_case(dump_case(PLAIN))
    assert {each.remedy for each in found.refused} == {
        "The exported number stays.",
        "It is not needed.",
    }


# --------------------------------------------------------------------------- LibreOffice


@pytest.mark.office
@pytest.mark.parametrize("slug", library.slugs()[::4])
def test_a_workbook_comes_back_after_another_program_has_saved_it(slug: str) -> None:
    # The others differ in their numbers, not in what the other program does to the file.
    # What is printed on every page takes long to open, and stays in the files further down.
    straw_man = library.straw_man(slug).case
    first, *others = straw_man.assumptions
    end = "year_1" if first.values else "expected"
    after = first.value * 1.1
    with office_desk.shared().open(office_desk.quicker(exported_straw_man(slug))) as book:
        book.type({defined_name(f"assumptions.{first.id}.{end}"): after})
        found = back(book.saved())
    assert found.refused == ()
    assert [change.after for change in found.changes] == [pytest.approx(after)]
    assumptions = found.case.assumptions
    assert assumptions[0].value == pytest.approx(after)
    assert assumptions[1:] == tuple(others)
    expected = replace(carried_case.for_others(straw_man), assumptions=assumptions, expected={})
    assert found.case == expected


@pytest.mark.office
def test_rows_inserted_on_a_sheet_of_formulas_are_told_as_such() -> None:
    with office_desk.shared().open(exported_range()) as book:
        book.unprotect()
        book.insert_rows("Cash flow", 8, 2)
        found = back(book.saved())
    [told] = found.refused
    assert told.place == "Sheet Cash flow"
    assert told.cause == "Rows or columns were moved, so its formulas were not compared."
    assert found.changes == ()


@pytest.mark.office
def test_rows_that_were_deleted_are_no_reason_to_refuse_the_file() -> None:
    # LibreOffice then writes the last rows of the sheet, which are empty, a million further down.
    with office_desk.shared().open(exported_range()) as book:
        book.unprotect()
        book.delete_rows("Cash flow", 12, 2)
        found = back(book.saved())
    assert [each.place for each in found.refused] == ["Sheet Cash flow"]
    assert found.changes == ()


def test_a_name_of_a_file_is_told_on_one_line() -> None:
    assert returning.short_name("C:\\Temp\\my\nmodel\u202e.xlsx") == "my model .xlsx"
    assert len(returning.short_name("x" * 500)) == 120


def test_scenarios_of_the_program_s_own_have_no_cells_to_change() -> None:
    given = case(assumption("saving", 1000, "GBP/month"), benefit("work", "saving"), scenario("x"))
    assert back(exported(given)).refused == ()
