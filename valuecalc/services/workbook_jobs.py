"""Workbooks too large to be written while somebody waits: a background job, and its file.

A job keeps the name and the version of its case, so that the file is the same whoever writes it.
Asking again for the same gives the same job, and in the end its file.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from valuecalc.case.case import Case
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import Conflict, NotFound
from valuecalc.services import cases, exporting, jobs, saved_cases
from valuecalc.services.access import Action, Actor
from valuecalc.services.cases import XLSX, Export
from valuecalc.services.job_kinds import Kind, Made, register
from valuecalc.services.job_run import canonical
from valuecalc.services.jobs import Job, State
from valuecalc.services.saved_cases import Saved
from valuecalc.services.workbook_work import CELLS_A_PART, WorkbookPart, bind, steps, work, written
from valuecalc.store import cases as stored_cases
from valuecalc.store import jobs as stored
from valuecalc.store.database import Database, Session

NAME = "workbook"
LOOKED_AT = 100
"""So many of the newest jobs of a team are looked through for the same one."""


def is_needed(case: Case, format: str) -> bool:
    """Whether a file of a case is a workbook that takes more than a moment."""
    from valuecalc.documents import workbook

    return format == "xlsx" and workbook.is_large(case)


def submit(store: Database, saved: Saved, actor: Actor, scenario: str = EXPECTED) -> Job:
    """The job that writes the workbook of a version; the one of before, where it was of today.

    Raises `CaseError` for a draft, with every mistake, `UnknownName` for the scenario, and what
    `jobs.submit` raises.
    """
    cases.calculate(saved.case, scenario)
    team = saved.team.uid if saved.team else None
    earlier = _earlier(store, actor, saved, scenario, team)
    if earlier is not None:
        return earlier
    known = exporting.begun(store, saved, actor, scenario)
    begins = steps()
    request = {
        **_subject(saved, scenario),
        "name": f"{cases.file_stem(saved.case)}.xlsx",
        "steps": begins,
        "parts": begins + _pieces(saved.case),
        "known": written(known),
    }
    return jobs.submit(store, actor, NAME, team, request)


def _subject(saved: Saved, scenario: str) -> dict[str, Any]:
    return {"case": saved.head.uid, "version": saved.version.number, "scenario": scenario}


def _pieces(case: Case) -> int:
    from valuecalc.documents import workbook

    return max(1, math.ceil(workbook.formula_cells(case) / CELLS_A_PART))


def _earlier(
    store: Database, actor: Actor, saved: Saved, scenario: str, team: str | None
) -> Job | None:
    """The job that this actor has begun today for the same, unless it came to nothing."""
    wanted = _subject(saved, scenario).items()
    same = (
        job
        for job in jobs.page(store, actor, team, LOOKED_AT).rows
        if job.kind == NAME and wanted <= job.request.items() and _is_of_use(job, actor)
    )
    return next(same, None)


def _is_of_use(job: Job, actor: Actor) -> bool:
    is_own = job.started_by_id == actor.account.id
    is_of_today = job.request["known"]["exported"] == date.today().isoformat()
    return is_own and is_of_today and job.state not in (State.FAILED, State.CANCELLED)


def job_of(store: Database, actor: Actor, uid: str) -> Job:
    """A job that writes a workbook, and how far it is. Raises `NotFound`, also without its case."""
    found = jobs.read(store, actor, uid)
    if found.kind != NAME:
        raise NotFound(jobs.KIND)
    with store.read() as session:
        saved_cases.head_for(session, actor, found.request["case"], Action.READ)
    return found


def file(store: Database, actor: Actor, uid: str) -> Export:
    """The file of a job. Raises `NotFound`, and `Conflict` with the reason while there is none."""
    job = job_of(store, actor, uid)
    if job.state is not State.DONE:
        jobs.result(store, actor, uid)
    with store.read() as session:
        found = stored.file(session, job.number)
    if found is None:
        raise Conflict("The file of this job is not kept any more.", "Export the case anew.")
    return Export(found.content, found.name, found.media_type)


# --------------------------------------------------------------------------- as a job


def parts(request: Mapping[str, Any], session: Session) -> tuple[WorkbookPart, ...]:
    """The parts of a workbook: the same ones for the same request, always."""
    head = stored_cases.by_uid(session, request["case"])
    version = stored_cases.version(session, head, request["version"]) if head else None
    total = request["parts"]
    return tuple(
        WorkbookPart(
            document=version.document if version else "",
            scenario=request["scenario"],
            known=canonical(request["known"]),
            number=number,
            total=total,
            steps=_steps(request),
        )
        for number in range(total)
    )


def merge(
    request: Mapping[str, Any], payloads: Sequence[WorkbookPart], results: Sequence[bytes]
) -> dict[str, Any]:
    """What is told of the file."""
    subject = {name: request[name] for name in ("case", "version", "scenario", "name")}
    content = b"".join(results)
    return {**subject, "parts": len(payloads), "sha": hashlib.sha256(content).hexdigest()}


def made(request: Mapping[str, Any], results: Sequence[bytes]) -> Made:
    """The file."""
    content = bind(results, _steps(request))
    return Made(case=request["case"], name=request["name"], media_type=XLSX, content=content)


def _steps(request: Mapping[str, Any]) -> int:
    """How many parts come before the cells; a job that was begun by an older version says not."""
    found: int = request.get("steps", 1)
    return found


def case_uids(request: Mapping[str, Any]) -> tuple[str, ...]:
    """The public name of the case of a request."""
    return (request["case"],)


KIND = register(
    Kind(
        name=NAME,
        label="Workbook",
        parts=parts,
        work=work,
        merge=merge,
        file=made,
        cases=case_uids,
    )
)
