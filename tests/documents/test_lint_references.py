"""A formula and its copies have one shape, and each copy can be written out again."""

from __future__ import annotations

import pytest
from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import coordinate_from_string

from valuecalc.documents.lint.formulas import Shapes
from valuecalc.documents.lint.references import Area, column_number, read, split

FORMULAS = (
    "E5*$C$2",
    "SUM($E$5:E5)",
    "E$5+$E5-E5",
    "'Cash flow'!E5+Years!$C$4*'It''s here'!B2:C9",
    'IF(E5="A1",LOG10(F6),name_1+A1.total)',
    "SUM(Table1[Net],E5)",
    "AB12:AC13",
    "assumptions.a1+E5%",
    "_xlfn.CONCAT(E5,F5)",
    "{1,2;3,4}*E5",
)


def at(address: str) -> tuple[int, int]:
    letters, row = coordinate_from_string(address)
    return row, column_number(letters)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("target", ["H9", "AZ99", "E6", "J7"])
def test_a_copy_is_written_as_a_spreadsheet_writes_it(formula: str, target: str) -> None:
    copied = Translator(f"={formula}", origin="E6").translate_formula(target)
    shape = Shapes().of(formula, *at("E6"))
    assert shape.written(*at(target)) == copied


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_and_its_copy_have_one_shape(formula: str) -> None:
    shapes = Shapes()
    copied = Translator(f"={formula}", origin="E6").translate_formula("J7")
    assert shapes.of(formula, *at("E6")) is shapes.of(copied[1:], *at("J7"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("E5", "E4"),
        ("E5", "$E$5"),
        ("E5", "E5:E5"),
        ("'A'!E5", "B!E5"),
        ("E5+1", "E5+2"),
        ("A:A", "B:B"),
    ],
)
def test_what_is_no_copy_has_another_shape(one: str, other: str) -> None:
    shapes = Shapes()
    assert shapes.of(one, 6, 5) is not shapes.of(other, 6, 5)


@pytest.mark.parametrize("text", ["ABCD1", "A1B", "name", "A1.b", "LOG10(", "1", "Table1[a]", ""])
def test_what_only_resembles_a_reference_is_none(text: str) -> None:
    assert read(text) is None
    assert not [each for each in split(f"={text}+", 1, 1) if not isinstance(each, str)]


def test_a_reference_within_words_is_none() -> None:
    assert split('="see A1 and ""B2"""', 1, 1) == ['="see A1 and ""B2"""']


def test_the_ends_of_a_range_are_put_in_order() -> None:
    reference = read("C9:$B$2")
    assert reference is not None
    assert reference.area("S", 1, 1) == Area("S", 2, 2, 9, 3)


@pytest.mark.parametrize("text", ["A:C", "$A:$A", "3:7"])
def test_whole_columns_and_rows_are_told(text: str) -> None:
    reference = read(f"Flow!{text}")
    assert reference is not None
    assert (reference.whole, reference.sheet) == (text, "Flow")


def test_constants_are_told_with_their_sign_of_per_cent() -> None:
    facts = Shapes().of('E5*12+{0,1,7}*5%+1e3-1+"9"', 6, 5).facts
    assert facts.constants == ["12", "7", "5%", "1e3"]


@pytest.mark.parametrize("text", ["", "IF(", ")))", "{1,2", '"', "#", "=", "A1:", "!!", "(" * 900])
def test_a_formula_that_cannot_be_read_does_no_harm(text: str) -> None:
    facts = Shapes().of(text, 1, 1).facts
    assert facts.constants == [] or not facts.unreadable


def test_a_formula_that_is_a_reference_or_a_name_alone_is_a_link() -> None:
    shapes = Shapes()
    assert shapes.of("$C$4", 1, 1).link is not None
    assert shapes.of("npv", 1, 1).link == "npv"
    for other in ("C4+0", "SUM(C4)", "C4:C5", "-C4", "1"):
        assert shapes.of(other, 1, 1).link is None
