"""The timeline of a case, and two of its versions side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from lxml.html import HtmlElement
from sqlalchemy import update

from tests.web.cases import MARKUP, loss, minimal
from tests.web.visitors import Cast, cast
from valuecalc.case.case import Case
from valuecalc.schemas.case import load_case
from valuecalc.services import saved_cases, versions
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.store.tables import Version

NINE = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture
def kept(store: Database, people: Cast) -> Saved:
    return saved_cases.create(store, people.editor.actor, load_case(minimal()))[0]


def save(store: Database, people: Cast, kept: Saved, case: Case) -> Saved:
    newest = saved_cases.load(store, people.editor.actor, kept.head.uid)
    return saved_cases.save(store, people.editor.actor, kept.head.uid, case, newest.tag)


def save_users(store: Database, people: Cast, kept: Saved, *counts: float) -> Saved:
    for count in counts:
        kept = save(store, people, kept, kept.case.with_values({"users": count}))
    return kept


def put_at(store: Database, saved: Saved, number: int, moment: datetime) -> None:
    wanted = (Version.case_id == saved.head.id, Version.number == number)
    with store.write() as session:
        session.execute(update(Version).where(*wanted).values(at=moment))


def timeline(people: Cast, kept: Saved) -> HtmlElement:
    return people.editor.open(f"/cases/{kept.head.uid}/versions")


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


# --------------------------------------------------------------------------- the timeline


def test_what_was_done_in_one_go_is_one_entry_with_its_value_and_its_saves(
    people: Cast, kept: Saved, store: Database
) -> None:
    save_users(store, people, kept, 120, 140, 200)
    [entry, first] = timeline(people, kept).xpath("//li[starts-with(@id, 'v')]")
    assert "Versions 2 to 4" in words(entry)
    assert "£21.0k +£15.0k" in words(entry)
    assert "100 users →to 200 users" in words(entry)
    assert len(entry.xpath(".//details//li[a[starts-with(text(), 'Version ')]]")) == 3
    assert "The case was made" in words(first)


def test_days_have_headings_and_times(people: Cast, kept: Saved, store: Database) -> None:
    saved = save_users(store, people, kept, 120, 140)
    for number, moment in enumerate((NINE - timedelta(days=1), NINE, NINE + timedelta(minutes=5))):
        put_at(store, saved, number + 1, moment)
    page = timeline(people, kept)
    headings = [words(each) for each in page.xpath("//h2")]
    assert headings == ["Tuesday, 3 November 2026", "Monday, 2 November 2026"]
    assert "09:00–09:05" in words(page.xpath("//li[@id='v3']")[0])


def test_many_changes_unfold_after_the_first_five(people: Cast, store: Database) -> None:
    document = minimal()
    document["assumptions"] += [
        {"id": f"n{number}", "label": f"Number {number}", "value": number} for number in range(8)
    ]
    kept, _ = saved_cases.create(store, people.editor.actor, load_case(document))
    save(store, people, kept, kept.case.with_values({f"n{n}": n + 0.5 for n in range(8)}))
    [entry] = timeline(people, kept).xpath("//li[@id='v2']")
    assert len(entry.xpath("./div[@class='sitting-body']/ul/li")) == 5
    assert "3 more changes" in words(entry)
    assert "Number 7" in words(entry)


def test_a_draft_has_no_value_in_the_timeline(people: Cast, kept: Saved, store: Database) -> None:
    broken = replace(kept.case.benefits[0], formula="nobody * 5")
    save(store, people, kept, replace(kept.case, benefits=(broken,)))
    [entry] = timeline(people, kept).xpath("//li[@id='v2']")
    assert "Draft" in words(entry)


def test_labels_and_names_are_text(people: Cast, kept: Saved, store: Database) -> None:
    renamed = replace(kept.case.assumptions[0], label=MARKUP)
    save(store, people, kept, replace(kept.case, assumptions=(renamed,)))
    versions.freeze(store, people.editor.actor, kept.head.uid, 2, MARKUP)
    page = timeline(people, kept)
    assert MARKUP in page.text_content()
    assert not page.xpath("//main//script")


def test_readers_can_neither_name_nor_restore(people: Cast, kept: Saved, store: Database) -> None:
    save_users(store, people, kept, 120)
    page = people.viewer.open(f"/cases/{kept.head.uid}/versions")
    assert not page.xpath("//main//form[@method='post']")
    assert timeline(people, kept).xpath("//main//form[@method='post']")


# --------------------------------------------------------------------------- side by side


def test_any_two_versions_are_chosen_from_lists(people: Cast, kept: Saved, store: Database) -> None:
    save_users(store, people, kept, 120, 140)
    page = people.viewer.open(f"/cases/{kept.head.uid}/compare?from=1&to=3")
    for name, chosen in (("from", "1"), ("to", "3")):
        [select] = page.xpath(f"//select[@name='{name}']")
        assert [each.get("value") for each in select.xpath(".//option")] == ["3", "2", "1"]
        assert select.xpath(".//option[@selected]/@value") == [chosen]


@pytest.mark.parametrize("figure", ["value", "npv"])
def test_the_bridges_lead_from_one_result_to_the_other_exactly(
    people: Cast, kept: Saved, store: Database, figure: str
) -> None:
    case = kept.case.with_values({"users": 130})
    cheaper = replace(case.investments[0], formula="8000 GBP")
    save(store, people, kept, replace(case, investments=(cheaper,)))
    path = f"/cases/{kept.head.uid}/compare?figure={figure}"
    page = people.viewer.open(path)
    [lines] = page.xpath("//table[contains(@class, 'by-line')]")
    differences = [row.xpath("td")[-1].text_content() for row in lines.xpath("tbody/tr")]
    *steps, total = [amount(each) for each in differences]
    assert sum(steps) == pytest.approx(total, abs=1)
    [changes] = page.xpath("//table[contains(@class, 'bridge') and not(contains(@class, 'by-'))]")
    cells = [amount(each.text_content()) for each in changes.xpath("tbody/tr/td")]
    assert cells[0] + sum(cells[1:-1]) == pytest.approx(cells[-1], abs=1)
    assert cells[-1] - cells[0] == pytest.approx(total, abs=1)
    assert len(page.xpath("//figure//*[local-name()='svg']")) == 4  # each wide and narrow


def amount(text: str) -> float:
    return float(text.strip().replace("\u2212", "-").replace("£", "").replace(",", ""))


def test_changed_numbers_stand_with_their_evidence(
    people: Cast, kept: Saved, store: Database
) -> None:
    document = minimal()
    document["assumptions"][0] |= {
        "value": 130,
        "evidence": {
            "grade": "B",
            "source": "Billing",
            "owner": "Jane Doe",
            "date": "2026-11-03",
        },
    }
    save(store, people, kept, load_case(document))
    text = people.viewer.text(f"/cases/{kept.head.uid}/compare")
    assert "100 users 130 users Grade B · Billing · Jane Doe · 3 Nov 2026" in text


def test_a_figure_that_ceases_to_exist_has_its_reason_below_a_dash(
    people: Cast, kept: Saved, store: Database
) -> None:
    save(store, people, kept, load_case(minimal() | {"investments": loss()["investments"]}))
    page = people.viewer.open(f"/cases/{kept.head.uid}/compare?from=1&to=2")
    [row] = page.xpath("//tr[th='Payback']")
    before, after, difference = row.xpath("td")
    assert before.text_content().endswith("months")
    assert after.text == "–"
    assert words(after.xpath("small")[0]) == "Not within the horizon of 3 years"
    assert difference.text_content() == "–"


def test_a_draft_is_compared_with_the_reason_why_it_has_no_figures(
    people: Cast, kept: Saved, store: Database
) -> None:
    broken = replace(kept.case.benefits[0], formula="nobody * 5")
    save(store, people, kept, replace(kept.case, benefits=(broken,)))
    page = people.viewer.open(f"/cases/{kept.head.uid}/compare?from=1&to=2")
    assert "The later version has a mistake in benefits.time.formula" in words(page)
    assert not page.xpath("//figure")
    assert "nobody * 5" in words(page)


@pytest.mark.parametrize("query", ["from=9", "to=0", "from=x", "to=-1", "from=²"])
def test_versions_that_do_not_exist_are_not_found(people: Cast, kept: Saved, query: str) -> None:
    people.viewer.open(f"/cases/{kept.head.uid}/compare?{query}", status=404)


def test_an_unknown_figure_is_the_value(people: Cast, kept: Saved) -> None:
    assert people.viewer.open(f"/cases/{kept.head.uid}/compare?figure=nothing") is not None
