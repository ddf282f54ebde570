"""The versions of a case: who changed what and when, what it did, and how to go back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from valuecalc.formula import quantity
from valuecalc.schemas.changes import Change, load_changes
from valuecalc.services import charts, comparison, saved_cases, versions
from valuecalc.services.charts import Chart
from valuecalc.services.comparison import AnyBridge, Comparison
from valuecalc.services.sittings import Sitting
from valuecalc.store.tables import Version
from valuecalc.web.identity import actor
from valuecalc.web.pages import lists
from valuecalc.web.pages.saved_case import Bar, version_number
from valuecalc.web.storage import store

PAGE = 30
LONGEST_NAME = 200
CHANGES_SHOWN = 5
"""So many changes of a sitting are seen at once; the rest unfolds."""

FIGURES = {"value": "Value", "npv": "Net present value"}
"""The figures that are sums of lines, and so have bridges."""

blueprint = Blueprint("case_versions", __name__, url_prefix="/cases/<uid>")


# --------------------------------------------------------------------------- the timeline


@dataclass(frozen=True)
class SittingShown:
    """A sitting as the timeline shows it; its times are in UTC."""

    found: Sitting

    @property
    def title(self) -> str:
        """The numbers of its versions: `Version 4`, `Versions 5 to 31`."""
        found = self.found
        if found.saves == 1:
            return f"Version {found.last}"
        return f"Versions {found.first} to {found.last}"

    @property
    def times(self) -> str:
        """When it was: `14:32`, `14:05–14:32`, `2 November, 23:50–00:10`."""
        begin, end = self.found.begin, self.found.end
        until = f"{end:%H:%M}"
        if f"{begin:%H:%M}" == until and begin.date() == end.date():
            return until
        since = f"{begin:%H:%M}" if begin.date() == end.date() else f"{begin:%-d %B, %H:%M}"
        return f"{since}–{until}"

    @property
    def value(self) -> str:
        """The value that it ended with; empty for a draft."""
        found = self.found
        return "" if found.value is None else quantity.show_short(found.value, found.currency)

    @property
    def difference(self) -> str:
        """What it did to the value, with its sign; empty where there is nothing to compare."""
        found = self.found
        if found.difference is None:
            return ""
        if found.difference == 0:
            return "no change of value"
        text = quantity.show_short(found.difference, found.currency)
        return text if text.startswith("\u2212") else f"+{text}"

    @property
    def shown(self) -> Sequence[Change]:
        """The changes that are seen at once."""
        return self.found.changes[:CHANGES_SHOWN]

    @property
    def more(self) -> Sequence[Change]:
        """The changes that unfold."""
        return self.found.changes[CHANGES_SHOWN:]

    @property
    def saves(self) -> Sequence[tuple[Version, tuple[Change, ...]]]:
        """Every save with its own changes, the newest first; none where there is only one."""
        if self.found.saves == 1:
            return ()
        return [(each, load_changes(each.changes)) for each in self.found.versions]


@dataclass(frozen=True)
class Day:
    """The sittings that ended on one day."""

    date: date
    sittings: Sequence[SittingShown]

    @property
    def title(self) -> str:
        """The day for people: `Tuesday, 3 November 2026`."""
        return f"{self.date:%A, %-d %B %Y}"


def days(found: Iterable[Sitting]) -> list[Day]:
    """Sittings, from the newest on, by the day in UTC."""
    by_day = groupby(found, key=lambda each: each.end.date())
    return [Day(day, [SittingShown(each) for each in group]) for day, group in by_day]


@blueprint.get("/versions")
def show_all(uid: str) -> str:
    """What happened to the case, sitting by sitting, the newest first."""
    before = lists.cursor(int)
    found = versions.sittings(store(), actor(), uid, PAGE, before[0] if before else None)
    saved = saved_cases.load(store(), actor(), uid)
    last = (found.rows[-1].first,) if found.rows else ()
    return render_template(
        "versions.html",
        bar=Bar(saved, "versions"),
        saved=saved,
        days=days(found.rows),
        next=lists.next_address(found.has_more, *last),
    )


@blueprint.post("/versions/<version:number>/freeze")
def freeze(uid: str, number: int) -> Response:
    """Give a version its name."""
    name = request.form.get("name", "").strip()[:LONGEST_NAME]
    if name:
        versions.freeze(store(), actor(), uid, number, name)
    return redirect(url_for("case_versions.show_all", uid=uid, _anchor=f"v{number}"), code=303)


@blueprint.post("/versions/<version:number>/restore")
def restore(uid: str, number: int) -> Response:
    """Keep an earlier version as the newest one."""
    versions.restore(store(), actor(), uid, number, request.form.get("tag", ""))
    return redirect(url_for("case_versions.show_all", uid=uid), code=303)


# --------------------------------------------------------------------------- two side by side


@dataclass(frozen=True)
class BridgeShown:
    """What leads from one version to the other, with its chart where one can be drawn."""

    found: AnyBridge
    chart: Chart | None


@blueprint.get("/compare")
def compare(uid: str) -> str:
    """Two versions: what changed, and what that did to the result."""
    saved = saved_cases.load(store(), actor(), uid)
    last = version_number(request.args.get("to", "")) or saved.version.number
    first = version_number(request.args.get("from", "")) or max(1, last - 1)
    earlier, later = versions.two(store(), actor(), uid, first, last)
    figure = request.args.get("figure", "value")
    figure = figure if figure in FIGURES else "value"
    compared = comparison.compare_documents(earlier.document, later.document)
    ends = (f"Version {first}", f"Version {last}")
    return render_template(
        "compare.html",
        bar=Bar(saved, "versions"),
        saved=saved,
        earlier=earlier.version,
        later=later.version,
        ends=ends,
        compared=compared,
        by_change=_by_change(compared, figure, ends),
        by_line=_by_line(earlier.document, later.document, figure, ends),
        figure=figure,
        figures=FIGURES,
        choices=_choices(uid, earlier.version, later.version),
    )


def _by_change(compared: Comparison, figure: str, ends: tuple[str, str]) -> BridgeShown | None:
    bridge = compared.bridge(figure)
    if bridge is None:
        return None
    return BridgeShown(bridge, charts.bridge(bridge, "bridge-by-change", ends))


def _by_line(
    before: Mapping[str, Any], after: Mapping[str, Any], figure: str, ends: tuple[str, str]
) -> BridgeShown | None:
    bridge = comparison.line_bridge(before, after, figure, ends)
    if bridge is None or not bridge.steps:
        return None
    return BridgeShown(bridge, charts.bridge(bridge, "bridge-by-line"))


Choice = tuple[int, str]
"""The number of a version, and how it is called in a list."""


def _choices(uid: str, *chosen: Version) -> list[tuple[str, list[Choice]]]:
    """The versions to choose from, by day; the chosen ones are always among them."""
    found = {each.number: each for each in versions.headings(store(), actor(), uid)}
    found |= {each.number: each for each in chosen}
    ordered = [found[number] for number in sorted(found, reverse=True)]
    by_day = groupby(ordered, key=lambda each: f"{each.at:%-d %B %Y}")
    return [(day, [(each.number, _called(each)) for each in group]) for day, group in by_day]


def _called(version: Version) -> str:
    """`12, 14:32, Ann Lee for Jane Doe: “Offer of 3 March”`."""
    author = version.author
    if version.on_behalf_of:
        author = f"{author} for {version.on_behalf_of}"
    name = f": “{version.name}”" if version.name else ""
    return f"{version.number}, {_time(version.at)}, {author}{name}"


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M}"
