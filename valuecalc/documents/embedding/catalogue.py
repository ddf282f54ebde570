"""Every tag that a control can have, with what a result has for it now.

| tag | stands for |
|---|---|
| `value.NAME` | the figure of that name in full: `value.npv`, `value.benefits.arpu.total` |
| `short.NAME` | the same in three digits |
| `text.…` | names, dates and sentences |
| `table.…` | the tables of the proposal |
| `image.…` | its pictures |
| `plan.…` | the plan: `plan.table`, `plan.tasks`, `plan.decisions`, `plan.gantt`, … |

The bare name of a figure is a tag as well: it is that of the controls in a proposal, which can
so be filled again. All is worked out when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from valuecalc.documents.charts import PAPER, png
from valuecalc.documents.charts.plan import plan_picture
from valuecalc.documents.embedding import plan_tables, texts
from valuecalc.documents.embedding.contents import Content, Missing, Picture, Table, Words
from valuecalc.documents.embedding.drafted import Section, Sections
from valuecalc.documents.proposal import (
    cash_flow,
    certainty,
    closing,
    evidence,
    lines,
    pictures,
    scenarios,
)
from valuecalc.documents.proposal.draft import Draft
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import UnknownName

VALUE, SHORT = "value.", "short."

LONGEST_TAG = 64
"""Word takes no longer tag."""

MOST_STEPS = 40
"""So many steps of a plan fit into a picture on a page."""


@dataclass(frozen=True)
class Tag:
    """A tag, what it is called, and what kind of thing it stands for."""

    name: str
    label: str
    kind: str


def _waterfall(draft: Draft) -> None:
    reason = pictures.why_not(draft.result)
    if reason:
        draft.write("Normal", reason)
    else:
        horizon = draft.result.case.timeline.horizon_text
        pictures.add_waterfall(draft, f"From benefits to value over {horizon}, undiscounted.")


def _cumulative(draft: Draft) -> None:
    reason = pictures.why_not(draft.result)
    if reason:
        draft.write("Normal", reason)
    else:
        pictures.add_cumulative_cash(draft, "Cumulative cash from the decision on.")


_TABLES: Mapping[str, tuple[str, Section, str]] = {
    "table.benefits": ("Benefits", lines.benefits, "Benefits:"),
    "table.outcomes": ("Outcomes in their own unit", lines.benefits, "Outcomes in"),
    "table.investments": ("Investment", lines.investments, "Investment:"),
    "table.cash_flow": ("Cash flow by year", cash_flow.cash_flow, "Cash flow by year"),
    "table.assumptions": ("Assumptions", evidence.assumptions, "Assumptions with"),
    "table.steps": ("Intermediate steps", evidence.assumptions, "Intermediate steps"),
    "table.evidence": ("Benefits by evidence", evidence.assumptions, "Benefits by grade"),
    "table.finance_view": ("What finance can count on", evidence.assumptions, "Hard and soft"),
    "table.scenarios": ("Scenarios", scenarios.scenarios, "Headline figures of the scenarios"),
    "table.scenario_changes": (
        "What the scenarios change",
        scenarios.scenarios,
        "What each scenario",
    ),
    "table.percentiles": ("Percentiles", certainty.certainty, "Percentiles of"),
    "table.break_even": ("Break-even", certainty.certainty, "The break-even of"),
    "table.open_points": ("Open points", closing.open_points, "Open points with"),
    "table.conventions": ("Conventions", closing.conventions, "The conventions"),
}
_PICTURES: Mapping[str, tuple[str, Section, str]] = {
    "image.waterfall": ("From benefits to value", _waterfall, "waterfall"),
    "image.cumulative_cash": ("Cumulative cash", _cumulative, "cumulative cash"),
    "image.histogram": ("The likely range", certainty.certainty, "histogram"),
    "image.tornado": ("What moves it most", certainty.certainty, "tornado"),
}
_PLAN: Mapping[str, tuple[str, Callable[[Result], Table | Missing]]] = {
    "plan.table": ("The whole plan", plan_tables.everything),
    "plan.tasks": ("Tasks", plan_tables.tasks),
    "plan.milestones": ("Milestones", plan_tables.milestones),
    "plan.decisions": ("Decisions", plan_tables.decisions),
}
_HEADLINE = "table.headline"
_GANTT = "plan.gantt"


class Catalogue:
    """The tags of a result. `scenarios` are the results that it is compared with.

    They are worked out here if they are left out and the result is the expected one.
    """

    def __init__(self, result: Result, scenarios: Sequence[Result] | None = None) -> None:
        self.result = result
        self._given = scenarios
        self.content = cache(self._content)
        self._sections = cache(self._made_sections)

    def _made_sections(self) -> Sections:
        compared = self._given
        if compared is None:
            is_expected = self.result.scenario == EXPECTED
            compared = compare(self.result.case) if is_expected else ()
        return Sections(self.result, compared)

    @property
    def tags(self) -> tuple[Tag, ...]:
        """All tags that Word takes, in the order in which people look for them."""
        return tuple(each for each in self._tags() if len(each.name) <= LONGEST_TAG)

    def _tags(self) -> Iterator[Tag]:
        figures = self.result.figures.values()
        yield from (Tag(f"{VALUE}{each.name}", each.label, "figure") for each in figures)
        yield from (Tag(tag, label, "text") for tag, (label, _) in texts.TEXTS.items())
        yield Tag(_HEADLINE, "Headline figures", "table")
        yield from (Tag(tag, each[0], "table") for tag, each in _TABLES.items())
        yield from (Tag(tag, each[0], "picture") for tag, each in _PICTURES.items())
        yield from (Tag(tag, each[0], "table") for tag, each in _PLAN.items())
        yield Tag(_GANTT, "The plan over time", "picture")
        yield from (Tag(f"{SHORT}{each.name}", each.label, "short figure") for each in figures)

    def __contains__(self, tag: str) -> bool:
        return tag in self._known or tag in self.result.figures

    @property
    def _known(self) -> frozenset[str]:
        return frozenset(each.name for each in self._tags())

    def remedy(self, tag: str) -> str:
        """What somebody may have meant by a tag that does not exist."""
        return UnknownName("tag", tag, [each.name for each in self._tags()]).remedy

    def _content(self, tag: str) -> Content:
        """What stands behind a tag. Raises `UnknownName` with the nearest ones."""
        if tag in texts.TEXTS:
            return Words(texts.text(self.result, tag))
        if tag == _HEADLINE:
            return self._headline()
        if tag in _TABLES:
            _, section, title = _TABLES[tag]
            return self._sections().table(section, title)
        if tag in _PICTURES:
            _, section, name = _PICTURES[tag]
            return self._sections().picture(section, name)
        if tag in _PLAN:
            return _PLAN[tag][1](self.result)
        if tag == _GANTT:
            return self._gantt()
        return self._figure(tag)

    def _figure(self, tag: str) -> Words:
        figures = self.result.figures
        if tag.startswith(VALUE) and tag.removeprefix(VALUE) in figures:
            return Words(figures[tag.removeprefix(VALUE)].text)
        if tag.startswith(SHORT) and tag.removeprefix(SHORT) in figures:
            return Words(figures[tag.removeprefix(SHORT)].short)
        if tag in figures:
            return Words(figures[tag].text)
        raise UnknownName("tag", tag, [each.name for each in self._tags()])

    def _headline(self) -> Table:
        rows = tuple((each.label, each.text) for each in self.result.headline)
        return Table(("Figure", "Amount"), rows)

    def _gantt(self) -> Picture | Missing:
        if not self.result.plan.steps:
            return Missing(plan_tables.NO_PLAN)
        made = plan_picture(
            self.result.plan, palette=PAPER, chart_id="gantt", width=pictures.WIDTH, most=MOST_STEPS
        )
        return Picture(png(made.svg, scale=pictures.SCALE), f"{made.title}. {made.words}")
