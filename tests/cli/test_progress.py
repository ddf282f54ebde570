"""How far a large workbook is, on a terminal."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from valuecalc.cli import cases as commands
from valuecalc.cli import main
from valuecalc.cli.output import MANY_CELLS, cells_written


class Terminal(io.StringIO):
    """Takes what is written, and says that somebody looks at it."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, total: int) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    for done in (total // 4, total):
        cells_written(done, total)
    return stream.getvalue()


def test_a_terminal_shows_how_far_a_large_workbook_is(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, Terminal(), MANY_CELLS)
    assert text == "\rWriting cells:  25% of 100,000\rWriting cells: 100% of 100,000\n"


def test_a_file_and_a_small_workbook_are_not_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), MANY_CELLS) == ""
    assert shown(monkeypatch, Terminal(), MANY_CELLS - 1) == ""


def test_an_export_tells_of_every_cell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(commands, "cells_written", lambda *count: told.append(count))
    path = tmp_path / "case.xlsx"
    ran = CliRunner().invoke(main, ["export", "new-data-services", "-o", str(path)])
    assert ran.exit_code == 0, ran.output
    assert told and told[-1][0] == told[-1][1] > 1_000
    assert path.exists()
