"""Names of a package that are loaded when somebody asks for the first of them.

The processes that read a file of somebody else's need a few modules of a package and not what
its front door leads to: loading the engine would take ten times as long as all their work.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def names(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """A `__getattr__` for a package, which finds each of `homes` (name: module) when asked.

    A name that is found is kept, so that it also hides a module that is called the same.
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return find
