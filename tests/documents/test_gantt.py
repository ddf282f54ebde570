from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from valuecalc.case.plan import Decision, Milestone, Plan, Predecessor, Task
from valuecalc.documents import languages
from valuecalc.documents.charts import PAPER, GanttRow, describe_gantt, gantt, gantt_table, png
from valuecalc.documents.charts.day_axis import day_ticks
from valuecalc.documents.charts.gantt import MOST_LINKED
from valuecalc.documents.charts.plan import gantt_rows, plan_picture
from valuecalc.documents.charts.text import SEMIBOLD, measure
from valuecalc.engine.plan import PlanResult, work_out

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "R&D <b>\"fast\"</b> 'x' > 1 \x00\x0b\ud800\ufffe 🚀"
MONDAY = date(2027, 1, 4)


def row(id: str, start: int, finish: int, **more: object) -> GanttRow:
    """A task from one day after the first Monday of 2027 to another."""
    days: dict[str, object] = {
        "start": MONDAY + timedelta(days=start),
        "finish": MONDAY + timedelta(days=finish),
        "latest": MONDAY + timedelta(days=finish),
    }
    return GanttRow(**{"id": id, "label": id.title(), "kind": "task", **days, **more})  # type: ignore[arg-type]


PLAN = (
    row("go", 0, 0, kind="decision"),
    row("survey", 1, 11, done=0.5, is_critical=True, after=("go",)),
    row("training", 1, 4, latest=MONDAY + timedelta(days=18), after=("go",)),
    row("live", 25, 25, kind="milestone", due=MONDAY + timedelta(days=18), after=("survey",)),
)


def drawn(rows: tuple[GanttRow, ...] = PLAN, width: float = 680) -> str:
    return gantt(rows, palette=PAPER, chart_id="plan", width=width)


def shapes(svg: str, tag: str) -> list[dict[str, str]]:
    return [each.attrib for each in ElementTree.fromstring(svg).iter(f"{SVG}{tag}")]


MARK: dict[str, object] = {"kind": "milestone"}


def days_beside(rows: tuple[GanttRow, ...]) -> list[str]:
    """What is written beside the marks."""
    return re.findall(r"paint-order[^>]*>([^<]*)<", drawn(rows))


def plan_of(*steps: Task | Milestone | Decision) -> PlanResult:
    plan = Plan(
        start=MONDAY,
        tasks=tuple(each for each in steps if isinstance(each, Task)),
        milestones=tuple(each for each in steps if isinstance(each, Milestone)),
        decisions=tuple(each for each in steps if isinstance(each, Decision)),
    )
    return work_out(replace(builders.case(), plan=plan))


class TestThePicture:
    def test_is_drawn_like_this(self) -> None:
        bars = [
            (each["fill"], each["x"], each["width"], each.get("fill-opacity", "solid"))
            for each in shapes(drawn(), "rect")
            if each["height"] in ("12", "13") and each["fill"] != PAPER.surface
        ]
        assert bars == [
            (PAPER.negative, "84.8", "255.8", "0.3"),
            (PAPER.negative, "84.3", "128.4", "solid"),
            (PAPER.bar, "84.8", "92.4", "0.3"),
        ]
        texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawn())
        assert texts[:6] == ["2027", "4 Jan", "11 Jan", "18 Jan", "25 Jan", "Go"]
        assert "29 Jan, due 22 Jan" in texts

    def test_marks_milestones_and_decisions_with_shapes_of_their_own(self) -> None:
        discs = [each for each in shapes(drawn(), "circle") if "data-tip" in each]
        assert [each["data-tip"] for each in discs] == ["Go: 4 January 2027"]
        diamonds = [each for each in shapes(drawn(), "path") if "data-tip" in each]
        assert [each["fill"] for each in diamonds] == [PAPER.negative]

    def test_leads_a_line_from_each_step_to_what_comes_after_it(self) -> None:
        lines = [each for each in shapes(drawn(), "path") if each["fill"] == "none"]
        assert len(lines) == 3

    def test_leaves_the_lines_out_where_they_could_not_be_read(self) -> None:
        many = tuple(row(f"t{n}", n, n, after=(f"t{n - 1}",)) for n in range(MOST_LINKED + 1))
        assert not [each for each in shapes(drawn(many), "path") if each["fill"] == "none"]

    def test_tells_in_the_keys_only_what_occurs(self) -> None:
        assert "Decision of the customer" in drawn()
        only = drawn((row("survey", 0, 4),))
        assert "Decision" not in only
        assert "Done" not in only
        assert "Day that is missed" not in only

    def test_says_so_when_there_is_nothing_to_draw(self) -> None:
        assert "There is nothing in the plan yet" in drawn(())

    def test_carries_no_style(self) -> None:
        assert "style=" not in drawn()

    @pytest.mark.parametrize("width", [332, 680, 900])
    def test_is_as_wide_as_asked_and_cuts_nothing_at_its_edges(self, width: float) -> None:
        for rect in shapes(drawn(width=width), "rect"):
            assert float(rect["x"]) >= 0
            assert float(rect["x"]) + float(rect["width"]) <= width
        for text in shapes(drawn(width=width), "text"):
            assert 0 <= float(text["x"]) <= width

    def test_can_be_made_a_picture_for_paper(self) -> None:
        assert png(drawn()).startswith(b"\x89PNG")

    def test_days_beside_marks_have_their_year_where_the_plan_takes_longer_than_one(self) -> None:
        late = date(2026, 12, 21)
        days = days_beside((row("go", 0, 0, kind="decision"), row("live", 363, 363, **MARK)))
        assert days == ["4 Jan", "2 Jan"]
        days = days_beside((row("go", 0, 0, kind="decision"), row("live", 365, 365, **MARK)))
        assert days == ["4 Jan 2027", "4 Jan 2028"]
        # A day that was missed may lie before all others.
        days = days_beside((row("go", 0, 0, **MARK), row("live", 360, 360, due=late, **MARK)))
        assert " ".join(days) == "4 Jan 2027 30 Dec 2027, due 21 Dec 2026"
        german = languages.find("de")
        with languages.speaking(german):
            assert days_beside((row("survey", 0, 400), row("live", 400, 400, **MARK))) == [
                "8.\u00a0Feb.\u00a02028"
            ]

    @pytest.mark.parametrize("width", [332, 680])
    @pytest.mark.parametrize("due", [-20, 30, 300])
    @pytest.mark.parametrize("finish", [310, 620, 900])
    def test_days_stand_clear_of_names_and_of_the_edge(
        self, width: float, due: int, finish: int
    ) -> None:
        late = row("live", finish, finish, due=MONDAY + timedelta(days=due), **MARK)
        plan = (row("all_the_teams_are_trained", 0, 900), replace(late, label="All teams are live"))
        texts = shapes(drawn(plan, width), "text")
        beside = [each for each in texts if each.get("paint-order")]
        said = re.findall(r"paint-order[^>]*>([^<]*)<", drawn(plan, width))
        assert len(re.findall(r"\b20\d\d\b", " ".join(said))) == 2
        name = measure("All teams are live", 12)
        for each, words in zip(beside, said, strict=True):
            room = measure(words, 11, SEMIBOLD)
            left = float(each["x"]) - (room if each.get("text-anchor") == "end" else 0)
            assert name <= left <= width - room

    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 2_900_000), st.integers(0, 3_000), st.sampled_from([HOSTILE, "חיסכון"]))
    def test_survives_any_days_and_any_label(self, start: int, length: int, label: str) -> None:
        day = date.fromordinal(start + 1)
        far = date.fromordinal(min(start + 1 + length, date.max.toordinal() - 1))
        made = GanttRow(id="a", label=label, kind="task", start=day, finish=far, latest=far)
        ElementTree.fromstring(drawn((made,)))

    def test_refuses_what_is_over_before_it_begins(self) -> None:
        with pytest.raises(ValueError, match="over before it begins"):
            row("survey", 3, 2)

    def test_refuses_a_part_that_is_none(self) -> None:
        with pytest.raises(ValueError, match="no part"):
            row("survey", 0, 2, done=1.5)


class TestItsWords:
    def test_tell_the_dates_the_critical_steps_and_what_is_missed(self) -> None:
        assert describe_gantt(PLAN) == (
            "From 4 January 2027 to 29 January 2027. Milestones: Live 29 January 2027. "
            "The end depends on: Survey. Too late: Live, due 22 January 2027."
        )

    def test_name_a_few_and_count_the_rest(self) -> None:
        many = [row(f"t{n}", n, n, is_critical=True) for n in range(6)]
        assert "T3 and 2 more." in describe_gantt(many)

    def test_have_a_table_that_says_the_same(self) -> None:
        table = gantt_table(PLAN)
        assert table.rows[1] == (
            *("Survey", "Task", "", "5 January 2027", "15 January 2027"),
            *("15 January 2027", "yes", "50%"),
        )


class TestTheAxis:
    def test_marks_weeks_while_they_are_few(self) -> None:
        ticks = day_ticks(date(2026, 12, 24), date(2027, 1, 20), 8)
        assert [(each.label, each.year) for each in ticks] == [
            *(("28 Dec", "2026"), ("4 Jan", "2027"), ("11 Jan", ""), ("18 Jan", ""))
        ]

    def test_marks_months_beyond(self) -> None:
        ticks = day_ticks(date(2026, 11, 5), date(2027, 5, 1), 8)
        assert [each.label for each in ticks] == ["Dec", "Jan", "Feb", "Mar", "Apr", "May"]
        assert [each.year for each in ticks][:3] == ["2026", "2027", ""]

    def test_marks_quarters_and_years_of_long_plans(self) -> None:
        assert day_ticks(date(2027, 1, 1), date(2028, 6, 1), 8)[1].label == "Apr"
        assert [each.label for each in day_ticks(date(2027, 1, 1), date(2032, 6, 1), 8)] == [
            *("2027", "2028", "2029", "2030", "2031", "2032")
        ]

    @given(st.dates(max_value=date(9990, 1, 1)), st.integers(0, 4_000_000), st.integers(2, 12))
    def test_never_crowds_the_axis_and_stays_inside(
        self, first: date, length: int, most: int
    ) -> None:
        last = date.fromordinal(min(first.toordinal() + length, date(9990, 12, 31).toordinal()))
        ticks = day_ticks(first, last, most)
        assert len(ticks) <= most
        assert all(first <= each.day <= last for each in ticks)
        assert all(before.day < after.day for before, after in combinations(ticks, 2))


class TestThePlanOfACase:
    def test_stands_in_the_order_in_which_its_steps_begin(self) -> None:
        plan = plan_of(
            Milestone(id="live", label="Live", after=(Predecessor("build"),)),
            Task(id="build", label="Build", days=10, after=(Predecessor("survey"),)),
            Task(id="survey", label="Survey", days=5, done=0.4),
            Task(id="training", label="Training", days=3),
        )
        rows = gantt_rows(plan)
        assert [each.id for each in rows] == ["training", "survey", "build", "live"]
        assert [each.is_critical for each in rows] == [False, True, True, True]
        assert rows[0].latest > rows[0].finish
        assert rows[1].done == 0.4

    def test_keeps_the_critical_path_and_the_milestones_of_very_many_steps(self) -> None:
        many = [Task(id=f"t{n}", label=f"T{n}", days=1) for n in range(50)]
        last = Task(id="long", label="Long", days=30, earliest=date(2027, 3, 1))
        live = Milestone(id="live", label="Live", after=(Predecessor("t0"),))
        picture = plan_picture(plan_of(*many, last, live), most=10)
        shown = [each.id for each in gantt_rows(plan_of(*many, last, live), 10)]
        assert len(shown) == 10
        assert {"long", "live"} <= set(shown)
        assert len(picture.table.rows) == 52
        assert "shows 10 of 52 steps" in picture.words

    def test_says_which_day_it_misses(self) -> None:
        plan = plan_of(
            Task(id="build", label="Build", days=10),
            Decision(id="go", label="Go", date=date(2027, 1, 6), after=(Predecessor("build"),)),
        )
        assert gantt_rows(plan)[1].due == date(2027, 1, 6)
        assert "Too late: Go, due 6 January 2027" in plan_picture(plan).words
