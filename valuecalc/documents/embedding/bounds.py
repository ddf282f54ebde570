"""What is asked of a document before anything in it is filled: parts to be read, within limits."""

from __future__ import annotations

from valuecalc.documents.embedding import fields, spans
from valuecalc.documents.embedding.controls import find
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.proposal.xml import Element
from valuecalc.errors import FileRefused

MOST_TABLES = 500
"""So many controls of tables are filled in the time that the process has."""

_OF_TABLES = ("table.", "plan.")


def check(package: Package) -> None:
    """Nothing, for a document whose fields stay inside it and whose texts can all be read.

    Raises `FileRefused`.
    """
    fields.check(package)
    for part in package.with_text:
        _root(package, part)


def check_to_fill(package: Package) -> None:
    """The same, and that there is time to fill its tables. Raises `FileRefused`."""
    fields.check(package)
    tables = sum(_count_tables(_root(package, part)) for part in package.with_text)
    if tables > MOST_TABLES:
        raise FileRefused(
            f"The document has {tables:,} content controls for tables; {MOST_TABLES:,} can be "
            "filled at once.",
            "Divide it into several documents, or take the tags off tables that stay as they are.",
        )


def _root(package: Package, part: str) -> Element | None:
    """The root of a part; None for one that is named and not there."""
    content = package.read(part)
    return None if content is None else spans.parsed(content)


def _count_tables(root: Element | None) -> int:
    found = [] if root is None else find(root)
    return sum(each.tag.startswith(_OF_TABLES) for each in found)
