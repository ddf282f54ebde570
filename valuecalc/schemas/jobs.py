"""Background jobs: which to list, and what goes out about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from marshmallow import pre_dump

from valuecalc.schemas.fields import Choice, Part
from valuecalc.schemas.paging import Cursor, Moment, SliceQuery, Uid, next_field
from valuecalc.schemas.result import Count, Items, Number, OutputShape, ProblemSchema, Words

STATES = ("waiting", "running", "done", "failed", "cancelled")


class JobListQuery(SliceQuery):
    """Which jobs to list."""

    cursor = Cursor(int, load_default=None)
    team = Uid(load_default=None, about="Those of one team.")


class JobSchema(OutputShape):
    """What is worked on in the background, and how far it is."""

    id = Words(about="Its id.")
    kind = Words(about="What kind of work it is.", example="portfolio")
    label = Words(about="The kind for people.", example="Portfolio")
    state = Choice(STATES, about="Where it is; nothing more happens after the last three.")
    done = Count(about="How many of its parts are done.")
    total = Count(about="How many parts it has; 0 until that is known.")
    share = Number(about="How much of it is done, a fraction.")
    attempt = Count(about="How often it was begun.")
    started_by = Words(about="Who has started it.")
    created_at = Moment(about="When it was asked for.")
    begun_at = Moment(allow_none=True, about="When the work has begun; null before.")
    finished_at = Moment(allow_none=True, about="When it has ended; null before.")
    reason = Part(ProblemSchema, allow_none=True, about="Why it has failed; null if it has not.")
    sha = Words(
        allow_none=True,
        about="SHA-256 of its answer: the same answer has the same. Null until it is done.",
    )

    @pre_dump
    def _plain(self, job: Any, **_: Any) -> dict[str, Any]:
        plain = [name for name in self.fields if name not in ("id", "state")]
        copied = {name: getattr(job, name) for name in plain}
        return {**copied, "id": job.uid, "state": str(job.state)}


class JobSliceSchema(OutputShape):
    """Some jobs of a list."""

    jobs = Items(JobSchema, about="The jobs, the newest first.")
    next = next_field()


def dump_job(job: object) -> dict[str, Any]:
    """A job as JSON."""
    return cast(dict[str, Any], _JOB.dump(job))


def dump_jobs(jobs: Iterable[object], next: str | None) -> dict[str, Any]:
    """A slice of jobs as JSON."""
    return {"jobs": _JOB.dump(list(jobs), many=True), "next": next}


_JOB = JobSchema()
