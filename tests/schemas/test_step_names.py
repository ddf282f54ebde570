from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.schemas.holiday_text import holiday_text, holidays
from valuecalc.schemas.step_names import with_ids
from valuecalc.schemas.typed import typed


def after(text: str) -> Any:
    """What the last task of a plan comes after, when it is typed."""
    plan = {
        "tasks": [
            {"id": "survey", "label": "Site survey"},
            {"id": "build", "label": "Build + test"},
            {"id": "twice", "label": "Training"},
            {"id": "again", "label": "Training"},
            {"id": "last", "label": "Last", "after": text},
        ],
        "milestones": [{"id": "live", "label": "Go live"}],
    }
    return typed({"plan": plan})["plan"]["tasks"][-1].get("after")


class TestWhatAStepComesAfter:
    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("survey; build + 5", ["survey", "build + 5"]),
            ("survey, build+5", ["survey", "build+5"]),
            ("Site survey", ["survey"]),
            ("  site  SURVEY + 3 days", ["survey + 3 days"]),
            ("Build + test", ["build"]),
            ("go live", ["live"]),
            ("1", ["survey"]),
            ("2FS+5 days; 1", ["build +5 days", "survey"]),
        ],
    )
    def test_may_be_written_as_an_id_a_label_or_a_row(self, text: str, ids: list[str]) -> None:
        assert after(text) == ids

    @pytest.mark.parametrize("text", ["Training", "9", "0", "2SS", "somewhere", "+ 5", "Last2"])
    def test_stays_as_it_is_written_where_it_is_not_clear(self, text: str) -> None:
        assert after(text) == [text]

    def test_is_left_alone_where_it_is_no_text(self) -> None:
        plan = {"tasks": [{"id": "a", "after": [5, None, {"x": 1}]}, "no row", {"after": ["a"]}]}
        assert with_ids(plan) == plan

    @given(
        st.recursive(
            st.text() | st.integers(),
            lambda each: (
                st.lists(each)
                | st.dictionaries(st.sampled_from(["tasks", "after", "id", "label"]), each)
            ),
            max_leaves=8,
        )
    )
    def test_never_fails_whatever_stands_there(self, value: Any) -> None:
        typed({"plan": {"tasks": value, "calendar": {"holidays": value}}})


class TestDaysWithoutWork:
    @pytest.mark.parametrize(
        ("line", "holiday"),
        [
            ("2027-12-24", {"first": "2027-12-24"}),
            ("2027-1-4", {"first": "2027-01-04"}),
            (
                "2027-12-24 to 2028-01-02 Works closed",
                {"first": "2027-12-24", "last": "2028-01-02", "label": "Works closed"},
            ),
            (
                "2027-12-24 – 2028-01-02: Works closed",
                {"first": "2027-12-24", "last": "2028-01-02", "label": "Works closed"},
            ),
            ("Christmas\t25 December 2027", {"first": "2027-12-25", "label": "Christmas"}),
            ("some day", {"first": "some day"}),
            ("31 Foo 2027", {"first": "31 Foo 2027"}),
        ],
    )
    def test_stand_one_to_a_line_with_a_label(self, line: str, holiday: dict[str, str]) -> None:
        assert holidays(line) == [holiday]

    def test_may_be_pasted_as_lines(self) -> None:
        found = holidays("Easter Monday\t2027-03-29\r\n\r\nMay Day\t2027-05-03\r\n")
        assert [each["label"] for each in found] == ["Easter Monday", "May Day"]

    def test_are_written_as_they_are_read(self) -> None:
        holiday = {"first": "2027-12-24", "last": "2028-01-02", "label": "Works closed"}
        assert holidays(holiday_text(**holiday)) == [holiday]

    def test_are_read_in_the_document_of_a_form(self) -> None:
        calendar = {"weekdays": "mon, tue; wed", "holidays": "2027-05-03 May Day\n2027-05-31"}
        assert typed({"plan": {"calendar": calendar}})["plan"]["calendar"] == {
            "weekdays": ["mon", "tue", "wed"],
            "holidays": [{"first": "2027-05-03", "label": "May Day"}, {"first": "2027-05-31"}],
        }
