"""What a language makes of our texts, of numbers and of days; and what it leaves alone."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from valuecalc import phrases
from valuecalc.documents import languages
from valuecalc.documents.languages import Language
from valuecalc.documents.languages.catalogue import Catalogue
from valuecalc.errors import UnknownName
from valuecalc.formula import quantity
from valuecalc.phrases import capitalised, day, joined, listed, lowered, phrase, plural

GERMAN = Language(
    "de",
    Catalogue(
        {
            "total": ("insgesamt",),
            "{label}, {what}": ("{what} {label}",),
            "{number} year": ("{number} Jahr", "{number} Jahre"),
            "{number}m": ("{number} Mio.",),
            "month": ("Monat", "Monate"),
            "per {unit}": ("pro {unit}",),
        }
    ),
)
DAY = date(2027, 3, 1)


def test_a_pattern_is_translated_and_its_values_with_it() -> None:
    assert GERMAN.say(phrase("{label}, {what}", label="A", what=phrase("total"))) == "insgesamt A"


def test_somebodys_own_words_stay_as_they_are() -> None:
    assert GERMAN.say("total") == "total"


def test_a_text_without_a_translation_is_said_in_english() -> None:
    assert GERMAN.say(plural("{number} dog", "{number} dogs", 2)) == "2 dogs"


@pytest.mark.parametrize(("number", "text"), [(1, "1 Jahr"), (2, "2 Jahre"), (0, "0 Jahre")])
def test_a_number_asks_for_its_form(number: int, text: str) -> None:
    assert GERMAN.say(plural("{number} year", "{number} years", number)) == text


def test_a_label_inside_a_sentence_keeps_its_capital_where_nouns_have_one() -> None:
    text = phrase("{label}, {what}", label=lowered("Umsatz"), what="A")
    assert (str(text), GERMAN.say(text)) == ("umsatz, A", "A Umsatz")
    assert lowered("ARPU") == "ARPU"


def test_how_many_there_are_has_the_separators_of_the_language() -> None:
    assert GERMAN.say(plural("{number} year", "{number} years", 1200)) == "1.200 Jahre"


def test_texts_that_are_put_together_are_said_one_by_one() -> None:
    parts = ["A", phrase("total")]
    assert GERMAN.say(joined("; ", parts)) == "A; insgesamt"
    assert GERMAN.say(listed(parts)) == "A und insgesamt"
    assert GERMAN.say(listed(parts, "or")) == "A oder insgesamt"
    assert GERMAN.say(capitalised(phrase("total"))) == "Insgesamt"


def test_a_phrase_comes_in_pieces_for_things_that_are_no_text() -> None:
    thing = SimpleNamespace(text="B")
    text = phrase("{label}, {what}", label="A", what=thing)
    assert list(GERMAN.pieces(text)) == [thing, " ", "A"]


@pytest.mark.parametrize(
    ("tag", "texts"),
    [
        ("en-GB", ("£1,234,568", "−CHF 38.50", "12.5%", "£22 per user per month", "£1.67m")),
        ("en-US", ("£1,234,568", "−CHF 38.50", "12.5%", "£22 per user per month", None)),
        ("de", ("1.234.568 £", "−38,50 CHF", "12,5 %", "22 £ pro user pro Monat", "1,67 Mio. £")),
        ("fr", ("1 234 568 £", "−38,50 CHF", "12,5 %", None, None)),
        ("es", ("1.234.568 £", "−38,50 CHF", "12,5 %", None, None)),
    ],
)
def test_amounts_have_the_separators_and_the_currency_of_the_language(
    tag: str, texts: tuple[str | None, ...]
) -> None:
    language = GERMAN if tag == "de" else Language(tag)
    amounts = (
        quantity.show(1234567.5, "GBP"),
        quantity.show(-38.5, "CHF"),
        quantity.show(0.125, "%"),
        quantity.show_with_unit(22, "GBP/user/month"),
        quantity.show_short(1_670_000, "GBP"),
    )
    said = [_with_plain_spaces(language.say(each)) for each in amounts]
    expected = [wanted or got for wanted, got in zip(texts, said, strict=True)]
    assert said == expected


def _with_plain_spaces(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_half_an_hour_is_singular_in_french_and_plural_in_german() -> None:
    units = Catalogue({"hour": ("one", "other")})
    half = quantity.show_with_unit(0.5, "hour")
    assert Language("fr", units).say(half) == "0,5\u00a0one"
    assert Language("de", units).say(half) == "0,5\u00a0other"


def test_somebodys_own_unit_has_an_english_plural_in_english_alone() -> None:
    many = quantity.show_with_unit(120, "node")
    said = [Language(tag).say(many) for tag in ("en-US", "de")]
    assert said == ["120\u00a0nodes", "120\u00a0node"]


def test_an_amount_never_ends_a_line_between_its_digits_or_before_its_currency() -> None:
    for tag in ("de", "fr", "es"):
        assert " " not in Language(tag).say(quantity.show(-1234567, "EUR"))


def test_what_is_undefined_is_a_dash_everywhere() -> None:
    assert GERMAN.say(quantity.show(float("nan"), "GBP")) == "–"


@pytest.mark.parametrize(
    ("tag", "full", "short", "month"),
    [
        ("en-GB", "1 March 2027", "1 Mar 2027", "March 2027"),
        ("en-US", "March 1, 2027", "Mar 1, 2027", "March 2027"),
        ("de", "1. März 2027", "1. März 2027", "März 2027"),
        ("fr", "1er mars 2027", "1er mars 2027", "mars 2027"),
        ("es", "1 de marzo de 2027", "1 mar 2027", "marzo de 2027"),
    ],
)
def test_days_are_written_as_the_language_does(tag: str, full: str, short: str, month: str) -> None:
    said = [
        Language(tag).say(day(DAY, style)) for style in (phrases.FULL, phrases.SHORT, phrases.MONTH)
    ]
    assert said == [each.replace(" ", "\u00a0") for each in (full, short, month)]


def test_a_language_is_spoken_inside_its_block_only() -> None:
    with languages.speaking(GERMAN):
        assert languages.spoken(phrase("total")) == "insgesamt"
        assert languages.current() is GERMAN
    assert languages.spoken(phrase("total")) == "total"


def test_an_unknown_language_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UnknownName) as error:
        languages.find("tlh")
    assert "en-GB" in error.value.remedy


def test_office_programs_get_a_language_with_its_country() -> None:
    assert [Language(tag).office_tag for tag in ("de", "en-US")] == ["de-DE", "en-US"]


def test_office_programs_know_the_separators_of_a_language_by_its_number() -> None:
    tags = ("en-GB", "en-US", "de", "fr", "es", "it", "tlh-KX")
    assert [Language(tag).number_code for tag in tags] == [
        *("[$-809]", "[$-409]", "[$-407]", "[$-40C]", "[$-C0A]", "[$-410]", "")
    ]
