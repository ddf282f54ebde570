"""`python -m tests.killing --seconds 90 [--database postgresql]`

A real server with several workers, eight programs that create cases and save new versions over
HTTP, and a killer who ends a worker about once a second, and now and then the whole server,
with a signal that cannot be handled. Then every acknowledged save is looked up.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.databases import sqlite_url
from tests.killing.run import Plan, run
from tests.postgres import running_server


def main() -> None:
    """Run once and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    plan = Plan(seconds=chosen.seconds, writers=chosen.writers, workers=chosen.workers)
    with tempfile.TemporaryDirectory() as folder, database(chosen.database, folder) as url:
        print(json.dumps(asdict(run(url, plan)), indent=2))


@contextmanager
def database(kind: str, folder: str) -> Iterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        yield sqlite_url(Path(folder) / "killing.db")
        return
    with running_server(durable=True) as server, server.fresh_database(lambda _: None) as url:
        yield url


main()
