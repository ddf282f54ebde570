"""The file itself: sound for Word, the same every time, nothing stale and nothing missing."""

from __future__ import annotations

import io
import os
import posixpath
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import docx
import pytest
from openxml_audit import OpenXmlValidator

from tests.builders import assumption, benefit, case, investment
from tests.documents.proposal_reader import NAMESPACES, Document, W, small_pictures
from valuecalc.case.case import Case
from valuecalc.documents.charts import png
from valuecalc.documents.proposal import pictures, write
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

MODELS = sorted(file.stem for file in models_folder().glob("*.yaml"))
HIGHEST_SHARE_OF_THE_PAGE = 16.1 / 2.54 * 1440


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


@cache
def content(name: str) -> bytes:
    case = case_from_text((models_folder() / f"{name}.yaml").read_bytes())
    return write(calculate(case), compare(case))


def document(name: str = "field-service") -> Document:
    """A proposal that is only read."""
    return _document(name)


@cache
def _document(name: str) -> Document:
    return Document(content(name))


def small() -> Case:
    return case(
        assumption("users", 100, "user", low=80, high=120),
        benefit("gain", "users * 5 GBP/user/month"),
        investment("licence", "6000 GBP"),
    )


@pytest.mark.parametrize("name", MODELS)
def test_a_validator_finds_nothing_wrong(name: str, tmp_path: Path) -> None:
    file = tmp_path / "proposal.docx"
    file.write_bytes(content(name))
    found = OpenXmlValidator().validate(file)
    assert [str(each) for each in found.errors] == []


def test_a_case_without_anything_makes_a_sound_file(tmp_path: Path) -> None:
    file = tmp_path / "proposal.docx"
    file.write_bytes(write(calculate(Case(title="Nothing yet"))))
    assert not OpenXmlValidator().validate(file).errors


def test_another_program_opens_it_and_finds_headings_tables_and_properties() -> None:
    opened = docx.Document(io.BytesIO(content("new-data-services")))
    styles = {each.style.name for each in opened.paragraphs if each.style}
    assert {"Title", "Heading 1", "Heading 2", "Caption"} <= styles
    assert len(opened.tables) > 10
    assert len(opened.inline_shapes) == 5
    properties = opened.core_properties
    assert properties.title == "New data services"
    assert properties.subject == "Value proposition for Company A"
    assert properties.author == ""
    assert properties.language == "en-GB"
    [section] = opened.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_the_same_result_gives_the_same_bytes() -> None:
    result = calculate(small())
    assert write(result) == write(calculate(small()))
    assert write(result) == write(result, compare(small()))


def test_another_process_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "png", png)  # as sharp as there
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    script = (
        "import hashlib\n"
        "from tests.builders import assumption, benefit, case, investment\n"
        "from valuecalc.documents.proposal import write\n"
        "from valuecalc.engine.calculate import calculate\n"
        "users = assumption('users', 100, 'user', low=80, high=120)\n"
        "gain = benefit('gain', 'users * 5 GBP/user/month')\n"
        "made = case(users, gain, investment('licence', '6000 GBP'))\n"
        "print(hashlib.sha256(write(calculate(made))).hexdigest())\n"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Pacific/Kiritimati"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout.strip() == sha256(write(calculate(small()))).hexdigest()


def test_no_part_carries_a_time() -> None:
    assert {entry.date_time for entry in document().entries} == {(1980, 1, 1, 0, 0, 0)}
    properties = document().parts["docProps/core.xml"]
    assert b"created" not in properties
    assert b"modified" not in properties


def test_every_relationship_leads_to_a_part_and_every_part_has_its_type() -> None:
    found = document()
    types = found.part("[Content_Types].xml")
    extensions = {each.get("Extension") for each in types.findall("ct:Default", NAMESPACES)}
    named = {each.get("PartName") for each in types.findall("ct:Override", NAMESPACES)}
    assert named <= {f"/{name}" for name in found.parts}
    reached = set()
    for name in [each for each in found.parts if each.endswith(".rels")]:
        folder = posixpath.dirname(posixpath.dirname(name))
        for each in found.part(name):
            if each.get("TargetMode") != "External":
                reached.add(posixpath.normpath(posixpath.join(folder, each.get("Target"))))
    files = {name for name in found.parts if not name.endswith(".rels") and "[" not in name}
    assert reached == files
    assert {name.rsplit(".", 1)[1] for name in files} <= extensions


def test_every_style_that_is_used_is_there() -> None:
    found = document()
    known = {each.get(f"{W}styleId") for each in found.part("word/styles.xml")}
    for part in ("word/document.xml", "word/header1.xml", "word/footer1.xml", "word/styles.xml"):
        root = found.part(part)
        for name in ("pStyle", "rStyle", "tblStyle", "basedOn", "next"):
            used = {each.get(f"{W}val") for each in root.iter(f"{W}{name}")}
            assert used <= known, part


def test_no_theme_font_can_take_the_place_of_ours() -> None:
    styles = document().part("word/styles.xml")
    fonts = list(styles.iter(f"{W}rFonts"))
    assert {each.get(f"{W}ascii") for each in fonts} == {"Calibri"}
    assert not [name for each in fonts for name in each.attrib if "Theme" in name]
    assert "word/stylesWithEffects.xml" not in document().parts


def test_headings_are_real_ones_with_numbers_of_their_own() -> None:
    found = document()
    for level in (1, 2):
        [style] = found.part("word/styles.xml").xpath(
            f"w:style[@w:styleId='Heading{level}']", namespaces=NAMESPACES
        )
        assert style.find("w:name", NAMESPACES).get(f"{W}val") == f"heading {level}"
        assert style.find("w:pPr/w:outlineLvl", NAMESPACES).get(f"{W}val") == str(level - 1)
        assert style.find("w:pPr/w:numPr", NAMESPACES) is not None
    assert not [text for _, text in found.headings if text[0].isdigit()]


def test_pages_are_counted_by_fields_that_have_a_result() -> None:
    footer = document().part("word/footer1.xml")
    instructions = [each.text.strip() for each in footer.iter(f"{W}instrText")]
    assert instructions == ["PAGE", "NUMPAGES"]
    texts = [each.text for each in footer.iter(f"{W}t")]
    assert texts[-4:] == ["Page ", "1", " of ", "1"]


def test_the_language_is_british_english() -> None:
    language = document().part("word/styles.xml").find(".//w:lang", NAMESPACES)
    assert language.get(f"{W}val") == "en-GB"


@pytest.mark.parametrize("name", MODELS)
def test_every_table_fits_the_text_and_has_a_title(name: str) -> None:
    for table in document(name).find(".//w:tbl"):
        widths = [int(each.get(f"{W}w")) for each in table.iter(f"{W}gridCol")]
        assert sum(widths) <= HIGHEST_SHARE_OF_THE_PAGE
        assert min(widths) > 400
        assert table.find("w:tblPr/w:tblCaption", NAMESPACES).get(f"{W}val")
        assert table.find("w:tblPr/w:tblDescription", NAMESPACES).get(f"{W}val")
        cells = {len(row.findall(f"{W}tc")) for row in table.iter(f"{W}tr")}
        assert cells == {len(widths)}


def test_the_head_of_a_table_is_repeated_and_its_rows_stay_whole() -> None:
    rows = document().find(".//w:tbl[w:tblPr/w:tblStyle/@w:val='ValueTable']/w:tr")
    assert all(row.find("w:trPr/w:cantSplit", NAMESPACES) is not None for row in rows)
    heads = [row for row in rows if row.find("w:trPr/w:tblHeader", NAMESPACES) is not None]
    tables = document().find(".//w:tbl[w:tblPr/w:tblStyle/@w:val='ValueTable']")
    assert len(heads) == len(tables)
    for head in heads:
        assert head.find("w:tc/w:tcPr/w:shd", NAMESPACES).get(f"{W}fill") == "EEF2F7"


def test_a_table_is_followed_by_a_paragraph_so_that_no_two_become_one() -> None:
    for table in document().find("./w:tbl"):
        assert table.getnext().tag == f"{W}p"


def test_captions_and_headings_stay_with_what_they_announce() -> None:
    styles = document().part("word/styles.xml")
    for style in ("Caption", "Heading1", "Heading2", "Picture"):
        [found] = styles.xpath(f"w:style[@w:styleId='{style}']", namespaces=NAMESPACES)
        assert found.find("w:pPr/w:keepNext", NAMESPACES) is not None


def numbers(found: Document, path: str, name: str) -> list[Any]:
    return [each.get(name) for each in found.find(path)]


def test_no_two_controls_and_no_two_pictures_have_the_same_number() -> None:
    found = document()
    controls = numbers(found, ".//w:sdtPr/w:id", f"{W}val")
    pictures = numbers(found, ".//wp:docPr", "id")
    assert len(set(controls)) == len(controls) > 100
    assert len(set(pictures)) == len(pictures) == 6


def test_properties_stand_in_the_order_of_the_schema() -> None:
    order = [
        "pStyle",
        "keepNext",
        "keepLines",
        "pageBreakBefore",
        "numPr",
        "pBdr",
        "tabs",
        "bidi",
        "spacing",
        "ind",
    ]
    order += ["jc", "outlineLvl"]
    found = document()
    for part in ("word/document.xml", "word/styles.xml"):
        for properties in found.part(part).iter(f"{W}pPr"):
            names = [each.tag.removeprefix(W) for each in properties]
            places = [order.index(name) for name in names if name != "widowControl"]
            assert places == sorted(places)
