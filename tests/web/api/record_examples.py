"""Writes the examples of the API's description anew: `python -m tests.web.api.record_examples`.

Answers are those that the service gives, cut to the first items of each list; ids and moments
are always the same ones.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import orjson
from werkzeug.test import TestResponse

from tests.documents.embedding_documents import control, document, paragraph
from tests.documents.libreoffice import with_inputs
from tests.team_members import new_member, new_team, new_token
from tests.web.api.conftest import Program
from tests.web.conftest import served
from valuecalc.engine.portfolio.request import Entry
from valuecalc.schemas.case import load_case
from valuecalc.schemas.portfolio import dump_portfolio, read_portfolio_request
from valuecalc.services.cases import DOCX, XLSX
from valuecalc.services.portfolio import calculate_portfolio
from valuecalc.web.api.examples import FILE
from valuecalc.web.api.v1 import EXAMPLE_CASE

MOMENT = "2026-11-22T09:30:00.000000Z"
HASH = "0123456789abcdef" * 4
LONGEST_LIST, LONGEST_MAPPING = 2, 40
SHORTENED = ("figures", "notes", "series")
# What says at which place a list is cut, so that the case of an answer stays whole.
WHOLE = ("case", "parts", "columns", "changes")

REQUESTS: dict[str, Any] = {
    "new_case": {"case": EXAMPLE_CASE, "note": "From the first meeting."},
    "changed_case": {
        "case": {**EXAMPLE_CASE, "title": "New data services, three regions"},
        "note": "Two regions more.",
    },
    "case_patch": {
        "title": "New data services, three regions",
        "assumptions": {"subscribers": {"value": "120,000"}},
    },
    "freeze": {"name": "Offer of 3 March"},
    "new_comment": {"text": "Is this before churn?", "place": "assumptions.subscribers"},
    "extrapolate": {
        "references": ["new-data-services"],
        "customer": "Company B",
        "drivers": {"subscribers": {"value": "250,000", "owner": "A. Jones"}},
        "currency": "EUR",
        "start": "2027-06",
        "date": "2026-11-22",
    },
    "pilot": {
        "assumption": "uplift",
        "value": "£4.20",
        "low": "£3.90",
        "high": "£4.60",
        "source": "Pilot in Leeds",
        "date": "2027-03-31",
    },
    "new_portfolio": {"currency": "GBP", "rates": {"EUR": {"value": "0.86"}}, "draws": 1_000},
}

WAITING = {
    "id": "wait",
    "label": "Carry on with the old network",
    "kind": "do_nothing",
    "investments": [{"id": "repairs", "label": "Repairs", "formula": "400k GBP"}],
}
QUESTIONS: dict[str, dict[str, Any]] = {
    "tornado": {"figure": "npv"},
    "elasticities": {"figure": "npv"},
    "two-way": {"first": "uplift", "second": "subscribers", "steps": 3},
    "break-even": {"assumption": "uplift", "wanted": "£1m"},
    "simulate": {"draws": 1_024, "seed": 1, "figures": ["roi"]},
    "information": {"draws": 1_024, "seed": 1},
    "alternatives": {"scenario": "expected"},
    "bridge": {"from": "scenario:conservative", "to": "scenario:stretch"},
    "delays": {"days": 20},
}
"""What is asked about how sure a case is, beside the case."""
PLAN = {
    "milestones": [{"id": "live", "label": "Go live", "after": ["build"]}],
    "tasks": [
        {"id": "survey", "label": "Survey", "side": "joint", "days": 10},
        {"id": "build", "label": "Build", "side": "vendor", "days": 40, "after": ["survey"]},
    ],
}
PLAN_FILE = """Task,Side,Days,After,Done
Survey,joint,10,,40%
Build,vendor,40,1FS+5 days,
Go live,,0,2,
"""
WORD_TEMPLATE = document(
    paragraph("NPV ", control("value.npv", "-"), control("value.nvp", "-", id=2))
)
DRAWN = ("simulate", "information", "portfolio")


def main() -> None:
    """Record every example."""
    FILE.write_bytes(orjson.dumps(examples(), option=orjson.OPT_INDENT_2) + b"\n")


def examples() -> dict[str, Any]:
    """Every example by its name, from a service of its own."""
    with tempfile.TemporaryDirectory() as folder:
        app = served(Path(folder))
        store = app.extensions["store"]
        team = new_team(store)
        member = new_member(store, team)
        program = Program(app.test_client(), new_token(store, member, team))
        found = _steady({**REQUESTS, **_recorded(program)})
        store.close()
    return found


def _recorded(program: Program) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def record(name: str, method: str, path: str, body: Any = None) -> Any:
        answer = program(method, path, json=body)
        assert answer.status_code in (200, 201, 202), answer.text
        found[name] = _cut(answer.get_json())
        return answer.get_json()

    for question, wish in QUESTIONS.items():
        name = question.replace("-", "_")
        found[f"ask_{name}"] = {"case": _asked_of(question), **wish}
        record(name, "POST", f"/{question}", found[f"ask_{name}"])
    for name, verb, more in (
        ("result", "calculate", {}),
        ("check", "check", {}),
        ("trace", "explain", {"figure": "benefits.arpu.year_1"}),
        ("solution", "solve", SOLVE),
    ):
        record(name, "POST", f"/{verb}", {"case": EXAMPLE_CASE, **more})
    kept = record("saved_case", "POST", "/cases", REQUESTS["new_case"])
    place = f"/cases/{kept['id']}"
    record("comment", "POST", f"{place}/comments", REQUESTS["new_comment"])
    record("comment_list", "GET", f"{place}/comments")
    program.save(kept, **REQUESTS["case_patch"])
    program("POST", f"{place}/versions/1/freeze", json=REQUESTS["freeze"])
    record("case_list", "GET", "/cases")
    record("version_list", "GET", f"{place}/versions")
    record("comparison", "GET", f"{place}/diff?from=1&to=2")
    found["workbook_changes"] = _edited(program, place)
    found["plan_read"] = _plan_read(program, place)
    found |= _word(program, place)
    found["value_model"] = _body(program("GET", f"{place}/export?format=value-models&version=1"))
    record("imported", "POST", "/exchange/value-models", found["value_model"])
    found["publish"] = {"case": kept["id"], "achieved": {"arpu": "£13.1m"}, "sector": "Telecoms"}
    record("reference", "POST", "/references", found["publish"])
    record("reference_list", "GET", "/references?limit=200")
    found["bulk"] = {"cases": [{"case": EXAMPLE_CASE}, {"id": "AAAAAAAAAAAAAAAA"}]}
    record("bulk_results", "POST", "/calculate/bulk", found["bulk"])
    record("extrapolation", "POST", "/extrapolate", REQUESTS["extrapolate"])
    record("job", "POST", "/portfolios", REQUESTS["new_portfolio"])
    record("job_list", "GET", "/jobs")
    found["portfolio"] = _cut(_portfolio())
    return found | {name: _rounded(found[name]) for name in DRAWN}


def _edited(program: Program, place: str) -> Any:
    """What the API says of a workbook in which somebody has changed a number."""
    content = program("GET", f"{place}/export?format=xlsx&version=1").data
    edited = with_inputs(content, {"assumptions.uplift.expected": 4.5})
    answer = program(
        "POST",
        f"{place}/workbook?file_name=model%20v3.xlsx",
        data=edited,
        content_type=XLSX,
    )
    assert answer.status_code == 200, answer.text
    return _cut(answer.get_json())


def _plan_read(program: Program, place: str) -> Any:
    """What the API says of a plan that somebody has as a table."""
    answer = program(
        "POST", f"{place}/plan?file_name=plan.csv", data=PLAN_FILE, content_type="text/csv"
    )
    assert answer.status_code == 200, answer.text
    return _cut(answer.get_json())


def _word(program: Program, place: str) -> dict[str, Any]:
    """What the API says of a Word document of somebody's own."""
    found = {"word_tags": _cut(program("GET", f"{place}/tags").get_json())}
    for name, verb in (("word_check", "check-template"), ("word_filled", "fill?report=true")):
        answer = program("POST", f"{place}/{verb}", data=WORD_TEMPLATE, content_type=DOCX)
        assert answer.status_code == 200, answer.text
        found[name] = _cut(answer.get_json())
    found["word_filled"]["document"] = "UEsDBBQAAAA…"
    return found


def _asked_of(question: str) -> dict[str, Any]:
    """The case of a question, with what the question is about."""
    if question == "alternatives":
        return {**EXAMPLE_CASE, "alternatives": [WAITING]}
    if question == "delays":
        [benefit] = EXAMPLE_CASE["benefits"]
        return {**EXAMPLE_CASE, "benefits": [{**benefit, "starts": "live"}], "plan": PLAN}
    if question == "two-way":
        subscribers, uplift = EXAMPLE_CASE["assumptions"]
        ranged = {**subscribers, "low": "90,000", "high": "115,000"}
        return {**EXAMPLE_CASE, "assumptions": [ranged, uplift]}
    return EXAMPLE_CASE


def _portfolio() -> Any:
    """The answer of a job; a case of it is drawn by its id, which has to stay the same."""
    entry = Entry(uid="Example_00000001", case=load_case(EXAMPLE_CASE), version=3)
    asked = read_portfolio_request(REQUESTS["new_portfolio"])
    return dump_portfolio(calculate_portfolio([entry], asked))


SOLVE = {"assumption": "subscribers", "figure": "benefits.arpu.year_1", "amount": "£5m"}


def _body(answer: TestResponse) -> Any:
    return orjson.loads(answer.data)


def _cut(value: Any, key: str = "") -> Any:
    if isinstance(value, list) and key not in WHOLE:
        return [_cut(each) for each in value[:LONGEST_LIST]]
    if isinstance(value, dict):
        items = list(value.items())[: 4 if key in SHORTENED else None]
        return {name: each if name == "case" else _cut(each, name) for name, each in items}
    return value


def _rounded(value: Any) -> Any:
    """The last digits of drawn figures may differ from one processor to another."""
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, dict):
        return {name: each if name == "case" else _rounded(each) for name, each in value.items()}
    return float(f"{value:.9g}") if isinstance(value, float) else value


def _steady(found: dict[str, Any]) -> dict[str, Any]:
    """The same examples on every run: the ids are numbered, the moments are one."""
    text = orjson.dumps(found).decode()
    text = re.sub(r'"20\d\d-\d\d-\d\dT[0-9:.]+Z"', f'"{MOMENT}"', text)
    text = re.sub(r'"(hash|sha)":"[0-9a-f]{64}"', rf'"\1":"{HASH}"', text)
    numbered: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        name = numbered.setdefault(match[2], f"Example_{len(numbered) + 1:08d}")
        return f'"{match[1]}":"{name}"'

    text = re.sub(r'"(id|case)":"([A-Za-z0-9_-]{16})"', number, text)
    steady: dict[str, Any] = orjson.loads(text)
    return steady


if __name__ == "__main__":
    main()
