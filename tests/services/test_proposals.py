"""Proposals: sent by customers for what they are asked, decided by the team, once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.team_members import new_member
from tests.web.cases import minimal
from valuecalc.case.case import Grade
from valuecalc.errors import (
    CaseError,
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    ValuecalcError,
)
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import Decisions, Numbers, Wish
from valuecalc.services import cases, deciding, proposals, saved_cases, shared, shares
from valuecalc.services.access import Actor, Role
from valuecalc.services.proposals import Review
from valuecalc.services.saved_cases import Saved
from valuecalc.services.shared import Visit
from valuecalc.store.database import Database
from valuecalc.store.tables import Team, now

HERE = "192.0.2.7"
ACCEPT_USERS = Decisions(accept=("users",))
DECLINE_USERS = Decisions(decline={"users": "Counted otherwise"})


def document(users: float = 100, **changed: Any) -> dict[str, Any]:
    """A case with a range around its users, and a share."""
    return minimal() | {
        "assumptions": [
            {
                "id": "users",
                "label": "Users",
                "value": users,
                "low": 80,
                "high": 120,
                "unit": "user",
                **changed,
            },
            {"id": "share", "label": "Share that is used", "value": "50%", "unit": "%"},
            {"id": "ours", "label": "Our effort", "value": 3, "unit": "1"},
        ],
        "benefits": [
            {
                "id": "time",
                "label": "Less time",
                "formula": "users * share * ours * 50 GBP/user/year",
                "category": "cost_reduction",
            }
        ],
    }


@pytest.fixture
def saved(store: Database, ann: Actor) -> Saved:
    return saved_cases.create(store, ann, load_case(document()))[0]


@pytest.fixture
def visit(store: Database, ann: Actor, saved: Saved) -> Visit:
    """A link that asks for the users and the share, and not for our effort."""
    wish = Wish(label="Company M", may_change=("users", "share"))
    made = shares.create(store, ann, saved.head.uid, wish)
    return shared.open_link(store, made.secret)


Send = Callable[..., str]


@pytest.fixture
def send(store: Database, visit: Visit) -> Send:
    """Sends numbers as they are typed, and gives the id of the proposal."""

    def sent(name: str = "Bo Fox", note: str = "", **values: str) -> str:
        numbers = proposals.read(visit, values, {"users": "Billing, October"})
        return proposals.send(store, visit, numbers, name, note, HERE).uid

    return sent


def save_again(store: Database, actor: Actor, saved: Saved, content: dict[str, Any]) -> Saved:
    newest = saved_cases.load(store, actor, saved.head.uid)
    return saved_cases.save(store, actor, saved.head.uid, load_case(content), newest.tag)


def look(store: Database, actor: Actor, uid: str) -> Review:
    return proposals.review(store, actor, uid)


# --------------------------------------------------------------------------- the customer's side


def test_numbers_are_read_as_people_write_them(visit: Visit) -> None:
    numbers = proposals.read(visit, {"users": "1.2k", "share": "12"}, {"users": " Billing "})
    assert numbers.values == {"users": 1200, "share": 0.12}
    assert numbers.sources == {"users": "Billing"}


def test_every_mistake_is_told_with_its_field(visit: Visit) -> None:
    with pytest.raises(CaseError) as refused:
        proposals.read(visit, {"users": "lots", "share": "£3"}, {"users": "x" * 201})
    places = {each.place for each in refused.value.problems}
    assert places == {"values.users", "values.share", "sources.users"}


@pytest.mark.parametrize("id", ["ours", "nobody", "title", "\0"])
def test_nothing_can_be_proposed_that_the_link_does_not_ask_for(visit: Visit, id: str) -> None:
    with pytest.raises(CaseError, match="does not ask for"):
        proposals.read(visit, {id: "5"}, {})


def test_made_up_numbers_are_refused_when_they_are_sent(store: Database, visit: Visit) -> None:
    with pytest.raises(Forbidden):
        proposals.send(store, visit, Numbers({"ours": 5.0}, {}), "Bo", "", HERE)
    assert not proposals.of_visit(store, visit)


def test_what_a_link_no_longer_asks_for_is_refused(
    store: Database, ann: Actor, visit: Visit, send: Send
) -> None:
    shares.change(store, ann, visit.share.uid, {"may_change": ()})
    with pytest.raises(Forbidden):
        send(users="5")


def test_the_effect_is_that_of_the_numbers_and_nothing_is_kept(
    store: Database, ann: Actor, visit: Visit
) -> None:
    numbers = proposals.read(visit, {"users": "200"}, {})
    ours = cases.calculate(visit.case)
    theirs = cases.calculate(proposals.with_numbers(visit, numbers))
    moved = {each.ours.name: each for each in proposals.effect(ours, theirs)}
    # 200 users, half of 3 × £50 a year each, over three years, less the licence
    assert moved["value"].theirs.value == pytest.approx(200 * 75 * 3 - 9_000)
    assert moved["benefits.time.total"].change == "+£22,500"
    assert "investments.licence.total" not in moved
    assert not proposals.of_visit(store, visit)
    assert saved_cases.load(store, ann, visit.head.uid).version.number == 1


def test_a_preview_is_what_acceptance_would_give(
    store: Database, ann: Actor, visit: Visit, send: Send
) -> None:
    preview = proposals.with_numbers(visit, proposals.read(visit, {"users": "200"}, {}))
    uid = send(users="200")
    tag = look(store, ann, uid).newest.tag
    after = deciding.decide(store, ann, uid, ACCEPT_USERS, tag).saved.case
    for scenario in ("conservative", "expected", "stretch"):
        expected = cases.calculate(preview, scenario)
        assert cases.calculate(after, scenario).value("value") == expected.value("value")


def test_the_same_numbers_sent_twice_are_one_proposal(
    store: Database, visit: Visit, send: Send
) -> None:
    assert send(users="200") == send(users="200")
    assert send(users="201") != send(users="200")
    assert len(proposals.of_visit(store, visit)) == 2


def test_nothing_entered_is_nothing_to_send(send: Send) -> None:
    with pytest.raises(CaseError, match="nothing to send"):
        send(users="")


@pytest.mark.parametrize("name", ["", "x" * 1_000_000, "B\0", "B\u202eo", "two\nlines"])
def test_a_name_that_cannot_be_kept_is_refused(send: Send, name: str) -> None:
    with pytest.raises(CaseError) as refused:
        send(name=name, users="200")
    assert [each.place for each in refused.value.problems] == ["name"]


def test_the_proposals_of_a_link_are_limited(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "MOST_PROPOSALS", 1)
    send(users="200")
    with pytest.raises(Conflict, match="too many"):
        send(users="201")


def test_a_dead_link_takes_no_numbers(
    store: Database, ann: Actor, saved: Saved, visit: Visit, send: Send
) -> None:
    saved_cases.delete(store, ann, saved.head.uid)
    with pytest.raises(NotFound):
        send(users="200")


# --------------------------------------------------------------------------- the team's view


def test_a_proposal_stands_beside_ours_and_beside_the_newest_version(
    store: Database, ann: Actor, saved: Saved, send: Send
) -> None:
    uid = send(users="150", share="60%")
    save_again(store, ann, saved, document(users=110))
    users, share = look(store, ann, uid).rows
    assert (users.value.ours, users.value.theirs, users.newest) == (100, 150, 110)
    assert (users.has_moved, share.has_moved) == (True, False)
    # each alone, in the newest version: 40 users, or a tenth, of 3 × £50 a year for 3 years
    assert users.effect == pytest.approx(40 * 0.5 * 150 * 3)
    assert share.effect == pytest.approx(110 * 0.1 * 150 * 3)
    assert users.widened == "The range, 80 to 120 so far, becomes 80 to 150."
    assert share.widened == ""


def test_a_reader_sees_proposals_and_may_not_decide(
    store: Database, ann: Actor, team: Team, outsider: Actor, send: Send
) -> None:
    uid = send(users="150")
    viewer = new_member(store, team, role=Role.VIEWER)
    tag = look(store, viewer, uid).newest.tag
    with pytest.raises(Forbidden):
        deciding.decide(store, viewer, uid, ACCEPT_USERS, tag)
    with pytest.raises(NotFound):
        look(store, outsider, uid)
    with pytest.raises(NotFound):
        proposals.review(store, ann, uid, case_uid="another")
    with pytest.raises(NotFound):
        look(store, ann, "\0")


# --------------------------------------------------------------------------- accepting


def test_an_accepted_number_is_the_customers_in_one_new_version(
    store: Database, ann: Actor, saved: Saved, send: Send
) -> None:
    uid = send(users="150", share="60%")
    decided = deciding.decide(
        store, ann, uid, Decisions(accept=("users", "share")), saved.tag
    ).saved
    assert decided.version.number == 2
    assert decided.version.on_behalf_of == "Bo Fox, Company M"
    assert decided.version.author == "Ann Lee"
    users = decided.case.assumption("users")
    assert users is not None
    assert (users.value, users.low, users.high) == (150, 80, 150)
    evidence = users.evidence
    assert evidence is not None
    today = now()
    assert (evidence.grade, evidence.source, evidence.owner, evidence.date) == (
        Grade.B,
        "Company M: Billing, October",
        "Bo Fox",
        today.date(),
    )
    assert evidence.note == (
        f"Proposed on {today:%-d %B %Y} in place of 100\u00a0users. "
        "The range, 80 to 120 so far, becomes 80 to 150."
    )
    places = {each["place"] for each in decided.version.changes}
    assert {"assumptions.users.value", "assumptions.share.value"} <= places
    kept = saved_cases.load(store, ann, saved.head.uid)
    assert kept.version.number == 2
    assert {row.value.decided_in for row in look(store, ann, uid).rows} == {2}


def test_a_declined_number_keeps_its_reason_and_changes_nothing(
    store: Database, ann: Actor, saved: Saved, visit: Visit, send: Send
) -> None:
    uid = send(users="150", share="60%")
    deciding.decide(store, ann, uid, DECLINE_USERS, saved.tag)
    assert saved_cases.load(store, ann, saved.head.uid).version.number == 1
    [received] = proposals.of_visit(store, visit)
    users, share = received.values
    assert (users.state, users.reason, users.decided_by) == (
        "declined",
        "Counted otherwise",
        "Ann Lee",
    )
    assert share.state == "open"
    assert received.open_count == 1


def test_an_unchanged_number_is_confirmed_with_the_customers_evidence(
    store: Database, ann: Actor, saved: Saved, send: Send
) -> None:
    after = deciding.decide(store, ann, send(users="100"), ACCEPT_USERS, saved.tag).saved
    users = after.case.assumption("users")
    assert users is not None
    assert users.value == 100
    assert users.evidence is not None
    assert users.evidence.grade is Grade.B


def test_a_decision_names_the_version_that_it_was_made_for(
    store: Database, ann: Actor, bob: Actor, saved: Saved, send: Send
) -> None:
    uid = send(share="60%")
    accept = Decisions(accept=("share",))
    with pytest.raises(PreconditionRequired):
        deciding.decide(store, ann, uid, accept, None)
    save_again(store, bob, saved, document() | {"title": "Another title"})
    with pytest.raises(PreconditionFailed, match="Bob Ray"):
        deciding.decide(store, ann, uid, accept, saved.tag)
    assert look(store, ann, uid).open_count == 1


def test_a_number_that_was_changed_since_is_replaced_only_on_purpose(
    store: Database, ann: Actor, saved: Saved, send: Send
) -> None:
    uid = send(users="150")
    newest = save_again(store, ann, saved, document(users=110))
    with pytest.raises(Conflict, match="was 100\xa0users when it was shared and is 110"):
        deciding.decide(store, ann, uid, ACCEPT_USERS, newest.tag)
    replace = Decisions(accept=("users",), replace=("users",))
    after = deciding.decide(store, ann, uid, replace, newest.tag).saved
    users = after.case.assumption("users")
    assert users is not None
    assert users.value == 150


@pytest.mark.parametrize("gone", [True, False])
def test_what_is_gone_or_counted_otherwise_cannot_be_accepted(
    store: Database, ann: Actor, saved: Saved, send: Send, gone: bool
) -> None:
    uid = send(users="150")
    content = minimal()
    content["assumptions"][0] |= {"id": "people"} if gone else {"unit": "1"}
    content["benefits"][0]["formula"] = "100 * 50 GBP/year"
    newest = save_again(store, ann, saved, content)
    forced = Decisions(accept=("users",), replace=("users",))
    with pytest.raises(Conflict, match="cannot be accepted"):
        deciding.decide(store, ann, uid, forced, newest.tag)
    assert deciding.decide(store, ann, uid, DECLINE_USERS, newest.tag)


@pytest.mark.parametrize("decisions", [ACCEPT_USERS, DECLINE_USERS])
def test_the_same_decision_made_twice_is_made_once(
    store: Database, ann: Actor, saved: Saved, send: Send, decisions: Decisions
) -> None:
    uid = send(users="150")
    first = deciding.decide(store, ann, uid, decisions, saved.tag)
    again = deciding.decide(store, ann, uid, decisions, saved.tag)
    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert again.saved.version.number == first.saved.version.number


def test_a_number_is_decided_once_and_the_other_is_told_by_whom(
    store: Database, ann: Actor, bob: Actor, saved: Saved, send: Send
) -> None:
    uid = send(users="150")
    deciding.decide(store, ann, uid, DECLINE_USERS, saved.tag)
    with pytest.raises(Conflict, match="Ann Lee has declined “Users” already"):
        deciding.decide(store, bob, uid, ACCEPT_USERS, saved.tag)


def test_two_who_decide_otherwise_at_once_make_one_decision(
    store: Database, ann: Actor, bob: Actor, saved: Saved, send: Send
) -> None:
    uid = send(users="150")
    barrier = threading.Barrier(2)
    refused: list[ValuecalcError] = []

    def decide(actor: Actor, decisions: Decisions) -> None:
        barrier.wait()
        try:
            deciding.decide(store, actor, uid, decisions, saved.tag)
        except (Conflict, PreconditionFailed) as error:
            refused.append(error)

    both = [
        threading.Thread(target=decide, args=(ann, ACCEPT_USERS)),
        threading.Thread(target=decide, args=(bob, DECLINE_USERS)),
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(refused) == 1
    [row] = look(store, ann, uid).rows
    is_accepted = row.value.state == "accepted"
    assert saved_cases.load(store, ann, saved.head.uid).version.number == 1 + is_accepted


@pytest.mark.parametrize(
    ("decisions", "cause"),
    [
        (Decisions(), "Nothing is decided"),
        (Decisions(accept=("share",)), "No number was proposed"),
        (Decisions(decline={"nobody": ""}), "No number was proposed"),
        (Decisions(accept=("users",), decline={"users": ""}), "both accepted and declined"),
    ],
)
def test_decisions_that_make_no_sense_are_refused(
    store: Database, ann: Actor, saved: Saved, send: Send, decisions: Decisions, cause: str
) -> None:
    with pytest.raises(CaseError, match=cause):
        deciding.decide(store, ann, send(users="150"), decisions, saved.tag)


def test_proposals_are_listed_in_slices(
    store: Database, ann: Actor, saved: Saved, send: Send
) -> None:
    sent = [send(users=str(number)) for number in (150, 151, 152)]
    first = proposals.of_case(store, ann, saved.head.uid, limit=2)
    rest = proposals.of_case(store, ann, saved.head.uid, limit=2, before=first.rows[-1].proposal.id)
    assert (first.has_more, rest.has_more) == (True, False)
    found = [each.proposal.uid for each in (*first.rows, *rest.rows)]
    assert found == sent[::-1]
