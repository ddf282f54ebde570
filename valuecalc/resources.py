"""Finds the folders of data files: `templates/` and `models/`.

In a wheel they lie inside the package; in a checkout, and so in an editable installation,
beside it. `importlib.resources` is of no help: it offers no plain path for the first and does
not see the second.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """The folder of page and document templates."""
    return _data_folder("templates")


def models_folder() -> Path:
    """The folder of straw-man models."""
    return _data_folder("models")


def _data_folder(name: str) -> Path:
    places = [PACKAGE / name, PACKAGE.parent / name]
    for place in places:
        if place.is_dir():
            return place
    looked_in = " or ".join(map(str, places))
    raise FileNotFoundError(
        f"The folder {name} is not at {looked_in}: the installation is incomplete. "
        "Install valuecalc again."
    )
