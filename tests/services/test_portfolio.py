"""Portfolios of a team as jobs, and of files here and now."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from typing import Any

import pytest

from tests.builders import assumption, benefit, case, investment
from tests.services.job_running import worked_off
from tests.team_members import new_member, new_team
from valuecalc.case.case import Case, Reference
from valuecalc.engine.portfolio import request as portfolio_request
from valuecalc.engine.portfolio.request import MAX_CASES, Entry
from valuecalc.errors import CaseError, InputError, NotFound, Unauthenticated, UnknownName
from valuecalc.schemas.portfolio import CaseFilter, GivenRate, PortfolioAsked
from valuecalc.services import jobs, portfolio, saved_cases, versions
from valuecalc.services.access import STRANGER, Actor, Role
from valuecalc.services.portfolio_work import work
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.store.tables import Team

SOUND = case(
    assumption("users", 100, "user", grade="B", low=80, high=130),
    assumption("price", 5, "GBP/user/month", grade="A"),
    benefit("gain", "users * price"),
    investment("cost", "1000 GBP"),
)
DRAFT = replace(SOUND, benefits=(replace(SOUND.benefits[0], formula="nobody * 5"),))
FEW = {"draws": 1_000}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few cases in each part, so that there are several."""
    monkeypatch.setattr(portfolio_request, "SECONDS_PER_PART", 0.05)


def titled(title: str, **changes: Any) -> Case:
    return replace(SOUND, title=title, **changes)


def kept(store: Database, actor: Actor, made: Case = SOUND, **more: Any) -> Saved:
    saved, _ = saved_cases.create(store, actor, made, **more)
    return saved


def asked_for(store: Database, actor: Actor, **asked: Any) -> dict[str, Any]:
    _, request = portfolio.asked_of_team(store, actor, PortfolioAsked(**{**FEW, **asked}))
    return request


def answer(store: Database, request: dict[str, Any]) -> dict[str, Any]:
    """What comes out of a request that went through JSON, worked on here and now."""
    request = json.loads(json.dumps(request))
    with store.read() as session:
        payloads = portfolio.parts(request, session)
    return portfolio.merge(request, payloads, [work(each) for each in payloads])


def uids_of(found: dict[str, Any]) -> set[str]:
    return {each["uid"] for each in found["cases"]}


# --------------------------------------------------------------------------- of a team


def test_all_cases_of_the_team_are_in_it(store: Database, ann: Actor) -> None:
    uids = {kept(store, ann, titled(f"Case {number}")).head.uid for number in range(3)}
    found = answer(store, asked_for(store, ann))
    assert uids_of(found) == uids
    assert found["totals"]["count"] == 3
    assert found["totals"]["value"] == 3 * (100 * 5 * 36 - 1_000)
    assert found["currency"] == "GBP"


def test_the_filters_are_those_of_the_list(store: Database, ann: Actor) -> None:
    network = titled("Network", customer="Company A", reference=Reference(sector="telecoms"))
    wanted = kept(store, ann, network).head.uid
    kept(store, ann, titled("Other", customer="Company B"))
    for chosen in (
        CaseFilter(words="netw"),
        CaseFilter(customer="company a"),
        CaseFilter(sector="Telecoms"),
        CaseFilter(words="network", currency="GBP"),
    ):
        assert uids_of(answer(store, asked_for(store, ann, filter=chosen))) == {wanted}


def test_named_cases_are_taken_in_the_order_given_and_once_each(
    store: Database, ann: Actor
) -> None:
    first, second, _ = (kept(store, ann, titled(f"Case {number}")).head.uid for number in range(3))
    request = asked_for(store, ann, cases=(second, first, second))
    assert [each["uid"] for each in request["cases"]] == [second, first]


def test_the_version_of_this_moment_is_the_one_that_is_worked_out(
    store: Database, ann: Actor
) -> None:
    saved = kept(store, ann)
    request = asked_for(store, ann)
    before = answer(store, request)
    saved_cases.save(store, ann, saved.head.uid, SOUND.with_values({"users": 900}), saved.tag)
    assert answer(store, request) == before
    assert before["cases"][0]["version"] == 1
    later = answer(store, asked_for(store, ann))
    assert later["cases"][0]["version"] == 2
    assert later["totals"]["value"] > before["totals"]["value"]


def test_asking_twice_gives_the_same_parts(store: Database, ann: Actor) -> None:
    for number in range(6):
        kept(store, ann, titled(f"Case {number}"))
    request = asked_for(store, ann)
    with store.read() as session:
        first = portfolio.parts(request, session)
    kept(store, ann)
    with store.read() as session:
        second = portfolio.parts(json.loads(json.dumps(request)), session)
    assert len(first) > 1
    assert repr(first) == repr(second)


def test_saving_a_case_does_not_change_the_order(store: Database, ann: Actor) -> None:
    saved = [kept(store, ann, titled(f"Case {number}")) for number in range(4)]
    before = [each["uid"] for each in asked_for(store, ann)["cases"]]
    for each in saved:
        saved_cases.save(store, ann, each.head.uid, titled("Renamed"), each.tag)
        assert [each["uid"] for each in asked_for(store, ann)["cases"]] == before


def test_a_draft_with_mistakes_is_listed_and_not_dropped(store: Database, ann: Actor) -> None:
    kept(store, ann)
    draft = kept(store, ann, replace(DRAFT, title="Half done"))
    found = answer(store, asked_for(store, ann))
    [left] = found["left_out"]
    assert (left["uid"], left["title"], left["version"]) == (draft.head.uid, "Half done", 1)
    assert "nobody" in left["reason"]
    assert found["totals"]["count"] == 1


def test_a_case_that_went_for_good_is_listed(store: Database, ann: Actor) -> None:
    kept(store, ann)
    request = asked_for(store, ann)
    request["cases"].append({"uid": "A" * 16, "version": 1})
    [left] = answer(store, request)["left_out"]
    assert "not there any more" in left["reason"]


def test_a_case_in_the_bin_is_not_in_it(store: Database, ann: Actor) -> None:
    kept(store, ann)
    binned = kept(store, ann, titled("Binned"))
    saved_cases.delete(store, ann, binned.head.uid, binned.tag)
    assert len(asked_for(store, ann)["cases"]) == 1


def test_a_filter_that_nothing_fits_is_refused_with_the_remedy(store: Database, ann: Actor) -> None:
    kept(store, ann)
    with pytest.raises(InputError, match="No case of the team fits"):
        asked_for(store, ann, filter=CaseFilter(words="nothing of the kind"))


def test_too_many_cases_are_refused_with_the_limit(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portfolio, "MAX_CASES", 2)
    for number in range(3):
        kept(store, ann, titled(f"Case {number}"))
    with pytest.raises(InputError, match="More than 2 cases fit"):
        asked_for(store, ann)


def test_a_mistake_of_the_request_is_told_before_anything_is_started(
    store: Database, ann: Actor
) -> None:
    kept(store, ann)
    asked = PortfolioAsked(draws=10_000_000)
    with pytest.raises(CaseError, match="10,000,000 draws are more than 100,000"):
        portfolio.submit(store, ann, asked)
    assert jobs.page(store, ann).rows == ()


# --------------------------------------------------------------------------- rights


def test_nobody_sees_the_cases_of_another_team(
    store: Database, ann: Actor, outsider: Actor
) -> None:
    foreign = kept(store, ann).head.uid
    with pytest.raises(NotFound):
        asked_for(store, outsider, cases=(foreign,))
    with pytest.raises(InputError):
        asked_for(store, outsider)


def test_another_team_cannot_be_named(
    store: Database, ann: Actor, outsider: Actor, team: Team
) -> None:
    kept(store, ann)
    with pytest.raises(NotFound):
        asked_for(store, outsider, team=team.uid)


def test_a_portfolio_holds_cases_of_one_team(store: Database, team: Team) -> None:
    south = new_team(store, "South")
    both = new_member(store, team, south)
    here = kept(store, both, team_uid=team.uid).head.uid
    there = kept(store, both, team_uid=south.uid).head.uid
    with pytest.raises(NotFound):
        asked_for(store, both, team=team.uid, cases=(here, there))


def test_a_viewer_may_ask_and_a_stranger_may_not(store: Database, ann: Actor, team: Team) -> None:
    kept(store, ann)
    viewer = new_member(store, team, role=Role.VIEWER)
    assert len(asked_for(store, viewer)["cases"]) == 1
    with pytest.raises(Unauthenticated):
        asked_for(store, STRANGER)


# --------------------------------------------------------------------------- currencies


def test_the_report_is_in_the_currency_of_most_cases(store: Database, ann: Actor) -> None:
    in_euros = case(benefit("gain", "500 EUR"), currency="EUR")
    kept(store, ann)
    kept(store, ann, in_euros)
    kept(store, ann, in_euros)
    assert asked_for(store, ann)["currency"] == "EUR"


def test_published_rates_are_kept_with_their_day_and_source(store: Database, ann: Actor) -> None:
    kept(store, ann, case(benefit("gain", "500 EUR"), currency="EUR"))
    request = asked_for(store, ann, currency="GBP", date=date(2015, 6, 1))
    [rate] = request["rates"]
    assert (rate["currency"], rate["value"], rate["date"]) == ("EUR", 0.80612, "2014-12-31")
    assert "European Central Bank" in rate["source"]
    found = answer(store, request)
    assert found["totals"]["value"] == pytest.approx(500 * 0.80612)


def test_a_given_rate_comes_before_the_published_one(store: Database, ann: Actor) -> None:
    kept(store, ann, case(benefit("gain", "500 EUR", starts=0), currency="EUR"))
    rates = {"EUR": GivenRate(value=0.5, low=0.4, high=0.6)}
    found = answer(store, asked_for(store, ann, currency="GBP", rates=rates))
    assert len(found["rates"]) == 1
    assert found["totals"]["value"] == 250
    assert found["rates"][0]["source"] == "given with the request"
    assert found["all_won"]["figures"]["npv"]["percentiles"]["p90"] == pytest.approx(300, rel=0.05)


def test_a_currency_that_nobody_publishes_leaves_its_cases_out_by_name(
    store: Database, ann: Actor
) -> None:
    kept(store, ann)
    kept(store, ann, case(benefit("gain", "500 KES"), currency="KES"))
    found = answer(store, asked_for(store, ann, currency="GBP"))
    [left] = found["left_out"]
    assert "No rate of KES to GBP" in left["reason"]


# --------------------------------------------------------------------------- as a job


def test_a_job_gives_the_same_answer_as_working_here_and_now(store: Database, ann: Actor) -> None:
    for number in range(6):
        chance = None if number % 3 else 0.4
        kept(store, ann, titled(f"Case {number}", probability=chance))
    asked = PortfolioAsked(draws=1_000, seed=5)
    job = portfolio.submit(store, ann, asked)
    done = worked_off(store, ann, job, "processes://2")
    assert done.state is jobs.State.DONE and done.total > 1
    found = jobs.result(store, ann, job.uid)
    assert found == json.loads(json.dumps(answer(store, dict(done.request))))
    assert found["seed"] == 5


def test_the_work_loads_neither_flask_nor_the_database() -> None:
    script = "import sys, valuecalc.services.portfolio_work; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in run.stdout.split()}
    assert not loaded & {"flask", "sqlalchemy", "alembic"}


def test_a_part_is_worked_on_in_another_process(store: Database, ann: Actor) -> None:
    kept(store, ann)
    with store.read() as session:
        [part] = portfolio.parts(asked_for(store, ann), session)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        assert processes.submit(work, part).result() == work(part)


def test_an_earlier_version_that_was_restored_is_a_version_like_any_other(
    store: Database, ann: Actor
) -> None:
    saved = kept(store, ann)
    changed = saved_cases.save(
        store, ann, saved.head.uid, SOUND.with_values({"users": 900}), saved.tag
    )
    versions.restore(store, ann, saved.head.uid, 1, changed.tag)
    found = answer(store, asked_for(store, ann))
    assert found["cases"][0]["version"] == 3
    assert found["totals"]["value"] == 17_000


# --------------------------------------------------------------------------- from files


def test_straw_men_are_worked_out_together() -> None:
    found = portfolio.calculate_portfolio(
        portfolio.straw_men(("new-data-services", "cloud-migration")),
        PortfolioAsked(currency="GBP", draws=1_000, date=date(2026, 11, 22)),
    )
    assert [each.uid for each in found.cases] == ["new-data-services", "cloud-migration"]
    assert found.totals.count == 2
    assert not found.left_out and not found.not_simulated
    assert any(note.startswith("1 EUR counts as") for note in found.notes)


def test_every_straw_man_can_be_simulated() -> None:
    entries = portfolio.straw_men()
    found = portfolio.calculate_portfolio(entries, PortfolioAsked(draws=1_000, currency="GBP"))
    assert len(found.cases) == len(entries)
    assert found.left_out == found.not_simulated == ()


def test_an_unknown_straw_man_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="cloud-migration"):
        portfolio.straw_men(("cloud-migratoin",))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("title: [", "document"),
        ("format: valuecalc/1\ntitle: Half\nbenefits:\n  - {id: a, label: A, formula: b}", "“b”"),
        ("", "document"),
    ],
)
def test_a_file_that_is_no_case_is_listed_by_its_name(text: str, reason: str) -> None:
    entries = [*portfolio.straw_men(("new-data-services",)), portfolio.entry_of("x.yaml", text)]
    found = portfolio.calculate_portfolio(entries, PortfolioAsked(draws=1_000))
    [left] = found.left_out
    assert left.uid == left.title == "x.yaml"
    assert reason in left.reason


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(CaseError, match="fewer than 1"):
        portfolio.calculate_portfolio([])


def test_more_files_than_a_portfolio_holds_are_refused() -> None:
    many = [Entry(uid=str(number), case=None) for number in range(MAX_CASES + 1)]
    with pytest.raises(CaseError, match="2,001 cases are more than 2,000"):
        portfolio.calculate_portfolio(many)
