"""Straw-men for a new customer, and delivered cases as straw-men."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from valuecalc import resources
from valuecalc.case import checks
from valuecalc.case.case import Case
from valuecalc.case.journey import Extrapolation, Journey, Target
from valuecalc.case.rates import Rates
from valuecalc.case.travel import OriginReference
from valuecalc.engine.journey import extrapolate as travelling
from valuecalc.engine.journey import publishing
from valuecalc.errors import CaseError
from valuecalc.schemas.extrapolation import read_exchange_rates, read_price_indices
from valuecalc.services import cases


@cache
def rates() -> Rates:
    """The published rates that come with the program: files in `models/rates/`."""
    folder = resources.models_folder() / "rates"
    return Rates(
        exchange=read_exchange_rates((folder / "exchange.yaml").read_bytes()),
        prices=read_price_indices((folder / "inflation.yaml").read_bytes()),
    )


def extrapolate(
    references: Sequence[Case],
    target: Target,
    given: Rates | None = None,
    kept_as: Sequence[OriginReference] = (),
) -> Extrapolation:
    """The case of a new customer, made from straw-men and checked.

    `given` are rates that come before the published ones; `kept_as` says where the references
    are kept. Raises `CaseError` with every driver and rate that is missing, and with every
    mistake of the outcome.
    """
    found = travelling.extrapolate(references, target, _with_published(given), kept_as)
    mistakes = checks.errors(found.case)
    if mistakes:
        raise CaseError(mistakes)
    return found


def journeys(
    references: Sequence[Case], target: Target, given: Rates | None = None
) -> tuple[Journey, ...]:
    """How each number of the new case comes about. Raises as `extrapolate` does."""
    return extrapolate(references, target, given).journeys


def publish(case: Case, achieved: Mapping[str, float], **about: Any) -> Case:
    """The straw-man that a delivered case becomes.

    `about` are the fields of `engine.publishing.About`. Raises `CaseError` with every mistake of
    the case, of `achieved` and of the outcome.
    """
    published = publishing.publish(case, cases.calculate(case), achieved, publishing.About(**about))
    mistakes = checks.errors(published)
    if mistakes:
        raise CaseError(mistakes)
    return published


def _with_published(given: Rates | None) -> Rates:
    if given is None:
        return rates()
    return replace(rates(), given_exchange=given.given_exchange, given_prices=given.given_prices)
