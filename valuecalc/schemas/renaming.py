"""Another name for a row of a document, wherever it is named.

The document need not be free of mistakes: a formula may be half written, and a row half filled
in. Everything that is not the name itself stays as it was typed, to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError

from valuecalc.case.case import HAIRCUTS
from valuecalc.errors import InputError, UnknownName
from valuecalc.formula import grammar
from valuecalc.schemas.alternatives import RESERVED_ALTERNATIVES
from valuecalc.schemas.case import FORMULA_LISTS
from valuecalc.schemas.fields import RESERVED_IN_FORMULAS, RESERVED_SCENARIOS
from valuecalc.schemas.problems import Flaw, shown
from valuecalc.schemas.reading import read_identifier

LINES = ("benefits", "investments")
STEPS = ("plan.milestones", "plan.tasks", "plan.decisions")
FORMULAS = ("formula", *HAIRCUTS)

_RESERVED: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(FORMULA_LISTS, RESERVED_IN_FORMULAS),
    "scenarios": RESERVED_SCENARIOS,
    "alternatives": RESERVED_ALTERNATIVES,
}
_SHARED: tuple[tuple[str, ...], ...] = (FORMULA_LISTS, STEPS)
"""Lists whose ids have to differ from each other's as well."""

KNOWN = (
    *FORMULA_LISTS,
    *("scenarios", "alternatives", "goals", "people"),
    *STEPS,
    "reference.drivers",
)
"""The lists whose rows can be renamed; `alternatives.cloud.benefits` are others."""


def renamed(
    document: Mapping[str, Any], section: str, before: str, after: str
) -> tuple[dict[str, Any], int]:
    """The document with another name for one row of a list, and how many places name it.

    `section` is one of `KNOWN`, or the lines of an alternative. A line of the case takes those
    of its name in the alternatives along, with which it is compared. Raises `InputError` for a
    name that cannot be taken, and `UnknownName` for a list or a row that is not there.
    """
    renamer = _Renamer(_copied(document), section, before, after.strip())
    renamer.refuse_unknown()
    renamer.refuse_unfit()
    renamer.rename()
    return renamer.document, renamer.count


@dataclass
class _Renamer:
    """Renames one row of one document, which it may change."""

    document: dict[str, Any]
    section: str
    before: str
    after: str
    count: int = field(default=0)

    # ------------------------------------------------------------------ what is refused

    @property
    def alternative(self) -> dict[str, Any] | None:
        """The alternative whose lines are meant; None where those of the case are."""
        parts = self.section.split(".")
        if len(parts) != 3 or parts[0] != "alternatives" or parts[2] not in LINES:
            return None
        items = _items(self.document, "alternatives")
        return next((each for each in items if each.get("id") == parts[1]), None)

    def refuse_unknown(self) -> None:
        """Raise `UnknownName` for a list or a row that is not there."""
        if self.section not in KNOWN and self.alternative is None:
            raise UnknownName("list", self.section, KNOWN)
        ids = [id for _, id in self._ids((self.section,))]
        if self.before not in ids:
            raise UnknownName("row", self.before, ids)

    def refuse_unfit(self) -> None:
        """Raise `InputError` for a name that is none, is reserved, or is taken."""
        kind = self.section.rpartition(".")[2] if self.alternative is not None else self.section
        try:
            read_identifier(self.after)
        except ValidationError as error:
            raise _as_input(error) from None
        reason = _RESERVED.get(kind, {}).get(self.after.lower())
        if reason is not None:
            raise InputError(
                f"“{self.after}” cannot be a name: {reason}.",
                f"Use another one, such as {self.after.lower()}_1.",
            )
        for place, id in self._ids(self._beside(), with_lines=self.section in FORMULA_LISTS):
            if id.lower() == self.after.lower() and id != self.before:
                raise InputError(
                    f"“{shown(id)}” is already the name of something in {place}.",
                    f"Use another one, such as {self.after}_2.",
                )

    def _beside(self) -> tuple[str, ...]:
        """The lists whose ids have to differ from the new name."""
        if self.alternative is not None:
            prefix = self.section.rpartition(".")[0]
            return ("assumptions", "calculations", *(f"{prefix}.{each}" for each in LINES))
        return next((group for group in _SHARED if self.section in group), (self.section,))

    def _ids(self, lists: tuple[str, ...], with_lines: bool = False) -> Iterator[tuple[str, str]]:
        """The ids in some lists, and those of the lines of all alternatives, with their list."""
        for name in lists:
            for item in _items(self.document, name):
                if isinstance(item.get("id"), str):
                    yield name, item["id"].strip()
        for alternative in _items(self.document, "alternatives") if with_lines else ():
            for key in LINES:
                for item in _items(alternative, key):
                    if isinstance(item.get("id"), str):
                        yield f"alternatives.{alternative.get('id')}.{key}", item["id"].strip()

    # ------------------------------------------------------------------ where it is named

    def rename(self) -> None:
        """Put the new name wherever the old one stands, and count what refers to it."""
        self._ids_of(self.document, self.section)
        if self.alternative is not None:
            self._in_lines(self.alternative)
            return
        if self.section in FORMULA_LISTS:
            self._in_formulas()
        if self.section in self._elsewhere:
            self._elsewhere[self.section]()

    def _ids_of(self, around: dict[str, Any], section: str) -> None:
        for item in _items(around, section):
            if _stripped(item.get("id")) == self.before:
                item["id"] = self.after

    @property
    def _elsewhere(self) -> Mapping[str, Callable[[], None]]:
        return {
            "assumptions": self._of_assumption,
            "calculations": self._of_quantity,
            "benefits": self._of_line,
            "investments": self._of_line,
            "goals": self._of_goal,
            "people": self._of_person,
            "reference.drivers": self._of_driver,
            **dict.fromkeys(STEPS, self._of_step),
        }

    def _in_formulas(self) -> None:
        for item in _items(self.document, "calculations"):
            self._in_formula(item, "formula")
        self._in_lines(self.document)
        for alternative in _items(self.document, "alternatives"):
            self._in_lines(alternative)
            for key in LINES if self.section in LINES else ():
                self._ids_of(alternative, key)

    def _in_lines(self, around: dict[str, Any]) -> None:
        for key in LINES:
            for item in _items(around, key):
                for name in FORMULAS:
                    self._in_formula(item, name)

    def _in_formula(self, item: dict[str, Any], key: str) -> None:
        text = item.get(key)
        if not isinstance(text, str) or len(text) > 2 * grammar.MAX_LENGTH:
            return
        spans = [span for name, span in grammar.names_in(text) if name == self.before]
        for start, end in reversed(spans):
            text = text[:start] + self.after + text[end:]
        item[key] = text
        self.count += bool(spans)

    def _of_assumption(self) -> None:
        for key in ("scenarios", "alternatives"):
            for item in _items(self.document, key):
                self._key(item.get("set"))
        for item in _items(self.document, "correlations"):
            between = item.get("between")
            if isinstance(between, list) and self.before in between:
                item["between"] = [self.after if each == self.before else each for each in between]
                self.count += 1
        self._of_quantity()

    def _of_quantity(self) -> None:
        proposition = self.document.get("proposition")
        self._texts([proposition], ("from", "to"))
        self._figures()

    def _of_line(self) -> None:
        self._texts(_items(self.document, "reference.results"), ("line",))
        self._figures()

    def _figures(self) -> None:
        """The names of figures that the row has a part in."""
        self._texts([self.document.get("proposition")], ("figure",), self._figure)
        expected = self.document.get("expected")
        if isinstance(expected, dict):
            names = {key: self._figure(key) for key in expected}
            self.count += sum(key != name for key, name in names.items())
            self.document["expected"] = {names[key]: value for key, value in expected.items()}

    def _figure(self, name: str) -> str:
        begins = re.escape(f"{self.section}.{self.before}")
        return re.sub(rf"^{begins}(?=\.|$)", f"{self.section}.{self.after}", name)

    def _of_goal(self) -> None:
        self._texts(_items(self.document, "goals"), ("parent",))
        for around in (self.document, *_items(self.document, "alternatives")):
            self._texts(_items(around, "benefits"), ("goal",))

    def _of_person(self) -> None:
        for name in ("goals", *STEPS):
            self._texts(_items(self.document, name), ("owner",))

    def _of_driver(self) -> None:
        travels = [each.get("travel") for each in _items(self.document, "assumptions")]
        self._texts(travels, ("scale_with", "driver"))

    def _of_step(self) -> None:
        for around in (self.document, *_items(self.document, "alternatives")):
            for key in LINES:
                self._texts(_items(around, key), ("starts", "ends"))
        for step in (step for key in STEPS for step in _items(self.document, key)):
            after = step.get("after")
            if isinstance(after, list) and any(self._waits_for(each) for each in after):
                step["after"] = [self._renamed_before(each) for each in after]
                self.count += 1

    def _waits_for(self, text: Any) -> bool:
        """Whether an entry of “after” names it, with or without days between: `survey + 5`."""
        return isinstance(text, str) and text.partition("+")[0].strip() == self.before

    def _renamed_before(self, text: Any) -> Any:
        return text.replace(self.before, self.after, 1) if self._waits_for(text) else text

    # ------------------------------------------------------------------ how it is named

    def _texts(
        self, items: Any, keys: tuple[str, ...], change: Callable[[str], str] | None = None
    ) -> None:
        """Change the fields of some mappings that name it."""
        change = change or (lambda text: self.after if text.strip() == self.before else text)
        for item in items:
            for key in keys if isinstance(item, dict) else ():
                text = item.get(key)
                if isinstance(text, str) and change(text) != text:
                    item[key] = change(text)
                    self.count += 1

    def _key(self, table: Any) -> None:
        """Change a key of a table of values by name; its place stays."""
        if isinstance(table, dict) and self.before in table:
            pairs = [(self.after if id == self.before else id, table[id]) for id in table]
            table.clear()
            table.update(pairs)
            self.count += 1


def _items(around: Any, path: str) -> list[dict[str, Any]]:
    """The rows of a list that is there; rows of alternatives are found by their id."""
    keys = path.split(".")
    if keys[0] == "alternatives" and len(keys) == 3:
        around = next((e for e in _items(around, "alternatives") if e.get("id") == keys[1]), None)
        keys = keys[2:]
    for key in keys:
        around = around.get(key) if isinstance(around, dict) else None
    return [each for each in around if isinstance(each, dict)] if isinstance(around, list) else []


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _as_input(error: ValidationError) -> InputError:
    [flaw] = error.messages
    assert isinstance(flaw, Flaw)
    return InputError(flaw.cause, flaw.remedy)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list | tuple) else value
