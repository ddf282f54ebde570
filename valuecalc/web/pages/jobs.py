"""A background job on a page: how far it is, and what may be done with it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from valuecalc.formula import quantity
from valuecalc.services.access import Action
from valuecalc.services.jobs import Job, State
from valuecalc.web.identity import actor

STATES: Mapping[State, str] = {
    State.WAITING: "Waiting",
    State.RUNNING: "Being worked out",
    State.DONE: "Done",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
}


@dataclass(frozen=True)
class JobShown:
    """A job of a team as its members see it."""

    job: Job

    @property
    def uid(self) -> str:
        """The public name of the job."""
        return self.job.uid

    @property
    def request(self) -> Mapping[str, Any]:
        """What was asked for."""
        return self.job.request

    @property
    def state(self) -> str:
        """Where the job is, in words."""
        return STATES[self.job.state]

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self.job.state.is_final

    @property
    def is_done(self) -> bool:
        """Whether there is an answer."""
        return self.job.state is State.DONE

    @property
    def share(self) -> str:
        """How much of it is done, for people."""
        return quantity.show(self.job.share, "%", digits=0)

    @property
    def progress(self) -> str:
        """How far it is, in a sentence."""
        if self.job.state is State.WAITING and not self.job.done:
            return "Waiting for its turn."
        if not self.job.total:
            return "Getting the cases ready."
        parts = "1 part is" if self.job.total == 1 else f"{self.job.total:,} parts are"
        return f"{self.job.done:,} of {parts} done ({self.share})."

    @property
    def may_cancel(self) -> bool:
        """Whether the reader may end it: whoever started it, or an owner of the team."""
        if self.is_final:
            return False
        is_own = self.job.started_by_id == actor().account.id
        return is_own or actor().may(Action.MANAGE, self.job.team_id)
