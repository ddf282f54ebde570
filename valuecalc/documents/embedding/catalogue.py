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
from dataclasses import dataclass, replace
from functools import cache, cached_property

from valuecalc.documents import languages
from valuecalc.documents.charts import PAPER, png
from valuecalc.documents.charts.plan import plan_picture
from valuecalc.documents.embedding import plan_tables, standing, texts
from valuecalc.documents.embedding.contents import Content, Missing, Picture, Table, Words
from valuecalc.documents.embedding.drafted import Section, Sections
from valuecalc.documents.languages import Language, spoken
from valuecalc.documents.proposal import (
    cash_flow,
    certainty,
    closing,
    evidence,
    lines,
    pictures,
    scenarios,
)
from valuecalc.documents.proposal.document import NATIVE, PICTURES
from valuecalc.documents.proposal.draft import SHARP, Draft
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import UnknownName, did_you_mean
from valuecalc.phrases import phrase

VALUE, SHORT = "value.", "short."

LONGEST_TAG = 64
"""Word takes no longer tag."""

STAMP = 0.05
"""How sharp a picture is that nobody will look at: see `SHARP`."""

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
        caption = phrase("From benefits to value over {horizon}, undiscounted.", horizon=horizon)
        pictures.add_waterfall(draft, caption)


def _cumulative(draft: Draft) -> None:
    reason = pictures.why_not(draft.result)
    if reason:
        draft.write("Normal", reason)
    else:
        caption = phrase("Cumulative cash from the decision on.")
        pictures.add_cumulative_cash(draft, caption)


_TABLES: Mapping[str, tuple[str, Section, str]] = {
    "table.benefits": ("Benefits", lines.benefits, "benefits"),
    "table.outcomes": ("Outcomes in their own unit", lines.benefits, "outcomes"),
    "table.investments": ("Investment", lines.investments, "investments"),
    "table.cash_flow": ("Cash flow by year", cash_flow.cash_flow, "cash_flow"),
    "table.assumptions": ("Assumptions", evidence.assumptions, "assumptions"),
    "table.steps": ("Intermediate steps", evidence.assumptions, "steps"),
    "table.evidence": ("Benefits by evidence", evidence.assumptions, "evidence"),
    "table.finance_view": ("What finance can count on", evidence.assumptions, "finance_view"),
    "table.scenarios": ("Scenarios", scenarios.scenarios, "scenarios"),
    "table.scenario_changes": (
        "What the scenarios change",
        scenarios.scenarios,
        "scenario_changes",
    ),
    "table.percentiles": ("Percentiles", certainty.certainty, "percentiles"),
    "table.break_even": ("Break-even", certainty.certainty, "break_even"),
    "table.open_points": ("Open points", closing.open_points, "open_points"),
    "table.conventions": ("Conventions", closing.conventions, "conventions"),
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

    They are worked out here if they are left out and the result is the expected one. `charts`
    are `pictures`, or `native`: drawn by Word, which can change their numbers. What stands behind
    the tags is in a `language`, without one in that which is spoken; the tags themselves and
    what they are called are English. `is_overview` is for who asks what there is: its pictures
    are stamps, because drawing them takes longer than all else. `is_short` makes charts as low as
    those of a proposal of two pages.
    """

    def __init__(
        self,
        result: Result,
        scenarios: Sequence[Result] | None = None,
        charts: str = PICTURES,
        language: Language | None = None,
        is_overview: bool = False,
        is_short: bool = False,
    ) -> None:
        self.result = result
        self.is_short = is_short
        self.language = language or languages.current()
        self.is_language_named = language is not None
        self.charts = charts
        self.scale = STAMP if is_overview else SHARP
        self._given = scenarios
        self.content = cache(self._content)
        self.standing = cache(self._hashes)
        self._sections = cache(self._made_sections)
        self._native_sections = cache(self._made_native_sections)

    def fitting(self, language: Language, *, is_short: bool) -> Catalogue:
        """The same for a document in another language, or for one of two pages."""
        if language == self.language and is_short == self.is_short:
            return self
        is_overview = self.scale == STAMP
        return Catalogue(
            self.result, self._given, self.charts, language, is_overview, is_short=is_short
        )

    def _hashes(
        self, ids: frozenset[str], language: Language, *, is_short: bool
    ) -> Mapping[str, str]:
        """The hashes of what sections of a proposal say outside of controls, by their ids."""
        with languages.speaking(language):
            return standing.hashes(self.result, self._compared, ids, is_short=is_short)

    @cached_property
    def _compared(self) -> Sequence[Result]:
        if self._given is not None:
            return self._given
        return compare(self.result.case) if self.result.scenario == EXPECTED else ()

    def _made_sections(self) -> Sections:
        return Sections(self.result, self._compared, scale=self.scale)

    def _made_native_sections(self) -> Sections:
        # Slow to load, and most documents have pictures.
        from valuecalc.documents.native_charts.look import THEME_LOOK

        return Sections(self.result, self._sections().scenarios, THEME_LOOK)

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
        same = [each.name for each in self._tags() if each.name == tag.casefold()]
        return did_you_mean(tag, same or [each.name for each in self._tags()])

    def _content(self, tag: str, with_chart: bool = False) -> Content:
        """What stands behind a tag. Raises `UnknownName` with the nearest ones.

        A picture comes with the chart that Word draws, if it is asked for or all are to be native.
        """
        with languages.speaking(self.language):
            return _said(self._unsaid(tag, with_chart))

    def _unsaid(self, tag: str, with_chart: bool) -> Content:
        if tag in texts.TEXTS:
            return Words(texts.text(self.result, tag))
        if tag == _HEADLINE:
            return self._headline()
        if tag in _TABLES:
            _, section, title = _TABLES[tag]
            return self._sections().table(section, title)
        if tag in _PICTURES:
            _, section, name = _PICTURES[tag]
            found = self._picture(section, name)
            is_native = self.charts == NATIVE
            if isinstance(found, Missing) or not (with_chart or is_native):
                return found
            return replace(
                found, chart=self._native_sections().chart(section, name), as_chart=is_native
            )
        if tag in _PLAN:
            return _PLAN[tag][1](self.result)
        if tag == _GANTT:
            return self._gantt()
        return self._figure(tag)

    def _picture(self, section: Section, name: str) -> Picture | Missing:
        # Two pages have no other chart, and say of how sure the value is one sentence alone.
        if self.is_short and section is _waterfall:
            sections = self._sections()
            low = Sections(self.result, sections.scenarios, scale=self.scale, is_short=True)
            return low.picture(section, name)
        return self._sections().picture(section, name)

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
        return Table((phrase("Figure"), phrase("Amount")), rows)

    def _gantt(self) -> Picture | Missing:
        if not self.result.plan.steps:
            return Missing(plan_tables.NO_PLAN)
        made = plan_picture(
            self.result.plan, palette=PAPER, chart_id="gantt", width=pictures.WIDTH, most=MOST_STEPS
        )
        words = phrase("{title}. {words}", title=made.title, words=made.words)
        return Picture(png(made.svg, scale=self.scale), words)


def _said(content: Content) -> Content:
    """A content in the language that is spoken; why there is none is told in English."""
    if isinstance(content, Words):
        return Words(spoken(content.text))
    if isinstance(content, Picture):
        return replace(content, words=spoken(content.words))
    if isinstance(content, Table):
        return Table(
            heads=_all_said(content.heads),
            rows=tuple(map(_all_said, content.rows)),
            total=_all_said(content.total),
            names=tuple(map(str, content.names)),
            keys=tuple(map(str, content.keys)),
        )
    return content


def _all_said(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(spoken, texts))
