"""Portfolios on pages: choosing cases, waiting for the answer, reading it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import lxml.html
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.services.job_running import QUICK
from tests.store.people import somebody
from tests.team_members import new_member, new_team
from tests.web.cases import ARABIC, LONG, MARKUP, minimal, undefined
from tests.web.visitors import Cast, Visitor, cast, visitor
from valuecalc.schemas.case import load_case
from valuecalc.services import jobs, saved_cases
from valuecalc.services.access import Role
from valuecalc.services.coordinator import Coordinator
from valuecalc.store.database import Database
from valuecalc.store.job_tables import FAILED, RUNNING, JobRow
from valuecalc.web.pages import portfolio_form, portfolio_result

FEW = {"draws": "1,000"}
RANGE = {"low": 80, "high": 130}


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture(autouse=True)
def nothing_left_behind(store: Database) -> Iterator[None]:
    """Jobs that a test has not had worked out are ended, so that no other test does it."""
    yield
    with store.write() as session:
        for job in session.scalars(select(JobRow).where(JobRow.state.in_(["waiting", "running"]))):
            job.state = "cancelled"


def document(**more: Any) -> dict[str, Any]:
    """The small case with a range."""
    users = {"id": "users", "label": "Users", "value": 100, "unit": "user", **RANGE}
    return minimal() | {"assumptions": [users]} | more


def keep(store: Database, people: Cast, **more: Any) -> str:
    """A case of the team, by its name."""
    case = load_case(document(**more))
    return saved_cases.create(store, people.editor.actor, case)[0].head.uid


def start(people: Cast, by: Visitor | None = None, **form: Any) -> TestResponse:
    """Send the form of the page."""
    return (by or people.viewer).send("/portfolios", {"team": people.team.uid, **FEW, **form})


def started(people: Cast, **form: Any) -> str:
    """The address of a portfolio that was started."""
    answer = start(people, **form)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def work_off(store: Database) -> None:
    Coordinator(store, "threads://1", pace=QUICK).work_off()


def answered(store: Database, people: Cast, **form: Any) -> str:
    """The address of a portfolio that has been worked out."""
    path = started(people, **form)
    work_off(store)
    return path


def said(answer: TestResponse) -> str:
    """What a page says that was sent back, with single spaces."""
    return " ".join(lxml.html.fromstring(answer.text).text_content().split())


def spaced(people: Cast, path: str) -> str:
    """What a page says, with a space between any two of its parts."""
    return " ".join(" ".join(people.viewer.open(path).itertext()).split())


def change_job(store: Database, path: str, **columns: Any) -> None:
    with store.write() as session:
        uid = path.rsplit("/", 1)[1]
        job = session.scalars(select(JobRow).where(JobRow.uid == uid)).one()
        for name, value in columns.items():
            setattr(job, name, value)


# --------------------------------------------------------------------------- choosing cases


def test_the_page_lists_the_cases_to_choose_from(people: Cast, store: Database) -> None:
    uid = keep(store, people, title="A bridge")
    page = people.viewer.open("/portfolios")
    assert page.xpath(f'//input[@name="case" and @value="{uid}"]')
    text = people.viewer.text("/portfolios")
    assert "A bridge" in text
    assert ": 1 case" in text


def test_the_navigation_leads_to_portfolios(people: Cast) -> None:
    page = people.viewer.open("/help")
    assert page.xpath('//nav//a[@href="/portfolios"]')
    assert not people.stranger.open("/help").xpath('//nav//a[@href="/portfolios"]')


def test_the_list_of_cases_leads_there_with_its_filters(people: Cast, store: Database) -> None:
    keep(store, people, title="A bridge")
    keep(store, people, title="A tunnel")
    page = people.viewer.open(f"/cases?q=tunnel&team={people.team.uid}")
    [link] = page.xpath('//a[starts-with(@href, "/portfolios?")]/@href')
    text = people.viewer.text(link)
    assert "A tunnel" in text
    assert "A bridge" not in text
    assert "All that fit the filter: 1 case" in text


@pytest.mark.parametrize(
    "query", ["q=tunnel", "customer=dorset", "cases_in=eur", "q=tunnel&cases_in=EUR"]
)
def test_a_filter_chooses_the_cases(people: Cast, store: Database, query: str) -> None:
    keep(store, people, title="A bridge")
    keep(store, people, title="A tunnel", customer="Dorset", currency="EUR", **eur())
    text = people.viewer.text(f"/portfolios?team={people.team.uid}&{query}")
    assert "A tunnel" in text
    assert "A bridge" not in text


def eur() -> dict[str, Any]:
    """What makes the small case one in euros."""
    [benefit], [investment] = minimal()["benefits"], minimal()["investments"]
    return {
        "benefits": [benefit | {"formula": "users * 50 EUR/user/year"}],
        "investments": [investment | {"formula": "9000 EUR"}],
    }


def test_the_filter_goes_with_the_form(people: Cast, store: Database) -> None:
    keep(store, people, title="A bridge")
    keep(store, people, title="A tunnel")
    path = answered(store, people, q="tunnel")
    text = people.viewer.text(path)
    assert "1 case is worth £6.00k" in text
    assert "A bridge" not in text


def test_only_ticked_cases_are_taken(people: Cast, store: Database) -> None:
    first, second = keep(store, people, title="A bridge"), keep(store, people, title="A tunnel")
    keep(store, people, title="A road")
    path = answered(store, people, choice="ticked", case=[first, second])
    text = people.viewer.text(path)
    assert "2 cases are together worth £12.0k" in text
    assert "A road" not in text


def test_ticks_without_the_choice_for_them_take_nothing_away(people: Cast, store: Database) -> None:
    first = keep(store, people)
    keep(store, people)
    path = answered(store, people, choice="all", case=[first])
    assert "2 cases are together" in people.viewer.text(path)


def test_only_the_last_changed_are_listed_to_be_ticked(
    people: Cast, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portfolio_form, "MOST_BOXES", 2)
    for number in range(3):
        keep(store, people, title=f"Case {number}")
    page = people.viewer.open("/portfolios")
    assert len(page.xpath('//input[@name="case"]')) == 2
    assert "The 2 that changed last are listed" in people.viewer.text("/portfolios")


# --------------------------------------------------------------------------- mistakes


def test_no_case_that_fits_is_said_and_not_started(people: Cast, store: Database) -> None:
    keep(store, people)
    answer = start(people, q="airport")
    assert answer.status_code == 422
    assert "No case of the team fits the filter." in said(answer)
    assert "No case fits" in people.viewer.text("/portfolios?q=airport")


def test_a_team_without_cases_is_told_where_to_begin(people: Cast) -> None:
    assert "No cases yet" in people.viewer.text("/portfolios")
    answer = start(people)
    assert answer.status_code == 422
    assert "No case of the team fits" in said(answer)


def test_somebody_without_a_team_is_told_so(app: Flask, store: Database) -> None:
    alone = visitor(app, new_member(store))
    assert "You are in no team" in alone.text("/portfolios")
    assert alone.send("/portfolios", FEW).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("draws", "100,001", "“100001” is no whole number from 1000 to 100,000."),
        ("draws", "999", "“999” is no whole number"),
        ("draws", "many", "“many” is no whole number"),
        ("seed", "-1", "“-1” is no whole number"),
        ("currency", "QQQ", "QQQ"),
        ("currency", MARKUP, "script"),
        ("rates.GBP.value", "-3", "Write more than 0."),
        ("rates.GBP.value", "much", "“much” is not a number."),
    ],
)
def test_a_mistake_is_said_beside_its_field(
    people: Cast, store: Database, field: str, typed: str, words: str
) -> None:
    keep(store, people)
    form = {"currency": "EUR"} | {field: typed}
    answer = start(people, **form)
    assert answer.status_code == 422
    page = lxml.html.fromstring(answer.text)
    [shown] = page.xpath(f'//input[@name="{field}"]')
    assert shown.get("aria-invalid") == "true"
    assert shown.value == typed
    [told] = page.xpath(f'//*[@id="{field}-mistake"]')
    assert words in told.text_content()
    assert MARKUP not in answer.text


def test_a_rate_of_the_reports_own_currency_is_refused_beside_it(
    people: Cast, store: Database
) -> None:
    keep(store, people)
    answer = start(people, **{"currency": "GBP", "rates.GBP.value": "2"})
    assert answer.status_code == 422
    page = lxml.html.fromstring(answer.text)
    [told] = page.xpath('//*[@id="rates.GBP.value-mistake"]')
    assert "GBP is the currency of the report." in told.text_content()
    [details] = page.xpath('//details[contains(@class, "rates")]')
    assert details.get("open") is not None


def test_ticking_nothing_is_a_mistake(people: Cast, store: Database) -> None:
    keep(store, people)
    answer = start(people, choice="ticked")
    assert answer.status_code == 422
    assert "No case is ticked." in said(answer)


def test_a_deleted_case_among_the_ticked_is_named_as_the_reason(
    people: Cast, store: Database
) -> None:
    here, gone = keep(store, people), keep(store, people)
    saved_cases.delete(store, people.editor.actor, gone)
    answer = start(people, choice="ticked", case=[here, gone])
    assert answer.status_code == 422
    assert "A case that is ticked is no longer there." in said(answer)
    page = lxml.html.fromstring(answer.text)
    [box] = page.xpath('//input[@name="case"]')
    assert box.value == here
    assert box.checked


def test_a_case_of_another_team_is_not_taken(people: Cast, store: Database) -> None:
    keep(store, people)
    other = saved_cases.create(store, people.other.actor, load_case(document()))[0]
    answer = start(people, choice="ticked", case=[other.head.uid])
    assert answer.status_code == 422
    assert "no longer there" in said(answer)


@pytest.mark.parametrize("case", ["x", "../../etc", MARKUP])
def test_made_up_names_of_cases_are_refused(people: Cast, store: Database, case: str) -> None:
    keep(store, people)
    answer = start(people, choice="ticked", case=[case])
    assert answer.status_code == 422
    assert MARKUP not in answer.text


def test_another_team_is_nowhere(people: Cast, store: Database) -> None:
    keep(store, people)
    assert start(people, people.other).status_code == 404
    people.other.open(f"/portfolios?team={people.team.uid}", 404)


def test_strangers_are_sent_to_sign_in(people: Cast) -> None:
    answer = people.stranger.client.get("/portfolios")
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]


def test_of_two_teams_one_is_chosen(app: Flask, store: Database) -> None:
    teams = new_team(store, "North"), new_team(store, "South")
    both = visitor(app, new_member(store, *teams, role=Role.EDITOR))
    for team in teams:
        case = load_case(document(title=f"Of {team.name}"))
        saved_cases.create(store, both.actor, case, team.uid)
    page = both.open(f"/portfolios?team={teams[1].uid}")
    assert page.xpath('//select[@name="team"]')[0].value == teams[1].uid
    text = both.text(f"/portfolios?team={teams[1].uid}")
    assert "Of South" in text
    assert "Of North" not in text


# --------------------------------------------------------------------------- waiting


def test_a_portfolio_that_waits_says_so_and_works_without_a_script(
    people: Cast, store: Database
) -> None:
    keep(store, people)
    path = started(people)
    page = people.viewer.open(path)
    assert page.xpath('//noscript/meta[@http-equiv="refresh"]')
    assert page.xpath('//script[contains(@src, "js/job.js")]')
    assert "Waiting for its turn." in people.viewer.text(path)
    assert not page.xpath("//*[@style or @onclick]")


def test_the_progress_is_told_in_parts(people: Cast, store: Database) -> None:
    keep(store, people)
    path = started(people)
    change_job(store, path, state=RUNNING, total=8, done=3)
    page = people.viewer.open(path)
    assert "3 of 8 parts are done (38%)." in people.viewer.text(path)
    assert float(page.xpath("//progress/@value")[0]) == pytest.approx(0.375)


def test_starting_the_same_twice_is_one_portfolio(people: Cast, store: Database) -> None:
    keep(store, people)
    assert started(people) == started(people)


def test_a_portfolio_is_cancelled_and_cancelling_twice_does_nothing(
    people: Cast, store: Database
) -> None:
    keep(store, people)
    path = started(people)
    assert people.viewer.open(path).xpath(f'//form[@action="{path}/cancel"]')
    for _ in range(2):
        assert people.viewer.send(f"{path}/cancel").status_code == 303
    page = people.viewer.open(path)
    assert "Cancelled" in people.viewer.text(path)
    assert not page.xpath(f'//form[@action="{path}/cancel"]')
    assert not page.xpath('//noscript/meta[@http-equiv="refresh"]')


def test_only_who_started_it_or_an_owner_cancels(people: Cast, store: Database) -> None:
    keep(store, people)
    path = started(people)
    assert not people.editor.open(path).xpath(f'//form[@action="{path}/cancel"]')
    assert people.editor.send(f"{path}/cancel").status_code == 403
    assert people.owner.open(path).xpath(f'//form[@action="{path}/cancel"]')
    assert people.owner.send(f"{path}/cancel").status_code == 303


def test_a_failed_portfolio_says_why_and_what_to_do(people: Cast, store: Database) -> None:
    keep(store, people)
    path = started(people)
    reason = {"code": "x", "place": "Portfolio", "cause": MARKUP, "remedy": "Ask the operator."}
    change_job(store, path, state=FAILED, reason=reason)
    answer = people.viewer.client.get(path)
    assert answer.status_code == 200
    assert MARKUP in lxml.html.fromstring(answer.text).text_content()
    assert MARKUP not in answer.text
    assert "Ask the operator." in answer.text


def test_the_portfolio_of_another_team_is_nowhere(people: Cast, store: Database) -> None:
    keep(store, people)
    path = started(people)
    people.other.open(path, 404)
    assert people.other.send(f"{path}/cancel").status_code == 404
    people.viewer.open("/portfolios/AAAAAAAAAAAAAAAA", 404)
    people.viewer.open("/portfolios/short", 404)


def test_a_job_of_another_kind_is_no_portfolio(people: Cast, store: Database) -> None:
    keep(store, people)
    path = started(people)
    change_job(store, path, kind="something else")
    people.viewer.open(path, 404)
    assert people.viewer.send(f"{path}/cancel").status_code == 404
    assert path not in people.viewer.client.get("/portfolios").text


def test_too_many_at_once_are_refused_in_the_form(
    people: Cast, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, people)
    monkeypatch.setattr(jobs, "MOST_UNFINISHED", 1)
    started(people)
    answer = start(people, seed="2")
    assert answer.status_code == 422
    assert "1 jobs of this team wait or run already." in said(answer)


# --------------------------------------------------------------------------- earlier ones


def test_earlier_portfolios_are_listed_with_who_and_how_many(people: Cast, store: Database) -> None:
    keep(store, people)
    keep(store, people)
    done = answered(store, people)
    waiting = started(people, seed="2")
    page = people.editor.open("/portfolios")
    rows = page.xpath('//section[@id="earlier"]//tbody/tr')
    texts = [" ".join(row.text_content().split()) for row in rows]
    links = [row.xpath(".//a/@href")[0] for row in rows]
    assert links == [waiting, done]
    assert "Waiting" in texts[0]
    assert "Done" in texts[1]
    assert all(people.viewer.actor.name in text and " 2 GBP" in text for text in texts)


def test_older_portfolios_are_on_the_next_page(
    people: Cast, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("valuecalc.web.pages.portfolio.EARLIER", 1)
    keep(store, people)
    first, second = started(people), started(people, seed="2")
    page = people.viewer.open(f"/portfolios?team={people.team.uid}")
    [older] = page.xpath('//a[contains(@href, "after=")]/@href')
    assert second in people.viewer.client.get("/portfolios").text
    assert first in people.viewer.client.get(older).text


# --------------------------------------------------------------------------- the answer


def test_the_answer_begins_with_what_the_cases_are_worth(people: Cast, store: Database) -> None:
    keep(store, people, title="A bridge", probability="50%")
    keep(store, people, title="A tunnel")
    path = answered(store, people)
    page = people.viewer.open(path)
    [headline] = page.xpath("//h1")
    assert headline.text_content() == (
        "2 cases are together worth £12.0k. "
        "The one with a probability comes to £3.00k weighted by the chance of winning."
    )
    totals = [
        " ".join(row.text_content().split())
        for row in page.xpath('//table[contains(@class, "totals")]/tbody/tr')
    ]
    assert totals[0] == "Benefits £30,000 £7,500"
    assert totals[1] == "Investment £18,000 £4,500"
    assert totals[2] == "Value £12,000 £3,000"
    text = people.viewer.text(path)
    assert re.search(r"In 8 of 10 draws the sum lies between \S+ and £\S+\.", text)
    assert "If all are won" in text
    assert "Each won or lost by its chance" in text
    assert "Without a probability: not in the weighted sums" in text


def test_without_any_probability_nothing_is_weighted(people: Cast, store: Database) -> None:
    keep(store, people)
    path = answered(store, people)
    text = people.viewer.text(path)
    assert "1 case is worth £6.00k." in text
    assert "Weighted" not in text
    assert "Each won or lost" not in text
    assert "Chance of winning" not in text


def test_every_case_is_listed_with_a_link_to_its_version(people: Cast, store: Database) -> None:
    uid = keep(store, people, title="A bridge", probability="25%")
    path = answered(store, people)
    page = people.viewer.open(path)
    [row] = page.xpath('//section[@id="cases"]//tbody/tr')
    assert row.xpath(".//a/@href") == [f"/cases/{uid}?version=1"]
    text = " ".join(row.text_content().split())
    assert "A bridge" in text
    assert "25%" in text
    assert "£6,000" in text
    assert " to " in text


def test_cases_in_other_currencies_show_both(people: Cast, store: Database) -> None:
    keep(store, people, title="A bridge")
    keep(store, people, title="A tunnel", currency="EUR", **eur())
    rate = {"value": "0.8", "low": "0.7", "high": "0.9", "source": "Our treasury"}
    form = {f"rates.EUR.{field}": text for field, text in rate.items()}
    path = answered(store, people, currency="GBP", **form)
    text = spaced(people, path)
    assert "Value in GBP" in text
    assert "€6,000" in text
    assert "£4,800" in text
    assert "0.8 GBP 0.7 to 0.9 Our treasury" in text
    assert "Exchange rate EUR/GBP" in text
    assert "Common to 1 case" in text


def test_cases_that_are_left_out_are_listed_with_the_reason(people: Cast, store: Database) -> None:
    keep(store, people, title="A bridge")
    broken = load_case(undefined() | {"title": "A broken one"})
    saved_cases.create(store, people.editor.actor, broken)
    path = answered(store, people)
    page = people.viewer.open(path)
    [part] = page.xpath('//section[@id="left_out"]')
    text = " ".join(part.text_content().split())
    assert "A broken one" in text
    assert "zero" in text


def test_a_portfolio_in_which_nothing_could_be_worked_out_is_a_page_too(
    people: Cast, store: Database
) -> None:
    saved_cases.create(store, people.editor.actor, load_case(undefined()))
    path = answered(store, people)
    text = people.viewer.text(path)
    assert "No case could be worked out." in text
    assert "Left out: in none of the sums" in text


def test_a_case_that_cannot_be_simulated_is_listed(people: Cast, store: Database) -> None:
    users = {"id": "users", "label": "Users", "value": 100, "unit": "user"}
    odd = users | {"low": 99, "high": 900, "distribution": "normal"}
    keep(store, people, assumptions=[odd])
    text = people.viewer.text(answered(store, people))
    assert "Not simulated: counted at the expected value" in text


def test_the_figure_of_the_charts_can_be_switched(people: Cast, store: Database) -> None:
    keep(store, people)
    path = answered(store, people)
    for query, label in (("", "Net present value (NPV)"), ("?figure=value", "Value")):
        page = people.viewer.open(path + query)
        [shown] = page.xpath('//nav[@aria-label="Figure"]/a[@aria-current]')
        assert shown.text_content() == label
    assert people.viewer.client.get(f"{path}?figure=evil").status_code == 200
    npv, value = spaced(people, path), spaced(people, f"{path}?figure=value")
    assert "At expected values £6,000" in value
    assert "At expected values £6,000" not in npv


def test_how_it_was_done_names_draws_seed_and_hash(people: Cast, store: Database) -> None:
    keep(store, people)
    path = answered(store, people, seed="7", draws="2 000")
    text = spaced(people, path)
    assert "Draws 2,000" in text
    assert "Seed 7" in text
    assert re.search(r"Hash [0-9a-f]{64}", text)
    assert "2,000 plain random draws with seed 7" in text


def test_texts_of_others_stay_texts(people: Cast, store: Database) -> None:
    users = {"id": "users", "label": MARKUP, "value": 100, "unit": "user", "common": "prices"}
    named = {"title": MARKUP, "customer": ARABIC}
    keep(store, people, assumptions=[users | RANGE], **named)
    keep(store, people, title=LONG[:200], customer=MARKUP)
    path = answered(store, people)
    for address in (path, f"/portfolios?team={people.team.uid}"):
        answer = people.viewer.client.get(address)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert ARABIC in answer.text


def test_the_answer_stays_when_a_case_is_deleted(people: Cast, store: Database) -> None:
    uid = keep(store, people, title="A bridge")
    path = answered(store, people)
    saved_cases.delete(store, people.editor.actor, uid)
    assert "A bridge" in people.viewer.text(path)


def test_a_long_list_of_cases_is_cut_and_can_be_shown_whole(
    people: Cast, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portfolio_result.PortfolioPage, "most_cases", 2)
    for number in range(3):
        keep(store, people, title=f"Case {number}")
    path = answered(store, people)
    page = people.viewer.open(path)
    rows = '//section[@id="cases"]//tbody/tr'
    assert len(page.xpath(rows)) == 2
    [whole] = page.xpath('//a[contains(@href, "cases=all")]')
    assert whole.text_content() == "Show all 3"
    assert len(people.viewer.open(whole.get("href")).xpath(rows)) == 3


def test_the_page_has_neither_scripts_nor_styles_within(people: Cast, store: Database) -> None:
    keep(store, people, probability="50%")
    page = people.viewer.open(answered(store, people))
    assert not page.xpath("//script[not(@src)]")
    assert not page.xpath("//style | //*[@style]")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_nobody_of_another_team_sees_the_answer(people: Cast, store: Database, app: Flask) -> None:
    keep(store, people)
    path = answered(store, people)
    visitor(app, somebody(store, "Zoe").actor).open(path, 404)
