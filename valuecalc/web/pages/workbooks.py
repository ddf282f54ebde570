"""A workbook too large to be written while somebody waits: how far it is, and then its file."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.errors import NotFound
from valuecalc.services import jobs, workbook_jobs
from valuecalc.services.saved_cases import Saved
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import actor
from valuecalc.web.pages.jobs import JobShown
from valuecalc.web.storage import store

blueprint = Blueprint("workbook", __name__, url_prefix="/cases/<uid>/workbooks/<uid:job>")


def in_background(saved: Saved, kind: str, scenario: str) -> AnyResponse | None:
    """The way to the page of a file that is written in the background; None for all others."""
    if not workbook_jobs.is_needed(saved.case, kind):
        return None
    job = workbook_jobs.submit(store(), saved, actor(), scenario)
    return _to(saved.head.uid, job.uid)


@blueprint.get("")
def show(uid: str, job: str) -> str:
    """How far a workbook is; or where its file is."""
    shown = JobShown(_job_of(uid, job))
    return render_template("workbook_job.html", job=shown, uid=uid)


@blueprint.get("/file")
def download(uid: str, job: str) -> Response:
    """The workbook."""
    _job_of(uid, job)
    return as_download(workbook_jobs.file(store(), actor(), job))


@blueprint.post("/cancel")
def cancel(uid: str, job: str) -> AnyResponse:
    """End a workbook that is being written; nothing when it has ended already."""
    _job_of(uid, job)
    jobs.cancel(store(), actor(), job)
    return _to(uid, job)


def _job_of(uid: str, job: str) -> jobs.Job:
    """Raises `NotFound` for a job of another case."""
    found = workbook_jobs.job_of(store(), actor(), job)
    if found.request["case"] != uid:
        raise NotFound(jobs.KIND)
    return found


def _to(uid: str, job: str) -> AnyResponse:
    return redirect(url_for("workbook.show", uid=uid, job=job), code=303)
