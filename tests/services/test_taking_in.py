"""An edited workbook into the case that it came from: every number goes three ways."""

from __future__ import annotations

import functools
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest

from tests.builders import benefit, case
from tests.documents import libreoffice, office_desk
from tests.documents.test_gate import packed, parts_of
from tests.documents.workbook_cases import OUTLAY, SAVING, SYSTEM
from tests.services.test_returning import edited
from tests.services.test_typing_over import dated
from valuecalc.case.case import Case, Grade
from valuecalc.case.plan import Holiday
from valuecalc.documents import sheet_process, sheets
from valuecalc.documents.workbook import Provenance
from valuecalc.documents.workbook.names import defined_name
from valuecalc.documents.workbook.serials import serial_of
from valuecalc.errors import CaseError, DocumentError, FileRefused, UnknownName
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import cases, starting_from_file, taking_in
from valuecalc.services.taking_in import Choice, Incoming

FILE = "model v3.xlsx"
UID, OTHER = "Q3VzdG9tZXJDYXNl", "T3RoZXJDYXNlT25l"
EXPECTED, LOW = "assumptions.saving.expected", "assumptions.saving.low"
KNOWN = Provenance(case_id=UID, version="3")


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting the process that reads a file takes longer than reading it."""

    def output(content: bytes) -> bytes:
        return json.dumps(sheet_process._read(content)).encode()

    monkeypatch.setattr(sheets, "output", output)


def given() -> Case:
    made = case(SAVING, OUTLAY, benefit("work", "saving * 80% + 100 GBP/month"), SYSTEM)
    return load_case(dump_case(made))


@functools.cache
def exported(known: Provenance = KNOWN) -> bytes:
    return cases.export(given(), "xlsx", provenance=known).content


def typed(numbers: Mapping[str, float | str], known: Provenance = KNOWN) -> bytes:
    named = {defined_name(name): number for name, number in numbers.items()}
    return libreoffice.with_inputs(exported(known), named)


def into(now: Case, content: bytes, uid: str = UID) -> Incoming:
    return taking_in.compare_with(now, taking_in.read(content), f"C:\\Work\\{FILE}", uid)


def with_saving(now: Case, **changed: float) -> Case:
    found = [replace(a, **changed) if a.id == "saving" else a for a in now.assumptions]  # type: ignore[arg-type]
    return replace(now, assumptions=tuple(found))


# --------------------------------------------------------------------------- three ways


def test_a_number_that_only_the_file_has_changed_is_taken() -> None:
    found = into(given(), typed({EXPECTED: 1200}))
    [row] = found.rows
    assert (row.place, row.is_conflict) == ("Saving, expected", False)
    assert row.texts == ("£1,000 per month", "£1,200 per month", "£1,000 per month")
    assert (found.not_imported, found.warnings, found.conflicts) == ((), (), ())
    saving = found.after().assumption("saving")
    assert saving is not None and saving.evidence is not None
    assert (saving.value, saving.evidence.grade) == (1200, Grade.E)
    assert saving.evidence.source == f"Changed in the workbook {FILE}"
    assert found.note() == f"From {FILE}: 1 number taken."


def test_what_the_case_has_changed_since_is_kept() -> None:
    now = replace(with_saving(given(), high=1400), title="Renamed")
    after = into(now, typed({EXPECTED: 1200})).after()
    saving = after.assumption("saving")
    assert saving is not None
    assert (saving.value, saving.high, after.title) == (1200, 1400, "Renamed")


def test_what_both_have_changed_is_asked_and_stays_until_it_is_answered() -> None:
    now = with_saving(given(), value=1100)
    found = into(now, typed({EXPECTED: 1200, LOW: 500}))
    [conflict] = found.conflicts
    assert conflict.texts == ("£1,000 per month", "£1,200 per month", "£1,100 per month")
    assert found.undecided() == (conflict,)
    for take, leave, value in (((), (), 1100), ((), (EXPECTED,), 1100), ((EXPECTED,), (), 1200)):
        choice = Choice(frozenset(take), frozenset(leave))
        saving = found.after(choice).assumption("saving")
        assert saving is not None and (saving.value, saving.low) == (value, 500)
    both = Choice(frozenset([EXPECTED]), frozenset([EXPECTED]))
    assert found.undecided(both) == (conflict,)


def test_what_both_have_changed_to_the_same_is_nothing_to_do() -> None:
    now = with_saving(given(), value=1200)
    found = into(now, typed({EXPECTED: 1200}))
    assert (found.rows, [each.name for each in found.same]) == ((), [EXPECTED])
    assert found.after() == now


def test_a_number_that_is_left_out_stays() -> None:
    found = into(given(), typed({EXPECTED: 1200, LOW: 500}))
    choice = Choice(leave=frozenset([EXPECTED]))
    saving = found.after(choice).assumption("saving")
    assert saving is not None and (saving.value, saving.low) == (1000, 500)
    assert found.note(choice) == f"From {FILE}: 1 number taken, 1 left as it was."
    assert found.after(Choice(leave=frozenset([EXPECTED, LOW]))) == given()


def test_a_range_that_grows_to_hold_its_number_is_told() -> None:
    found = into(given(), typed({EXPECTED: 1500, LOW: 500}))
    assert found.widened() == ("Saving",)
    assert found.note() == (
        f"From {FILE}: 2 numbers taken. Range widened to hold the new value: Saving."
    )
    assert found.widened(Choice(leave=frozenset([EXPECTED]))) == ()


def test_the_effect_is_that_of_what_is_chosen_with_a_bridge() -> None:
    found = into(given(), typed({EXPECTED: 1200, "discounting.rate.expected": 0.2}))
    effect = found.effect()
    figures = {each.name: each for each in effect.effects.figures}
    before, after = (cases.calculate(each) for each in (given(), found.after()))
    for name in ("value", "npv", "payback"):
        assert figures[name].before == before.value(name)
        assert figures[name].after == after.value(name)
    bridge = effect.bridge("npv")
    assert bridge is not None and len(bridge.steps) == 2
    assert sum(each.amount for each in bridge.steps) == pytest.approx(
        after.value("npv") - before.value("npv")  # type: ignore[operator]
    )
    nothing = Choice(leave=frozenset(each.name for each in found.rows))
    assert found.effect(nothing).changes == ()


# --------------------------------------------------------------------------- not imported


def test_a_number_that_the_case_no_longer_has_is_told_with_what_it_was() -> None:
    now = replace(given(), assumptions=tuple(with_saving(given()).assumptions))
    now = with_saving(now, low=None, high=None)  # type: ignore[arg-type]
    found = into(now, typed({LOW: 500}))
    [told] = found.not_imported
    assert (found.rows, told.place) == ((), "Saving, low")
    assert "no longer has this number" in told.cause
    assert "£600 per month" in told.cause and "£500 per month" in told.cause


@pytest.mark.parametrize(
    ("formula", "is_taken"),
    [
        ("saving  *80%+ 100 GBP/month", True),
        ("saving * 85% + 100 GBP/month", True),
        ("saving * 100 GBP/GBP + 80 GBP/month", False),
        ("saving * 80% + 100 GBP/month + 80% * saving * 5", False),
        ("saving", False),
    ],
)
def test_a_number_in_a_formula_is_taken_only_where_it_stands_as_it_stood(
    formula: str, is_taken: bool
) -> None:
    now = given()
    now = replace(now, benefits=(replace(now.benefits[0], formula=formula), *now.benefits[1:]))
    found = into(now, typed({"constants.work.formula_2": 150}))
    assert bool(found.rows) == is_taken
    assert bool(found.not_imported) != is_taken


def test_another_unit_in_the_case_is_told_and_the_number_is_not_taken() -> None:
    now = given()
    changed = [replace(a, unit="EUR/month") if a.id == "saving" else a for a in now.assumptions]
    work = replace(now.benefits[0], formula="saving * 1 GBP/EUR * 80% + 100 GBP/month")
    now = replace(now, assumptions=tuple(changed), benefits=(work, *now.benefits[1:]))
    found = into(load_case(dump_case(now)), typed({EXPECTED: 1200}))
    assert found.rows == ()
    assert "The case has it in EUR/month by now." in found.not_imported[0].cause


def test_overtyped_formulas_and_odd_cells_are_not_imported_and_told() -> None:
    content = typed({LOW: "about 500", EXPECTED: 1200, "timing.work.first": 1.5})
    formula = sorted(sheets.read_book(content).formulas["Cash flow"])[0]

    def overtyped(book: openpyxl.Workbook) -> None:
        book["Cash flow"][formula].value = 99

    found = into(given(), edited(content, overtyped))
    assert [each.name for each in found.rows] == [EXPECTED]
    causes = " ".join(each.cause for each in found.not_imported)
    for part in (
        "“about 500” is no number",
        "cannot take 1.5",
        f"1 formula was overtyped: {formula}",
    ):
        assert part in causes


def test_a_number_that_no_case_can_have_is_refused_when_it_would_be_taken() -> None:
    found = into(given(), typed({EXPECTED: 1e30}))
    with pytest.raises(CaseError, match="Changed in it: Saving, expected"):
        found.after()


def test_a_case_with_mistakes_has_to_be_mended_first() -> None:
    broken = replace(given().benefits[0], formula="saving * nobody")
    now = replace(given(), benefits=(broken,))
    with pytest.raises(CaseError, match="no workbook can be compared"):
        into(now, typed({EXPECTED: 1200}))


# --------------------------------------------------------------------------- of which case


def test_a_workbook_of_another_case_is_refused_with_both_names() -> None:
    now = replace(given(), title="Case B", customer="Company B")
    with pytest.raises(FileRefused) as refused:
        into(now, typed({EXPECTED: 1200}), OTHER)
    assert f"“{given().title}”" in refused.value.cause
    assert UID in refused.value.cause
    assert "“Case B” for Company B" in refused.value.cause


def test_a_workbook_without_an_id_is_compared_by_its_names_with_a_warning() -> None:
    found = into(given(), typed({EXPECTED: 1200}, Provenance()))
    [told] = found.warnings
    assert "does not say which case" in told.cause
    assert [each.name for each in found.rows] == [EXPECTED]


def test_a_workbook_without_an_id_and_without_a_common_number_is_another_case_s() -> None:
    alien = replace(given(), title="Alien")
    for each in ("saving", "outlay"):
        text = json.dumps(dump_case(alien)).replace(each, f"{each}_of_aliens")
        alien = load_case(json.loads(text))
    with pytest.raises(FileRefused, match="not of “Alien”"):
        into(alien, typed({EXPECTED: 1200}, Provenance()))


def test_a_workbook_that_carries_nothing_says_what_to_do() -> None:
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    with pytest.raises(FileRefused, match="Download the case as an Excel workbook"):
        taking_in.read(made.getvalue())


def test_a_choice_about_what_was_not_changed_is_refused() -> None:
    found = into(given(), typed({EXPECTED: 1200}))
    with pytest.raises(UnknownName, match="no changed number “assumptions.saving.lwo”"):
        taking_in.refuse_unknown(found, Choice(take=frozenset(["assumptions.saving.lwo"])))


# --------------------------------------------------------------------------- there and back


def test_what_was_changed_travels_through_a_page_unharmed() -> None:
    edits = taking_in.read(typed({EXPECTED: 1200.1, LOW: "x"}))
    sent = json.loads(json.dumps(taking_in.as_document(edits)))
    assert taking_in.from_document(sent) == edits


@pytest.mark.parametrize(
    "changed",
    [
        {"numbers": {"nothing.here": 1}},
        {"numbers": {EXPECTED: "1"}},
        {"numbers": {EXPECTED: True}},
        {"numbers": {EXPECTED: float("inf")}},
        {"numbers": {EXPECTED: 10**400}},
        {"numbers": {"timeline.months": 3}},
        {"numbers": [1]},
        {"base": {}},
        {"base": None},
    ],
)
def test_what_a_page_never_sent_is_refused(changed: dict[str, object]) -> None:
    sent = taking_in.as_document(taking_in.read(typed({EXPECTED: 1200})))
    with pytest.raises((CaseError, DocumentError)):
        taking_in.from_document({**sent, **changed})
    with pytest.raises(DocumentError):
        taking_in.from_document([])


# --------------------------------------------------------------------------- other programs


def rearranged(book: openpyxl.Workbook) -> None:
    """Sheets in another order, and two names that are gone."""
    book.move_sheet("Inputs", offset=-3)
    book.move_sheet("Checks", offset=-2)
    del book.defined_names[defined_name(LOW)]
    del book.defined_names["discounting.rate.expected"]


def test_sheets_in_another_order_and_names_that_are_gone_lose_nothing_else() -> None:
    found = into(given(), edited(typed({EXPECTED: 1200, LOW: 500}), rearranged))
    assert [each.name for each in found.rows] == [EXPECTED]
    gone = [each.place for each in found.not_imported]
    assert gone == ["Discount rate, a year, expected", "Saving, low"]


def with_a_row_more(book: openpyxl.Workbook) -> None:
    """A row above all inputs; their names move along, as in every spreadsheet."""
    book["Inputs"].insert_rows(5)
    for defined in book.defined_names.values():
        title, _, address = defined.attr_text.rpartition("!")
        if title.strip("'") == "Inputs":
            moved = re.sub(r"\d+", lambda row: str(int(row[0]) + (int(row[0]) >= 5)), address)
            defined.attr_text = f"{title}!{moved}"


def test_numbers_are_found_where_rows_were_inserted_above_them() -> None:
    found = into(given(), edited(typed({EXPECTED: 1200, LOW: 500}), with_a_row_more))
    assert {each.name: each.change.after for each in found.rows} == {EXPECTED: 1200, LOW: 500}
    [told] = found.not_imported
    assert (told.place, told.cause.startswith("Rows or columns were moved")) == (
        "Sheet Inputs",
        True,
    )


@pytest.mark.office
def test_a_workbook_that_another_program_has_saved_still_knows_its_case() -> None:
    plain = office_desk.saved(typed({EXPECTED: 1200}))
    moved = office_desk.saved(edited(typed({EXPECTED: 1300}), rearranged))
    more = office_desk.saved(edited(typed({EXPECTED: 1400}), with_a_row_more))
    for content, after in ((plain, 1200), (moved, 1300), (more, 1400)):
        found = into(given(), content)
        assert [each.change.after for each in found.rows] == [after]
        assert (found.edits.case_id, found.edits.version, found.warnings) == (UID, "3", ())
    assert into(given(), plain).not_imported == ()
    with pytest.raises(FileRefused):
        into(given(), plain, OTHER)


# --------------------------------------------------------------------------- drafts and slips


def test_the_workbook_of_a_draft_is_refused_and_says_so_on_every_sheet() -> None:
    broken = replace(given(), benefits=(replace(given().benefits[0], formula="nobody * 5"),))
    content = cases.export_unfinished(broken, KNOWN).content
    with pytest.raises(FileRefused, match="exported from a case with mistakes.* Mend the case"):
        taking_in.read(content)
    with pytest.raises(FileRefused, match="exported from a case with mistakes"):
        starting_from_file.read_file(content, FILE)
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        assert "cannot be taken in" in str(sheet["A4"].value)


def test_a_slip_is_asked_about_and_taken_all_the_same() -> None:
    found = into(given(), typed({"discounting.rate.expected": 7.0, EXPECTED: 1500}))
    doubts = {each.name: each.doubts for each in found.rows}
    assert doubts["discounting.rate.expected"] == ("7 is 700%: was 7% meant?",)
    assert doubts[EXPECTED] == ("It is above its range, which ends at £1,300 per month.",)
    assert found.after().discounting.rate == 7.0
    told = {
        each["name"]: each["doubts"] for each in taking_in.as_answer(found, Choice())["changes"]
    }
    assert told["discounting.rate.expected"] == ["7 is 700%: was 7% meant?"]


def test_a_range_that_was_typed_with_its_value_raises_no_doubt() -> None:
    found = into(given(), typed({"assumptions.saving.high": 1600, EXPECTED: 1500}))
    assert [each.doubts for each in found.rows] == [(), ()]


def test_days_are_those_that_a_program_shows_which_counts_from_1904_on() -> None:
    parts = parts_of(cases.export(dated(), "xlsx", provenance=KNOWN).content)
    book, count = b"<workbookPr", b'<workbookPr date1904="1"'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(book + b"/", count + b"/")
    assert count in parts["xl/workbook.xml"]
    rows = into(load_case(dump_case(dated())), packed(parts)).rows
    start = next(each for each in rows if each.name == "plan.start")
    assert start.texts[:2] == ("1 January 2027", "2 January 2031")


def test_days_of_a_plan_go_three_ways_as_numbers_do() -> None:
    now = load_case(dump_case(dated()))
    content = cases.export(now, "xlsx", provenance=KNOWN).content

    def changed(book: openpyxl.Workbook) -> None:
        for name, value in (
            ("plan.start", datetime(2027, 1, 18)),
            ("plan.holiday_1", None),
            ("plan.holiday_5", date(2027, 5, 17)),
            ("plan.milestones.live.day", "soon"),
            ("plan.decisions.go.day", datetime(2027, 2, 20, 12)),
            ("timeline.start", date(2027, 3, 1)),
        ):
            [(title, area)] = book.defined_names[defined_name(name)].destinations
            book[title][area.replace("$", "")].value = value

    moved = replace(now, plan=replace(now.plan, start=date(2027, 1, 4)))
    edits = taking_in.read(edited(content, changed))
    assert taking_in.from_document(json.loads(json.dumps(taking_in.as_document(edits)))) == edits
    found = taking_in.compare_with(moved, edits, FILE, UID)
    assert {each.name: each.texts for each in found.rows} == {
        "plan.start": ("1 January 2027", "18 January 2027", "4 January 2027"),
        "plan.holiday_1": ("1 March 2027", "no day", "1 March 2027"),
        "plan.holiday_5": ("no day", "17 May 2027", "no day"),
    }
    assert [each.name for each in found.conflicts] == ["plan.start"]
    told = {each.place: each.cause for each in found.not_imported}
    assert told["Day: live"] == "“soon” is no day."
    assert told["Day: go"] == "“2027-02-20 12:00:00” is no day."
    assert told["Day of the decision"].endswith("was changed to 1 March 2027.")
    days = {each.first for each in found.after().plan.calendar.holidays}
    assert days == {date(2027, 3, 2), date(2027, 5, 17)}


def test_a_holiday_is_found_again_by_its_day_and_not_by_its_place() -> None:
    now = load_case(dump_case(dated()))
    more = Holiday(first=date(2027, 2, 1), label="Earlier")
    calendar = replace(now.plan.calendar, holidays=(more, *now.plan.calendar.holidays))
    moved = replace(now, plan=replace(now.plan, calendar=calendar))
    content = cases.export(now, "xlsx", provenance=KNOWN).content
    [name] = [defined_name("plan.holiday_1")]
    edits = taking_in.read(libreoffice.with_inputs(content, {name: serial_of(date(2027, 3, 4))}))
    [row] = taking_in.compare_with(moved, edits, FILE, UID).rows
    assert (row.is_conflict, row.texts[2]) == (False, "1 March 2027")
