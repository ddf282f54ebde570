"""The parts of addresses that vary; what does not fit is nowhere (404)."""

from __future__ import annotations

from werkzeug.routing import BaseConverter

from valuecalc.schemas.paging import LARGEST_INTEGER, UID_PATTERN
from valuecalc.schemas.references import ID_PATTERN


class UidConverter(BaseConverter):
    """The id of a case, a comment or the like."""

    regex = UID_PATTERN[1:-1]
    openapi = {"type": "string", "pattern": UID_PATTERN}


class StrawManConverter(BaseConverter):
    """The slug of a straw-man of the program, or the id of one of a team."""

    regex = ID_PATTERN[1:-1]
    openapi = {"type": "string", "pattern": ID_PATTERN}


class VersionConverter(BaseConverter):
    """The number of a version."""

    regex = "[1-9][0-9]{0,9}"
    openapi = {"type": "integer", "minimum": 1, "maximum": LARGEST_INTEGER}

    def to_python(self, value: str) -> int:
        """The number; one that no database could hold is that of no version."""
        return min(int(value), LARGEST_INTEGER)


CONVERTERS = {"uid": UidConverter, "straw_man": StrawManConverter, "version": VersionConverter}
