"""Units: what can be added, what converts, and what an error says to multiply by."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.errors import FormulaError, UnitError
from valuecalc.formula import known_units, quantity, unit_check, units
from valuecalc.formula.grammar import read as read_formula
from valuecalc.formula.tree import Convert, walk
from valuecalc.formula.unit_words import remedy_for
from valuecalc.formula.units import Unit, read, simplest

NAMES = {
    "cash": "GBP",
    "dollars": "USD",
    "rate": "GBP/month",
    "yearly": "GBP/year",
    "price": "GBP/user/month",
    "users": "user",
    "nodes": "node",
    "hours": "hour",
    "minutes": "minute",
    "wage": "GBP/hour",
    "power": "kW",
    "energy": "kWh",
    "tariff": "GBP/MWh",
    "plain": "1",
    "share": "%",
    "stock": "user",
}


def unit_of(name: str) -> Unit | None:
    return read(NAMES[name])


def check(text: str, declared: str | None = None) -> unit_check.Checked:
    checked = unit_check.check(text, read_formula(text), unit_of)
    return unit_check.check_declared(text, checked, read(declared)) if declared else checked


def refusal(text: str, declared: str | None = None) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        check(text, declared)
    return caught.value


# --------------------------------------------------------------------------- texts of units


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("GBP/month", "£ per month"),
        ("GBP/user/month", "GBP/month/user"),
        ("GBP/user/month", "GBP per user per month"),
        ("GBP/user/month", "GBP/(user*month)"),
        ("GBP/user/month", "gbp / Users / months"),
        ("kWh", "kwh"),
        ("hour", "hrs"),
        ("minute", "mins"),
        ("litre", "liters"),
        ("", "1"),
        ("1", "user/user"),
        ("GBP^2", "GBP*GBP"),
        ("$", "USD"),
    ],
)
def test_a_unit_may_be_written_in_several_ways(text: str, same: str) -> None:
    assert read(text).parts == read(same).parts


NOUNS = """subscriber user node ticket customer call agent site branch batch box tax process
address business company country category policy city delivery facility battery entry party
warehouse house cause case course licence expense invoice device service vehicle employee
engineer visit outage incident bonus campus virus status bus census analysis index person man
woman child foot movie cookie calorie size prize cache niche match switch brush dish lens gas day
key bay relay survey journey life shelf quiz tie series premises news fuse use excuse nurse horse
response phase database disease page image stage message garage lease release purchase""".split()


@pytest.mark.parametrize("noun", NOUNS)
def test_singular_and_plural_are_the_same_unit(noun: str) -> None:
    assert read(quantity.plural(noun)) == read(noun)


def test_two_nouns_that_look_alike_are_two_units() -> None:
    pairs = [("case", "cast"), ("process", "procedure"), ("bus", "business"), ("new", "news")]
    for one, other in pairs:
        assert not read(one).fits(read(other))


def test_a_currency_in_capitals_is_money_and_the_same_letters_may_be_a_noun() -> None:
    assert str(read("all")) == "all"
    assert not read("all").fits(read("ALL"))
    assert read("eur") == read("€")


@pytest.mark.parametrize(
    "text",
    [
        "GBP//user",
        "/GBP",
        "GBP/",
        "GBP*",
        "5 GBP",
        "GBP^",
        "GBP^10",
        "GBP^0",
        "(GBP",
        "GBP)",
        "per",
        "a user",
        "user-name",
        "λ",
        "1.5",
        "GBP per",
        "%%",
        "£GBP",
        "a/b/c/d/e/f/g/h/i",
        "x" * 81,
        "GBP^9",
        "__class__",
        "GBP;",
        "\x00",
        "((((GBP",
    ],
)
def test_what_is_no_unit_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UnitError) as caught:
        read(text)
    assert caught.value.remedy


@given(st.text(max_size=90))
def test_any_text_is_a_unit_or_refused(text: str) -> None:
    try:
        unit = read(text)
    except UnitError as error:
        assert error.cause
    else:
        assert read(str(unit)).parts == unit.parts


WORDS = st.sampled_from(
    ["GBP", "user", "nodes", "month", "years", "hour", "kWh", "MWh", "kg", "tonne", "%", "1", "kW"]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=4).map("/".join)


@given(TEXTS)
def test_a_unit_writes_itself_so_that_it_reads_back(text: str) -> None:
    unit = read(text)
    assert read(str(unit)).parts == unit.parts


@given(TEXTS, TEXTS)
def test_products_and_quotients_of_units_undo_each_other(one: str, other: str) -> None:
    first, second = read(one), read(other)
    assert (first * second / second).parts == first.parts
    assert (first / first).is_plain
    assert (first * second).factor == pytest.approx(first.factor * second.factor)


@given(TEXTS)
def test_the_simplest_form_is_the_same_unit(text: str) -> None:
    unit = read(text)
    simple = simplest(unit)
    assert simple.fits(unit)
    assert simplest(simple) == simple


@pytest.mark.parametrize(
    ("unit", "other", "factor"),
    [
        ("year", "month", 12),
        ("year", "quarter", 4),
        ("year", "day", 365),
        ("week", "day", 7),
        ("day", "hour", 24),
        ("hour", "minute", 60),
        ("GBP/month", "GBP/year", 12),
        ("GBP/year", "GBP/month", 1 / 12),
        ("GBP/week", "GBP/year", 365 / 7),
        ("MWh", "kWh", 1000),
        ("MW", "kW", 1000),
        ("TB", "GB", 1000),
        ("tonne", "kg", 1000),
        ("mile", "km", 1.609344),
        ("GBP", "GBP", 1),
        ("hour/minute", "1", 60),
    ],
)
def test_units_of_one_dimension_convert(unit: str, other: str, factor: float) -> None:
    assert read(unit).factor_to(read(other)) == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "simple"),
    [
        ("GBP*minute/hour/month", "GBP/month"),
        ("GBP*hour/minute", "GBP"),
        ("GBP*month/year", "GBP"),
        ("GBP*kWh/MWh", "GBP"),
        ("GBP*kW/kWh", "GBP/hour"),
        ("hour/week", "hour/week"),
        ("hour/rep/week", "hour/rep/week"),
        ("hour/minute", "1"),
        ("GBP/kW/month", "GBP/kW/month"),
        ("user/month", "user/month"),
    ],
)
def test_one_time_is_left_where_several_meet(unit: str, simple: str) -> None:
    assert str(simplest(read(unit))) == simple


@pytest.mark.parametrize(
    ("unit", "running", "summed"),
    [
        ("GBP/month", True, "GBP"),
        ("GBP/year", True, "GBP"),
        ("ticket/week", True, "ticket"),
        ("hour/week", True, "hour"),
        ("1/day", True, "1"),
        ("GBP", False, ""),
        ("GBP*month", False, ""),
        ("GBP/month^2", False, ""),
        ("kW", False, ""),
        ("1", False, ""),
    ],
)
def test_what_is_counted_per_time_runs(unit: str, running: bool, summed: str) -> None:
    assert units.is_running(read(unit)) is running
    if running:
        assert str(units.over_time(read(unit))) == summed


# --------------------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("users * price", "GBP/month"),
        ("cash / users", "GBP/user"),
        ("cash + 0", "GBP"),
        ("0 + cash", "GBP"),
        ("max(cash, 0)", "GBP"),
        ("max(0, cash)", "GBP"),
        ("users * 0", "user"),
        ("0 * price", "GBP/user/month"),
        ("-cash + cash", "GBP"),
        ("abs(rate)", "GBP/month"),
        ("rate * 12 month", "GBP"),
        ("rate * 1 year", "GBP"),
        ("hours * wage", "GBP"),
        ("minutes * wage", "GBP"),
        ("power * hours", "kW*hour"),
        ("power * tariff", "GBP/hour"),
        ("energy * tariff", "GBP"),
        ("cash ^ 2", "GBP^2"),
        ("sqrt(cash * cash)", "GBP"),
        ("cash ^ 0.5", "GBP^1/2"),
        ("share * cash", "GBP"),
        ("1 - share", "1"),
        ("exp(cash / cash)", "1"),
        ("round(cash, 2)", "GBP"),
        ("if(users > 5 users, cash, 0)", "GBP"),
        ("if(cash > 0, 1, 2)", "1"),
        ("min(rate, yearly)", "GBP/month"),
        ("period * cash", "GBP"),
        ("3 nodes + 2 node", "node"),
        ("previous(stock, 5 user)", "user"),
        ("previous(stock, 0) + users", "user"),
        ("sum_over_time(rate)", "GBP"),
        ("sum_over_time(cash)", "GBP"),
        ("dollars * 0.8 GBP/USD", "GBP"),
        ("5 GBP/GBP", "1"),
    ],
)
def test_the_unit_of_a_formula_follows_from_its_parts(text: str, unit: str) -> None:
    assert str(check(text).unit) == unit


@pytest.mark.parametrize(
    ("text", "spot", "cause", "remedy"),
    [
        ("cash + rate", "rate", "£ and £ per month cannot", "Multiply it by a number of months."),
        ("rate + cash", "cash", "£ per month and £ cannot", "Divide it by a number of months."),
        ("rate + price", "price", "£ per month and £ per user per month", "by a number of users."),
        ("yearly + price", "price", "£ per year and £ per user per month", "by a number of users."),
        ("cash + 5", "5", "£ and a plain number cannot", "If “5” is meant in GBP, write 5 GBP."),
        ("5 + cash", "5", "£ and a plain number cannot", "If “5” is meant in GBP, write 5 GBP."),
        ("max(1, 2, rate)", "1", "£ per month and a plain number cannot", "write 1 GBP/month."),
        ("cash - plain", "plain", "£ and a plain number cannot", "Multiply it by an amount in £."),
        ("cash + dollars", "dollars", "£ and $", "an exchange rate in £ per $."),
        (
            "users + nodes",
            "nodes",
            "users and nodes",
            "Multiply it by something in users per node.",
        ),
        ("if(cash > rate, 1, 2)", "rate", "£ and £ per month", "a number of months"),
        ("if(1 > 2, cash, rate)", "rate", "£ and £ per month", "a number of months"),
        ("exp(cash)", "cash", "The argument of exp() is in £", "Divide it by an amount in £."),
        (
            "ln(users)",
            "users",
            "The argument of ln() is in users",
            "Divide it by a number of users.",
        ),
        ("2 ^ cash", "cash", "An exponent is in £", "Divide it by an amount in £."),
        ("cash ^ plain", "cash ^ plain", "no simple number", "Divide it by an amount in £ first."),
        ("cash ^ 0.37", "cash ^ 0.37", "no simple number", "Divide it by an amount in £ first."),
        ("round(cash, users)", "users", "The second argument of round() is in users", "Divide it"),
        ("previous(stock, 5)", "5", "users and a plain number cannot", "write 5 user."),
        ("previous(stock + users, 0)", "stock + users", "takes the name of a line", "Put the rest"),
        ("previous(stock, sum_over_time(users))", "sum_over_time(users)", "opening", "Put"),
        ("sum_over_time(sum_over_time(rate))", "sum_over_time(rate)", "holds a sum", "Put the sum"),
        ("5 GBP + 3 USD", "3 USD", "£ and $", "exchange rate in £ per $"),
    ],
)
def test_a_misfit_is_shown_at_its_spot_with_what_to_multiply_by(
    text: str, spot: str, cause: str, remedy: str
) -> None:
    error = refusal(text)
    assert text[error.start : error.end] == spot
    assert cause in error.cause
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("text", "declared", "factor"),
    [
        ("users * price", "GBP/year", 12),
        ("users * price", "GBP/month", 1),
        ("hours", "minute", 60),
        ("yearly", "GBP/month", 1 / 12),
        ("energy", "MWh", 0.001),
    ],
)
def test_a_declared_unit_converts_and_the_tree_says_so(
    text: str, declared: str, factor: float
) -> None:
    checked = check(text, declared)
    assert checked.unit == read(declared)
    factors = [node.factor for node in walk(checked.tree) if isinstance(node, Convert)]
    assert factors == ([pytest.approx(factor)] if factor != 1 else [])


@pytest.mark.parametrize(
    ("text", "declared"), [("5", "GBP"), ("-5", "GBP"), ("0", "user"), ("5%", "1")]
)
def test_a_bare_number_takes_the_declared_unit(text: str, declared: str) -> None:
    assert check(text, declared).unit == read(declared)


@pytest.mark.parametrize(
    ("text", "declared", "remedy"),
    [
        ("plain", "GBP", "Multiply it by an amount in £."),
        ("-plain", "GBP", "Multiply it by an amount in £."),
        ("users", "GBP", "Multiply it by something in £ per user."),
        ("users * price", "GBP", "Multiply it by a number of months."),
        ("price", "GBP/year", "Multiply it by a number of users."),
        ("rate", "USD/month", "Multiply it by an exchange rate in $ per £."),
        ("cash", "%", "Divide it by an amount in £."),
    ],
)
def test_a_declared_unit_that_cannot_be_is_refused(text: str, declared: str, remedy: str) -> None:
    error = refusal(text, declared)
    assert error.remedy == remedy
    assert (error.start, error.end) == (0, len(text))


@given(TEXTS, TEXTS)
def test_following_the_remedy_makes_the_units_fit(one: str, other: str) -> None:
    unit, wanted = read(one), read(other)
    if unit.fits(wanted):
        return
    remedy = remedy_for(unit, wanted)
    words = remedy.partition(",")[0].rstrip(".")
    missing = read(re.split(r" in | is missing is | a number of ", words)[-1].replace("×", "*"))
    found = unit / missing if remedy.startswith("Divide") else unit * missing
    assert found.dimensions == wanted.dimensions


@pytest.mark.parametrize("word", ["nan", "NaN", "_", "__class__", "_units"])
def test_a_word_that_means_something_to_the_library_is_a_unit_like_any_other(word: str) -> None:
    name = known_units.canonical(word)
    assert known_units.base_of(name) == (1.0, ((name, 1),))
