"""Packages hand out their names when they are asked for, and load no more than that takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from valuecalc.documents import embedding, proposal, sheets
from valuecalc.documents.embedding import apart
from valuecalc.documents.lint import upload
from valuecalc.documents.proposal import house

ROOT = Path(__file__).resolve().parent.parent.parent
SLOW = {"numpy", "scipy", "pint", "sympy", "openpyxl", "docx", "pptx", "sqlalchemy", "flask"}
PROCESSES = (apart.PROCESS, house.PROCESS, sheets.PROCESS, upload.PROCESS)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_that_reads_a_file_loads_neither_the_engine_nor_what_is_slow(
    process: str,
) -> None:
    script = f"import json, sys, {process}; print(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = json.loads(run.stdout)
    assert not {name.partition(".")[0] for name in loaded} & SLOW
    assert not [name for name in loaded if name.startswith("valuecalc.engine")]


@pytest.mark.parametrize("package", [embedding, proposal], ids=["embedding", "proposal"])
def test_every_name_that_a_package_promises_is_there(package: ModuleType) -> None:
    assert package.__all__
    for name in package.__all__:
        assert not isinstance(getattr(package, name), ModuleType), name


def test_a_name_that_nobody_promised_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"proposal' has no attribute 'nothing'"):
        _ = proposal.nothing  # type: ignore[attr-defined]
