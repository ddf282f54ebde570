"""Keeps notes while a value-models document is read: whatever the case will not say as it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from valuecalc.errors import FormulaError, Problem, Severity
from valuecalc.schemas.problems import shown
from valuecalc.schemas.value_model_parts import (
    BenchmarkClaims,
    CustomerVariables,
    Foreign,
    ValueModel,
)

LEFT_OUT = "It is left out."
MAX_NOTES = 500


@dataclass(frozen=True)
class Documents:
    """The parts of one document; `place` is where the model stands, empty for the top."""

    model: ValueModel
    customer: CustomerVariables
    claims: BenchmarkClaims
    place: str = ""

    def at(self, place: str) -> str:
        """The place of something in the model."""
        return f"{self.place}.{place}" if self.place else place


class Notes:
    """The notes on one document, in the order in which they are made."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.made: list[Problem] = []

    def add(self, code: str, place: str, cause: str, remedy: str = "") -> None:
        """Note something at a place of the model."""
        self._add(code, self.documents.at(place), cause, remedy)

    def left_out(self, code: str, place: str, cause: str) -> None:
        """Note a mistake in the model, because of which something is left out."""
        where = self.documents.at(place)
        self._keep(Problem(code=code, place=where, cause=cause, remedy=LEFT_OUT))

    def unreadable(self, error: FormulaError, place: str) -> None:
        """Note an equation that cannot be translated, with the spot."""
        problem = error.problem(self.documents.at(place))
        remedy = f"{problem.remedy} {LEFT_OUT}"
        self._keep(
            Problem(
                code=problem.code,
                place=problem.place,
                cause=problem.cause,
                remedy=remedy,
                excerpt=problem.excerpt,
            )
        )

    def what_has_no_counterpart(self, variables: Collection[str]) -> None:
        """Note what a case cannot say at all; `variables` are the names in the model."""
        model = self.documents.model
        self.add(
            "no_investment",
            "value_drivers",
            "The format holds no investment: prices stand in a pricing model.",
            "Add what the solution costs, the customer’s own effort included.",
        )
        if model.tiers_and_modules:
            names = shown(", ".join(each.name for each in model.tiers_and_modules), 300)
            cause = f"Tiers and modules have no counterpart: {names}."
            self.add("not_carried", "tiers_and_modules", cause, "Drivers name theirs in the note.")
        self._strangers(variables)
        self._unread()

    def _strangers(self, variables: Collection[str]) -> None:
        customer, claims = self.documents.customer, self.documents.claims
        drivers = [each.name for each in self.documents.model.value_drivers]
        named: list[tuple[str, str, Collection[str]]] = [
            *(("customer_variables.variables", e.name, variables) for e in customer.variables),
            *(
                ("customer_variables.value_drivers", e.name, drivers)
                for e in customer.value_drivers
            ),
            *(("benchmark_claims.claims", e.variable_name, variables) for e in claims.claims),
        ]
        for place, name, known in named:
            if name not in known:
                cause = f"“{shown(name)}” is not in the model."
                self._add("unknown", place, cause, LEFT_OUT)
        assessed = {each.name for each in customer.value_drivers}
        for name in drivers if assessed else ():
            if name not in assessed:
                cause = f"Nobody has said whether “{shown(name)}” applies to this customer."
                self.add("not_assessed", "value_drivers", cause, "It counts in full here.")

    def _unread(self) -> None:
        documents = self.documents
        parts: tuple[tuple[str, Foreign], ...] = (
            (documents.place, documents.model),
            ("customer_variables", documents.customer),
            ("benchmark_claims", documents.claims),
        )
        for place, part in parts:
            for path, count in Counter(unread(part)).items():
                times = f", {count} times" if count > 1 else ""
                cause = f"“{path.split('.')[-1]}” has no counterpart and is not read{times}."
                self._add("not_carried", ".".join(filter(None, (place, path))), cause)

    def _add(self, code: str, place: str, cause: str, remedy: str = "") -> None:
        warning = Severity.WARNING
        self._keep(Problem(code=code, place=place, cause=cause, remedy=remedy, severity=warning))

    def _keep(self, problem: Problem) -> None:
        if len(self.made) < MAX_NOTES:
            self.made.append(problem)
        elif len(self.made) == MAX_NOTES:
            cause = f"There are more than {MAX_NOTES} notes; the others are not shown."
            self.made.append(
                Problem(
                    code="too_many",
                    place="document",
                    cause=cause,
                    remedy="Mend those above first.",
                    severity=Severity.WARNING,
                )
            )


def unread(part: object, path: str = "") -> Iterator[str]:
    """The path of each key below `part` that the schemas do not name, as often as it stands."""
    if isinstance(part, tuple):
        for item in part:
            yield from unread(item, path)
    elif isinstance(part, Foreign):
        below = f"{path}." if path else ""
        yield from (f"{below}{name}" for name in part.others)
        for each in fields(part):
            yield from unread(getattr(part, each.name), f"{below}{each.name}")
