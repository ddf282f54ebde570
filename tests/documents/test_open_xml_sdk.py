"""Word, Excel and PowerPoint take our files: judged by the schemas of Microsoft's Open XML SDK.

A validator of its own kind looks at the same files elsewhere (`openxml_audit`); this one is what
the makers of Office give to those who write such files.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import pytest
from lxml import etree

from tests.documents.open_xml_sdk import validator
from tests.documents.proposal_reader import small_pictures
from tests.documents.test_proposal_house import with_even_pages
from valuecalc.case.case import Case
from valuecalc.documents.embedding import Catalogue, fill_document
from valuecalc.documents.embedding.starter import starter
from valuecalc.documents.proposal import Options, house, write
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text
from valuecalc.services import cases, chapters
from valuecalc.services.chapters import ChapterWish

MODELS = sorted(file.stem for file in models_folder().glob("*.yaml"))
A_FEW = ("contact-centre", "new-data-services")
JUDGED = {A_FEW[0]: ("full", "house"), A_FEW[1]: ("short", "native")}
KINDS = ("full", "short", "native", "house")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


@cache
def straw_man(name: str) -> Case:
    return case_from_text((models_folder() / f"{name}.yaml").read_bytes())


def proposals(name: str, *kinds: str) -> dict[str, bytes]:
    """A proposal in full, on two pages, with charts of Word, and in a house style.

    The template of the house has even pages of its own.
    """
    case = straw_man(name)
    result, scenarios = calculate(case), compare(case)
    wishes = {
        "full": Options(),
        "short": Options(length="short"),
        "native": Options(charts="native"),
        "house": Options(house=house.read(with_even_pages())),
    }
    return {
        f"{name}-{wish}.docx": write(result, scenarios, options=options)
        for wish, options in wishes.items()
        if wish in kinds
    }


def others(name: str) -> dict[str, bytes]:
    """The workbook and the slides of a case."""
    return {
        f"{name}.{ending}": cases.export(straw_man(name), ending).content
        for ending in ("xlsx", "pptx")
    }


def filled(content: bytes) -> bytes:
    return fill_document(content, Catalogue(calculate(straw_man(A_FEW[0])))).content


def with_chapter(content: bytes, charts: str) -> bytes:
    wish = ChapterWish(place="end", charts=charts)
    return chapters.insert(straw_man(A_FEW[0]), content, wish).export.content


def changed(content: bytes, change: Callable[[etree._Element], None]) -> bytes:
    """A document whose body is changed by a function of its root."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for each in old.namelist():
            part = old.read(each)
            if each == "word/document.xml":
                root = etree.fromstring(part)
                change(root)
                part = etree.tostring(root)
            new.writestr(each, part)
    return made.getvalue()


def with_style_of_paragraph_last(root: etree._Element) -> None:
    [style, *_] = [each for each in root.iter(f"{W}pStyle") if len(each.getparent()) > 1]
    style.getparent().append(style)


def with_unknown_page(root: etree._Element) -> None:
    next(root.iter(f"{W}pgSz")).set(f"{W}orient", "sideways")


def judged(files: Mapping[str, bytes], version: str = validator.NEWEST) -> dict[str, list[str]]:
    try:
        return validator.mistakes(files, version)
    except validator.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """One of each kind: the validator takes seconds for each."""
    first, second = A_FEW
    made = {**proposals(first, *JUDGED[first]), **proposals(second, *JUDGED[second])}
    return {
        **made,
        **others(first),
        "filled.docx": filled(starter()),
        "chapter.docx": with_chapter(starter(), "native"),
    }


@pytest.fixture(scope="module")
def found(files: dict[str, bytes]) -> dict[str, list[str]]:
    sound = files[f"{A_FEW[1]}-short.docx"]
    broken = {
        "order.docx": changed(sound, with_style_of_paragraph_last),
        "value.docx": changed(sound, with_unknown_page),
        "nothing.docx": b"no document at all",
    }
    return judged({**files, **broken})


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name, kinds in JUDGED.items() for kind in kinds]
)
def test_the_proposal_of_a_straw_man_is_as_word_wants_it(
    name: str, kind: str, found: dict[str, list[str]]
) -> None:
    assert found[f"{name}-{kind}.docx"] == []


@pytest.mark.parametrize("name", ["filled.docx", "chapter.docx"])
def test_a_template_of_ours_is_as_word_wants_it_filled_and_with_a_chapter(
    name: str, found: dict[str, list[str]]
) -> None:
    assert found[name] == []


@pytest.mark.parametrize("ending", ["xlsx", "pptx"])
def test_workbook_and_slides_are_as_excel_and_powerpoint_want_them(
    ending: str, found: dict[str, list[str]]
) -> None:
    assert found[f"{A_FEW[0]}.{ending}"] == []


def test_an_element_in_the_wrong_place_is_found(found: dict[str, list[str]]) -> None:
    assert any("pStyle" in each for each in found["order.docx"])


def test_a_value_that_word_does_not_know_is_found(found: dict[str, list[str]]) -> None:
    assert any("sideways" in each for each in found["value.docx"])


def test_a_file_that_cannot_be_opened_is_told(found: dict[str, list[str]]) -> None:
    assert found["nothing.docx"][0].startswith("cannot be opened")


@pytest.mark.slow
@pytest.mark.parametrize("version", [validator.NEWEST, validator.FIRST_OF_ISO])
@pytest.mark.parametrize("name", MODELS)
def test_every_file_of_every_straw_man_is_as_office_wants_it(name: str, version: str) -> None:
    files = {**proposals(name, *KINDS), **others(name)}
    files |= {"starter.docx": starter(), "chapter.docx": with_chapter(starter(), "pictures")}
    assert judged(files, version) == {each: [] for each in files}
