"""Another name for a row: it is used wherever the old one stood, and nothing else changes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from valuecalc.errors import InputError, UnknownName
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.renaming import KNOWN, renamed
from valuecalc.schemas.written import written
from valuecalc.services import cases, library

STRAW_MEN = [each.slug for each in library.straw_men()]


def rows(document: dict[str, Any], section: str) -> list[dict[str, Any]]:
    found: Any = document
    for key in section.split("."):
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return list(found) if isinstance(found, list) else []


@pytest.mark.parametrize("slug", STRAW_MEN)
def test_a_case_with_other_names_throughout_comes_to_the_same(slug: str) -> None:
    case = library.straw_man(slug).case
    document = written(dump_case(case))
    for section in KNOWN:
        for row in rows(document, section):
            document, _ = renamed(document, section, row["id"], f"{row['id']}_n")
    after = load_case(document)
    names = [each.id for each in after.referable]
    assert names == [f"{each.id}_n" for each in case.referable]
    for scenario in ("conservative", "expected"):
        before, now = cases.calculate(case, scenario), cases.calculate(after, scenario)
        assert [each.value for each in now.figures.values()] == [
            each.value for each in before.figures.values()
        ]
        assert len(now.warnings) == len(before.warnings)


@pytest.mark.parametrize("slug", STRAW_MEN)
def test_renaming_there_and_back_gives_the_same_document(slug: str) -> None:
    document = written(dump_case(library.straw_man(slug).case))
    for section in KNOWN:
        for row in rows(document, section):
            there, count = renamed(document, section, row["id"], "quite_another")
            back, again = renamed(there, section, "quite_another", row["id"])
            assert back == document
            assert count == again


def document() -> dict[str, Any]:
    """A document in which everything is named everywhere, with mistakes in it."""
    return {
        "assumptions": [
            {"id": "users", "label": "users", "value": "lots", "travel": {"driver": "users"}},
            {"id": "users_b", "label": "B", "note": "users"},
            {"label": "no id yet"},
        ],
        "calculations": [{"id": "twice", "formula": "2 * users +"}],
        "benefits": [
            {"id": "time", "formula": "users*users_b", "growth": "users", "goal": "aim"},
            {"id": "more", "formula": 5, "realisation": "time", "risk": "min(users, 1)"},
        ],
        "investments": [{"id": "fees", "formula": "(users", "attribution": "1 / users"}],
        "scenarios": [{"id": "late", "set": {"twice": "1", "users": "90", "users_b": "2"}}],
        "alternatives": [
            {
                "id": "cloud",
                "set": {"users": "5"},
                "benefits": [{"id": "time", "formula": "users", "goal": "aim"}],
                "investments": [{"id": "rent", "formula": "time + users"}],
            }
        ],
        "correlations": [{"between": ["users", "users_b"], "rank": "much"}],
        "proposition": {"from": "users", "to": "twice", "figure": "benefits.time.total"},
        "goals": [{"id": "aim", "owner": "boss"}, {"id": "part", "parent": "aim"}],
        "people": [{"id": "boss", "name": "boss"}],
        "plan": {
            "milestones": [{"id": "live", "owner": "boss"}],
            "tasks": [{"id": "survey", "after": ["live"], "owner": "boss"}],
        },
        "reference": {
            "results": [{"line": "time"}, {"line": "fees"}],
            "drivers": [{"id": "users"}],
        },
        "expected": {"benefits.time.total": "1", "benefits.time_b.total": "2", "npv": None},
    }


def test_an_assumption_is_renamed_wherever_it_is_named() -> None:
    after, count = renamed(document(), "assumptions", "users", "staff")
    assert [each.get("id") for each in after["assumptions"]] == ["staff", "users_b", None]
    assert after["calculations"][0]["formula"] == "2 * staff +"
    first, second = after["benefits"]
    assert (first["formula"], first["growth"]) == ("staff*users_b", "staff")
    assert second["risk"] == "min(staff, 1)"
    assert after["investments"][0]["formula"] == "(staff"
    assert after["investments"][0]["attribution"] == "1 / staff"
    assert list(after["scenarios"][0]["set"].items()) == [
        ("twice", "1"),
        ("staff", "90"),
        ("users_b", "2"),
    ]
    [cloud] = after["alternatives"]
    assert cloud["set"] == {"staff": "5"}
    assert cloud["benefits"][0]["formula"] == "staff"
    assert cloud["investments"][0]["formula"] == "time + staff"
    assert after["correlations"][0]["between"] == ["staff", "users_b"]
    assert after["proposition"]["from"] == "staff"
    assert count == 12


def test_words_and_names_of_other_kinds_stay() -> None:
    after, _ = renamed(document(), "assumptions", "users", "staff")
    assert after["assumptions"][0]["label"] == "users"
    assert after["assumptions"][0]["value"] == "lots"
    assert after["assumptions"][1]["note"] == "users"
    assert after["assumptions"][0]["travel"] == {"driver": "users"}
    assert after["reference"] == document()["reference"]


def test_a_line_takes_its_counterpart_in_the_alternatives_along() -> None:
    after, _ = renamed(document(), "benefits", "time", "hours")
    assert after["benefits"][1]["realisation"] == "hours"
    [cloud] = after["alternatives"]
    assert cloud["benefits"][0]["id"] == "hours"
    assert cloud["investments"][0]["formula"] == "hours + users"
    assert after["proposition"]["figure"] == "benefits.hours.total"
    assert after["expected"] == {"benefits.hours.total": "1", "benefits.time_b.total": "2"} | {
        "npv": None
    }
    assert after["reference"]["results"] == [{"line": "hours"}, {"line": "fees"}]


def test_a_line_of_an_alternative_is_renamed_in_it_alone() -> None:
    after, count = renamed(document(), "alternatives.cloud.benefits", "time", "hours")
    [cloud] = after["alternatives"]
    assert cloud["benefits"][0]["id"] == "hours"
    assert cloud["investments"][0]["formula"] == "hours + users"
    assert after["benefits"] == document()["benefits"]
    assert count == 1


def test_goals_people_steps_and_drivers_are_renamed() -> None:
    after, count = renamed(document(), "goals", "aim", "purpose")
    assert after["goals"][1]["parent"] == "purpose"
    assert after["benefits"][0]["goal"] == "purpose"
    assert after["alternatives"][0]["benefits"][0]["goal"] == "purpose"
    assert count == 3
    after, count = renamed(document(), "people", "boss", "chief")
    assert after["people"] == [{"id": "chief", "name": "boss"}]
    assert after["goals"][0]["owner"] == "chief"
    assert count == 3
    after, _ = renamed(document(), "plan.milestones", "live", "running")
    assert after["plan"]["tasks"][0]["after"] == ["running"]
    waiting = document()
    waiting["plan"]["tasks"][0]["after"] = ["live + 5", "live_again"]
    waiting["plan"]["decisions"] = [{"id": "go", "after": ["live"]}]
    after, _ = renamed(waiting, "plan.milestones", "live", "running")
    assert after["plan"]["tasks"][0]["after"] == ["running + 5", "live_again"]
    assert after["plan"]["decisions"][0]["after"] == ["running"]
    after, _ = renamed(document(), "reference.drivers", "users", "staff")
    assert after["assumptions"][0]["travel"] == {"driver": "staff"}
    assert after["assumptions"][0]["id"] == "users"
    for section, before in (("scenarios", "late"), ("alternatives", "cloud")):
        after, count = renamed(document(), section, before, "other")
        assert after[section][0]["id"] == "other"
        assert count == 0


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ("users", "staff"),
        ("users * users", "staff * staff"),
        ("Users + USERS", "Users + USERS"),
        ("users_b + my_users + users2", "users_b + my_users + users2"),
        ("5 users * users", "5 users * staff"),
        ("£5/users * users", "£5/users * staff"),
        ("2k users/month × users − 1", "2k users/month × staff − 1"),
        ("users(1) + users (2)", "users(1) + users (2)"),
        ("if(users > 1, users,", "if(staff > 1, staff,"),
        ("users @ [users] § users", "staff @ [staff] § staff"),
        ("12% * (users", "12% * (staff"),
        ("previous(users, 3)", "previous(staff, 3)"),
        ("  users\n+\tusers ", "  staff\n+\tstaff "),
        ("", ""),
    ],
)
def test_formulas_are_read_word_by_word(formula: str, after: str) -> None:
    rows = [{"id": "users"}]
    found, _ = renamed(
        {"assumptions": rows, "calculations": [{"formula": formula}]},
        *("assumptions", "users", "staff"),
    )
    assert found["calculations"][0]["formula"] == after


@pytest.mark.parametrize(
    ("section", "before", "after", "says"),
    [
        ("assumptions", "users", "time", "already the name of something in benefits"),
        ("assumptions", "users", "TWICE", "already the name"),
        ("assumptions", "users", "rent", "already the name of something in alternatives.cloud"),
        ("benefits", "time", "users_b", "already the name of something in assumptions"),
        ("alternatives.cloud.benefits", "time", "rent", "already the name"),
        ("goals", "aim", "part", "already the name"),
        ("plan.milestones", "live", "survey", "already the name"),
        ("assumptions", "users", "period", "counts the time"),
        ("calculations", "twice", "Max", "is a function"),
        ("scenarios", "late", "expected", "every case has"),
        ("alternatives", "cloud", "case", "stands for the case itself"),
        ("assumptions", "users", "", "cannot be an id"),
        ("assumptions", "users", "two words", "two_words"),
        ("assumptions", "users", "9lives", "n_9lives"),
        ("assumptions", "users", "x" * 61, "61 characters"),
    ],
)
def test_a_name_that_cannot_be_taken_says_why(
    section: str, before: str, after: str, says: str
) -> None:
    with pytest.raises(InputError, match=says) as error:
        renamed(document(), section, before, after)
    assert error.value.remedy


def test_a_name_may_change_in_its_capitals_alone() -> None:
    after, _ = renamed(document(), "assumptions", "users", "Users")
    assert after["assumptions"][0]["id"] == "Users"


def test_a_name_of_another_kind_is_free() -> None:
    after, _ = renamed(document(), "people", "boss", "users")
    assert after["people"][0]["id"] == "users"
    after, _ = renamed(document(), "investments", "fees", "aim")
    assert after["investments"][0]["id"] == "aim"


@pytest.mark.parametrize(
    ("section", "before"),
    [
        ("assumptions", "nobody"),
        ("sources", "x"),
        ("alternatives.nowhere.benefits", "time"),
        ("alternatives.cloud.set", "users"),
        ("", "users"),
    ],
)
def test_what_is_not_there_cannot_be_renamed(section: str, before: str) -> None:
    with pytest.raises(UnknownName):
        renamed(document(), section, before, "other")


@pytest.mark.parametrize("junk", [None, 5, "text", [1, None, "x"], {"id": "users"}])
def test_parts_of_the_wrong_kind_are_passed_over(junk: Any) -> None:
    whole = dict.fromkeys(document(), junk) | {"assumptions": [{"id": "users"}, junk]}
    after, _ = renamed(whole, "assumptions", "users", "staff")
    assert after["assumptions"][0] == {"id": "staff"}


def test_nothing_that_was_given_is_changed() -> None:
    given = document()
    before = copy.deepcopy(given)
    renamed(given, "assumptions", "users", "staff")
    assert given == before
