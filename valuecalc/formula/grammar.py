"""Reads the text of a formula into a tree. Everything not listed here is refused.

```
formula    = sum
condition  = sum ("=" | "==" | "<>" | "!=" | "<" | "<=" | ">" | ">=") sum
sum        = product { ("+" | "-") product }
product    = sign { ("*" | "/") sign }
sign       = [ "-" | "+" ] sign | power
power      = atom [ "^" sign ]
atom       = literal | "(" sum ")" | name "(" [ argument { "," argument } ] ")" | name
argument   = sum                                the first one of `if` is a condition
literal    = digits [ scale ] [ "%" ] [ unit ] | currency digits [ scale ]
unit       = noun { ("/" | "*") noun }          no spaces inside: 12 month/year, 500 GBP/node
name       = letter { letter | digit | "_" }
scale      = "k" | "m" | "mn" | "bn" | "million" | …  behind the digits, before the unit
```

`-2^2` is −4, as in mathematics (Excel says 4; the workbook writes every power with brackets),
and a power of a power is refused. `12%` is 0.12. A formula is data: the reader knows no attribute,
no index, no string, and bounds length, depth, size and exponents before anything is
calculated, so that hostile text is a clear error at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from valuecalc.errors import FormulaError, did_you_mean
from valuecalc.formula import functions, quantity
from valuecalc.formula.tree import (
    Binary,
    Call,
    Comparison,
    Name,
    Negative,
    Node,
    Number,
    Span,
    TimeWord,
)

MAX_LENGTH = 2000
MAX_DEPTH = 50
MAX_NODES = 300
MAX_EXPONENT = 100

TIME_WORDS = ("period", "year")
COMPARISONS = {"=": "==", "==": "==", "<>": "!=", "!=": "!=", "<": "<", "<=": "<=", ">": ">"}
COMPARISONS[">="] = ">="
_AWAITS_VALUE = ("(", ",", "+", "-", "*", "/", "^", "**", *COMPARISONS)
_TYPOGRAPHY = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "\u00a0": " "})
_SCALE_WORDS = "|".join(sorted(quantity.SCALES, key=len, reverse=True))
_NOUN = "[A-Za-z][A-Za-z0-9_]*"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<currency>[£$€¥₹₩₪])?\s*
     (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+(?![A-Za-z0-9_]))?)
     (?:\s*(?P<scale>(?i:{_SCALE_WORDS}))(?![A-Za-z0-9_]))?
     (?P<percent>\s*%)?
     (?P<unit>\s*{_NOUN}(?:[/*]{_NOUN})*(?![A-Za-z0-9_(])
        |(?(currency)(?:/{_NOUN})+|(?(percent)(?:/{_NOUN})+|(?!))))?
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<operator>==|<>|!=|<=|>=|\*\*|[-+*/^()<>=,])""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    span: Span
    node: Number | None = None


@lru_cache(maxsize=4096)
def read(text: str) -> Node:
    """The tree of a formula. Raises `FormulaError` with the place, the cause and the remedy."""
    return _Reader(text).formula()


def names_in(text: str) -> Iterator[tuple[str, Span]]:
    """Every name in a text, with where it stands; functions, units and time words are none.

    The text need not be a formula yet: what has no meaning in one is passed over.
    """
    plain = text.translate(_TYPOGRAPHY)
    position = 0
    while position < len(plain):
        match = _TOKEN.match(plain, position)
        position = match.end() if match else position + 1
        if match is None or match["name"] is None or match["name"] in TIME_WORDS:
            continue
        if not plain[position:].lstrip().startswith("("):
            yield match["name"], match.span("name")


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unknown_character(text, position)
        position = match.end()
        if match["space"] is None:
            found.append(_token(match, text))
    return found


def _token(match: re.Match[str], text: str) -> _Token:
    if match["number"] is not None:
        return _Token("number", match[0], match.span(), _literal(match, text))
    return _Token("name" if match["name"] else "operator", match[0], match.span())


def _literal(match: re.Match[str], text: str) -> Number:
    value = float(match["number"]) * quantity.SCALES.get((match["scale"] or "").lower(), 1)
    if match["percent"]:
        value /= 100
    if value > quantity.MAX_MAGNITUDE:
        raise FormulaError(
            "This number is larger than any amount in a value case.",
            f"Stay below {quantity.MAX_MAGNITUDE:.0e}.",
            text,
            *match.span("number"),
        )
    return Number(value, _literal_unit(match, text), match[0].strip(), span=match.span())


def _literal_unit(match: re.Match[str], text: str) -> str | None:
    unit = (match["unit"] or "").strip()
    base = quantity.SYMBOLS[match["currency"]] if match["currency"] else ""
    if not base and match["percent"]:
        base = "%"
    if base and unit and not unit.startswith("/"):
        raise FormulaError("This number has two units.", "Keep one.", text, *match.span())
    return f"{base}{unit}" or None


def _unknown_character(text: str, position: int) -> FormulaError:
    character = text[position]
    remedies = {
        "£": "Write the amount behind the sign: £500.",
        "'": "A formula holds names and numbers, no text.",
        '"': "A formula holds names and numbers, no text.",
        ".": "Names have no dots: use the id of the line.",
        "[": "Use round brackets.",
        "{": "Use round brackets.",
        "%": "Write a percentage behind a number: 12%.",
        "&": "Write if(a > b, x, y) for a condition.",
        ";": "Separate arguments with a comma.",
    }
    remedy = remedies.get(character, "Use names, numbers, + - * / ^ and round brackets.")
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return FormulaError(f"“{shown}” has no meaning in a formula.", remedy, text, position)


class _Reader:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise FormulaError(
                f"The formula has {len(text):,} characters; {MAX_LENGTH:,} are allowed.",
                "Split it into calculations.",
                text[:MAX_LENGTH],
                0,
            )
        self.text = text.translate(_TYPOGRAPHY)
        self.tokens = _tokens(self.text)
        self.at = 0
        self.depth = 0
        self.nodes = 0

    def formula(self) -> Node:
        if not self.tokens:
            raise self.error("The formula is empty.", "Write one such as users * price.", 0)
        tree = self.sum()
        if self.at < len(self.tokens):
            raise self.unexpected()
        return tree

    def sum(self) -> Node:
        self.deeper()
        left = self.product()
        while (operator := self.take("+", "-")) is not None:
            left = self.binary(operator, left, self.product())
        self.depth -= 1
        return left

    def product(self) -> Node:
        left = self.sign()
        while (operator := self.take("*", "/")) is not None:
            left = self.binary(operator, left, self.sign())
        return left

    def sign(self) -> Node:
        minus = self.take("-", "+")
        if minus is None:
            return self.power()
        self.deeper()
        operand = self.sign()
        self.depth -= 1
        if minus.text == "+":
            return operand
        return self.count(Negative(operand, span=(minus.span[0], operand.span[1])))

    def power(self) -> Node:
        base = self.atom()
        caret = self.take("^", "**")
        if caret is None:
            return base
        self.deeper()
        exponent = self.sign()
        self.depth -= 1
        self.bound_exponent(exponent)
        span = (base.span[0], exponent.span[1])
        return self.count(Binary("^", base, exponent, span=span))

    def atom(self) -> Node:
        token = self.peek()
        if token is None:
            raise self.error("The formula stops too early.", "Finish it.", len(self.text))
        if token.kind == "number":
            self.at += 1
            assert token.node is not None
            return self.number(token.node)
        if token.kind == "name":
            self.at += 1
            return self.named(token)
        if self.take("(") is not None:
            inner = self.sum()
            self.expect_close(token)
            return inner
        raise self.unexpected()

    def number(self, literal: Node) -> Node:
        following = self.peek()
        if following is not None and following.kind == "number":
            raise self.error(
                "Two numbers stand side by side.",
                "Put an operator between them, and write no spaces inside a number.",
                *following.span,
            )
        return self.count(literal)

    def named(self, token: _Token) -> Node:
        if self.take("(") is not None:
            return self.call(token)
        following = self.peek()
        if following is not None and following.kind in ("name", "number"):
            raise self.error(
                f"An operator is missing between “{token.text}” and “{following.text}”.",
                f"Write {token.text} * {following.text}, for example.",
                *following.span,
            )
        if token.text in TIME_WORDS:
            return self.count(TimeWord(token.text, span=token.span))
        return self.count(Name(token.text, span=token.span))

    def call(self, token: _Token) -> Node:
        function = functions.FUNCTIONS.get(token.text.lower())
        if function is None:
            raise self.error(
                f"There is no function “{token.text}”.",
                did_you_mean(token.text, functions.FUNCTIONS),
                *token.span,
            )
        arguments = self.arguments(token, function.name)
        span = (token.span[0], self.tokens[self.at - 1].span[1])
        if not function.accepts(len(arguments)):
            raise self.error(
                f"{function.name}() takes {function.arity_text}, not {len(arguments)}.",
                f"Write {function.example}.",
                *span,
            )
        return self.count(Call(function.name, arguments, span=span))

    def arguments(self, token: _Token, function: str) -> tuple[Node, ...]:
        if self.take(")") is not None:
            return ()
        found = [self.condition() if function == "if" else self.sum()]
        while self.take(",") is not None:
            found.append(self.sum())
        self.expect_close(token)
        return tuple(found)

    def condition(self) -> Node:
        left = self.sum()
        operator = self.take(*COMPARISONS)
        if operator is None:
            raise self.error(
                "The first part of if() is a comparison.", "Write if(a > b, x, y).", *left.span
            )
        right = self.sum()
        if self.take(*COMPARISONS) is not None:
            raise self.error(
                "Comparisons cannot be chained.",
                "Nest them: if(a > b, if(b > c, x, y), y).",
                *right.span,
            )
        span = (left.span[0], right.span[1])
        return self.count(Comparison(COMPARISONS[operator.text], left, right, span=span))

    def binary(self, operator: _Token, left: Node, right: Node) -> Node:
        return self.count(Binary(operator.text, left, right, span=(left.span[0], right.span[1])))

    def bound_exponent(self, exponent: Node) -> None:
        inner = exponent.operand if isinstance(exponent, Negative) else exponent
        if isinstance(inner, Binary) and inner.operator == "^":
            raise self.error("A power of a power is refused.", "Split it.", *exponent.span)
        if isinstance(inner, Number) and abs(inner.value) > MAX_EXPONENT:
            raise self.error(
                f"The exponent is larger than {MAX_EXPONENT}.", "Use a smaller one.", *exponent.span
            )

    def count(self, node: Node) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.error(
                f"The formula has more than {MAX_NODES} parts.", "Split it.", *node.span
            )
        return node

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            token = self.peek() or self.tokens[-1]
            raise self.error(
                f"The formula is nested more than {MAX_DEPTH} deep.",
                "Split it into calculations.",
                *token.span,
            )

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, *texts: str) -> _Token | None:
        token = self.peek()
        if token is None or token.kind != "operator" or token.text not in texts:
            return None
        self.at += 1
        return token

    def expect_close(self, opened: _Token) -> None:
        if self.take(")") is not None:
            return
        if self.peek() is None:
            raise self.error("A bracket is never closed.", "Add “)”.", *opened.span)
        raise self.unexpected()

    def unexpected(self) -> FormulaError:
        token = self.peek()
        if token is None:
            return self.error("The formula stops too early.", "Finish it.", len(self.text))
        remedy = self.remedy_for_unexpected(token.text)
        return self.error(f"“{token.text}” is not expected here.", remedy, *token.span)

    def remedy_for_unexpected(self, text: str) -> str:
        before = self.tokens[self.at - 1].text if self.at else ""
        if text in COMPARISONS:
            if not before and text == "=":
                return "Leave out the = at the beginning."
            return "Comparisons stand inside if(): if(a > b, x, y)."
        if text in (",", ")") and before in _AWAITS_VALUE:
            return "Write a value before it."
        if text == ",":
            return "Write numbers without thousands separators: 500000."
        if text == ")":
            return "Remove the bracket, or open one before."
        return "Write names, numbers and + - * / ^ between them."

    def error(self, cause: str, remedy: str, start: int, end: int | None = None) -> FormulaError:
        return FormulaError(cause, remedy, self.text, start, end)
