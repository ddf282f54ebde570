"""A team with everything that a team can have, for tests of who may reach it.

Everything is made by the services themselves. `Belongings.names` has the id, secret or tag of
each thing by the name under which the table of addresses (`tests.web.rights`) asks for it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from tests.team_members import new_member, new_team
from valuecalc.schemas.case import load_case
from valuecalc.schemas.portfolio import PortfolioAsked
from valuecalc.schemas.shares import Wish
from valuecalc.services import (
    accounts,
    archive,
    comments,
    exporting,
    identity,
    invitations,
    portfolio,
    proposals,
    references,
    saved_cases,
    shared,
    shares,
    tokens,
    workbook_jobs,
)
from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Team, Token, new_secret, now, sha256
from valuecalc.web.api.v1 import EXAMPLE_CASE

HERE = "192.0.2.7"
TOMORROW = timedelta(days=1)


@dataclass(frozen=True)
class Belongings:
    """What a team has; `names` are the ids of its things, `archive` is all of it as a file.

    `workbook` is that of its case, so far without anything that was changed in it.
    """

    team: Team
    owner: Actor
    names: Mapping[str, str]
    archive: bytes
    workbook: bytes


def belongings(store: Database, secret_key: str, name: str) -> Belongings:
    """A new team with an owner, a further member, cases and all that belongs to them."""
    team = new_team(store, name)
    owner = new_member(store, team, role=Role.OWNER, name=f"Olga of {name}")
    member = new_member(store, team, role=Role.VIEWER, name=f"Mia of {name}")
    of_cases = _cases(store, owner)
    names = {
        "team": team.uid,
        "member": member.account.uid,
        **of_cases,
        "job": portfolio.submit(store, member, PortfolioAsked(team=team.uid, draws=1_000)).uid,
        "workbook": _workbook_job(store, member, of_cases["case"]),
        **_people(store, owner, team),
    }
    key = accounts.reset_key(store, secret_key, member.account.email)
    file = io.BytesIO()
    archive.write_archive(store, owner, team.uid, file)
    workbook = exporting.export(store, saved_cases.load(store, owner, names["case"]), owner, "xlsx")
    return Belongings(team, owner, {**names, "reset_key": key}, file.getvalue(), workbook.content)


def _workbook_job(store: Database, member: Actor, case: str) -> str:
    saved = saved_cases.load(store, member, case)
    return workbook_jobs.submit(store, saved, member).uid


def _cases(store: Database, owner: Actor) -> dict[str, str]:
    first, _ = saved_cases.create(store, owner, load_case(EXAMPLE_CASE))
    uid = first.head.uid
    newest = saved_cases.save(
        store, owner, uid, load_case({**EXAMPLE_CASE, "title": "Data services"}), first.tag
    )
    binned, _ = saved_cases.create(store, owner, load_case(EXAMPLE_CASE))
    saved_cases.delete(store, owner, binned.head.uid)
    reference = references.publish(
        store, owner, uid, None, references.Wish(sector="Telecoms", region="GB", year=2026)
    )
    return {
        "case": uid,
        "tag": newest.tag,
        "binned": binned.head.uid,
        "comment": comments.add(store, owner, uid, "Is this before churn?").uid,
        "reference": reference.about.id,
        **_shared(store, owner, uid),
    }


def _shared(store: Database, owner: Actor, case: str) -> dict[str, str]:
    wish = Wish(label="Company A", may_comment=True, may_change=("subscribers", "uplift"))
    made = shares.create(store, owner, case, wish)
    visit = shared.open_link(store, made.secret)
    numbers = proposals.read(visit, {"subscribers": "120,000"}, {"subscribers": "Billing"})
    proposal = proposals.send(store, visit, numbers, "Bob Fox", "", HERE)
    return {"share": made.shared.share.uid, "secret": made.secret, "proposal": proposal.uid}


def _people(store: Database, owner: Actor, team: Team) -> dict[str, str]:
    sent, secret = invitations.invite(store, owner, team.uid, Role.VIEWER)
    made, _ = tokens.create(store, owner, "Nightly export", team.uid, Role.VIEWER, 90)
    return {
        "invitation": sent.invitation.uid,
        "invitation_secret": secret,
        "token": made.token.uid,
    }


def program_token(
    store: Database, actor: Actor, team: Team, role: Role = Role.OWNER, **columns: object
) -> str:
    """A token of somebody as it is sent; its use is not noted, which would be a change."""
    secret = new_secret()
    token = Token(
        user_id=actor.account.id,
        team_id=team.id,
        name="Test",
        role=role,
        secret_sha=sha256(secret),
        last_used_at=now() + TOMORROW,
        **columns,
    )
    with store.write() as session:
        session.add(token)
    return identity.token_text(token, secret)
