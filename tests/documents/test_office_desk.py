"""The desk: workbooks opened, changed, moved about and saved, and its end in every case."""

from __future__ import annotations

import io
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.documents import libreoffice, office_desk
from tests.documents.office_desk import Desk, OfficeFailed, OpenBook

pytestmark = pytest.mark.office


def small_book() -> bytes:
    """Two sheets, a name, a sum with a wrong value under it, and a division by an empty cell."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "One"
    sheet.append([1, 2, "=A1+B1", "=A1/Z1", "text"])
    made.create_sheet("Two words")["B3"] = "=price*10"
    made.defined_names["price"] = openpyxl.workbook.defined_name.DefinedName(
        "price", attr_text="'One'!$B$1"
    )
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.fixture
def book() -> Iterator[OpenBook]:
    with office_desk.shared().open(small_book()) as opened:
        yield opened


@pytest.fixture
def own_desk() -> Iterator[Desk]:
    """A desk that may be broken."""
    office_desk.shared()
    made = office_desk.new()
    yield made
    made.close()


def processes_of(desk: Desk) -> list[str]:
    """The processes of its group that are alive."""
    found = subprocess.run(
        ["ps", "-A", "-o", "pgid=,stat=,comm="], capture_output=True, text=True, check=True
    )
    group = str(desk.process.pid)
    lines = (line.split() for line in found.stdout.splitlines())
    return [name for pgid, state, name, *_ in lines if pgid == group and state[0] != "Z"]


def test_values_texts_and_errors_are_read(book: OpenBook) -> None:
    found = book.read()
    assert found.cells["One"] == {"A1": 1, "B1": 2, "C1": 3, "D1": "#DIV/0!", "E1": "text"}
    assert found.cells["Two words"] == {"B3": 20}
    assert found["price"] == 2
    assert found.errors() == ["One!D1 #DIV/0!"]


def test_what_is_typed_is_worked_out_and_taken_back(book: OpenBook) -> None:
    before = book.read()
    with book.typed({"price": 5, "One!A1": {"formula": "=B1*2"}, "One!E1": None}) as during:
        assert during.cells["One"]["C1"] == 15
        assert during.cells["Two words"]["B3"] == 50
        assert "E1" not in during.cells["One"]
    assert book.read() == before


def test_rows_names_and_sheets_are_moved_and_saved(book: OpenBook) -> None:
    book.insert_rows("One", 1, 2)
    book.insert_columns("One", 1)
    book.rename("price", "cost")
    book.move_sheet("Two words", 1)
    saved = libreoffice.read(book.saved())
    assert list(saved.cells) == ["Two words", "One"]
    assert saved.names == {"cost": ("One", "C3")}
    assert saved.cells["One"]["D3"] == 3
    book.delete_rows("One", 1, 2)
    book.delete_name("cost")
    assert book.read().cells["One"]["D1"] == 3
    assert libreoffice.read(book.saved()).names == {}


def test_no_value_that_the_file_brings_is_believed() -> None:
    with office_desk.shared().open(small_book()) as book:
        saved = book.saved()
    lying = libreoffice.with_wrong_values(saved)
    assert libreoffice.read(lying).cells["One"]["C1"] == 4714
    with office_desk.shared().open(lying) as book:
        assert book.read().cells["One"]["C1"] == 3


def test_what_cannot_be_done_is_told_and_the_desk_stays(book: OpenBook) -> None:
    with pytest.raises(OfficeFailed, match="would not set: .*NoSuchElement"):
        book.type({"no.such.name": 1})
    assert book.read()["price"] == 2


def test_a_crash_is_told_and_leaves_nothing(own_desk: Desk) -> None:
    book = own_desk.open(small_book())
    assert any("soffice" in name for name in processes_of(own_desk))
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,comm="], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        pid, group, name = line.split(maxsplit=2)
        if group == str(own_desk.process.pid) and "soffice.bin" in name:
            os.kill(int(pid), signal.SIGKILL)
    with pytest.raises(OfficeFailed, match="crashed .* when it was asked to read"):
        book.read()
    assert_gone(own_desk)


def test_a_hang_is_told_and_leaves_nothing(own_desk: Desk) -> None:
    book = own_desk.open(small_book())
    os.killpg(own_desk.process.pid, signal.SIGSTOP)
    with pytest.raises(OfficeFailed, match="hung for 1 s when it was asked to read"):
        own_desk.ask("read", patience=1, book=book.number)
    assert_gone(own_desk)
    with pytest.raises(OfficeFailed, match="closed before it was asked to read"):
        book.read()


def test_a_desk_that_is_closed_leaves_nothing(own_desk: Desk) -> None:
    own_desk.close()
    assert_gone(own_desk)


def assert_gone(desk: Desk) -> None:
    assert not desk.is_open
    assert processes_of(desk) == []
    assert not desk.folder.exists()


def test_a_desk_that_was_lost_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = office_desk.shared()
    monkeypatch.setattr(lost, "is_open", False)
    fresh = office_desk.shared()
    assert fresh is not lost
    fresh.close()
    monkeypatch.undo()


@pytest.mark.parametrize("missing", ["soffice", "python"])
def test_without_the_programs_tests_are_skipped_with_the_reason(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing == "python":
        monkeypatch.setattr(office_desk, "python_with_uno", lambda: None)
    else:
        monkeypatch.setattr(type(office_desk.LIBREOFFICE), "path", lambda self: None)
    reason = "python3-uno" if missing == "python" else "LibreOffice is not here"
    with pytest.raises(pytest.skip.Exception, match=reason):
        office_desk.shared()


def test_a_python_without_uno_is_none(tmp_path: Path) -> None:
    without = tmp_path / "python"
    without.write_text("#!/bin/sh\nexit 1\n")
    without.chmod(0o755)
    assert not office_desk._has_uno(str(without))
