"""How sure a case is, over HTTP: in the body and kept, and refused as it should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.web.api.conftest import Document, Program, problem
from tests.web.api.record_examples import QUESTIONS, WAITING
from valuecalc.case.risk import MAX_SEED
from valuecalc.schemas import certainty_requests as limits
from valuecalc.schemas.case import load_case
from valuecalc.services import uncertainty
from valuecalc.services.access import Role
from valuecalc.web.api.v1 import EXAMPLE_CASE

SUBSCRIBERS, UPLIFT = EXAMPLE_CASE["assumptions"]
RANGED: Document = {
    **EXAMPLE_CASE,
    "assumptions": [{**SUBSCRIBERS, "low": "90,000", "high": "115,000"}, UPLIFT],
    "alternatives": [WAITING],
}
FEW = {"draws": 1_024}
NEEDED: Mapping[str, Document] = {
    "two-way": {"first": "uplift", "second": "subscribers"},
    "bridge": {"from": "case", "to": "alternative:wait"},
    "simulate": FEW,
    "information": FEW,
}
ABOUT_ONE_FIGURE = ("tornado", "elasticities", "two-way", "break-even")


def ask(program: Program, question: str, case: Any = RANGED, **wish: Any) -> Any:
    body = {"case": case, **NEEDED.get(question, {}), **wish}
    return program("POST", f"/{question}", json=body)


def answer(program: Program, question: str, case: Any = RANGED, **wish: Any) -> Document:
    found = ask(program, question, case, **wish)
    assert found.status_code == 200, found.text
    document: Document = found.get_json()
    return document


def refusal(program: Program, question: str, case: Any = RANGED, **wish: Any) -> Document:
    """The only mistake of a request."""
    [mistake] = problem(ask(program, question, case, **wish), 422)["errors"]
    found: Document = mistake
    return found


# --------------------------------------------------------------------------- in the body


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_about_a_case_in_the_body_is_open_to_all(
    stranger: Program, question: str
) -> None:
    assert answer(stranger, question)


def test_a_tornado_has_the_widest_bar_first_and_its_ends(stranger: Program) -> None:
    found = answer(stranger, "tornado", figure="value")
    assert [each["id"] for each in found["bars"]] == ["uplift", "subscribers"]
    uplift = found["bars"][0]
    assert (uplift["low"], uplift["high"]) == (pytest.approx(2), pytest.approx(5))
    assert uplift["at_low"] == pytest.approx(104_167 * 2 * 36 - 3_000_000)
    assert uplift["swing_high"] == pytest.approx(104_167 * 36)
    assert found["figure"]["value"] == 104_167 * 4 * 36 - 3_000_000


def test_a_tornado_has_a_bar_for_the_discount_rate_where_it_is_asked_for(
    stranger: Program,
) -> None:
    bars = {each["id"] for each in answer(stranger, "tornado", others="yes")["bars"]}
    assert bars == {"uplift", "subscribers", "discount_rate"}


def test_elasticities_are_those_of_a_product(stranger: Program) -> None:
    found = answer(stranger, "elasticities", figure="total_benefits")["elasticities"]
    assert {each["assumption"]: each["elasticity"] for each in found} == {
        "subscribers": pytest.approx(1),
        "uplift": pytest.approx(1),
    }


def test_a_table_has_as_many_rows_as_were_asked_for(stranger: Program) -> None:
    found = answer(stranger, "two-way", figure="value", steps=3)
    assert found["rows"] == [pytest.approx(2), 4, pytest.approx(5)]
    row, column = found["expected_cell"]
    assert found["values"][row][column] == 104_167 * 4 * 36 - 3_000_000
    assert [len(each) for each in found["values"]] == [3, 3, 3]


def test_a_break_even_reads_the_wanted_amount_as_people_write_it(stranger: Program) -> None:
    [found] = answer(stranger, "break-even", assumption="uplift", figure="value", wanted="£1m")[
        "break_evens"
    ]
    assert found["wanted"] == 1_000_000
    assert found["values"] == [pytest.approx(4_000_000 / 104_167 / 36)]
    assert found["status"] == "one"


def test_without_an_assumption_there_is_a_break_even_of_each(stranger: Program) -> None:
    found = answer(stranger, "break-even")["break_evens"]
    assert {each["assumption"] for each in found} == {"subscribers", "uplift"}
    assert {each["wanted"] for each in found} == {0}


def test_a_simulation_is_the_same_for_the_same_seed_and_that_of_the_services(
    stranger: Program,
) -> None:
    first, again = (answer(stranger, "simulate", seed=7) for _ in range(2))
    assert first == again
    assert first["hash"] != answer(stranger, "simulate", seed=8)["hash"]
    case = load_case(RANGED)
    plan = uncertainty.plan_of(case, draws=1_024, seed=7)
    assert first["hash"] == uncertainty.simulate(case, plan).hash
    assert (first["draws"], first["seed"], first["method"]) == (1_024, 7, "sobol")


def test_a_simulation_is_of_the_figures_that_were_asked_for(stranger: Program) -> None:
    found = answer(stranger, "simulate", figures=["roi", "benefits.arpu.total", "roi"])
    assert set(found["figures"]) == {"value", "npv", "payback", "roi", "benefits.arpu.total"}


def test_a_simulation_takes_the_settings_of_the_case_where_none_are_sent(
    stranger: Program,
) -> None:
    own = {**RANGED, "simulation": {"draws": 2_000, "seed": 5, "method": "plain"}}
    found = stranger("POST", "/simulate", json={"case": own}).get_json()
    assert (found["draws"], found["seed"], found["method"]) == (2_000, 5, "plain")


def test_what_to_find_out_next_is_ranked(stranger: Program) -> None:
    found = answer(stranger, "information")
    assert {each["assumption"] for each in found["items"]} == {"uplift", "subscribers"}
    assert {each["id"] for each in found["options"]} == {"case", "wait"}


def test_alternatives_stand_beside_the_case(stranger: Program) -> None:
    found = answer(stranger, "alternatives")["options"]
    assert [each["id"] for each in found] == ["case", "wait"]
    assert found[1]["figures"]["value"] == -400_000


def test_a_bridge_adds_up(stranger: Program) -> None:
    wish = {"from": "alternative:wait", "to": "scenario:stretch"}
    found = answer(stranger, "bridge", **wish)
    assert sum(each["amount"] for each in found["steps"]) == pytest.approx(found["difference"])
    assert found["before"] == -400_000


# --------------------------------------------------------------------------- of a kept case


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_kept_case_gives_the_same_answer_as_the_case_in_the_body(
    editor: Program, question: str
) -> None:
    kept = editor.keep(**{name: RANGED[name] for name in ("assumptions", "alternatives")})
    editor.save(kept, title="Changed")
    wish = NEEDED.get(question, {})
    path = f"/cases/{kept['id']}/{question}"
    found = editor("GET", path, query_string={**wish, "version": 1})
    assert found.status_code == 200, found.text
    assert found.headers["ETag"] == f'"{kept["id"]}.1"'
    assert found.get_json() == answer(editor, question)
    newest = editor("GET", path, query_string=wish)
    assert newest.headers["ETag"] == f'"{kept["id"]}.2"'


def test_figures_are_named_one_by_one_in_an_address(editor: Program) -> None:
    kept = editor.keep()
    query = "figures=roi&figures=benefits.arpu.total&draws=1000"
    found = editor("GET", f"/cases/{kept['id']}/simulate?{query}").get_json()
    assert {"roi", "benefits.arpu.total"} <= set(found["figures"])


def test_an_address_names_at_most_twenty_figures(editor: Program) -> None:
    kept = editor.keep()
    names = "&".join(["figures=npv"] * 21)
    [mistake] = problem(editor("GET", f"/cases/{kept['id']}/simulate?{names}"), 422)["errors"]
    assert "21 items; 20 are allowed" in mistake["cause"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_draft_is_refused_with_its_mistakes(editor: Program, question: str) -> None:
    broken = {**EXAMPLE_CASE["benefits"][0], "formula": "subscribers * nothing"}
    kept = editor.keep(benefits=[broken])
    found = editor("GET", f"/cases/{kept['id']}/{question}", query_string=NEEDED.get(question, {}))
    [mistake] = problem(found, 422)["errors"]
    assert mistake["place"] == "benefits.arpu.formula"


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_kept_case_is_for_readers_of_its_team(
    as_role: Callable[..., Program], stranger: Program, question: str
) -> None:
    kept = as_role().keep(assumptions=RANGED["assumptions"], alternatives=[WAITING])
    path, query = f"/cases/{kept['id']}/{question}", NEEDED.get(question, {})
    problem(stranger("GET", path, query_string=query), 401)
    problem(as_role(None)("GET", path, query_string=query), 404)
    assert as_role(Role.VIEWER)("GET", path, query_string=query).status_code == 200


# --------------------------------------------------------------------------- refused


@pytest.mark.parametrize("question", ["simulate", "information"])
@pytest.mark.parametrize("draws", [100_000_000, 131_073, 999, 0, -1, 1.5, "many", True, [1]])
def test_draws_beyond_the_limits_are_refused_with_the_limits(
    stranger: Program, question: str, draws: Any
) -> None:
    mistake = refusal(stranger, question, draws=draws)
    assert mistake["place"] == "draws"
    assert "1,000 to 131,072" in mistake["cause"]
    assert "command line" in mistake["remedy"]


@pytest.mark.parametrize("question", ["simulate", "information"])
def test_draws_that_the_case_asks_for_are_refused_beyond_the_limit_as_well(
    stranger: Program, question: str
) -> None:
    greedy = {**RANGED, "simulation": {"draws": 1_000_000}}
    found = stranger("POST", f"/{question}", json={"case": greedy})
    [mistake] = problem(found, 422)["errors"]
    assert mistake["place"] == "simulation.draws"
    assert "1,000,000 draws are more than the 131,072" in mistake["cause"]
    assert ask(stranger, question, greedy).status_code == 200


@pytest.mark.parametrize("question", ["simulate", "information"])
def test_more_numbers_than_fit_into_memory_are_refused_with_the_limit(
    stranger: Program, question: str
) -> None:
    ranged = [{**UPLIFT, "id": f"uplift_{number}"} for number in range(60)]
    wide = {**RANGED, "assumptions": [*RANGED["assumptions"], *ranged]}
    mistake = refusal(stranger, question, wide, draws=131_072)
    assert mistake["place"] == "draws"
    assert "62 uncertain assumptions are more than the 6,000,000 numbers" in mistake["cause"]
    most = int(mistake["remedy"].split()[2].replace(",", ""))
    case = load_case(wide)
    assert uncertainty.plan_of_request(case, draws=most // 16 * 16).draws <= most


def test_more_work_than_a_request_may_take_is_refused_with_the_limit(stranger: Program) -> None:
    lines = [{**EXAMPLE_CASE["benefits"][0], "id": f"line_{number}"} for number in range(60)]
    timeline = {**EXAMPLE_CASE["timeline"], "years": 50}
    long = {**EXAMPLE_CASE, "benefits": lines, "timeline": timeline}
    mistake = refusal(stranger, "simulate", long, draws=100_000)
    assert mistake["place"] == "draws"
    assert "61 lines over 600 periods are more than the 2,000,000,000 steps" in mistake["cause"]
    assert "54,644 draws or fewer" in mistake["remedy"]
    uncertainty.plan_of_request(load_case(long), draws=54_000)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ([], "empty"),
        (["npv"] * 10_000, "10,000 items; 50 are allowed"),
        (["nvp"], "Did you mean npv"),
        ([""], "empty"),
        (["<script>"], "no name of a figure"),
        ([{}], "text"),
        ("npv", "list"),
        ({}, "list"),
    ],
)
def test_figures_that_cannot_be_drawn_are_refused(
    stranger: Program, figures: Any, words: str
) -> None:
    mistake = refusal(stranger, "simulate", figures=figures)
    assert words in f"{mistake['cause']} {mistake['remedy']}"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"seed": -1}, "0 to 9,007,199,254,740,991"),
        ({"seed": MAX_SEED}, "0 to 9,007,199,254,740,991"),
        ({"seed": 1.5}, "whole number"),
        ({"method": "sobel"}, "Did you mean sobol?"),
        ({"method": ""}, "sobol"),
        ({"scenario": "strech"}, "stretch"),
        ({"scenario": "conservative"}, "nothing left to draw"),
        ({"draw": 5}, "Did you mean draws"),
    ],
)
def test_a_way_to_draw_that_there_is_not_is_refused(
    stranger: Program, wish: Document, words: str
) -> None:
    for question in ("simulate", "information"):
        mistake = refusal(stranger, question, **wish)
        assert words in f"{mistake['cause']} {mistake['remedy']}", question


@pytest.mark.parametrize("question", ABOUT_ONE_FIGURE)
def test_a_name_that_does_not_exist_is_answered_with_the_nearest(
    stranger: Program, question: str
) -> None:
    assert "npv" in refusal(stranger, question, figure="nvp")["remedy"]
    assert "stretch" in refusal(stranger, question, scenario="strech")["remedy"]


@pytest.mark.parametrize(
    ("question", "wish", "words"),
    [
        ("two-way", {"first": "uplif"}, "Did you mean uplift"),
        ("two-way", {"first": "subscribers"}, "both are the same"),
        ("two-way", {"steps": 2}, "3 to 21"),
        ("two-way", {"steps": 22}, "3 to 21"),
        ("two-way", {"first": None}, "missing"),
        ("break-even", {"assumption": "uplif"}, "Did you mean uplift"),
        ("break-even", {"wanted": "lots"}, "lots"),
        ("break-even", {"wanted": "5 kg"}, "kg"),
        ("break-even", {"wanted": []}, "number"),
        ("bridge", {"from": "scenario:strech"}, "stretch"),
        ("bridge", {"from": "alternative:later"}, "wait"),
        ("bridge", {"from": "stretch"}, "scenario:ID"),
        ("bridge", {"from": "case "}, "scenario:ID"),
        ("bridge", {"from": 5}, "scenario:ID"),
        ("bridge", {"figure": "roi"}, "value, npv"),
        ("tornado", {"others": "perhaps"}, "yes or no"),
        ("alternatives", {"figure": "npv"}, "figure"),
    ],
)
def test_a_wish_that_means_nothing_is_refused(
    stranger: Program, question: str, wish: Document, words: str
) -> None:
    mistake = refusal(stranger, question, **wish)
    assert words in f"{mistake['cause']} {mistake['remedy']}"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "1e999999", "-1e400"])
@pytest.mark.parametrize("key", ["draws", "seed", "wanted", "steps"])
def test_a_number_that_is_none_is_refused_before_anything_is_worked_out(
    stranger: Program, number: str, key: str
) -> None:
    for question in QUESTIONS:
        text = f'{{"case": {{}}, "{key}": {number}}}'
        found = stranger("POST", f"/{question}", data=text, content_type="application/json")
        problem(found, 400)


@pytest.mark.parametrize("number", ["NaN", "nan", "1e400", "-5", "1_000", "١٠٠٠", ""])
def test_a_number_in_an_address_that_is_none_is_refused(editor: Program, number: str) -> None:
    kept = editor.keep()
    for key in ("draws", "seed", "version"):
        found = editor("GET", f"/cases/{kept['id']}/simulate", query_string={key: number})
        [mistake] = problem(found, 422)["errors"]
        assert mistake["place"] == key


BROKEN: Mapping[str, tuple[Document, str]] = {
    "circular formulas": (
        {
            "calculations": [
                {"id": "a", "label": "A", "formula": "b * 1"},
                {"id": "b", "label": "B", "formula": "a * 1"},
            ]
        },
        "calculations.a.formula",
    ),
    "no assumptions": ({"assumptions": []}, "benefits.arpu.formula"),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", BROKEN)
def test_a_case_with_mistakes_is_refused_with_their_places(
    stranger: Program, question: str, name: str
) -> None:
    changed, place = BROKEN[name]
    mistakes = problem(ask(stranger, question, {**EXAMPLE_CASE, **changed}), 422)["errors"]
    assert mistakes[0]["place"].startswith(place)


IMPOSSIBLE: Mapping[str, tuple[Document, str]] = {
    "a normal that is not symmetric": (
        {"assumptions": [SUBSCRIBERS, {**UPLIFT, "distribution": "normal"}]},
        "assumptions.uplift.distribution",
    ),
    "a lognormal below zero": (
        {"assumptions": [SUBSCRIBERS, {**UPLIFT, "low": -2, "distribution": "lognormal"}]},
        "assumptions.uplift",
    ),
    "contradicting correlations": (
        {
            "assumptions": [
                *RANGED["assumptions"],
                {**UPLIFT, "id": "third", "label": "Third"},
            ],
            "correlations": [
                {"between": ["uplift", "subscribers"], "rank": "95%"},
                {"between": ["subscribers", "third"], "rank": "95%"},
                {"between": ["uplift", "third"], "rank": "-95%"},
            ],
        },
        "correlations",
    ),
}


@pytest.mark.parametrize("question", ["simulate", "information"])
@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_drawn_is_refused_with_its_place_and_a_remedy(
    stranger: Program, question: str, name: str
) -> None:
    changed, place = IMPOSSIBLE[name]
    mistakes = problem(ask(stranger, question, {**RANGED, **changed}), 422)["errors"]
    assert mistakes[0]["place"].startswith(place)
    assert mistakes[0]["remedy"]


def test_the_limits_of_requests_are_those_of_the_services() -> None:
    assert limits.MOST_DRAWS == uncertainty.MOST_DRAWS


# --------------------------------------------------------------------------- pilots

FOUND: Document = {
    "assumption": "uplift",
    "value": "£4.20",
    "low": 3.9,
    "high": "£4.60",
    "source": "Pilot in Leeds",
    "date": "2027-03-31",
}


def record(program: Program, kept: Document, match: str | None = None, **changed: Any) -> Any:
    match = f'"{kept["id"]}.{kept["version"]}"' if match is None else match
    headers = {"If-Match": match} if match else {}
    body = {key: each for key, each in {**FOUND, **changed}.items() if each is not ...}
    return program("POST", f"/cases/{kept['id']}/pilots", json=body, headers=headers)


def test_what_a_pilot_has_found_becomes_a_version_with_its_evidence(editor: Program) -> None:
    kept = editor.keep()
    after = record(editor, kept, owner="Ann Lee", note="300 users.")
    assert after.status_code == 200, after.text
    assert after.headers["ETag"] == f'"{kept["id"]}.2"'
    found = after.get_json()
    assert found["note"] == "Pilot: Extra revenue per user"
    tested = found["case"]["assumptions"][1]
    assert (tested["value"], tested["low"], tested["high"]) == (4.2, 3.9, 4.6)
    evidence = tested["evidence"]
    assert (evidence["grade"], evidence["source"]) == ("A", "Pilot in Leeds")
    assert evidence["tested"] == "pilot"
    assert evidence["note"].startswith("300 users. Was £4")


def test_a_pilot_may_be_weaker_evidence_than_measured(editor: Program) -> None:
    found = record(editor, editor.keep(), grade="C").get_json()
    assert found["case"]["assumptions"][1]["evidence"]["grade"] == "C"


def test_a_pilot_names_the_version_that_it_changes(as_role: Callable[..., Program]) -> None:
    ann, bob = as_role(name="Ann Lee"), as_role(name="Bob Ray")
    kept = ann.keep()
    assert "If-Match" in problem(record(ann, kept, match=""), 428)["detail"]
    bob.save(kept, title="Bob's")
    assert "Bob Ray has saved version 2" in problem(record(ann, kept), 412)["detail"]
    assert ann("GET", f"/cases/{kept['id']}").get_json()["version"] == 2


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"value": ...}, "value"),
        ({"value": "lots"}, "value"),
        ({"value": "5 kg"}, "value"),
        ({"low": "$3"}, "low"),
        ({"low": "£5", "high": ...}, "low"),
        ({"high": "£1", "low": ...}, "high"),
        ({"source": " "}, "source"),
        ({"date": "31 March"}, "date"),
        ({"date": ...}, "date"),
        ({"grade": "F"}, "grade"),
        ({"value": None}, "value"),
        ({"assumption": "uplif"}, "request"),
        ({"assumption": "a b"}, "assumption"),
        ({"note": "x" * 6_000}, "note"),
        ({"tested": "yes"}, "tested"),
    ],
)
def test_a_pilot_that_cannot_be_used_is_refused_and_nothing_is_kept(
    editor: Program, changed: Document, place: str
) -> None:
    kept = editor.keep()
    [mistake] = problem(record(editor, kept, **changed), 422)["errors"]
    assert mistake["place"] == place
    assert editor("GET", f"/cases/{kept['id']}").get_json() == kept


def test_who_may_not_edit_records_no_pilot(as_role: Callable[..., Program]) -> None:
    kept = as_role().keep()
    for role, status in ((Role.VIEWER, 403), (Role.COMMENTER, 403), (None, 404)):
        problem(record(as_role(role), kept), status)
    assert record(as_role(Role.EDITOR), kept).status_code == 200
