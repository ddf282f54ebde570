"""A portfolio of cases from files, worked out here and now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from valuecalc.engine.portfolio.portfolio import Portfolio, SimulatedSum
from valuecalc.errors import InputError
from valuecalc.schemas.portfolio import PortfolioAsked, read_portfolio_request
from valuecalc.services import portfolio

__all__ = ["Portfolio", "SimulatedSum", "asked", "of_texts"]


def asked(
    currency: str | None = None,
    rates: Mapping[str, str] | None = None,
    draws: int | None = None,
    seed: int | None = None,
) -> PortfolioAsked:
    """What is asked for; None stands for what is usual. Raises `CaseError`."""
    given = {"currency": currency, "rates": rates or None, "draws": draws, "seed": seed}
    return read_portfolio_request({name: each for name, each in given.items() if each is not None})


def of_texts(
    texts: Mapping[str, bytes], straw_men: Iterable[str], request: PortfolioAsked
) -> Portfolio:
    """The portfolio of cases in YAML or JSON by their names, and of these straw-men.

    Cases with mistakes are listed in it. Raises `CaseError` with every mistake of the request,
    and `InputError` without a case.
    """
    slugs = tuple(straw_men)
    entries = [portfolio.entry_of(name, text) for name, text in texts.items()]
    if slugs:
        entries.extend(portfolio.straw_men(slugs))
    if not entries:
        raise InputError("No case is named.", "Name some files, or ask for the straw-men.")
    return portfolio.calculate_portfolio(entries, request)
