"""Every address of the service: what it takes to ask there, and a request that is taken.

`ROWS` is data: one row or more for each method of each rule that the application has. Texts in
it may name things of `tests.web.belongings` as `$case`; so may the parts of addresses, which
`PARTS` names.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import Template
from typing import Any

from tests.documents.embedding_documents import control, document, paragraph
from valuecalc.web.api import examples
from valuecalc.web.api.v1 import EXAMPLE_CASE


class Takes(StrEnum):
    """What somebody has to be, or to have, to be let in."""

    NOTHING = "nothing"
    LINK = "the secret of a link"
    ACCOUNT = "an account"
    OWNING = "owning some team"
    MEMBER = "being in the team"
    READ = "reading in the team"
    COMMENT = "commenting in the team"
    EDIT = "editing in the team"
    SHARE = "sharing in the team"
    PUBLISH = "publishing in the team"
    MANAGE = "managing the team"
    AUDIT = "reading the log of the team"
    MOVE = "moving the team"
    BEING_FIRST = "being there before there is any account"


ROLES = ("viewer", "commenter", "editor", "owner")

SMALLEST: Mapping[Takes, str] = {
    Takes.MEMBER: "viewer",
    Takes.READ: "viewer",
    Takes.COMMENT: "commenter",
    Takes.EDIT: "editor",
    Takes.SHARE: "editor",
    Takes.PUBLISH: "editor",
    Takes.MANAGE: "owner",
    Takes.AUDIT: "owner",
    Takes.MOVE: "owner",
}
"""The smallest role that is let in; written down again, so that a slip in the code shows."""

OF_PEOPLE_ALONE = "no token"

PARTS: Mapping[str, str] = {
    "uid": "$case",
    "case_id": "$case",
    "comment": "$comment",
    "comment_id": "$comment",
    "share": "$share",
    "share_id": "$share",
    "proposal": "$proposal",
    "proposal_id": "$proposal",
    "team": "$team",
    "team_id": "$team",
    "member": "$member",
    "invitation": "$invitation",
    "token": "$token",
    "job": "$job",
    "job_id": "$job",
    "id": "$reference",
    "reference_id": "$reference",
    "secret": "$secret",
    "number": "1",
    "figure": "npv",
    "kind": "xlsx",
    "slug": "new-data-services",
    "stem": "new-data-services",
    "version": "0",
    "name": "css/share.css",
}
"""The parts of addresses, by the names that they have in rules."""

OF_WORKBOOK = {"job": "$workbook"}
"""The job is one that writes a workbook."""

_PART = re.compile(r"<(?:[^:<>]*:)?([a-z_]+)>")


@dataclass(frozen=True)
class Row:
    """One request that is taken; `takes` says from whom.

    `by_token` says what a token has to be worth where that differs, and `stranger` how
    somebody without an account is answered where that differs, `other` somebody of another team.
    `answers` are the answers to those who are let in; None for any below 400. What `is_recorded`
    leaves a line in the audit log, though it changes nothing else.
    """

    method: str
    rule: str
    takes: Takes
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: Any = None
    is_archive: bool = False
    is_workbook: bool = False
    is_document: bool = False
    is_recorded: bool = False
    table: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[int, ...] | None = None
    by_token: Takes | str | None = None
    stranger: int | None = None
    other: int = 404

    @property
    def id(self) -> str:
        """How the row is called in a report."""
        more = [*self.parts.values(), *(f"{name}={each}" for name, each in self.query.items())]
        return " ".join([self.method, self.rule, *more])

    @property
    def is_api(self) -> bool:
        """Whether programs ask there."""
        return self.rule.startswith("/api/v1/")

    @property
    def changes(self) -> bool:
        """Whether something may be different afterwards."""
        return self.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def things(self) -> list[str]:
        """The names of the things that the address is made of, in their order."""
        parts = {**PARTS, **self.parts}
        texts = [parts[name] for name in _PART.findall(self.rule)]
        return [text[1:] for text in texts if text.startswith("$")]

    def address(self, names: Mapping[str, str]) -> str:
        """The path with the ids of these things."""
        parts = filled({**PARTS, **self.parts}, names)
        return _PART.sub(lambda part: str(parts[part[1]]), self.rule)


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """The same with the ids of things in the place of their names."""
    if isinstance(value, str):
        return Template(value).safe_substitute(names)
    if isinstance(value, Mapping):
        return {key: filled(each, names) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, names) for each in value]
    return value


# --------------------------------------------------------------------------- what is sent

AS_TEXT = {"document": examples.orjson.dumps(EXAMPLE_CASE).decode()}
MATCH = {"If-Match": '"$tag"'}
SOLVE = {"assumption": "subscribers", "figure": "benefits.arpu.year_1", "amount": "£5m"}
START = {
    "from": "new-data-services",
    "customer": "Company B",
    "currency": "GBP",
    "start": "2027-06",
    "drivers.subscribers.value": "250,000",
    "drivers.subscribers.owner": "A. Jones",
}
BLANK = {
    "title": "New case",
    "currency": "GBP",
    "timeline.start": "2027-01",
    "timeline.years": "3",
    "discounting.rate": "10%",
}
FROM_FILE = {**AS_TEXT, "title": "New case", "currency": "GBP", "key": "k" * 16}
_EDITS = {"base": EXAMPLE_CASE, "numbers": {"assumptions.subscribers.expected": 9_000}}
EDITED = {"sent": examples.orjson.dumps(_EDITS).decode(), "file_name": "model v3.xlsx"}
PUBLISH = {"sector": "Telecoms", "region": "GB", "year": "2026", "achieved.arpu": "£13m"}
NUMBERS = {"value-subscribers": "120,000", "source-subscribers": "Billing", "name": "Bo Fox"}
PERSON = {"name": "Bo Fox", "email": "bo@example.org", "password": "correct horse staple"}
DECIDE = {"decide-subscribers": "accept", "tag": "$tag"}

PILOT = {
    "assumption": "subscribers",
    "value": "120,000",
    "source": "Pilot",
    "date": "2026-03-31",
    "tag": "$tag",
}
NEW_LINE = {"document": EXAMPLE_CASE, "list": "benefits", "category": "revenue"}
RENAME = {"document": EXAMPLE_CASE, "list": "assumptions", "from": "subscribers", "to": "users"}
PLAN_TABLE = "Task\tDays\nSurvey\t5\n"
SLIP = {
    "document": {
        **EXAMPLE_CASE,
        "plan": {"tasks": [{"id": "survey", "label": "Survey", "days": 5}]},
    },
    "step": "survey",
    "days": "5",
}
INSIGHTS = ("certainty", "sensitivity", "alternatives", "point/<figure>")

QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "tornado": {"others": "yes"},
    "elasticities": {"figure": "value"},
    "two-way": {"first": "uplift", "second": "subscribers"},
    "break-even": {"assumption": "uplift", "wanted": "£1m"},
    "simulate": {"draws": "1000"},
    "information": {"draws": "1000", "seed": "7"},
    "alternatives": {},
    "bridge": {"from": "case", "to": "scenario:stretch"},
    "delays": {"days": "10"},
}
"""What programs ask about how sure a case is, with the query about a kept one."""
ANSWERS = {"two-way": (422,)}
"""One of the two has no range there, as only those learn who may read the case."""

PLAN = "Task,Days,After\nSurvey,5,\nBuild,20,Survey\n"

DOCUMENT = document(paragraph("NPV ", control("value.npv", "-")))
"""A Word document of somebody's own."""
OF_FORM = {"case": AS_TEXT["document"]}
CHAPTER = {"place": "end", "sections": "summary"}
DOCUMENT_SENT = {"document_sent": urlsafe_b64encode(DOCUMENT).decode(), "file_name": "offer.docx"}
CHAPTER_SENT = {**DOCUMENT_SENT, "place": "end", "section": "summary"}

V1 = "/api/v1"
CASE = "/cases/<uid>"
API_CASE = f"{V1}/cases/<uid:case_id>"
TEAM = "/teams/<uid:team>"
API_TEAM = f"{V1}{TEAM}"
LINK = "/s/<secret>"
OWN = "/references/<straw_man:id>"

_PUBLIC = (
    Row("GET", "/", Takes.NOTHING),
    Row("GET", "/help", Takes.NOTHING),
    Row("GET", "/healthz", Takes.NOTHING),
    Row("GET", "/readyz", Takes.NOTHING),
    Row("GET", "/metrics", Takes.NOTHING),
    Row("GET", "/api/docs", Takes.NOTHING),
    Row("GET", "/api/openapi.json", Takes.NOTHING),
    Row("GET", "/static/<version>/<path:name>", Takes.NOTHING),
    Row(
        "GET",
        "/static/<version>/joined/<page>/<path:name>",
        Takes.NOTHING,
        parts={"page": "editor"},
    ),
    Row("POST", "/theme", Takes.NOTHING, form={"theme": "dark"}),
    Row("GET", "/straw-men", Takes.NOTHING),
    Row("GET", "/straw-men/<slug>", Takes.NOTHING),
    Row("GET", "/straw-men/<slug>/explain/<figure>", Takes.NOTHING),
    Row("GET", "/straw-men/<slug>/export/<stem>.<kind>", Takes.NOTHING),
    *(Row("GET", f"/straw-men/<slug>/{page}", Takes.NOTHING) for page in INSIGHTS),
    Row("GET", "/calculate", Takes.NOTHING),
    Row("POST", "/calculate", Takes.NOTHING, form=AS_TEXT),
    Row("POST", "/calculate/explain/<figure>", Takes.NOTHING, form=AS_TEXT),
    Row("POST", "/calculate/export/<kind>", Takes.NOTHING, form=AS_TEXT),
    Row("GET", "/start", Takes.NOTHING, query={"from": "new-data-services"}),
    Row("POST", "/start", Takes.NOTHING, form=START),
    Row("POST", "/start/download", Takes.NOTHING, form=START),
    Row("GET", "/start", Takes.READ, query={"from": "$reference"}, stranger=404),
    Row("GET", "/sign-in", Takes.NOTHING),
    Row("POST", "/sign-in", Takes.NOTHING, form={"email": "a@b.c"}, answers=(303, 422)),
    Row("POST", "/sign-out", Takes.NOTHING, form={}),
    Row("GET", "/sign-in/provider", Takes.NOTHING),
    Row("GET", "/sign-in/provider/back", Takes.NOTHING),
    Row("GET", "/setup", Takes.BEING_FIRST, query={"key": "k"}),
    Row("POST", "/setup", Takes.BEING_FIRST, form={**PERSON, "team": "South", "key": "k"}),
)

_LINKS = (
    Row("GET", LINK, Takes.LINK),
    Row("GET", f"{LINK}/explain/<figure>", Takes.LINK),
    Row("POST", f"{LINK}/explain/<figure>", Takes.LINK, form=NUMBERS),
    Row("GET", f"{LINK}/download/<kind>", Takes.LINK),
    *(Row("GET", f"{LINK}/{page}", Takes.LINK) for page in INSIGHTS),
    Row("GET", f"{LINK}/numbers", Takes.LINK),
    Row("POST", f"{LINK}/numbers", Takes.LINK, form=NUMBERS),
    Row("GET", f"{LINK}/proposals", Takes.LINK),
    Row("POST", f"{LINK}/proposals", Takes.LINK, form=NUMBERS),
    Row("GET", f"{LINK}/approvals", Takes.LINK),
    Row("POST", f"{LINK}/approvals", Takes.LINK, form={"name": "Bo Fox"}, answers=(403, 409)),
    Row(
        "POST",
        f"{LINK}/approvals/<approval>/take-back",
        Takes.LINK,
        parts={"approval": "nothing"},
        form={"name": "Bo Fox"},
        answers=(403, 404),
    ),
    Row("GET", f"{LINK}/comments", Takes.LINK),
    Row("POST", f"{LINK}/comments", Takes.LINK, form={"name": "Bo Fox", "text": "Why?"}),
    Row("GET", f"{LINK}/code-word", Takes.LINK),
    Row("POST", f"{LINK}/code-word", Takes.LINK, form={"code_word": "x"}),
    Row("GET", "/invitations/<secret>", Takes.LINK, parts={"secret": "$invitation_secret"}),
    Row(
        "POST",
        "/invitations/<secret>",
        Takes.LINK,
        parts={"secret": "$invitation_secret"},
        form=PERSON,
        answers=(303, 422),
    ),
    Row(
        "GET",
        "/invitations/<secret>/provider",
        Takes.LINK,
        parts={"secret": "$invitation_secret"},
    ),
    Row("GET", "/reset", Takes.LINK, query={"key": "$reset_key"}),
    Row(
        "POST",
        "/reset",
        Takes.LINK,
        form={"key": "$reset_key", "password": "seven green lanterns"},
    ),
)

_OWN_PAGES = (
    Row("GET", "/home", Takes.NOTHING),
    Row("GET", "/account", Takes.ACCOUNT),
    Row("POST", "/account/name", Takes.ACCOUNT, form={"name": "Ann Fox"}),
    Row(
        "POST",
        "/account/password",
        Takes.ACCOUNT,
        form={"current": "x", "password": "seven green lanterns"},
        answers=(422,),
    ),
    Row("POST", "/account/sessions/end", Takes.ACCOUNT, form={}),
    Row(
        "POST",
        "/account/tokens",
        Takes.READ,
        form={"name": "Export", "team": "$team", "role": "viewer", "expires_in_days": "30"},
        other=422,
    ),
    Row("POST", "/account/tokens/<uid:token>/revoke", Takes.MANAGE, form={}),
    Row("GET", "/cases", Takes.ACCOUNT),
    Row("GET", "/cases", Takes.READ, query={"team": "$team"}),
    Row("GET", "/cases/bin", Takes.ACCOUNT),
    Row("GET", "/teams", Takes.ACCOUNT),
    Row("POST", "/teams", Takes.OWNING, form={"name": "South"}),
    Row("GET", "/start/blank", Takes.ACCOUNT),
    Row("POST", "/start/blank", Takes.EDIT, form={**BLANK, "team": "$team", "key": "k" * 16}),
    Row("GET", "/start/file", Takes.ACCOUNT),
    Row("POST", "/start/file", Takes.ACCOUNT, form={"text": AS_TEXT["document"]}),
    Row("POST", "/start/file/create", Takes.EDIT, form={**FROM_FILE, "team": "$team"}),
    Row(
        "POST",
        "/start/create",
        Takes.EDIT,
        form={**START, "team": "$team", "key": "k" * 16},
    ),
)

_CASE_PAGES = (
    Row("GET", CASE, Takes.READ),
    Row("GET", CASE, Takes.READ, query={"version": "1"}),
    Row("GET", f"{CASE}/explain/<figure>", Takes.READ),
    Row("GET", f"{CASE}/export.<kind>", Takes.READ),
    Row("GET", f"{CASE}/workbooks/<uid:job>", Takes.READ, parts=OF_WORKBOOK),
    Row("GET", f"{CASE}/workbooks/<uid:job>/file", Takes.READ, parts=OF_WORKBOOK, answers=(409,)),
    # Whoever started it may end it as well: here a member did whom nobody is asked as.
    Row("POST", f"{CASE}/workbooks/<uid:job>/cancel", Takes.MANAGE, parts=OF_WORKBOOK, form={}),
    *(Row("GET", f"{CASE}/{page}", Takes.READ) for page in INSIGHTS),
    Row("GET", f"{CASE}/certainty", Takes.READ, query={"version": "1"}),
    Row("POST", f"{CASE}/pilots", Takes.EDIT, form=PILOT),
    Row("GET", f"{CASE}/numbers", Takes.EDIT),
    Row("POST", f"{CASE}/numbers", Takes.EDIT, form={"version": "2", "subscribers.value": "9000"}),
    # Whoever may read alone is sent to the page of the case.
    Row("GET", f"{CASE}/edit", Takes.READ),
    Row("POST", f"{CASE}/edit/live", Takes.EDIT, json={"document": EXAMPLE_CASE}),
    Row("POST", f"{CASE}/edit/save", Takes.EDIT, json={"document": EXAMPLE_CASE, "base": 2}),
    Row("POST", f"{CASE}/edit/rename", Takes.EDIT, json=RENAME),
    Row("POST", f"{CASE}/edit/suggest", Takes.EDIT, json=NEW_LINE),
    Row("POST", f"{CASE}/edit/unproven", Takes.EDIT, json={"currency": "GBP", "rows": []}),
    Row("POST", f"{CASE}/edit/add", Takes.EDIT, json={"from": "1,250", "by": "+20"}),
    Row("GET", f"{CASE}/edit/functions", Takes.EDIT, stranger=401),
    Row("GET", f"{CASE}/edit/help", Takes.EDIT),
    Row("GET", f"{CASE}/edit/guide", Takes.EDIT),
    Row("GET", f"{CASE}/edit/plan", Takes.EDIT),
    Row("POST", f"{CASE}/edit/slip", Takes.EDIT, json=SLIP),
    Row("GET", f"{CASE}/edit/plan-file", Takes.EDIT),
    Row("POST", f"{CASE}/edit/plan-file", Takes.EDIT, form={**AS_TEXT, "table": PLAN_TABLE}),
    Row("GET", f"{CASE}/edit/state", Takes.EDIT, query={"since": "1"}, stranger=401),
    Row("POST", f"{CASE}/edit/explain/<figure>", Takes.EDIT, form=AS_TEXT),
    Row(
        "POST",
        f"{CASE}/edit/decide",
        Takes.SHARE,
        json={
            "proposal": "$proposal",
            "assumption": "subscribers",
            "decision": "accept",
            "base": 2,
        },
    ),
    Row("GET", f"{CASE}/edit/remarks", Takes.READ, query={"place": "benefits"}),
    Row("POST", f"{CASE}/edit/remarks", Takes.COMMENT, form={"text": "Why?"}),
    *(
        Row(
            "POST",
            f"{CASE}/edit/remarks/<comment>/<any(resolve, reopen):verb>",
            Takes.COMMENT,
            form={},
            parts={"verb": verb},
        )
        for verb in ("resolve", "reopen")
    ),
    # The comment is somebody else's: who wrote it may delete it as well.
    Row("POST", f"{CASE}/edit/remarks/<comment>/delete", Takes.EDIT, form={}),
    Row("GET", f"{CASE}/workshop", Takes.EDIT),
    Row("GET", f"{CASE}/edit/share", Takes.SHARE),
    Row("POST", f"{CASE}/edit/share", Takes.SHARE, form={"label": "Company A", "version": "2"}),
    *(
        Row("GET", f"{CASE}/edit/export.<kind>", Takes.READ, parts={"kind": kind})
        for kind in ("xlsx", "docx", "pptx", "json")
    ),
    Row("GET", f"{CASE}/versions", Takes.READ),
    Row("POST", f"{CASE}/versions/<version:number>/freeze", Takes.EDIT, form={"name": "Offer"}),
    Row("POST", f"{CASE}/versions/<version:number>/restore", Takes.EDIT, form={"tag": "$tag"}),
    Row("GET", f"{CASE}/compare", Takes.READ, query={"from": "1", "to": "2"}),
    Row("GET", f"{CASE}/workbook", Takes.EDIT),
    Row("POST", f"{CASE}/workbook", Takes.EDIT, form=EDITED),
    Row("POST", f"{CASE}/workbook/take", Takes.EDIT, form={**EDITED, "tag": "$tag"}),
    Row("GET", f"{CASE}/proposal", Takes.READ),
    Row("POST", f"{CASE}/proposal", Takes.READ, form={"length": "short"}),
    Row("GET", f"{CASE}/word", Takes.READ),
    Row("GET", f"{CASE}/word/template.docx", Takes.READ),
    Row("GET", f"{CASE}/word/<tag>.png", Takes.READ, parts={"tag": "image.waterfall"}),
    Row("POST", f"{CASE}/word", Takes.READ, form=DOCUMENT_SENT),
    Row("POST", f"{CASE}/word/fill", Takes.READ, form=DOCUMENT_SENT),
    Row("POST", f"{CASE}/word/chapter", Takes.READ, form=CHAPTER_SENT),
    Row("POST", f"{CASE}/word/chapter/insert", Takes.READ, form=CHAPTER_SENT),
    Row("GET", f"{CASE}/comments", Takes.READ),
    Row("POST", f"{CASE}/comments", Takes.COMMENT, form={"text": "Why?"}),
    *(
        Row(
            "POST",
            f"{CASE}/comments/<comment>/<any(resolve, reopen, delete):verb>",
            takes,
            parts={"verb": verb},
            form={},
        )
        for verb, takes in (
            ("resolve", Takes.COMMENT),
            ("reopen", Takes.COMMENT),
            ("delete", Takes.EDIT),
        )
    ),
    Row("POST", f"{CASE}/duplicate", Takes.EDIT, form={}),
    Row("POST", f"{CASE}/delete", Takes.EDIT, form={}),
    Row("POST", f"{CASE}/put-back", Takes.EDIT, parts={"uid": "$binned"}, form={}),
    Row("GET", f"{CASE}/shares", Takes.SHARE),
    Row("POST", f"{CASE}/shares", Takes.SHARE, form={"label": "Company A", "version": "2"}),
    Row("POST", f"{CASE}/shares/<share>/answers", Takes.SHARE, form={"text": "Measured."}),
    Row("POST", f"{CASE}/shares/<share>/change", Takes.SHARE, form={"label": "Company B"}),
    Row("POST", f"{CASE}/shares/<share>/renew", Takes.SHARE, form={}),
    Row("POST", f"{CASE}/shares/<share>/withdraw", Takes.SHARE, form={}),
    Row("GET", f"{CASE}/proposals/<proposal>", Takes.READ),
    Row("POST", f"{CASE}/proposals/<proposal>", Takes.SHARE, form=DECIDE),
    Row("GET", f"{CASE}/publish", Takes.PUBLISH),
    Row("POST", f"{CASE}/publish", Takes.PUBLISH, form={**PUBLISH, "version": "2"}),
    Row("GET", OWN, Takes.READ, stranger=404),
    Row("GET", f"{OWN}/explain/<figure>", Takes.READ, stranger=404),
    Row("GET", f"{OWN}/export.<kind>", Takes.READ, stranger=404),
    Row("POST", f"{OWN}/take-out", Takes.PUBLISH, form={}),
)

_PORTFOLIO_PAGES = (
    Row("GET", "/portfolios", Takes.ACCOUNT),
    Row("GET", "/portfolios", Takes.READ, query={"team": "$team"}),
    Row("POST", "/portfolios", Takes.READ, form={"team": "$team", "draws": "1,000"}),
    Row(
        "POST",
        "/portfolios",
        Takes.READ,
        form={"team": "$team", "draws": "1,000", "choice": "ticked", "case": "$case"},
    ),
    Row("GET", "/portfolios/<uid:job>", Takes.READ),
    # Whoever started it may end it as well: here a member did whom nobody is asked as.
    Row("POST", "/portfolios/<uid:job>/cancel", Takes.MANAGE, form={}),
)

_TEAM_PAGES = (
    Row("GET", TEAM, Takes.READ),
    Row("GET", f"{TEAM}/log", Takes.AUDIT),
    Row("POST", f"{TEAM}/name", Takes.MANAGE, form={"name": "South"}),
    Row("POST", f"{TEAM}/invitations", Takes.MANAGE, form={"email": "", "role": "editor"}),
    Row("POST", f"{TEAM}/invitations/<uid:invitation>/withdraw", Takes.MANAGE, form={}),
    Row("POST", f"{TEAM}/leave", Takes.MEMBER, form={}, answers=(303, 422)),
    Row("POST", f"{TEAM}/members/<uid:member>/remove", Takes.MANAGE, form={}),
    Row("POST", f"{TEAM}/members/<uid:member>/role", Takes.MANAGE, form={"role": "editor"}),
    Row("POST", f"{TEAM}/tokens/<uid:token>/revoke", Takes.MANAGE, form={}),
)

_VERBS = (
    Row("POST", f"{V1}/calculate", Takes.NOTHING, json={"case": EXAMPLE_CASE}),
    Row("POST", f"{V1}/check", Takes.NOTHING, json={"case": EXAMPLE_CASE}),
    Row("POST", f"{V1}/explain", Takes.NOTHING, json={"case": EXAMPLE_CASE, "figure": "npv"}),
    Row("POST", f"{V1}/solve", Takes.NOTHING, json={"case": EXAMPLE_CASE, **SOLVE}),
    Row("POST", f"{V1}/export", Takes.NOTHING, json={"case": EXAMPLE_CASE, "format": "xlsx"}),
    *(
        Row(
            "POST", f"{V1}/{each}", Takes.NOTHING, json=examples.of(f"ask_{each.replace('-', '_')}")
        )
        for each in QUESTIONS
    ),
    Row("POST", f"{V1}/proposal", Takes.NOTHING, json={"case": EXAMPLE_CASE, "length": "short"}),
    Row("POST", f"{V1}/tags", Takes.NOTHING, json={"case": EXAMPLE_CASE}),
    *(
        Row("POST", f"{V1}/{verb}", Takes.NOTHING, form=OF_FORM, is_document=True)
        for verb in ("fill", "check-template")
    ),
    Row(
        "POST",
        f"{V1}/chapter",
        Takes.NOTHING,
        form=OF_FORM,
        query=CHAPTER,
        is_document=True,
    ),
    Row("GET", f"{V1}/word-template", Takes.NOTHING),
    Row("POST", f"{V1}/calculate/bulk", Takes.ACCOUNT, json=examples.of("bulk")),
    Row("POST", f"{V1}/extrapolate", Takes.NOTHING, json=examples.of("extrapolate")),
    Row(
        "POST",
        f"{V1}/extrapolate",
        Takes.EDIT,
        json={**examples.of("extrapolate"), "save": {"team": "$team"}},
    ),
    Row(
        "POST",
        f"{V1}/exchange/value-models",
        Takes.ACCOUNT,
        json=examples.of("value_model"),
    ),
)

_CASES = (
    Row("GET", f"{V1}/cases", Takes.ACCOUNT),
    Row("GET", f"{V1}/cases", Takes.READ, query={"team": "$team"}),
    Row("POST", f"{V1}/cases", Takes.EDIT, json={"case": EXAMPLE_CASE, "team": "$team"}),
    Row("GET", API_CASE, Takes.READ),
    Row("PUT", API_CASE, Takes.EDIT, json=examples.of("changed_case"), headers=MATCH),
    Row(
        "PATCH",
        API_CASE,
        Takes.EDIT,
        json=examples.of("case_patch"),
        headers={**MATCH, "Content-Type": "application/merge-patch+json"},
    ),
    Row("DELETE", API_CASE, Takes.EDIT, headers=MATCH),
    Row("POST", f"{API_CASE}/put-back", Takes.EDIT, parts={"case_id": "$binned"}),
    Row("GET", f"{API_CASE}/result", Takes.READ),
    Row("GET", f"{API_CASE}/explain", Takes.READ, query={"figure": "npv"}),
    Row("GET", f"{API_CASE}/export", Takes.READ, query={"format": "xlsx"}, is_recorded=True),
    *(
        Row("GET", f"{API_CASE}/{each}", Takes.READ, query=query, answers=ANSWERS.get(each))
        for each, query in QUESTIONS.items()
    ),
    Row("POST", f"{API_CASE}/pilots", Takes.EDIT, json=examples.of("pilot"), headers=MATCH),
    Row("POST", f"{API_CASE}/plan", Takes.EDIT, table=PLAN),
    Row(
        "POST",
        f"{API_CASE}/plan",
        Takes.EDIT,
        table=PLAN,
        query={"apply": "true"},
        headers=MATCH,
    ),
    Row("POST", f"{API_CASE}/workbook", Takes.EDIT, is_workbook=True),
    Row(
        "POST",
        f"{API_CASE}/workbook",
        Takes.EDIT,
        query={"apply": "true"},
        is_workbook=True,
        headers=MATCH,
    ),
    Row("GET", f"{API_CASE}/tags", Takes.READ),
    Row("POST", f"{API_CASE}/proposal", Takes.READ, json={"length": "short"}),
    Row("POST", f"{API_CASE}/fill", Takes.READ, is_document=True),
    Row("POST", f"{API_CASE}/check-template", Takes.READ, is_document=True),
    Row("POST", f"{API_CASE}/chapter", Takes.READ, query=CHAPTER, is_document=True),
    Row("GET", f"{API_CASE}/versions", Takes.READ),
    Row("GET", f"{API_CASE}/versions/<version:number>", Takes.READ),
    Row(
        "POST",
        f"{API_CASE}/versions/<version:number>/freeze",
        Takes.EDIT,
        json=examples.of("freeze"),
    ),
    Row("POST", f"{API_CASE}/versions/<version:number>/restore", Takes.EDIT, headers=MATCH),
    Row("GET", f"{API_CASE}/diff", Takes.READ, query={"from": "1", "to": "2"}),
    Row("GET", f"{API_CASE}/approvals", Takes.READ),
    Row("GET", f"{API_CASE}/comments", Takes.READ),
    Row("POST", f"{API_CASE}/comments", Takes.COMMENT, json=examples.of("new_comment")),
    Row("DELETE", f"{API_CASE}/comments/<uid:comment_id>", Takes.EDIT),
    Row("POST", f"{API_CASE}/comments/<uid:comment_id>/resolve", Takes.COMMENT),
    Row("POST", f"{API_CASE}/comments/<uid:comment_id>/reopen", Takes.COMMENT),
)

_JOBS = (
    Row("POST", f"{V1}/portfolios", Takes.READ, json={"team": "$team", "draws": 1_000}),
    Row("GET", f"{V1}/jobs", Takes.ACCOUNT),
    Row("GET", f"{V1}/jobs", Takes.READ, query={"team": "$team"}),
    Row("GET", f"{V1}/jobs/<uid:job_id>", Takes.READ),
    Row("GET", f"{V1}/jobs/<uid:job_id>/result", Takes.READ, answers=(409,)),
    Row(
        "GET",
        f"{V1}/jobs/<uid:job_id>/file",
        Takes.READ,
        parts={"job_id": "$workbook"},
        answers=(409,),
    ),
    Row("DELETE", f"{V1}/jobs/<uid:job_id>", Takes.MANAGE),
)

_SHARING = (
    Row("GET", f"{API_CASE}/shares", Takes.SHARE),
    Row("POST", f"{API_CASE}/shares", Takes.SHARE, json={"label": "Company A"}),
    Row("GET", f"{V1}/shares/<uid:share_id>", Takes.SHARE),
    Row("PATCH", f"{V1}/shares/<uid:share_id>", Takes.SHARE, json={"label": "Company B"}),
    Row("DELETE", f"{V1}/shares/<uid:share_id>", Takes.SHARE),
    Row("POST", f"{V1}/shares/<uid:share_id>/renew", Takes.SHARE),
    Row("GET", f"{V1}/shares/<uid:share_id>/openings", Takes.SHARE),
    Row("GET", f"{V1}/shares/<uid:share_id>/comments", Takes.READ),
    Row("POST", f"{V1}/shares/<uid:share_id>/comments", Takes.COMMENT, json={"text": "Measured."}),
    Row("GET", f"{API_CASE}/proposals", Takes.READ),
    Row("GET", f"{V1}/proposals/<uid:proposal_id>", Takes.READ),
    Row(
        "POST",
        f"{V1}/proposals/<uid:proposal_id>/decisions",
        Takes.SHARE,
        json={"accept": ["subscribers"]},
        headers=MATCH,
    ),
)

_REFERENCES = (
    Row("GET", f"{V1}/references", Takes.NOTHING),
    Row(
        "POST",
        f"{V1}/references",
        Takes.PUBLISH,
        json={"case": "$case", "sector": "Telecoms", "region": "GB"},
    ),
    Row(
        "GET",
        f"{V1}/references/<straw_man:reference_id>",
        Takes.NOTHING,
        parts={"reference_id": "contact-centre"},
    ),
    Row("GET", f"{V1}/references/<straw_man:reference_id>", Takes.READ, stranger=404),
    Row("DELETE", f"{V1}/references/<straw_man:reference_id>", Takes.PUBLISH),
)

_PEOPLE = (
    Row("GET", f"{V1}/me", Takes.ACCOUNT),
    Row("GET", f"{V1}/teams", Takes.ACCOUNT),
    Row(
        "POST",
        f"{V1}/teams",
        Takes.OWNING,
        json={"name": "South"},
        by_token=OF_PEOPLE_ALONE,
    ),
    Row("GET", API_TEAM, Takes.READ),
    Row("PATCH", API_TEAM, Takes.MANAGE, json={"name": "South"}),
    Row("GET", f"{API_TEAM}/members", Takes.READ),
    Row(
        "PATCH",
        f"{API_TEAM}/members/<uid:member>",
        Takes.MANAGE,
        json={"role": "editor"},
    ),
    Row("DELETE", f"{API_TEAM}/members/<uid:member>", Takes.MANAGE),
    Row("GET", f"{API_TEAM}/invitations", Takes.MANAGE),
    Row("POST", f"{API_TEAM}/invitations", Takes.MANAGE, json={"role": "editor"}),
    Row("DELETE", f"{API_TEAM}/invitations/<uid:invitation>", Takes.MANAGE),
    Row("GET", f"{API_TEAM}/tokens", Takes.MANAGE),
    Row("GET", f"{V1}/tokens", Takes.ACCOUNT),
    Row(
        "POST",
        f"{V1}/tokens",
        Takes.READ,
        json={"name": "Nightly", "team": "$team", "role": "viewer"},
        by_token=Takes.MANAGE,
    ),
    Row("DELETE", f"{V1}/tokens/<uid:token>", Takes.MANAGE),
    Row("GET", f"{V1}/audit", Takes.AUDIT, query={"team": "$team"}),
    Row("GET", f"{V1}/teams/<uid:team_id>/archive", Takes.MOVE),
    Row("POST", f"{V1}/teams/<uid:team_id>/archive", Takes.MOVE, is_archive=True),
)

ROWS: tuple[Row, ...] = (
    *_PUBLIC,
    *_LINKS,
    *_OWN_PAGES,
    *_CASE_PAGES,
    *_PORTFOLIO_PAGES,
    *_TEAM_PAGES,
    *_VERBS,
    *_CASES,
    *_JOBS,
    *_SHARING,
    *_REFERENCES,
    *_PEOPLE,
)
