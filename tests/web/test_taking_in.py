"""An edited workbook into a kept case, by its page: shown first, kept when it is asked for."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.documents import libreoffice
from tests.documents.test_gate import HOSTILE
from tests.web.readers import tree, words
from tests.web.visitors import Cast, Visitor, cast
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.web.api.v1 import EXAMPLE_CASE

SUBSCRIBERS, UPLIFT = "assumptions.subscribers.expected", "assumptions.uplift.expected"
FILE = "model v3.xlsx"


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture
def kept(people: Cast, store: Database) -> Saved:
    made, _ = saved_cases.create(store, people.editor.actor, load_case(EXAMPLE_CASE))
    return made


def place(kept: Saved) -> str:
    return f"/cases/{kept.head.uid}/workbook"


def edited(people: Cast, kept: Saved, numbers: Mapping[str, float | str]) -> bytes:
    """The workbook of a case as somebody sends it back, downloaded from the case's page."""
    content = people.editor.client.get(f"/cases/{kept.head.uid}/export.xlsx").data
    return libreoffice.with_inputs(content, numbers)


def uploaded(person: Visitor, kept: Saved, content: bytes, name: str = FILE) -> TestResponse:
    data = {"csrf_token": person.token(), "file": (io.BytesIO(content), name)}
    return person.client.post(place(kept), data=data)


def sent(people: Cast, kept: Saved, response: TestResponse, **fields: object) -> TestResponse:
    """Sends the form of a preview, to be kept unless `to` says otherwise."""
    [form] = tree(response).xpath("//main//form")
    to = str(fields.pop("to", f"{place(kept)}/take"))
    values: dict[str, object] = {}
    for name, value in form.form_values():
        values.setdefault(name, [])
        values[name].append(value)  # type: ignore[attr-defined]
    return people.editor.client.post(to, data={**values, **fields})


def newest(people: Cast, store: Database, kept: Saved) -> Saved:
    return saved_cases.load(store, people.editor.actor, kept.head.uid)


def with_subscribers(people: Cast, store: Database, kept: Saved, number: int) -> None:
    patch = {"assumptions": {"subscribers": {"value": f"{number:,}"}}}
    saved_cases.patch(store, people.editor.actor, kept.head.uid, kept.tag, patch)


def test_the_changes_are_shown_with_their_effect_and_kept_when_asked_for(
    people: Cast, store: Database, kept: Saved
) -> None:
    content = edited(people, kept, {SUBSCRIBERS: 110_000, UPLIFT: 4.5})
    response = uploaded(people.editor, kept, content)
    assert response.status_code == 200, response.text
    text = words(tree(response).xpath("//main")[0])
    assert f"What {FILE} changes" in text
    for part in ("104,167", "110,000", "£4.50", "exported from version 1", "Net present value"):
        assert part in text
    assert newest(people, store, kept).version.number == 1
    assert sent(people, kept, response).status_code == 303
    after = newest(people, store, kept)
    assert after.version.note == f"From {FILE}: 2 numbers taken."
    assert after.version.author == people.editor.actor.account.name
    subscribers = after.case.assumption("subscribers")
    assert subscribers is not None and subscribers.evidence is not None
    assert (subscribers.value, subscribers.evidence.source) == (
        110_000,
        f"Changed in the workbook {FILE}",
    )


def test_a_slip_is_asked_about_beside_its_number_and_begins_without_a_tick(
    people: Cast, store: Database, kept: Saved
) -> None:
    content = edited(people, kept, {SUBSCRIBERS: 104_167_000, UPLIFT: 4.5})
    response = uploaded(people.editor, kept, content)
    asked = [words(each) for each in tree(response).xpath("//*[@class='taken-doubt small']")]
    assert asked == ["⚠ It is about 1,000 times what was exported: is its unit right?"]
    assert tree(response).xpath("//input[@name='take'][@checked]/@value") == [UPLIFT]
    text = words(tree(response).xpath("//main")[0])
    assert "What looks like a slip (⚠) begins without a tick: tick it if it is meant." in text
    assert text.count("Left as it is until you tick it.") == 1
    assert sent(people, kept, response).status_code == 303
    after = newest(people, store, kept)
    assert [each.value for each in after.case.assumptions[:2]] == [104_167, 4.5]
    assert after.version.note == f"From {FILE}: 1 number taken, 1 left as it was."


def test_what_looks_like_a_slip_is_taken_when_it_is_ticked(
    people: Cast, store: Database, kept: Saved
) -> None:
    response = uploaded(people.editor, kept, edited(people, kept, {SUBSCRIBERS: 104_167_000}))
    again = sent(people, kept, response, take=[SUBSCRIBERS], to=place(kept))
    assert tree(again).xpath("//input[@name='take'][@checked]/@value") == [SUBSCRIBERS]
    assert "Left as it is until you tick it." not in words(tree(again).xpath("//main")[0])
    assert sent(people, kept, again).status_code == 303
    assert newest(people, store, kept).case.assumptions[0].value == 104_167_000


def test_a_page_of_numbers_without_doubts_says_nothing_of_slips(people: Cast, kept: Saved) -> None:
    response = uploaded(people.editor, kept, edited(people, kept, {UPLIFT: 4.5}))
    assert "looks like a slip" not in words(tree(response).xpath("//main")[0])


def test_what_is_not_ticked_stays_and_the_effect_can_be_seen_before(
    people: Cast, store: Database, kept: Saved
) -> None:
    content = edited(people, kept, {SUBSCRIBERS: 110_000, UPLIFT: 4.5})
    first = uploaded(people.editor, kept, content)
    again = sent(people, kept, first, take=[UPLIFT], to=place(kept))
    assert again.status_code == 200
    ticked = tree(again).xpath("//input[@name='take'][@checked]/@value")
    assert ticked == [UPLIFT]
    effect = words(tree(again).xpath("//section[@aria-labelledby='bridge-title']")[0])
    assert "Extra revenue per user" in effect and "Subscribers" not in effect
    sent(people, kept, again)
    after = newest(people, store, kept)
    assert after.version.note == f"From {FILE}: 1 number taken, 1 left as it was."
    assert [each.value for each in after.case.assumptions[:2]] == [104_167, 4.5]


@pytest.mark.parametrize(("side", "number"), [("file", 110_000), ("case", 120_000)])
def test_what_both_sides_have_changed_is_asked_for_and_nothing_is_lost(
    people: Cast, store: Database, kept: Saved, side: str, number: int
) -> None:
    content = edited(people, kept, {SUBSCRIBERS: 110_000, UPLIFT: 4.5})
    with_subscribers(people, store, kept, 120_000)
    response = uploaded(people.editor, kept, content)
    asked = sent(people, kept, response)
    assert asked.status_code == 409
    assert "1 number was changed in the case as well" in words(tree(asked))
    assert newest(people, store, kept).version.number == 2
    decided = sent(people, kept, asked, **{f"decide-{SUBSCRIBERS}": side})
    assert decided.status_code == 303
    after = newest(people, store, kept).case
    assert [each.value for each in after.assumptions[:2]] == [number, 4.5]


def test_a_version_saved_meanwhile_is_looked_at_before_anything_is_kept(
    people: Cast, store: Database, kept: Saved
) -> None:
    response = uploaded(people.editor, kept, edited(people, kept, {UPLIFT: 4.5}))
    with_subscribers(people, store, kept, 120_000)
    refused = sent(people, kept, response)
    assert refused.status_code == 409
    assert "has saved version 2 in the meantime" in words(tree(refused))
    assert sent(people, kept, refused).status_code == 303
    after = newest(people, store, kept)
    assert (after.version.number, after.case.assumptions[0].value) == (3, 120_000)


def test_a_workbook_of_another_case_is_refused_with_both_names(
    people: Cast, store: Database, kept: Saved
) -> None:
    other = load_case({**dump_case(kept.case), "title": "Case B", "customer": "Company B"})
    made, _ = saved_cases.create(store, people.editor.actor, other)
    response = uploaded(people.editor, made, edited(people, kept, {UPLIFT: 4.5}))
    text = words(tree(response).xpath("//main")[0])
    assert response.status_code == 422
    assert f"“{kept.case.title}”" in text and "“Case B” for Company B" in text


@pytest.mark.parametrize("kind", sorted(HOSTILE)[:3])
def test_a_file_that_could_do_harm_is_stopped_at_the_gate(
    people: Cast, kept: Saved, kind: str
) -> None:
    response = uploaded(people.editor, kept, HOSTILE[kind][0]())
    assert response.status_code == 422
    assert "This cannot be used yet" in words(tree(response))


@pytest.mark.parametrize("form", [{}, {"sent": "["}, {"sent": "[" * 9_000}, {"sent": "{}"}])
def test_a_form_without_what_it_needs_is_told_so(
    people: Cast, kept: Saved, form: dict[str, str]
) -> None:
    for path in (place(kept), f"{place(kept)}/take"):
        assert people.editor.send(path, form).status_code == 422


def test_numbers_that_no_case_can_have_are_told_on_the_preview(people: Cast, kept: Saved) -> None:
    first = uploaded(people.editor, kept, edited(people, kept, {UPLIFT: 1e30}))
    assert first.status_code == 200, "a slip, and so left as it is"
    response = sent(people, kept, first, take=[UPLIFT], to=place(kept))
    assert response.status_code == 422
    assert "The case cannot take these numbers" in words(tree(response))
    assert sent(people, kept, response).status_code == 422


def test_markup_in_the_name_of_a_file_is_shown_as_text(people: Cast, kept: Saved) -> None:
    content = edited(people, kept, {UPLIFT: 4.5})
    response = uploaded(people.editor, kept, content, "<script>alert(1)</script>.xlsx")
    assert response.status_code == 200
    assert "<script>alert(1)" not in response.text


def test_who_may_change_the_case_finds_the_way_on_its_pages(people: Cast, kept: Saved) -> None:
    for path in (f"/cases/{kept.head.uid}", f"/cases/{kept.head.uid}/edit"):
        assert people.editor.open(path).xpath(f"//a[@href='{place(kept)}']")
    assert not people.viewer.open(f"/cases/{kept.head.uid}").xpath(f"//a[@href='{place(kept)}']")
    people.viewer.open(place(kept), 403)
