"""Many cases at once: sums against closed forms, and the same answer whoever works it out."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.builders import assumption, benefit, case, investment
from valuecalc.case.case import Case, Grade
from valuecalc.case.risk import Correlation
from valuecalc.engine.portfolio import request as portfolio_request
from valuecalc.engine.portfolio.common_drivers import movement_of
from valuecalc.engine.portfolio.draws import CaseDraws, driver_normals
from valuecalc.engine.portfolio.parts import BrokenPart
from valuecalc.engine.portfolio.portfolio import Portfolio, calculate, merge, prepare, work
from valuecalc.engine.portfolio.request import Entry, PortfolioRequest, ReportingRate
from valuecalc.engine.uncertainty.percentiles import Percentiles
from valuecalc.errors import CaseError

Z90 = 1.2815515655446004
ERRORS = 4.5
"""So many standard errors, themselves estimated from 16 rounds, a sample may be off."""


def worth(mean: float, sd: float = 0.0, **more: Any) -> Case:
    """A case whose value and NPV are normal: one amount at the decision."""
    spread = {"low": mean - Z90 * sd, "high": mean + Z90 * sd} if sd else {}
    about = {key: more.pop(key) for key in ("common",) if key in more}
    amount = assumption("amount", mean, more.get("currency", "GBP"), "B", **spread, **about)
    return case(amount, benefit("gain", "amount", starts=0), **more)


def entries(*cases: Case) -> list[Entry]:
    return [Entry(uid=f"case {number}", case=each) for number, each in enumerate(cases)]


def worked_out(*cases: Case, **settings: Any) -> Portfolio:
    return calculate(entries(*cases), PortfolioRequest(**settings))


def near(found: Percentiles, name: str, exact: float) -> bool:
    value = found.mean if name == "mean" else found.percentiles[name]
    return abs(value - exact) <= ERRORS * found.errors[name]


def is_normal(found: Percentiles, mean: float, sd: float) -> bool:
    names = {"mean": 0.0, "p10": -Z90, "p50": 0.0, "p90": Z90}
    return all(near(found, name, mean + z * sd) for name, z in names.items())


# --------------------------------------------------------------------------- sums


def test_totals_are_the_sums_of_the_cases_at_expected_values() -> None:
    costly = case(
        assumption("amount", 900, "GBP", "A"),
        benefit("gain", "amount", starts=0),
        investment("cost", "400 GBP"),
    )
    found = worked_out(worth(100), costly)
    assert found.totals.count == 2
    assert found.totals.benefits == 1000
    assert found.totals.investment == 400
    assert found.totals.value == found.totals.npv == 600


def test_independent_cases_add_their_variances() -> None:
    sds = (100, 200, 300, 50)
    found = worked_out(*(worth(5_000, sd) for sd in sds))
    sd = math.sqrt(sum(each**2 for each in sds))
    for name in ("value", "npv"):
        figure = found.all_won.figures[name]
        assert is_normal(figure, 20_000, sd)
        assert figure.sd == pytest.approx(sd, rel=0.03)
        assert figure.expected == 20_000


def test_cases_with_a_common_driver_add_their_standard_deviations() -> None:
    sds = (100, 200, 300, 50)
    found = worked_out(*(worth(5_000, sd, common="inflation") for sd in sds))
    figure = found.all_won.figures["npv"]
    assert is_normal(figure, 20_000, sum(sds))
    assert figure.sd == pytest.approx(sum(sds), rel=0.03)


def test_a_common_driver_reaches_only_the_cases_that_have_it() -> None:
    found = worked_out(
        worth(5_000, 100, common="inflation"),
        worth(5_000, 100, common="inflation"),
        worth(5_000, 300),
    )
    assert is_normal(found.all_won.figures["npv"], 15_000, math.hypot(200, 300))


def in_dollars() -> Case:
    """A case in dollars that earns a thousand pounds, at a rate of its own."""
    rate = assumption("rate", 1.0, "USD/GBP", low=0.9, high=1.1)
    return case(rate, benefit("gain", "1000 GBP * rate", starts=0), currency="USD")


def in_pounds(foreign: str = "USD") -> Case:
    """A case in pounds that earns a thousand of another currency, at a rate of its own."""
    rate = assumption("rate", 1.0, f"GBP/{foreign}", low=0.9, high=1.1)
    return case(rate, benefit("gain", f"1000 {foreign} * rate", starts=0))


PARITY = (ReportingRate(currency="USD", value=1.0),)


def test_an_exchange_rate_is_shared_by_itself_and_turned_where_it_is_written_the_other_way() -> (
    None
):
    found = worked_out(in_pounds(), in_dollars(), rates=PARITY)
    assert found.all_won.figures["npv"].mean == pytest.approx(2_000)
    assert found.all_won.figures["npv"].sd == pytest.approx(0, abs=1e-9)


def test_the_same_exchange_rate_in_two_cases_moves_both_the_same_way() -> None:
    found = worked_out(in_pounds(), in_pounds())
    assert found.all_won.figures["npv"].sd == pytest.approx(2 * 100 / Z90, rel=0.03)


@pytest.mark.parametrize(
    ("currency", "driver", "direction"), [("USD", "GBP/USD", 1), ("EUR", "EUR/GBP", -1)]
)
def test_an_uncertain_reporting_rate_is_the_rate_that_the_cases_see(
    currency: str, driver: str, direction: int
) -> None:
    uncertain = ReportingRate(currency=currency, value=1.0, low=0.9, high=1.1)
    abroad = worth(1_000, currency=currency)
    found = worked_out(abroad, in_pounds(currency), rates=(uncertain,))
    assert is_normal(found.all_won.figures["npv"], 2_000, 2 * 100 / Z90)
    [bar] = found.bars
    assert (bar.label, bar.cases) == (f"Exchange rate {driver}", 2)
    assert (bar.change_low, bar.change_high) == pytest.approx((-200 * direction, 200 * direction))


def test_a_certain_reporting_rate_multiplies_every_sum() -> None:
    rate = ReportingRate(currency="EUR", value=0.8)
    found = worked_out(worth(1_000, 100, currency="EUR"), worth(1_000), rates=(rate,))
    assert found.totals.value == 1_800
    assert is_normal(found.all_won.figures["npv"], 1_800, 80)
    assert (found.cases[0].value, found.cases[0].reported_value) == (1_000, 800)


def test_the_evidence_of_all_cases_is_weighed_by_their_benefits() -> None:
    strong = worth(3_000)
    weak = case(assumption("amount", 1_000, "GBP", "D"), benefit("gain", "amount", starts=0))
    found = worked_out(strong, weak)
    shares = {each.grade: each.share for each in found.evidence}
    assert shares == {Grade.A: 0, Grade.B: 0.75, Grade.C: 0, Grade.D: 0.25, Grade.E: 0}
    assert (found.finance_benefits, found.finance_share) == (3_000, 0.75)


def test_evidence_is_weighed_in_the_currency_of_the_report() -> None:
    rate = ReportingRate(currency="EUR", value=0.5)
    weak = case(
        assumption("amount", 2_000, "EUR", "D"),
        benefit("gain", "amount", starts=0),
        currency="EUR",
    )
    found = worked_out(worth(3_000), weak, rates=(rate,))
    assert [each.amount for each in found.evidence] == [0, 3_000, 0, 1_000, 0]
    assert found.finance_share == 0.75


# --------------------------------------------------------------------------- chance of winning


def test_the_weighted_value_counts_each_case_by_its_chance() -> None:
    found = worked_out(worth(1_000, probability=0.3), worth(4_000, probability=0.5))
    assert found.weighted is not None and found.drawn is not None
    assert found.weighted.value == pytest.approx(2_300)
    assert found.totals.value == 5_000
    drawn = found.drawn.figures["value"]
    variance = 0.3 * 0.7 * 1_000**2 + 0.5 * 0.5 * 4_000**2
    assert near(drawn, "mean", 2_300)
    assert drawn.sd == pytest.approx(math.sqrt(variance), rel=0.03)
    assert found.drawn.gain.share == pytest.approx(1 - 0.7 * 0.5, abs=ERRORS * 0.005)


def test_a_case_without_a_chance_is_in_the_plain_total_alone_and_is_listed() -> None:
    found = worked_out(worth(1_000, probability=0.5), worth(7_000))
    assert found.weighted is not None
    assert (found.totals.value, found.weighted.value) == (8_000, 500)
    assert (found.totals.count, found.weighted.count) == (2, 1)
    [listed] = found.without_probability
    assert listed.uid == "case 1"
    assert listed.reason.startswith("No probability given")
    assert any("£7,000" in note and "left out of the weighted" in note for note in found.notes)


def test_without_any_chance_there_is_no_weighted_sum() -> None:
    found = worked_out(worth(1_000))
    assert found.weighted is None and found.drawn is None
    assert len(found.without_probability) == 1


def test_a_case_that_is_sure_and_one_that_is_lost_are_drawn_as_such() -> None:
    found = worked_out(worth(1_000, probability=1.0), worth(4_000, probability=0.0))
    assert found.drawn is not None
    assert (found.drawn.figures["value"].mean, found.drawn.figures["value"].sd) == (1_000, 0)


# --------------------------------------------------------------------------- nothing is dropped


def test_a_case_with_mistakes_is_listed_with_the_first_of_them() -> None:
    broken = case(benefit("gain", "nobody * 5 GBP"))
    found = worked_out(worth(1_000), broken)
    [left] = found.left_out
    assert left.uid == "case 1"
    assert "benefits.gain.formula" in left.reason and "nobody" in left.reason
    assert (found.totals.count, found.totals.value) == (1, 1_000)


def test_a_case_without_a_figure_is_listed_with_the_reason() -> None:
    undefined = case(assumption("none", 0), benefit("gain", "5 GBP / none", starts=0))
    [left] = worked_out(worth(1_000), undefined).left_out
    assert "divides by zero" in left.reason


def test_a_case_in_a_currency_without_a_rate_is_listed_with_the_remedy() -> None:
    [left] = worked_out(worth(1_000), worth(1_000, currency="CHF")).left_out
    assert "No rate of CHF to GBP" in left.reason
    assert "how much GBP one CHF is" in left.reason


def test_a_document_that_is_no_case_is_listed_by_its_title() -> None:
    entry = Entry(uid="unread", case=None, title="A torn page", version=3)
    found = calculate([*entries(worth(1_000)), entry], PortfolioRequest())
    [left] = found.left_out
    assert (left.title, left.version) == ("A torn page", 3)


def test_a_case_with_an_impossible_distribution_counts_at_its_expected_value() -> None:
    wrong = case(
        assumption("amount", 1_000, "GBP", low=-5, high=2_000, distribution="lognormal"),
        benefit("gain", "amount", starts=0),
    )
    found = worked_out(worth(5_000, 100), wrong)
    [named] = found.not_simulated
    assert "assumptions.amount" in named.reason
    assert found.totals.count == 2
    assert is_normal(found.all_won.figures["npv"], 6_000, 100)
    assert found.cases[1].p10 is None and found.cases[1].gain is None


def test_a_case_that_is_undefined_in_some_draws_is_counted_and_says_in_how_many() -> None:
    rooted = case(
        assumption("size", 1, low=-2, high=4), benefit("gain", "sqrt(size) * 100 GBP", starts=0)
    )
    found = worked_out(rooted)
    [named] = found.not_simulated
    assert "of 10,000 draws its value is undefined" in named.reason
    assert found.all_won.figures["npv"].mean == pytest.approx(100)


def test_an_amount_too_large_to_be_added_up_is_listed() -> None:
    found = worked_out(worth(1_000), worth(1e300))
    [left] = found.left_out
    assert "too large" in left.reason
    assert found.totals.value == 1_000


def test_draws_too_large_to_be_added_up_are_counted_as_undefined() -> None:
    steep = case(assumption("x", 1, low=0, high=300), benefit("gain", "exp(x) * 1 GBP", starts=0))
    found = worked_out(worth(1_000), steep)
    [named] = found.not_simulated
    assert "overflows" in named.reason


def test_every_case_is_in_the_table_or_among_those_left_out() -> None:
    cases = [worth(1_000), case(benefit("gain", "nobody")), worth(1, currency="CHF"), worth(5, 1)]
    found = worked_out(*cases)
    assert {each.uid for each in found.cases} == {"case 0", "case 3"}
    assert {each.uid for each in found.left_out} == {"case 1", "case 2"}


def test_a_portfolio_in_which_nothing_can_be_worked_out_says_so() -> None:
    found = worked_out(case(benefit("gain", "nobody")))
    assert found.totals.count == 0 and found.totals.value == 0
    assert found.all_won.figures["npv"].mean == 0
    assert found.finance_share is None


# --------------------------------------------------------------------------- the table of cases


def test_a_case_shows_its_range_and_its_chance_of_a_gain() -> None:
    risky = replace(worth(1_000, 1_000), investments=(investment("cost", "1000 GBP"),))
    found = worked_out(risky, worth(500))
    case_, certain = found.cases
    assert case_.gain is not None and certain.gain is not None
    assert case_.gain.share == pytest.approx(0.5, abs=ERRORS * 0.005)
    assert case_.p90 == pytest.approx(Z90 * 1_000, rel=0.05)
    assert not case_.is_certain
    assert certain.is_certain
    assert (certain.p10, certain.p90, certain.gain.share) == (500, 500, 1)
    assert certain.gain.words.startswith("certain")


def test_the_chance_of_a_gain_is_never_said_to_be_all() -> None:
    gain = worked_out(worth(500, 1)).all_won.gain
    assert gain.share == 1
    assert gain.words.startswith("more than 99.97")
    assert gain.low == pytest.approx(0.9997)


def test_a_correlation_between_two_common_drivers_is_left_aside_and_noted() -> None:
    both = case(
        assumption("one", 1_000, "GBP", low=900, high=1_100, common="prices"),
        assumption("other", 1_000, "GBP", low=900, high=1_100, common="wages"),
        benefit("gain", "one + other", starts=0),
        correlations=(Correlation(between=("one", "other"), rank=0.9),),
    )
    found = worked_out(both)
    assert "one and other is not used" in found.cases[0].notes[0]
    assert is_normal(found.all_won.figures["npv"], 2_000, math.sqrt(2) * 100 / Z90)


def test_what_is_correlated_with_a_common_driver_leaves_the_driver_as_it_is() -> None:
    follower = case(
        assumption("own", 1_000, "GBP", low=900, high=1_100),
        assumption("shared", 1_000, "GBP", low=900, high=1_100, common="prices"),
        benefit("gain", "own + shared", starts=0),
        correlations=(Correlation(between=("own", "shared"), rank=0.5),),
    )
    shared = follower.assumption("shared")
    assert shared is not None
    movement = movement_of(shared)
    assert movement is not None
    drawn = CaseDraws(follower, "any", seed=1, draws=5_000)
    values = np.concatenate([each["shared"] for _, each in drawn.blocks()])
    normal = driver_normals(1, 5_000, movement.driver)
    assert np.array_equal(values, drawn.distributions["shared"].from_normal(normal))


# --------------------------------------------------------------------------- the same everywhere


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few cases in each part, so that there are several."""
    monkeypatch.setattr(portfolio_request, "SECONDS_PER_PART", 0.2)


def many(count: int = 40) -> list[Entry]:
    """Cases of every kind: shared, own, uncertain to be won, in another currency, mistaken."""
    kinds = (
        lambda n: worth(1_000 + n, 100, common="inflation"),
        lambda n: worth(1_000 + n, 50 + n, probability=0.3),
        lambda n: in_dollars(),
        lambda n: case(benefit("gain", "nobody")),
        lambda n: worth(1_000 / 3, n / 7 + 1, probability=0.1 + n / 100),
    )
    return entries(*(kinds[number % len(kinds)](number) for number in range(count)))


REQUEST = PortfolioRequest(
    draws=1_000, rates=(ReportingRate(currency="USD", value=0.77, low=0.7, high=0.8),)
)


def of_executor(executor: Executor) -> Portfolio:
    """The portfolio, its parts handed out from the last to the first."""
    parts = prepare(many(), REQUEST)
    futures = [executor.submit(work, part) for part in reversed(parts)]
    return merge(REQUEST, parts, [each.result() for each in reversed(futures)])


def test_the_work_is_cut_into_several_parts() -> None:
    parts = prepare(many(), REQUEST)
    assert len(parts) > 2
    assert [entry for part in parts for entry in part.entries] == many()


def test_threads_and_processes_give_the_same_bits_as_one_after_the_other() -> None:
    alone = calculate(many(), REQUEST)
    with ThreadPoolExecutor(4) as threads:
        assert of_executor(threads).hash == alone.hash
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawned) as processes:
        assert of_executor(processes).hash == alone.hash


@pytest.mark.processes
def test_a_cluster_of_dask_gives_the_same_bits() -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    alone = calculate(many(), REQUEST)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert of_executor(client.get_executor(pure=False)).hash == alone.hash


def test_the_same_part_gives_the_same_bytes_every_time() -> None:
    [part, *_] = prepare(many(), REQUEST)
    assert work(part) == work(part)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"draws": 1_010},
        {"rates": (ReportingRate(currency="USD", value=0.78, low=0.7, high=0.8),)},
    ],
)
def test_another_request_has_another_hash(change: dict[str, Any]) -> None:
    assert calculate(many(), replace(REQUEST, **change)).hash != calculate(many(), REQUEST).hash


def test_the_draws_of_a_case_do_not_depend_on_the_others() -> None:
    alone = calculate(many()[:1], REQUEST).cases[0]
    assert calculate(many(), REQUEST).cases[0] == alone


def test_draws_are_rounded_up_to_whole_rounds() -> None:
    found = worked_out(worth(5_000, 100), draws=1_001)
    assert found.request.total_draws == 1_008
    assert found.all_won.figures["npv"].draws == 1_008


@pytest.mark.parametrize("draws", [1_600, 25_600])
def test_the_stated_error_of_the_mean_is_that_of_independent_draws(draws: int) -> None:
    found = worked_out(worth(5_000, 100), draws=draws).all_won.figures["npv"]
    assert found.errors["mean"] == pytest.approx(100 / math.sqrt(draws), rel=0.5)


# --------------------------------------------------------------------------- merging


def results_of(parts: Sequence[Any]) -> list[bytes]:
    return [work(part) for part in parts]


def test_results_in_another_order_are_refused() -> None:
    parts = prepare(many(), REQUEST)
    with pytest.raises(BrokenPart, match="other cases"):
        merge(REQUEST, parts, results_of(parts)[::-1])


def test_too_few_results_are_refused() -> None:
    parts = prepare(many(), REQUEST)
    with pytest.raises(ValueError, match="shorter"):
        merge(REQUEST, parts, results_of(parts)[:-1])


def test_results_of_other_draws_are_refused() -> None:
    parts = prepare(many()[:3], REQUEST)
    with pytest.raises(BrokenPart, match="number of draws"):
        merge(replace(REQUEST, draws=1_100), parts, results_of(parts))


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("settings", "place", "cause"),
    [
        ({"draws": 999}, "draws", "999 draws are fewer than 1,000."),
        ({"draws": 100_001}, "draws", "100,001 draws are more than 100,000."),
        ({"seed": -1}, "seed", "fewer than 0"),
        ({"currency": "XXX"}, "currency", "“XXX” is no currency."),
        ({"rates": (ReportingRate(currency="GBP", value=2),)}, "rates.GBP", "of the report"),
        ({"rates": (ReportingRate(currency="??", value=2),)}, "rates.??", "no currency"),
        ({"rates": (ReportingRate(currency="EUR", value=0),)}, "rates.EUR", "not above zero"),
        (
            {"rates": (ReportingRate(currency="EUR", value=1, low=2, high=3),)},
            "rates.EUR",
            "Low of",
        ),
    ],
)
def test_an_impossible_request_is_refused_with_place_and_limit(
    settings: dict[str, Any], place: str, cause: str
) -> None:
    with pytest.raises(CaseError) as refused:
        worked_out(worth(1_000), **settings)
    [problem] = refused.value.problems
    assert problem.place == place
    assert cause in problem.cause


def test_an_empty_portfolio_and_one_of_too_many_cases_are_refused_with_the_limit() -> None:
    with pytest.raises(CaseError, match="fewer than 1"):
        worked_out()
    with pytest.raises(CaseError, match="2,001 cases are more than 2,000"):
        worked_out(*[worth(1_000)] * 2_001)


def test_a_case_that_is_named_twice_is_refused() -> None:
    [entry] = entries(worth(1_000))
    with pytest.raises(CaseError, match="case 0 is in the portfolio twice"):
        calculate([entry, entry], PortfolioRequest())
