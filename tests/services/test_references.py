"""The library: straw-men for everybody and for a team, and cases that are made from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.builders import assumption, benefit, case, investment
from tests.services.test_saved_cases import at_once, kept
from tests.team_members import new_member
from valuecalc.case.case import Case, Reference
from valuecalc.case.journey import DriverValue, Target
from valuecalc.errors import CaseError, Forbidden, NotFound, Unauthenticated
from valuecalc.services import library, references
from valuecalc.services.access import STRANGER, Actor, Role
from valuecalc.services.references import Opened, Wish
from valuecalc.store.database import Database
from valuecalc.store.tables import Team

DELIVERED = case(
    assumption("users", 100, "user", grade="B"),
    benefit("gain", "users * 5 GBP/user/month"),
    investment("cost", "1000 GBP"),
)
DELIVERED = replace(
    DELIVERED, title="Service for Zyxware", customer="Zyxware plc", summary="Zyxware gains."
)
WISH = Wish(achieved={"gain": 9000.0}, sector="Software", region="GB", year=2026)
TARGET = Target(
    date=date(2026, 11, 22),
    customer="Company B",
    drivers={"subscribers": DriverValue(value=250_000)},
)


def published(store: Database, actor: Actor, made: Case = DELIVERED, **changed: Any) -> Opened:
    saved = kept(store, actor, made)
    return references.publish(store, actor, saved.head.uid, None, replace(WISH, **changed))


def ids(store: Database, actor: Actor, **filters: Any) -> list[str]:
    return [each.id for each in references.page(store, actor, **filters).rows]


# --------------------------------------------------------------------------- find


def test_everybody_sees_the_straw_men_of_the_program(store: Database, outsider: Actor) -> None:
    slugs = [each.slug for each in library.straw_men()]
    assert ids(store, STRANGER) == slugs
    assert ids(store, outsider) == slugs
    assert references.load(store, STRANGER, slugs[0]).case == library.straw_man(slugs[0]).case


def test_a_team_sees_its_own_straw_men_behind_them(
    store: Database, ann: Actor, outsider: Actor
) -> None:
    own = published(store, ann)
    assert ids(store, ann)[-1] == own.about.id
    assert own.about.id not in ids(store, outsider)
    assert references.load(store, ann, own.about.id).case == own.case
    for actor in (outsider, STRANGER):
        with pytest.raises(NotFound):
            references.load(store, actor, own.about.id)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_the_list_comes_in_slices_that_leave_nothing_out(
    store: Database, ann: Actor, limit: int
) -> None:
    own = [published(store, ann).about.id for _ in range(3)]
    found: list[str] = []
    after = None
    while True:
        slice = references.page(store, ann, limit, after)
        found += [each.id for each in slice.rows]
        assert len(found) < 100, "the list never ends"
        if not slice.has_more:
            break
        after = references.cursor_after(slice, after)
    assert found == [*(each.slug for each in library.straw_men()), *own[::-1]]


def test_filters_hold_for_straw_men_of_both_kinds(store: Database, ann: Actor) -> None:
    own = published(store, ann, sector="Telecommunications", year=2026).about.id
    assert set(ids(store, ann, sector="telecommunications")) == {"new-data-services", own}
    assert own in ids(store, ann, region="gb", year=2026)
    assert own not in ids(store, ann, year=2025)
    assert ids(store, ann, words="zyxware") == []
    assert ids(store, ann, words="TELECOMM data") == ["new-data-services"]


# --------------------------------------------------------------------------- publish


def test_a_published_case_names_nobody(store: Database, ann: Actor) -> None:
    own = published(store, ann)
    assert "zyxware" not in str(references.load(store, ann, own.about.id).case).lower()
    assert "zyxware" not in own.about.title.lower()


def test_with_a_recorded_permission_the_customer_is_named(store: Database, ann: Actor) -> None:
    own = published(store, ann, permission="Mail of A. Jones, 3 March 2026")
    assert own.case.reference is not None
    assert own.case.reference.customer == "Zyxware plc"


def test_achieved_values_are_kept_beside_the_planned_ones(store: Database, ann: Actor) -> None:
    own = published(store, ann)
    assert own.case.reference is not None
    [gain] = [each for each in own.case.reference.results if each.line == "gain"]
    assert (gain.planned, gain.achieved) == (100 * 5 * 36, 9000)


def test_a_preview_keeps_nothing(store: Database, ann: Actor) -> None:
    before = ids(store, ann)
    saved = kept(store, ann, DELIVERED)
    shown = references.preview(store, ann, saved.head.uid, None, WISH)
    assert shown.case.reference is not None
    assert ids(store, ann) == before


def test_what_cannot_be_published_is_refused_with_its_place(store: Database, ann: Actor) -> None:
    with pytest.raises(CaseError) as caught:
        published(store, ann, achieved={"nothing": 1.0})
    assert caught.value.problems[0].place == "achieved.nothing"


def test_cases_of_one_title_that_are_published_at_once_are_all_kept(
    store: Database, ann: Actor
) -> None:
    saved = kept(store, ann, DELIVERED)
    outcomes = at_once([lambda: references.publish(store, ann, saved.head.uid, None, WISH)] * 5)
    made = [each for each in outcomes if isinstance(each, Opened)]
    assert len(made) == 5, outcomes
    assert len({each.about.slug for each in made}) == 5


def test_a_straw_man_is_taken_away_by_its_team_alone(
    store: Database, ann: Actor, outsider: Actor, team: Team
) -> None:
    own = published(store, ann).about.id
    viewer = new_member(store, team, role=Role.VIEWER)
    refused: list[tuple[Actor, type[Exception]]] = [
        (outsider, NotFound),
        (viewer, Forbidden),
        (STRANGER, Unauthenticated),
    ]
    for actor, error in refused:
        with pytest.raises(error):
            references.delete(store, actor, own)
    references.delete(store, ann, own)
    with pytest.raises(NotFound):
        references.load(store, ann, own)
    with pytest.raises(NotFound):
        references.delete(store, ann, "new-data-services")


@pytest.mark.parametrize("verb", [references.publish, references.preview])
def test_only_editors_publish(
    store: Database, ann: Actor, team: Team, outsider: Actor, verb: Callable[..., Opened]
) -> None:
    uid = kept(store, ann, DELIVERED).head.uid
    with pytest.raises(Forbidden):
        verb(store, new_member(store, team, role=Role.COMMENTER), uid, None, WISH)
    with pytest.raises(NotFound):
        verb(store, outsider, uid, None, WISH)


# --------------------------------------------------------------------------- extrapolate


def test_a_stranger_may_extrapolate_from_the_program(store: Database) -> None:
    made = references.extrapolate(store, STRANGER, ["new-data-services"], TARGET)
    assert made.case.customer == "Company B"
    assert made.case.origin is not None
    assert [each.slug for each in made.case.origin.references] == ["new-data-services"]


def test_a_case_starts_from_a_straw_man_and_is_kept_in_one_call(
    store: Database, ann: Actor, team: Team
) -> None:
    made, saved, is_replay = references.start_case(
        store, ann, ["new-data-services"], TARGET, team_uid=team.uid, key="k", asked="x"
    )
    assert not is_replay
    assert saved.case == made.case
    assert saved.head.sector == "Telecommunications"
    _, again, is_replay = references.start_case(
        store, ann, ["new-data-services"], TARGET, team_uid=team.uid, key="k", asked="x"
    )
    assert is_replay
    assert again.head.uid == saved.head.uid


def test_the_straw_man_of_a_team_says_where_it_is_kept(store: Database, ann: Actor) -> None:
    drivers = replace(
        DELIVERED,
        reference=Reference(sector="Software", region="GB", year=2026),
    )
    own = published(store, ann, drivers)
    made = references.extrapolate(store, ann, [own.about.id], Target(date=date(2026, 11, 22)))
    assert made.case.origin is not None
    [kept_as] = made.case.origin.references
    assert (kept_as.uid, kept_as.slug) == (own.about.id, "")


def test_strangers_and_viewers_keep_nothing(store: Database, team: Team) -> None:
    viewer = new_member(store, team, role=Role.VIEWER)
    with pytest.raises(Unauthenticated):
        references.start_case(store, STRANGER, ["new-data-services"], TARGET)
    with pytest.raises(Forbidden):
        references.start_case(store, viewer, ["new-data-services"], TARGET)
