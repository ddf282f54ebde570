"""A proposal that was exported is filled again: figures, charts and sentences, and what is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openxml_audit import OpenXmlValidator

from tests.builders import assumption, benefit, case, investment
from tests.documents.embedding_documents import BODY, edited, in_this_process, packed, parts, texts
from tests.documents.proposal_reader import (
    NAMESPACES,
    Document,
    W,
    small_pictures,
    style_of,
    text_of,
    value_of,
)
from valuecalc.case.case import Goal, Proposition
from valuecalc.documents import languages
from valuecalc.documents.embedding import Catalogue, Outcome, check, fill_document
from valuecalc.documents.embedding.fill import Filled
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.embedding.state import read
from valuecalc.documents.proposal import SHORT, About, Options, write
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

ABOUT = About(company="Us", day=date(2026, 6, 3), version="4")
CHARTS = ("image.waterfall", "image.cumulative_cash", "image.histogram", "image.tornado")
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


@pytest.fixture(autouse=True, scope="module")
def _small_pictures_in_this_process() -> Iterator[None]:
    with small_pictures(), in_this_process():
        yield


@cache
def before() -> Result:
    return calculate(case_from_text((models_folder() / "field-service.yaml").read_bytes()))


@cache
def after() -> Result:
    """The same lines with other numbers."""
    text = (models_folder() / "field-service.yaml").read_text("utf-8")
    return calculate(case_from_text(text.replace("value: 84,000", "value: 81,000").encode()))


@cache
def catalogue_before() -> Catalogue:
    """One for all tests: what stands behind its tags is worked out once."""
    return Catalogue(before())


@cache
def catalogue_after() -> Catalogue:
    return Catalogue(after())


@cache
def catalogue_loss() -> Catalogue:
    return Catalogue(loss())


@cache
def exported(**wishes: Any) -> bytes:
    return write(before(), options=Options(about=ABOUT, **wishes))


@cache
def anew(**wishes: Any) -> bytes:
    return write(after(), options=Options(about=ABOUT, **wishes))


@cache
def filled(**wishes: Any) -> Filled:
    """A proposal with the numbers of before, filled with those of after."""
    return fill_document(exported(**wishes), catalogue_after())


@cache
def loss() -> Result:
    """The same case where it brings a loss, which is said in other words."""
    found = calculate(before().case, "conservative")
    assert (found.value("value") or 0) < 0
    return found


@cache
def filled_with_a_loss() -> Filled:
    return fill_document(exported(), catalogue_loss())


def control_of(content: bytes, tag: str) -> Any:
    [found] = Document(content).find(f".//w:sdt[w:sdtPr/w:tag/@w:val='{tag}']")
    return found


def chart_of(content: bytes, tag: str) -> bytes:
    """The file behind the picture or the chart of a control."""
    control = control_of(content, tag)
    ids = {value for each in control.iter() for name, value in each.attrib.items() if _is_id(name)}
    [id] = ids
    relations = Document(content).part("word/_rels/document.xml.rels")
    [target] = [each.get("Target") for each in relations if each.get("Id") == id]
    return parts(content)[f"word/{target}"]


def _is_id(name: str) -> bool:
    return name in (f"{{{NAMESPACES['r']}}}embed", f"{{{NAMESPACES['r']}}}id")


def sections_of(content: bytes) -> dict[str, list[str]]:
    """What is written below each heading of the first level."""
    found: dict[str, list[str]] = {}
    heading = ""
    for block in Document(content).body:
        if block.tag == f"{W}p" and style_of(block) in ("Heading1", "HeadingShort"):
            heading = text_of(block)
        found.setdefault(heading, []).extend(map(text_of, block.iter(f"{W}p")))
    return found


def named(note: str) -> set[str]:
    """The sections that a note names."""
    return set(re.findall("“([^”]+)”", note))


# --------------------------------------------------------------------------- charts


@pytest.mark.parametrize("charts", ["pictures", "native"])
@pytest.mark.parametrize("tag", CHARTS)
def test_a_chart_of_a_proposal_is_drawn_anew_by_its_tag(tag: str, charts: str) -> None:
    old, made = exported(charts=charts), filled(charts=charts)
    [entry] = [each for each in made.report.entries if each.tag == tag]
    assert entry.outcome is Outcome.FILLED
    assert chart_of(made.content, tag) != chart_of(old, tag)


@pytest.mark.parametrize("tag", CHARTS)
def test_a_picture_is_the_one_that_a_new_proposal_has(tag: str) -> None:
    made = filled()
    assert chart_of(made.content, tag) == chart_of(anew(), tag)


@pytest.mark.parametrize("charts", ["pictures", "native"])
@pytest.mark.parametrize("tag", CHARTS)
def test_a_chart_keeps_its_size_its_caption_and_its_words_for_those_who_cannot_see_it(
    tag: str, charts: str
) -> None:
    old, made = exported(charts=charts), filled(charts=charts).content
    sizes = [next(control_of(each, tag).iter(f"{DRAWN}extent")).attrib for each in (old, made)]
    assert sizes[0] == sizes[1]
    below = control_of(made, tag).getnext()
    assert style_of(below) == "PictureCaption"
    told = [next(control_of(each, tag).iter(f"{DRAWN}docPr")) for each in (made, anew())]
    assert told[0].get("descr") == told[1].get("descr")


@pytest.mark.parametrize("charts", ["pictures", "native"])
def test_every_chart_with_a_tag_stands_in_a_control_with_a_name_for_people(charts: str) -> None:
    document = Document(exported(charts=charts))
    aliases = {each.tag: each.alias for each in document.controls}
    assert aliases.keys() >= {*CHARTS, "plan.gantt"}
    assert aliases["image.cumulative_cash"] == "Cumulative cash"


def test_a_chart_of_word_does_not_stand_in_a_control_for_pictures() -> None:
    path = "w:sdtPr/w:picture"
    assert control_of(exported(charts="native"), CHARTS[0]).find(path, NAMESPACES) is None
    assert control_of(exported(), CHARTS[0]).find(path, NAMESPACES) is not None


def test_the_waterfall_of_two_pages_stays_as_low_as_it_was() -> None:
    made = filled(length=SHORT).content
    assert chart_of(made, CHARTS[0]) == chart_of(anew(length=SHORT), CHARTS[0])
    assert chart_of(made, CHARTS[0]) != chart_of(anew(), CHARTS[0])


def test_a_picture_that_somebody_has_exchanged_stays() -> None:
    theirs = chart_of(exported(), CHARTS[1])
    found = parts(exported())
    name = next(name for name, each in found.items() if each == chart_of(exported(), CHARTS[0]))
    document = packed({**found, name: theirs})
    made = fill_document(document, catalogue_after())
    assert [each.tag for each in made.report.conflicts] == [CHARTS[0]]
    assert chart_of(made.content, CHARTS[0]) == theirs


# --------------------------------------------------------------------------- words


@pytest.mark.parametrize("wishes", [{}, {"length": SHORT}, {"charts": "native"}])
def test_a_proposal_that_is_filled_with_the_same_case_stays_as_it_is(
    wishes: dict[str, Any],
) -> None:
    made = fill_document(exported(**wishes), catalogue_before())
    assert {each.outcome for each in made.report.entries} == {Outcome.UNCHANGED}
    assert parts(made.content)[BODY] == parts(exported(**wishes))[BODY]


def test_texts_are_filled_again_where_the_proposal_says_them_as_their_tag_does() -> None:
    changed = case(benefit("gain", "10 GBP/month"), investment("cost", "50 GBP"))
    made = fill_document(exported(), Catalogue(calculate(changed))).content
    assert set(texts(made, "text.title")) == {changed.title}
    assert set(texts(made, "text.currency")) == {"GBP"}
    assert Document(made).styled("Title") == [changed.title]


def test_the_title_in_the_header_is_filled_again() -> None:
    changed = case(benefit("gain", "10 GBP/month"), investment("cost", "50 GBP"))
    made = Document(fill_document(exported(), Catalogue(calculate(changed))).content)
    assert text_of(made.part("word/header1.xml")).startswith(changed.title)


def test_the_key_message_gets_new_figures_and_each_keeps_its_control() -> None:
    made = filled().content
    [message] = Document(made).styled("KeyMessage")
    assert message == Document(anew()).styled("KeyMessage")[0]
    inside = control_of(made, "text.key_message").findall(".//w:sdt", NAMESPACES)
    tags = [value_of(each, "w:sdtPr/w:tag") for each in inside]
    assert tags == ["total_investment", "total_benefits", "value", "payback", "npv"]


def test_a_key_message_that_says_something_else_now_is_written_anew() -> None:
    made = filled_with_a_loss()
    [message] = Document(made.content).styled("KeyMessage")
    assert "benefits of only" in message
    assert "It does not pay back within" in message
    [ours] = Document(write(loss())).styled("KeyMessageLoss")
    assert message == ours


def test_a_key_message_that_was_written_anew_is_filled_again() -> None:
    once = filled_with_a_loss().content
    made = fill_document(once, catalogue_after())
    assert Document(made.content).styled("KeyMessage") == Document(anew()).styled("KeyMessage")
    assert not made.report.conflicts
    assert not any(note.startswith("Filled before") for note in made.report.notes)


def test_a_key_message_that_somebody_has_rewritten_stays() -> None:
    document = edited(exported(), "It pays back after", "We have it back after")
    made = fill_document(document, catalogue_loss())
    assert "text.key_message" in {each.tag for each in made.report.conflicts}
    assert "We have it back after" in Document(made.content).styled("KeyMessage")[0]
    freed = fill_document(document, catalogue_loss(), {"text.key_message"})
    assert "We have it back after" not in Document(freed.content).styled("KeyMessage")[0]


def test_a_figure_that_somebody_has_typed_over_in_a_proposal_stays() -> None:
    old = before().figure("irr").text
    assert set(texts(exported(), "irr")) == {old}
    document = edited(exported(), f">{old}<", ">33%<")
    made = fill_document(document, catalogue_after())
    assert {each.spot for each in made.report.conflicts} == {"irr"}
    assert "33%" in texts(made.content, "irr")


def test_figures_of_a_line_that_the_case_has_lost_are_reported() -> None:
    made = fill_document(exported(), Catalogue(calculate(case(benefit("gain", "5 GBP/month")))))
    missing = {each.tag for each in made.report.of(Outcome.MISSING)}
    assert "investments.licences.total" in missing
    assert not any(note.startswith("Filled before") for note in made.report.notes)


# --------------------------------------------------------------------------- what is not


@pytest.mark.parametrize("wishes", [{}, {"length": SHORT}, {"charts": "native"}])
def test_all_sections_but_those_of_the_note_say_what_a_new_proposal_says(
    wishes: dict[str, Any],
) -> None:
    made = filled(**wishes)
    new = sections_of(anew(**wishes))
    old = {name for name, lines in sections_of(made.content).items() if new[name] != lines}
    assert old, "or nothing would have to be said"
    [note] = made.report.notes
    assert named(note) == old


def test_the_note_says_of_when_the_other_words_are_and_what_to_do() -> None:
    [note] = filled().report.notes
    assert "lost since 3 June 2026, version 4 are not" in note
    assert "“How sure the value is”" in note
    assert "export the proposal anew, or put it into a document as a chapter" in note


def test_the_check_of_a_proposal_says_so_too() -> None:
    assert len(check(exported(), catalogue_after()).report.notes) == 1


def test_only_sections_that_are_there_are_named() -> None:
    document = write(before(), options=Options(sections=("summary", "certainty", "plan")))
    [note] = fill_document(document, catalogue_after()).report.notes
    assert "other words of “How sure the value is” are those of then" in note
    assert "since it was exported are not" in note
    bare = write(before(), options=Options(sections=("summary", "plan")))
    assert fill_document(bare, catalogue_after()).report.notes == ()


def test_it_is_said_every_time_and_of_no_other_document() -> None:
    once = filled().content
    assert len(fill_document(once, catalogue_after()).report.notes) == 1
    assert read(Package(once)).exported == read(Package(exported())).exported


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ('"day": "2026-06-03"', '"day": "<b>soon</b>"'),
        ('"version": "4"', f'"version": "{"9" * 5_000}"'),
        ('"sections": [', '"sections": ["../../etc/passwd", "<b>", '),
        ('"standing": {', '"standing": {"../../etc/passwd": "<b>", '),
    ],
)
def test_a_document_cannot_put_its_own_words_into_the_note(known: str, said: str) -> None:
    document = edited(exported(), known, said.replace("<", "&lt;"), "customXml/item1.xml")
    assert read(Package(document)).exported != read(Package(exported())).exported
    [note] = fill_document(document, catalogue_after()).report.notes
    assert "<b>" not in note
    assert "passwd" not in note
    assert len(note) < 1_200


def test_a_proposal_remembers_its_language_too() -> None:
    german = languages.find("de")
    document = exported(language=german)
    made = fill_document(document, catalogue_before())
    assert {each.outcome for each in made.report.entries} == {Outcome.UNCHANGED}
    [alias] = {each.alias for each in Document(document).controls if each.tag == "text.customer"}
    assert alias == "Kunde"


def test_a_proposal_that_has_lost_all_its_tags_names_a_few_of_them() -> None:
    document = edited(exported(), "<w:tag ", "<w:lock ", count=-1)
    [gone, _] = fill_document(document, catalogue_after()).report.notes
    assert gone.startswith("Filled before, and not in the document any more: assumptions.")
    assert " more. Somebody may have deleted them" in gone
    assert len(gone) < 700


# --------------------------------------------------------------------------- the file


@pytest.mark.parametrize("charts", ["pictures", "native"])
def test_a_proposal_is_a_sound_file_before_and_after_it_is_filled(
    charts: str, tmp_path: Path
) -> None:
    made = filled(charts=charts).content
    for name, content in (("before.docx", exported(charts=charts)), ("after.docx", made)):
        assert _errors(content, tmp_path / name) == []


def test_a_proposal_whose_key_message_was_written_anew_is_a_sound_file(tmp_path: Path) -> None:
    assert _errors(filled_with_a_loss().content, tmp_path / "after.docx") == []


def _errors(content: bytes, file: Path) -> list[str]:
    file.write_bytes(content)
    return [str(each) for each in OpenXmlValidator().validate(file).errors]


def test_controls_have_numbers_of_their_own_in_the_whole_file() -> None:
    document = Document(exported())
    ids = [
        value_of(each, "w:sdtPr/w:id")
        for name in ("word/document.xml", "word/header1.xml", "word/footer1.xml")
        for each in document.part(name).iter(f"{W}sdt")
    ]
    assert len(ids) == len(set(ids))


def test_no_control_for_plain_text_has_another_in_it() -> None:
    nested = Document(exported()).find(".//w:sdt[w:sdtPr/w:text]//w:sdt")
    assert nested == []


def test_the_same_case_gives_the_same_bytes() -> None:
    assert write(before(), options=Options(about=ABOUT)) == exported()


# --------------------------------------------------------------------------- another scenario


def test_the_column_of_a_scenario_keeps_the_numbers_of_that_scenario() -> None:
    expected = before().figure("value").text
    document = Document(filled_with_a_loss().content)
    _, *rows = document.table("Headline figures of the scenarios")
    value = {row[0]: row[1:] for row in rows}["Value"]
    assert value[:2] == [loss().figure("value").text, expected]


def test_it_is_said_when_the_numbers_are_of_another_scenario() -> None:
    [said] = [each for each in filled_with_a_loss().report.notes if "scenario “" in each]
    assert "of the scenario “Expected”; what is filled now is of the scenario “Cons" in said
    again = fill_document(filled_with_a_loss().content, catalogue_loss())
    assert not [each for each in again.report.notes if "scenario “" in each]
    assert not [each for each in filled().report.notes if "scenario “" in each]


def test_a_scenario_that_a_document_makes_up_is_not_repeated() -> None:
    item = next(name for name, part in parts(exported()).items() if b'"scenario"' in part)
    forged = edited(exported(), '"scenario": "expected"', '"scenario": "call 0900"', item)
    [said] = [
        each
        for each in fill_document(forged, catalogue_before()).report.notes
        if "filled in before" in each
    ]
    assert "a scenario that the case does not have" in said
    assert "0900" not in said


def test_a_chart_that_the_other_scenario_does_not_have_is_left_and_not_called_typed_over() -> None:
    report = filled_with_a_loss().report
    left = {each.tag: each for each in report.of(Outcome.LEFT)}
    assert {"image.histogram", "image.tornado"} <= left.keys()
    assert "from before" in left["image.histogram"].cause
    assert not report.of(Outcome.CONFLICT)


# --------------------------------------------------------------------------- what stands outside


def small(**changes: Any) -> Result:
    """A case of few lines, so that a proposal is written in no time."""
    changed: dict[str, Any] = {
        "title": "Shorter calls",
        "label": "Shorter calls with an assistant",
        "grade": "E",
        "target": 40,
        "capability": "answer at once",
        **changes,
    }
    proposition = Proposition(
        change="cut the cost of calls",
        source="was",
        target="will_be",
        capability=changed["capability"],
    )
    made = case(
        assumption("was", 50, "GBP/month", grade="A"),
        assumption("will_be", changed["target"], "GBP/month", grade=changed["grade"]),
        replace(benefit("calls", "was - will_be", goal="costs"), label=changed["label"]),
        investment("cost", "50 GBP"),
        goals=(Goal(id="costs", label="Lower costs"),),
        proposition=proposition,
    )
    return calculate(replace(made, title=changed["title"]))


def small_proposal(*sections: str, **wishes: Any) -> bytes:
    return write(small(), options=Options(about=ABOUT, sections=sections, **wishes))


@pytest.mark.parametrize("wishes", [{}, {"length": SHORT}, {"language": languages.find("de")}])
def test_the_statement_says_what_a_new_proposal_says(wishes: dict[str, Any]) -> None:
    now = small(target=20, capability="answer later")
    options = Options(sections=("statement",), **wishes)
    made = fill_document(small_proposal("statement", **wishes), Catalogue(now))
    [table] = Document(made.content).find(".//w:tbl")
    [anew] = Document(write(now, options=options)).find(".//w:tbl")
    assert text_of(table) == text_of(anew)
    assert made.report.notes == ()


def test_a_statement_that_somebody_has_rewritten_stays() -> None:
    document = edited(small_proposal("statement"), "answer at once", "answer tomorrow")
    made = fill_document(document, Catalogue(small(capability="answer later")))
    assert [each.tag for each in made.report.conflicts] == ["text.capability"]
    assert "answer tomorrow" in text_of(Document(made.content).body)


WITH_LINES = ("summary", "people", "benefits", "investment", "cash_flow", "sources")


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        ({"grade": "A"}, {"Benefits"}),
        (
            {"label": "Quicker calls"},
            {"Benefits by person and goal", "Benefits", "Cash flow by year"},
        ),
    ],
)
def test_sections_with_another_name_or_grade_are_named(
    change: dict[str, Any], stale: set[str]
) -> None:
    made = fill_document(small_proposal(*WITH_LINES), Catalogue(small(**change)))
    [note] = made.report.notes
    assert named(note) == stale


def test_contents_that_list_a_line_by_its_former_name_are_named() -> None:
    document = small_proposal("contents", "workings", "summary")
    [note] = fill_document(document, Catalogue(small(label="Quicker calls"))).report.notes
    assert named(note) == {"Contents", "How each line is worked out"}
    [note] = fill_document(document, Catalogue(small(grade="A"))).report.notes
    assert named(note) == {"How each line is worked out"}


def test_sections_are_named_as_the_document_names_them() -> None:
    document = small_proposal("benefits", language=languages.find("de"))
    for language in (None, languages.find("fr")):
        found = Catalogue(small(grade="A"), language=language)
        note = fill_document(document, found).report.notes[-1]
        assert named(note) == {"Nutzen"}


def test_a_day_an_approval_and_a_company_make_no_section_another_one() -> None:
    result = small()
    document = write(result, approvals=("Ann approves",), options=Options(about=ABOUT))
    assert fill_document(document, Catalogue(result)).report.notes == ()


def test_the_header_is_named_where_its_title_was_cut() -> None:
    long = "A title of very many words, which does not fit into the header of a page at all, nor"
    document = write(small(title=f"{long} once"), options=Options(sections=("summary",)))
    [note] = fill_document(document, Catalogue(small())).report.notes
    assert "other words of the header of the pages are those of then" in note


def test_of_a_proposal_of_former_times_all_sections_are_named_that_may_be_old() -> None:
    document = small_proposal("summary", "statement", "benefits")
    item = next(name for name, part in parts(document).items() if b'"standing"' in part)
    found = parts(document)[item].decode()
    [known] = re.findall(r', "standing": {[^}]*}', found)
    former = edited(document, known, "", item)
    [note] = fill_document(former, Catalogue(small())).report.notes
    assert named(note) == {"Value proposition", "Benefits"}
    assert "the case says something else now" not in note
