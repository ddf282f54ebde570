"""A team with a pipeline of cases for tests: three currencies, a common driver, a draft.

The public names of its cases are always the same, and random numbers are named after them, so
its portfolio is the same in every database, and can be worked out without any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import update

from tests.databases import upgrade
from tests.services import job_running, portfolio_at_the_gate
from tests.team_members import new_member, new_team
from valuecalc.case.case import Case
from valuecalc.engine.portfolio import request as portfolio_request
from valuecalc.engine.portfolio.portfolio import Portfolio
from valuecalc.engine.portfolio.request import Entry
from valuecalc.schemas.portfolio import GivenRate, PortfolioAsked, dump_portfolio
from valuecalc.services import library, portfolio, saved_cases
from valuecalc.services.access import Actor, Role
from valuecalc.services.job_kinds import Kind, register
from valuecalc.services.job_run import canonical
from valuecalc.services.portfolio import calculate_portfolio
from valuecalc.store.database import Database
from valuecalc.store.tables import StoredCase, Team, sha256

ASKED = PortfolioAsked(
    currency="GBP",
    rates={
        "EUR": GivenRate(value=0.86, low=0.82, high=0.9, source="Our treasury"),
        "USD": GivenRate(value=0.77, low=0.7, high=0.84, source="Our treasury"),
    },
    draws=10_000,
    seed=7,
)
SOLD_TWICE = 6
"""So many straw-men stand for a second customer as well."""

COMMON = "inflation"
SECONDS_PER_PART = 0.06


def cases() -> list[Case]:
    """Straw-men for customers, some with a chance of winning; the last is a draft."""
    straw_men = [library.straw_man(slug).case for slug in library.slugs()]
    twice = [replace(each, customer="Works Ltd") for each in straw_men[:SOLD_TWICE]]
    sound = [_in_pipeline(number, each) for number, each in enumerate([*straw_men, *twice])]
    return [*sound, draft(sound[0])]


def draft(case: Case) -> Case:
    """A case in which a benefit rests on what nobody has said."""
    first, *others = case.benefits
    return replace(
        case, title="Half done", benefits=(replace(first, formula="nobody * 5"), *others)
    )


def _in_pipeline(number: int, case: Case) -> Case:
    """Every third case without a chance of winning; in every fourth something common."""
    chance = None if number % 3 == 0 else 0.2 + 0.03 * number
    made = replace(case, probability=chance)
    return with_common_driver(made) if number % 4 == 0 else made


def with_common_driver(case: Case) -> Case:
    """The case with an assumption that moves together with those of other cases."""
    uncertain = next(each for each in case.assumptions if not each.is_certain)
    moved = replace(uncertain, common=COMMON)
    return replace(
        case, assumptions=tuple(moved if each is uncertain else each for each in case.assumptions)
    )


def uid_of(number: int) -> str:
    """The public name of a case of the pipeline."""
    return f"Pipeline{number:08}"


# --------------------------------------------------------------------------- the answer


@cache
def expected() -> Portfolio:
    """The portfolio, worked out here and now from the cases themselves."""
    entries = [
        Entry(uid=uid_of(number), case=case, version=1) for number, case in enumerate(cases())
    ]
    return calculate_portfolio(entries, ASKED)


@cache
def expected_result() -> dict[str, Any]:
    """The same as JSON."""
    return dump_portfolio(expected())


@cache
def expected_sha() -> str:
    """The hash of the same as it is kept."""
    return sha256(canonical(expected_result()))


# --------------------------------------------------------------------------- the team


@dataclass(eq=False)
class Pipeline:
    """Fills an empty database with the team; the people are the same in every copy of one."""

    people: dict[str, Actor] = field(default_factory=dict)
    team: Team | None = None

    def __call__(self, url: str) -> None:
        """What a template of a database is prepared with."""
        upgrade(url)
        store = Database(url)
        try:
            self._fill(store)
        finally:
            store.close()

    def _fill(self, store: Database) -> None:
        self.team = new_team(store)
        self.people["owner"] = new_member(store, self.team, role=Role.OWNER, name="Olga Owen")
        self.people["ann"] = new_member(store, self.team, name="Ann Lee")
        for number, case in enumerate(cases()):
            saved, _ = saved_cases.create(store, self.people["ann"], case)
            _rename(store, saved.head.uid, uid_of(number))


def _rename(store: Database, uid: str, new: str) -> None:
    with store.write() as session:
        session.execute(update(StoredCase).where(StoredCase.uid == uid).values(uid=new))


def titles(found: Sequence[dict[str, Any]]) -> list[str]:
    """What the cases of a list in the answer are called."""
    return [each["title"] for each in found]


def at_the_gate(gate: Path) -> Kind:
    """Portfolios that come no further than to `portfolio_at_the_gate.OPEN_TO` cases."""
    return replace(portfolio.KIND, work=partial(portfolio_at_the_gate.work, str(gate)))


def work_on(url: str, engine: str, gate: str) -> None:
    """Coordinate in a process that may be killed, with the small parts of the tests."""
    portfolio_request.SECONDS_PER_PART = SECONDS_PER_PART
    register(at_the_gate(Path(gate)))
    job_running.work_on(url, engine)
