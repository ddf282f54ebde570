"""Documents as people would type them: every number a text, and every digit kept."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import cases
from valuecalc.formula import quantity
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.written import number_text, short_text, shortened, text_at, written
from valuecalc.services import library

STRAW_MEN = [each.slug for each in library.straw_men()]
UNITS = ["1", "%", "%/month", "GBP", "GBP/user/month", "CHF/hour", "user", "FTE", None]
NUMBERS = st.floats(-1e18, 1e18, allow_nan=False) | st.floats(-2, 2) | st.integers(-(10**6), 10**6)


def document(**fields: Any) -> dict[str, Any]:
    return {"format": "valuecalc/1", "title": "T", **fields}


def assumption(**fields: Any) -> dict[str, Any]:
    return {"id": "a", "label": "A", "value": 1, **fields}


def written_again(typed: dict[str, Any]) -> dict[str, Any]:
    """The written document of what somebody typed; reading it has to give the same case."""
    case = load_case(typed)
    found = written(dump_case(case))
    assert load_case(found) == case
    return found


def numbers(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all numbers in a document."""
    if isinstance(value, dict):
        return [found for key, each in value.items() for found in numbers(each, (*path, key))]
    if isinstance(value, list):
        return [found for i, each in enumerate(value) for found in numbers(each, (*path, i))]
    return [path] if isinstance(value, int | float) and not isinstance(value, bool) else []


@pytest.mark.parametrize("slug", STRAW_MEN)
def test_every_straw_man_reads_back_as_it_was_and_holds_no_number(slug: str) -> None:
    case = library.straw_man(slug).case
    found = written(dump_case(case))
    assert load_case(found) == case
    assert dump_case(load_case(found)) == dump_case(case)
    assert numbers(found) == []


@given(cases())
def test_every_case_reads_back_as_it_was(case: Any) -> None:
    assert load_case(written(dump_case(case))) == load_case(dump_case(case))


@given(NUMBERS, st.sampled_from(UNITS))
def test_no_number_loses_a_digit(value: float, unit: str | None) -> None:
    text = number_text(value, unit)
    assert quantity.read(text, unit).value == value
    assert len(text) <= quantity.MAX_LENGTH


@given(NUMBERS, st.sampled_from(["%", "GBP", "user/day", "1", "CHF"]))
def test_numbers_at_every_place_of_an_assumption_read_back(value: float, unit: str) -> None:
    row = assumption(
        value=value,
        low=value / 3,
        high=value / 7,
        unit=unit,
        distribution="discrete",
        outcomes=[{"value": value / 11, "chance": 1 / 3}, {"value": 0, "chance": 2 / 3}],
        pilot={"cost": abs(value)},
    )
    overrides = {"id": "s", "label": "S", "set": {"a": value / 13}}
    other = {"id": "o", "label": "O", "set": {"a": value / 17}}
    whole = document(assumptions=[row], scenarios=[overrides], alternatives=[other])
    written_again(whole)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (22, "GBP/user/month", "£22"),
        (22.5, "CHF", "CHF 22.50"),
        (-24.2, "GBP/user", "-£24.20"),
        (24.25, "GBP", "£24.25"),
        (24.2, "user", "24.2"),
        (-3000, "GBP", "-£3,000"),
        (0.12, "%", "12%"),
        (0.123, "%/month", "12.3%"),
        (1 / 3, "%", "33.33333333333333%"),
        (-0.005, "%", "-0.5%"),
        (1250, "user", "1,250"),
        (2027, None, "2027"),
        (16384, None, "16,384"),
        (0.1 + 0.2, "1", "0.30000000000000004"),
        (1.5e-30, "GBP", "£1.5e-30"),
        (1e18, "1", "1,000,000,000,000,000,000"),
        (3, "FTE", "3"),
        (-0.0, "GBP", "£0"),
    ],
)
def test_numbers_look_as_people_write_them(value: float, unit: str | None, text: str) -> None:
    assert number_text(value, unit) == text
    assert quantity.read(text, unit).value == value


def test_each_number_is_written_in_the_unit_of_its_place() -> None:
    typed = document(
        timeline={"start": "2027-01", "months": 30},
        discounting={"rate": "7.5%", "factor_decimals": 4},
        probability="40%",
        assumptions=[
            assumption(unit="%", value=0.3, growth="2%", travel={"scale_with": "d", "to": 5})
            | {"travel": {"scale_with": "d", "exponent": 0.8}},
            {"id": "v", "label": "V", "values": [100000, 120000], "unit": "GBP/month"},
        ],
        benefits=[
            {
                "id": "b",
                "label": "B",
                "formula": "v",
                "starts": 3,
                "ends": "2028-12",
                "spread": 6,
                "ramp": {"years": [0.3, 1]},
                "hard": False,
                "realisation": "80%",
            }
        ],
        scenarios=[{"id": "s", "label": "S", "set": {"a": 0.2, "v": 90000}, "discount_rate": 0.1}],
        correlations=[{"between": ["a", "v"], "rank": 0.6}],
        simulation={"draws": 20000, "seed": 2**62 + 1},
        reference={"year": 2025, "drivers": [{"id": "d", "label": "D", "value": 9, "unit": "GBP"}]},
        origin={"rates": [{"name": "EUR per GBP", "rate": 1.17}]},
        expected={"npv": 1234567.5, "irr": None},
    )
    found = written_again(typed)
    assert found["timeline"]["months"] == "30"
    assert found["discounting"] == {"rate": "7.5%", "timing": "end", "factor_decimals": "4"}
    assert found["probability"] == "40%"
    first, second = found["assumptions"]
    assert (first["value"], first["growth"]) == ("30%", "2%")
    assert first["travel"] == {"scale_with": "d", "exponent": "0.8"}
    assert second["values"] == ["£100,000", "£120,000"]
    [benefit] = found["benefits"]
    assert benefit["starts"] == "3"
    assert benefit["ends"] == "2028-12-31"
    assert benefit["ramp"]["years"] == ["30%", "100%"]
    assert benefit["hard"] is False
    assert found["scenarios"][0]["set"] == {"a": "20%", "v": "£90,000"}
    assert found["scenarios"][0]["discount_rate"] == "10%"
    assert found["correlations"][0]["rank"] == "60%"
    assert found["simulation"] == {"draws": "20,000", "seed": "4,611,686,018,427,387,905"}
    assert found["reference"]["year"] == "2025"
    assert found["reference"]["drivers"][0]["value"] == "£9"
    assert found["origin"]["rates"][0]["rate"] == "1.17"
    assert found["expected"] == {"npv": "1,234,567.5", "irr": None}


def test_a_document_without_some_of_its_assumptions_is_told_their_units() -> None:
    part = {"scenarios": [{"id": "s", "label": "S", "set": {"a": 0.2}}]}
    assert written(part, {"a": "%"})["scenarios"][0]["set"] == {"a": "20%"}


def test_writing_leaves_what_it_was_given_alone() -> None:
    before = document(assumptions=[assumption()])
    written(before)
    assert before == document(assumptions=[assumption()])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("label", "A"),
        ("evidence.grade", "B"),
        ("evidence.source", ""),
        ("evidence.grade.deeper", ""),
        ("values", "£1; £2"),
        ("hard", "false"),
        ("flag", "true"),
        ("evidence", ""),
        ("outcomes", "£0 at 70%; £5 at 30%"),
    ],
)
def test_a_field_shows_the_text_at_its_place(path: str, text: str) -> None:
    row = {
        "label": "A",
        "evidence": {"grade": "B"},
        "values": ["£1", "£2"],
        "hard": False,
        "flag": True,
        "outcomes": [{"value": "£0", "chance": "70%"}, {"value": "£5", "chance": "30%"}],
    }
    assert text_at(row, path) == text


def test_a_field_of_no_row_at_all_is_empty() -> None:
    assert text_at(None, "label") == ""
    assert text_at({}, "evidence.grade") == ""


def test_a_percentage_is_the_nearest_number_to_what_is_written() -> None:
    for tenths in range(2000):
        assert quantity.read(f"{tenths / 10}%").value == tenths / 1000
        assert math.isclose(quantity.read(f"{tenths / 10}k").value, tenths * 100, rel_tol=1e-15)


@pytest.mark.parametrize(
    ("whole", "short"),
    [
        ("$3.2157351882945546", "$3.216"),
        ("48.400000000000006", "48.4"),
        ("62.22994612%", "62.23%"),
        ("-£1,234,567.891234", "-£1,234,567.89"),
        ("CHF 0.00012345678", "CHF 0.0001235"),
        ("1.2345", "1.2345"),
        ("£1,250", "£1,250"),
        ("Annual report 3.123456", "Annual report 3.123456"),
        ("", ""),
    ],
)
def test_numbers_that_were_worked_out_have_a_short_text(whole: str, short: str) -> None:
    assert short_text(whole) == short


def test_the_short_texts_of_a_document_go_by_their_full_ones() -> None:
    document = {"a": "3.14159265", "rows": [{"b": "£2.718281828"}, {"c": "7"}], "d": None}
    assert shortened(document) == {"3.14159265": "3.142", "£2.718281828": "£2.718"}
