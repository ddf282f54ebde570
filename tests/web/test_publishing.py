"""Publishing a delivered case: the form, what others will read, the page of the reference."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from tests.team_members import new_member, new_team
from tests.web.conftest import Page, served
from tests.web.readers import Reader, tree, words
from valuecalc.case.case import Driver, Reference
from valuecalc.case.travel import Origin, OriginDriver, OriginReference
from valuecalc.services import library, references, saved_cases, versions
from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Team

FORM = "start-form"
CUSTOMER = "Zephyr Telecom plc"
HOSTILE = "<script>alert(1)</script>\"' {{ 7*7 }}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return served(tmp_path_factory.mktemp("publishing"))


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
def uid(store: Database, ann: Actor) -> str:
    """A delivered case with the customer's name in its texts."""
    case = library.straw_man("new-data-services").case
    reference = Reference(
        sector="Telecoms",
        region="GB",
        year=2026,
        drivers=(Driver(id="subscribers", label="Subscribers", value=104_167, unit="subscriber"),),
    )
    delivered = replace(
        case, customer=CUSTOMER, summary=f"What {CUSTOMER} gains.", reference=reference
    )
    saved, _ = saved_cases.create(store, ann, delivered)
    return saved.head.uid


def values(page: Page) -> dict[str, str]:
    """What the fields of the form hold."""
    [form] = page.xpath(f"//form[contains(@class, '{FORM}')]")
    return dict(form.form_values())


def published(reader: Reader, uid: str, **more: str) -> str:
    """The address of the reference that comes of a case."""
    seen = reader.send(reader.get(f"/cases/{uid}/publish"), FORM, "Preview", more=more)
    assert seen.status_code == 200, seen.text
    response = reader.send(tree(seen), FORM, "Publish it")
    assert response.status_code == 303, response.text
    return str(response.location)


def own(store: Database, actor: Actor) -> list[str]:
    """The straw-men of the actor's teams."""
    rows = references.page(store, actor, 100).rows
    return [each.id for each in rows if each.team is not None]


# --------------------------------------------------------------------------- the form


def test_the_form_is_filled_in_from_the_case(editor: Reader, uid: str) -> None:
    page = editor.get(f"/cases/{uid}/publish")
    filled = values(page)
    assert filled["sector"] == "Telecoms"
    assert filled["drivers.0.label"] == "Subscribers"
    assert filled["drivers.0.value"] == "104,167"
    assert "£15,000,048" in words(page)


def test_a_case_that_was_started_elsewhere_is_published_in_its_own_prices(
    store: Database, ann: Actor, editor: Reader
) -> None:
    case = library.straw_man("new-data-services").case
    origin = Origin(
        references=(OriginReference(title="Old", sector="Telecoms", region="US", year=2024),),
        drivers=(OriginDriver(id="subscribers", label="Subscribers", value=9, unit="subscriber"),),
        region="DE",
        year=2027,
    )
    kept, _ = saved_cases.create(store, ann, replace(case, reference=None, origin=origin))
    filled = values(editor.get(f"/cases/{kept.head.uid}/publish"))
    assert (filled["sector"], filled["region"], filled["year"]) == ("Telecoms", "DE", "2027")


def test_what_is_no_money_is_not_shown_as_money(
    editor: Reader, store: Database, ann: Actor
) -> None:
    case = replace(library.straw_man("missed-appointments").case, customer=CUSTOMER)
    saved, _ = saved_cases.create(store, ann, case)
    page = editor.get(f"/cases/{saved.head.uid}/publish")
    [row] = page.xpath("//tr[.//input[@name='achieved.patients_seen']]")
    [planned] = row.xpath("td[@data-title='Planned']")
    assert planned.text_content().replace(",", "").replace(".", "").isdigit()
    seen = editor.send(page, FORM, "Preview", more={"achieved.patients_seen": "1,200 patients"})
    assert seen.status_code == 200
    assert "£1,200" not in seen.text


def test_the_newest_named_version_is_chosen(
    editor: Reader, store: Database, ann: Actor, uid: str
) -> None:
    versions.freeze(store, ann, uid, 1, "Delivered")
    saved = saved_cases.load(store, ann, uid)
    saved_cases.save(store, ann, uid, replace(saved.case, title="Later"), saved.tag)
    page = editor.get(f"/cases/{uid}/publish")
    assert values(page)["version"] == "1"
    assert page.xpath("//select[@name='version']/option[@selected]/@value") == ["1"]
    assert values(editor.get(f"/cases/{uid}/publish?version=2"))["version"] == "2"


@pytest.mark.parametrize("version", ["0", "99", "x", "-1", "9" * 30])
def test_a_version_that_is_not_there_is_not_found(editor: Reader, uid: str, version: str) -> None:
    assert editor.client.get(f"/cases/{uid}/publish?version={version}").status_code == 404


def test_mistakes_stand_beside_their_fields_and_nothing_is_lost(editor: Reader, uid: str) -> None:
    typed = {
        "achieved.arpu": "$4m",
        "achieved.network": "a lot",
        "drivers.0.value": "many",
        "drivers.1.label": "Sites",
        "year": "20",
        "names": "Zephyr\r\nZT",
    }
    response = editor.send(editor.get(f"/cases/{uid}/publish"), FORM, "Preview", more=typed)
    assert response.status_code == 422
    page = tree(response)
    ids = page.xpath("//*[contains(@class, 'field-mistake')]/@id")
    wrong = {id.removesuffix("-mistake") for id in ids}
    places = {"achieved.arpu", "achieved.network", "drivers.0.value", "drivers.1.value", "year"}
    assert wrong == places
    kept = values(page)
    assert {name: kept[name].split() for name in typed} == {
        name: text.split() for name, text in typed.items()
    }


def test_a_driver_that_the_numbers_travel_by_cannot_be_left_out(editor: Reader, uid: str) -> None:
    typed = {"drivers.0.label": "", "drivers.0.value": "", "drivers.1.label": "Sites"}
    typed |= {"drivers.1.value": "12", "drivers.0.id": ""}
    response = editor.send(editor.get(f"/cases/{uid}/publish"), FORM, "Preview", more=typed)
    assert response.status_code == 422
    assert "There is no driver “subscribers”." in words(tree(response))


def test_a_case_with_mistakes_says_what_has_to_be_mended(
    editor: Reader, store: Database, ann: Actor
) -> None:
    case = library.straw_man("new-data-services").case
    wrong = replace(case.benefits[0], formula="subscribers * nothing")
    saved, _ = saved_cases.create(store, ann, replace(case, benefits=(wrong,)))
    page = editor.get(f"/cases/{saved.head.uid}/publish")
    assert "This version cannot be published yet" in words(page)
    assert not page.xpath("//button[text()='Preview']")


# --------------------------------------------------------------------------- what others read


def test_the_preview_shows_what_was_taken_out_and_keeps_nothing(
    editor: Reader, store: Database, ann: Actor, uid: str
) -> None:
    typed = {"achieved.arpu": "£12m"}
    page = tree(editor.send(editor.get(f"/cases/{uid}/publish"), FORM, "Preview", more=typed))
    shown = words(page.get_element_by_id("preview"))
    assert "A telecoms company anonymous" in shown
    assert "What the customer gains." in shown
    row = page.xpath("//table[contains(@class, 'results')]/tbody/tr")[0]
    assert [words(cell) for cell in row.findall("td")] == ["£15,000,048", "£12,000,000", "80%"]
    removed = [words(each) for each in page.xpath("//ul[contains(@class, 'changes')]//del")]
    assert CUSTOMER in removed
    assert own(store, ann) == []
    [document] = page.xpath("//form[@id='as-others']//textarea")
    assert "Zephyr" not in document.text
    others = editor.client.post("/calculate", data={"document": document.text})
    assert others.status_code == 200


def test_other_names_are_taken_out_too(editor: Reader, store: Database, uid: str) -> None:
    typed = {"names": "Higher revenue", "note": "Higher revenue in all regions"}
    page = tree(editor.send(editor.get(f"/cases/{uid}/publish"), FORM, "Preview", more=typed))
    assert "The customer in all regions" in words(page.get_element_by_id("preview"))


def test_with_a_permission_the_customer_is_named(editor: Reader, uid: str) -> None:
    typed = {"permission": "A. Jones, by mail of 3 March 2027"}
    reference = editor.get(published(editor, uid, **typed))
    assert CUSTOMER in words(reference)
    assert "A. Jones, by mail of 3 March 2027" in words(reference)


def test_what_was_changed_since_the_preview_is_shown_before_it_is_published(
    editor: Reader, store: Database, ann: Actor, uid: str
) -> None:
    seen = tree(editor.send(editor.get(f"/cases/{uid}/publish"), FORM, "Preview"))
    changed = editor.send(seen, FORM, "Publish it", sector="Energy")
    assert changed.status_code == 200
    assert "An energy company" in words(tree(changed))
    assert own(store, ann) == []


# --------------------------------------------------------------------------- publish


def test_a_published_case_has_a_page_with_planned_and_achieved(editor: Reader, uid: str) -> None:
    address = published(editor, uid, **{"achieved.arpu": "£12m"})
    page = editor.get(address)
    text = words(page)
    assert "Zephyr" not in page.text_content()
    assert "Planned and achieved" in text
    assert "£12,000,000" in text
    id = address.rsplit("/", 1)[1]
    assert page.xpath(f"//a[@href='/start?from={id}']")
    assert editor.client.get(f"{address}/explain/value").status_code == 200
    assert editor.client.get(f"{address}?scenario=conservative").status_code == 200
    assert editor.client.get(f"{address}/export.xlsx").status_code == 200


def test_publishing_twice_makes_one_reference(
    editor: Reader, store: Database, ann: Actor, uid: str
) -> None:
    seen = tree(editor.send(editor.get(f"/cases/{uid}/publish"), FORM, "Preview"))
    first, second = (editor.send(seen, FORM, "Publish it").location for _ in range(2))
    assert first == second
    assert len(own(store, ann)) == 1


def test_what_was_achieved_becomes_the_haircut_of_the_next_case(editor: Reader, uid: str) -> None:
    id = published(editor, uid, **{"achieved.arpu": "£12m"}).rsplit("/", 1)[1]
    form = editor.get(f"/start?from={id}")
    preview = editor.send(form, FORM, more={"drivers.subscribers.value": "250k"})
    [row] = tree(preview).xpath("//tr[@id='journey-arpu.realisation']")
    assert "£12,000,000 achieved ÷ £15,000,048 planned = 80%" in words(row)


def test_an_editor_takes_a_reference_out_again(
    editor: Reader, store: Database, ann: Actor, uid: str
) -> None:
    address = published(editor, uid)
    response = editor.send(editor.get(address), "case-end")
    assert response.status_code == 303
    assert editor.client.get(address).status_code == 404
    assert own(store, ann) == []


def test_a_straw_man_of_the_program_leads_to_its_own_page(editor: Reader) -> None:
    response = editor.client.get("/references/contact-centre")
    assert response.location == "/straw-men/contact-centre"
    assert editor.client.post("/references/contact-centre/take-out").status_code in (400, 404)


def test_hostile_texts_stay_texts_in_every_field(editor: Reader, uid: str) -> None:
    typed = dict.fromkeys(("sector", "region", "permission", "note", "drivers.0.label"), HOSTILE)
    address = published(editor, uid, **typed)
    for path in (address, "/straw-men"):
        page = editor.get(path)
        assert "alert(1)" in words(page)
        assert not page.xpath("//script[not(@src)]")
    names = values(editor.get(f"/cases/{uid}/publish"))
    all_of_them = {name: HOSTILE for name in names if name not in ("csrf_token", "version")}
    response = editor.send(editor.get(f"/cases/{uid}/publish"), FORM, "Preview", more=all_of_them)
    assert response.status_code == 422
    assert "<script>alert" not in response.text


# --------------------------------------------------------------------------- rights


def test_a_viewer_reads_references_and_may_not_publish_nor_take_out(
    site: Flask, store: Database, team: Team, editor: Reader, uid: str
) -> None:
    address = published(editor, uid)
    viewer = Reader(site, new_member(store, team, role=Role.VIEWER))
    assert viewer.client.get(f"/cases/{uid}/publish").status_code == 403
    page = viewer.get(address)
    assert not page.xpath("//form[contains(@class, 'case-end')]")
    token = page.xpath("//meta[@name='csrf-token']/@content")[0]
    data = {"csrf_token": token}
    assert viewer.client.post(f"{address}/take-out", data=data).status_code == 403
    assert viewer.client.post(f"/cases/{uid}/publish", data=data).status_code == 403


def test_another_team_finds_nothing(site: Flask, store: Database, editor: Reader, uid: str) -> None:
    address = published(editor, uid)
    outsider = Reader(site, new_member(store, new_team(store, "South"), role=Role.OWNER))
    nothing = outsider.client.get("/references/AAAAAAAAAAAAAAAA")
    assert nothing.status_code == 404
    for path in (address, f"{address}/explain/value", f"{address}/export.xlsx"):
        response = outsider.client.get(path)
        assert response.status_code == 404
        assert words(tree(response).xpath("//main")[0]) == words(tree(nothing).xpath("//main")[0])
    assert outsider.client.get(f"/cases/{uid}/publish").status_code == 404
    token = outsider.get("/straw-men").xpath("//meta[@name='csrf-token']/@content")[0]
    data = {"csrf_token": token}
    assert outsider.client.post(f"{address}/take-out", data=data).status_code == 404


def test_a_stranger_finds_nothing_and_is_sent_to_sign_in_for_a_case(
    site: Flask, editor: Reader, uid: str
) -> None:
    address = published(editor, uid)
    stranger = Reader(site)
    assert stranger.client.get(address).status_code == 404
    assert stranger.client.get(f"/cases/{uid}/publish").status_code == 303
