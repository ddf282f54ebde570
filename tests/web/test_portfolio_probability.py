"""The chance of winning a case: typed beside its numbers, and never seen by a customer."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Iterator

import lxml.html
import pytest
from flask import Flask

from tests.documents.test_office import with_libreoffice
from tests.web.cases import MARKUP, minimal
from tests.web.visitors import Cast, Visitor, cast
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import Wish
from valuecalc.services import exchange, proposals, references, saved_cases, shared, shares
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.system_packages import POPPLER

CHANCE = 0.4173
TRACES = ("41.73", "0.4173", "4173", "chance of winning", "chance of coming about", "probability")
"""What would give the chance away; the last ones are its names."""


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture
def kept(store: Database, people: Cast) -> Saved:
    [users] = minimal()["assumptions"]
    ranged = {"assumptions": [users | {"low": 80, "high": 130}], "probability": CHANCE}
    case = load_case(minimal() | ranged)
    return saved_cases.create(store, people.editor.actor, case)[0]


def chance_of(store: Database, people: Cast, kept: Saved) -> float | None:
    return saved_cases.load(store, people.editor.actor, kept.head.uid).case.probability


def numbers_page(kept: Saved) -> str:
    return f"/cases/{kept.head.uid}/numbers"


def typed(by: Visitor, kept: Saved, text: str, **more: str) -> object:
    form = {"version": str(kept.version.number), "probability": text, **more}
    return by.send(numbers_page(kept), form)


# --------------------------------------------------------------------------- the field


def test_the_field_shows_the_chance(people: Cast, kept: Saved) -> None:
    [field] = people.editor.open(numbers_page(kept)).xpath('//input[@name="probability"]')
    assert field.value == "41.73%"


@pytest.mark.parametrize(("text", "chance"), [("60%", 0.6), ("0%", 0), ("100 %", 1), ("", None)])
def test_it_is_saved_as_a_version(
    people: Cast, store: Database, kept: Saved, text: str, chance: float | None
) -> None:
    assert typed(people.editor, kept, text).status_code == 303  # type: ignore[attr-defined]
    assert chance_of(store, people, kept) == chance
    assert "chance of coming about" in people.editor.text(f"/cases/{kept.head.uid}/versions")


def test_sending_it_unchanged_changes_nothing(people: Cast, store: Database, kept: Saved) -> None:
    typed(people.editor, kept, "41.73%")
    assert saved_cases.load(store, people.editor.actor, kept.head.uid).version.number == 1


def test_a_form_without_the_field_leaves_it_alone(
    people: Cast, store: Database, kept: Saved
) -> None:
    people.editor.send(numbers_page(kept), {"version": "1", "users.value": "120"})
    assert chance_of(store, people, kept) == CHANCE


@pytest.mark.parametrize("text", ["40", "140%", "-5%", "maybe", "0,4", MARKUP])
def test_what_is_no_chance_is_refused_beside_the_field(
    people: Cast, store: Database, kept: Saved, text: str
) -> None:
    answer = people.editor.client.post(
        numbers_page(kept),
        data={"csrf_token": people.editor.token(), "version": "1", "probability": text},
    )
    assert answer.status_code == 422
    page = lxml.html.fromstring(answer.text)
    [field] = page.xpath('//input[@name="probability"]')
    assert field.get("aria-invalid") == "true"
    assert field.value == text
    assert page.xpath('//*[@id="wrong-probability"]')
    assert "1 number to mend" in page.text_content()
    assert MARKUP not in answer.text
    assert chance_of(store, people, kept) == CHANCE


def test_two_people_who_change_it_are_asked(people: Cast, store: Database, kept: Saved) -> None:
    typed(people.editor, kept, "50%")
    answer = typed(people.owner, kept, "30%")
    assert answer.status_code == 409  # type: ignore[attr-defined]
    typed(people.owner, kept, "30%", **{"choose:probability": "mine"})
    assert chance_of(store, people, kept) == 0.3


def test_a_viewer_cannot_change_it(people: Cast, store: Database, kept: Saved) -> None:
    assert typed(people.viewer, kept, "50%").status_code == 403  # type: ignore[attr-defined]
    assert chance_of(store, people, kept) == CHANCE


# --------------------------------------------------------------------------- customers


def traces_in(content: bytes) -> list[str]:
    """What of the chance stands in a page or a file, whatever it is packed in."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        content = printed(content)
    text = content.decode("utf-8", "replace").casefold()
    return [trace for trace in TRACES if trace in text]


def printed(pdf: bytes) -> bytes:
    """What is to be read in a PDF file, whose offsets and fonts hold any number by chance."""
    program = POPPLER.path()
    assert program is not None, "who has LibreOffice for the file has Poppler to read it"
    run = subprocess.run([program, "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout


def test_the_search_for_traces_finds_them(people: Cast, kept: Saved) -> None:
    assert "41.73" in traces_in(people.editor.client.get(numbers_page(kept)).data)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", f"<v>{CHANCE}</v>")
    assert "0.4173" in traces_in(packed.getvalue())


def shared_secret(store: Database, people: Cast, kept: Saved) -> str:
    wish = Wish(label="Company M", may_comment=True, may_change=("users",))
    return shares.create(store, people.editor.actor, kept.head.uid, wish).secret


def reached(visitor: Visitor, first: str) -> Iterator[tuple[str, bytes]]:
    """Every address below the first one that its pages lead to, with what is there."""
    waiting, seen = [first], {first}
    while waiting and len(seen) < 400:
        path = waiting.pop()
        answer = visitor.client.get(path)
        # Where nothing is left to draw, the page says so.
        assert answer.status_code in (200, 422), path
        yield path, answer.data
        if answer.mimetype != "text/html":
            continue
        for link in lxml.html.fromstring(answer.text).xpath("//a/@href"):
            address = link.partition("#")[0]
            if address.startswith(first) and address not in seen:
                seen.add(address)
                waiting.append(address)


def test_nothing_behind_the_link_of_a_customer_gives_it_away(
    people: Cast, store: Database, kept: Saved
) -> None:
    first = f"/s/{shared_secret(store, people, kept)}"
    found = dict(reached(people.stranger, first))
    assert len(found) > 10
    assert {path.rsplit("/", 1)[1] for path in found} >= {"xlsx", "docx"}
    names = ("probability",)
    # The word itself may stand in explanations of what is drawn; the number and its name may not.
    given_away = {
        path: [trace for trace in traces_in(content) if trace not in names]
        for path, content in found.items()
    }
    assert {path: traces for path, traces in given_away.items() if traces} == {}


@with_libreoffice
def test_nor_does_a_file_to_be_printed(people: Cast, store: Database, kept: Saved) -> None:
    answer = people.stranger.client.get(f"/s/{shared_secret(store, people, kept)}/download/pdf")
    assert answer.data.startswith(b"%PDF"), answer.status_code
    assert [trace for trace in traces_in(answer.data) if trace != "probability"] == []


def test_nor_does_what_a_customer_sends_in(people: Cast, store: Database, kept: Saved) -> None:
    secret = shared_secret(store, people, kept)
    page = people.stranger.client.get(f"/s/{secret}")
    token = lxml.html.fromstring(page.text).xpath('//input[@name="csrf_token"]/@value')
    form = {"value-users": "120", "name": "Bo Fox", "csrf_token": token[0] if token else ""}
    answer = people.stranger.client.post(f"/s/{secret}/numbers", data=form)
    assert answer.status_code == 200, answer.text
    assert traces_in(answer.data) == []


def test_a_decided_proposal_keeps_the_chance(people: Cast, store: Database, kept: Saved) -> None:
    visit = shared.open_link(store, shared_secret(store, people, kept))
    wish = proposals.read(visit, {"users": "120"}, {"users": "Billing"})
    sent = proposals.send(store, visit, wish, "Bo Fox", "", "192.0.2.7")
    answer = people.editor.send(
        f"/cases/{kept.head.uid}/proposals/{sent.uid}",
        {"decide-users": "accept", "tag": kept.tag},
    )
    assert answer.status_code == 303
    assert chance_of(store, people, kept) == CHANCE


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_files_of_the_team_hold_nothing_of_it(people: Cast, kept: Saved, kind: str) -> None:
    answer = people.viewer.client.get(f"/cases/{kept.head.uid}/export.{kind}")
    assert answer.status_code == 200
    assert traces_in(answer.data) == []


def test_an_export_as_a_value_model_holds_nothing_of_it(kept: Saved) -> None:
    exported = exchange.export(kept.case, "value-models")
    assert traces_in(exported.content) == []
    assert json.loads(exported.content)
    read = exchange.read_value_model(json.loads(exported.content))
    assert "probability" not in read["case"]
    assert read["notes"] == []


def test_a_published_reference_holds_nothing_of_it(
    people: Cast, store: Database, kept: Saved
) -> None:
    wish = references.Wish(sector="Telecoms", region="GB", year=2026)
    made = references.publish(store, people.editor.actor, kept.head.uid, None, wish)
    opened = references.load(store, people.editor.actor, made.about.id)
    assert opened.case.probability is None
