"""The value proposition as a statement in five parts, always in the same order.

1. *We believe that* the customer *should be able to* change something measurable, *resulting
   in* money; 2. *through the ability to* …; 3. *as a result of* …; 4. *for an investment of* …;
5. *based on the following assumptions* ….
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from valuecalc.case.case import Case
from valuecalc.case.risk import HEADLINES
from valuecalc.formula import quantity
from valuecalc.formula.quantity import Amount
from valuecalc.phrases import joined, lowered, phrase


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
        parts = (joined(" ", filter(None, part)) for part in self.parts)
        return phrase(
            "{statement} {assumptions}.",
            statement=joined(", ", parts),
            assumptions=joined(phrase("; "), self.based_on),
        )


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
            (phrase("We believe that"), _belief(case, figure_text, shown)),
            (phrase("through the ability to"), proposition.capability or _MISSING),
            (phrase("as a result of"), proposition.delivery or _MISSING),
            (phrase("for an investment of"), figure_text("total_investment") or _MISSING),
            (phrase("based on the following assumptions"), ""),
        ),
        based_on=tuple(_based_on(case, figure_text, shown)),
    )


_MISSING = "…"


def _belief(case: Case, figure_text: Callable[[str], str | None], shown: Mapping[str, str]) -> str:
    proposition = case.proposition
    belief = phrase(
        "{customer} should be able to {change}, resulting in {money} {result} {by}",
        customer=case.customer or phrase("the customer"),
        change=_change(case, shown),
        money=figure_text(money_figure(case, figure_text)) or _MISSING,
        result=proposition.result or phrase("in benefits"),
        by=proposition.by or phrase("over {horizon}", horizon=case.timeline.horizon_text),
    )
    return _how_sure(belief, case, figure_text)


def money_figure(case: Case, figure_text: Callable[[str], str | None]) -> str:
    """The name of the figure that the statement tells the money by.

    It is the one that the proposition names, or the percentile of it that the case shows
    instead; total benefits where it names none.
    """
    name = case.proposition.figure or "total_benefits"
    percentile = f"{name}_{case.conventions.headline}"
    return name if figure_text(percentile) is None else percentile


def _how_sure(belief: str, case: Case, figure_text: Callable[[str], str | None]) -> str:
    """What is believed, with how sure the money is where the case shows a percentile."""
    convention = case.conventions.headline
    value = figure_text(f"value_{convention}")
    if value is None:
        return belief
    share = quantity.show(1 - HEADLINES[convention], "%", digits=0)
    if money_figure(case, figure_text) != (case.proposition.figure or "total_benefits"):
        return phrase(
            "{belief}, reached or exceeded in {share} of the draws ({percentile})",
            belief=belief,
            share=share,
            percentile=convention.upper(),
        )
    return phrase(
        "{belief}, with a value over {horizon} of {value} or more in {share} of the draws "
        "({percentile})",
        belief=belief,
        horizon=case.timeline.horizon_text,
        value=value,
        share=share,
        percentile=convention.upper(),
    )


def _change(case: Case, shown: Mapping[str, str]) -> str:
    """What changes, from what to what: `raise the price from £22 to £26 per user`."""
    proposition = case.proposition
    change = proposition.change or _default_change(case)
    source, target = shown.get(proposition.source), shown.get(proposition.target)
    if source and target:
        start = _without_common_unit(source, target)
        return phrase("{change} from {start} to {end}", change=change, start=start, end=target)
    return phrase("{change} to {end}", change=change, end=target) if target else change


def _default_change(case: Case) -> str:
    if not case.benefits:
        return _MISSING
    return phrase("achieve {benefit}", benefit=lowered(case.benefits[0].label))


def _without_common_unit(source: str, target: str) -> str:
    """`£22` of `£22 per user per month` when the other amount has the same unit."""
    if isinstance(source, Amount) and isinstance(target, Amount):
        _, slash, per = source.unit.partition("/")
        return source.without_per() if slash and target.unit.endswith(f"/{per}") else source
    # The workbook has marks for numbers in its texts, which are plain ones.
    number, between, tail = source.partition(" per ")
    return number if between and target.endswith(f"{between}{tail}") else source


def _based_on(
    case: Case, figure_text: Callable[[str], str | None], shown: Mapping[str, str]
) -> Iterator[str]:
    for line in case.investments:
        amount = figure_text(f"investments.{line.id}.total")
        if amount:
            yield phrase("{label}: {amount}", label=line.label, amount=amount)
    for each in case.assumptions:
        if each.id in shown:
            yield phrase("{label}: {amount}", label=each.label, amount=shown[each.id])
