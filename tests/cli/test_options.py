"""Commands about alternatives, bridges and pilots."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.cli.running import REFERENCE, SOUND, as_json, plain, refused, run, shown
from valuecalc.schemas.case import case_from_text
from valuecalc.services import answers, cases, library, pilots, uncertainty

PILOT = ["--source", "Pilot in Leeds", "--date", "2027-03-31", "--owner", "Head of sales"]


# --------------------------------------------------------------------------- alternatives


def test_alternatives_stand_beside_the_case() -> None:
    text = shown("alternatives", "-", text=SOUND)
    assert "The case Carry on" in text
    assert "Value £50,000 −£5,000" in text
    assert "Carry on has an NPV" in text


def test_a_case_without_alternatives_says_what_the_yardstick_is() -> None:
    text = shown("alternatives", REFERENCE)
    assert "The case names no alternative" in text
    assert "Today, carried on unchanged, is the yardstick: 0." in text


def test_alternatives_as_json_are_those_of_the_service() -> None:
    found = uncertainty.alternatives(cases.read(SOUND))
    expected = plain(answers.of_alternatives(found))
    assert as_json("alternatives", "-", text=SOUND) == expected


# --------------------------------------------------------------------------- bridges


def test_a_bridge_goes_line_by_line_between_ids_alone() -> None:
    text = shown("bridge", REFERENCE, "conservative", "stretch")
    assert "Value: from “Conservative” to “Stretch”" in text
    assert "Higher revenue per user (benefit) +£17,712,000" in text
    assert "Difference +£18,712,000" in text


def test_a_bridge_leads_from_the_case_to_an_alternative() -> None:
    found = as_json("bridge", "-", "case", "carry_on", "--figure", "npv", text=SOUND)
    case = cases.read(SOUND)
    expected = answers.of_bridge(uncertainty.bridge(case, "case", "alternative:carry_on", "npv"))
    assert found == plain(expected)
    assert sum(step["amount"] for step in found["steps"]) == pytest.approx(found["difference"])


def test_an_unknown_end_of_a_bridge_is_refused_with_the_nearest_names() -> None:
    assert "Did you mean stretch?" in refused(
        "bridge", REFERENCE, "conservative", "scenario:strech"
    )


# --------------------------------------------------------------------------- pilots


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_a_pilot_takes_the_place_of_the_assumption_in_another_file(
    ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"tested.{ending}"
    text = shown(
        "pilot",
        REFERENCE,
        "arpu_after",
        "£25.50",
        "--low",
        "£25",
        "--high",
        "26",
        *PILOT,
        "-o",
        path,
    )
    assert "Net present value (NPV) was £9,994,399 and is" in text
    after = case_from_text(path.read_bytes())
    tested = after.assumption("arpu_after")
    assert tested is not None and tested.evidence is not None
    assert (tested.value, tested.low, tested.high) == (25.5, 25, 26)
    assert tested.evidence.grade == "A"
    assert tested.evidence.source == "Pilot in Leeds"
    assert "Was £26 per subscriber per month" in tested.evidence.note
    assert shown("calc", path)


def test_what_a_pilot_did_not_test_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "tested.yaml"
    shown("pilot", REFERENCE, "arpu_after", 25, *PILOT, "-o", path)
    before, after = library.straw_man(REFERENCE).case, case_from_text(path.read_bytes())
    others = [each for each in before.assumptions if each.id != "arpu_after"]
    assert [each for each in after.assumptions if each.id != "arpu_after"] == others
    assert after.benefits == before.benefits


@pytest.mark.parametrize("slug", library.slugs())
def test_assumptions_of_every_straw_man_can_be_written_anew_in_its_yaml(slug: str) -> None:
    found = library.straw_man(slug)
    text = found.path.read_bytes()
    for each in found.case.assumptions[::6]:
        number = f"{each.value * 100:.15g}%" if "%" in each.unit else repr(each.value)
        measured = pilots.Measured(
            assumption=each.id, value=number, source="A pilot: “small”", date=date(2027, 3, 31)
        )
        after = pilots.with_measured(found.case, measured)
        written = pilots.as_yaml(text, after, each.id)
        assert not written.startswith(b"{"), each.id
        assert cases.read(written) == after, each.id


def test_the_other_lines_of_the_yaml_stay_as_they_were(tmp_path: Path) -> None:
    case, path = tmp_path / "case.yaml", tmp_path / "tested.yaml"
    commented = SOUND.replace("benefits:", "# What it brings.\nbenefits:", 1)
    case.write_text(commented)
    shown("pilot", case, "saving", "£900", *PILOT, "-o", path)
    after = path.read_text().splitlines()
    gone = [line for line in commented.splitlines() if line not in after]
    assert gone == [
        "    value: £1,000",
        "    low: £500",
        "    high: £1,400",
        "    pilot: {cost: £2k, note: Four weeks in one office}",
    ]
    assert "# What it brings." in after


def test_an_assumption_on_one_line_stays_on_one_line(tmp_path: Path) -> None:
    case, path = tmp_path / "case.yaml", tmp_path / "tested.yaml"
    case.write_text(SOUND)
    shown("pilot", case, "users", 90, "--low", 85, *PILOT, "-o", path)
    (line,) = [each for each in path.read_text().splitlines() if "id: users" in each]
    start = "  - {id: users, label: Users, unit: user, value: 90, low: 85, evidence: {grade: A,"
    assert line.startswith(start)


def test_a_case_that_came_as_json_stays_json(tmp_path: Path) -> None:
    case, path = tmp_path / "case.json", tmp_path / "tested.yaml"
    case.write_bytes(pilots.as_json(cases.read(SOUND)))
    shown("pilot", case, "users", 90, *PILOT, "-o", path)
    assert json.loads(path.read_text())["assumptions"][0]["value"] == 90
    assert cases.read(path.read_bytes()).assumption("users")


def test_a_pilot_in_a_unit_of_the_same_kind_is_converted(tmp_path: Path) -> None:
    path = tmp_path / "tested.yaml"
    shown("pilot", "contact-centre", "handling_time", "9 minutes/call", *PILOT, "-o", path)
    tested = case_from_text(path.read_bytes()).assumption("handling_time")
    assert tested is not None
    assert tested.value == pytest.approx(0.15)


def test_what_a_pilot_cannot_have_found_is_refused_and_nothing_written(tmp_path: Path) -> None:
    path = tmp_path / "tested.yaml"
    for arguments, message in (
        (["arpu_aftr", 25], "Did you mean arpu_after"),
        (["arpu_after", "many"], "pilot.value"),
        (["arpu_after", "$25"], "Write it in GBP"),
        (["arpu_after", 25, "--low", 27, "--high", 24], "is above high"),
        (["arpu_after", 25, "--low", 26], "is above the value"),
    ):
        assert message in refused("pilot", REFERENCE, *arguments, *PILOT, "-o", path), arguments
    assert not path.exists()


def test_a_pilot_without_a_source_or_a_date_is_wrong_usage(tmp_path: Path) -> None:
    for left_out in ("--source", "--date"):
        place = PILOT.index(left_out)
        others = PILOT[:place] + PILOT[place + 2 :]
        found = run("pilot", REFERENCE, "arpu_after", 25, *others, "-o", tmp_path / "a.yaml")
        assert found.exit_code == 2
        assert left_out in found.output


def test_a_pilot_goes_to_yaml_or_json_and_to_a_place_that_is_there(tmp_path: Path) -> None:
    wrong = run("pilot", REFERENCE, "arpu_after", 25, *PILOT, "-o", tmp_path / "a.xlsx")
    assert wrong.exit_code == 2
    nowhere = run("pilot", REFERENCE, "arpu_after", 25, *PILOT, "-o", tmp_path / "no" / "a.yaml")
    assert nowhere.exit_code == 3
    assert "cannot be written" in nowhere.output
