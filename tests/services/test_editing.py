"""The verbs of the editor: what is typed is worked out, and kept as far as it can be."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.large_case import large_document
from tests.team_members import new_member
from tests.web.cases import minimal
from valuecalc.errors import CaseError, Forbidden, NotFound, PreconditionFailed
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.keyed import keyed, unkeyed
from valuecalc.schemas.written import written
from valuecalc.services import cases, editing, merging, saved_cases, versions
from valuecalc.services.access import Actor, Role
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.store.tables import Team


@pytest.fixture
def kept(store: Database, ann: Actor) -> Saved:
    return saved_cases.create(store, ann, load_case(minimal()))[0]


def typed(saved: Saved, **changes: Any) -> dict[str, Any]:
    """The document of the editor, with what somebody has typed: `users__value="120"`."""
    view = keyed(copy.deepcopy(dict(editing.written_document(saved))))
    for place, text in changes.items():
        section, _, rest = place.partition("__")
        view.setdefault(section, {})
        if not rest:
            view[section] = text
            continue
        id, field = rest.split("__")
        view[section].setdefault(id, {})[field] = text
    return unkeyed(view)


def users(saved: Saved) -> float:
    return saved.case.assumptions[0].value


# --------------------------------------------------------------------------- saving


def test_what_is_typed_is_kept_as_a_version(store: Database, ann: Actor, kept: Saved) -> None:
    document = typed(kept, assumptions__users__value="1,250")
    found = editing.save(store, ann, kept.head.uid, 1, document, "More users")
    assert users(found.saved) == 1250
    assert found.saved.version.number == 2
    assert found.saved.version.note == "More users"
    assert (found.left, found.merged_with) == ((), "")


def test_a_save_that_changes_nothing_makes_no_version(
    store: Database, ann: Actor, kept: Saved
) -> None:
    document = typed(kept, assumptions__users__value=" 100 ", customer="Company M ")
    found = editing.save(store, ann, kept.head.uid, 1, document, "A note")
    assert found.saved.version.number == 1
    assert len(versions.page(store, ann, kept.head.uid).rows) == 1


def test_what_cannot_be_read_is_left_and_said(store: Database, ann: Actor, kept: Saved) -> None:
    document = typed(
        kept, assumptions__users__value="lots", title="Another title", people__x__role="?"
    )
    found = editing.save(store, ann, kept.head.uid, 1, document)
    assert users(found.saved) == 100
    assert found.saved.case.title == "Another title"
    assert [each.place for each in found.left] == ["assumptions.users.value", "people.x.name"]


def test_a_case_with_a_wrong_formula_is_kept_as_a_draft(
    store: Database, ann: Actor, kept: Saved
) -> None:
    document = typed(kept, benefits__time__formula="users * nothing")
    found = editing.save(store, ann, kept.head.uid, 1, document)
    assert found.left == ()
    assert found.saved.case.benefits[0].formula == "users * nothing"
    assert found.saved.head.value is None
    assert any(each.is_error for each in found.saved.problems)


def test_two_people_may_change_different_fields(
    store: Database, ann: Actor, bob: Actor, kept: Saved
) -> None:
    uid = kept.head.uid
    editing.save(store, bob, uid, 1, typed(kept, assumptions__users__label="Staff"))
    found = editing.save(store, ann, uid, 1, typed(kept, assumptions__users__value="7"))
    assert found.saved.version.number == 3
    assert found.merged_with == "Bob Ray"
    assert (found.saved.case.assumptions[0].label, users(found.saved)) == ("Staff", 7)


def test_two_people_who_change_the_same_field_have_to_choose(
    store: Database, ann: Actor, bob: Actor, kept: Saved
) -> None:
    uid, place = kept.head.uid, "assumptions.users.value"
    editing.save(store, bob, uid, 1, typed(kept, assumptions__users__value="500"))
    mine = typed(kept, assumptions__users__value="7")
    with pytest.raises(merging.Collision) as error:
        editing.save(store, ann, uid, 1, mine)
    [conflict] = error.value.conflicts
    assert conflict.place == place
    assert (conflict.base_text, conflict.ours_text, conflict.theirs_text) == (
        "100\u00a0users",
        "500\u00a0users",
        "7\u00a0users",
    )
    assert users(saved_cases.load(store, ann, uid)) == 500
    assert users(editing.save(store, ann, uid, 1, mine, theirs=[place]).saved) == 500
    assert users(editing.save(store, ann, uid, 1, mine, mine=[place]).saved) == 7


def test_a_number_and_its_unit_are_one_question_and_come_from_one_side(
    store: Database, ann: Actor, bob: Actor, kept: Saved
) -> None:
    uid = kept.head.uid
    theirs = typed(kept, assumptions__users__value="9", assumptions__users__unit="team")
    editing.save(store, bob, uid, 1, theirs)
    mine = typed(kept, assumptions__users__value="7", benefits__time__formula="8 GBP/month")
    with pytest.raises(merging.Collision) as error:
        editing.save(store, ann, uid, 1, mine)
    [question] = error.value.conflicts
    assert (question.label, question.field) == ("Users", "unit and expected value")
    assert (question.base_text, question.ours_text, question.theirs_text) == (
        "100\u00a0users",
        "9\u00a0teams",
        "7\u00a0users",
    )
    assert "1 place was changed" in error.value.cause
    unit, value = question.place.split("+")
    with pytest.raises(merging.Collision):
        editing.save(store, ann, uid, 1, mine, mine=[value], theirs=[unit])
    saved = editing.save(store, ann, uid, 1, mine, theirs=[question.place]).saved
    assert (users(saved), saved.case.assumptions[0].unit) == (9, "team")
    saved = editing.save(store, ann, uid, 1, mine, mine=[question.place]).saved
    assert (users(saved), saved.case.assumptions[0].unit) == (7, "user")


def test_a_row_that_somebody_else_deleted_does_not_come_back_by_itself(
    store: Database, ann: Actor, bob: Actor, kept: Saved
) -> None:
    uid = kept.head.uid
    editing.save(store, bob, uid, 1, typed(kept, investments=[]))
    found = editing.save(store, ann, uid, 1, typed(kept, title="T"))
    assert found.saved.case.investments == ()


def test_somebody_who_saves_at_the_same_moment_is_merged_with(
    store: Database, ann: Actor, bob: Actor, kept: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid, save = kept.head.uid, merging.save
    waiting = [typed(kept, title="By Bob")]

    def late(*arguments: Any) -> Saved:
        if waiting:
            save(store, bob, uid, 1, waiting.pop())
            raise PreconditionFailed("Bob was first.", "Again.")
        return save(*arguments)

    monkeypatch.setattr(merging, "save", late)
    found = editing.save(store, ann, uid, 1, typed(kept, assumptions__users__value="7"))
    assert (found.saved.case.title, users(found.saved)) == ("By Bob", 7)


def test_a_case_in_the_bin_takes_nothing(store: Database, ann: Actor, kept: Saved) -> None:
    saved_cases.delete(store, ann, kept.head.uid)
    with pytest.raises(NotFound):
        editing.save(store, ann, kept.head.uid, 1, typed(kept))
    with pytest.raises(NotFound):
        editing.newest(store, ann, kept.head.uid, 0)


def test_another_team_does_not_learn_that_there_is_such_a_case(
    store: Database, outsider: Actor, kept: Saved
) -> None:
    with pytest.raises(NotFound):
        editing.save(store, outsider, kept.head.uid, 1, typed(kept))
    with pytest.raises(NotFound):
        editing.newest(store, outsider, kept.head.uid, 0)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COMMENTER])
def test_who_may_only_read_may_not_save(
    store: Database, team: Team, kept: Saved, role: Role
) -> None:
    reader = new_member(store, team, role=role, name="Vic")
    with pytest.raises(Forbidden):
        editing.save(store, reader, kept.head.uid, 1, typed(kept, title="T"))
    with pytest.raises(Forbidden):
        editing.newest(store, reader, kept.head.uid, 0)
    assert saved_cases.load(store, reader, kept.head.uid).version.number == 1


def test_a_version_that_never_was_cannot_have_been_edited(
    store: Database, ann: Actor, kept: Saved
) -> None:
    with pytest.raises(NotFound):
        editing.save(store, ann, kept.head.uid, 7, typed(kept))


# --------------------------------------------------------------------------- what others did


def test_the_newest_version_is_told_only_to_those_who_have_an_older_one(
    store: Database, ann: Actor, bob: Actor, kept: Saved
) -> None:
    uid = kept.head.uid
    assert editing.newest(store, ann, uid, 1) is None
    editing.save(store, bob, uid, 1, typed(kept, title="By Bob"))
    found = editing.newest(store, ann, uid, 1)
    assert found is not None
    assert found.version.number == 2
    assert editing.written_document(found)["title"] == "By Bob"
    assert editing.newest(store, ann, uid, 2) is None


# --------------------------------------------------------------------------- working out


def worked_out(document: Any, scenario: str = "expected") -> editing.WorkedOut:
    return editing.worked_out(document, minimal(), scenario)


def test_a_document_without_mistakes_is_worked_out() -> None:
    found = worked_out(written(minimal()))
    assert found.result is not None
    assert found.result.value("value") == 6000
    assert found.problems == found.result.warnings
    assert found.problems


def test_the_same_comes_of_the_written_document_as_of_the_kept_one() -> None:
    document = dump_case(load_case(large_document()))
    found = editing.worked_out(written(document), document)
    assert found.result is not None
    expected = cases.calculate(load_case(document))
    assert {name: each.value for name, each in found.result.figures.items()} == {
        name: each.value for name, each in expected.figures.items()
    }


def test_a_number_that_cannot_be_read_and_a_wrong_formula_are_told_together() -> None:
    document = written(minimal())
    document["assumptions"] = [{**document["assumptions"][0], "value": "lots"}]
    document["investments"] = [{**document["investments"][0], "formula": "9000 GBP *"}]
    found = worked_out(document)
    assert (found.case, found.result) == (None, None)
    assert {each.place for each in found.problems} == {
        "assumptions.users.value",
        "investments.licence.formula",
    }
    assert found.sound.assumptions[0].value == 100


def test_oddities_are_told_beside_a_wrong_formula() -> None:
    document = written(minimal())
    document["investments"] = [{**document["investments"][0], "formula": "9000 GBP *"}]
    found = worked_out(document)
    assert found.case is not None
    assert found.result is None
    assert {each.is_error for each in found.problems} == {True, False}


def test_a_scenario_that_was_taken_away_gives_way_to_the_expected_one() -> None:
    found = worked_out(written(minimal()), "late")
    assert found.result is not None
    assert found.result.scenario == "expected"
    found = worked_out(written(minimal()), "stretch")
    assert found.result is not None
    assert found.result.scenario == "stretch"


@pytest.mark.parametrize("junk", [None, 5, [], {}, {"title": 5}])
def test_what_is_no_document_is_no_case(junk: Any) -> None:
    try:
        found = worked_out(junk)
    except CaseError:
        return
    assert found.result is None


def test_only_the_rows_that_were_touched_are_tidied() -> None:
    before = written(minimal())
    document = copy.deepcopy(before)
    document["assumptions"][0]["value"] = "1.2k"
    document["scenarios"] = [{"id": "s", "label": "S", "set": {"users": "1k"}}]
    tidy = worked_out(document).tidy(document, before)
    assert tidy["assumptions"][0]["value"] == "1,200"
    assert tidy["scenarios"][0]["set"] == {"users": "1,000"}
    assert not tidy.get("benefits")
