"""Nobody reaches what is not theirs: every address, asked by everybody.

The addresses stand in `tests.web.rights`, what they lead to in `tests.web.belongings`. Two teams
have the same things; people of the first one, of the second one and of none ask for those of
the first. Whoever is refused must have changed nothing at all, which the database itself says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from werkzeug.test import TestResponse

from tests.web.rights import OF_PEOPLE_ALONE, ROLES, ROWS, SMALLEST, Row, Takes
from tests.web.stage import OTHER, STRANGER, Person, Stage, new_stage
from valuecalc.web.csrf import STATELESS

NOBODYS = "A" * 16
IN = "taken"
OPEN = (Takes.NOTHING, Takes.LINK)

EVERYBODY = (STRANGER, OTHER, *ROLES)
SOME = (STRANGER, OTHER, "owner")
"""Enough to ask where everybody is let in."""

_TAKES_LONG = re.compile(r"/(export|download|tags|word|fill|check-template|proposal)\b")
"""Addresses behind which a file is written, or all that could stand in one is worked out."""

_ALWAYS_DIFFERENT = re.compile(r'(csrf[_-]token" (?:value|content)=")[^"]+')


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with new_stage(tmp_path_factory.mktemp("rights")) as found:
        yield found


# --------------------------------------------------------------------------- what is expected


def expected(row: Row, who: str, *, is_program: bool = False) -> str | int:
    """How a row answers somebody: `IN`, or the status of the refusal."""
    takes: Takes | str = row.takes
    if is_program and who != STRANGER and row.by_token is not None:
        takes = row.by_token
    if takes == OF_PEOPLE_ALONE:
        return 403
    if takes == Takes.BEING_FIRST:
        return 404
    if takes in OPEN:
        return 401 if is_program and who == STRANGER else IN
    if who == STRANGER:
        return 401 if is_program else row.stranger or _turned_away(row)
    if takes == Takes.ACCOUNT:
        return IN
    if takes == Takes.OWNING:
        return IN if who in (OTHER, "owner") else 403
    if who == OTHER:
        return 404 if row.is_api else row.other
    smallest = SMALLEST[Takes(takes)]
    return IN if ROLES.index(who) >= ROLES.index(smallest) else 403


def _turned_away(row: Row) -> int:
    """Pages send a reader to sign in, and come back; forms and programs are told no."""
    return 401 if row.is_api or row.changes else 303


def asking(row: Row) -> tuple[str, ...]:
    """Who asks for a row: everybody, where that does not take long.

    Else it is the last role that is refused and the first that is let in, with those outside.
    """
    if row.takes in OPEN:
        return SOME
    if row.takes not in SMALLEST or not _TAKES_LONG.search(row.rule):
        return EVERYBODY
    first = ROLES.index(SMALLEST[Takes(row.takes)])
    return (*SOME, *ROLES[max(first - 1, 0) : first + 1])


def complaint(row: Row, answer: TestResponse, wanted: str | int) -> str | None:
    """What is wrong with an answer."""
    status = answer.status_code
    if wanted == IN:
        is_right = status in row.answers if row.answers else status < 400
        is_right = is_right and not _leads_to_sign_in(answer)
    else:
        is_right = status == wanted and (status != 303 or _leads_to_sign_in(answer))
    return None if is_right else f"{status} instead of {wanted}: {answer.text[:300]!r}"


def is_kept_by_a_browser(row: Row, who: str, answer: TestResponse) -> bool:
    """Whether what somebody who is signed in has seen could be read by the next at the machine."""
    is_the_same_for_all = row.rule.startswith(("/static/", "/metrics", "/healthz", "/readyz"))
    if row.rule in ("/sign-out", "/account/sessions/end"):
        return False  # nobody is signed in any more, and nothing is shown
    kept = answer.headers.get("Cache-Control") != "no-store"
    return kept and who != STRANGER and not is_the_same_for_all


def _leads_to_sign_in(answer: TestResponse) -> bool:
    return "/sign-in?next=" in answer.headers.get("Location", "")


# --------------------------------------------------------------------------- the tests

by_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


def test_the_table_names_every_address_of_the_application_and_no_other(stage: Stage) -> None:
    there = {
        (method, rule.rule)
        for rule in stage.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    named = {(row.method, row.rule) for row in ROWS}
    assert there - named == set(), "these are missing in tests/web/rights.py"
    assert named - there == set(), "these stand in tests/web/rights.py, and nowhere else"


@by_row
def test_an_address_answers_everybody_as_they_may_expect(stage: Stage, row: Row) -> None:
    wrong = []
    for who in asking(row):
        wanted = expected(row, who)
        before = stage.state
        answer = stage.people[who].ask(row, stage.ours)
        said = complaint(row, answer, wanted)
        if said:
            wrong.append(f"{who}: {said}")
        if is_kept_by_a_browser(row, who, answer):
            wrong.append(f"{who}: Cache-Control {answer.headers.get('Cache-Control')}")
        if wanted == IN and row.changes:
            stage.begin_again()
        elif wanted != IN and stage.state != before:
            wrong.append(f"{who}: was refused, and changed something")
            stage.begin_again()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [row for row in ROWS if row.is_api], ids=lambda row: row.id)
def test_a_program_may_do_what_its_token_is_worth(stage: Stage, row: Row) -> None:
    wrong = []
    for name, (program, worth) in stage.programs.items():
        wanted = expected(row, worth, is_program=True)
        if worth not in asking(row):
            continue
        before = stage.state
        said = complaint(row, program.ask(row, stage.ours), wanted)
        if said:
            wrong.append(f"{name}: {said}")
        if wanted == IN and row.changes:
            stage.begin_again()
        elif wanted != IN and stage.state != before:
            wrong.append(f"{name}: was refused, and changed something")
            stage.begin_again()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [row for row in ROWS if row.is_api], ids=lambda row: row.id)
def test_a_wrong_token_is_not_mended_by_a_good_cookie(stage: Stage, row: Row) -> None:
    owner = stage.people["owner"]
    headers = {**owner.headers, "Authorization": "Bearer vc_AAAAAAAAAAAAAAAA.x"}
    before = stage.state
    answer = Person(stage.app, headers, owner.csrf).ask(row, stage.ours)
    assert answer.status_code == 401
    assert stage.state == before


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if not row.is_api and row.takes in SMALLEST],
    ids=lambda row: row.id,
)
def test_a_token_opens_no_page(stage: Stage, row: Row) -> None:
    program_of_owner, _ = stage.programs["a token of the owner"]
    stranger = stage.people[STRANGER]
    headers = {**stranger.headers, **program_of_owner.headers}
    before = stage.state
    answer = Person(stage.app, headers, stranger.csrf).ask(row, stage.ours)
    assert complaint(row, answer, row.stranger or _turned_away(row)) is None
    assert stage.state == before


# What is nowhere, and what is elsewhere, look alike.


def hidden(row: Row) -> bool:
    """Whether the address of a row leads somebody of another team nowhere."""
    return expected(row, OTHER) == 404 and row.takes is not Takes.BEING_FIRST


def as_seen(answer: TestResponse, names: Mapping[str, str]) -> tuple[int, str, dict[str, str]]:
    """An answer without what is different each time, and without the ids that were sent."""
    passing = ("Date", "Content-Length", "Set-Cookie", "X-Request-ID")
    headers = {name: each for name, each in answer.headers.items() if name not in passing}
    texts = [_ALWAYS_DIFFERENT.sub(r"\1", answer.text), headers.pop("Location", "")]
    for each in {*names.values(), NOBODYS}:
        texts = [text.replace(each, "ID") for text in texts]
    return answer.status_code, "\n".join(texts), headers


@pytest.mark.parametrize("row", list(filter(hidden, ROWS)), ids=lambda row: row.id)
def test_what_others_have_looks_like_what_nobody_has(stage: Stage, row: Row) -> None:
    other = stage.people[OTHER]
    nobodys = dict.fromkeys(stage.ours.names, NOBODYS)
    of_others = as_seen(other.ask(row, stage.ours), stage.ours.names)
    of_nobody = as_seen(other.ask(row, stage.ours, nobodys), stage.ours.names)
    assert of_others == of_nobody


@pytest.mark.parametrize("row", list(filter(hidden, ROWS)), ids=lambda row: row.id)
def test_other_methods_tell_nothing_either(stage: Stage, row: Row) -> None:
    nobodys = dict.fromkeys(stage.ours.names, NOBODYS)
    before = stage.state
    for who in (STRANGER, OTHER):
        person = stage.people[who]
        answers = {}
        for method in ("HEAD", "OPTIONS"):
            answers[method] = person.ask(row, stage.ours, method=method)
            of_nobody = person.ask(row, stage.ours, nobodys, method=method)
            names = stage.ours.names
            assert as_seen(answers[method], names) == as_seen(of_nobody, names), (who, method)
        head = answers["HEAD"]
        assert head.data == b""
        if row.method == "GET":
            assert head.status_code == person.ask(row, stage.ours).status_code
    assert stage.state == before


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if hidden(row) and len(set(row.things)) > 1],
    ids=lambda row: row.id,
)
def test_what_others_have_is_not_reached_through_what_one_has(stage: Stage, row: Row) -> None:
    """An owner asks for a thing of others under his own team or case, and the other way."""
    for strange in set(row.things):
        for of, names in ((stage.theirs, stage.ours), (stage.ours, stage.theirs)):
            mixed = {**of.names, strange: names.names[strange]}
            before = stage.state
            answer = stage.people[OTHER].ask(row, stage.theirs, mixed)
            assert answer.status_code == 404, (strange, of.team.name, answer.status_code)
            assert stage.state == before, (strange, of.team.name)


def test_a_list_of_cases_to_work_out_tells_nothing_about_those_of_others(stage: Stage) -> None:
    [row] = [row for row in ROWS if row.rule == "/api/v1/calculate/bulk"]
    asked = {"cases": [{"id": "$case"}, {"id": NOBODYS}]}
    row = Row(row.method, row.rule, row.takes, json=asked)
    ours, nobodys = stage.people[OTHER].ask(row, stage.ours).get_json()["results"]
    assert ours["result"] is None
    assert ours["problem"] == nobodys["problem"]


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.changes and row.takes is not Takes.BEING_FIRST],
    ids=lambda row: row.id,
)
def test_a_cookie_alone_changes_nothing(stage: Stage, row: Row) -> None:
    endpoint, _ = stage.app.url_map.bind("localhost").match(
        row.address(stage.ours.names), method=row.method
    )
    if endpoint in STATELESS:
        pytest.skip("keeps nothing, so there is nothing to forge")
    for headers in ({}, {"X-CSRFToken": "made-up"}, {"Content-Type": "text/plain"}):
        owner = stage.people["owner"]
        before = stage.state
        answer = Person(stage.app, {**owner.headers, **headers}).ask(row, stage.ours)
        assert answer.status_code == 400, (headers, answer.status_code)
        assert stage.state == before, headers


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.takes is Takes.LINK], ids=lambda row: row.id
)
def test_another_secret_opens_nothing(stage: Stage, row: Row) -> None:
    wrong = {name: f"{text[:-3]}AAA" for name, text in stage.ours.names.items()}
    for who in (STRANGER, OTHER, "owner"):
        before = stage.state
        answer = stage.people[who].ask(row, stage.ours, wrong)
        assert answer.status_code in (404, 410), (who, answer.status_code)
        assert stage.state == before
