"""Whatever people write comes out as they wrote it, and never breaks the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import assumption, benefit, case, investment
from tests.documents.proposal_reader import NAMESPACES, Document, W, small_pictures, text_of
from valuecalc.case.case import Assumption, Case, Evidence, Grade, Source
from valuecalc.documents.proposal import text, write
from valuecalc.documents.proposal.xml import markup, readable
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

MARKUP = "R&D <b>\"fast\"</b> 'x' > 1 &amp; ]]>"
HEBREW = "חיסכון בזמן (2026)"
ARABIC = "وفورات ٢٠٢٦"

FREE_TEXT = {
    "by",
    "capability",
    "change",
    "customer",
    "delivery",
    "label",
    "name",
    "note",
    "owner",
    "publisher",
    "result",
    "source",
    "summary",
    "tested",
    "title",
}
"""The fields in which people write what they like."""

IDS = {("Goal", "owner"), ("Milestone", "owner"), ("Proposition", "source")}
"""Fields of such a name that hold the id of something else."""


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


def reworded(value: Any, change: Callable[[str], str]) -> Any:
    """The same data with every free text changed."""
    if isinstance(value, tuple):
        return tuple(reworded(each, change) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    made = {}
    for field in fields(value):
        old = getattr(value, field.name)
        is_free = field.name in FREE_TEXT and (type(value).__name__, field.name) not in IDS
        if isinstance(old, str) and is_free:
            made[field.name] = change(old) if old else old
        elif isinstance(old, tuple) or is_dataclass(old):
            made[field.name] = reworded(old, change)
    return replace(value, **made)


def model() -> Case:
    return case_from_text((models_folder() / "field-service.yaml").read_bytes())


def proposal(case: Case) -> Document:
    return Document(write(calculate(case), compare(case)))


def labelled(label: str, **more: Any) -> Document:
    """The proposal of a case with a benefit of this name."""
    made = case(
        assumption("users", 100, "user"),
        replace(benefit("gain", "users * 5 GBP/user/month"), label=label),
        investment("licence", "6000 GBP"),
    )
    return proposal(replace(made, **more))


def test_markup_in_every_text_is_text() -> None:
    hostile = reworded(model(), lambda old: f"{MARKUP} {old}")
    document = proposal(hostile)
    plain = proposal(model())
    assert document.styled("TitleLong") == [f"{MARKUP} {model().title}"]
    # No element has come in but the runs, breaks and paragraphs that the longer texts need.
    assert {each.tag for each in document.body.iter()} == {each.tag for each in plain.body.iter()}
    for label in (each.label for each in hostile.referable):
        assert label in document.text
    for each in (*hostile.assumptions, *hostile.benefits):
        assert each.note in document.text


def test_every_text_of_the_case_can_be_read_somewhere() -> None:
    seen: list[str] = []

    def numbered(old: str) -> str:
        seen.append(f"text{len(seen)}x {old}")
        return seen[-1]

    case = replace(model(), reference=None)
    dated = replace(
        case,
        benefits=tuple(replace(each, starts=None) for each in case.benefits),
        investments=tuple(replace(each, starts=0) for each in case.investments[:2]),
    )
    document = proposal(reworded(dated, numbered))
    everything = document.text + "".join(text_of(document.part("word/header1.xml")))
    missing = [each for each in seen if each.split(" ")[0] not in everything]
    of_others = {each.label for each in dated.goals} | {each.name for each in dated.people}
    assert [each for each in missing if each.split(" ", 1)[1] not in of_others] == []


@pytest.mark.parametrize(
    "character", ["\x00", "\x0b", "\x1f", "\x7f", "\ud800", "\ufffe", "\uffff"]
)
def test_a_character_that_xml_forbids_is_left_out(character: str) -> None:
    document = labelled(f"Be{character}fore", title=f"Ti{character}tle")
    assert document.styled("Title") == ["Title"]
    assert document.table("Benefits: each line")[1][0] == "Before"


@pytest.mark.parametrize("character", ["\u202e", "\u202a", "\u2066", "\u2069", "\u200f"])
def test_a_character_that_turns_the_line_cannot_hide_what_follows(character: str) -> None:
    document = labelled(f"{character}paid", customer=f"A{character}B")
    assert document.styled("Subtitle") == ["for AB"]
    assert character not in document.text


@pytest.mark.parametrize("label", [HEBREW, ARABIC])
def test_writing_from_right_to_left_stands_so(label: str) -> None:
    document = labelled(label, title=label)
    [title] = document.find(".//w:p[w:pPr/w:pStyle/@w:val='Title']")
    assert text_of(title) == label
    assert title.find("w:pPr/w:bidi", NAMESPACES) is not None
    assert title.findall(".//w:r/w:rPr/w:rtl", NAMESPACES)


def test_words_from_right_to_left_within_ours_turn_alone() -> None:
    document = labelled("Gain", customer=HEBREW)
    [subtitle] = document.find(".//w:p[w:pPr/w:pStyle/@w:val='Subtitle']")
    assert text_of(subtitle) == f"for {HEBREW}"
    assert subtitle.find("w:pPr/w:bidi", NAMESPACES) is None
    turned = [each.find("w:rPr/w:rtl", NAMESPACES) is not None for each in subtitle.iter(f"{W}r")]
    assert turned == [False, True]


def test_a_line_break_in_a_note_stays_one() -> None:
    document = labelled("Gain", summary="First.\nSecond.\r\nThird.")
    [summary] = [each for each in document.find(".//w:p") if text_of(each).startswith("First.")]
    assert len(summary.findall(".//w:br", NAMESPACES)) == 2


@pytest.mark.parametrize(
    "label",
    ["W" * 300, "Long words " * 27 + "end", "👩‍🚀" * 75, "é" * 300],
    ids=["one word", "many words", "joined signs", "accents"],
)
def test_a_label_of_300_characters_is_shown_in_full(label: str) -> None:
    document = labelled(label, title=label, customer=label)
    assert document.styled("TitleLong") == [label]
    assert document.table("Benefits: each line")[1][0] == label
    assert all(len(each.alias) <= 64 for each in document.controls)
    header = text_of(document.part("word/header1.xml"))
    assert header.count("…") == 2


@pytest.mark.parametrize(("words", "stays_whole"), [(10, True), (900, False)])
def test_a_row_too_tall_for_a_page_may_break(words: int, stays_whole: bool) -> None:
    evidence = Evidence(grade=Grade.A, source="Count", note="word " * words)
    users = Assumption(id="users", label="Users", value=100, unit="user", evidence=evidence)
    document = proposal(case(users, benefit("gain", "users * 5 GBP/user/month")))
    [row] = document.find(".//w:tr[w:tc//w:t[starts-with(., 'word ')]]")
    assert (row.find("w:trPr/w:cantSplit", NAMESPACES) is not None) is stays_whole


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=1&c=%20#d",
        "http://example.org:8000/a_(b)~c",
        "https://example.org",
    ],
)
def test_the_address_of_a_source_is_a_link(url: str) -> None:
    document = labelled("Gain", sources=(Source(title="Report", url=url),))
    [link] = document.find(".//w:hyperlink[@r:id]")
    assert text_of(link) == url
    relationship = link.get(f"{{{NAMESPACES['r']}}}id")
    relationships = document.part("word/_rels/document.xml.rels")
    [target] = [each for each in relationships if each.get("Id") == relationship]
    assert target.get("Target") == url
    assert target.get("TargetMode") == "External"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://exa mple.org/",
        'https://example.org/"onclick',
        "https://example.org/<b>",
        "https://exämple.org/",
        "https://user@example.org/",
        "//example.org",
        "https://example.org/\u202e",
    ],
)
def test_an_address_that_no_reader_should_follow_is_plain_text(url: str) -> None:
    document = labelled("Gain", sources=(Source(title="Report", url=url),))
    assert not document.find(".//w:hyperlink[@r:id]")
    assert document.styled("Source") == [f"Report. {readable(url)}"]


@given(st.text())
def test_the_runs_of_any_text_hold_all_of_it(words: str) -> None:
    paragraph = text.paragraph("Normal", *text.runs(words))
    shown = text_of(paragraph)
    assert markup(paragraph)
    breaks = str.maketrans(dict.fromkeys("\n\r\x85\u2028\u2029", " "))
    assert shown == readable(words).replace("\r\n", "\n").translate(breaks)


@given(st.text(alphabet="aא1 ب.", min_size=1))
def test_a_run_has_letters_of_one_direction_only(words: str) -> None:
    for run in text.runs(words):
        letters = {each for each in text_of(run) if each in "aאب"}
        is_turned = run.find("w:rPr/w:rtl", NAMESPACES) is not None
        assert letters <= (set("אب") if is_turned else {"a"})


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("\u2212£100,000 a year", "\u2212\u2060£100,000 a year"),
        ("+$5 and \u2212€3", "+\u2060$5 and \u2212\u2060€3"),
        (
            "±\u00a51 to +3, a \u2212 b, C$5, 2 + $3",
            "±\u2060\u00a51 to +3, a \u2212 b, C$5, 2 + $3",
        ),
    ],
)
def test_a_sign_stays_on_the_line_of_its_amount(words: str, shown: str) -> None:
    [run] = text.runs(words)
    assert "".join(run.itertext()) == shown
