"""Many cases at once: those of a team as a job, or a handful from files here and now.

A job keeps the names and the versions of its cases, the rates and the seed, so that it works
out the same whenever, and by whomever, it is gone on with.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from valuecalc.engine.journey.rates import MissingRate, exchange_rate
from valuecalc.engine.portfolio import portfolio as engine
from valuecalc.engine.portfolio.portfolio import Portfolio
from valuecalc.engine.portfolio.request import (
    MAX_CASES,
    Entry,
    PortfolioRequest,
    ReportingRate,
    cases_per_part,
    refuse_impossible,
)
from valuecalc.errors import InputError, NotFound
from valuecalc.formula.known_units import CURRENCIES
from valuecalc.schemas.portfolio import (
    GivenRate,
    PortfolioAsked,
    dump_portfolio,
)
from valuecalc.services import cases, jobs, library, saved_cases
from valuecalc.services.access import Action, Actor
from valuecalc.services.extrapolation import rates as published_rates
from valuecalc.services.job_kinds import Kind, register
from valuecalc.services.portfolio_work import Document, DocumentPart, problems_of, work
from valuecalc.services.teams import team_for
from valuecalc.store import cases as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import StoredCase, Team

NAME = "portfolio"

# --------------------------------------------------------------------------- here and now


def entry_of(name: str, text: str | bytes) -> Entry:
    """A case from a file; one with mistakes is listed with them in the portfolio."""
    try:
        return Entry(uid=name, case=cases.read(text), title=name)
    except InputError as error:
        return Entry(uid=name, case=None, title=name, problems=problems_of(error))


def straw_men(slugs: Iterable[str] = ()) -> tuple[Entry, ...]:
    """The straw-men of these names, or all of them. Raises `UnknownName`."""
    found = map(library.straw_man, slugs or library.slugs())
    return tuple(Entry(uid=each.slug, case=each.case) for each in found)


def calculate_portfolio(entries: Sequence[Entry], asked: PortfolioAsked | None = None) -> Portfolio:
    """A portfolio of given cases, worked out here and now.

    Of `asked` count the currency, the rates, the draws and the seed. Raises `CaseError` with
    every mistake of the request.
    """
    currencies = [each.case.currency for each in entries if each.case is not None]
    return engine.calculate(entries, request_of(asked or PortfolioAsked(), currencies))


def request_of(asked: PortfolioAsked, currencies: Sequence[str]) -> PortfolioRequest:
    """The request for cases in these currencies, with the rates that it takes.

    Given rates come before published ones; a currency without either has none, and its cases
    are listed as left out.
    """
    currency = asked.currency or _commonest(currencies)
    day = asked.date or date.today()
    given = [_given(code, rate) for code, rate in asked.rates.items()]
    others = sorted(set(currencies) - {currency, *asked.rates})
    found = [_published(code, currency, day) for code in others if code in CURRENCIES]
    return PortfolioRequest(
        currency=currency,
        rates=(*given, *(each for each in found if each is not None)),
        draws=asked.draws,
        seed=asked.seed,
    )


def _commonest(currencies: Sequence[str]) -> str:
    counts = Counter(sorted(currencies))
    return counts.most_common(1)[0][0] if counts else "GBP"


def _given(currency: str, rate: GivenRate) -> ReportingRate:
    return ReportingRate(
        currency=currency,
        value=rate.value,
        low=rate.low,
        high=rate.high,
        date=rate.date,
        source=rate.source or "given with the request",
    )


def _published(currency: str, reporting: str, day: date) -> ReportingRate | None:
    try:
        found = exchange_rate(published_rates(), currency, reporting, day)
    except MissingRate:
        return None
    source = ", ".join(filter(None, [found.source, found.about]))
    return ReportingRate(currency=currency, value=found.rate, date=found.date, source=source)


# --------------------------------------------------------------------------- a team's, as a job


def submit(
    store: Database, actor: Actor, asked: PortfolioAsked, key: str | None = None
) -> jobs.Job:
    """Start working out a portfolio of a team's cases, in their newest versions.

    With a `key` that was used before, it is the job of that time, with the versions of then.
    Raises `Unauthenticated`, `NotFound` for a team or case that the actor may not read,
    `CaseError` with every mistake of the request, and what `jobs.submit` raises.
    """
    words = _words(asked)
    # Before the cases are looked up: some may have changed, or gone, since the first time.
    if key is not None:
        earlier = jobs.started_with(store, actor, NAME, asked.team, key, words)
        if earlier is not None:
            return earlier
    team, request = asked_of_team(store, actor, asked)
    return jobs.submit(store, actor, NAME, team.uid, request, key, words)


def _words(asked: PortfolioAsked) -> str:
    """What was asked for as text: the same for the same, whatever became of the cases since."""
    return json.dumps(asdict(asked), default=date.isoformat, sort_keys=True)


def asked_of_team(
    store: Database, actor: Actor, asked: PortfolioAsked
) -> tuple[Team, dict[str, Any]]:
    """The team, and the request as a job keeps it: with the versions and rates of this moment."""
    with store.read() as session:
        team = team_for(session, actor, asked.team, Action.READ)
        heads = _heads(session, actor, team, asked)
        named: list[dict[str, Any]] = [{"uid": each.uid, "version": each.version} for each in heads]
        request = request_of(asked, [each.currency for each in heads])
    refuse_impossible(request, [each["uid"] for each in named])
    return team, {**_written(request), "cases": named}


def _heads(
    session: Session, actor: Actor, team: Team, asked: PortfolioAsked
) -> Sequence[StoredCase]:
    if asked.cases:
        names = dict.fromkeys(asked.cases)
        return [_of_team(session, actor, team, each) for each in names]
    wanted = stored.Wanted(
        team_ids=(team.id,),
        words=asked.filter.words,
        customer=asked.filter.customer,
        sector=asked.filter.sector,
        currency=asked.filter.currency,
    )
    found = stored.page(session, wanted, MAX_CASES, None)
    if found.has_more:
        raise InputError(
            f"More than {MAX_CASES:,} cases fit the filter.",
            f"A portfolio holds {MAX_CASES:,} at most: narrow the filter.",
        )
    if not found.rows:
        raise InputError("No case of the team fits the filter.", "Widen the filter.")
    # Saving a case moves it in the list; its name does not change.
    return sorted(found.rows, key=lambda each: each.uid)


def _of_team(session: Session, actor: Actor, team: Team, uid: str) -> StoredCase:
    found = saved_cases.head_for(session, actor, uid, Action.READ)
    if found.team_id != team.id:
        raise NotFound(saved_cases.KIND)
    return found


def _written(request: PortfolioRequest) -> dict[str, Any]:
    rates = [
        {
            "currency": each.currency,
            "value": each.value,
            "low": each.low,
            "high": each.high,
            "date": each.date.isoformat() if each.date else None,
            "source": each.source,
        }
        for each in request.rates
    ]
    numbers = {"draws": request.draws, "seed": request.seed}
    return {"currency": request.currency, "rates": rates, **numbers}


def _read(request: Mapping[str, Any]) -> PortfolioRequest:
    """What `_written` wrote, after it went through JSON."""
    rates = tuple(
        ReportingRate(
            **{**each, "date": date.fromisoformat(each["date"]) if each["date"] else None}
        )
        for each in request["rates"]
    )
    return PortfolioRequest(
        currency=request["currency"], rates=rates, draws=request["draws"], seed=request["seed"]
    )


def parts(request: Mapping[str, Any], session: Session) -> tuple[DocumentPart, ...]:
    """The documents of a portfolio in groups: the same ones for the same request, always."""
    found = _read(request)
    named = request["cases"]
    refuse_impossible(found, [each["uid"] for each in named])
    size = cases_per_part(len(named), found.draws)
    return tuple(
        DocumentPart(
            request=found,
            entries=tuple(_document(session, each) for each in named[first : first + size]),
            first=first,
        )
        for first in range(0, len(named), size)
    )


def _document(session: Session, named: Mapping[str, Any]) -> Document:
    uid, number = named["uid"], named["version"]
    head = stored.by_uid(session, uid)
    version = stored.version(session, head, number) if head is not None else None
    return Document(uid=uid, version=number, text=version.document if version else "")


def merge(
    request: Mapping[str, Any], payloads: Sequence[DocumentPart], results: Sequence[bytes]
) -> dict[str, Any]:
    """The portfolio as JSON."""
    return dump_portfolio(engine.merge(_read(request), payloads, results))


def case_uids(request: Mapping[str, Any]) -> tuple[str, ...]:
    """The public names of the cases of a request."""
    return tuple(each["uid"] for each in request["cases"])


KIND = register(
    Kind(
        name=NAME,
        label="Portfolio",
        parts=parts,
        work=work,
        merge=merge,
        cases=case_uids,
    )
)
