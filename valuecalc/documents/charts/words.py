"""What the charts say in much the same way: percentages, lists, and what belongs to what."""

from __future__ import annotations

from collections.abc import Sequence

from valuecalc.formula.quantity import Amount, shown_as
from valuecalc.phrases import Joined, Phrase, joined, phrase

_AFTER_ANOTHER = phrase("; ")


def percent(share: float, decimals: int = 0) -> Amount:
    """A share in per cent: `12%` for 0.12."""
    return shown_as(f"{abs(share):.{decimals}%}"[:-1], share, is_percentage=True)


def labelled(label: str, text: str) -> Phrase:
    """A text after its label: `Training: £93k`."""
    return phrase("{label}: {text}", label=label, text=text)


def one_by_one(texts: Sequence[str]) -> Joined:
    """Texts that are told one after the other, each long enough to hold a comma."""
    return joined(_AFTER_ANOTHER, texts)


def sentence(text: str) -> Phrase:
    """A text with a full stop."""
    return phrase("{text}.", text=text)


def sentences(texts: Sequence[str]) -> Joined:
    """Sentences, one after the other."""
    return joined(" ", texts)
