"""Commands that run the service: serve, work on jobs, migrate, back up, restore."""

from __future__ import annotations

import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

import click

from valuecalc.cli.output import NO_FILE, fail, reported, say
from valuecalc.cli.verbs import operation, operator
from valuecalc.config import PREFIX, Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages and the API. Port 0 takes any free one.

    As many requests are answered at once as there are workers times threads; a worker is a
    process, and there is little to gain from more of them than the machine has cores.
    """
    from valuecalc.services.engines import refuse_missing_library

    with reported():
        settings = Settings.from_environment()
        refuse_missing_library(settings.engine)
        operation.prepare(settings)
        set_up = operator.set_up_path(settings)
    port = free_port(host, port)
    shown = f"[{host}]" if ":" in host else host
    say(f"valuecalc is at http://{shown}:{port}/ (Ctrl+C ends it)")
    if set_up is not None:
        address = settings.public_url or f"http://{shown}:{port}"
        say(f"Create the owner’s account at {address}{set_up}")
    sys.stdout.flush()
    server = ["gunicorn", "--config", "python:valuecalc.web.gunicorn_config"]
    server += ["--bind", f"{shown}:{port}", "--workers", str(workers), "--threads", str(threads)]
    os.execv(sys.executable, [sys.executable, "-m", *server])


@click.command()
@click.option("--engine", help="What works, instead of VALUECALC_ENGINE: processes://4, say.")
@click.option("--once", is_flag=True, help="End when no job is left, instead of waiting for more.")
def worker(engine: str | None, once: bool) -> None:
    """Work on background jobs until told to stop (Ctrl+C, SIGTERM).

    `serve` works on them as well, unless VALUECALC_ENGINE is `off` for it. There may be any
    number of workers, on any machine that reaches the database.
    """
    # Read when NumPy is loaded; its own threads would fight the engine's for the same cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from valuecalc import log_lines
    from valuecalc.services import coordinator, engines

    with reported():
        settings = settings_of_worker(engine)
        operation.prepare(settings)
        with coordinator.opened(settings) as working:
            log_lines.configure(settings)
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, lambda *_: working.stop())
            address = settings.engine or engines.default()
            say(f"Working on background jobs with {address} (Ctrl+C ends it)")
            sys.stdout.flush()
            if once:
                working.work_off()
            else:
                working.run()


def settings_of_worker(engine: str | None) -> Settings:
    """The settings for `worker`: the option counts, and `off` is meant for the web server."""
    given = {} if engine is None else {f"{PREFIX}ENGINE": engine}
    settings = Settings.from_environment({**os.environ, **given})
    return replace(settings, engine="") if settings.engine == "off" else settings


@click.command()
def migrate() -> None:
    """Bring the database to the shape that this version needs; `serve` does it by itself."""
    with reported():
        say(f"The database is at step {operation.migrate(Settings.from_environment())}.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole database to FILE, while people go on working.

    FILE is a zip file for its owner's eyes alone: it holds everything.
    """
    with reported():
        written = operation.backup(Settings.from_environment(), file)
    say(f"Wrote {file}: {written.total:,} rows, {file.stat().st_size:,} bytes.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put a backup into an empty database, on SQLite or PostgreSQL: all of it, or nothing."""
    with reported():
        read = operation.restore(Settings.from_environment(), file)
    say(f"Restored {read.total:,} rows of {read.made_at}.")


def free_port(host: str, port: int) -> int:
    """The port to serve on; says who holds it when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(
                f"{host}:{port}: cannot serve there ({error.strerror}). "
                "Give another port: --port 8001, or --port 0 for any.",
                NO_FILE,
            )
        return int(probe.getsockname()[1])


COMMANDS = (serve, worker, migrate, backup, restore)
