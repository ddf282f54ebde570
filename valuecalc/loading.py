"""What makes a start quick: modules are loaded when they are used, and without looking for garbage.

A command works with few of the modules that the commands together need, and whoever typed it
waits for all that is loaded.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_OBJECTS_BETWEEN_LOOKS = 100_000


class _Later(ModuleType):
    """Stands for a module until somebody asks it for something.

    What is asked for is looked up in the module itself each time, so that there is nothing to
    keep in step, and threads do not come into each other's way.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(import_module(self.__name__), name, value)


def later(module: str) -> Any:
    """A module by its full name, which is loaded when something in it is asked for.

    Type checkers, and the test of who imports whom, are told beside it what it is:

        if TYPE_CHECKING:
            from valuecalc.services import cases
        else:
            cases = later("valuecalc.services.cases")
    """
    return _Later(module)


def names(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """A `__getattr__` for a package, which finds each of `homes` (name: module) when asked.

    For a package of which some processes need a few modules and not what its front door leads
    to. A name that is found is kept, so that it also hides a module that is called the same.
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return find


def hurry() -> None:
    """Look for garbage seldom, for a process that does one thing and ends.

    What modules define stays until the end. Looking it through again and again while they are
    loaded, and once more before the end, takes a third of the time of a short command.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, 20, 20)
    atexit.register(gc.freeze)


@contextmanager
def quickly() -> Iterator[None]:
    """Load many modules at the start of a process.

    What they define stays until the end, so looking for garbage in it finds none: meanwhile, or
    ever after. A process that is forked then also shares more memory.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_looking:
            gc.enable()
