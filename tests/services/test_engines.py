"""Where parts are worked on: which address means what, and what a worker must not load."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import Executor
from pathlib import Path

import pytest

from tests.services import job_kinds
from valuecalc.errors import CaseError, Conflict, InputError, Problem
from valuecalc.services import engines
from valuecalc.services.engines import EngineBroken, Keeper

ROOT = Path(__file__).resolve().parent.parent.parent
PAYLOAD = {"seed": 1, "seconds": 0}


@pytest.mark.parametrize("address", ["threads://2", "processes://1", ""])
def test_every_engine_is_an_executor_that_carries_out_work(address: str) -> None:
    engine = engines.start(address)
    try:
        assert isinstance(engine.executor, Executor)
        outcome = engine.submit(job_kinds.work, PAYLOAD).result(60)
    finally:
        engine.close()
    assert outcome.result == job_kinds.work(PAYLOAD)


def test_by_default_one_core_is_left_for_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "cores", lambda: 8)
    assert engines.default() == "threads://7"
    monkeypatch.setattr(engines, "cores", lambda: 1)
    assert engines.default() == "threads://1"


def test_the_cores_are_those_that_this_process_may_use() -> None:
    if hasattr(os, "sched_getaffinity"):
        assert engines.cores() == len(os.sched_getaffinity(0))


def test_a_worker_loads_neither_flask_nor_the_database() -> None:
    script = "import sys, valuecalc.services.engines; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"flask", "sqlalchemy", "distributed"} & set(run.stdout.split())


def test_a_cluster_without_its_library_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="valuecalc\\[cluster\\]"):
        engines.refuse_missing_library("dask://host:8786")
    engines.refuse_missing_library("threads://2")
    engines.refuse_missing_library("")


def test_a_closed_engine_takes_no_work() -> None:
    engine = engines.start("threads://1")
    engine.close()
    with pytest.raises(EngineBroken):
        engine.submit(job_kinds.work, PAYLOAD)


def test_a_keeper_starts_an_engine_once_and_again_after_it_was_closed() -> None:
    keeper = Keeper("threads://1")
    first = keeper.engine()
    assert keeper.engine() is first
    keeper.close()
    keeper.close()
    assert keeper.current is None
    assert keeper.engine() is not first
    keeper.close()


def test_an_error_becomes_a_problem_with_its_place() -> None:
    mistake = Problem(code="range", place="assumptions.users", cause="Too low.", remedy="Raise it.")
    found = engines.problem_of(CaseError([mistake]), "Case A")
    assert (found.place, found.cause) == ("Case A: assumptions.users", "Too low.")
    found = engines.problem_of(Conflict("Taken.", "Take another."), "Case A")
    assert (found.place, found.cause, found.remedy) == ("Case A", "Taken.", "Take another.")
    found = engines.problem_of(ValueError("secret"), "Case A")
    assert "secret" not in f"{found}"
