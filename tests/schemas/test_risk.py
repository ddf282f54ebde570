"""How unsure a case is, and what else could be done: read, refused, kept, compared and merged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from valuecalc.case import risk
from valuecalc.case.case import Case
from valuecalc.case.risk import MAX_SEED, Correlation, Outcome, Pilot, Simulation
from valuecalc.engine.calculate import calculate
from valuecalc.engine.uncertainty import draws
from valuecalc.errors import CaseError, Problem
from valuecalc.schemas import value_model_losses
from valuecalc.schemas.case import case_from_text, dump_case, load_case, load_sound_case
from valuecalc.schemas.changes import Change, changes_between
from valuecalc.schemas.document import read_document
from valuecalc.schemas.keyed import keyed, patched
from valuecalc.schemas.merging import merged

TEXT = """\
format: valuecalc/1
title: A case
probability: 40%
conventions: {headline: p20}
simulation: {draws: "20,000", seed: 9223372036854775807, method: plain}
assumptions:
  - {id: price, label: Price, value: £10/user/month, low: 8, high: 12, common: inflation,
     pilot: {cost: £20k, note: Four weeks at one site}}
  - {id: users, label: Users, value: 100, unit: user, distribution: discrete,
     outcomes: [{value: 100, chance: 30%}, {value: 50 user, chance: 70%}]}
  - {id: share, label: Share, value: 50%, low: 40%, high: 60%, distribution: pert,
     range: percentiles}
correlations: [{between: [users, price], rank: -60%, note: The dearer the fewer}]
benefits: [{id: sales, label: Sales, formula: price * users * share}]
investments: [{id: licence, label: Licence, formula: 100 GBP}]
alternatives:
  - id: wait
    label: Carry on as today
    kind: do_nothing
    set: {users: 50 user, share: 40}
    investments: [{id: licence, label: Old licence, formula: 10 GBP/month, growth: 5%}]
"""
CASE = case_from_text(TEXT)
DOCUMENT = dump_case(CASE)


def problems_in(data: dict[str, Any]) -> list[Problem]:
    with pytest.raises(CaseError) as caught:
        load_case({"format": "valuecalc/1", "title": "A case", **data})
    assert all(each.cause.endswith(".") and each.remedy for each in caught.value.problems)
    return list(caught.value.problems)


def the_problem_in(data: dict[str, Any]) -> Problem:
    (problem,) = problems_in(data)
    return problem


def assumption(**fields: Any) -> dict[str, Any]:
    return {"assumptions": [{"id": "a", "label": "A", "value": 3, **fields}]}


# --------------------------------------------------------------------------- what is read


def test_everything_is_read_as_people_write_it() -> None:
    price, users, share = CASE.assumptions
    assert price.pilot == Pilot(cost=20_000, note="Four weeks at one site")
    assert (price.common, share.range, share.range_kind) == (
        "inflation",
        "percentiles",
        "percentiles",
    )
    assert users.outcomes == (Outcome(value=100, chance=0.3), Outcome(value=50, chance=0.7))
    assert CASE.correlations == (
        Correlation(between=("users", "price"), rank=-0.6, note="The dearer the fewer"),
    )
    assert CASE.simulation == Simulation(draws=20_000, seed=MAX_SEED, method="plain")
    assert (CASE.probability, CASE.conventions.headline) == (0.4, "p20")


def test_an_alternative_sets_numbers_in_the_units_of_the_assumptions() -> None:
    (wait,) = CASE.alternatives
    assert wait.set == {"users": 50, "share": 0.4}
    assert (wait.kind, wait.investments[0].growth) == ("do_nothing", "5%")


def test_it_is_all_kept_and_read_back_the_same() -> None:
    kept = json.loads(json.dumps(DOCUMENT))
    assert load_sound_case(kept) == CASE
    assert kept["simulation"]["seed"] == MAX_SEED


def test_what_has_its_default_is_left_out() -> None:
    bare = dump_case(Case(title="A case"))
    assert not {"alternatives", "correlations", "simulation", "probability"} & bare.keys()


def test_a_unit_inside_an_outcome_is_that_of_the_assumption() -> None:
    data = assumption(outcomes=[{"value": "£5/month", "chance": 1}])
    with pytest.raises(CaseError, match="outcomes"):
        load_case({"format": "valuecalc/1", "title": "x", **data})
    found = load_case(
        {
            "format": "valuecalc/1",
            "title": "x",
            **assumption(unit="GBP/month", outcomes=[{"value": "£5", "chance": 1}]),
        }
    )
    assert found.assumptions[0].outcomes[0].value == 5


@pytest.mark.parametrize("rank", ["60%", "0.6", 0.6, " 60 % "])
def test_a_correlation_may_be_a_share_or_a_percentage(rank: object) -> None:
    data = {"correlations": [{"between": ["a", "b"], "rank": rank}]}
    found = load_case({"format": "valuecalc/1", "title": "x", **data})
    assert found.correlations[0].rank == 0.6


@pytest.mark.parametrize("seed", [5, "5", 5.0])
def test_a_seed_is_a_whole_number_however_it_is_written(seed: object) -> None:
    found = load_case({"format": "valuecalc/1", "title": "x", "simulation": {"seed": seed}})
    assert found.simulation.seed == 5 and isinstance(found.simulation.seed, int)


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("draws", "cause"),
    [
        (100_000_000, "100,000,000 draws are more than 1,000,000."),
        ("1,000,001", "1,000,001 draws are more than 1,000,000."),
        (999, "999 draws are fewer than 1,000 and say too little."),
        (-1, "-1 draws are fewer than 1,000 and say too little."),
        (1500.5, "“1500.5” is no whole number."),
    ],
)
def test_draws_have_bounds(draws: object, cause: str) -> None:
    problem = the_problem_in({"simulation": {"draws": draws}})
    assert (problem.place, problem.cause) == ("simulation.draws", cause)


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1, "1e3", 1.5, 2.0**60, True, "x", [1], "１"])
def test_a_seed_that_would_lose_digits_or_is_none_is_refused(seed: object) -> None:
    problem = the_problem_in({"simulation": {"seed": seed}})
    assert problem.place == "simulation.seed"
    assert "9,223,372,036,854,775,807" in problem.remedy


@pytest.mark.parametrize(
    ("between", "rank", "place"),
    [
        (["a", "a"], 0.5, "correlations.a~a.between"),
        (["a"], 0.5, "correlations[0].between"),
        (["a", "b", "c"], 0.5, "correlations[0].between"),
        ("a, b", 0.5, "correlations[0].between"),
        (["a", "b"], 60, "correlations.a~b.rank"),
        (["a", "b"], "-100.1%", "correlations.a~b.rank"),
        (["a", "b"], "0.5 GBP", "correlations.a~b.rank"),
        (["a", "b"], True, "correlations.a~b.rank"),
        (["b", "a"], None, "correlations.a~b.rank"),
    ],
)
def test_an_impossible_correlation_is_refused(between: object, rank: object, place: str) -> None:
    data = {"correlations": [{"between": between, "rank": rank}]}
    assert the_problem_in(data).place == place


def test_a_pair_stands_in_the_list_once_whichever_way_round() -> None:
    pairs = [{"between": ["a", "b"], "rank": 0.1}, {"between": ["b", "a"], "rank": 0.2}]
    problem = the_problem_in({"correlations": pairs})
    assert problem.code == "duplicate"
    assert "stands here twice" in problem.cause


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"outcomes": [{"value": 1, "chance": 1.4}]}, "outcomes[0].chance"),
        ({"outcomes": [{"value": 1, "chance": -0.1}]}, "outcomes[0].chance"),
        ({"outcomes": [{"value": 1, "chance": "0.4"}]}, "outcomes[0].chance"),
        ({"outcomes": [{"chance": 1}]}, "outcomes[0].value"),
        ({"outcomes": [{"value": "£1", "chance": 1}], "unit": "user"}, "outcomes[0].value"),
        ({"outcomes": [{"value": 1, "chance": 0.1}] * 51}, "outcomes"),
        ({"range": "quartiles"}, "range"),
        ({"common": "price of oil"}, "common"),
        ({"pilot": {"note": "free"}}, "pilot.cost"),
        ({"pilot": {"cost": -5}}, "pilot.cost"),
        ({"pilot": {"cost": "20 EUR"}}, "pilot.cost"),
        ({"pilot": {"cost": "some"}}, "pilot.cost"),
    ],
)
def test_an_assumption_that_cannot_be_is_refused_with_its_place(
    fields: dict[str, Any], place: str
) -> None:
    assert the_problem_in(assumption(**fields)).place == f"assumptions.a.{place}"


def test_a_pilot_costs_money_of_the_case() -> None:
    euros = assumption(pilot={"cost": "20 EUR"})
    found = load_case({"format": "valuecalc/1", "title": "x", "currency": "EUR", **euros})
    assert found.assumptions[0].pilot == Pilot(cost=20)


@pytest.mark.parametrize("chance", [1.4, -0.1, "140%", "0.4"])
def test_a_probability_is_a_share(chance: object) -> None:
    assert the_problem_in({"probability": chance}).place == "probability"


def test_the_headline_is_one_of_four() -> None:
    problem = the_problem_in({"conventions": {"headline": "p95"}})
    assert problem.place == "conventions.headline"


def alternative(**fields: Any) -> dict[str, Any]:
    return {**assumption(), "alternatives": [{"id": "x", "label": "X", **fields}]}


LINE = {"label": "L", "formula": "3 GBP"}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"id": "case"}, "alternatives.case.id"),
        ({"kind": "nothing"}, "alternatives.x.kind"),
        ({"set": {"a": "3 GBP"}}, "alternatives.x.set.a"),
        ({"set": {"a": "lots"}}, "alternatives.x.set.a"),
        ({"benefits": [{"id": "A", **LINE}]}, "alternatives.x.benefits.A.id"),
        (
            {"benefits": [{"id": "l", **LINE}], "investments": [{"id": "L", **LINE}]},
            "alternatives.x.investments.L.id",
        ),
        ({"benefits": [{"id": "l", "label": "L"}]}, "alternatives.x.benefits.l.formula"),
        ({"costs": []}, "alternatives.x.costs"),
    ],
)
def test_an_alternative_that_cannot_be_is_refused_with_its_place(
    fields: dict[str, Any], place: str
) -> None:
    assert the_problem_in(alternative(**fields)).place == place


def test_lines_of_alternatives_may_be_called_like_those_of_the_case() -> None:
    data = {**alternative(benefits=[{"id": "l", **LINE}]), "benefits": [{"id": "l", **LINE}]}
    assert load_case({"format": "valuecalc/1", "title": "x", **data}).alternatives


@pytest.mark.parametrize(("key", "most"), [("alternatives", 10), ("correlations", 500)])
def test_lists_have_an_end(key: str, most: int) -> None:
    problem = the_problem_in({key: [{}] * (most + 1)})
    assert (problem.place, problem.code) == (key, "too_many")


def test_a_broken_assumption_is_not_missed_by_what_refers_to_it() -> None:
    data = {
        **alternative(set={"a": 4}),
        "assumptions": [
            {"id": "a", "label": "A", "value": "many"},
            {"id": "b", "label": "B", "value": 1},
        ],
        "correlations": [{"between": ["a", "b"], "rank": 0.5}],
        "scenarios": [{"id": "s", "label": "S", "set": {"a": 5}}],
        "benefits": [{"id": "c", "label": "C", "formula": "a *"}],
    }
    with pytest.raises(CaseError) as caught:
        load_sound_case({"format": "valuecalc/1", "title": "x", **data})
    assert [each.place for each in caught.value.problems] == [
        "assumptions.a.value",
        "benefits.c.formula",
    ]


def test_a_wrong_reference_is_told_with_its_line() -> None:
    document = read_document(TEXT.replace("between: [users, price]", "between: [user, price]"))
    with pytest.raises(CaseError) as caught:
        load_sound_case(document.data, document.lines)
    (problem,) = caught.value.problems
    assert problem.place == "correlations.price~user.between"
    assert problem.line == 13


# --------------------------------------------------------------------------- versions


def plain(text: str) -> str:
    """The text with ordinary blanks for those that keep a number and its unit together."""
    return text.replace("\xa0", " ")


def changes(patch: dict[str, Any]) -> list[Change]:
    return list(changes_between(DOCUMENT, dump_case(load_case(patched(DOCUMENT, patch)))))


@pytest.mark.parametrize(
    ("patch", "told"),
    [
        (
            {"correlations": {"price~users": {"rank": "-30%"}}},
            ("Price and Users", "rank correlation", "−60%", "−30%"),
        ),
        (
            {"assumptions": {"users": {"outcomes": [{"value": 80, "chance": "100%"}]}}},
            ("Users", "outcomes", "100 users (30%), 50 users (70%)", "80 users (100%)"),
        ),
        (
            {"assumptions": {"price": {"range": "ends"}}},
            ("Price", "what low and high are", "–", "ends"),
        ),
        (
            {"alternatives": {"wait": {"investments": {"licence": {"formula": "20 GBP"}}}}},
            ("Old licence (Carry on as today)", "formula", "10 GBP/month", "20 GBP"),
        ),
        (
            {"alternatives": {"wait": {"set": {"users": 40}}}},
            ("Carry on as today", "override of Users", "50 users", "40 users"),
        ),
        ({"probability": "50%"}, ("Case", "chance of coming about", "40%", "50%")),
        (
            {"simulation": {"seed": 4}},
            ("Simulation", "seed", "9223372036854775807", "4"),
        ),
        (
            {"conventions": {"headline": "p10"}},
            ("Conventions", "headline figures", "p20", "p10"),
        ),
    ],
)
def test_a_change_is_told_in_words(patch: dict[str, Any], told: tuple[str, ...]) -> None:
    (change,) = changes(patch)
    texts = (change.before_text, change.after_text)
    assert (change.label, change.field, *map(plain, texts)) == told


def test_a_correlation_goes_by_its_pair_in_alphabetical_order() -> None:
    assert list(keyed(DOCUMENT)["correlations"]) == ["price~users"]


def test_a_correlation_comes_and_goes_as_one_change() -> None:
    (gone,) = changes({"correlations": {"price~users": None}})
    assert (gone.kind, gone.label, gone.field) == ("removed", "Price and Users", "correlation")
    (new,) = changes({"correlations": {"share~users": {"rank": 0.1}}})
    assert (new.kind, new.label) == ("added", "Share and Users")


def test_a_patch_names_a_new_pair_and_leaves_the_others() -> None:
    found = patched(DOCUMENT, {"correlations": {"price~share": {"rank": 0.1}}})["correlations"]
    assert [each["between"] for each in found] == [["users", "price"], ["price", "share"]]


def test_two_people_change_different_parts_at_the_same_time() -> None:
    ours = patched(
        DOCUMENT,
        {
            "correlations": {"price~share": {"rank": 0.1}},
            "alternatives": {"wait": {"set": {"users": 40}}},
        },
    )
    theirs = patched(
        DOCUMENT,
        {
            "correlations": {"price~users": {"rank": 0.2}},
            "alternatives": {"wait": {"investments": {"licence": {"formula": "5 GBP"}}}},
        },
    )
    found = merged(DOCUMENT, ours, theirs)
    assert found.conflicts == ()
    case = load_case(found.document)
    assert {each.name: each.rank for each in case.correlations} == {
        "price~users": 0.2,
        "price~share": 0.1,
    }
    (wait,) = case.alternatives
    assert (wait.set["users"], wait.investments[0].formula) == (40, "5 GBP")


def test_outcomes_belong_together_and_are_merged_as_one() -> None:
    def with_outcomes(*chances: float) -> dict[str, Any]:
        items = [{"value": 100 / (n + 1), "chance": each} for n, each in enumerate(chances)]
        return patched(DOCUMENT, {"assumptions": {"users": {"outcomes": items}}})

    found = merged(DOCUMENT, with_outcomes(0.4, 0.6), with_outcomes(0.1, 0.2, 0.7))
    (conflict,) = found.conflicts
    assert conflict.place == "assumptions.users.outcomes"
    assert plain(conflict.ours_text) == "100 users (40%), 50 users (60%)"


# --------------------------------------------------------------------------- other formats


def test_an_export_as_a_value_model_tells_what_it_loses() -> None:
    found = value_model_losses.of_case(CASE, calculate(CASE))
    places = {each.place for each in found}
    assert {
        "alternatives",
        "correlations",
        "simulation",
        "probability",
        "assumptions.price.common",
        "assumptions.price.pilot",
        "assumptions.users",
    } <= places


def test_a_case_without_them_loses_nothing_of_the_kind() -> None:
    bare = load_case({"format": "valuecalc/1", "title": "x", **assumption()})
    places = {each.place for each in value_model_losses.of_case(bare, calculate(bare))}
    assert not {"alternatives", "correlations", "simulation", "probability"} & places


def test_the_document_allows_as_many_draws_as_the_simulation() -> None:
    assert (risk.MIN_DRAWS, risk.MAX_DRAWS) == (draws.MIN_DRAWS, draws.MAX_DRAWS)
