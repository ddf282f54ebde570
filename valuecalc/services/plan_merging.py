"""A plan that was read from a file, put into a case: steps of the same name keep their ids.

A file holds a whole plan: what it does not name is taken out. What it cannot say (a table
without a column for it, a project that knows no sides) stays as the case has it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from valuecalc.case import plan_checks
from valuecalc.case.case import Case, Person
from valuecalc.case.plan import Decision, Milestone, Plan, Step, Task
from valuecalc.case.schedule import first_day
from valuecalc.documents.plan_formats.rows import ReadPlan, ReadStep, named, plan_of, remark
from valuecalc.errors import CaseError, Problem
from valuecalc.schemas.case import dump_case, load_case

OwnStep = TypeVar("OwnStep", Milestone, Task, Decision)

LONGEST_ID = 60
_KIND_OF: Mapping[type[Step], str] = {Milestone: "milestone", Task: "task", Decision: "decision"}


@dataclass(frozen=True, kw_only=True)
class Merged:
    """A case with the plan of a file, and what became of the steps, by their labels.

    `people` are the names that are new among the people of the case.
    """

    before: Case
    case: Case
    remarks: tuple[Problem, ...]
    added: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    people: tuple[str, ...]

    @property
    def counts(self) -> str:
        """How many steps became what: `12 new, 3 kept, 1 taken out`."""
        counts = (("new", self.added), ("kept", self.kept), ("taken out", self.removed))
        return ", ".join(f"{len(labels):,} {what}" for what, labels in counts if labels)


def merged(case: Case, read: ReadPlan) -> Merged:
    """The case with the plan that was read.

    Raises `CaseError` for a plan with numbers out of bounds, or with steps that wait for each
    other. A case that cannot be worked out because of the plan is not refused.
    """
    ids = _ids(case.plan, read.steps)
    people = tuple(_new_people(case, read.steps))
    owners = _owners((*case.people, *people), read.steps)
    plan = _as_before(case, plan_of(read, ids, owners), read)
    after = load_case(dump_case(replace(case, plan=plan, people=(*case.people, *people))))
    circles = [each for each in plan_checks.errors(after) if each.code == "circle"]
    if circles:
        raise CaseError(circles)
    old, new = case.plan.by_id, after.plan.by_id
    return Merged(
        before=case,
        case=after,
        remarks=(*read.remarks, *_lost(case, after)),
        added=tuple(each.label for each in after.plan.steps if each.id not in old),
        kept=tuple(each.label for each in after.plan.steps if each.id in old),
        removed=tuple(each.label for each in case.plan.steps if each.id not in new),
        people=tuple(each.name for each in people),
    )


# --------------------------------------------------------------------------- ids


def _ids(plan: Plan, steps: Iterable[ReadStep]) -> dict[str, str]:
    """An id for the key of each step: that of the same step in the plan, or a new one.

    The same step is the one whose id the file knows, or the one that is called the same; of
    several, the one of the same kind.
    """
    steps = list(steps)
    left = dict(plan.by_id)
    found: dict[str, str] = {}
    for same in (_has_id, _is_called_and_kind, _is_called):
        for step in steps:
            known = next((e.id for e in left.values() if same(step, e)), None)
            if step.key not in found and known is not None:
                found[step.key] = known
                del left[known]
    taken = {*found.values(), *plan.by_id}
    for step in steps:
        if step.key not in found:
            found[step.key] = identifier(step.id or step.label, taken)
            taken.add(found[step.key])
    return found


def _has_id(step: ReadStep, known: Step) -> bool:
    return step.id == known.id


def _is_called(step: ReadStep, known: Step) -> bool:
    return not step.id and step.label.casefold() == known.label.casefold()


def _is_called_and_kind(step: ReadStep, known: Step) -> bool:
    return _is_called(step, known) and step.kind == _KIND_OF[type(known)]


def identifier(label: str, taken: Iterable[str]) -> str:
    """An id for a label that is not taken yet: `go_live`, `go_live_2`."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: LONGEST_ID - 6].strip("_") or "step"
    stem = stem if stem[0].isalpha() else f"step_{stem}"
    known, number, found = set(taken), 1, stem
    while found in known:
        number += 1
        found = f"{stem}_{number}"
    return found


# --------------------------------------------------------------------------- people


def _person(people: Iterable[Person], name: str) -> Person | None:
    """Somebody by name, by what he or she does, or by id."""
    wanted = name.casefold()
    for each in people:
        if wanted in (each.name.casefold(), each.role.casefold(), each.id.casefold()):
            return each
    return None


def _new_people(case: Case, steps: Iterable[ReadStep]) -> Iterator[Person]:
    known = list(case.people)
    for step in steps:
        if step.owner and _person(known, step.owner) is None:
            id = identifier(step.owner, (each.id for each in known))
            person = Person(id=id, name=step.owner, side=step.side or "joint")
            known.append(person)
            yield person


def _owners(people: Iterable[Person], steps: Iterable[ReadStep]) -> dict[str, str]:
    people = list(people)
    names = {step.owner for step in steps if step.owner}
    return {name: found.id for name in names if (found := _person(people, name)) is not None}


# --------------------------------------------------------------------------- what is unsaid


def _as_before(case: Case, plan: Plan, read: ReadPlan) -> Plan:
    """The plan with what the file leaves unsaid as it was, and in the order that it had."""
    before = case.plan
    # Each list is in the order of the file, as those of the plan are.
    unsaid = {
        kind: [step for step in read.steps if step.kind == kind] for kind in _KIND_OF.values()
    }
    start = read.start
    if start is None or (before.start is None and start == first_day(before, case.timeline.start)):
        start = before.start
    return Plan(
        start=start,
        calendar=before.calendar if read.calendar is None else read.calendar,
        milestones=_filled(before, plan.milestones, unsaid["milestone"], read.silent),
        tasks=_filled(before, plan.tasks, unsaid["task"], read.silent),
        decisions=_filled(before, plan.decisions, unsaid["decision"], read.silent),
    )


def _filled(
    before: Plan, steps: tuple[OwnStep, ...], read: list[ReadStep], silent: frozenset[str]
) -> tuple[OwnStep, ...]:
    order = {each.id: number for number, each in enumerate(before.steps)}
    found = [
        _filled_step(before, step, each, silent) for step, each in zip(steps, read, strict=True)
    ]
    return tuple(sorted(found, key=lambda each: order.get(each.id, len(order))))


def _filled_step(before: Plan, step: OwnStep, read: ReadStep, silent: frozenset[str]) -> OwnStep:
    known = before.by_id.get(step.id)
    if known is None:
        return step
    none = {name for name in ("owner", "side", "done") if getattr(read, name) is None}
    names = {each.name for each in fields(step)} & {each.name for each in fields(known)}
    kept = {name: getattr(known, name) for name in (none | silent) & names}
    if kept.get("date", "") is None:
        # A decision needs a day, and a milestone without one has what it comes after.
        del kept["date"]
    return replace(step, **kept)


def _lost(before: Case, after: Case) -> Iterator[Problem]:
    """Lines that start or end at a milestone which the file does not have."""
    known = {each.id for each in after.plan.milestones}
    for milestone in before.plan.milestones:
        lines = [e.label for e in before.lines if milestone.id in (e.starts, e.ends)]
        if milestone.id not in known and lines:
            yield remark(
                before.plan.place(milestone.id),
                f"“{milestone.label}” is no milestone of the file, and {named(lines)} "
                f"{'starts or ends' if len(lines) == 1 else 'start or end'} at it.",
                "Give it that name in the file, or let them start at something else.",
            )
