"""A team's archive holds everything it owns, and brings it to another team or database."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.store.people import Somebody, somebody
from valuecalc.errors import Forbidden, InputError, NotFound, Unauthenticated
from valuecalc.services import (
    archive,
    archive_reading,
    comments,
    library,
    references,
    saved_cases,
    versions,
)
from valuecalc.services.access import STRANGER, Role
from valuecalc.services.cases import read
from valuecalc.store.database import Database


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def ann(store: Database) -> Somebody:
    return somebody(store, "Ann")


@pytest.fixture
def zoe(store: Database) -> Somebody:
    return somebody(store, "Zoe")


@pytest.fixture
def uid(store: Database, ann: Somebody) -> str:
    """A case with two versions, a name and a comment, and a straw-man beside it."""
    case = library.straw_man(library.FEATURED).case
    saved, _ = saved_cases.create(store, ann.actor, case)
    moved = case.with_values({case.assumptions[0].id: 90_000.0})
    saved_cases.save(store, ann.actor, saved.head.uid, moved, saved.tag, note="Fewer")
    versions.freeze(store, ann.actor, saved.head.uid, 1, "Sent on 3 March")
    comments.add(store, ann.actor, saved.head.uid, "Before tax?", "assumptions.subscribers")
    references.keep(store, ann.actor, case, ann.team.uid)
    return saved.head.uid


def written(store: Database, who: Somebody) -> io.BytesIO:
    file = io.BytesIO()
    archive.write_archive(store, who.actor, who.team.uid, file)
    file.seek(0)
    return file


def names(file: io.BytesIO) -> list[str]:
    with zipfile.ZipFile(file) as opened:
        return opened.namelist()


def entry(file: io.BytesIO, name: str) -> Any:
    with zipfile.ZipFile(file) as opened:
        return json.loads(opened.read(name))


def test_it_holds_everything_a_team_owns(store: Database, ann: Somebody, uid: str) -> None:
    file = written(store, ann)
    assert {
        "manifest.json",
        "members.json",
        "audit.jsonl",
        f"cases/{uid}/case.json",
        f"cases/{uid}/head.json",
        f"cases/{uid}/comments.json",
        f"cases/{uid}/shares.json",
        f"cases/{uid}/versions/00001.json",
        f"cases/{uid}/versions/00002.json",
    } <= set(names(file))
    assert [name for name in names(file) if name.startswith("references/")]
    manifest = entry(file, "manifest.json")
    assert (manifest["cases"], manifest["versions"], manifest["references"]) == (1, 2, 1)
    assert entry(file, f"cases/{uid}/versions/00001.json")["name"] == "Sent on 3 March"


def test_its_cases_can_be_calculated_as_they_are(store: Database, ann: Somebody, uid: str) -> None:
    with zipfile.ZipFile(written(store, ann)) as opened:
        case = read(opened.read(f"cases/{uid}/case.json"))
    assert case == saved_cases.load(store, ann.actor, uid).case


def test_it_holds_no_secret(store: Database, ann: Somebody, uid: str) -> None:
    with zipfile.ZipFile(written(store, ann)) as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist())
    for word in (b"password", b"secret", b"sha256", b"_sha"):
        assert word not in everything


def test_another_database_gets_every_version_with_its_author(
    store: Database, ann: Somebody, uid: str, tmp_path: Path, sqlite_templates: Any
) -> None:
    from tests.databases import upgrade

    (tmp_path / "other").mkdir()
    other = Database(sqlite_templates.fresh_database(upgrade, tmp_path / "other"))
    bob = somebody(other, "Bob")
    found = archive_reading.read_archive(other, bob.actor, bob.team.uid, written(store, ann))
    assert (found.brought.cases, found.brought.versions, found.brought.references) == (1, 2, 1)
    for number in (1, 2):
        here = saved_cases.load(store, ann.actor, uid, number)
        there = saved_cases.load(other, bob.actor, uid, number)
        assert there.document == here.document
        assert there.version.author == "Ann"
        assert (there.version.name, there.version.note) == (here.version.name, here.version.note)
        assert there.version.changes == here.version.changes
        assert there.version.value == here.version.value
    [comment] = comments.page(other, bob.actor, uid).rows
    assert (comment.text, comment.author) == ("Before tax?", "Ann")
    other.close()


def test_a_second_import_brings_nothing_twice(store: Database, ann: Somebody, uid: str) -> None:
    found = archive_reading.read_archive(store, ann.actor, ann.team.uid, written(store, ann))
    assert (found.brought.cases, found.passed_over) == (0, 1)
    assert len(saved_cases.page(store, ann.actor).rows) == 1
    assert found.brought.references == 0


def test_another_team_gets_copies_of_its_own(
    store: Database, ann: Somebody, zoe: Somebody, uid: str
) -> None:
    archive_reading.read_archive(store, zoe.actor, zoe.team.uid, written(store, ann))
    [copy] = saved_cases.page(store, zoe.actor).rows
    assert copy.head.uid != uid
    assert len(versions.page(store, zoe.actor, copy.head.uid).rows) == 2


def test_a_case_in_the_bin_stays_in_the_bin(
    store: Database, ann: Somebody, zoe: Somebody, uid: str
) -> None:
    saved_cases.delete(store, ann.actor, uid)
    archive_reading.read_archive(store, zoe.actor, zoe.team.uid, written(store, ann))
    assert saved_cases.page(store, zoe.actor).rows == ()
    assert len(saved_cases.page(store, zoe.actor, in_bin=True).rows) == 1


def test_owners_alone_may_export_and_import(
    store: Database, ann: Somebody, zoe: Somebody, uid: str
) -> None:
    file = written(store, ann)
    editor = somebody(store, "Ed", Role.EDITOR, ann.team)
    for actor, error in (
        (editor.actor, Forbidden),
        (zoe.actor, NotFound),
        (STRANGER, Unauthenticated),
    ):
        with pytest.raises(error):
            archive.write_archive(store, actor, ann.team.uid, io.BytesIO())
        with pytest.raises(error):
            archive_reading.read_archive(store, actor, ann.team.uid, file)


# --------------------------------------------------------------------------- bad archives


def changed(file: io.BytesIO, change: Callable[[str, bytes], bytes | None]) -> io.BytesIO:
    result = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    result.seek(0)
    return result


def with_version(content: bytes, **changes: Any) -> bytes:
    return json.dumps(json.loads(content) | changes).encode()


BAD: dict[str, tuple[Callable[[str, bytes], bytes | None], str]] = {
    "no manifest": (lambda n, c: None if n == "manifest.json" else c, "no manifest.json"),
    "another format": (
        lambda n, c: b'{"format": "x"}' if n == "manifest.json" else c,
        "does not say format",
    ),
    "a manifest that is a list": (
        lambda n, c: b"[]" if n == "manifest.json" else c,
        "holds a list",
    ),
    "a missing version": (
        lambda n, c: None if n.endswith("versions/00001.json") else c,
        "a version is missing",
    ),
    "no JSON": (lambda n, c: b"{" if n.endswith("00002.json") else c, "00002.json"),
    "no version": (lambda n, c: b"[1]" if n.endswith("00002.json") else c, "holds a list"),
    "no case": (
        lambda n, c: with_version(c, case=None) if n.endswith("00002.json") else c,
        "00002.json",
    ),
    "a case with a wrong shape": (
        lambda n, c: with_version(c, case={"title": 3}) if n.endswith("00002.json") else c,
        "00002.json",
    ),
    "no moment": (
        lambda n, c: with_version(c, at="yesterday") if n.endswith("00001.json") else c,
        "“yesterday” is no moment",
    ),
    "a moment beyond all times": (
        lambda n, c: (
            with_version(c, at="0001-01-01T00:00:00+14:00") if n.endswith("00001.json") else c
        ),
        "is no moment",
    ),
    "an author of many letters": (
        lambda n, c: with_version(c, author="x" * 10_000) if n.endswith("00001.json") else c,
        "author is no text",
    ),
    "an author that is a list": (
        lambda n, c: with_version(c, author=["x"]) if n.endswith("00001.json") else c,
        "author is no text",
    ),
    "a comment on no version": (
        lambda n, c: (
            b'{"comments": [{"version": 7, "text": "x"}]}' if n.endswith("comments.json") else c
        ),
        "none of the case’s versions",
    ),
    "comments that are none": (
        lambda n, c: b'{"a": 1}' if n.endswith("comments.json") else c,
        "no list of comments",
    ),
    "a bomb": (
        lambda n, c: b" " * 3_000_000 + c if n.endswith("00002.json") else c,
        "packed too tightly",
    ),
    "a straw-man of a wrong shape": (
        lambda n, c: b'{"format": "valuecalc/1"}' if n.startswith("references") else c,
        "references/",
    ),
    "a NUL in a text": (
        lambda n, c: with_version(c, note="a\u0000b") if n.endswith("00001.json") else c,
        "00001.json",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_archive_is_refused_with_its_entry_and_brings_nothing(
    store: Database, ann: Somebody, zoe: Somebody, uid: str, kind: str
) -> None:
    change, message = BAD[kind]
    file = changed(written(store, ann), change)
    with pytest.raises(InputError, match=message) as error:
        archive_reading.read_archive(store, zoe.actor, zoe.team.uid, file)
    assert "nothing was changed" in str(error.value)
    assert saved_cases.page(store, zoe.actor).rows == ()


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 50])
def test_a_file_that_is_no_archive_is_refused(
    store: Database, zoe: Somebody, content: bytes
) -> None:
    with pytest.raises(InputError, match="no zip file"):
        archive_reading.read_archive(store, zoe.actor, zoe.team.uid, io.BytesIO(content))


def test_a_cut_archive_is_refused(store: Database, ann: Somebody, zoe: Somebody, uid: str) -> None:
    file = io.BytesIO(written(store, ann).getvalue()[:-100])
    with pytest.raises(InputError, match="no zip file"):
        archive_reading.read_archive(store, zoe.actor, zoe.team.uid, file)


def test_an_entry_of_a_foreign_name_is_left_alone(
    store: Database, ann: Somebody, zoe: Somebody, uid: str
) -> None:
    file = written(store, ann)
    with zipfile.ZipFile(file, "a") as opened:
        opened.writestr("../../etc/passwd", "x")
        opened.writestr("cases/x/versions/../../y.json", "x")
    file.seek(0)
    archive_reading.read_archive(store, zoe.actor, zoe.team.uid, file)
    assert len(saved_cases.page(store, zoe.actor).rows) == 1
