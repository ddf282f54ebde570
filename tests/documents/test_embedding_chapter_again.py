"""A chapter written anew: what somebody has made of it in Word stays as far as it can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openxml_audit import OpenXmlValidator

from tests.builders import assumption, benefit, case, investment
from tests.documents.embedding_chapters import (
    CHOSEN,
    CONTROL,
    END,
    body,
    offer,
    once,
    ours,
    outcomes,
    outside,
    result,
    saved,
    sdt,
    tags,
)
from tests.documents.embedding_documents import (
    BODY,
    NAMESPACES,
    W,
    control,
    document,
    edited,
    packed,
    paragraph,
    parts,
    run,
    words,
)
from tests.documents.proposal_reader import small_pictures
from valuecalc.documents import gate
from valuecalc.documents.embedding import EVERYTHING, Filled, Outcome, chapter
from valuecalc.documents.embedding.chapter_insert import insert
from valuecalc.documents.embedding.chapter_place import Place
from valuecalc.documents.native_charts import data
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare

NATIVE = ("value", "certainty")
PLAIN = document(paragraph("x"))
_SECTION_ENDS = b"</w:sdtContent></w:sdt>"


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


# --------------------------------------------------------------------------- by hand


def with_body(content: bytes, part: bytes) -> bytes:
    return packed({**parts(content), BODY: part})


def span(part: bytes, tag: str) -> tuple[int, int]:
    """From where to where the control of a section stands; there is no other one in it."""
    mark = part.index(f'"{tag}"'.encode())
    begin = [each.start() for each in CONTROL.finditer(part, 0, mark)][-1]
    return begin, part.index(_SECTION_ENDS, mark) + len(_SECTION_ENDS)


def section(content: bytes, tag: str) -> bytes:
    part = parts(content)[BODY]
    begin, end = span(part, tag)
    return part[begin:end]


def before_section(content: bytes, tag: str, typed: str) -> bytes:
    part = parts(content)[BODY]
    begin, _ = span(part, tag)
    return with_body(content, part[:begin] + typed.encode() + part[begin:])


def copied(content: bytes, tag: str, after: str) -> bytes:
    """A document in which somebody has copied a section."""
    part = parts(content)[BODY]
    _, end = span(part, after)
    return with_body(content, part[:end] + section(content, tag) + part[end:])


def assert_sound(content: bytes, folder: Path) -> None:
    """What was put into the plain document has no fault that it did not have before."""
    found = []
    for number, each in enumerate((PLAIN, content)):
        file = folder / f"{number}.docx"
        file.write_bytes(each)
        found.append({str(error) for error in OpenXmlValidator().validate(file).errors})
    assert found[1] <= found[0]
    gate.check(content, "docx")


# --------------------------------------------------------------------------- looks of charts


def native(users: int = 100) -> bytes:
    return ours(users, NATIVE, "native")


def charted() -> bytes:
    return insert(offer(), native(), END).content


def frames(content: bytes) -> dict[str, Any]:
    """What is around each chart of a body, by its name."""
    around = body(content).iter("{*}inline", "{*}anchor")
    return {each.find("{*}docPr").get("name"): each for each in around}


def part_of(content: bytes, name: str) -> str:
    """The part of the chart that has a name in the body."""
    [shown] = [each for each in frames(content)[name].iter() if each.tag.endswith("}chart")]
    id = shown.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
    relations = etree.fromstring(parts(content)["word/_rels/document.xml.rels"])
    [target] = [each.get("Target") for each in relations if each.get("Id") == id]
    return f"word/{target}"


def numbers(content: bytes, name: str) -> str:
    return data.numbers(etree.fromstring(parts(content)[part_of(content, name)]))


def in_red(content: bytes, name: str = "waterfall") -> bytes:
    """A document in which somebody has given a chart another colour and a title."""
    found = part_of(content, name)
    before = parts(content)[found].count(b'val="accent1"')
    assert before
    red = edited(content, 'val="accent1"', 'val="accent6"', part=found, count=before)
    title = '<c:title><c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/>'
    return edited(red, '<c:autoTitleDeleted val="1"/>', title, part=found)


def test_the_colours_and_the_title_of_a_chart_stay_when_its_section_is_written_anew() -> None:
    done = insert(in_red(charted()), native(110), END)
    assert outcomes(done)["chapter.value"] is Outcome.FILLED
    shown = parts(done.content)[part_of(done.content, "waterfall")]
    assert b'val="accent6"' in shown
    assert b'val="accent1"' not in shown
    assert b'<c:autoTitleDeleted val="0"/>' in shown
    fresh = insert(offer(), native(110), END).content
    for name in ("waterfall", "cumulative cash", "histogram", "tornado"):
        assert numbers(done.content, name) == numbers(fresh, name)
    assert numbers(fresh, "waterfall") != numbers(charted(), "waterfall")
    assert b"accent6" not in parts(done.content)[part_of(done.content, "cumulative cash")]


def test_the_words_beside_a_chart_and_its_workbook_are_the_new_ones() -> None:
    made = insert(in_red(charted()), native(110), END).content
    fresh = insert(offer(), native(110), END).content
    for name, frame in frames(fresh).items():
        said = frames(made)[name].find("{*}docPr").get("descr")
        assert said == frame.find("{*}docPr").get("descr")
    books = [
        sorted(part for name, part in parts(each).items() if name.endswith(".xlsx"))
        for each in (made, fresh)
    ]
    assert books[0] == books[1]
    assert len(books[0]) == 4


def test_the_size_and_the_place_that_somebody_gave_a_chart_stay() -> None:
    wide = frames(charted())["waterfall"].find("{*}extent").get("cx")
    smaller = edited(charted(), f'<wp:extent cx="{wide}" cy="', '<wp:extent cx="3000000" cy="1')
    made = insert(smaller, native(110), END).content
    sizes = [
        [dict(frames(each)[name].find("{*}extent").attrib) for name in ("waterfall", "tornado")]
        for each in (smaller, made)
    ]
    assert sizes[0] == sizes[1]
    assert sizes[1][0]["cx"] == "3000000"


def test_a_chart_with_more_bars_below_each_other_gets_higher() -> None:
    more = case(
        assumption("users", 100, "user", low=80, high=120),
        assumption("price", 5, "GBP/user/month", low=4, high=6),
        benefit("gain", "users * price"),
        investment("licence", "6000 GBP"),
    )
    found = calculate(more)
    wish = chapter.Wish(place=END, sections=NATIVE, charts="native")
    chosen = [each for each in chapter.possible() if each.id in NATIVE]
    new = chapter.written(found, compare(found.case), (), chosen, wish)
    wide = frames(charted())["tornado"].find("{*}extent").get("cx")
    half = str(int(wide) // 2)
    begin, high = f'<wp:extent cx="{wide}"', f'<wp:extent cx="{half}"'
    made = insert(edited(charted(), begin, high, count=9), new, END).content
    fresh = frames(insert(offer(), new, END).content)["tornado"].find("{*}extent")
    size = frames(made)["tornado"].find("{*}extent")
    assert size.get("cx") == half
    assert abs(int(size.get("cy")) - int(fresh.get("cy")) / 2) < 5


def test_a_chart_that_floats_stays_where_somebody_has_put_it() -> None:
    part = parts(charted())[BODY].decode()
    inline = re.search(r"<wp:inline .*?</wp:inline>", part)
    assert inline
    anchor = inline[0].replace("<wp:inline ", '<wp:anchor relativeHeight="7" ')
    anchor = anchor.replace("</wp:inline>", "</wp:anchor>")
    floating = with_body(charted(), part.replace(inline[0], anchor).encode())
    made = insert(floating, native(110), END).content
    assert frames(made)["waterfall"].get("relativeHeight") == "7"
    ids = [each.find("{*}docPr").get("id") for each in frames(made).values()]
    assert len(ids) == len(set(ids)) == 4


def test_a_chart_that_somebody_has_renamed_is_known_by_its_kind() -> None:
    renamed = edited(in_red(charted()), 'name="waterfall"', 'name="Chart 7"')
    made = insert(renamed, native(110), END).content
    assert b'val="accent6"' in parts(made)[part_of(made, "waterfall")]


def test_a_chart_that_somebody_has_made_another_kind_of_is_a_new_one() -> None:
    found = part_of(charted(), "waterfall")
    lying = edited(in_red(charted()), '<c:barDir val="col"/>', '<c:barDir val="bar"/>', part=found)
    made = insert(lying, native(110), END).content
    fresh = insert(offer(), native(110), END).content
    assert numbers(made, "waterfall") == numbers(fresh, "waterfall")
    assert b'val="accent6"' not in parts(made)[part_of(made, "waterfall")]


def test_a_chart_that_cannot_be_read_is_a_new_one() -> None:
    broken = packed({**parts(charted()), part_of(charted(), "waterfall"): b"<c:chartSpace"})
    made = insert(broken, native(110), END, {EVERYTHING}).content
    fresh = insert(offer(), native(110), END).content
    assert numbers(made, "waterfall") == numbers(fresh, "waterfall")


def test_a_size_that_is_no_number_stops_nothing() -> None:
    wide = frames(charted())["waterfall"].find("{*}extent").get("cx")
    odd = edited(charted(), f'cx="{wide}"', 'cx="wide"', count=9)
    assert insert(odd, native(110), END).report.conflicts == ()


def test_the_same_numbers_again_leave_a_chart_in_red_byte_by_byte() -> None:
    red = in_red(charted())
    assert insert(red, native(), END).content == red


def test_a_chart_that_is_shown_outside_as_well_stays_there_and_the_new_one_looks_like_it() -> None:
    red = in_red(charted())
    shown = re.search(rb"<w:drawing>.*?</w:drawing>", parts(red)[BODY])
    assert shown
    drawing = shown[0].replace(b"<w:drawing>", f"<w:drawing {NAMESPACES}>".encode())
    drawing = re.sub(rb'<w:drawing [^>]*mc:Ignorable="[^"]*">', _only_needed, drawing)
    typed = b"<w:p><w:r>" + drawing.replace(b'name="waterfall"', b'name="theirs"') + b"</w:r></w:p>"
    before, after = outside(parts(red)[BODY])
    inside = parts(red)[BODY][len(before) : len(parts(red)[BODY]) - len(after)]
    made = insert(with_body(red, before + inside + typed + after), native(110), END).content
    assert numbers(made, "theirs") == numbers(red, "waterfall")
    assert part_of(made, "theirs") != part_of(made, "waterfall")
    assert b'val="accent6"' in parts(made)[part_of(made, "waterfall")]
    assert numbers(made, "waterfall") != numbers(red, "waterfall")


def _only_needed(_: Any) -> bytes:
    drawn = "http://schemas.openxmlformats.org/drawingml/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = {"wp": f"{drawn}/wordprocessingDrawing", "a": f"{drawn}/main", "r": office}
    return f"<w:drawing {' '.join(f'xmlns:{k}={v!r}' for k, v in names.items())}>".encode()


# --------------------------------------------------------------------------- language


def languages_of(content: bytes, tag: str = "chapter") -> set[str | None]:
    """The languages that the words of a control say they are in."""
    runs = (each for each in sdt(content, tag).iter(f"{W}r") if each.find(f"{W}t") is not None)
    found = [each.find(f"{W}rPr/{W}lang") for each in runs]
    return {None if each is None else each.get(f"{W}val") for each in found}


def test_words_in_another_language_than_the_document_say_so() -> None:
    made = insert(offer(), ours(language="de"), END).content
    assert languages_of(made) == {"de-DE"}
    assert languages_of(once()) == {None}
    later = insert(made, ours(150, language="de"), END).content
    assert languages_of(later) == {"de-DE"}


@pytest.mark.parametrize("place", ["defaults", "Normal"])
def test_the_language_of_a_document_is_that_of_its_usual_style_or_of_its_defaults(
    place: str,
) -> None:
    styles = parts(offer())["word/styles.xml"].decode()
    german = styles.replace('w:val="en-GB"', 'w:val="de-de"')
    if place == "Normal":
        name = '<w:name w:val="Normal"/>'
        assert name in styles
        german = re.sub(
            r'(w:styleId="Normal">.*?)</w:style>',
            r'\1<w:rPr><w:lang w:val="de-DE"/></w:rPr></w:style>',
            styles,
            count=1,
            flags=re.DOTALL,
        )
    theirs = packed({**parts(offer()), "word/styles.xml": german})
    assert languages_of(insert(theirs, ours(language="de"), END).content) == {None}
    assert languages_of(insert(theirs, ours(), END).content) == {"en-GB"}


def test_where_a_document_says_no_language_the_chapter_says_its_own() -> None:
    made = insert(document(paragraph("x")), ours(), END).content
    assert languages_of(made) == {"en-GB"}


def test_the_language_stands_where_the_format_of_words_may_have_it(tmp_path: Path) -> None:
    assert_sound(insert(PLAIN, ours(language="de"), END).content, tmp_path)


@pytest.mark.parametrize(
    ("language", "name"),
    [("en-GB", "Value case"), ("de", "Business Case"), ("fr", "Dossier de valeur")],
)
def test_the_control_of_the_chapter_is_called_in_its_language(language: str, name: str) -> None:
    made = insert(offer(), ours(language=language), END).content
    assert sdt(made, "chapter").find(f"{W}sdtPr/{W}alias").get(f"{W}val") == name


# --------------------------------------------------------------------------- copies


def assert_ids_of_controls_are_there_once(content: bytes) -> None:
    found = body(content).iter(f"{W}sdt")
    ids = [each.find(f"{W}sdtPr/{W}id").get(f"{W}val") for each in found]
    assert len(ids) == len(set(ids))


def assert_numbers_are_there_once(content: bytes) -> None:
    made = body(content)
    assert_ids_of_controls_are_there_once(content)
    marks = list(made.iter(f"{W}bookmarkStart"))
    assert len({each.get(f"{W}id") for each in marks}) == len(marks)
    assert len({each.get(f"{W}name").lower() for each in marks}) == len(marks) > 1
    drawings = [each.get("id") for each in made.iter("{*}docPr", "{*}cNvPr")]
    assert len(drawings) == len(set(drawings)) > 1
    asked = {each.text.split()[1] for each in made.iter(f"{W}instrText") if " REF " in each.text}
    assert asked <= {each.get(f"{W}name") for each in marks}


@pytest.mark.parametrize("charts", ["pictures", "native"])
def test_a_section_that_somebody_has_copied_is_written_anew_twice(charts: str) -> None:
    theirs = insert(offer(), ours(charts=charts), END).content
    twice = copied(theirs, "chapter.value", after="chapter.benefits")
    done = insert(twice, ours(150, charts=charts), END)
    assert tags(done.content).count("chapter.value") == 2
    assert [each.outcome for each in done.report.entries if each.tag == "chapter.value"] == [
        Outcome.FILLED,
        Outcome.FILLED,
    ]
    amount = result(150).figure("total_benefits").text
    assert words(body(done.content)).count(f"“Gain” with {amount}") == 2
    assert_numbers_are_there_once(done.content)
    again = insert(done.content, ours(200, charts=charts), END)
    assert again.report.conflicts == ()
    assert_numbers_are_there_once(again.content)


def test_a_copy_beside_one_that_somebody_has_changed_is_written_anew_alone() -> None:
    typed = edited(once(), "The largest benefit is", "We think the largest is")
    part = parts(typed)[BODY]
    _, end = span(part, "chapter.benefits")
    twice = with_body(typed, part[:end] + section(once(), "chapter.value") + part[end:])
    done = insert(twice, ours(150), END)
    found = [each.outcome for each in done.report.entries if each.tag == "chapter.value"]
    assert found == [Outcome.CONFLICT, Outcome.FILLED]
    names = [each.get(f"{W}name") for each in body(done.content).iter(f"{W}bookmarkStart")]
    assert len(names) == len(set(names))
    assert "We think" in words(body(done.content))


def test_a_reference_to_a_section_that_stays_names_what_it_is_called_there() -> None:
    taken = (
        '<w:p><w:bookmarkStart w:id="1" w:name="_RefBenefitLines"/><w:bookmarkEnd w:id="1"/></w:p>'
    )
    theirs = insert(document(taken), ours(), END).content
    assert b'w:name="_RefBenefitLines_2"' in section(theirs, "chapter.benefits")
    done = insert(edited(theirs, ">Gain<", ">Our gain<"), ours(150), END)
    assert outcomes(done)["chapter.benefits"] is Outcome.CONFLICT
    assert outcomes(done)["chapter.value"] is Outcome.FILLED
    assert b"REF _RefBenefitLines_2 " in section(done.content, "chapter.value")


def test_numbers_in_a_section_are_not_that_of_its_own_control() -> None:
    chosen = ("sign_off",)
    part = parts(insert(offer(), ours(sections=chosen), END).content)[BODY]
    part = re.sub(rb'(<w:id w:val=")(\d+"/>)', rb"\g<1>10\2", part)
    assert part.count(b"<w:sdt>") > 2, "a section with controls of its own"
    part = re.sub(rb'("chapter.sign_off"/><w:id w:val=")\d+', rb"\g<1>1", part)
    theirs = with_body(insert(offer(), ours(sections=chosen), END).content, part)
    done = insert(theirs, ours(sections=chosen, language="de"), END)
    assert outcomes(done)["chapter.sign_off"] is Outcome.FILLED
    assert_ids_of_controls_are_there_once(done.content)


def test_a_copy_with_the_number_of_the_first_gets_one_of_its_own() -> None:
    twice = copied(once(), "chapter.value", after="chapter.benefits")
    assert parts(twice)[BODY].count(b'"chapter.value"/><w:id w:val="2"/>') == 2
    assert_ids_of_controls_are_there_once(insert(twice, ours(150), END).content)


# --------------------------------------------------------------------------- order


OTHER = ("sources", "benefits", "summary", "value")


def in_order(content: bytes) -> list[str]:
    return [each.removeprefix("chapter.") for each in tags(content)[1:]]


def test_sections_are_put_into_the_order_that_is_chosen_later() -> None:
    done = insert(once(), ours(sections=OTHER), END)
    assert in_order(done.content) == list(OTHER)
    assert any("chosen order" in note for note in done.report.notes)
    assert outside(parts(done.content)[BODY]) == outside(parts(once())[BODY])
    for id in CHOSEN:
        assert section(done.content, f"chapter.{id}") == section(once(), f"chapter.{id}")
    back = insert(done.content, ours(), END)
    assert parts(back.content)[BODY] == parts(once())[BODY]


def test_with_new_numbers_words_of_a_person_move_along_byte_by_byte() -> None:
    typed = edited(once(), ">Gain<", ">Our gain<")
    done = insert(typed, ours(150, OTHER), END)
    assert in_order(done.content) == list(OTHER)
    assert outcomes(done)["chapter.benefits"] is Outcome.CONFLICT
    assert section(done.content, "chapter.benefits") == section(typed, "chapter.benefits")
    assert result(150).figure("value").text in words(sdt(done.content, "chapter.summary"))
    assert outside(parts(done.content)[BODY]) == outside(parts(once())[BODY])


def test_a_section_that_is_new_stands_in_the_chosen_order_as_well() -> None:
    more = ("sources", "statement", "benefits", "value")
    done = insert(once(), ours(sections=more), END)
    assert in_order(done.content) == list(more)
    later = ("value", "statement", "sources", "benefits")
    assert in_order(insert(done.content, ours(sections=later), END).content) == list(later)


def _between(content: bytes) -> bytes:
    return before_section(content, "chapter.benefits", paragraph("Between"))


def _moved_by_hand(content: bytes) -> bytes:
    part = parts(content)[BODY]
    begin, end = span(part, "chapter.summary")
    without = part[:begin] + part[end:]
    _, at = span(without, "chapter.benefits")
    return with_body(content, without[:at] + part[begin:end] + without[at:])


def _with_a_page_of_its_own(content: bytes) -> bytes:
    part = parts(content)[BODY]
    _, end = span(part, "chapter.benefits")
    at = end - len(_SECTION_ENDS)
    new = b"<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"
    return with_body(content, part[:at] + new + part[at:])


def _with_a_comment_over_two(content: bytes) -> bytes:
    part = parts(content)[BODY]
    for tag, mark in (("value", b"Start"), ("benefits", b"End")):
        _, end = span(part, f"chapter.{tag}")
        at = part.rindex(b"</w:p>", 0, end)
        part = part[:at] + b'<w:commentRange%s w:id="77"/>' % mark + part[at:]
    return with_body(content, part)


@pytest.mark.parametrize(
    "change", [_between, _moved_by_hand, _with_a_page_of_its_own, _with_a_comment_over_two]
)
def test_sections_that_somebody_has_arranged_or_written_between_stay_and_that_is_said(
    change: Callable[[bytes], bytes],
) -> None:
    theirs = change(once())
    done = insert(theirs, ours(sections=OTHER), END)
    assert parts(done.content)[BODY] == parts(theirs)[BODY]
    assert any("stay in the order" in note for note in done.report.notes)


def test_words_before_and_after_all_sections_stay_there_when_those_change_places() -> None:
    theirs = before_section(once(), "chapter.summary", paragraph("Our words first."))
    part = parts(theirs)[BODY]
    _, end = span(part, "chapter.sources")
    theirs = with_body(theirs, part[:end] + paragraph("Our words last.").encode() + part[end:])
    made = insert(theirs, ours(sections=OTHER), END).content
    assert in_order(made) == list(OTHER)
    shown = words(sdt(made, "chapter"))
    assert shown.startswith("Our words first.")
    assert shown.endswith("Our words last.")


def test_the_chosen_order_itself_is_nothing_to_speak_of() -> None:
    assert insert(once(), ours(150), END).report.notes == ()


# --------------------------------------------------------------------------- all of it


_TYPED = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=9
)


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(st.sampled_from(CHOSEN), _TYPED, min_size=1),
    st.sampled_from([CHOSEN, OTHER, ("statement", "value", "sources")]),
    st.booleans(),
)
def test_whatever_is_written_between_the_sections_stays_byte_by_byte(
    typed: dict[str, str], wanted: tuple[str, ...], has_copy: bool
) -> None:
    theirs = once()
    if has_copy:
        theirs = copied(theirs, "chapter.value", after="chapter.benefits")
    for id, text in typed.items():
        theirs = before_section(theirs, f"chapter.{id}", paragraph(run(text), run("\u00a0")))
    made = parts(insert(theirs, ours(150, wanted), END).content)[BODY]
    at = 0
    for id in (each for each in CHOSEN if each in typed):
        written = paragraph(run(typed[id]), run("\u00a0")).encode()
        at = made.index(written, at) + len(written)
    assert outside(made) == outside(parts(once())[BODY])


def test_what_comes_out_is_sound(tmp_path: Path) -> None:
    theirs = in_red(insert(PLAIN, native(), END).content)
    theirs = copied(theirs, "chapter.value", after="chapter.certainty")
    done = insert(theirs, ours(110, ("certainty", "value"), "native", "de"), END)
    assert_sound(done.content, tmp_path)


# --------------------------------------------------------------------------- by the front door


def by_the_front_door(theirs: bytes, wanted: tuple[str, ...], users: int = 100) -> Filled:
    wish = chapter.Wish(place=Place("heading", "Business case"), sections=wanted)
    found = result(users)
    return chapter.insert_chapter(theirs, found, compare(found.case), (), wish)


def test_a_section_of_the_chapter_that_is_not_chosen_any_more_goes() -> None:
    done = by_the_front_door(once(), ("summary", "value", "sources"))
    assert in_order(done.content) == ["summary", "value", "sources"]
    typed = edited(once(), ">Gain<", ">Our gain<")
    kept = by_the_front_door(typed, ("summary", "value", "sources"))
    assert outcomes(kept)["chapter.benefits"] is Outcome.KEPT


def test_a_section_in_a_control_of_its_own_is_written_though_it_was_not_chosen() -> None:
    made = docx.Document()
    made.add_paragraph("x")
    theirs = edited(
        saved(made), "<w:sectPr", f"{control('chapter.benefits', paragraph('[b]'))}<w:sectPr"
    )
    wish = chapter.Wish(place=END, sections=("summary",))
    found = result()
    done = chapter.insert_chapter(theirs, found, compare(found.case), (), wish)
    assert outcomes(done)["chapter.benefits"] is Outcome.FILLED
    assert words(sdt(done.content, "chapter")).count("Benefits over") == 0
    again = chapter.insert_chapter(done.content, found, compare(found.case), (), wish)
    assert again.content == done.content
