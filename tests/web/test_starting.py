"""Starting a case: the form, its mistakes, the preview of every number, the case that is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import lxml.html
import pytest
from flask import Flask

from tests.team_members import new_member, new_team
from tests.web.conftest import Page, served
from tests.web.readers import Reader, tree, words
from valuecalc.case.case import Assumption, Case
from valuecalc.case.journey import Journey
from valuecalc.services import cases, library, references, saved_cases
from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Team
from valuecalc.web.pages.starting import JourneyRow

SLUG = "new-data-services"
FORM = "start-form"
KEEP = "keep"
SUBSCRIBERS = "drivers.subscribers.value"
HOSTILE = "<script>alert(1)</script>\"' onload=x {{ 7*7 }}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return served(tmp_path_factory.mktemp("starting"))


@pytest.fixture(scope="module")
def store(site: Flask) -> Database:
    found: Database = site.extensions["store"]
    return found


@pytest.fixture
def team(store: Database) -> Team:
    return new_team(store)


@pytest.fixture
def ann(store: Database, team: Team) -> Actor:
    return new_member(store, team)


@pytest.fixture
def editor(site: Flask, ann: Actor) -> Reader:
    return Reader(site, ann)


@pytest.fixture
def stranger(site: Flask) -> Reader:
    return Reader(site)


def previewed(reader: Reader, slug: str = SLUG, **fields: Any) -> Page:
    """The preview of a case; every driver that is not given is as at the reference."""
    page = reader.get(f"/start?from={slug}")
    names = page.xpath("//input[starts-with(@name, 'drivers.')]/@name")
    drivers = {name: "250k" for name in names if name.endswith(".value")}
    more = {**drivers, **fields.pop("more", {})}
    response = reader.send(page, FORM, more=more, **fields)
    assert response.status_code == 200, response.text
    return tree(response)


def mistakes(response: Any) -> Mapping[str, str]:
    """What is wrong, by the id of the field."""
    assert response.status_code == 422
    found = tree(response).xpath("//*[contains(@class, 'field-mistake')]")
    return {each.get("id").removesuffix("-mistake"): words(each) for each in found}


def values(page: Page) -> Mapping[str, str]:
    """What the fields of the form hold."""
    [form] = page.xpath(f"//form[contains(@class, '{FORM}')]")
    return dict(form.form_values())


def kept(store: Database, actor: Actor) -> list[Case]:
    """The cases of the actor's teams."""
    heads = [each.head for each in saved_cases.page(store, actor).rows]
    return [saved_cases.load(store, actor, each.uid).case for each in heads]


# --------------------------------------------------------------------------- the form


def test_the_form_asks_for_each_driver_beside_the_number_of_the_reference(
    stranger: Reader,
) -> None:
    for straw_man in library.straw_men():
        reference = straw_man.case.reference
        assert reference is not None
        page = stranger.get(f"/start?from={straw_man.slug}")
        text = words(page)
        for driver in reference.drivers:
            assert page.xpath(f"//input[@name='drivers.{driver.id}.value']")
            assert driver.label in text
    assert "Reference 104,167 subscribers" in words(stranger.get(f"/start?from={SLUG}"))


def test_without_a_straw_man_one_chooses_one_first(stranger: Reader) -> None:
    response = stranger.client.get("/start")
    assert response.status_code == 302
    assert response.location == "/straw-men"


@pytest.mark.parametrize("id", ["nothing-like-it", "../../etc", "a" * 200, "%00", "<b>"])
def test_a_straw_man_that_is_not_there_is_not_found(stranger: Reader, id: str) -> None:
    assert stranger.client.get(f"/start?from={id}").status_code == 404


def test_an_address_can_fill_the_form_in(stranger: Reader) -> None:
    page = stranger.get(f"/start?from={SLUG}&customer=Acme&{SUBSCRIBERS}=120k")
    assert values(page)["customer"] == "Acme"
    assert values(page)[SUBSCRIBERS] == "120k"


def test_mistakes_stand_beside_their_fields_and_nothing_is_lost(stranger: Reader) -> None:
    typed = {
        SUBSCRIBERS: "plenty",
        "currency": "Euro",
        "start": "soon",
        "year": "20",
        "customer": "Acme",
        "drivers.subscribers.source": "Annual report",
    }
    response = stranger.send(stranger.get(f"/start?from={SLUG}"), FORM, more=typed)
    assert set(mistakes(response)) == {SUBSCRIBERS, "currency", "start", "year"}
    assert typed.items() <= values(tree(response)).items()


def test_a_driver_that_is_missing_is_asked_for_with_the_number_of_the_reference(
    stranger: Reader,
) -> None:
    response = stranger.send(stranger.get(f"/start?from={SLUG}"), FORM)
    assert "At the reference it is 104,167 subscribers." in mistakes(response)[SUBSCRIBERS]


@pytest.mark.parametrize("text", ["0", "-5", "1e300", "nan", "5 metres", ""])
def test_a_driver_that_is_no_size_is_refused(stranger: Reader, text: str) -> None:
    page = stranger.get(f"/start?from={SLUG}")
    response = stranger.send(page, FORM, more={SUBSCRIBERS: text})
    assert response.status_code == 422


def test_a_rate_that_is_not_published_is_asked_for_in_open_fields(stranger: Reader) -> None:
    page = stranger.get(f"/start?from={SLUG}")
    assert not page.xpath("//details[contains(@class, 'own-rates')]/@open")
    response = stranger.send(page, FORM, more={SUBSCRIBERS: "250k"}, currency="KES")
    assert "No exchange rate of GBP to KES" in mistakes(response)["rates.GBP.rate"]
    assert tree(response).xpath("//details[contains(@class, 'own-rates')][@open]")


def test_half_a_rate_is_refused_with_what_is_missing(stranger: Reader) -> None:
    more = {SUBSCRIBERS: "250k", "rates.GBP.rate": "165"}
    response = stranger.send(stranger.get(f"/start?from={SLUG}"), FORM, more=more, currency="KES")
    assert set(mistakes(response)) == {"rates.GBP.date", "rates.GBP.source"}


# --------------------------------------------------------------------------- the preview


@pytest.mark.parametrize("slug", library.slugs())
def test_the_preview_shows_the_way_of_every_number(stranger: Reader, slug: str) -> None:
    page = previewed(stranger, slug, currency="CHF")
    for assumption in library.straw_man(slug).case.assumptions:
        [row] = page.xpath(f"//tr[@id='journey-{assumption.id}']")
        assert words(row.find("th"))
        assert row.xpath(".//td[contains(@class, 'way')]//li")
        assert row.xpath(".//*[contains(@class, 'grade')]")


def test_a_number_that_scales_and_is_converted_says_so(stranger: Reader) -> None:
    page = previewed(stranger, currency="EUR")
    [nodes] = page.xpath("//tr[@id='journey-nodes']")
    assert "3 nodes × (250,000 ÷ 104,167 subscribers)^0.8" in words(nodes)
    assert "Rounded up to 7 nodes" in words(nodes)
    [price] = page.xpath("//tr[@id='journey-arpu_before']")
    assert "EUR per GBP (European Central Bank" in words(price)
    assert "EUR per GBP" in words(page.xpath("//section[@aria-labelledby='rates-title']")[0])


def test_own_rates_come_first_and_are_named(stranger: Reader) -> None:
    more = {
        "rates.GBP.rate": "2",
        "rates.GBP.date": "2026-11-01",
        "rates.GBP.source": "Our treasury",
        f"prices.{SLUG}.factor": "1.5",
        f"prices.{SLUG}.date": "2026-11-01",
        f"prices.{SLUG}.source": "Our outlook",
    }
    page = previewed(stranger, currency="EUR", year="2027", more=more)
    [price] = page.xpath("//tr[@id='journey-arpu_before']")
    assert "2 EUR per GBP (Our treasury, 1 Nov 2026)" in words(price)
    assert "€66 per subscriber per month" in words(price)


def test_the_result_stands_beside_that_of_the_reference(stranger: Reader) -> None:
    page = previewed(stranger, more={SUBSCRIBERS: "104,167"})
    result = cases.calculate(library.straw_man(SLUG).case)
    [table] = page.xpath("//table[contains(@class, 'beside')]")
    rows = [[words(cell) for cell in row] for row in table.xpath("./tbody/tr")]
    assert rows == [[each.label, each.short, each.short] for each in result.headline]


def test_who_says_so_makes_it_the_customers_estimate(stranger: Reader) -> None:
    more = {"drivers.subscribers.owner": "A. Jones", "drivers.subscribers.source": "Billing"}
    [row] = previewed(stranger, more=more).xpath("//tr[@id='journey-subscribers']")
    assert "Evidence grade B Billing" in words(row)
    assert "A. Jones" in words(row)


def test_a_currency_may_be_written_in_small_letters(stranger: Reader) -> None:
    assert "in EUR" in words(previewed(stranger, currency="eur"))


def test_money_may_be_written_without_its_period(stranger: Reader) -> None:
    more = {"drivers.division_revenue.value": "£95m", "drivers.sales_people.value": "50"}
    page = previewed(stranger, "enhanced-diagnostics", currency="GBP", more=more)
    assert "£95,000,000 per year" in words(page.xpath("//tr[@id='journey-division_revenue']")[0])


def test_hostile_texts_stay_texts_in_every_field(stranger: Reader) -> None:
    names = values(stranger.get(f"/start?from={SLUG}"))
    kept_apart = {"csrf_token", "from", "start", "currency", "year", "day", SUBSCRIBERS}
    texts = [name for name in names if name not in kept_apart and not name.startswith("rates.")]
    texts = [name for name in texts if not name.startswith("prices.")]
    page = previewed(stranger, more=dict.fromkeys(texts, HOSTILE))
    assert "alert(1)" in words(page)
    assert "{{ 7*7 }}" in words(page)
    assert not page.xpath("//script[not(@src)] | //*[@onload]")
    response = stranger.send(
        stranger.get(f"/start?from={SLUG}"),
        FORM,
        more=dict.fromkeys(names, HOSTILE) | {"from": SLUG},
    )
    assert response.status_code in (400, 422)
    assert "<script>alert" not in response.text


def test_change_something_leads_back_with_everything_typed(stranger: Reader) -> None:
    page = previewed(stranger, customer="Acme", more={"drivers.subscribers.source": "Billing"})
    back = stranger.send(page, KEEP, "Change something")
    assert back.status_code == 200
    expected = {"customer": "Acme", SUBSCRIBERS: "250k", "drivers.subscribers.source": "Billing"}
    assert expected.items() <= values(tree(back)).items()


# --------------------------------------------------------------------------- strangers


def test_a_stranger_is_sent_to_sign_in_and_back_to_the_form_as_it_is(stranger: Reader) -> None:
    page = previewed(stranger, customer="Acme & Sons")
    assert not page.xpath("//button[text()='Create the case']")
    [link] = page.xpath("//a[text()='Sign in to keep it']/@href")
    target = stranger.get(link).xpath("//main//input[@name='next']/@value")[0]
    assert values(stranger.get(target))["customer"] == "Acme & Sons"


def test_a_stranger_cannot_create_a_case(stranger: Reader) -> None:
    page = previewed(stranger)
    [form] = page.xpath(f"//form[contains(@class, '{KEEP}')]")
    assert stranger.client.post("/start/create", data=dict(form.form_values())).status_code == 401


def test_the_case_can_be_downloaded_and_is_read_again_by_calculate(stranger: Reader) -> None:
    response = stranger.send(previewed(stranger, customer="Acme"), KEEP, "Download it")
    assert response.headers["Content-Disposition"] == "attachment; filename=new-data-services.json"
    assert json.loads(response.data)["customer"] == "Acme"
    shown = stranger.client.post("/calculate", data={"document": response.text})
    assert shown.status_code == 200
    assert "Acme" in shown.text


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (64, 160 / 3, 220 / 3, "53 – 73"),
        (6, 16 / 3, 22 / 3, "5.3333 – 7.3333"),
        (64.5, 160 / 3, 220 / 3, "53.33 – 73.33"),
        (64, None, 220 / 3, "64 – 73"),
    ],
)
def test_the_ends_of_a_range_are_no_more_precise_than_its_middle(
    value: float, low: float | None, high: float, text: str
) -> None:
    journey = Journey(
        id="people",
        label="People",
        before=48,
        before_unit="person",
        after=value,
        after_unit="person",
        steps=(),
    )
    found = Assumption(id="people", label="People", value=value, low=low, high=high)
    assert JourneyRow(journey, found).range == text


# --------------------------------------------------------------------------- the case


def test_create_keeps_the_case_that_was_previewed(
    editor: Reader, store: Database, ann: Actor
) -> None:
    response = editor.send(previewed(editor, customer="Acme"), KEEP, "Create the case")
    assert response.status_code == 303
    assert editor.client.get(response.location).status_code == 200
    [case] = kept(store, ann)
    assert case.customer == "Acme"
    assert case.assumption("subscribers").value == 250_000  # type: ignore[union-attr]
    assert case.origin is not None
    assert case.origin.references[0].slug == SLUG


def test_pressing_twice_makes_one_case(editor: Reader, store: Database, ann: Actor) -> None:
    page = previewed(editor)
    first = editor.send(page, KEEP, "Create the case")
    second = editor.send(page, KEEP, "Create the case")
    assert first.location == second.location
    assert len(kept(store, ann)) == 1


def test_two_previews_make_two_cases(editor: Reader, store: Database, ann: Actor) -> None:
    for _ in range(2):
        editor.send(previewed(editor), KEEP, "Create the case")
    assert len(kept(store, ann)) == 2


def test_an_editor_of_several_teams_chooses_one(site: Flask, store: Database) -> None:
    north, south = new_team(store, "North"), new_team(store, "South")
    reader = Reader(site, new_member(store, north, south))
    page = previewed(reader)
    assert page.xpath("//select[@name='team']/option/text()") == ["North", "South"]
    response = reader.send(page, KEEP, "Create the case", team=south.uid)
    assert response.status_code == 303
    assert [case.title for case in kept(store, new_member(store, south))] == ["New data services"]
    assert kept(store, new_member(store, north)) == []


def test_a_viewer_sees_the_preview_and_cannot_keep_it(
    site: Flask, store: Database, team: Team
) -> None:
    viewer = Reader(site, new_member(store, team, role=Role.VIEWER))
    page = previewed(viewer)
    assert "As a viewer you cannot keep cases" in words(page)
    assert viewer.send(page, KEEP, "Create the case", team=team.uid).status_code in (403, 404, 405)
    [form] = page.xpath(f"//form[contains(@class, '{KEEP}')]")
    data = {**dict(form.form_values()), "team": team.uid}
    assert viewer.client.post("/start/create", data=data).status_code == 403


def test_another_team_is_not_found(editor: Reader, store: Database) -> None:
    other = new_team(store, "Other")
    page = previewed(editor)
    assert editor.send(page, KEEP, "Create the case", team=other.uid).status_code == 404


def test_a_form_of_another_site_is_refused(editor: Reader, store: Database, ann: Actor) -> None:
    page = previewed(editor)
    response = editor.send(page, KEEP, "Create the case", csrf_token="forged")
    assert response.status_code == 400
    assert kept(store, ann) == []


# --------------------------------------------------------------------------- several references


def own_reference(store: Database, actor: Actor, team: Team) -> str:
    """A straw-man of the team with the same numbers as one of the program, in part higher."""
    case = library.straw_man(SLUG).case
    higher = case.with_values({"nodes": 6, "marketing_cost": 900_000})
    return references.keep(store, actor, higher, team.uid).about.id


def test_references_that_fit_are_offered_and_taken_in(
    editor: Reader, store: Database, ann: Actor, team: Team
) -> None:
    own = own_reference(store, ann, team)
    page = editor.get(f"/start?from={SLUG}")
    assert page.xpath("//input[@type='checkbox']/@value") == [own]
    assert "8 of 8 numbers in common" in words(page)
    preview = previewed(editor, more={"from": [SLUG, own], SUBSCRIBERS: "104,167"})
    [row] = preview.xpath("//tr[@id='journey-marketing_cost']")
    assert "The middle of 2 references is £700,000" in words(row)
    assert "£500,000 – £900,000" in words(row)


def test_references_of_a_team_are_nobody_elses(
    site: Flask, store: Database, ann: Actor, team: Team, stranger: Reader
) -> None:
    own = own_reference(store, ann, team)
    outsider = Reader(site, new_member(store, new_team(store, "South")))
    nowhere = outsider.client.get("/start?from=AAAAAAAAAAAAAAAA")
    for reader in (stranger, outsider):
        response = reader.client.get(f"/start?from={own}")
        assert response.status_code == 404
        assert words(lxml.html.fromstring(response.text).xpath("//main")[0]) == words(
            lxml.html.fromstring(nowhere.text).xpath("//main")[0]
        )
        assert not reader.get(f"/start?from={SLUG}").xpath("//input[@type='checkbox']")


# --------------------------------------------------------------------------- the list


def test_every_straw_man_in_the_list_can_be_started_from(stranger: Reader) -> None:
    page = stranger.get("/straw-men")
    for slug in library.slugs():
        assert page.xpath(f"//li//a[@href='/start?from={slug}']")
    assert stranger.get(f"/straw-men/{SLUG}").xpath(f"//a[@href='/start?from={SLUG}']")


def test_the_list_can_be_narrowed_to_a_sector(stranger: Reader) -> None:
    page = stranger.get("/straw-men?sector=Retail")
    rows = page.xpath("//li[contains(@class, 'straw-man')]")
    retail = [each for each in library.straw_men() if each.case.reference.sector == "Retail"]  # type: ignore[union-attr]
    assert len(rows) == len(retail) > 0
    assert "There are none of this sector" in words(stranger.get("/straw-men?sector=%3Cb%3E"))


def test_own_straw_men_are_a_second_list(
    editor: Reader, store: Database, ann: Actor, team: Team, stranger: Reader
) -> None:
    own = own_reference(store, ann, team)
    assert editor.get("/straw-men").xpath(f"//li//a[@href='/references/{own}']")
    assert own not in stranger.client.get("/straw-men").text
