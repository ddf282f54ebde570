"""The value proposition as a statement in five parts, always in the same order.

1. *We believe that* the customer *should be able to* change something measurable, *resulting
   in* money; 2. *through the ability to* …; 3. *as a result of* …; 4. *for an investment of* …;
5. *based on the following assumptions* ….
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from valuecalc.case.case import Case, Proposition
from valuecalc.case.risk import HEADLINES


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The value proposition in its five parts, always in this order.

    Each part is (lead, text): `("We believe that", "Company A should be able to …")`. The
    lines that the fifth part lists stand in `based_on`.
    """

    parts: tuple[tuple[str, str], ...]
    based_on: tuple[str, ...]

    @property
    def text(self) -> str:
        """The statement as one sentence, with the assumptions at its end."""
        sentence = ", ".join(f"{lead} {text}".strip() for lead, text in self.parts)
        return f"{sentence} {'; '.join(self.based_on)}."


def compose(
    case: Case,
    figure_text: Callable[[str], str | None],
    shown: Mapping[str, str],
) -> Statement:
    """The statement of a case.

    `figure_text` gives the finished text of a figure by its name, or None when it does not
    exist; `shown` holds the finished text of each assumption and calculation.
    """
    proposition = case.proposition
    return Statement(
        parts=(
            ("We believe that", _belief(case, figure_text, shown)),
            ("through the ability to", proposition.capability or _MISSING),
            ("as a result of", proposition.delivery or _MISSING),
            ("for an investment of", figure_text("total_investment") or _MISSING),
            ("based on the following assumptions", ""),
        ),
        based_on=tuple(_based_on(case, figure_text, shown)),
    )


_MISSING = "…"


def _belief(case: Case, figure_text: Callable[[str], str | None], shown: Mapping[str, str]) -> str:
    proposition = case.proposition
    customer = case.customer or "the customer"
    change = proposition.change or _default_change(case)
    money = figure_text(money_figure(case, figure_text)) or _MISSING
    result = f"{money} {proposition.result or 'in benefits'}".strip()
    by = proposition.by or f"over {case.timeline.horizon_text}"
    return (
        f"{customer} should be able to {change}{_from_to(proposition, shown)}, "
        f"resulting in {result} {by}{_reached(case, figure_text)}"
    )


def money_figure(case: Case, figure_text: Callable[[str], str | None]) -> str:
    """The name of the figure that the statement tells the money by.

    It is the one that the proposition names, or the percentile of it that the case shows
    instead; total benefits where it names none.
    """
    name = case.proposition.figure or "total_benefits"
    percentile = f"{name}_{case.conventions.headline}"
    return name if figure_text(percentile) is None else percentile


def _reached(case: Case, figure_text: Callable[[str], str | None]) -> str:
    """How sure the money is, where the case shows a percentile: `, with a value of …`."""
    convention = case.conventions.headline
    value = figure_text(f"value_{convention}")
    if value is None:
        return ""
    draws = f"{1 - HEADLINES[convention]:.0%} of the draws ({convention.upper()})"
    if money_figure(case, figure_text) != (case.proposition.figure or "total_benefits"):
        return f", reached or exceeded in {draws}"
    return f", with a value over {case.timeline.horizon_text} of {value} or more in {draws}"


def _default_change(case: Case) -> str:
    if not case.benefits:
        return _MISSING
    label = case.benefits[0].label
    begins = label[:1] if label[1:2].isupper() else label[:1].lower()
    return f"achieve {begins}{label[1:]}"


def _from_to(proposition: Proposition, shown: Mapping[str, str]) -> str:
    source, target = shown.get(proposition.source), shown.get(proposition.target)
    if source and target:
        return f" from {_without_common_unit(source, target)} to {target}"
    return f" to {target}" if target else ""


def _without_common_unit(source: str, target: str) -> str:
    """`£22` of `£22 per user per month` when the other amount has the same unit."""
    number, per, tail = source.partition(" per ")
    return number if per and target.endswith(f"{per}{tail}") else source


def _based_on(
    case: Case, figure_text: Callable[[str], str | None], shown: Mapping[str, str]
) -> list[str]:
    investments = [
        f"{line.label}: {amount}"
        for line in case.investments
        if (amount := figure_text(f"investments.{line.id}.total"))
    ]
    drivers = [f"{each.label}: {shown[each.id]}" for each in case.assumptions if each.id in shown]
    return investments + drivers
