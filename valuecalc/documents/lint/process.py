"""Runs the checks in a process of its own, which has limits and is thrown away.

It takes the file on its standard input and writes the report as JSON; `valuecalc.documents.lint`
starts it.
"""

from __future__ import annotations

import json
import sys

from valuecalc.documents.sheet_process import limit

SECONDS = 30
"""Of processor time; the largest file that passes the gate takes about half of it."""


def main() -> None:
    """Read the file from standard input, and write what the rules find in it."""
    limit(SECONDS)
    # Nothing that it is used for is asked here, and loading it takes longer than all the rest.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    from valuecalc.documents.lint.reading import read
    from valuecalc.documents.lint.run import run

    json.dump(run(read(sys.stdin.buffer.read())).document(), sys.stdout)


if __name__ == "__main__":
    main()
