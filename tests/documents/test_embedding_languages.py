"""Controls filled in any language, and filled again in another one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import pytest

from tests.documents.embedding_documents import (
    W,
    cells,
    control,
    document,
    edited,
    in_this_process,
    paragraph,
    root,
    row,
    table,
    words,
)
from tests.documents.proposal_reader import Document, small_pictures
from tests.pseudo_language import CLOSE, OPEN, PSEUDO, disguised, english_in
from valuecalc.documents import languages
from valuecalc.documents.embedding import (
    Catalogue,
    Missing,
    Outcome,
    Picture,
    Table,
    Words,
    check,
    fill,
    fill_document,
    starter,
)
from valuecalc.documents.embedding.contents import Content, as_plain, from_plain
from valuecalc.documents.embedding.grid import BRACKETS
from valuecalc.documents.languages import Language
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

UNITS = (
    "technician technicians job jobs contract contracts mile miles user users kg GBP USD",
    "if min max",
)
TAG = "table.benefits"
ENGLISH = Table(
    ("Benefit", "Amount"),
    (("qwa", "£1,000"), ("Other benefits", "£200")),
    ("Total benefits", "£1,200"),
)
GERMAN = Table(
    ("Nutzen", "Betrag"),
    (("qwa", "1.000 £"), ("Sonstiger Nutzen", "200 £")),
    ("Nutzen insgesamt", "1.200 £"),
    ENGLISH.heads,
    ("qwa", "Other benefits"),
)
FRENCH = Table(
    ("Bénéfice", "Montant"),
    (("qwa", "1 000 £"), ("Autres bénéfices", "200 £")),
    ("Ensemble", "1 200 £"),
    ENGLISH.heads,
    ("qwa", "Other benefits"),
)
EMPTY = document(control(TAG, paragraph("[Benefits]")))


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


@cache
def result() -> Result:
    text = (models_folder() / "field-service.yaml").read_bytes()
    return calculate(disguised(case_from_text(text)))


@cache
def catalogue(tag: str = "") -> Catalogue:
    language = Language(tag) if tag else PSEUDO
    return Catalogue(result(), compare(result().case), language=language)


def texts(content: Content) -> Iterator[str]:
    match content:
        case Words():
            yield content.text
        case Picture():
            yield content.words
        case Table():
            for line in (content.heads, *content.rows, content.total):
                yield from line


class TestWhatATagStandsFor:
    @pytest.mark.parametrize("kind", ["text", "table", "picture", "figure", "short figure"])
    def test_is_wholly_in_the_language(self, kind: str) -> None:
        english = {}
        for tag in catalogue().tags:
            if tag.kind == kind:
                for text in texts(catalogue().content(tag.name)):
                    if found := english_in(text, UNITS):
                        english[tag.name] = (found, text)
        assert not english

    def test_keeps_the_tag_and_what_it_is_called_in_english(self) -> None:
        usual = Catalogue(result())
        assert catalogue().tags == usual.tags

    def test_is_in_the_language_that_is_spoken_where_none_is_chosen(self) -> None:
        with languages.speaking(Language("de")):
            made = Catalogue(result())
        assert made.content("value.npv") == catalogue("de").content("value.npv")
        assert made.content("value.npv") != Catalogue(result()).content("value.npv")

    def test_says_in_english_why_there_is_nothing(self) -> None:
        missing = [catalogue().content(tag.name) for tag in catalogue().tags]
        reasons = [each.reason for each in missing if isinstance(each, Missing)]
        assert not any("⟦" in each for each in reasons)

    def test_has_the_names_of_columns_and_rows_in_english_too(self) -> None:
        english, french = Catalogue(result()), catalogue("fr")
        tables = [tag.name for tag in english.tags if tag.kind == "table"]
        assert len(tables) > 10
        for tag in tables:
            one, other = english.content(tag), french.content(tag)
            if isinstance(one, Table) and isinstance(other, Table):
                assert (one.names, one.keys) == (other.names, other.keys), tag

    def test_travels_between_processes_with_its_english_names(self) -> None:
        assert from_plain(as_plain(GERMAN)) == GERMAN
        assert from_plain(as_plain(ENGLISH)) == ENGLISH


class TestATable:
    def test_that_was_filled_in_one_language_is_filled_in_another(self) -> None:
        once = fill(EMPTY, {TAG: ENGLISH})
        for made in (GERMAN, FRENCH, ENGLISH):
            once = fill(once.content, {TAG: made})
            assert not once.report.of(Outcome.CONFLICT, Outcome.KEPT, Outcome.LEFT)
            assert cells(once.content) == [
                list(each) for each in (made.heads, *made.rows, made.total)
            ]
        assert once.content == fill(once.content, {TAG: ENGLISH}).content

    def test_keeps_what_a_person_wrote_in_whichever_language(self) -> None:
        once = fill(EMPTY, {TAG: GERMAN}).content
        changed = edited(once, "200 £", "250 £")
        again = fill(changed, {TAG: FRENCH})
        [conflict] = again.report.of(Outcome.CONFLICT)
        assert conflict.spot == f"{TAG}[Other benefits][Amount]"
        assert ["Autres bénéfices", "250 £"] in cells(again.content)

    def test_keeps_heads_and_the_name_of_the_total_that_a_person_chose(self) -> None:
        heads = row("What we gain", "Amount", "Remark", head=True)
        own = table(heads, row("[Benefit]", "[Amount]", ""), row("Total, EUR", "[Amount]", ""))
        once = fill(document(control(TAG, own)), {TAG: ENGLISH}).content
        again = fill(once, {TAG: GERMAN}).content
        assert cells(again) == [
            ["What we gain", "Betrag", "Remark"],
            ["qwa", "1.000 £", ""],
            ["Sonstiger Nutzen", "200 £", ""],
            ["Total, EUR", "1.200 £", ""],
        ]

    def test_knows_columns_by_names_in_its_own_language(self) -> None:
        template = table(row("[Nutzen]", "", head=True), row("[Nutzen]", "[Betrag]"))
        made = fill(document(control(TAG, template)), {TAG: GERMAN}).content
        assert cells(made)[1:] == [list(each) for each in GERMAN.rows]

    def test_keeps_rows_apart_that_are_called_alike_in_a_language(self) -> None:
        alike = Table(
            GERMAN.heads, (("Gleich", "1"), ("Gleich", "2")), (), ENGLISH.heads, ("First", "Second")
        )
        english = Table(ENGLISH.heads, (("First", "1"), ("Second", "2")))
        once = fill(EMPTY, {TAG: alike})
        for made in (alike, english, alike):
            once = fill(once.content, {TAG: made})
            assert not once.report.of(Outcome.CONFLICT, Outcome.KEPT)
            assert cells(once.content)[1:] == [list(each) for each in made.rows]


class TestADocument:
    def test_is_filled_in_a_process_of_its_own_in_the_chosen_language(self) -> None:
        content = document(
            paragraph(control("value.npv", "[NPV]")),
            control("image.waterfall", paragraph("[Picture]")),
            control("plan.decisions", paragraph("[Decisions]")),
        )
        for tag in ("en-GB", "fr", "en-GB"):
            filled = fill_document(content, catalogue(tag))
            assert not filled.report.of(Outcome.CONFLICT, Outcome.KEPT, Outcome.LEFT)
            npv = catalogue(tag).content("value.npv")
            assert isinstance(npv, Words)
            assert npv.text in words(root(filled.content))
            content = filled.content
        assert len(list(root(content).iter(f"{W}drawing"))) == 1


def test_a_word_that_a_person_typed_over_is_kept_in_another_language() -> None:
    content = document(paragraph(control("value.npv", "[NPV]")))
    once = fill(content, {"value.npv": catalogue("en-GB").content("value.npv")}).content
    npv = catalogue("en-GB").content("value.npv")
    assert isinstance(npv, Words)
    typed = edited(once, npv.text, "about a million")
    again = fill(typed, {"value.npv": catalogue("fr").content("value.npv")})
    assert len(again.report.of(Outcome.CONFLICT)) == 1
    assert "about a million" in words(root(again.content))


class TestTheTemplateToBeginWith:
    def test_is_wholly_in_the_language_but_for_the_names_of_columns(self) -> None:
        content = Document(starter(PSEUDO))
        for part in ("document", "header1", "footer1"):
            for each in content.part(f"word/{part}.xml").iter(f"{W}t"):
                text = BRACKETS.sub("", each.text or "")
                assert not english_in(text), text
        assert all(
            not english_in(f"{OPEN}{each}{CLOSE}" if OPEN not in each else each)
            for each in (each.get("descr") or "" for each in content.find("//wp:docPr"))
        )

    def test_is_the_same_as_ever_where_no_language_is_chosen(self) -> None:
        assert starter() == starter(languages.USUAL)
        assert starter(PSEUDO) != starter()

    @pytest.mark.parametrize(
        ("of", "tag"), [("", ""), ("en-GB", ""), ("en-GB", "fr"), ("fr", "de")]
    )
    def test_is_filled_in_any_language(self, of: str, tag: str) -> None:
        content = starter(Language(of) if of else PSEUDO)
        tables = {each.name for each in catalogue(tag).tags if each.name.startswith("table.")}
        made = fill(content, {each: catalogue(tag).content(each) for each in tables})
        assert not made.report.of(Outcome.CONFLICT, Outcome.KEPT)
        left = made.report.of(Outcome.LEFT)
        assert not [each.tag for each in left]


# --------------------------------------------------------------------------- the language is kept

NAMED = document(paragraph(control("text.decision_date", "[day]")))


def day(content: bytes) -> str:
    return " ".join(words(root(content)).split())


@pytest.fixture
def _in_this_process() -> Iterator[None]:
    with in_this_process():
        yield


@cache
def catalogue_in(tag: str | None) -> Catalogue:
    return Catalogue(result(), language=languages.find(tag) if tag else None)


@pytest.mark.usefixtures("_in_this_process")
def test_a_document_is_filled_in_the_language_of_the_last_time_where_none_is_named() -> None:
    once = fill_document(NAMED, catalogue_in("de"))
    again = fill_document(once.content, catalogue_in(None))
    assert day(once.content) == "1. Januar 2027"
    assert again.content == once.content
    assert again.report.notes == ()


@pytest.mark.usefixtures("_in_this_process")
def test_a_document_that_nobody_has_filled_is_filled_in_english() -> None:
    assert day(fill_document(NAMED, catalogue_in(None)).content) == "1 January 2027"


@pytest.mark.usefixtures("_in_this_process")
def test_another_language_is_taken_and_said() -> None:
    once = fill_document(NAMED, catalogue_in("de")).content
    again = fill_document(once, catalogue_in("fr"))
    assert day(again.content) == "1er janvier 2027"
    [note] = again.report.notes
    assert "Deutsch" in note
    assert "Français" in note
    third = fill_document(again.content, catalogue_in(None))
    assert day(third.content) == "1er janvier 2027"
    assert third.report.notes == ()


@pytest.mark.usefixtures("_in_this_process")
def test_the_check_of_a_document_is_in_its_language() -> None:
    once = fill_document(NAMED, catalogue_in("es")).content
    [entry] = check(once, catalogue_in(None)).report.entries
    assert entry.outcome is Outcome.UNCHANGED


@pytest.mark.usefixtures("_in_this_process")
@pytest.mark.parametrize("said", ["xx", "", "../../etc/passwd", "d" * 5_000, 17, ["de"]])
def test_a_document_that_names_a_language_that_there_is_not_is_filled_in_english(
    said: object,
) -> None:
    once = fill_document(NAMED, catalogue_in("de")).content
    item = "customXml/item1.xml"
    forged = edited(once, '"language": "de"', f'"language": {json.dumps(said)}', item)
    made = fill_document(forged, catalogue_in(None))
    assert day(made.content) == "1 January 2027"
    assert made.report.notes == ()


@pytest.mark.usefixtures("_in_this_process")
def test_a_state_without_a_language_is_read_as_before() -> None:
    once = fill_document(NAMED, catalogue_in(None)).content
    old = edited(once, '"language": "en-GB", ', "", "customXml/item1.xml")
    made = fill_document(old, catalogue_in(None))
    assert {each.outcome for each in made.report.entries} == {Outcome.UNCHANGED}
    assert made.report.notes == ()


# --------------------------------------------------------------------------- the starter template


def rows_to_fill(content: bytes) -> set[str]:
    """What stands in brackets in the tables of a template."""
    return {
        text[1:-1]
        for number in range(len(list(root(content).iter(f"{W}tbl"))))
        for line in cells(content, number)
        for text in line
        if BRACKETS.fullmatch(text)
    }


def test_a_template_that_was_not_filled_shows_the_names_of_its_columns_in_its_language() -> None:
    german = rows_to_fill(template_in("de"))
    english = rows_to_fill(template_in("en-GB"))
    assert {"Total", "Present value", "Grade"} <= english
    assert not {"Total", "Present value", "Benefit", "Assumption"} & german
    assert "Our remark" not in english


@cache
def template_in(tag: str) -> bytes:
    return starter(languages.find(tag))


@pytest.mark.usefixtures("_in_this_process")
@pytest.mark.parametrize("template", ["en-GB", "de", "fr", "es"])
@pytest.mark.parametrize("language", [None, "de", "fr"])
def test_a_template_in_any_language_is_filled_in_any_other(
    template: str, language: str | None
) -> None:
    made = fill_document(template_in(template), catalogue_in(language))
    assert made.report.of(Outcome.LEFT, Outcome.CONFLICT, Outcome.UNKNOWN) == ()
    assert rows_to_fill(made.content) == set()
    shown = [line for line in cells(made.content, 1) if any(line[1:])]
    assert len(shown) == 2 + len(result().benefits)
    assert all(line[2] for line in shown)
