"""A case from a file or a pasted table: shown first, kept only when it is asked for."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import openpyxl
import pytest
from flask import Flask
from openpyxl import Workbook
from werkzeug.test import TestResponse

from tests.documents import libreoffice
from tests.documents.test_gate import HOSTILE
from tests.web.cases import as_text, minimal
from tests.web.readers import tree, words
from tests.web.visitors import Cast, cast
from valuecalc.errors import DocumentError
from valuecalc.schemas.assumption_table import columns_of, read_table
from valuecalc.schemas.table_texts import iso_day
from valuecalc.services import cases, exchange, home, library, saved_cases
from valuecalc.services.starting_from_file import read_file, read_text
from valuecalc.store.database import Database

PASTED = """My numbers

Assumption\tLow\tExpected value\tHigh\tUnit\tData source\tGrade\tComment
Subscribers\t90,000\t104k\t120,000\tsubscriber\tBilling\tA\tCounted
Price (today)\t\t£22\t\tGBP/subscriber/month\tAccounts\tb\t
Uplift\t5%\t7%\t10%
Costs
Bad\t\t12,5
\t\t5
Odd unit\t\t3\t\t#
"""


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


def uploaded(people: Cast, content: bytes, name: str) -> TestResponse:
    data = {"csrf_token": people.editor.token(), "file": (io.BytesIO(content), name)}
    return people.editor.client.post("/start/file", data=data)


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def created(people: Cast, response: TestResponse, **fields: str) -> TestResponse:
    """Sends the form of a preview."""
    [form] = tree(response).xpath("//form[contains(@class, 'from-file-keep')]")
    return people.editor.send("/start/file/create", {**dict(form.form_values()), **fields})


def only_case(people: Cast, store: Database) -> Any:
    [row] = home.page(store, people.editor.actor, 9).rows
    return saved_cases.load(store, people.editor.actor, row.listed.head.uid).case


# --------------------------------------------------------------------------- tables


def test_a_pasted_table_becomes_a_case(people: Cast, store: Database) -> None:
    response = people.editor.send("/start/file", {"text": PASTED})
    assert response.status_code == 200
    assert home.page(store, people.editor.actor, 9).rows == ()
    done = created(people, response, title="Data services", customer="Company B")
    assert done.status_code == 303
    case = only_case(people, store)
    assert (case.title, case.customer, case.currency) == ("Data services", "Company B", "GBP")
    subscribers, price, uplift, odd = case.assumptions
    assert (subscribers.low, subscribers.value, subscribers.high) == (90_000, 104_000, 120_000)
    assert (subscribers.evidence.grade, subscribers.evidence.source) == ("A", "Billing")
    assert (price.value, price.unit, price.evidence.grade) == (22, "GBP/subscriber/month", "B")
    assert (uplift.low, uplift.value, uplift.high, uplift.unit) == (0.05, 0.07, 0.1, "%")
    assert odd.note == "Unit: #."


def test_what_cannot_be_read_is_told_by_its_row(people: Cast) -> None:
    page = tree(people.editor.send("/start/file", {"text": PASTED}))
    notes = [words(each) for each in page.xpath("//ul[contains(@class, 'from-file-notes')]/li")]
    assert [each.partition(".")[0] for each in notes] == [
        "Row 7 “Costs” has no value",
        "Row 8 “12,5” uses a decimal comma",
        "Row 9 There is a number without a name",
        "Row 10 “#” is no unit",
    ]


def test_the_table_of_a_workbook_is_found_with_its_formats(people: Cast, store: Database) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Notes"])
    sheet = book.create_sheet("Inputs")
    sheet.append(["Name", "Amount (GBP)", "Evidence"])
    sheet.append(["Uplift", 0.07, "E"])
    sheet.append(["Licence", 9000, "C"])
    sheet["B2"].number_format = "0%"
    target = io.BytesIO()
    book.save(target)
    response = uploaded(people, target.getvalue(), "our_numbers-2026.xlsx")
    assert "the sheet “<bdi>Inputs</bdi>”" in response.text
    assert created(people, response).status_code == 303
    case = only_case(people, store)
    assert case.title == "our numbers 2026"
    uplift, licence = case.assumptions
    assert (uplift.value, uplift.unit, uplift.evidence.grade) == (0.07, "%", "E")
    assert (licence.value, licence.unit, licence.evidence.grade) == (9000, "GBP", "C")


def test_a_csv_may_have_commas_or_semicolons(people: Cast) -> None:
    for text in ("Assumption,Value\nUsers,100\n", "Assumption;Value\nUsers;100\n"):
        assert "Users" in uploaded(people, text.encode(), "a.csv").text


def assumptions_of(text: str, name: str = "") -> list[tuple[str, float, str]]:
    """The label, the value and the unit of each assumption of a text, pasted or in a file."""
    read = read_file(text.encode(), name) if name else read_text(text)
    return [(each.label, each.value, each.unit) for each in read.case.assumptions]


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_a_pasted_table_may_have_anything_between_its_columns(delimiter: str) -> None:
    rows = (
        ["Reference", "Amount", "Per", "Name"],
        ["CRM", "£22", "hour", "Wage"],
        [],
        ["", "", ""],
    )
    text = "\n".join(delimiter.join(row) for row in rows)
    assert assumptions_of(text) == assumptions_of(text, "t.csv") == [("Wage", 22, "GBP/hour")]


def test_a_case_with_labels_and_values_on_a_line_is_no_table() -> None:
    text = as_text(minimal())
    assert read_text(text).table is None
    line = "assumptions:\n- {id: users, label: Users, value: 3, unit: user}\n"
    read = read_text(f"format: valuecalc/1\ntitle: A\n{line}")
    assert (read.table, read.case.assumptions[0].value) == (None, 3)


def test_numbers_with_decimal_commas_are_read_and_told() -> None:
    text = "Bezeichnung;Wert;Einheit\nAnrufe;12.000;call\nLohn;22,50 €;EUR/hour\nAnteil;12,5 %;\n"
    read = read_text(text)
    assert [each.value for each in read.case.assumptions] == [12_000, 22.5, 0.125]
    assert read.case.currency == "EUR"
    assert "decimal commas: “22,50 €” is €22.50" in read.notes[0].cause


@pytest.mark.parametrize(
    ("number", "value", "doubt"),
    [
        ("12.000", 12, "“12.000” was read as 12.000, with a decimal point."),
        ("0.125", 0.125, None),
        ("12.5", 12.5, None),
        ("1.234,5", 1234.5, None),
        ("3'000", 3000, None),
        ("5 €", 5, None),
    ],
)
def test_a_dot_that_may_stand_for_thousands_is_asked_about(
    number: str, value: float, doubt: str | None
) -> None:
    read = read_text(f"Name\tValue\nCalls\t{number}\n")
    assert [each.value for each in read.case.assumptions] == [value]
    told = [each.cause for each in read.notes if each.place == "row 2"]
    assert told == ([doubt] if doubt else [])


@pytest.mark.parametrize("other", ["12.5", "12,500", "1,234.5"])
def test_a_table_with_both_kinds_of_numbers_leaves_out_what_it_cannot_know(other: str) -> None:
    read = read_text(f"Name\tValue\nCalls\t{other}\nWage\t22,50\n")
    assert [each.label for each in read.case.assumptions] == ["Calls"]
    [told] = [each for each in read.notes if each.place == "row 3"]
    assert "decimal comma" in told.cause


def test_names_that_come_twice_or_are_too_long_are_told() -> None:
    read = read_text(f"Name\tValue\nCalls\t5\ncalls\t6\n{'x' * 301}\t7\n=1+1\t8\n")
    assert [each.id for each in read.case.assumptions][:2] == ["calls", "calls_2"]
    assert [len(each.label) for each in read.case.assumptions] == [5, 5, 300, 4]
    assert [each.place for each in read.notes] == ["row 3", "row 4"]


def test_a_low_above_its_value_is_told_and_that_nothing_uses_it_is_not() -> None:
    read = read_text("Name\tLow\tValue\nCalls\t50\t6\n")
    assert [each.place for each in read.notes] == ["assumptions.calls.low"]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-31", "2026-03-31"),
        ("31.03.2026", "2026-03-31"),
        ("31/3/2026", "2026-03-31"),
        ("3/31/2026", "2026-03-31"),
        ("5/5/2026", "2026-05-05"),
        ("3 March 2026", "2026-03-03"),
        ("3 Mar. 2026", "2026-03-03"),
        ("3/4/2026", None),
        ("31.02.2026", None),
        ("3 Nonsense 2026", None),
        ("soon", None),
    ],
)
def test_days_are_read_where_they_can_be_one_only(written: str, day: str | None) -> None:
    assert iso_day(written) == day


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_may_come_as_excel_saves_it(encoding: str) -> None:
    read = read_file("Name;Value\nLöhne;5 €\n".encode(encoding), "t.csv")
    assert [(each.label, each.unit) for each in read.case.assumptions] == [("Löhne", "EUR")]


@pytest.mark.parametrize("text", ["Name  Value\nCalls  12\n", "| Name | Value |\n| Calls | 12 |"])
def test_a_text_that_is_neither_table_nor_case_says_how_to_write_a_table(text: str) -> None:
    with pytest.raises(DocumentError, match="tabs, semicolons or commas"):
        read_text(text)


def test_a_table_without_headings_is_refused_with_a_remedy(people: Cast) -> None:
    for response in (
        people.editor.send("/start/file", {"text": "Users\t100"}),
        uploaded(people, workbook(["Users", 100]), "a.xlsx"),
    ):
        assert response.status_code == 422
        assert "No row of the table names its columns" in response.text


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Assumption", "label"),
        ("Value driver", "label"),
        ("Assumption value", "value"),
        ("Base case", "value"),
        ("Low value", "low"),
        ("Optimistic", "high"),
        ("Unit of measure", "unit"),
        ("Data source", "source"),
        ("Comments", "note"),
        ("", None),
        ("What the customer told us on the phone about it", None),
    ],
)
def test_a_heading_is_understood_by_its_words(heading: str, column: str | None) -> None:
    assert columns_of([heading]) == ({column: 0} if column else {})


def test_ids_are_free_and_no_words_of_formulas() -> None:
    rows = [["Name", "Value"], *([name, "1"] for name in ("Max", "Users", "users!", "3rd", "الف"))]
    read = read_table(rows)
    assert read is not None
    ids = [each["id"] for each in read.assumptions]
    assert len(set(ids)) == 5
    assert "max" not in ids


@pytest.mark.parametrize(("rows", "told"), [(1_000, []), (1_001, ["Row 1002"])])
def test_rows_beyond_those_that_are_read_are_told(rows: int, told: list[str]) -> None:
    table = [["Name", "Value"], *([f"n{number}", ""] for number in range(rows)), ["", ""]]
    read = read_table(table)
    assert read is not None
    late = [each for each in read.problems if "read up to 1,000 rows" in each.cause]
    assert [each.place.capitalize() for each in late] == told


def test_a_sheet_that_is_longer_than_what_is_read_says_so(people: Cast) -> None:
    rows = [["Assumption", "Value"], *([f"n{number}", None] for number in range(2_500))]
    assert "A table is read up to 1,000 rows" in uploaded(people, workbook(*rows), "a.xlsx").text


# --------------------------------------------------------------------------- our own workbooks


def test_a_workbook_from_here_brings_its_case_back(people: Cast, store: Database) -> None:
    straw_man = library.straw_man(library.FEATURED).case
    response = uploaded(people, cases.export(straw_man, "xlsx").content, "a.xlsx")
    assert response.status_code == 200
    assert "Every number is as it was exported" in response.text
    assert created(people, response).status_code == 303
    kept = only_case(people, store)
    assert kept == straw_man


def test_what_differs_from_the_export_is_shown_before_it_is_kept(
    people: Cast, store: Database
) -> None:
    straw_man = library.straw_man(library.FEATURED).case
    changed = libreoffice.with_inputs(
        cases.export(straw_man, "xlsx").content,
        {"assumptions.subscribers.expected": 90_000, "timeline.months": 12},
    )
    response = uploaded(people, changed, "from <b>customer.xlsx")
    page = tree(response)
    assert "1 number differs from the export" in words(page.xpath("//main")[0])
    [row] = page.xpath("//section[@aria-labelledby='changes-title']//tbody/tr")
    cells = [words(each) for each in row.xpath("./th/span | ./td")]
    assert cells == ["Expected", "104,167 subscribers", "90,000 subscribers"]
    notes = [words(each) for each in page.xpath("//ul[contains(@class, 'from-file-notes')]/li")]
    assert notes[0].startswith("Horizon It is fixed in a workbook, and was changed to 12.")
    assert not [each for each in notes if "not as expected" in each]
    assert created(people, response).status_code == 303
    kept = only_case(people, store).assumption("subscribers")
    assert kept.value == 90_000
    assert kept.evidence.source == "Changed in the workbook from <b>customer.xlsx"
    assert "<b>customer" not in people.editor.text("/cases")


def test_a_workbook_from_here_that_lost_its_case_is_read_as_a_table(people: Cast) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(cases.export(library.straw_man(library.FEATURED).case, "xlsx").content)
    )
    target = io.BytesIO()
    book.save(target)
    response = uploaded(people, target.getvalue(), "a.xlsx")
    assert response.status_code == 200
    assert "the case that it carried is gone" in response.text


# --------------------------------------------------------------------------- other files


def test_the_text_of_a_case_comes_as_it_is(people: Cast, store: Database) -> None:
    response = people.editor.send("/start/file", {"text": as_text(minimal())})
    assert "worth £6.00k" in response.text
    assert created(people, response).status_code == 303
    assert only_case(people, store).benefits[0].formula == "users * 50 GBP/user/year"


def test_the_file_of_a_straw_man_and_its_value_model_are_read(people: Cast) -> None:
    straw_man = library.straw_man(library.FEATURED)
    response = uploaded(people, straw_man.path.read_bytes(), "a.yaml")
    assert straw_man.case.title in response.text
    model = exchange.export(straw_man.case, exchange.VALUE_MODELS)
    assert straw_man.case.title in uploaded(people, model.content, model.name).text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "neither a workbook nor a text"),
        (b"{", "Line 1"),
        (b"title: 3", "format"),
        (b'{"a": ' * 5_000, "deep|nested"),
    ],
)
def test_what_is_no_case_is_refused_with_its_place(people: Cast, content: bytes, told: str) -> None:
    response = uploaded(people, content, "a.json")
    assert response.status_code == 422
    assert re.search(told, response.text)


@pytest.mark.parametrize("kind", ["macros", "entities in a sheet", "a path to above"])
def test_a_hostile_workbook_is_refused_on_the_page(people: Cast, kind: str) -> None:
    make, _ = HOSTILE[kind]
    response = uploaded(people, make(), "a.xlsx")
    assert response.status_code == 422
    assert "This cannot be used yet" in response.text


def test_a_file_that_is_too_large_is_not_read(people: Cast) -> None:
    assert uploaded(people, b"PK\x03\x04" + b"\0" * 5_200_000, "a.xlsx").status_code == 413


# --------------------------------------------------------------------------- keeping


def test_the_same_preview_makes_one_case(people: Cast, store: Database) -> None:
    response = people.editor.send("/start/file", {"text": PASTED})
    assert created(people, response).location == created(people, response).location
    assert only_case(people, store)


def test_a_mistake_in_the_form_of_the_preview_is_told_there(people: Cast) -> None:
    response = people.editor.send("/start/file", {"text": PASTED})
    done = created(people, response, currency="pounds")
    assert done.status_code == 422
    assert 'id="currency-mistake"' in done.text


@pytest.mark.parametrize("document", ["", "[]", "{", "null", json.dumps({"format": "x"})])
def test_a_made_up_document_is_refused(people: Cast, document: str) -> None:
    form = {"document": document, "title": "A", "currency": "GBP"}
    assert people.editor.send("/start/file/create", form).status_code == 422


def test_hostile_texts_stay_texts(people: Cast) -> None:
    markup = "<script>alert(1)</script>"
    table = f"Assumption\tValue\tUnit\tSource\n{markup}\t3\t{markup}\t{markup}\n{markup}\t{markup}"
    response = people.editor.send("/start/file", {"text": table})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
