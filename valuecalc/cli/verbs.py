"""The verbs of the services that commands use, each loaded when a command uses it.

`valuecalc --help` needs none of them, and most commands need neither the database nor documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from valuecalc.loading import later

__all__ = [
    "answers",
    "cases",
    "chapters",
    "delays",
    "embedding",
    "library",
    "office_program",
    "operation",
    "operator",
    "pilots",
    "portfolio_files",
    "proposing",
    "uncertainty",
    "workbook_rules",
]

if TYPE_CHECKING:
    from valuecalc.services import (
        answers,
        cases,
        chapters,
        delays,
        embedding,
        library,
        office_program,
        operation,
        operator,
        pilots,
        portfolio_files,
        proposing,
        uncertainty,
        workbook_rules,
    )
else:
    for _name in __all__:
        globals()[_name] = later(f"valuecalc.services.{_name}")
