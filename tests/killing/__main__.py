"""`python -m tests.killing --seconds 90 [--database postgresql]`

A real server with several workers, eight programs that create cases and save new versions over
HTTP, and a killer who ends a worker about once a second, and now and then the whole server,
with a signal that cannot be handled. Then every acknowledged save is looked up.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.killing.run import Plan, run
from tests.serving import empty_database


def main() -> None:
    """Run once and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    plan = Plan(seconds=chosen.seconds, writers=chosen.writers, workers=chosen.workers)
    with (
        tempfile.TemporaryDirectory() as folder,
        empty_database(chosen.database, Path(folder)) as url,
    ):
        print(json.dumps(asdict(run(url, plan)), indent=2))


main()
