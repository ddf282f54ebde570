"""The editor against people who type at the same time, odd documents and hostile ones."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask import Flask

from tests.web.cases import MARKUP, hostile, minimal
from tests.web.test_editor import address, ask, keep, live
from tests.web.visitors import Cast, cast
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.keyed import keyed, patched
from valuecalc.schemas.written import written
from valuecalc.services import library, saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database

STRAW_MEN = {each.slug: each for each in library.straw_men()}
PARTS = [each.stem for each in Path("templates/pages/editor/live").glob("*.html")]

Document = dict[str, Any]


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


def newest(store: Database, people: Cast, kept: Saved) -> Document:
    return saved_cases.load(store, people.owner.actor, kept.head.uid).document


def ids(document: Document) -> list[str]:
    return [each["id"] for each in document["assumptions"]]


# --------------------------------------------------------------------------- what is kept


@pytest.mark.parametrize("slug", STRAW_MEN)
def test_what_is_edited_comes_out_as_by_the_same_patch_and_nothing_else_does(
    slug: str, store: Database, people: Cast
) -> None:
    """Fields that no form shows, such as outcomes, origins and plans, are among them."""
    before = dump_case(STRAW_MEN[slug].case)
    kept = keep(store, people, before)
    document, patch = edited(written(before), random.Random(slug))
    answer = ask(people.editor, kept, "save", {"base": 1, "document": document}).get_json()
    assert answer["left"] == []
    expected = dump_case(load_case(patched(before, patch)))
    # Numbers have changed, so what the straw-man was expected to come to says nothing any more.
    assert expected.pop("expected")
    assert newest(store, people, kept) == expected
    assert answer["document"] == written(expected)


def edited(document: Document, chance: random.Random) -> tuple[Document, Document]:
    """A written document with some edits in it, and the patch that says the same."""
    document = copy.deepcopy(document)
    patch: Document = {"title": "Another <title>", "assumptions": {}, "benefits": {}}
    document["title"] = patch["title"]
    for row in chance.sample(document["assumptions"], 4):
        changes = {"label": f"{row['label']} & more", "note": "Line 1\nLine 2"}
        if "value" in row and "values" not in row and "low" not in row:
            changes["value"] = chance.choice(["1e6", "1.250", "(500)", "3k", "62", "0.5", "-2.5m"])
        row.update(changes)
        patch["assumptions"][row["id"]] = changes
    for row in document["benefits"]:
        row["label"] = f"{row['label']}!"
        patch["benefits"][row["id"]] = {"label": row["label"]}
    gone = document["investments"].pop()
    patch["investments"] = {gone["id"]: None}
    return document, patch


def test_the_editor_keeps_a_draft_with_every_text_of_its_wrong_formulas(
    store: Database, people: Cast
) -> None:
    kept = keep(store, people, minimal())
    formulas = ["users *", "no_such_name + 1", "((", "users + 5 GBP", "sum(", "1/0", "=users", "€5"]
    document = written(kept.document)
    document["benefits"] = [
        {"id": f"b{at}", "label": f"B {at}", "formula": text} for at, text in enumerate(formulas)
    ]
    answer = ask(people.editor, kept, "save", {"base": 1, "document": document})
    assert answer.get_json()["left"] == []
    page = people.editor.open(address(kept))
    for at, text in enumerate(formulas):
        [field] = page.xpath(f'//*[@id="f-benefits.b{at}.formula"]')
        assert field.text_content().strip() == text


# --------------------------------------------------------------------------- two people


@pytest.mark.parametrize(
    ("side", "order"),
    [("mine", ["a2", "a0", "users", "a1", "new"]), ("theirs", ["a1", "new", "users", "a0", "a2"])],
)
def test_two_orders_of_the_same_rows_are_asked_about_and_either_can_be_chosen(
    store: Database, people: Cast, side: str, order: list[str]
) -> None:
    start = minimal()
    start["assumptions"] += [{"id": f"a{at}", "label": f"A {at}", "value": at} for at in range(3)]
    kept = keep(store, people, start)
    rows = {each["id"]: each for each in written(kept.document)["assumptions"]}
    first, second = written(kept.document), written(kept.document)
    first["assumptions"] = [rows[id] for id in ("a1", "users", "a0", "a2")]
    changed = rows["users"] | {"value": "120"}
    new = {"id": "new", "label": "New", "value": "1"}
    second["assumptions"] = [rows["a2"], rows["a0"], changed, rows["a1"], new]
    assert ask(people.editor, kept, "save", {"base": 1, "document": first}).status_code == 200
    collided = ask(people.owner, kept, "save", {"base": 1, "document": second})
    [conflict] = collided.get_json()["conflicts"]
    assert (conflict["place"], conflict["field"]) == ("assumptions", "order")
    body = {"base": 1, "document": second, side: [conflict["place"]]}
    assert ask(people.owner, kept, "save", body).status_code == 200
    found = newest(store, people, kept)
    assert ids(found) == order
    assert keyed(found)["assumptions"]["users"]["value"] == 120


def test_a_formula_that_names_a_row_which_somebody_takes_away_is_a_draft_that_says_so(
    store: Database, people: Cast
) -> None:
    kept = keep(store, people, minimal())
    one, other = written(kept.document), written(kept.document)
    one["assumptions"] = []
    other["benefits"].append({"id": "more", "label": "More", "formula": "users * 1 GBP/user"})
    assert ask(people.editor, kept, "save", {"base": 1, "document": one}).status_code == 200
    answer = ask(people.owner, kept, "save", {"base": 1, "document": other}).get_json()
    assert [each["id"] for each in answer["document"]["benefits"]] == ["time", "more"]
    problems = live(people.owner, kept, answer["document"])["problems"]
    places = {each["place"] for each in problems if each["level"] == "error"}
    assert places == {"benefits.time.formula", "benefits.more.formula"}


# --------------------------------------------------------------------------- units


def test_another_currency_of_a_unit_needs_no_number_typed_anew(
    store: Database, people: Cast
) -> None:
    start = minimal()
    start["assumptions"].append(
        {"id": "wage", "label": "Wage", "value": 38, "low": 30, "unit": "GBP/hour"}
    )
    kept = keep(store, people, start)
    document = written(kept.document)
    document["assumptions"][1]["unit"] = "EUR/hour"
    told = live(people.editor, kept, document)
    assert [each for each in told["problems"] if each["level"] == "error"] == []
    assert told["tidy"] == {"assumptions.wage.value": "€38", "assumptions.wage.low": "€30"}
    answer = ask(people.editor, kept, "save", {"base": 1, "document": document}).get_json()
    assert answer["left"] == []
    assert newest(store, people, kept)["assumptions"][1] | {"unit": "GBP/hour"} == {
        **kept.document["assumptions"][1]
    }


# --------------------------------------------------------------------------- hostile


def test_no_part_of_an_answer_holds_markup_that_somebody_typed(
    store: Database, people: Cast
) -> None:
    document = hostile(f"</script><!--{MARKUP}<style>")
    kept = keep(store, people, document)
    body = {"document": written(kept.document), "parts": PARTS}
    answer = ask(people.editor, kept, "live", body)
    page = lxml.html.fromstring(answer.text)
    assert [each.get("type") for each in page.iter("script")] == ["application/json"]
    assert not page.xpath("//i | //style | //comment()")
    assert "alert(" in answer.text


@pytest.mark.parametrize("opened", [1e308, -1e308, True, "7", {}, [], 10**200])
def test_a_value_of_when_the_page_was_opened_may_be_anything(
    store: Database, people: Cast, opened: object
) -> None:
    kept = keep(store, people, minimal())
    document = written(kept.document)
    assert live(people.editor, kept, document, opened={"value": opened})["complete"]


def test_a_result_of_a_hundred_digits_is_shown(store: Database, people: Cast) -> None:
    start = minimal()
    start["assumptions"][0]["value"] = 1e18
    start["benefits"][0]["formula"] = " * ".join(["(users / 1 user)"] * 6) + " * 1 GBP/year"
    kept = keep(store, people, start)
    assert live(people.editor, kept, written(kept.document), parts=PARTS)["complete"]
    assert people.editor.open(address(kept)).xpath('//form[@id="editor"]')
