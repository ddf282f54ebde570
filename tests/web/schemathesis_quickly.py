"""The program `schemathesis`, which makes up no value twice.

It makes one for each field without an example, the same one for the same shape, and the fields of
a case come back in twenty addresses. Start it as a file, from any folder.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from schemathesis.cli import schemathesis
from schemathesis.core.jsonschema import BUNDLE_STORAGE_KEY
from schemathesis.specs.openapi import examples

_made_up_anew = examples._generate_single_example
_KEPT: dict[tuple[str, str], Any] = {}


def _made_up(schema: Any, generation: Any, validator: Any) -> Any:
    key = (_text(schema), repr((generation, validator)))
    if key not in _KEPT:
        _KEPT[key] = _made_up_anew(schema, generation, validator)
    return deepcopy(_KEPT[key])


def _text(schema: Any) -> str:
    """A shape, without the shapes around that it does not refer to."""
    if isinstance(schema, dict):
        alone = json.dumps(
            {name: each for name, each in schema.items() if name != BUNDLE_STORAGE_KEY},
            sort_keys=True,
        )
        if '"$ref"' not in alone:
            return alone
    return json.dumps(schema, sort_keys=True)


if __name__ == "__main__":
    examples._generate_single_example = _made_up
    schemathesis()
