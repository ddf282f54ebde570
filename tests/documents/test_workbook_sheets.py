"""The sheets that are read: Years, Benefits, Summary, About, and the words and charts on them."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import etree
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from tests.builders import assumption, benefit, case, investment
from tests.documents.workbook_cases import OUTLAY, PLAIN, QUARTERLY, SAVING, SYSTEM, WORK
from valuecalc.case.case import Case, Goal, Person, Proposition
from valuecalc.documents.workbook import Provenance, write, write_unfinished
from valuecalc.documents.workbook.names import defined_name
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.services import cases, library

GOALS = (
    Goal(id="cost", label="Lower the cost", owner="boss"),
    Goal(id="calm", label="Calmer *days*", owner="head", parent="cost"),
    Goal(id="rest", label="A goal of nobody"),
)
PEOPLE = (
    Person(id="boss", name="The boss", role="Sponsor"),
    Person(id="head", name="=HEAD()", role="Beneficiary"),
)
SHARED = replace(
    case(
        SAVING,
        OUTLAY,
        assumption("calls", 9, "call/month", grade="C"),
        replace(WORK, goal="cost", category="cost_reduction", realisation="50%", risk="10%"),
        replace(
            benefit("quiet", "saving * 2", attribution="0.5 + period / 100", risk="period / 90"),
            goal="calm",
            category="productivity",
        ),
        benefit("rest", "3 GBP/month"),
        benefit("fewer", "calls", non_monetary=True),
        replace(SYSTEM, category="capital", risk="20%"),
        investment("help", "10 GBP/month"),
    ),
    goals=GOALS,
    people=PEOPLE,
)


@functools.cache
def content_of(name: str) -> bytes:
    given = {"shared": SHARED, "quarterly": QUARTERLY}.get(name) or library.straw_man(name).case
    return write(calculate(given))


@functools.cache
def formulas_of(name: str) -> openpyxl.Workbook:
    return load(content_of(name))


@functools.cache
def values_of(name: str) -> openpyxl.Workbook:
    return load(content_of(name), values=True)


def opened(name: str = "shared", *, values: bool = False) -> openpyxl.Workbook:
    """A workbook that is only read."""
    return values_of(name) if values else formulas_of(name)


def load(content: bytes, *, values: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content), data_only=values)


def row_of(sheet: Worksheet, label: str, below: str = "") -> tuple[Cell, ...]:
    """The first row with a label, below a heading."""
    rows = list(sheet.iter_rows())
    start = next(n for n, row in enumerate(rows) if below in ("", row[0].value))
    return next(row for row in rows[start:] if row[0].value == label)


def texts_of(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


# --------------------------------------------------------------------------- benefits


def test_what_haircuts_take_off_leads_from_gross_to_net() -> None:
    sheet = opened(values=True)["Benefits"]
    for label in ("Work", "Quiet", "Total benefits", "System"):
        row = row_of(sheet, label)
        gross, *taken, net = (cell.value or 0.0 for cell in row[2:7])
        assert gross + sum(taken) == pytest.approx(net), label
    work = row_of(sheet, "Work")
    gross = work[2].value
    assert [cell.value for cell in work[3:6]] == [
        pytest.approx(-0.5 * gross),
        None,
        pytest.approx(-0.05 * gross),
    ]


@pytest.mark.parametrize("name", ["shared", "contact-centre", "claims-handling", "quarterly"])
def test_every_way_to_part_the_benefits_adds_up_with_a_check_beside(name: str) -> None:
    result = calculate(SHARED) if name == "shared" else None
    sheet, live = opened(name, values=True)["Benefits"], opened(name)["Benefits"]
    totals = [row for row in sheet.iter_rows() if str(row[0].value).startswith("Total")]
    assert len(totals) >= 4
    for row in totals:
        assert row[9].value == "OK"
        assert live[row[9].coordinate].value.startswith("=IF(ABS(N($G")
    if result is not None:
        nets = {row[6].value for row in totals}
        wanted = [result.value("total_benefits"), result.value("total_investment")]
        assert sorted(round(net, 6) for net in nets) == sorted(round(w or 0, 6) for w in wanted)


def test_a_benefit_counts_for_the_goal_it_serves_and_for_whose_it_is() -> None:
    result, sheet = calculate(SHARED), opened(values=True)["Benefits"]
    by_goal = {
        label: row_of(sheet, label, "Benefits by goal")[6].value
        for label in ("Lower the cost", "calm", "A goal of nobody", "No goal named")
    }
    work, quiet, rest = (result.value(f"benefits.{id}.total") for id in ("work", "quiet", "rest"))
    assert by_goal == {
        "Lower the cost": pytest.approx(work),
        "calm": pytest.approx(quiet),
        "A goal of nobody": 0,
        "No goal named": pytest.approx(rest),
    }
    assert row_of(sheet, "The boss", "Benefits by person")[6].value == pytest.approx(work)
    assert row_of(sheet, "head", "Benefits by person")[6].value == pytest.approx(quiet)
    assert row_of(sheet, "Nobody named")[6].value == pytest.approx(rest)


MISREAD = ("*", "<5", "May 1", "TRUE", "", "A" * 300, "=x", "Lower the COST")


@functools.cache
def misread() -> tuple[Result, Worksheet]:
    """A case with all these goals, each with a benefit of another size, and its benefits."""
    odd = [Goal(id=f"odd_{number}", label=label) for number, label in enumerate(MISREAD)]
    for_each = [
        replace(benefit(f"work_{number}", f"saving * {number + 1}"), goal=goal.id)
        for number, goal in enumerate(odd)
    ]
    goals = (*odd, Goal(id="cost", label="Lower the cost"))
    result = calculate(replace(SHARED, goals=goals, benefits=tuple(for_each)))
    return result, load(write(result), values=True)["Benefits"]


@pytest.mark.parametrize("label", MISREAD)
def test_a_goal_that_a_program_could_misread_goes_by_its_id(label: str) -> None:
    (result, sheet), number = misread(), MISREAD.index(label)
    row = row_of(sheet, f"odd_{number}", "Benefits by goal")
    assert row[6].value == pytest.approx(result.value(f"benefits.work_{number}.total"))


def test_evidence_shares_out_all_benefits_by_grade() -> None:
    book = opened(values=True)
    shares = [row_of(book["Benefits"], f"Grade {grade}")[7].value for grade in "ABCDE"]
    assert math.fsum(shares) == pytest.approx(1)
    assert shares[0] > 0
    assert shares[4] > 0


def test_outcomes_stand_in_their_own_unit_and_in_no_total() -> None:
    row = row_of(opened(values=True)["Benefits"], "Fewer")
    assert row[1].value == "call"
    assert row[6].value == pytest.approx(9 * 36)
    assert row[8].value is None


def test_a_case_without_lines_has_no_empty_tables() -> None:
    sheet = load(write(calculate(case())), values=True)["Benefits"]
    assert not [text for text in texts_of(sheet) if text.startswith("Total")]


# --------------------------------------------------------------------------- years


@pytest.mark.parametrize("name", ["shared", "quarterly"])
def test_the_years_of_a_line_sum_to_its_total(name: str) -> None:
    result = calculate({"shared": SHARED, "quarterly": QUARTERLY}[name])
    sheet = opened(name, values=True)["Years"]
    for line in result.lines:
        row = row_of(sheet, line.label)
        assert row[2].value == pytest.approx(result.value(f"{line.prefix}.total"))
        assert math.fsum(cell.value for cell in row[4:]) == pytest.approx(row[2].value)
        if line.factors:
            gross = row_of(sheet, f"Gross: {line.label}")
            assert gross[2].value == pytest.approx(result.value(f"{line.prefix}.gross"))


# --------------------------------------------------------------------------- words


def test_the_statement_reads_as_everywhere_else_and_its_numbers_are_formulas() -> None:
    result = calculate(library.straw_man("contact-centre").case)
    values, live = (opened("contact-centre", values=v)["Summary"] for v in (True, False))
    rows = list(values.iter_rows(max_col=2))
    first = next(n for n, row in enumerate(rows) if row[0].value == "We believe that")
    shown = [(row[0].value, row[1].value) for row in rows[first : first + 5]]
    said = " ".join(f"{lead or ''} {text}".strip() for lead, text in shown)
    wanted = " ".join(f"{lead} {text}" for lead, text in result.statement.parts[:4])
    assert said.replace("\xa0", " ") == wanted.replace("\xa0", " ")
    money = row_of(live, "for an investment of")[1].value
    assert money.startswith("='Chart data'!")


def test_a_number_in_a_sentence_needs_no_format_of_one_language() -> None:
    sheet = opened("contact-centre")["Chart data"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert any("FIXED(" in formula for formula in formulas)
    assert not [formula for formula in formulas if "TEXT(" in formula]


def test_a_loss_and_a_figure_that_does_not_exist_can_be_said() -> None:
    lossy = replace(PLAIN, proposition=Proposition(figure="npv"))
    lossy = replace(lossy, investments=(investment("system", "outlay * 9"),))
    sheet = load(write(calculate(lossy)), values=True)["Chart data"]
    assert str(row_of(sheet, "Net present value (NPV)")[1].value).startswith("\u2212£")
    none = replace(PLAIN, proposition=Proposition(figure="irr"), benefits=())
    assert any(
        "…" in text for text in texts_of(load(write(calculate(none)), values=True)["Summary"])
    )


@pytest.mark.parametrize("text", ["=1+1", "\x010\x02", "\x0199\x02 x", '"&A1&"', "\ue000" * 9])
def test_a_proposition_cannot_write_formulas_of_its_own(text: str) -> None:
    hostile = replace(PLAIN, customer=text, proposition=Proposition(change=text, capability=text))
    formulas = list(formulas_in(write(calculate(hostile))))
    assert len(formulas) > 100
    assert not [f for f in formulas if "1+1" in f or '"&A1&"' in f]


def formulas_in(content: bytes) -> Iterator[str]:
    """All formulas of a file, as they stand in it."""
    with ZipFile(BytesIO(content)) as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/sheet"):
                for each in etree.fromstring(archive.read(part)).iter("{*}f"):
                    yield str(each.text)


def test_a_long_list_of_assumptions_says_how_many_more_there_are() -> None:
    many = [assumption(f"a{n}_x", n, "GBP/month") for n in range(40)]
    long = case(*many, benefit("work", " + ".join(each.id for each in many)))
    texts = texts_of(load(write(calculate(long)))["Summary"])
    assert "and 16 more, which stand on Inputs" in texts


# --------------------------------------------------------------------------- charts


def charts_of(content: bytes) -> dict[str, etree._Element]:
    with ZipFile(BytesIO(content)) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        roots = [etree.fromstring(archive.read(part)) for part in parts]
    return {"".join(root.find("{*}chart/{*}title").itertext()).strip(): root for root in roots}


def numbers(root: etree._Element) -> dict[str, list[float]]:
    found = {}
    for series in root.iter("{*}ser"):
        label = series.find("{*}tx").findtext(".//{*}v")
        points = series.find("{*}val").iter("{*}pt")
        found[str(label)] = [float(point.findtext("{*}v")) for point in points]
    return found


def chart(content: bytes, begins: str) -> etree._Element:
    return next(root for title, root in charts_of(content).items() if title.startswith(begins))


@pytest.mark.parametrize("factor", [1, 9])
def test_the_waterfall_goes_from_benefits_over_investments_to_the_value(factor: int) -> None:
    given = replace(PLAIN, investments=(investment("system", f"outlay * {factor}"),))
    result = calculate(given)
    bars = numbers(chart(write(result), "From benefits over investments"))
    value, benefits = result.value("value") or 0.0, result.value("total_benefits") or 0.0
    assert bars["Up above"][0] == pytest.approx(benefits)
    above, below = bars["Down above"][1], bars["Down below"][1]
    assert above - below == pytest.approx(result.value("total_investment"))
    # A step that crosses zero has a part on either side of it.
    assert (below < 0) is (value < 0)
    assert bars["Total"] == [pytest.approx(value)]


def test_cumulative_cash_and_the_years_are_drawn_from_the_cash_flow() -> None:
    result = calculate(SHARED)
    content = write(result)
    cash = numbers(chart(content, "Cumulative cash"))
    assert cash["Cumulative cash"][-1] == pytest.approx(result.value("value"))
    assert cash["Discounted"][-1] == pytest.approx(result.value("npv"))
    years = numbers(chart(content, "Benefits, investments and net cash"))
    assert math.fsum(years["Net"]) == pytest.approx(result.value("value"))
    assert math.fsum(years["Investments"]) == pytest.approx(
        -(result.value("total_investment") or 0)
    )


def test_every_chart_shows_its_axes_and_carries_what_it_shows() -> None:
    for title, root in charts_of(content_of("shared")).items():
        axes = [axis for kind in ("catAx", "valAx") for axis in root.iter(f"{{*}}{kind}")]
        assert axes, title
        assert all(axis.find("{*}delete").get("val") == "0" for axis in axes), title
        references = list(root.iter("{*}numRef", "{*}strRef"))
        assert all(each.find(".//{*}ptCount") is not None for each in references), title


# --------------------------------------------------------------------------- where it comes from

KNOWN = Provenance(
    exported_by="Ann & <Ott>",
    company="Acme \x00 Ltd",
    exported=date(2026, 11, 3),
    case_id="4f2a",
    version="7",
    revision="0a1b",
    export_id="e-1",
)


def test_a_workbook_says_who_exported_which_version_and_when() -> None:
    content = write(calculate(PLAIN), provenance=KNOWN)
    book = load(content)
    said = dict(zip(*(texts_of_column(book["About"], n) for n in (1, 2)), strict=True))
    assert said["Exported on"] == "3 November 2026"
    assert said["Exported by"] == "Ann & <Ott>, Acme \ufffd Ltd"
    assert (said["Version"], said["Case id"], said["Revision"]) == ("7", "4f2a", "0a1b")
    kept = {each.name: each.value for each in book.custom_doc_props}
    assert kept["Export id"] == "e-1"
    assert book.properties.creator == "Ann & <Ott>"
    with ZipFile(BytesIO(content)) as archive:
        app = etree.fromstring(archive.read("docProps/app.xml"))
    assert app.findtext("{*}Company") == "Acme \ufffd Ltd"
    assert any("as exported on 3 November 2026" in text for text in texts_of(book["Summary"]))


def texts_of_column(sheet: Worksheet, column: int) -> list[str]:
    return [str(row[column - 1].value) for row in sheet.iter_rows(max_col=2)]


def test_about_leads_to_every_sheet() -> None:
    book = opened("contact-centre")
    links = {
        cell.value: cell.hyperlink.location
        for row in book["About"].iter_rows(max_col=1)
        for cell in row
        if cell.hyperlink
    }
    assert links == {title: f"'{title}'!A1" for title in book.sheetnames if title != "About"}


def test_about_says_what_is_on_each_sheet() -> None:
    book = opened("contact-centre")
    for title in book.sheetnames[1:]:
        assert row_of(book["About"], title)[1].value, title


def test_warnings_stand_before_anything_else() -> None:
    texts = texts_of_column(opened()["About"], 1)
    count = len(calculate(SHARED).warnings)
    assert count > 1
    assert f"This case was exported with {count} warnings" in texts[: texts.index("Sheets")]


# --------------------------------------------------------------------------- mistakes


def broken() -> Case:
    return replace(PLAIN, benefits=(benefit("work", "nobody * 5"), benefit("other", "=1+1")))


def test_a_case_with_mistakes_says_so_on_the_face_of_every_sheet() -> None:
    problems = cases.check(broken())
    book = load(write_unfinished(broken(), problems, "{}", provenance=KNOWN))
    assert book.active.title == "Mistakes"
    errors = [each for each in problems if each.is_error]
    for sheet in book:
        assert str(sheet["A3"].value).startswith(
            f"This case has {len(errors)} mistakes and no figures: benefits."
        )
        assert sheet["A3"].fill.start_color.rgb.endswith("A8391F")
    texts = texts_of(book["Mistakes"])
    for each in errors:
        assert {each.place, each.cause, each.remedy} <= set(texts)


def test_what_can_be_read_of_it_stands_there_and_nothing_is_calculated_or_unlocked() -> None:
    book = load(write_unfinished(broken(), cases.check(broken())))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or not cell.protection.locked]
    assert row_of(book["Inputs"], "Saving")[2].value == 1000
    line = row_of(book["Lines"], "Work")
    assert line[2].value == "nobody * 5"
    assert "nobody" in line[3].value
    assert row_of(book["Lines"], "Other")[2].data_type == "s"


def test_a_sound_case_has_no_workbook_of_mistakes() -> None:
    with pytest.raises(ValueError, match="use write"):
        write_unfinished(PLAIN, cases.check(PLAIN))


# --------------------------------------------------------------------------- names

FORBIDDEN = ("a1", "r1c1", "c", "r", "true", "false", "rc", "xfd1048576", "c5_new", "x" * 240)


def named(*ids: str) -> Mapping[str, float]:
    """The values of assumptions with these ids, as the cells of their names show them."""
    given = case(
        *(assumption(id, n, "GBP/month") for n, id in enumerate(ids, 1)),
        benefit("work", " + ".join(ids)),
        SYSTEM,
        OUTLAY,
    )
    content = write(calculate(given))
    live, values = load(content), load(content, values=True)
    found = {}
    for id in ids:
        [(title, area)] = live.defined_names[defined_name(f"assumptions.{id}")].destinations
        found[id] = values[title][area.replace("$", "")].value
    return found


def test_names_that_a_spreadsheet_forbids_are_found_all_the_same() -> None:
    assert named(*FORBIDDEN) == {id: n for n, id in enumerate(FORBIDDEN, 1)}


def test_two_long_names_do_not_become_one() -> None:
    first, second = "y" * 280 + "1", "y" * 280 + "2"
    assert defined_name(first) != defined_name(second)
    assert max(len(defined_name(first)), len(defined_name(second))) <= 255
