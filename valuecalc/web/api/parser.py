"""Reads the bodies of requests with the parser of case documents.

The one that comes with the framework takes `NaN`, keys given twice, and numbers and nestings
that no later step can bear.
"""

from __future__ import annotations

from typing import Any

from flask import Request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from valuecalc.schemas.document import read_json


class StrictJsonParser(FlaskParser):
    """Takes JSON only, and only what every later step can bear; and no query that is not known."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": None}

    def load_json(self, req: Request, schema: Any) -> Any:
        """The data of the body. Raises `DocumentError` for what is not JSON."""
        if not req.is_json:
            raise UnsupportedMediaType("The body has to be JSON (Content-Type: application/json).")
        return read_json(req.get_data()).data
