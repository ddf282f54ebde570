"""What stands in a database in the beginning, to be brought back as often as it is needed."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType


class Beginning:
    """What a service keeps in a folder now; to be closed, or used as a context."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of an application with SQLite, which may stay open."""
        self.database = sqlite3.connect(folder / "valuecalc.db", isolation_level=None)
        self._kept = sqlite3.connect(":memory:")
        self.database.backup(self._kept)

    def again(self) -> None:
        """Everything as it was in the beginning."""
        self._kept.backup(self.database)

    def __enter__(self) -> Beginning:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.database.close()
        self._kept.close()
