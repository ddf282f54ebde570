"""What a proposal consists of: its sections, its length, its contents, and what refers to what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

import pytest

from tests.builders import assumption, benefit, case, investment
from tests.documents.proposal_reader import NAMESPACES, Document, W, small_pictures, text_of
from valuecalc.case.case import Case
from valuecalc.documents.proposal import FULL, SECTIONS, SHORT, About, Options, omml, write
from valuecalc.documents.proposal.equations import main_equations
from valuecalc.documents.proposal.omml import Brackets, Fraction, Index, Power, Sum, row
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result
from valuecalc.errors import InputError
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

MODELS = sorted(file.stem for file in models_folder().glob("*.yaml"))
IDS = [each.id for each in SECTIONS]
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
ABOUT = About(company="Acme", by="Jo Fox", day=date(2027, 3, 1), version="14")


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


@cache
def result(name: str = "field-service") -> Result:
    return calculate(case_from_text((models_folder() / f"{name}.yaml").read_bytes()))


@cache
def scenarios_of(name: str) -> tuple[Result, ...]:
    return compare(result(name).case)


@cache
def as_usual(name: str) -> Document:
    return Document(write(result(name), scenarios_of(name)))


def written(name: str = "field-service", **options: Any) -> Document:
    if not options:
        return as_usual(name)
    return Document(write(result(name), scenarios_of(name), options=Options(**options)))


def small(**more: Any) -> Case:
    return case(
        assumption("users", 100, "user", low=80, high=120),
        benefit("gain", "users * 5 GBP/user/month"),
        investment("licence", "6000 GBP"),
        **more,
    )


def chapters(document: Document) -> list[str]:
    return [text for level, text in document.headings if level == 1]


# choosing sections


def test_sections_are_written_in_the_order_that_is_wanted() -> None:
    document = written(sections=["decisions", "benefits", "summary"])
    assert chapters(document) == ["Decisions", "Benefits", "Executive summary"]


def test_a_section_that_is_named_twice_is_written_once() -> None:
    assert chapters(written(sections=["benefits", "benefits"])) == ["Benefits"]


@pytest.mark.parametrize("id", IDS)
def test_every_section_can_stand_alone(id: str) -> None:
    document = written(sections=[id])
    assert document.text.strip()
    assert "…" not in "".join(document.styled("Normal"))


def test_a_section_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InputError, match="no section “benefit”") as error:
        written(sections=["summary", "benefit"])
    assert all(id in error.value.remedy for id in IDS)


def test_a_length_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InputError, match="full, short"):
        written(length="long")


def test_the_ids_of_the_sections_are_all_different() -> None:
    assert len(set(IDS)) == len(IDS)


# the short one


def test_the_short_document_has_what_a_decision_needs() -> None:
    document = written(length=SHORT)
    styles = [text for style, text in document.paragraphs if style == "HeadingShort"]
    assert styles == [
        "Value proposition",
        "How the value comes about",
        "Benefits",
        "Investment",
        "How sure the value is",
        "Decisions",
        "Sign-off",
    ]
    assert document.styled("TitleShort") == [result().case.title]


@pytest.mark.parametrize("name", MODELS)
def test_the_numbers_of_the_short_document_are_those_of_the_engine(name: str) -> None:
    document = written(name, length=SHORT)
    filled = (each for each in document.controls if each.text.strip())
    shown = {each.tag: each.text for each in filled if not each.tag.startswith("text.")}
    assert {"value", "total_benefits", "total_investment", "npv"} <= shown.keys()
    assert all(result(name).figure(tag).text == text for tag, text in shown.items())


def test_the_short_document_counts_the_lines_that_it_leaves_out() -> None:
    lines = [benefit(f"gain_{number}", f"{number + 1}000 GBP") for number in range(9)]
    made = calculate(case(*lines, investment("licence", "6000 GBP")))
    rows = Document(write(made, options=Options(length=SHORT))).table("Benefits:")
    assert [each[0] for each in rows[1:6]] == [f"Gain {number}" for number in (8, 7, 6, 5, 4)]
    assert rows[6][0] == "and 4 smaller ones, counted in the total"
    assert rows[7][2] == made.figure("total_benefits").text


def test_the_lines_that_the_short_statement_leaves_out_stand_in_one_style() -> None:
    lines = [investment(f"fee_{number}", "6000 GBP") for number in range(9)]
    document = Document(
        write(calculate(case(benefit("gain", "9000 GBP"), *lines)), options=Options(length=SHORT))
    )
    [last] = [each for each in document.find(".//w:p") if "full document" in text_of(each)]
    assert text_of(last) == "and 6 more, each with its evidence, in the full document"
    styles = {each.get(f"{W}val") for each in last.findall("w:r/w:rPr/w:rStyle", NAMESPACES)}
    assert styles == {"Muted"}
    assert len(last.findall("w:r", NAMESPACES)) == len(
        last.findall("w:r/w:rPr/w:rStyle", NAMESPACES)
    )


# the cover and the contents


def test_the_cover_says_for_whom_by_whom_when_and_which_version() -> None:
    facts = dict(written(about=ABOUT).table("What this document is"))
    assert facts["Prepared for"] == "Company E"
    assert facts["Prepared by"] == "Jo Fox, Acme"
    assert facts["Date"] == "1\u00a0March\u00a02027"
    assert facts["Version"] == "14"


def test_what_is_not_known_of_a_document_is_not_on_its_cover() -> None:
    facts = dict(written().table("What this document is"))
    assert not {"Prepared by", "Date", "Version"} & facts.keys()


def test_the_cover_has_a_place_for_a_logo_and_no_page_number() -> None:
    document = written()
    [control] = [each for each in document.controls if each.tag == "Logo"]
    assert control.text == ""
    section = document.find("./w:sectPr")[0]
    [first] = [
        each.get(f"{{{NAMESPACES['r']}}}id")
        for each in section.findall("w:footerReference", NAMESPACES)
        if each.get(f"{W}type") == "first"
    ]
    assert first == "rIdfooter2"
    assert text_of(document.part("word/footer2.xml")) == ""


def entries(document: Document) -> list[str]:
    return [text for style, text in document.paragraphs if style in ("TOC1", "TOC2")]


def test_the_contents_list_every_chapter_with_its_number() -> None:
    document = written()
    listed = [text for style, text in document.paragraphs if style == "TOC1"]
    assert listed == [f"{n} {title}" for n, title in enumerate(chapters(document), start=1)]


def test_every_entry_leads_to_a_heading_that_is_there() -> None:
    document = written()
    targets = [each.get(f"{W}anchor") for each in document.find(".//w:hyperlink[@w:anchor]")]
    marks = [each.get(f"{W}name") for each in document.find(".//w:bookmarkStart")]
    assert targets
    assert set(targets) <= set(marks)
    assert len(marks) == len(set(marks))


def test_the_contents_say_the_pages_that_were_found() -> None:
    asked: list[bytes] = []

    def paginate(content: bytes) -> Sequence[int]:
        asked.append(content)
        return [3 + number for number in range(len(Document(content).headings))]

    document = written(paginate=paginate, sections=["contents", "benefits", "investment"])
    assert entries(document) == ["1 Benefits 3", "2 Investment 4"]
    assert len(asked) == 1


def test_pages_that_do_not_fit_the_headings_are_not_believed() -> None:
    document = written(paginate=lambda _: [1, 2], sections=["contents", "benefits"])
    assert entries(document) == ["1 Benefits"]


def test_word_is_never_asked_to_work_fields_out_which_it_would_ask_the_reader_about() -> None:
    assert b"updateFields" not in written().parts["word/settings.xml"]


def test_many_headings_leave_the_second_level_out_of_the_contents() -> None:
    lines = [benefit(f"gain_{number}", "1000 GBP") for number in range(40)]
    made = write(calculate(case(*lines, investment("licence", "6000 GBP"))))
    assert not Document(made).styled("TOC2")
    assert written().styled("TOC2")


# references


def test_every_reference_shows_the_number_of_the_caption_that_it_leads_to() -> None:
    document = written()
    captions = {}
    for mark in document.find(".//w:bookmarkStart[starts-with(@w:name, '_Ref')]"):
        captions[mark.get(f"{W}name")] = text_of(mark.getparent()).split(".")[0]
    found = 0
    for each in document.find(".//w:instrText"):
        if each.text.strip().startswith("REF "):
            shown = text_of(each.getparent().getnext().getnext())
            assert shown == captions[each.text.split()[1]]
            found += 1
    assert found >= 5


def test_a_reference_to_what_is_not_there_says_nothing() -> None:
    document = written(sections=["value"])
    [reading] = document.styled("Normal")
    assert "(" not in reading
    assert reading.endswith(".")


# people, sensitivity, plan


@pytest.mark.parametrize("name", MODELS)
def test_every_benefit_stands_beside_its_person_and_its_goal(name: str) -> None:
    found = result(name)
    rows = written(name, sections=["people"]).table("Benefits by person and goal")
    assert {row[2] for row in rows[1:-1]} == {each.label for each in found.benefits}
    amounts = {each.label: found.figure(f"{each.prefix}.total").text for each in found.benefits}
    assert all(row[3] == amounts[row[2]] for row in rows[1:-1])
    assert rows[-1][3] == found.figure("total_benefits").text
    owners = {each.owner for each in found.case.goals}
    named = {each.split("\n")[0] for row in rows[1:-1] for each in row[:1] if each}
    assert named <= {each.name for each in found.case.people if each.id in owners} | {
        "Nobody named yet"
    }


def test_a_case_without_goals_has_no_table_of_them() -> None:
    made = Document(write(calculate(small())))
    assert "Benefits by person and goal" not in chapters(made)


def test_the_sensitivity_is_said_in_words_before_it_is_drawn() -> None:
    document = written(sections=["certainty"])
    texts = [text for _, text in document.paragraphs]
    [said] = [text for text in texts if text.startswith("The result depends most on “")]
    assert "; it breaks even at " in said
    drawn = [text for text in texts if text.startswith("Figure") and "moves" in text]
    assert texts.index(said) < texts.index(drawn[0])


def test_a_result_that_breaks_even_nowhere_says_so() -> None:
    sure = case(
        assumption("users", 100, "user", low=90, high=110),
        benefit("gain", "1000 GBP/month + users * 1 GBP/user/month"),
        investment("licence", "6000 GBP"),
    )
    [said] = Document(
        write(calculate(sure), options=Options(length=SHORT, sections=["certainty"]))
    ).styled("Normal")
    assert "depends most on “Users”" in said
    assert "; it breaks even at" not in said


@pytest.mark.parametrize("name", MODELS)
def test_the_plan_has_the_dates_and_the_slack_of_the_engine(name: str) -> None:
    plan = result(name).plan
    rows = written(name, sections=["plan"]).table("The plan: what is done")[1:]
    assert len(rows) == len(plan.steps)
    for shown, step in zip(rows, plan.in_order, strict=True):
        assert shown[0].endswith(step.label)
        assert shown[3] == f"{step.start.day}\u00a0{step.start:%b}\u00a0{step.start.year}"
        assert shown[4] == f"{step.finish.day}\u00a0{step.finish:%b}\u00a0{step.finish.year}"
        assert (shown[5] == "critical") == (step.slack == 0)


def test_slack_minds_the_dates_that_are_set_too() -> None:
    [note] = written(sections=["plan"]).styled("TableNote")
    assert "without moving the end of the plan or missing a date." in note


def test_the_decisions_have_a_table_of_their_own() -> None:
    rows = written(sections=["decisions"]).table("Decisions:")[1:]
    decisions = [each for each in result().plan.in_order if each.kind == "decision"]
    assert [row[0] for row in rows] == [each.label for each in decisions]


def test_both_sides_sign_with_name_role_and_a_date_to_choose() -> None:
    document = written(about=ABOUT, sections=["sign_off"])
    rows = document.table("Sign-off")
    assert [row[0] for row in rows] == ["For", "Company E", "Acme"]
    assert len(document.find(".//w:sdtPr/w:date")) == 2
    assert [each.tag for each in document.controls][:3] == [
        "Name, customer",
        "Role, customer",
        "Date, customer",
    ]


def test_who_has_approved_already_stands_above_the_signatures() -> None:
    words = "The plan was approved by Jo Fox on 3 March 2027 (version 4)"
    made = write(result(), (), [words], Options(sections=["sign_off"]))
    assert Document(made).styled("Normal")[0] == f"{words}."


# equations


def equation_numbers(made: Case) -> dict[str, str]:
    document = Document(write(calculate(made), options=Options(sections=["equations"])))
    return dict(
        zip(document.styled("EquationName"), document.styled("EquationNumbers"), strict=True)
    )


def test_below_each_equation_stand_its_numbers() -> None:
    found = calculate(small())
    numbers = equation_numbers(small())
    text = {name: found.figure(name).text for name in ("value", "npv", "roi_discounted", "irr")}
    assert numbers["Value"] == f"= £18,000 \u2212 £6,000 = {text['value']}"
    present = (found.figure("pv_benefits").text, found.figure("pv_investment").text)
    assert (
        numbers["Net present value (NPV)"] == f"= {present[0]} \u2212 {present[1]} = {text['npv']}"
    )
    assert (
        numbers["ROI, discounted"] == f"= {text['npv']} ÷ {present[1]} = {text['roi_discounted']}"
    )
    assert numbers["Internal rate of return (IRR)"] == f"IRR = {text['irr']}"
    assert numbers["Payback"].startswith("= 11 + 1 × £500 ÷ £500 = 12 months")


@pytest.mark.parametrize("convention", ["discounted", "undiscounted", "annual"])
def test_the_roi_is_defined_as_the_case_leads_with_it(convention: str) -> None:
    numbers = equation_numbers(small(conventions={"roi": convention}))
    [label] = [each for each in numbers if each.startswith("ROI")]
    found = calculate(small(conventions={"roi": convention}))
    assert numbers[label].endswith(
        found.figure("roi" if convention == "undiscounted" else f"roi_{convention}").text
    )


def test_a_figure_that_does_not_exist_has_its_reason_below_its_definition() -> None:
    made = calculate(case(benefit("gain", "100 GBP/month")))
    document = Document(write(made, options=Options(sections=["equations"])))
    assert "There is no investment to pay back." in document.styled("EquationNote")


def test_equations_are_native_ones() -> None:
    document = written(sections=["equations"])
    paragraphs = document.find(".//w:p[w:pPr/w:pStyle/@w:val='Equation']")
    assert len(paragraphs) == len(list(main_equations(result()))) == 6
    for paragraph in paragraphs:
        assert paragraph.find(f"{M}oMathPara/{M}oMath") is not None
    letters = ["".join(each.itertext()) for each in paragraphs]
    assert letters[1].startswith("NPV = ")
    assert document.find(".//*[local-name()='nary']")


def test_an_equation_is_read_as_it_is_written() -> None:
    term = Sum(row("t", "=", "0"), "n", Fraction(Index("B", "t"), Power(Brackets("r"), "2")))
    assert omml.plain(term) == "Σ[t=0..n] (B_t)/((r)^(2))"


def test_a_letter_is_in_italics_and_a_name_is_not() -> None:
    found = omml.inline(row("NPV", "t", "="))
    kinds = [
        [each.tag.removeprefix(M) for each in run.iter(f"{M}nor", f"{M}sty")]
        for run in found.iter(f"{M}r")
    ]
    assert kinds == [["nor"], [], ["sty"]]


# the whole


def test_the_same_wish_gives_the_same_bytes() -> None:
    def made() -> bytes:
        return write(result(), compare(result().case), options=Options(about=ABOUT))

    assert made() == made()


def test_the_row_of_a_total_is_one_for_the_table_too() -> None:
    for table in written().find(".//w:tbl"):
        rows = table.findall("w:tr", NAMESPACES)
        styles = [each.get(f"{W}val") for each in rows[-1].iter(f"{W}pStyle")]
        is_total = any(each.endswith(("Total", "TotalNumber")) for each in styles)
        look = table.find("w:tblPr/w:tblLook", NAMESPACES)
        assert look.get(f"{W}lastRow") == str(int(is_total))


def test_full_is_the_length_if_nothing_is_said() -> None:
    assert Options().length == FULL
