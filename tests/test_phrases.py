"""Texts of ours: English as they are, and they remember what they are made of."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from datetime import date

import orjson
import pytest

from valuecalc import phrases
from valuecalc.phrases import capitalised, day, joined, listed, phrase, plural


@dataclass
class Shown:
    text: str


def test_a_phrase_reads_as_its_pattern_filled_in() -> None:
    assert phrase("{label}, total", label="Licences") == "Licences, total"


def test_a_phrase_without_values_may_hold_braces() -> None:
    assert phrase("{as it is}") == "{as it is}"


def test_a_thing_with_a_text_stands_for_its_text() -> None:
    assert phrase("It brings {figure}.", figure=Shown("£5")) == "It brings £5."


def test_what_is_missing_in_a_pattern_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="label"):
        phrase("{label}, total", name="Licences")


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1 year"), (0, "0 years"), (2, "2 years"), (1200, "1,200 years"), (1.5, "1.5 years")],
)
def test_a_number_decides_between_one_and_several(number: float, text: str) -> None:
    assert plural("{number} year", "{number} years", number) == text


def test_how_the_number_is_written_can_be_said() -> None:
    assert plural("{number} month", "{number} months", 7.25, number="7.3") == "7.3 months"


def test_a_list_reads_as_a_sentence_has_it() -> None:
    assert [listed([]), listed(["A"]), listed(["A", "B"]), listed(["A", "B", "C"], "or")] == [
        "",
        "A",
        "A and B",
        "A, B or C",
    ]


def test_days_are_written_in_full_or_short() -> None:
    when = date(2027, 3, 1)
    assert [day(when), day(when, phrases.SHORT), day(when, phrases.MONTH)] == [
        "1 March 2027",
        "1 Mar 2027",
        "March 2027",
    ]


@pytest.mark.parametrize(
    "text",
    [
        phrase("{label}, total", label="Licences"),
        plural("{number} year", "{number} years", 3),
        joined(", ", ["A", phrase("B")]),
        listed(["A", "B"]),
        capitalised(phrase("nothing")),
        day(date(2027, 3, 1)),
    ],
)
def test_what_a_text_is_made_of_survives_a_copy_and_a_process(text: str) -> None:
    for other in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert type(other) is type(text)
        assert (str(other), vars(other)) == (str(text), vars(text))


def test_answers_of_the_service_hold_plain_text() -> None:
    assert orjson.dumps({"label": phrase("Value")}) == b'{"label":"Value"}'
