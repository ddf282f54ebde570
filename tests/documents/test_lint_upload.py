"""A file from outside is refused or read where it can do no harm, and in good time."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from tests.counting import steps_of
from tests.documents.lint_books import content, report, with_part, with_row
from valuecalc.documents.lint.reading import read
from valuecalc.documents.lint.report import from_document
from valuecalc.documents.lint.run import run
from valuecalc.documents.lint.upload import lint
from valuecalc.errors import FileRefused

SHEET = "xl/worksheets/sheet3.xml"
BAD = with_row(8, "=(1+Inputs!$C$6)^(-{c}4/12)")


def changed(before: bytes, after: bytes, part: str = SHEET) -> bytes:
    def change(text: bytes) -> bytes:
        assert before in text
        return text.replace(before, after, 1)

    return with_part(content(), part, change)


def test_the_report_comes_back_whole_from_the_process_that_made_it() -> None:
    assert lint(content(BAD)) == report(BAD)


def test_a_report_is_the_same_after_it_was_json() -> None:
    made = report(BAD)
    assert from_document(json.loads(json.dumps(made.document()))) == made


HOSTILE = {
    "nothing": (b"", "no .xlsx file"),
    "a text": (b"label,value\n1,2\n", "no .xlsx file"),
    "an old or encrypted file": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password"),
    "half of a file": (content()[:2000], "damaged"),
    "a DTD": (changed(b"<sheetData>", b"<!DOCTYPE a><sheetData>"), "declares entities"),
    "a range without end": (
        changed(b"</sheetData>", b'</sheetData><mergeCell ref="A1:XFD1048576"/>'),
        "reaches as far as",
    ),
    "another workbook": (
        changed(b"<f>SUM(E7:I7)</f>", b"<f>[1]Sheet1!A1</f>"),
        "reads another workbook",
    ),
    "a program": (changed(b"<f>SUM(E7:I7)</f>", b"<f>cmd|'/c calc'!A0</f>"), "starts a program"),
    "XML that is none": (changed(b"</sheetData>", b"</sheetDat"), "cannot be read"),
    "no workbook": (changed(b"<sheets>", b"<sheets", "xl/workbook.xml"), "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_hostile_or_none_is_refused_with_its_cause(name: str) -> None:
    file, cause = HOSTILE[name]
    with pytest.raises(FileRefused) as refused:
        lint(file)
    assert cause in str(refused.value)


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("valuecalc.documents.lint.upload.PATIENCE", 0.01)
    with pytest.raises(FileRefused, match="too long"):
        lint(content())


def large(count: int) -> bytes:
    """A model of so many formulas: sums so far, products and conditions, in 50 periods."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Cash flow"
    columns = [get_column_letter(column) for column in range(5, 55)]
    sheet.append(["Period", "Unit", "Total", None, *range(50)])
    for row in range(2, 2 + count // 50):
        forms = ("=SUM($E{a}:{c}{a})*$C$2", "={c}{a}*(1+$C$1)", "=IF({c}1>$C$3,{c}{a}/12,0)")
        cells = [forms[row % 3].format(a=row - 1, c=each) for each in columns]
        sheet.append([f"Line {row}", "GBP", None, None, *cells])
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def steps_to_check(count: int) -> int:
    """How much is done to read and check a model of so many formulas."""
    file = large(count)
    return steps_of(lambda: run(read(file)))


def test_twice_as_many_formulas_are_checked_with_twice_the_work() -> None:
    assert steps_to_check(2_000) < 2.2 * steps_to_check(1_000)


def test_findings_of_a_large_file_are_counted_and_kept_short() -> None:
    made = run(read(large(5_000)))
    [constant] = [each for each in made.findings if each.rule == 4]
    assert constant.cells == 34 * 50
    assert len(json.dumps(made.document())) < 200_000
