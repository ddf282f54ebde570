"""Every catalogue is whole: each text has a translation that can be filled in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from valuecalc.documents import languages
from valuecalc.documents.languages import collecting
from valuecalc.documents.languages.catalogue import EMPTY, FOLDER, read

FILES = sorted(FOLDER.glob("*.po"))
BEGIN_ANEW = "Run `make texts`, and translate what it leaves empty or marks fuzzy."


@cache
def texts() -> Catalog:
    return collecting.template()


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def names(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}


def edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def test_documents_can_be_written_in_five_languages() -> None:
    assert [each.tag for each in languages.listed()] == ["en-GB", "de", "en-US", "es", "fr"]


def test_languages_call_themselves_by_their_own_names() -> None:
    assert [each.name for each in languages.listed()] == [
        "English (United Kingdom)",
        "Deutsch",
        "English (United States)",
        "Español",
        "Français",
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
class TestEachCatalogue:
    def test_it_has_the_texts_of_now(self, file: Path) -> None:
        now = {message.id for message in texts() if message.id}
        kept = {message.id for message in collecting.read(file) if message.id}
        assert kept == now, BEGIN_ANEW

    def test_everything_is_translated(self, file: Path) -> None:
        lacking = [message.id for message in collecting.lacking(collecting.read(file))]
        assert not lacking, BEGIN_ANEW

    def test_a_translation_has_the_names_of_its_english(self, file: Path) -> None:
        wrong = []
        for message in collecting.read(file):
            known = set().union(*map(names, english(message)))
            needed = names(english(message)[-1])
            for form in forms(message):
                if message.id and not (names(form) <= known and names(form) | {"number"} >= needed):
                    wrong.append((message.id, form))
        assert not wrong

    def test_a_translation_begins_and_ends_with_spaces_where_its_english_does(
        self, file: Path
    ) -> None:
        wrong = [
            message.id
            for message in collecting.read(file)
            if message.id and any(map(str.isalpha, english(message)[0]))
            for form in forms(message)
            if edges(form) != edges(english(message)[-1])
        ]
        assert not wrong

    def test_it_is_written_as_the_tool_writes_it(self, file: Path) -> None:
        catalogue = collecting.read(file)
        assert collecting.written(catalogue) == file.read_bytes(), "Run `make texts`."


def patterns(file: Path) -> Iterator[str]:
    """The patterns of the texts that a file makes, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            name = called.id if isinstance(called, ast.Name) else called
            first = node.args[0]
            if name in ("phrase", "plural") and isinstance(first, ast.Constant):
                yield first.value


def test_no_text_is_missed_by_the_tool_that_collects_them() -> None:
    made = {each for file in collecting.PACKAGE.rglob("*.py") for each in patterns(file)}
    known = {english(message)[0] for message in texts() if message.id}
    assert not made - known, (
        "A text inside the brackets of another one is not found: name it first."
    )


def test_what_has_changed_a_little_counts_as_missing(tmp_path: Path) -> None:
    file = tmp_path / "de.po"
    old = Catalog(locale="de", fuzzy=False)
    old.add("The value is {value}.", "Der Wert ist {value}.")
    file.write_bytes(collecting.written(old))
    now = Catalog(fuzzy=False)
    now.add("The value is {value}!")
    found = collecting.brought_up_to_date(file, now)
    assert [message.id for message in collecting.lacking(found)] == ["The value is {value}!"]


def test_what_nobody_has_read_is_said_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Catalog(locale="de", fuzzy=False)
    found.add("Value", "Wert", flags=("fuzzy",))
    found.add("Plan", "Plan")
    (tmp_path / "de.po").write_bytes(collecting.written(found))
    monkeypatch.setattr("valuecalc.documents.languages.catalogue.FOLDER", tmp_path)
    assert set(read.__wrapped__("de").texts) == {"Plan"}


def test_a_language_without_a_file_has_no_texts() -> None:
    assert read("tlh") is EMPTY
