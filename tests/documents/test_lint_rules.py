"""Each of the seventeen rules finds what breaks it, and nothing in a model that breaks none."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from tests.documents.lint_books import (
    Cells,
    Change,
    found,
    given,
    report,
    shown,
    sound,
    with_cells,
    with_row,
    without,
)
from valuecalc.documents.lint.rules import RULES, rule
from valuecalc.errors import Severity

FLOW = "Cash flow"
MORE = {"A10": "More", "B10": "GBP"}
LONG = "+".join(["{c}7*{c}6"] * 24)


def other_sheet(title: str, cells: dict[str, Any]) -> Cells:
    return sound() | {title: cells}


def shifted(start: str, columns: str) -> dict[str, Any]:
    """Another sheet over time, which begins in another column."""
    before = chr(ord(start) - 1)
    made: dict[str, Any] = {"A2": "Receipts are positive.", "A4": "Period", "B4": "Unit"}
    made[f"{before}4"] = -1
    for number, column in enumerate(columns):
        left = chr(ord(column) - 1)
        made[f"{column}4"] = (f"={left}4+1", number)
        made[f"{column}6"] = (f"=-{column}4", -number)
        made[f"{column}7"] = (f"={column}4+{column}6", 0)
    return made | {"A6": "One", "A7": "Two", "B6": "GBP", "B7": "GBP"}


def named(name: str, text: str) -> Change:
    def change(book: Workbook) -> None:
        book.defined_names[name] = DefinedName(name, attr_text=text)

    return change


def on(sheet: str, attribute: str, value: object) -> Change:
    def change(book: Workbook) -> None:
        setattr(book[sheet], attribute, value)

    return change


def merged(book: Workbook) -> None:
    book["Summary"].merge_cells("A5:C5")


def hidden_row(book: Workbook) -> None:
    book[FLOW].row_dimensions[8].hidden = True


def hidden_columns(book: Workbook) -> None:
    book[FLOW].column_dimensions.group("F", "G", hidden=True)


def iterating(book: Workbook) -> None:
    book.calculation.iterate = True


def locked_input(book: Workbook) -> None:
    book["Inputs"]["C5"].protection = Protection(locked=True)


def unlocked_label(book: Workbook) -> None:
    book["Inputs"]["A5"].protection = Protection(locked=False)


def as_calculation(book: Workbook) -> None:
    book["Inputs"]["C9"].style = "Calculation"


def as_input(book: Workbook) -> None:
    book[FLOW]["E8"].style = "Input"
    book[FLOW]["E8"].protection = Protection(locked=False)


BAD: list[tuple[str, Cells, tuple[Change, ...]]] = [
    # 1
    ("1 no sheet says what", without("About"), ()),
    ("1 Cash flow!J8 an input on a sheet of calculations", with_cells(
        FLOW, J8=0.2, C8=("=E8*J8", 1)), ()),
    ("1 Inputs!C9 a calculation on a sheet of inputs", with_cells(
        "Inputs", A9="Both", B9="GBP", C9=("=C4*C5", 1000)), ()),
    # 2
    ("2 Other!F4:I4 another period than", other_sheet("Other", shifted("F", "FGHIJ")), ()),
    ("2 Cash flow!F12 a second time axis", with_cells(
        FLOW, F12="Year 1", G12="Year 2", H12="Year 3"), ()),
    # 3
    ("3 Cash flow!G8 another formula", with_cells(
        FLOW, G8=("=(1+Inputs!$C$6)^(-F4/Inputs!$C$7)", 1)), ()),
    ("3 Cash flow!G9 a number in a row", with_cells(FLOW, G9=984.2), ()),
    ("3 Cash flow!H9 an empty cell", with_cells(FLOW, H9=None), ()),
    # 4
    ("4 Cash flow!E8:I8 the constant 12", with_row(8, "=(1+Inputs!$C$6)^(-{c}4/12)"), ()),
    ("4 Cash flow!E8:I8 the constant 5%", with_row(8, "={c}4*Inputs!$C$7*5%"), ()),
    ("4 Cash flow!E8:I8 the constants 2, 3.5", with_row(
        8, "={c}4*SUM({{1,2,3.5}})*Inputs!$C$7"), ()),
    ("4 Cash flow!E8:I8 the constant 1E-9", with_row(8, "={c}4*Inputs!$C$7+1E-9"), ()),
    ("4 the defined name “vat” is a number", sound(), (named("vat", "0.2"),)),
    # 5
    ("5 Cash flow!E8:I8 longer than 120", with_row(8, f"={LONG}"), ()),
    ("5 Cash flow!E8:I8 an IF within an IF", with_row(8, "=IF({c}7>0,IF({c}6=1,1,0),0)"), ()),
    ("5 Cash flow!E8:I8 an IF within an IF", with_row(
        8, "=IF({c}7>0,SUM(IF({c}6=1,{c}7,0)),0)"), ()),
    ("5 Cash flow!E8:I8 a line break", with_row(8, "={c}7+\n{c}6"), ()),
    # 6
    ("6 Cash flow!E8:I8 an IF on the time axis", with_row(
        8, "=IF({c}4>=Inputs!$C$8,{c}7,0)"), ()),
    ("6 Cash flow!E6 a row of flags without a total", with_cells(FLOW, C6=None), ()),
    # 7
    *[
        (f"7 Cash flow!E8:I8 the function {name}", with_row(8, f"={call}"), ())
        for name, call in {
            "OFFSET": "OFFSET({c}7,0,-1)",
            "INDIRECT": 'INDIRECT("A1")',
            "TODAY": "TODAY()*{c}7",
            "NOW": "now()*{c}7",
            "RAND": "RAND()",
            "RANDARRAY": "_xlfn.RANDARRAY()",
            "NPV": "NPV(Inputs!$C$6,{c}7)",
        }.items()
    ],
    ("7 the function OFFSET in the defined name “moving”", sound(), (
        named("moving", "OFFSET('Cash flow'!$A$1,1,1)"),)),
    # 8
    ("8 Cash flow!E7 a line without a label", with_cells(FLOW, A7=None, B7=None), ()),
    ("8 Cash flow!A9 the label “SALES”", with_cells(FLOW, A9="SALES"), ()),
    ("8 Cash flow!B7 a line without a unit", with_cells(FLOW, B7=None), ()),
    ("8 Cash flow no column of units", with_cells(
        FLOW, B4=None, B6=None, B7=None, B8=None, B9=None), ()),
    # 9
    ("9 Cash flow nothing says which sign", with_cells(FLOW, A2="By period"), ()),
    ("9 Cash flow nothing says which sign", with_cells(FLOW, A2="Benefits − costs"), ()),
    # 10
    ("10 Cash flow!E10:I10 calculates again what “Cash flow” does in row 9", with_row(
        10, "={c}$7*{c}8", A10="Again", B10="GBP"), ()),
    ("10 Summary!B4 a link to a link on “Summary”", with_cells(
        "Summary", A4="The same", B4=("=B3", 2929.5)), ()),
    ("10 Summary!B4 a link to a link on “Summary”", with_cells(
        "Summary", A4="The same", B4=("=npv", 2929.5)), (named("npv", "Summary!$B$3"),)),
    # 11
    ("11 no sheet of checks", without("Checks") | {
        "Summary": {"A1": "Summary", "B3": ("='Cash flow'!C9", 1)}}, ()),
    ("11 Checks no tolerance", with_cells("Checks", A5="Some number"), ()),
    ("11 Summary does not show", with_cells("Summary", B1=None), ()),
    # 12
    ("12 Summary!B3 the error #DIV/0!", with_cells("Summary", B3=("='Cash flow'!C9", "#DIV/0!")),
     ()),
    ("12 Summary!B3 a reference that is lost", with_cells("Summary", B3=("=#REF!+1", 1)), ()),
    ("12 Summary!B3 a link to another workbook", with_cells(
        "Summary", B3=("=[1]Sheet1!A1+1", 1)), ()),
    ("12 Summary!B3 a link to another workbook", with_cells(
        "Summary", B3=("='[Other file.xlsx]Sheet1'!A1+1", 1)), ()),
    ("12 Summary!B3 a reference to whole columns", with_cells(
        "Summary", B3=("=SUM('Cash flow'!C:C)", 1)), ()),
    ("12 Summary!B3 a reference to whole columns", with_cells(
        "Summary", B3=("=SUM('Cash flow'!$7:$8)", 1)), ()),
    ("12 Cash flow!C9 a circle", with_cells(FLOW, C9=("=SUM(C7:I9)", 1)), ()),
    ("12 Cash flow!E7:I7,E9:I9 a circle", with_row(7, "={c}9*Inputs!$C$4"), ()),
    ("12 Summary!B7:B8 a circle", with_cells(
        "Summary", B7=("=other+1", 1), B8=("=B7*1", 1)), (named("other", "Summary!$B$8"),)),
    ("12 iterative calculation is switched on", sound(), (iterating,)),
    ("12 Summary!A5 merged cells", sound(), (merged,)),
    ("12 Cash flow!C8,E8:I8 a formula in a hidden row", with_cells(
        FLOW, C8=("=MAX(E8:I8)", 1)), (hidden_row,)),
    ("12 Cash flow!F4:G4,F6:G9 a formula in a hidden column", sound(), (hidden_columns,)),
    ("12 Summary!B1,B3 a formula on a hidden sheet", sound(), (
        on("Summary", "sheet_state", "veryHidden"),)),
    # 13
    ("13 Cash flow!E8 a formula in the look of an input", sound(), (as_input,)),
    ("13 Inputs!C5 an input that is locked", sound(), (locked_input,)),
    ("13 Inputs!A5 an unlocked cell that is no input", sound(), (unlocked_label,)),
    ("13 Inputs!C9 a number in the look of a calculation", with_cells(
        "Inputs", **given(9, "Sum", "GBP", 3)), (as_calculation,)),
    # 14
    ("14 Inputs!C9 an input that no formula reads", with_cells(
        "Inputs", **given(9, "Forgotten", "GBP", 3)), ()),
    ("14 Inputs no column for the source", with_cells("Inputs", D3="Said by"), ()),
    ("14 Inputs!C5 an input without unit", with_cells("Inputs", B5=None), ()),
    ("14 Inputs!C5 an input without source", with_cells("Inputs", D5=None), ()),
    ("14 Inputs!C5 an input without evidence", with_cells("Inputs", E5=None), ()),
    ("14 Inputs!C5 an input without date", with_cells("Inputs", F5=None), ()),
    ("14 Cash flow!E9:I9 ROUND within a calculation", with_row(9, "=ROUND({c}7*{c}8,0)"), ()),
    ("14 Cash flow!E10:I10 INT within a calculation", with_row(
        10, "=INT({c}4/Inputs!$C$7)", A10="Years", B10="year"), ()),
    ("14 Cash flow!E10:I10 INT within a calculation", with_row(
        10, "=INT({c}4/Inputs!$C$7)*{c}7", A10="Full years of sales", B10="GBP"), ()),
    ("14 Cash flow!E10:I10 INT within a calculation", with_row(
        10, "=INT({c}4)/INT({c}7)", A10="Full years of sales", B10="GBP"), ()),
    ("14 Cash flow!E10:I10 ROUND within a calculation", with_row(
        10, "=ROUND({c}7,1)*{c}8", A10="More", B10="GBP"), ()),
    # 15
    ("15 Cash flow panes are not frozen", sound(), (on(FLOW, "freeze_panes", "B5"),)),
    ("15 Cash flow panes are not frozen", sound(), (on(FLOW, "freeze_panes", None),)),
    ("15 Cash flow!J7 a total right of the timeline", with_cells(
        FLOW, C7=None, J7=("=SUM(E7:I7)", 3000)), ()),
    ("15 Cash flow!D7 a formula in the column before", with_cells(
        FLOW, C7=None, D7=("=SUM(E7:I7)", 3000)), ()),
    # 16
    ("16 About no version", with_cells("About", A2="March 2027", A5=None), ()),
    ("16 About no list of changes", with_cells("About", A4=None), ()),
    ("16 Inputs!D5 a word for what is still open", with_cells("Inputs", D5="TBC"), ()),
    # 17
    ("17 Summary!B3 a formula without a kept value", with_cells(
        "Summary", B3=("='Cash flow'!C9", None)), ()),
]  # fmt: skip


def test_a_sound_model_has_no_findings() -> None:
    assert found(report()) == []


def test_a_sound_model_says_what_cannot_be_judged() -> None:
    assert {each.rule for each in report().not_judged} == {16, 17}


@pytest.mark.parametrize(("expected", "cells", "changes"), BAD, ids=[each[0] for each in BAD])
def test_what_breaks_a_rule_is_found_where_it_stands(
    expected: str, cells: Cells, changes: tuple[Change, ...]
) -> None:
    made = report(cells, *changes)
    assert any(text.startswith(expected) for text in found(made)), found(made)
    assert all(each.remedy.endswith(".") for each in made.findings)


def test_each_rule_has_a_case_that_breaks_it() -> None:
    assert {int(expected.split()[0]) for expected, _, _ in BAD} == set(range(1, len(RULES) + 1))


GOOD: dict[str, tuple[Cells, tuple[Change, ...]]] = {
    "the words of a formula do not make it long": (
        with_cells("Summary", A4=(f'=IF(B3>0,"{"very " * 30}good","bad")', "good")),
        (),
    ),
    "a number that is shown in a text may be rounded": (
        with_cells("Summary", A4=('="About "&ROUND(B3,0)', "About 2930")),
        (),
    ),
    "the last sum so far is not the total again": (
        with_row(10, "=SUM($E$7:{c}7)", A10="Sales so far", B10="GBP"),
        (),
    ),
    "a link to a link among the inputs is a link to an input": (
        with_cells(
            "Inputs",
            **given(9, "Our price", "GBP", 0) | {"C9": ("=C4", 10)},
        )
        | {"Output": {"B1": ("=Checks!B6", "OK"), "B3": ("=Inputs!C9", 10)}},
        (),
    ),
    "0, 1 and -1 are no constants": (with_row(10, "=1-{c}6*0-1+{c}4", **MORE), ()),
    "100% is 1": (with_row(10, "=100%-{c}6*{c}4", **MORE), ()),
    "a number within a text is no constant": (
        with_cells("Summary", A4=('="Year 12: "&B1', "Year 12: OK")),
        (),
    ),
    "digits in a name are no constant": (
        with_cells("Summary", A4="NPV", B4=("=npv_2027*1", 1)),
        (named("npv_2027", "'Cash flow'!$C$9"),),
    ),
    "NPV() may check on a sheet of checks": (
        with_cells("Checks", A7="Again", B7=("=NPV(Inputs!C6,'Cash flow'!E7:I7)", 1)),
        (),
    ),
    "a year may be rounded up on the time axis": (
        with_row(5, "=ROUNDUP({c}4/Inputs!$C$7,0)", [0, 1, 1, 1, 1], A5="Year", B5="no."),
        (on(FLOW, "freeze_panes", "E6"),),
    ),
    "whole years may be counted in a row that says so": (
        with_row(10, "=INT({c}4/Inputs!$C$7)", A10="Full years", B10="year"),
        (),
    ),
    "what is rounded up or has no value is rounded all the same": (
        with_row(10, '=IFERROR(-INT(-{c}4/Inputs!$C$7),"n/a")', A10="Whole years", B10="year"),
        (),
    ),
    "a rounding to decimals in a cell is an input": (
        with_row(10, "=ROUND({c}7,Inputs!$C$8)*{c}8", **MORE),
        (),
    ),
    "an IF that gives a flag may ask the time axis": (
        with_row(6, "=IF({c}4>=Inputs!$C$8,1,0)", [0, 0, 1, 1, 1]),
        (),
    ),
    "an IF may ask what is no time": (with_row(10, "=IF({c}7>0,{c}7,{c}6)", **MORE), ()),
    "one IF beside another is none within it": (
        with_row(10, "=IF({c}7>0,{c}7,{c}6)+IF({c}6>0,{c}7,{c}6)", **MORE),
        (),
    ),
    "ROWS() of a range around the cell is no circle": (
        with_cells(FLOW, C8=("=ROWS(C6:C9)*E8", 4)),
        (),
    ),
    "data on a very hidden sheet is no hidden logic": (
        sound() | {"Metadata": {"A1": "id", "B1": "42"}},
        (on("Metadata", "sheet_state", "veryHidden"),),
    ),
    "a formula that gives an empty text has a value": (
        with_cells("Summary", A4=('=IF(B3>0,"","negative")', "")),
        (),
    ),
    "a row may be typed where nothing is calculated": (
        with_cells(FLOW, **dict(zip(("E12", "F12", "G12"), (3, 8, 1), strict=True))),
        (),
    ),
    "sheets of another length of period stand elsewhere": (
        other_sheet(
            "Years",
            shifted("F", "FGHI")
            | {f"{column}3": f"Year {number}" for number, column in enumerate("FGHI", 1)},
        ),
        (on("Years", "freeze_panes", "F5"),),
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_only_looks_like_a_breach_is_let_pass(name: str) -> None:
    cells, changes = GOOD[name]
    assert found(report(cells, *changes)) == []


def test_formulas_are_shown_as_their_first_cell_has_them() -> None:
    finding = report(with_row(8, "=(1+Inputs!$C$6)^(-{c}4/12)")).findings[0]
    assert finding.example == "=(1+Inputs!$C$6)^(-E4/12)"
    assert (finding.places, finding.cells) == (("E8:I8",), 5)


def test_a_formula_that_fills_several_cells_is_one_formula() -> None:
    def spread(book: Workbook) -> None:
        book[FLOW]["E8"] = ArrayFormula("E8:I8", "=E7:I7*E6:I6")

    cells = with_cells(FLOW, **dict.fromkeys(("F8", "G8", "H8", "I8"), 1), E8=("=0", 1))
    texts = found(report(cells, spread))
    assert not [text for text in texts if text.startswith(("1 ", "3 ", "13 "))], texts


# --------------------------------------------------------------------------- what is an input


def test_without_any_sign_the_numbers_that_formulas_read_are_inputs() -> None:
    cells = with_cells(FLOW, J8=0.2, C8=("=E8*J8", 1))
    made = report(cells, styled=False)
    assert "1 Cash flow!J8 an input on a sheet of calculations" in found(made)
    [why] = [each.why for each in made.not_judged if each.rule == 13]
    assert why.startswith("no style, no lock and no blue ink")


def coloured(book: Workbook) -> None:
    for row in range(4, 9):
        book["Inputs"][f"C{row}"].font = Font(color="FF0000FF")


def test_blue_ink_tells_inputs_where_no_style_does() -> None:
    cells = with_cells(FLOW, J8=0.2, C8=("=E8*J8", 1))
    texts = found(report(cells, coloured, styled=False))
    assert "13 Cash flow!J8 a number in the look of a calculation" in texts
    assert not [text for text in texts if "look of an input" in text]


def test_unlocked_cells_tell_inputs_where_no_style_and_no_ink_do() -> None:
    def unlocked(book: Workbook) -> None:
        book["Inputs"].protection.sheet = True
        for row in range(4, 8):
            book["Inputs"][f"C{row}"].protection = Protection(locked=False)
        book["Inputs"]["C9"].protection = Protection(locked=False)

    cells = with_cells("Inputs", A9="Both", C9=("=C4*C5", 1000))
    assert "13 Inputs!C9 a formula in the look of an input" in found(
        report(cells, unlocked, styled=False)
    )


def test_locks_are_not_judged_where_no_sheet_is_protected() -> None:
    def unprotected(book: Workbook) -> None:
        for sheet in book:
            sheet.protection.sheet = False

    made = report(None, unprotected, locked_input)
    assert [each.why for each in made.not_judged if each.rule == 13] == [
        "locks: no sheet is protected, so they have no effect"
    ]


def test_what_needs_time_is_not_judged_without_a_time_axis() -> None:
    made = report({"About": sound()["About"], "Inputs": sound()["Inputs"]})
    silent = {each.rule for each in made.not_judged}
    assert silent >= {2, 3, 6, 8, 9, 15}


# --------------------------------------------------------------------------- rules as data


def test_the_rules_are_numbered_and_say_where_they_come_from() -> None:
    assert [each.number for each in RULES] == list(range(1, 18))
    for each in RULES:
        assert each.title and each.sources and each.looks_at.endswith(".")
        assert each.remedy.endswith(".")


@pytest.mark.parametrize("number", [0, 18, -1])
def test_there_is_no_rule_beyond_the_seventeen(number: int) -> None:
    with pytest.raises(IndexError):
        rule(number)


def test_a_circle_is_an_error_and_a_missing_version_a_warning() -> None:
    made = report(with_row(7, "={c}9*Inputs!$C$4", A7="Sales"))
    circle = next(each for each in made.findings if "circle" in each.found)
    assert circle.severity is Severity.ERROR
    missing = report(with_cells("About", A2="March 2027", A5=None)).findings[0]
    assert (shown(missing), missing.severity) == ("16 About no version", Severity.WARNING)
