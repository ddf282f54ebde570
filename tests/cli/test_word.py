"""Somebody's own Word document on the command line: its tags, a check of it, and filling it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import REFERENCE, as_json, plain, run, shown
from tests.documents.embedding_documents import (
    control,
    controls,
    document,
    edited,
    paragraph,
    parts,
    texts,
)
from valuecalc.services import cases, embedding, library

SOUND = document(paragraph("NPV ", control("value.npv", "-")))
WRONG = document(paragraph(control("value.npv", "-"), control("value.nvp", "-", id=2)))


def npv() -> str:
    return cases.calculate(library.straw_man(REFERENCE).case).figure("npv").text


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return written(tmp_path, SOUND)


def written(folder: Path, content: bytes) -> Path:
    file = folder / "template.docx"
    file.write_bytes(content)
    return file


def test_the_tags_are_listed_with_what_they_are_now() -> None:
    lines = run("tags", REFERENCE, "--search", "NPV net").output.splitlines()
    found = {line.split()[0]: line for line in lines}
    assert {"value.npv", "short.npv"} <= set(found)
    assert "value.roi" not in found
    assert found["value.npv"].endswith(npv())
    assert shown("tags", REFERENCE, "--search", "no such thing") == "No tag fits."


def test_the_tags_as_json_are_those_of_the_api() -> None:
    found = embedding.list_tags(library.straw_man(REFERENCE).case)
    assert as_json("tags", REFERENCE) == plain(embedding.tags_as_answer(found))


def test_a_starter_is_written_beside_the_list(tmp_path: Path) -> None:
    output = tmp_path / "starter.docx"
    assert run("tags", REFERENCE, "--starter", output).exit_code == 0
    assert output.read_bytes() == embedding.starter().content
    assert run("tags", REFERENCE, "--starter", output, "--language", "de").exit_code == 0
    assert output.read_bytes() == embedding.starter("de").content
    lines = run("tags", REFERENCE, "--starter", output).output.splitlines()
    assert lines[0].startswith("Wrote"), "a pager that is left would end the command before"
    wrong = run("tags", REFERENCE, "--starter", tmp_path / "none.docx", "--language", "xx")
    assert wrong.exit_code != 0
    assert "There is no language “xx”" in wrong.output
    assert not (tmp_path / "none.docx").exists()


def test_a_document_is_filled_and_the_report_stands_on_standard_error(
    template: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.docx"
    found = run("fill", template, REFERENCE, "-o", output)
    assert (found.exit_code, found.stdout) == (0, "")
    assert found.stderr == f"Wrote {output} (1 filled, 0 as they were).\n"
    assert texts(output.read_bytes(), "value.npv") == [npv()]


def test_the_report_as_json_stands_on_standard_output(template: Path, tmp_path: Path) -> None:
    found = run("fill", template, REFERENCE, "-o", tmp_path / "out.docx", "--json")
    [entry] = json.loads(found.stdout)["entries"]
    assert (entry["outcome"], entry["ours"]) == ("filled", npv().replace("\u00a0", " "))


def test_what_was_typed_over_stays_with_1_unless_it_is_named(
    template: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.docx"
    run("fill", template, REFERENCE, "-o", output)
    written(tmp_path, edited(output.read_bytes(), f">{npv()}<", ">about that<"))
    left = run("fill", template, REFERENCE, "-o", output)
    assert left.exit_code == 1
    assert "value.npv (the body): “about that”, in the case" in left.stderr
    assert texts(output.read_bytes(), "value.npv") == ["about that"]
    for name in ("value.npv", "*"):
        taken = run("fill", template, REFERENCE, "-o", output, "--overwrite", name)
        assert taken.exit_code == 0
        assert texts(output.read_bytes(), "value.npv") == [npv()]


def test_a_tag_that_does_not_exist_gives_1_and_the_nearest(tmp_path: Path) -> None:
    template = written(tmp_path, WRONG)
    filled = run("fill", template, REFERENCE, "-o", tmp_path / "out.docx")
    checked = run("check-template", template, REFERENCE)
    for found in (filled.stderr, checked.stdout):
        assert "Tags that do not exist (1)" in found
        assert "Did you mean value.npv" in found
    assert (filled.exit_code, checked.exit_code) == (1, 1)
    assert checked.stdout.splitlines()[-1] == "Not everything can be filled."


def test_a_sound_template_gives_0(template: Path) -> None:
    found = run("check-template", template, REFERENCE)
    assert found.exit_code == 0
    assert found.output.splitlines() == ["value.npv", "", "Everything can be filled."]
    assert as_json("check-template", template, REFERENCE)["is_sound"]


def test_files_that_cannot_be_used_give_3_and_wrong_usage_2(template: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.docx"
    for content in (b"no document", SOUND[:-30]):
        refused = run("fill", written(tmp_path, content), REFERENCE, "-o", output)
        assert refused.exit_code == 3
        assert str(template) in refused.stderr
        assert not output.exists()
        assert run("check-template", template, REFERENCE).exit_code == 3
    written(tmp_path, SOUND)
    assert run("fill", tmp_path / "none.docx", REFERENCE, "-o", output).exit_code == 3
    assert run("fill", template, REFERENCE, "-o", tmp_path / "no" / "out.docx").exit_code == 3
    assert run("fill", template, REFERENCE, "-o", tmp_path / "out.pdf").exit_code == 2
    assert run("fill", template, REFERENCE).exit_code == 2
    assert run("fill", template, "-", "-o", output, text="title: x\n").exit_code == 1


# --------------------------------------------------------------------------- a chapter


def test_a_chapter_goes_to_the_place_that_is_named(tmp_path: Path) -> None:
    theirs, output = written(tmp_path, document(paragraph("Ours."))), tmp_path / "out.docx"
    asked = ("--place", "end", "--sections", "summary,conventions")
    found = run("chapter", theirs, REFERENCE, "-o", output, *asked)
    assert (found.exit_code, found.stdout) == (0, "")
    assert found.stderr == f"Wrote {output} (2 filled, 0 as they were).\n"
    assert controls(output.read_bytes(), "chapter.summary")
    typed = edited(output.read_bytes(), ">Horizon<", ">How long<")
    again = run(
        "chapter",
        written(tmp_path, typed),
        REFERENCE,
        "-o",
        output,
        "--scenario",
        "stretch",
        *asked[2:],
    )
    assert again.exit_code == 1
    assert "chapter.conventions (the body)" in again.stderr


def test_a_chapter_that_is_there_stays_as_it_was_chosen(tmp_path: Path) -> None:
    theirs, output = written(tmp_path, document(paragraph("Ours."))), tmp_path / "out.docx"
    asked = ("--sections", "conventions", "--language", "de", "--scenario", "stretch")
    run("chapter", theirs, REFERENCE, "-o", output, "--place", "end", *asked)
    once = output.read_bytes()
    found = run("chapter", written(tmp_path, once), REFERENCE, "-o", output)
    assert found.stderr == f"Wrote {output} (0 filled, 1 as they were).\n"
    assert output.read_bytes() == once
    other = run("chapter", written(tmp_path, once), REFERENCE, "-o", output, "--language", "fr")
    assert "The chapter was in another language before: Deutsch." in other.stderr


@pytest.mark.parametrize(
    ("place", "code", "says"),
    [
        ("nowhere", 2, "begin it with"),
        ("heading:Nothing", 3, "no heading"),
        ("control", 3, "tagged"),
    ],
)
def test_a_place_that_is_not_there_is_told(
    tmp_path: Path, place: str, code: int, says: str
) -> None:
    theirs = written(tmp_path, document(paragraph("Ours.")))
    asked = ("--place", place, "--sections", "conventions")
    found = run("chapter", theirs, REFERENCE, "-o", tmp_path / "out.docx", *asked)
    assert found.exit_code == code
    assert says in found.stderr


def test_charts_of_word_are_filled_in_when_they_are_wanted(tmp_path: Path) -> None:
    theirs = document(control("image.cumulative_cash", paragraph("[cash]")))
    output = tmp_path / "out.docx"
    asked = ("--charts", "native")
    assert run("fill", written(tmp_path, theirs), REFERENCE, "-o", output, *asked).exit_code == 0
    assert [name for name in parts(output.read_bytes()) if name.endswith(".xlsx")]


def test_a_document_is_filled_in_the_language_that_was_asked_for(tmp_path: Path) -> None:
    rate = document(paragraph("ROI ", control("value.roi", "-")))
    template, output = written(tmp_path, rate), tmp_path / "out.docx"
    roi = cases.calculate(library.straw_man(REFERENCE).case).figure("roi").text
    run("fill", template, REFERENCE, "-o", output, "--language", "de")
    assert texts(output.read_bytes(), "value.roi") == [
        roi.replace(".", ",").replace("%", "\u00a0%")
    ]


def test_a_document_is_filled_again_in_the_language_of_the_last_time(tmp_path: Path) -> None:
    rate = document(paragraph("ROI ", control("value.roi", "-")))
    template, output = written(tmp_path, rate), tmp_path / "out.docx"
    run("fill", template, REFERENCE, "-o", output, "--language", "de")
    german = output.read_bytes()
    assert run("fill", output, REFERENCE, "-o", output).exit_code == 0
    assert output.read_bytes() == german
    english = run("fill", output, REFERENCE, "-o", output, "--language", "en-GB")
    assert "was filled in another language before: Deutsch" in english.output
    assert output.read_bytes() != german
