"""Forms as they go back and forth: what was typed, and what is wrong with it, field by field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request

from valuecalc.errors import CaseError, InputError, Problem, Refusal
from valuecalc.schemas.requests import RequestShape

SECRETS = frozenset({"password", "current"})
"""Fields that are never sent back."""

WORDS = {
    "name": "name",
    "email": "e-mail address",
    "password": "password",
    "current": "current password",
    "team": "name of the team",
}
"""What a field holds, for people: its own name is one that programs use."""


@dataclass
class Form:
    """The fields of one form: their texts, and their mistakes by name.

    `refusal` is what is wrong with the whole. A form with mistakes is shown again as it was.
    """

    names: tuple[str, ...]
    texts: dict[str, str] = field(default_factory=dict)
    mistakes: dict[str, Problem] = field(default_factory=dict)
    refusal: Refusal | None = None

    @classmethod
    def sent(cls, *names: str) -> Form:
        """The form as it came in; other fields than these are not looked at."""
        return cls(names, {name: request.form.get(name, "") for name in names})

    @classmethod
    def empty(cls, *names: str, **texts: str) -> Form:
        """The form before anything is typed, apart from `texts`."""
        return cls(names, texts)

    def text(self, name: str) -> str:
        """What to show in a field."""
        return "" if name in SECRETS else self.texts.get(name, "")

    def mistake(self, name: str) -> Problem | None:
        """What is wrong with a field."""
        return self.mistakes.get(name)

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found to be wrong."""
        return not self.mistakes and self.refusal is None

    @property
    def status(self) -> int:
        """The status of a page with this form."""
        return 200 if self.is_sound else 422

    def read(self, shape: type[RequestShape], **instead: Any) -> Any:
        """What the fields of a schema say, some of them `instead` of what was typed.

        A field that was left empty counts as left out. Raises `CaseError` with every mistake.
        """
        schema = shape()
        typed = {name: text for name, text in self.texts.items() if text.strip()}
        given = {**typed, **instead}
        return schema.load({name: given[name] for name in given if name in schema.fields})

    def told(self, **places: str) -> Told:
        """Notes what is refused within, beside its field; what follows the block shows it.

        `places` name the field that a kind of refusal belongs to, such as `conflict="email"`.
        """
        return Told(self, places)

    def note(self, problems: Iterable[Problem]) -> None:
        """Keep mistakes: each beside its field, or for the whole form."""
        for problem in problems:
            if problem.place in self.names:
                self.mistakes.setdefault(problem.place, _in_words(problem))
            else:
                self.refusal = Refusal(problem.cause, problem.remedy)


def _in_words(problem: Problem) -> Problem:
    """An empty field as one says it to people, where it has words."""
    if problem.code != "missing" or problem.place not in WORDS:
        return problem
    return replace(
        problem, cause=f"The {WORDS[problem.place]} is missing.", remedy="Fill in this field."
    )


KEPT_APART = frozenset({"not_found", "gone", "forbidden", "unauthenticated", "store_unavailable"})
"""Refusals that have pages of their own."""


@dataclass(frozen=True)
class Told:
    """See `Form.told`."""

    form: Form
    places: dict[str, str]

    def __enter__(self) -> Form:
        return self.form

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        """Whether the error was noted, and so ends here."""
        if isinstance(error, CaseError):
            self.form.note(error.problems)
        elif isinstance(error, InputError):
            self.form.note([error.problem(self.places.get(error.code, ""))])
        elif isinstance(error, Refusal) and error.code in self.places:
            place, cause, remedy = self.places[error.code], error.cause, error.remedy
            self.form.note([Problem(code=error.code, place=place, cause=cause, remedy=remedy)])
        elif isinstance(error, Refusal) and error.code not in KEPT_APART:
            self.form.refusal = error
        else:
            return False
        return True
