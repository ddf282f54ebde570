"""What the language reads, what it refuses and where, and that nothing gets through it."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from valuecalc.errors import FormulaError
from valuecalc.formula import grammar
from valuecalc.formula.grammar import read
from valuecalc.formula.numbers import evaluate
from valuecalc.formula.tree import Binary, Call, Name, Negative, Node, Number, TimeWord, names


def refusal(text: str) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        read(text)
    return caught.value


# --------------------------------------------------------------------------- what is read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("2 - 3 - 4", -5),
        ("2 - (3 - 4)", 3),
        ("24 / 4 / 2", 3),
        ("24 / (4 / 2)", 12),
        ("2 * 3 ^ 2", 18),
        ("(2 * 3) ^ 2", 36),
        ("-2 ^ 2", -4),
        ("(-2) ^ 2", 4),
        ("2 ^ -2", 0.25),
        ("2 ** 3", 8),
        ("-3 * -2", 6),
        ("- - 3", 3),
        ("+3 + +4", 7),
        ("2 × 3 ÷ 4 − 1", 0.5),
        ("2 · 3 – 1", 5),
        ("if(1 > 2, 3, 4)", 4),
        ("IF(2 >= 2, 3, 4)", 3),
        ("if(1 <> 2, 3, 4)", 3),
        ("if(1 != 2, 3, 4)", 3),
        ("if(2 = 2, 3, 4)", 3),
        ("if(2 == 2, 3, 4)", 3),
        ("if(0.1 + 0.2 = 0.3, 1, 0)", 1),
        ("if(0.1 + 0.2 > 0.3, 1, 0)", 0),
        ("max(1, 2, min(3, 4))", 3),
        ("period + year", 2),
        ("  1\n + \t2 ", 3),
    ],
)
def test_a_formula_means_what_mathematics_says(text: str, value: float) -> None:
    assert evaluate(read(text), {}) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("12%", 0.12, "%"),
        ("12.5 %", 0.125, "%"),
        ("2.5m", 2.5e6, None),
        ("2.5 million", 2.5e6, None),
        ("3k", 3000, None),
        ("1.5bn", 1.5e9, None),
        (".5", 0.5, None),
        ("3.", 3, None),
        ("1e3", 1000, None),
        ("1e-3", 0.001, None),
        ("500000 GBP", 500_000, "GBP"),
        ("£500", 500, "GBP"),
        ("£ 2.5m", 2.5e6, "GBP"),
        ("€3k/month", 3000, "EUR/month"),
        ("12 month/year", 12, "month/year"),
        ("4 GBP/user/month", 4, "GBP/user/month"),
        ("2%/month", 0.02, "%/month"),
        ("3 nodes", 3, "nodes"),
        ("5 kg", 5, "kg"),
        ("5 minutes", 5, "minutes"),
        ("2k users", 2000, "users"),
    ],
)
def test_a_literal_may_carry_its_scale_and_its_unit(
    text: str, value: float, unit: str | None
) -> None:
    literal = read(text)
    assert isinstance(literal, Number)
    assert (literal.value, literal.unit) == (pytest.approx(value), unit)


def test_behind_an_operator_with_blanks_a_name_is_a_name() -> None:
    assert set(names(read("5 GBP * users / nodes"))) == {"users", "nodes"}
    assert set(names(read("5 GBP*users"))) == set()


@pytest.mark.parametrize(
    "name",
    """lambda class in is not and or None True False import E I N S Q O pi beta gamma zeta
    exec eval open print self ops functions first period_1 yearly __class__ __import__ _ e1
    k0 a1""".split(),
)
def test_every_name_is_an_ordinary_one(name: str) -> None:
    assert read(f"{name} * 2") == Binary("*", Name(name), Number(2.0))
    assert evaluate(read(f"{name} * 2"), {name: 21.0}) == 42


def test_only_period_and_year_are_words_of_time() -> None:
    assert read("period") == TimeWord("period")
    assert read("year") == TimeWord("year")
    assert read("Period") == Name("Period")


def test_functions_are_known_in_any_case_and_their_names_alone_are_names() -> None:
    assert read("MAX(1, 2)") == Call("max", (Number(1.0), Number(2.0)))
    assert read("max + 1") == Binary("+", Name("max"), Number(1.0))


def test_every_node_knows_the_text_it_came_from() -> None:
    text = "users * (price + 2.5 GBP)"
    tree = read(text)
    assert isinstance(tree, Binary)
    assert text[slice(*tree.span)] == "users * (price + 2.5 GBP"
    assert text[slice(*tree.left.span)] == "users"
    assert text[slice(*tree.right.span)] == "price + 2.5 GBP"


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "start", "cause", "remedy"),
    [
        ("", 0, "The formula is empty.", "Write one such as users * price."),
        ("  ", 0, "The formula is empty.", "Write one such as users * price."),
        ("a b", 2, "An operator is missing between “a” and “b”.", "Write a * b, for example."),
        ("a 2", 2, "An operator is missing between “a” and “2”.", "Write a * 2, for example."),
        ("2 3", 2, "Two numbers stand side by side.", "Put an operator between them"),
        ("1 000", 2, "Two numbers stand side by side.", "write no spaces inside a number"),
        ("1,000", 1, "“,” is not expected here.", "without thousands separators: 500000"),
        ("a +", 3, "The formula stops too early.", "Finish it."),
        ("a * * b", 4, "“*” is not expected here.", "Write names, numbers and + - * / ^"),
        ("(a", 0, "A bracket is never closed.", "Add “)”."),
        ("max(1, 2", 0, "A bracket is never closed.", "Add “)”."),
        ("a)", 1, "“)” is not expected here.", "Remove the bracket, or open one before."),
        ("()", 1, "“)” is not expected here.", "Write a value before it."),
        ("max(1,)", 6, "“)” is not expected here.", "Write a value before it."),
        ("max(,1)", 4, "“,” is not expected here.", "Write a value before it."),
        ("2(3)", 1, "“(” is not expected here.", "+ - * / ^ between them"),
        ("foor(1)", 0, "There is no function “foor”.", "Did you mean floor"),
        ("a(1)", 0, "There is no function “a”.", "Known: if, min, max"),
        ("max(1)", 0, "max() takes 2 to 20 arguments, not 1.", "Write max(3, 5)."),
        ("round(1, 2, 3)", 0, "round() takes 1 to 2 arguments, not 3.", "Write round(2.345, 2)."),
        ("sqrt()", 0, "sqrt() takes 1 argument, not 0.", "Write sqrt(16)."),
        ("2 + abs(1, 2)", 4, "abs() takes 1 argument, not 2.", "Write abs(-3)."),
        ("if(a > b, c)", 0, "if() takes 3 arguments, not 2.", "Write if(3 > 2, 10, 20)."),
        ("if(a, b, c)", 3, "The first part of if() is a comparison.", "Write if(a > b, x, y)."),
        ("if(a > b > c, 1, 2)", 7, "Comparisons cannot be chained.", "Nest them: if(a > b, if("),
        ("a > b", 2, "“>” is not expected here.", "Comparisons stand inside if()"),
        ("= a + b", 0, "“=” is not expected here.", "Leave out the = at the beginning."),
        ("a = b", 2, "“=” is not expected here.", "Comparisons stand inside if()"),
        ("benefits.arpu", 8, "“.” has no meaning in a formula.", "Names have no dots"),
        ("a[0]", 1, "“[” has no meaning in a formula.", "Use round brackets."),
        ("{a}", 0, "“{” has no meaning in a formula.", "Use round brackets."),
        ("'a'", 0, "“'” has no meaning in a formula.", "no text"),
        ('"a"', 0, '“"” has no meaning in a formula.', "no text"),
        ("a % b", 2, "“%” has no meaning in a formula.", "Write a percentage behind a number"),
        ("a & b", 2, "“&” has no meaning in a formula.", "Write if(a > b, x, y)"),
        ("max(1; 2)", 5, "“;” has no meaning in a formula.", "Separate arguments with a comma."),
        ("5 £", 2, "“£” has no meaning in a formula.", "Write the amount behind the sign"),
        ("£5 GBP", 0, "This number has two units.", "Keep one."),
        ("5% GBP", 0, "This number has two units.", "Keep one."),
        ("x ^ y ^ z", 4, "A power of a power is refused.", "Split it."),
        ("2 ^ (3 ^ 4)", 5, "A power of a power is refused.", "Split it."),
        ("2 ^ 101", 4, "The exponent is larger than 100.", "Use a smaller one."),
        ("2 ^ -101", 4, "The exponent is larger than 100.", "Use a smaller one."),
        ("1e19", 0, "This number is larger than any amount in a value case.", "Stay below 1e+18."),
        ("1e4000", 0, "This number is larger than any amount in a value case.", "Stay below"),
        ("a + 9" + 19 * "0", 4, "This number is larger than any amount", "Stay below"),
    ],
)
def test_a_mistake_is_shown_with_its_place_its_cause_and_its_remedy(
    text: str, start: int, cause: str, remedy: str
) -> None:
    error = refusal(text)
    assert error.start == start
    assert cause in error.cause
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("users * price + ", "users * price + \n                ^"),
        ("users * proce(1)", "users * proce(1)\n        ^^^^^"),
        ("1 +\n'x'", "1 + 'x'\n    ^"),
    ],
)
def test_the_caret_stands_under_the_spot(text: str, shown: str) -> None:
    assert refusal(text).excerpt == shown


def test_in_a_long_formula_the_excerpt_shows_the_part_around_the_spot() -> None:
    text = " + ".join(["users"] * 60) + " + ?" + " + users" * 20
    first, second = refusal(text).excerpt.split("\n")
    assert len(first) <= 80
    assert first[second.index("^")] == "?"


# --------------------------------------------------------------------------- hostile text

HOSTILE = [
    "9^9^9^9",
    "9**9**9",
    "10^10^8",
    "9^99^1",
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "lambda: 0",
    "open('/etc/passwd')",
    "exec('1')",
    "a.__class__",
    "f'{a}'",
    "(" * 10_000 + "1" + ")" * 10_000,
    "(" * 900 + "1" + ")" * 900,
    "abs(" * 300 + "1" + ")" * 300,
    "-" * 20_000 + "1",
    "-" * 1_900 + "1",
    "+".join(["1"] * 200_000),
    "+".join(["1"] * 900),
    "/".join(["a"] * 900),
    "^".join(["a"] * 900),
    "if(" * 300 + "1",
    "max(" + ",".join(["1"] * 900) + ")",
    "1" * 1_900,
    "1e" + "9" * 1_900,
    "." * 1_900,
    "a" * 1_900 + "(",
    "1 " + "a/" * 900,
    "1 " + "a/" * 900 + "a(",
    " " * 1_999,
    " " * 1_000_000,
    "£" * 1_900,
    "%" * 1_900,
    "if(1>2,1,2)" * 180,
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e1+1",
    "a\u200bb",
    "ｍａｘ(1,2)",
    "аbs(1)",
    "ⅹ + 1",
    "x²",
    "1٫5",
    "∞",
    "a\u037eb",
    "a‚b",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text)[:30] for text in HOSTILE])
def test_hostile_text_is_refused_with_a_place(text: str) -> None:
    error = refusal(text)
    assert error.cause
    assert 0 <= error.start <= grammar.MAX_LENGTH
    assert len(error.excerpt) < 200


def test_all_hostile_texts_together_take_no_time_worth_speaking_of() -> None:
    program = f"""
        from valuecalc.errors import FormulaError
        from valuecalc.formula.grammar import read
        hostile = {HOSTILE!a}
        for text in hostile:
            try:
                read(text)
            except FormulaError:
                pass
        print("answered", len(hostile))
    """
    done = subprocess.run(
        [sys.executable, "-"],
        input=textwrap.dedent(program),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == f"answered {len(HOSTILE)}"


def largest(pattern: str, fill: str, closing: str) -> str:
    """The longest text of a pattern repeated that is still read."""
    best = ""
    for count in range(1, 300):
        text = pattern * count + fill + closing * count
        try:
            read(text)
        except FormulaError:
            break
        best = text
    return best


@pytest.mark.parametrize(
    ("pattern", "fill", "closing"),
    [
        ("(", "a", ")"),
        ("-", "a", ""),
        ("abs(", "a", ")"),
        ("max(a,", "a", ")"),
        ("if(a>", "a", ",a,a)"),
        ("if(a+a*", "a", ">a,a,a)"),
        ("a+", "a", ""),
        ("a-(", "a", ")"),
        ("a/", "a", ""),
        ("a/(", "a", ")"),
        ("(a^", "2", ")"),
        ("-(", "a", ")"),
        ("previous(a,", "a", ")"),
    ],
)
def test_the_largest_formula_that_is_read_can_be_worked_out(
    pattern: str, fill: str, closing: str
) -> None:
    text = largest(pattern, fill, closing)
    assert text
    value = evaluate(read(text), {"a": 1.0})
    assert isinstance(value, float)


def test_a_formula_at_the_limit_of_its_parts_is_worked_out() -> None:
    terms = (grammar.MAX_NODES + 1) // 2
    assert evaluate(read("+".join(["a"] * terms)), {"a": 2.0}) == 2 * terms
    assert "more than 300 parts" in refusal("+".join(["a"] * (terms + 1))).cause


def test_a_formula_may_be_nested_to_a_depth_of_fifty_and_no_deeper() -> None:
    deepest = grammar.MAX_DEPTH - 1
    assert evaluate(read("(" * deepest + "7" + ")" * deepest), {}) == 7
    error = refusal("(" * (deepest + 1) + "7" + ")" * (deepest + 1))
    assert error.cause == "The formula is nested more than 50 deep."
    assert error.remedy == "Split it into calculations."


def test_a_formula_too_long_is_refused_before_it_is_read() -> None:
    assert refusal("a" * 2001).cause == "The formula has 2,001 characters; 2,000 are allowed."


@given(st.text(max_size=200))
@example("if(")
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        tree = read(text)
    except FormulaError as error:
        assert error.cause
        assert 0 <= error.start <= len(text)
    else:
        assert isinstance(tree, Node)


TOKENS = ["a", "b2", "1", "2.5", "12%", "£3", "4 GBP", "(", ")", ",", "+", "-", "*", "/", "^"]
TOKENS += ["if(", "max(", "previous(", "sum_over_time(", ">", "=", "period", "year", " ", "k"]


@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
def test_any_heap_of_tokens_is_read_and_worked_out_or_refused(text: str) -> None:
    try:
        tree = read(text)
    except FormulaError as error:
        assert 0 <= error.start <= len(text)
        return
    given_names = dict.fromkeys(names(tree), 2.0)
    if not any(isinstance(part, Call) and part.function == "previous" for part in walk(tree)):
        assert isinstance(evaluate(tree, given_names), float)


def walk(node: Node) -> list[Node]:
    from valuecalc.formula import tree

    return list(tree.walk(node))


def test_negative_numbers_are_a_sign_before_a_number() -> None:
    assert read("-5") == Negative(Number(5.0))
