"""Somebody's own Word document by its pages: the tags, what would be filled, the filled file."""

from __future__ import annotations

import io
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.documents.embedding_documents import (
    control,
    controls,
    document,
    edited,
    packed,
    paragraph,
    parts,
    texts,
)
from tests.documents.test_embedding_gate import HOSTILE
from tests.web.operated import operated
from tests.web.readers import tree, words
from tests.web.visitors import Cast, Visitor, cast
from valuecalc.schemas.case import load_case
from valuecalc.services import cases, chapters, embedding, saved_cases
from valuecalc.services.chapters import ChapterWish
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.web.api.v1 import EXAMPLE_CASE
from valuecalc.web.pages import word

pytestmark = pytest.mark.usefixtures("documents_at_hand")

TEMPLATE = document(
    paragraph("NPV ", control("value.npv", "-"), " of ", control("text.title", "-", id=2))
)
FILE = "offer.docx"
WAYS = ("", "/fill", "/chapter", "/chapter/insert")


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture
def kept(people: Cast, store: Database) -> Saved:
    made, _ = saved_cases.create(store, people.editor.actor, load_case(EXAMPLE_CASE))
    return made


def place(kept: Saved) -> str:
    return f"/cases/{kept.head.uid}/word"


def npv(kept: Saved, scenario: str = "expected") -> str:
    return cases.calculate(kept.case, scenario).figure("npv").text


def uploaded(
    person: Visitor, kept: Saved, content: bytes, name: str = FILE, **fields: str
) -> TestResponse:
    data = {"csrf_token": person.token(), "document": (io.BytesIO(content), name), **fields}
    return person.client.post(place(kept), data=data)


def sent(person: Visitor, response: TestResponse, **fields: str) -> TestResponse:
    """Sends the form of a preview."""
    [form] = tree(response).xpath("//main//form")
    values: dict[str, object] = {}
    for name, value in form.form_values():
        values.setdefault(name, [])
        values[name].append(value)  # type: ignore[attr-defined]
    return person.client.post(form.get("action"), data={**values, **fields})


def typed_over(kept: Saved) -> bytes:
    """The filled template after somebody has written another number into it."""
    once = embedding.fill(kept.case, TEMPLATE).export.content
    return edited(once, f">{npv(kept)}<", ">about that<")


# --------------------------------------------------------------------------- the tags


def test_every_tag_is_listed_with_what_it_is_now(people: Cast, kept: Saved) -> None:
    page = people.viewer.open(place(kept))
    tags = [each.text for each in page.xpath("//tr[@data-tag]//code")]
    assert sorted(tags) == sorted(each.name for each in embedding.list_tags(kept.case))
    [row] = page.xpath("//tr[@data-tag][.//code='value.npv']")
    assert npv(kept) in words(row)
    copied = row.xpath(".//button/@data-copy-words")
    assert copied == ["value.npv", "short.npv", npv(kept), copied[3]]
    shown = [each.text_content() for each in page.xpath("//section[@data-group]//h2")]
    assert shown == ["Figures", "Texts", "Tables", "Pictures", "Plan"]


def test_a_search_finds_names_tags_and_texts(people: Cast, kept: Saved) -> None:
    found = people.viewer.open(f"{place(kept)}?q=net+PRESENT")
    labels = [words(each) for each in found.xpath("//tr[@data-tag]/th")]
    assert "Net present value (NPV)" in labels
    assert "Total benefits" not in labels
    by_text = people.viewer.open(f"{place(kept)}?q={EXAMPLE_CASE['customer'].replace(' ', '+')}")
    assert "text.customer" in [each.text for each in by_text.xpath("//code")]
    nothing = people.viewer.text(f"{place(kept)}?q=%3Cscript%3Exyz")
    assert "Nothing matches" in nothing


def test_long_lists_are_cut_and_counted(
    people: Cast, kept: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word, "MOST_SHOWN", 3)
    page = people.viewer.open(place(kept))
    assert len(page.xpath("//section[@id='figures']//tr[@data-tag]")) == 3
    figures = len(cases.calculate(kept.case).figures)
    assert f"{figures - 3} more: search" in words(page.xpath("//section[@id='figures']")[0])
    assert not page.xpath("//input[@data-filter]"), "the script would not find what is not there"


def test_pictures_are_shown_small_and_can_be_opened(people: Cast, kept: Saved) -> None:
    page = people.viewer.open(place(kept))
    [address] = page.xpath("//tr[.//code='image.waterfall']//img/@src")
    answer = people.viewer.client.get(address)
    assert answer.content_type == "image/png"
    assert answer.data == embedding.picture(kept.case, "image.waterfall").content
    assert not page.xpath("//tr[.//code='plan.gantt']//img"), "the case has no plan"
    for tag in ("plan.gantt", "value.npv", "nothing"):
        assert people.viewer.client.get(f"{place(kept)}/{tag}.png").status_code == 404


def test_the_template_to_begin_with_can_be_downloaded(people: Cast, kept: Saved) -> None:
    [address] = people.viewer.open(place(kept)).xpath("//a[contains(., 'Starter')]/@href")
    assert people.viewer.client.get(address).data == embedding.starter().content
    german = address.replace("language=en-GB", "language=de")
    assert people.viewer.client.get(german).data == embedding.starter("de").content
    unknown = address.replace("language=en-GB", "language=xx")
    assert people.viewer.client.get(unknown).status_code == 404


def test_a_draft_says_what_has_to_be_mended_first(people: Cast, store: Database) -> None:
    broken = [{"id": "gain", "label": "Gain", "formula": "nothing * 1 GBP"}]
    case = load_case({**EXAMPLE_CASE, "benefits": broken})
    kept, _ = saved_cases.create(store, people.editor.actor, case)
    assert "nothing" in people.editor.text(place(kept))
    assert uploaded(people.editor, kept, TEMPLATE).status_code == 422


# --------------------------------------------------------------------------- a document


def test_what_would_be_filled_is_shown_and_then_downloaded(people: Cast, kept: Saved) -> None:
    shown = uploaded(people.viewer, kept, TEMPLATE)
    assert shown.status_code == 200, shown.text
    text = words(tree(shown).xpath("//main")[0])
    assert f"What would be filled in {FILE}" in text
    assert "2 places change" in text and npv(kept) in text
    done = sent(people.viewer, shown)
    assert (done.status_code, done.content_type) == (200, cases.DOCX)
    assert f"filename={FILE}" in done.headers["Content-Disposition"]
    assert texts(done.data, "value.npv") == [npv(kept)]


def test_equal_tags_say_which_one_is_meant(people: Cast, kept: Saved) -> None:
    twice = document(paragraph(control("value.npv", "-"), control("value.npv", "-", id=2)))
    rows = tree(uploaded(people.viewer, kept, twice)).xpath("//tbody//th")
    assert [words(each).partition("The ")[2] for each in rows] == [
        "body, the first of 2",
        "body, the second of 2",
    ]


def test_the_scenario_that_was_chosen_is_filled_in(people: Cast, kept: Saved) -> None:
    shown = uploaded(people.viewer, kept, TEMPLATE, scenario="stretch")
    assert "Scenario: Stretch" in words(tree(shown))
    assert texts(sent(people.viewer, shown).data, "value.npv") == [npv(kept, "stretch")]


def test_an_earlier_version_stays_the_one_that_is_filled_in(
    people: Cast, store: Database, kept: Saved
) -> None:
    saved_cases.patch(
        store, people.editor.actor, kept.head.uid, kept.tag, {"title": "Another title"}
    )
    page = people.viewer.open(f"{place(kept)}?version=1")
    [action] = page.xpath("//form[@aria-label='Fill a document']/@action")
    data = {"csrf_token": people.viewer.token(), "document": (io.BytesIO(TEMPLATE), FILE)}
    shown = people.viewer.client.post(action, data=data)
    done = sent(people.viewer, shown)
    assert texts(done.data, "text.title") == [EXAMPLE_CASE["title"]]


@pytest.mark.parametrize(("side", "stands"), [("theirs", "about that"), ("ours", "")])
def test_both_sides_of_a_conflict_are_shown_and_one_is_chosen(
    people: Cast, store: Database, kept: Saved, side: str, stands: str
) -> None:
    typed = typed_over(kept)
    later = saved_cases.patch(
        store, people.editor.actor, kept.head.uid, kept.tag, {"discounting": {"rate": "20%"}}
    )
    shown = uploaded(people.viewer, later, typed)
    [row] = tree(shown).xpath("//tr[.//code='value.npv']")
    assert "about that" in words(row) and npv(later) in words(row)
    assert row.xpath(".//input[@checked]/@value") == ["theirs"]
    done = sent(people.viewer, shown, **{"decide-0": side})
    assert texts(done.data, "value.npv") == [stands or npv(later)]


def test_a_spot_that_is_there_twice_is_decided_once(people: Cast, kept: Saved) -> None:
    twice = document(
        paragraph(control("value.npv", "-")), paragraph(control("value.npv", "-", id=2))
    )
    once = embedding.fill(kept.case, twice).export.content
    typed = edited(edited(once, f">{npv(kept)}<", ">one<"), f">{npv(kept)}<", ">other<")
    shown = uploaded(people.viewer, kept, typed)
    [row] = tree(shown).xpath("//tr[.//code='value.npv']")
    assert "one" in words(row) and "other" in words(row) and "and 1 more" in words(row)
    done = sent(people.viewer, shown, **{"decide-0": "ours"})
    assert texts(done.data, "value.npv") == [npv(kept)] * 2


def test_tags_that_do_not_exist_come_with_those_that_may_be_meant(
    people: Cast, kept: Saved
) -> None:
    shown = uploaded(people.viewer, kept, document(paragraph(control("value.nvp", "-"))))
    [row] = tree(shown).xpath("//section[@aria-labelledby='unknown-title']//tbody/tr")
    assert "value.nvp" in words(row) and "Did you mean value.npv" in words(row)
    assert not tree(shown).xpath("//button[contains(., 'Fill and download')]")


def test_what_was_cut_out_of_the_document_is_said(people: Cast, kept: Saved) -> None:
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/attachedTemplate" Target="file:///C:/Brand.dotx" TargetMode="External"/>'
        "</Relationships>"
    )
    settings = (
        '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    )
    content = packed(
        {
            **parts(TEMPLATE),
            "word/settings.xml": settings,
            "word/_rels/settings.xml.rels": link,
        }
    )
    assert "“Brand.dotx”, was cut" in words(tree(uploaded(people.viewer, kept, content)))


# --------------------------------------------------------------------------- a chapter

PLAIN = document(paragraph("Our own words."))


def chapter_asked(
    person: Visitor,
    kept: Saved,
    content: bytes,
    sections: tuple[str, ...] = ("summary",),
    **more: str,
) -> TestResponse:
    data = {
        "csrf_token": person.token(),
        "document": (io.BytesIO(content), FILE),
        "section": list(sections),
        "place": "end",
        **more,
    }
    return person.client.post(f"{place(kept)}/chapter", data=data)


def test_a_chapter_is_shown_first_and_then_put_into_the_document(people: Cast, kept: Saved) -> None:
    page = people.viewer.open(place(kept))
    [form] = page.xpath("//form[@aria-label='Insert a chapter']")
    offered = form.xpath(".//input[@name='section']/@value")
    assert "summary" in offered and "cover" not in offered
    shown = chapter_asked(people.viewer, kept, PLAIN, ("summary", "conventions"))
    assert shown.status_code == 200, shown.text
    text = words(tree(shown).xpath("//main")[0])
    assert f"What would be put into {FILE}" in text
    assert "chapter.summary" in text and "chapter.conventions" in text
    done = sent(people.viewer, shown)
    assert (done.status_code, done.content_type) == (200, cases.DOCX)
    assert f"filename={FILE}" in done.headers["Content-Disposition"]
    assert "Our own words." in parts(done.data)["word/document.xml"].decode()
    assert controls(done.data, "chapter.summary") and controls(done.data, "chapter.conventions")


def test_a_chapter_that_is_there_stays_as_it_was_chosen(people: Cast, kept: Saved) -> None:
    chosen = {"language": "de", "scenario": "stretch", "charts": ""}
    once = sent(
        people.viewer, chapter_asked(people.viewer, kept, PLAIN, ("conventions",), **chosen)
    ).data
    unsaid = {"as_there": "1", "language": "", "scenario": "", "charts": ""}
    shown = chapter_asked(people.viewer, kept, once, **unsaid)
    main = words(tree(shown).xpath("//main")[0])
    assert "No place changes" in main and "Scenario: Stretch" in main
    assert sent(people.viewer, shown).data == once


def test_a_refused_chapter_keeps_what_was_chosen_in_the_form(people: Cast, kept: Saved) -> None:
    refused = chapter_asked(
        people.viewer, kept, PLAIN, place="control", scenario="stretch", charts="native"
    )
    assert refused.status_code == 422
    for field, choice in (("scenario", "stretch"), ("charts", "native")):
        chosen = f"//select[@id='chapter-{field}']/option[@selected]/@value"
        assert tree(refused).xpath(chosen) == [choice]


def test_a_section_that_was_typed_over_is_decided_on_the_page(people: Cast, kept: Saved) -> None:
    once = chapters.insert(kept.case, PLAIN, ChapterWish(place="end", sections=("conventions",)))
    typed = edited(once.export.content, ">Horizon<", ">How long<")
    for side, is_theirs in (("theirs", True), ("ours", False)):
        shown = chapter_asked(
            people.viewer, kept, typed, ("conventions",), scenario="stretch", charts="native"
        )
        [row] = tree(shown).xpath("//tr[.//code='chapter.conventions']")
        assert row.xpath(".//input[@checked]/@value") == ["theirs"]
        done = sent(people.viewer, shown, **{"decide-0": side})
        [made] = controls(done.data, "chapter.conventions")
        assert ("How long" in "".join(made.itertext())) is is_theirs


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"place": "heading", "place_name": "Nothing"}, "no heading “Nothing”"),
        ({"place": "control"}, "no content control tagged “chapter”"),
        ({"section": "cover"}, "A chapter has no cover"),
    ],
)
def test_a_chapter_without_a_place_is_told_so(
    people: Cast, kept: Saved, more: dict[str, str], cause: str
) -> None:
    answer = chapter_asked(people.viewer, kept, PLAIN, **more)
    assert answer.status_code == 422
    assert cause in words(tree(answer))


@pytest.mark.parametrize("kind", sorted(HOSTILE)[:4])
def test_a_document_that_could_do_harm_is_stopped_with_the_reason(
    people: Cast, kept: Saved, kind: str
) -> None:
    content = HOSTILE[kind][0]()
    for way in WAYS:
        form = {"document_sent": urlsafe_b64encode(content).decode(), "file_name": FILE}
        answer = people.viewer.send(f"{place(kept)}{way}", form)
        assert answer.status_code == 422
        assert "This document cannot be used" in words(tree(answer))


@pytest.mark.parametrize("form", [{}, {"document_sent": "%%%"}, {"document_sent": "abc"}])
def test_a_form_without_a_document_is_told_so(
    people: Cast, kept: Saved, form: dict[str, str]
) -> None:
    for path in WAYS:
        assert people.viewer.send(f"{place(kept)}{path}", form).status_code == 422


def test_markup_in_names_and_words_is_shown_as_text(people: Cast, kept: Saved) -> None:
    content = document(paragraph(control("value.<b>x</b>", "<script>alert(1)</script>")))
    shown = uploaded(people.viewer, kept, content, "<script>alert(2)</script>.docx")
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text
    assert "<b>x" not in shown.text


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("C:\\Users\\ann\\Offer 3.docx", "Offer 3.docx"),
        ("../../etc/passwd", "passwd.docx"),
        ("House.DOTX", "House.docx"),
        ("a\r\nX-Evil: 1.docx", "aX-Evil: 1.docx"),
        ("", "document.docx"),
        ("x" * 500, "x" * 120 + ".docx"),
    ],
)
def test_the_filled_file_is_called_like_the_one_that_was_sent(name: str, called: str) -> None:
    assert word._called(name) == called


def test_a_large_document_comes_back_with_the_form_of_its_preview(
    people: Cast, kept: Saved
) -> None:
    noise = bytes(number * number % 251 for number in range(4_000_000))
    content = packed_stored(noise)
    assert len(content) > 4_000_000
    shown = uploaded(people.viewer, kept, content)
    assert shown.status_code == 200
    assert texts(sent(people.viewer, shown).data, "value.npv") == [npv(kept)]


def packed_stored(noise: bytes) -> bytes:
    """The template with a part that no packing makes smaller."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, each in {**parts(TEMPLATE), "word/media/noise.png": noise}.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), each)
    return file.getvalue()


def test_a_document_counts_as_many_requests(tmp_path: Path) -> None:
    app = operated(tmp_path, rate_limit="25/hour")
    client = app.test_client()
    data = {"case": "{}", "document": (io.BytesIO(b"x"), FILE)}
    first = client.post("/api/v1/fill", data=data)
    assert first.status_code == 429, "a stranger has 30 of them for one document"
    assert client.get("/help").status_code == 429


def test_the_way_there_is_on_the_pages_of_the_case(people: Cast, kept: Saved) -> None:
    link = f"//a[@href='{place(kept)}']"
    for path in (f"/cases/{kept.head.uid}", f"/cases/{kept.head.uid}/edit"):
        assert people.editor.open(path).xpath(link)
    assert people.viewer.open(f"/cases/{kept.head.uid}").xpath(link)
    people.other.open(place(kept), 404)


def test_the_language_that_was_chosen_is_filled_in(people: Cast, kept: Saved) -> None:
    shown = uploaded(people.viewer, kept, TEMPLATE, language="de")
    german = npv(kept).removeprefix("£").replace(",", ".") + "\u00a0£"
    assert german.replace("\u00a0", " ") in words(tree(shown).xpath("//main")[0])
    assert texts(sent(people.viewer, shown).data, "value.npv") == [german]
    assert people.viewer.client.get(place(kept)).text.count('lang="fr">Français</option>') == 2


def test_a_document_is_filled_in_its_own_language_where_none_is_chosen(
    people: Cast, kept: Saved
) -> None:
    german = sent(people.viewer, uploaded(people.viewer, kept, TEMPLATE, language="de")).data
    shown = uploaded(people.viewer, kept, german, language="")
    assert "No place changes" in words(tree(shown).xpath("//main")[0])
    assert sent(people.viewer, shown).data == german
    page = people.viewer.open(place(kept))
    [first, *_] = page.xpath("//select[@id='language']/option")
    assert (first.get("value"), words(first)) == ("", "As in the document")
    assert page.xpath("//select[@id='chapter-language']/option[1]")[0].get("value") == ""
    english = uploaded(people.viewer, kept, german, language="en-GB")
    assert "filled in another language before" in words(tree(english).xpath("//main")[0])
