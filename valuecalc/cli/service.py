"""Commands that run the service: serve, migrate, back up, restore."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import click

from valuecalc.cli.output import NO_FILE, fail, reported, say
from valuecalc.config import Settings
from valuecalc.services import operation, operator


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
    with reported():
        settings = Settings.from_environment()
        operation.prepare(settings)
        set_up = operator.set_up_path(settings)
    port = free_port(host, port)
    shown = f"[{host}]" if ":" in host else host
    say(f"valuecalc is at http://{shown}:{port}/ (Ctrl+C ends it)")
    if set_up is not None:
        address = settings.public_url or f"http://{shown}:{port}"
        say(f"Create the owner's account at {address}{set_up}")
    sys.stdout.flush()
    server = ["gunicorn", "--config", "python:valuecalc.web.gunicorn_config"]
    server += ["--bind", f"{shown}:{port}", "--workers", str(workers), "--threads", str(threads)]
    os.execv(sys.executable, [sys.executable, "-m", *server])


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


COMMANDS = (serve, migrate, backup, restore)
