"""Reads equations of the value-models format into our formula language.

That format writes equations as JavaScript expressions over variable names. What is read:

```
choice     = condition [ "?" choice ":" choice ]
condition  = sum [ ("<" | "<=" | ">" | ">=" | "==" | "===" | "!=" | "!==") sum ]
sum        = product { ("+" | "-") product }
product    = sign { ("*" | "/") sign }
sign       = ("-" | "+") sign | power
power      = atom [ "**" sign ]
atom       = number | name | "Math." name "(" choice { "," choice } ")" | "(" choice ")"
```

Everything else of JavaScript is refused with the spot. What comes out is a text of our formula
language, which our own grammar reads once more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from valuecalc.errors import FormulaError, did_you_mean
from valuecalc.formula import grammar

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<name>[A-Za-z_$][A-Za-z0-9_$]*(?:\s*\.\s*[A-Za-z_$][A-Za-z0-9_$]*)*)
    |(?P<operator>===|!==|==|!=|<=|>=|\*\*|&&|\|\||[-+*/%()<>?:,])""",
    re.VERBOSE,
)
_COMPARISONS = {"===": "==", "!==": "!=", **{each: each for each in "< <= > >= == !=".split()}}
_FUNCTIONS = {"log": "ln"} | {
    name: name for name in "abs ceil exp floor max min round sqrt".split()
}


@dataclass(frozen=True)
class Translated:
    """An equation in our language; `hundreds` counts its divisions by a bare 100.

    A percentage followed by `/ 100` is a share in our language, and so is left out there and
    does not count.
    """

    formula: str
    hundreds: int = 0


def read_equation(
    text: str, ids: Mapping[str, str], percentages: frozenset[str] = frozenset()
) -> Translated:
    """Translate an equation. `ids` gives our id of each of its names, `percentages` are names.

    Raises `FormulaError` with the spot in the equation.
    """
    if len(text) > grammar.MAX_LENGTH:
        cause = f"The equation has {len(text):,} characters; {grammar.MAX_LENGTH:,} are allowed."
        raise FormulaError(cause, "Split it into dependencies.", text[: grammar.MAX_LENGTH], 0)
    reader = _Reader(text, ids, percentages)
    translated = Translated(reader.whole(), reader.hundreds)
    grammar.read(translated.formula)
    return translated


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    span: tuple[int, int]


def _tokens(text: str) -> list[_Token]:
    found = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            cause = f"“{text[position]}” has no meaning in an equation."
            raise FormulaError(cause, "Use names, numbers and + - * / ** ( ).", text, position)
        position = match.end()
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match[0], match.span()))
    return found


@dataclass(frozen=True)
class _Part:
    """A piece of a formula; `compares` when it is a comparison, `percentage` for a bare one."""

    text: str
    compares: bool = False
    percentage: bool = False

    @property
    def number(self) -> str:
        """The piece where a number is expected: JavaScript counts true as 1."""
        return f"if({self.text}, 1, 0)" if self.compares else self.text

    @property
    def condition(self) -> str:
        """The piece where a comparison is expected: JavaScript takes 0 for false."""
        return self.text if self.compares else f"{self.text} != 0"


class _Reader:
    """Recursive descent over the tokens of one equation."""

    def __init__(self, text: str, ids: Mapping[str, str], percentages: frozenset[str]) -> None:
        self.text = text
        self.ids = ids
        self.percentages = percentages
        self.tokens = _tokens(text.rstrip().removesuffix(";"))
        self.at = 0
        self.depth = 0
        self.hundreds = 0

    def whole(self) -> str:
        if not self.tokens:
            raise self.error("The equation is empty.", "Write one such as users * price.", 0)
        part = self.choice()
        if self.at < len(self.tokens):
            raise self.unexpected()
        return part.number

    def choice(self) -> _Part:
        self.deeper()
        condition = self.comparison()
        if self.take("?") is not None:
            yes = self.choice()
            self.expect(":")
            no = self.choice()
            condition = _Part(f"if({condition.condition}, {yes.number}, {no.number})")
        self.depth -= 1
        return condition

    def comparison(self) -> _Part:
        left = self.sum()
        operator = self.take(*_COMPARISONS)
        if operator is None:
            return left
        right = self.sum()
        text = f"{left.number} {_COMPARISONS[operator.text]} {right.number}"
        return _Part(text, compares=True)

    def sum(self) -> _Part:
        left = self.product()
        while (operator := self.take("+", "-")) is not None:
            left = _Part(f"{left.number} {operator.text} {self.product().number}")
        return left

    def product(self) -> _Part:
        left = self.sign()
        waiting = int(left.percentage)
        while (operator := self.take("*", "/")) is not None:
            right = self.sign()
            if operator.text == "/" and right.text == "100":
                if waiting:
                    waiting -= 1
                    continue
                self.hundreds += 1
            waiting += int(right.percentage and operator.text == "*")
            left = _Part(f"{left.number} {operator.text} {right.number}")
        return left

    def sign(self) -> _Part:
        operator = self.take("-", "+")
        if operator is None:
            return self.power()
        self.deeper()
        operand = self.sign()
        self.depth -= 1
        return operand if operator.text == "+" else _Part(f"-{operand.number}")

    def power(self) -> _Part:
        base = self.atom()
        if self.take("**") is None:
            return base
        self.deeper()
        exponent = self.sign()
        self.depth -= 1
        return _Part(f"({base.number})^({exponent.number})")

    def atom(self) -> _Part:
        token = self.peek()
        if token is None:
            raise self.error("The equation stops too early.", "Finish it.", len(self.text))
        if token.kind == "operator" and token.text != "(":
            raise self.unexpected()
        self.at += 1
        if token.kind == "number":
            return _Part(token.text.replace("_", ""))
        if token.kind == "name":
            return self.call(token) if self.take("(") is not None else self.name(token)
        inner = self.choice()
        self.expect(")")
        if inner.compares:
            return inner
        return _Part(f"({inner.text})", percentage=inner.percentage)

    def name(self, token: _Token) -> _Part:
        if token.text not in self.ids:
            cause = f"“{token.text[:60]}” is none of the variables."
            raise self.error(cause, did_you_mean(token.text, self.ids), *token.span)
        return _Part(self.ids[token.text], percentage=token.text in self.percentages)

    def call(self, token: _Token) -> _Part:
        family, _, function = re.sub(r"\s", "", token.text).partition(".")
        arguments = [self.choice().number]
        while self.take(",") is not None:
            arguments.append(self.choice().number)
        self.expect(")")
        if family == "Math" and function == "pow" and len(arguments) == 2:
            return _Part(f"({arguments[0]})^({arguments[1]})")
        if family != "Math" or function not in _FUNCTIONS:
            known = ", ".join(f"Math.{name}" for name in ("pow", *_FUNCTIONS))
            cause = f"The function {token.text[:60]} is not known."
            raise self.error(cause, f"Known: {known}.", *token.span)
        return _Part(f"{_FUNCTIONS[function]}({', '.join(arguments)})")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > grammar.MAX_DEPTH:
            where = (self.peek() or self.tokens[-1]).span
            cause = f"The equation is nested more than {grammar.MAX_DEPTH} deep."
            raise self.error(cause, "Split it into dependencies.", *where)

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, *texts: str) -> _Token | None:
        token = self.peek()
        if token is None or token.kind != "operator" or token.text not in texts:
            return None
        self.at += 1
        return token

    def expect(self, text: str) -> None:
        if self.take(text) is None:
            raise self.unexpected()

    def unexpected(self) -> FormulaError:
        token = self.peek()
        if token is None:
            return self.error("The equation stops too early.", "Finish it.", len(self.text))
        remedy = "Use names, numbers, + - * / **, brackets, a ? b : c and functions of Math."
        return self.error(f"“{token.text[:60]}” is not expected here.", remedy, *token.span)

    def error(self, cause: str, remedy: str, start: int, end: int | None = None) -> FormulaError:
        return FormulaError(cause, remedy, self.text, start, end)
