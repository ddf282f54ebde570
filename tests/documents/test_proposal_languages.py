"""A proposal in another language: all that is ours is said in it, and all else stays."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import count
from typing import Any

import pytest
import yaml
from lxml import etree

from tests import pseudo_language
from tests.builders import benefit, case, investment
from tests.documents.proposal_reader import NAMESPACES, Document, W, small_pictures, text_of
from tests.pseudo_language import PSEUDO
from valuecalc.case.case import BENEFIT_CATEGORIES, INVESTMENT_CATEGORIES, Case
from valuecalc.documents import languages
from valuecalc.documents.languages import USUAL, Language, speaking
from valuecalc.documents.languages.catalogue import Catalogue
from valuecalc.documents.proposal import (
    FULL,
    SECTIONS,
    SHORT,
    About,
    Options,
    housing,
    lines,
    write,
)
from valuecalc.documents.proposal.draft import Draft
from valuecalc.documents.proposal.house import House
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.formula import quantity
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

OWN = "Zq"
"""What every word begins with that an author has written."""

_TEXTS = (
    *("title", "customer", "summary", "label", "note", "source", "publisher", "name", "role"),
    *("owner", "tested", "change", "result", "by", "capability", "delivery"),
)
_IN_GERMAN = Catalogue(
    {
        "Contents": ("Inhalt",),
        "Investment": ("Investition",),
        "It pays back after {payback}.": ("{payback}: so lange dauert es.",),
        "Table\u00a0{number}": ("Tabelle\u00a0{number}",),
        "Page {page} of {pages}": ("Seite {page} von {pages}",),
        "{number} months": ("{number} Monate",),
    }
)
GERMAN = Language("de", _IN_GERMAN)


@cache
def own(name: str, **conventions: str) -> Case:
    """A straw-man whose every text of an author is made of words that nobody else has."""
    found = yaml.safe_load((models_folder() / f"{name}.yaml").read_bytes())
    ids = {each["id"] for each in found.get("people", ())}
    found["conventions"] = {**(found.get("conventions") or {}), **conventions}
    return case_from_text(yaml.safe_dump(_disguised(found, ids, count())).encode())


def _disguised(value: Any, ids: set[str], number: Iterator[int], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _disguised(each, ids, number, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_disguised(each, ids, number) for each in value]
    if key in _TEXTS and isinstance(value, str) and value not in ids:
        return f"{_word(next(number))} {_word(next(number))}"
    return value


def _word(number: int) -> str:
    letters = string.ascii_lowercase
    return f"{OWN}{letters[number // 26 // 26]}{letters[number // 26 % 26]}{letters[number % 26]}"


ABOUT = About(company="Zqcompany", by="Zqperson", day=date(2026, 8, 1), version="3")


def written(found: Case, language: Language, length: str = FULL, scenario: str = EXPECTED) -> bytes:
    options = Options(length=length, about=ABOUT, language=language)
    with small_pictures():
        return write(calculate(found, scenario), compare(found), ("Zqapproval",), options)


@cache
def plain(language: Language) -> Document:
    """The proposal of a case of few lines; languages with the same tag are one."""
    return of_few_lines(language)


def of_few_lines(language: Language) -> Document:
    made = case(
        benefit("gain", "100000 EUR/month"), investment("cost", "1234567 EUR"), currency="EUR"
    )
    return Document(written(made, language))


# --------------------------------------------------------------------------- all of it


def texts(document: Document) -> Iterator[str]:
    """Everything that a person may read or hear, or that another program shows."""
    roots = [document.body]
    roots += [document.part(f"word/{name}1.xml") for name in ("header", "footer")]
    for root in roots:
        yield from map(_whole, root.iter(f"{{{NAMESPACES['w']}}}p"))
    yield from document.find(".//w:tblCaption/@w:val")
    yield from document.find(".//w:tblDescription/@w:val")
    yield from document.find(".//w:alias/@w:val")
    yield from document.find(".//wp:docPr/@descr")
    yield from document.find(".//wp:docPr/@title")
    yield from (each.text or "" for each in document.part("docProps/core.xml") if not _is_tag(each))


def _whole(paragraph: Any) -> str:
    """The text of a paragraph with its equations, the signs of those apart from each other."""
    return "".join(
        each.text or "" if each.tag.startswith(WORDS) else f" {each.text} "
        for each in paragraph.iter()
        if etree.QName(each).localname == "t"
    )


WORDS = f"{{{NAMESPACES['w']}}}"
_ADDRESS = re.compile(r"https?://\S+")


def _is_tag(element: Any) -> bool:
    return bool(etree.QName(element).localname == "language")


def english_in(document: Document, units: set[str]) -> dict[str, str]:
    """Words that are ours and not said, each with a text that has it."""
    found: dict[str, str] = {}
    for each in texts(document):
        # What is shortened may have lost the mark at its end.
        whole = f"{each}{pseudo_language.CLOSE}" if _is_open(each) else each
        whole = _ADDRESS.sub("", whole)
        for word in pseudo_language.english_in(whole, units):
            if not word.startswith(OWN):
                found.setdefault(word, each)
    return found


def _is_open(text: str) -> bool:
    return text.rfind(pseudo_language.OPEN) > text.rfind(pseudo_language.CLOSE)


def units_of(found: Case) -> set[str]:
    """The nouns of units, which are the author's own."""
    nouns = {noun for each in calculate(found).figures.values() for noun in each.unit.split("/")}
    return {*nouns, *map(quantity.plural, nouns), *_JOINING, "if"}


_JOINING = {"et", "ou"}
"""What stands between the things of a list in the language of the test."""


CASES = [
    ("council-services", {}, EXPECTED),
    ("council-services", {}, "conservative"),
    ("field-service", {"headline": "p10"}, EXPECTED),
    ("predictive-maintenance", {"roi": "undiscounted", "payback": "whole_periods"}, EXPECTED),
]


@pytest.mark.parametrize("length", [FULL, SHORT])
@pytest.mark.parametrize(("name", "conventions", "scenario"), CASES)
def test_nothing_that_is_ours_is_left_in_english(
    name: str, conventions: dict[str, str], scenario: str, length: str
) -> None:
    found = own(name, **conventions)
    document = Document(written(found, PSEUDO, length, scenario))
    assert english_in(document, units_of(found)) == {}


def test_nothing_is_left_in_english_of_a_case_that_has_almost_nothing() -> None:
    found = case(investment("zqcost", "5 GBP"))
    assert english_in(Document(written(found, PSEUDO)), {"Test", "GBP", *_JOINING}) == {}


# --------------------------------------------------------------------------- of the language


def test_a_figure_inside_a_translated_sentence_is_a_control_still() -> None:
    [message] = plain(GERMAN).find(".//w:p[w:pPr/w:pStyle/@w:val='KeyMessage']")
    payback = next(
        each
        for each in message.findall(".//w:sdt", NAMESPACES)
        if each.find("w:sdtPr/w:tag", NAMESPACES).get(f"{{{NAMESPACES['w']}}}val") == "payback"
    )
    assert text_of(payback.getnext()).startswith(": so lange dauert es.")


def test_numbers_and_days_are_written_as_the_language_writes_them() -> None:
    text = plain(GERMAN).text
    assert "1.234.567\u00a0€" in text
    assert "1.\u00a0August\u00a02026" in text
    assert "€1,234,567" not in text


def test_captions_and_references_say_their_word() -> None:
    document = plain(GERMAN)
    captions = [text for text in document.styled("Caption") if text.startswith("Tabelle\u00a0")]
    assert len(captions) == len(document.styled("Caption")) > 5
    assert "(Tabelle\u00a0" in document.text


@pytest.mark.parametrize(
    ("tag", "table", "figure"),
    [
        ("en-GB", "Table", "Figure"),
        ("en-US", "Table", "Figure"),
        ("de", "Tabelle", "Abbildung"),
        ("fr", "Tableau", "Figure"),
        ("es", "Tabla", "Ilustración"),
    ],
)
def test_captions_are_counted_by_the_label_that_word_has_in_their_language(
    tag: str, table: str, figure: str
) -> None:
    document = of_few_lines(languages.find(tag))
    instructions = {each.text.strip() for each in document.find(".//w:instrText")}
    counted = {each for each in instructions if each.startswith("SEQ")}
    assert counted == {f"SEQ {table} \\* ARABIC", f"SEQ {figure} \\* ARABIC"}
    assert document.styled("PictureCaption")[0].startswith(f"{figure}\u00a01.")


def test_a_label_of_two_words_counts_nothing() -> None:
    two_words = Language("nl", Catalogue({"Table\u00a0{number}": ("Tab. Nr.\u00a0{number}",)}))
    instructions = [each.text.split() for each in plain(two_words).find(".//w:instrText")]
    assert {words[1] for words in instructions if words[0] == "SEQ"} == {"Table", "Figure"}


def test_references_to_captions_lead_to_bookmarks_in_every_language() -> None:
    document = of_few_lines(languages.find("es"))
    marked = {each.get(f"{W}name") for each in document.find(".//w:bookmarkStart")}
    instructions = [each.text.split() for each in document.find(".//w:instrText")]
    named = {words[1] for words in instructions if words[0] in ("REF", "PAGEREF")}
    assert named and named <= marked


def test_contents_and_footer_speak_the_language() -> None:
    document = plain(GERMAN)
    assert "Inhalt" in document.styled("ContentsHeading")
    assert any("Investition" in text for text in document.styled("TOC1"))
    assert text_of(document.part("word/footer1.xml")).endswith("Seite 1 von 1")


def test_the_file_says_which_language_it_is_in() -> None:
    document = plain(GERMAN)
    language = document.part("word/styles.xml").find(".//w:docDefaults//w:lang", NAMESPACES)
    assert language.get(f"{{{NAMESPACES['w']}}}val") == "de-DE"
    settings = document.parts["word/settings.xml"].decode()
    assert '<w:themeFontLang w:val="de-DE"/>' in settings
    assert '<w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/>' in settings
    assert ">de-DE<" in document.parts["docProps/core.xml"].decode()


def test_a_date_that_is_filled_in_is_written_in_the_language() -> None:
    document = plain(GERMAN)
    assert set(document.find(".//w:date/w:dateFormat/@w:val")) == {"d. MMMM yyyy"}
    assert set(document.find(".//w:date/w:lid/@w:val")) == {"de-DE"}


def test_tags_are_the_same_in_every_language() -> None:
    found = [[each.tag for each in plain(each).controls] for each in (USUAL, GERMAN, PSEUDO)]
    assert sorted(found[0]) == sorted(found[1]) == sorted(found[2])


def test_tables_are_known_by_the_same_names_in_every_language() -> None:
    found = own("council-services")
    result, compared = calculate(found), compare(found)
    drafts = []
    for language in (USUAL, PSEUDO):
        draft = Draft(result, compared)
        with small_pictures(), speaking(language):
            for section in SECTIONS:
                section.write(draft)
        drafts.append(set(draft.tables))
    assert drafts[0] == drafts[1]
    assert {"benefits", "outcomes", "investments", "cash_flow", "assumptions"} <= drafts[0]


def test_a_proposal_is_in_english_again_after_one_in_another_language() -> None:
    found = case(benefit("gain", "10 GBP"), investment("cost", "5 GBP"))
    before = written(found, USUAL)
    assert written(found, GERMAN) != before
    assert written(found, USUAL) == before


def test_categories_inside_a_sentence_are_those_of_the_tables_in_small_letters() -> None:
    for kind, categories in (
        ("benefit", BENEFIT_CATEGORIES),
        ("investment", INVESTMENT_CATEGORIES),
    ):
        expected = {id: category.label.lower() for id, category in categories.items()}
        assert dict(lines._CATEGORIES[kind]) == expected


def test_the_styles_of_a_house_are_for_text_in_the_language() -> None:
    styles = plain(USUAL).parts["word/styles.xml"]
    house = House(parts={"word/styles.xml": styles}, text_width=9071)
    assert housing.parts_in(house, "en-GB")["word/styles.xml"] == styles
    assert b'<w:lang w:val="de-DE"' in housing.parts_in(house, "de-DE")["word/styles.xml"]
