"""Jobs are worked on beside the web server, and by the command for it."""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from tests.services.job_kinds import sums
from tests.services.job_running import (
    PATIENCE_SECONDS,
    expected_sha,
    on_each_database,
    on_sqlite,
    started,
    wait_for_end,
    wait_for_parts,
    wait_until,
)
from tests.serving import serving
from valuecalc.cli import main
from valuecalc.config import Settings
from valuecalc.services import jobs
from valuecalc.services.access import Actor
from valuecalc.services.coordinator import Coordinator
from valuecalc.services.job_run import Pace
from valuecalc.services.jobs import State
from valuecalc.store.database import Database

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = "import tests.services.job_kinds; from valuecalc.cli import main; main()"


@contextmanager
def worker(url: str, *options: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`valuecalc worker` with the kind of the tests."""
    environment = {
        **{name: each for name, each in os.environ.items() if name[:9] != "VALUECALC"},
        **{f"VALUECALC_{name}": each for name, each in settings.items()},
        "VALUECALC_DATABASE_URL": url,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", WORKER, "worker", *options]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


# --------------------------------------------------------------------------- the command


@on_each_database("engine", "processes://2", "threads://2")
def test_a_worker_that_is_told_to_work_once_ends_when_nothing_is_left(
    store: Database, database_url: str, ann: Actor, engine: str
) -> None:
    requests = [sums(5), sums(6)]
    waiting = [started(store, ann, each) for each in requests]
    # `off` is meant for the web server, so a worker with the same settings works.
    with worker(database_url, "--once", "--engine", engine, ENGINE="off") as process:
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, output
    first, *log = output.splitlines()
    assert f"with {engine}" in first
    events = [json.loads(line)["event"] for line in log]
    assert events[0] == f"job {waiting[0].uid} of kind sums: attempt 1"
    assert events[-1] == f"job {waiting[1].uid} of kind sums is done"
    done = [jobs.read(store, ann, each.uid) for each in waiting]
    assert [each.sha for each in done] == [expected_sha(each) for each in requests]


@on_each_database("number", signal.SIGINT, signal.SIGTERM)
def test_a_worker_that_is_told_to_end_gives_its_job_back(
    store: Database, database_url: str, ann: Actor, number: int
) -> None:
    job = started(store, ann, sums(500, 0.05))
    with worker(database_url, ENGINE="processes://2") as process:
        wait_for_parts(store, ann, job)
        process.send_signal(number)
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, output
    assert "Traceback" not in output
    job = jobs.read(store, ann, job.uid)
    assert (job.state, job.attempt) == (State.WAITING, 0)
    assert job.done > 0


def test_a_worker_is_told_what_is_wrong_with_its_engine(sqlite_url: str) -> None:
    environment = {"VALUECALC_DATABASE_URL": sqlite_url}
    shown = CliRunner(env=environment).invoke(main, ["worker", "--engine", "threads://many"])
    # Anything but an end in order would have left a traceback.
    assert isinstance(shown.exception, SystemExit)
    assert shown.exit_code == 1
    assert "VALUECALC_ENGINE is “threads://many”" in shown.output


# --------------------------------------------------------------------------- beside the server


@on_sqlite
def test_the_web_server_works_on_jobs(store: Database, database_url: str, ann: Actor) -> None:
    # The server does not know the kind of the tests, and says so on the job.
    job = started(store, ann, sums(1))
    with serving(database_url, 1):
        job = wait_for_end(store, ann, job)
    assert job.reason is not None
    assert "no kind of job “sums”" in job.reason.cause


def test_a_web_server_that_is_told_so_leaves_jobs_alone(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "metrics"))
    monkeypatch.setenv("VALUECALC_ENGINE", "off")
    # Read anew, because the settings of a server are those of the moment when it begins.
    hooks = runpy.run_module("valuecalc.web.gunicorn_config")
    job = started(store, ann, sums(1))
    process: Any = SimpleNamespace(wsgi=SimpleNamespace(extensions={"store": store}))
    hooks["post_worker_init"](process)
    assert not hasattr(process, "jobs")
    assert not any(each.name == "valuecalc-jobs" for each in threading.enumerate())
    hooks["worker_exit"](None, process)
    assert jobs.read(store, ann, job.uid).state is State.WAITING


def test_the_hooks_of_the_server_begin_after_the_fork_and_end_with_the_worker(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hooks = gunicorn_hooks(monkeypatch, tmp_path / "metrics")
    request = sums(4)
    job = started(store, ann, request)
    process: Any = SimpleNamespace(wsgi=SimpleNamespace(extensions={"store": store}))
    hooks.post_worker_init(process)
    assert wait_for_end(store, ann, job).sha == expected_sha(request)
    hooks.worker_exit(None, process)
    wait_until(lambda: not any(each.name == "valuecalc-jobs" for each in threading.enumerate()))


def test_a_worker_without_our_application_works_on_no_jobs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hooks = gunicorn_hooks(monkeypatch, tmp_path / "metrics")
    process: Any = SimpleNamespace(wsgi=lambda environment, start_response: [])
    hooks.post_worker_init(process)
    hooks.worker_exit(None, process)
    assert not hasattr(process, "jobs")


def gunicorn_hooks(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Any:
    """The configuration of the server, loaded without leaving anything behind."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
    for name in [name for name in os.environ if name.startswith("VALUECALC_")]:
        monkeypatch.delenv(name)
    from valuecalc.web import gunicorn_config

    monkeypatch.setattr(gunicorn_config, "_settings", Settings())
    return gunicorn_config


def test_a_coordinator_that_stops_does_not_wait_for_its_next_look(store: Database) -> None:
    coordinator = Coordinator(store, pace=Pace(idle=10 * PATIENCE_SECONDS))
    coordinator.start()
    coordinator.stop()
    coordinator.join(PATIENCE_SECONDS)
    assert not any(each.name == "valuecalc-jobs" for each in threading.enumerate())
