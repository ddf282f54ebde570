"""Scripts that a page needs at once, in one file.

Each answer has headers of its own and is compressed by itself, so thirty small scripts weigh half
as much again as one file that holds them. Nothing has to be built for that: the scripts stay plain
modules that work by themselves, and each becomes a function in the file, in the order in which
they import each other. Its exports are what the function returns, and its imports are taken from
what the others returned:

    import { read } from "./places.js";         const $js_editor_live = (() => {
    export function start() { … }               const { read } = $js_editor_places;
                                                function start() { … }
                                                return { start };
                                                })();

A script that is loaded later, and imports one of these, is sent with an import from the joined
file instead: there must be one document, not two. So the scripts of a page with a joined file have
addresses below one of its own (`static_files.send_joined`), where relative addresses work as in
the folder.

What cannot be said in this way is refused, and `tests/web/test_joined_scripts.py` joins all there
is: modules that import each other in a circle, `export let`, whose later values would be missed,
and `export default`. An import or export begins a line, in one of the forms below.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "static"

_ADDRESS = r'"(\.{1,2}/[\w./-]+\.js)"'
_IMPORT = re.compile(rf"^import (?:(\{{[^}}]*\}}|\* as \w+) from )?{_ADDRESS};\n", re.MULTILINE)
_PASSED_ON = re.compile(rf"^export (\{{[^}}]*\}}) from {_ADDRESS};\n", re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?=(?:async function|function\*?|const|class) ([\w$]+))", re.MULTILINE
)
_STATEMENT = re.compile(r"^(?:import|export)\b(?!\().*", re.MULTILINE)
_LATER = re.compile(rf"\bimport\({_ADDRESS}\)")
_RENAMED = re.compile(r"(\w+) as (\w+)")


class CannotJoin(Exception):
    """A script says something that does not fit into a joined file."""


@dataclass(frozen=True)
class Import:
    """What a script imports: `names` as it is written, `{ a, b as c }`, `* as x`, or empty."""

    names: str
    name: str


@dataclass(frozen=True)
class Script:
    """A script taken apart. Names of scripts are paths below the folder.

    `passed_on` are imports that it exports again, `exports` the names of its own, and `body` is
    what is left of it.
    """

    name: str
    imports: tuple[Import, ...]
    passed_on: tuple[Import, ...]
    exports: tuple[str, ...]
    body: str

    @property
    def needed(self) -> tuple[str, ...]:
        """The scripts that have to run before it, in order."""
        return tuple(each.name for each in (*self.imports, *self.passed_on))


def joined(entry: str, folder: Path = FOLDER) -> str:
    """A module of an entry script and of all that it imports. Raises `CannotJoin`."""
    names = members(entry, folder)
    functions = [_function(_script(each, folder), entry, names) for each in names]
    exports = ", ".join(_variable(each) for each in names)
    return "".join(functions) + f"export {{ {exports} }};\n"


def beside(name: str, entry: str, folder: Path = FOLDER) -> str:
    """A script that is loaded later, with what it shares taken from the joined file of an entry.

    Raises `CannotJoin`, also for a script that the joined file holds: it would run twice.
    """
    names = members(entry, folder)
    script = _script(name, folder)
    _refuse_twice(script, entry, names)
    text = (folder / name).read_text("utf-8")
    shared = sorted({_variable(each.name) for each in script.imports if each.name in names})
    if not shared:
        return text

    def taken(found: re.Match[str]) -> str:
        target = _target(found[2], name)
        return _taken(Import(found[1] or "", target)) if target in names else found[0]

    text = _IMPORT.sub(taken, text)
    return f'import {{ {", ".join(shared)} }} from "{_relative(entry, name)}";\n{text}'


def _refuse_twice(script: Script, entry: str, names: tuple[str, ...]) -> None:
    if script.name in names:
        raise CannotJoin(
            f"{script.name}: {entry} imports it at once. Import it at once everywhere."
        )
    if any(each.name in names for each in script.passed_on):
        raise CannotJoin(
            f"{script.name}: it exports what {entry} holds. Import that where it is used."
        )
    _refuse_later(script, names)


@cache
def members(entry: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """The scripts of a joined file, each after those that it imports. Raises `CannotJoin`."""
    found: list[str] = []
    _add(entry, folder, found, ())
    return tuple(found)


def _add(name: str, folder: Path, found: list[str], importers: tuple[str, ...]) -> None:
    if name in importers:
        circle = " → ".join((*importers[importers.index(name) :], name))
        raise CannotJoin(f"{circle}: a circle of imports. Move what both need into a third one.")
    if name in found:
        return
    for each in _script(name, folder).needed:
        _add(each, folder, found, (*importers, name))
    found.append(name)


# --------------------------------------------------------------------------- reading a script


@cache
def _script(name: str, folder: Path) -> Script:
    text = (folder / name).read_text("utf-8")
    imports = tuple(Import(names, _target(at, name)) for names, at in _IMPORT.findall(text))
    passed_on = tuple(Import(names, _target(at, name)) for names, at in _PASSED_ON.findall(text))
    body = _PASSED_ON.sub("", _IMPORT.sub("", text))
    exports = tuple(_EXPORT.findall(body))
    body = _EXPORT.sub("", body)
    if other := _STATEMENT.search(body):
        raise CannotJoin(f"{name}: “{other[0]}” is none of the forms of imports and exports.")
    return Script(name, imports, passed_on, exports, body)


def _target(address: str, importer: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), address))


def _relative(name: str, importer: str) -> str:
    address = posixpath.relpath(name, posixpath.dirname(importer))
    return address if address.startswith(".") else f"./{address}"


def _refuse_later(script: Script, names: tuple[str, ...]) -> None:
    for address in _LATER.findall(script.body):
        if _target(address, script.name) in names:
            raise CannotJoin(
                f"{script.name}: import({address}) is loaded at once already. Import it above."
            )


# --------------------------------------------------------------------------- writing a function


def _variable(name: str) -> str:
    """The name of what a script returned. None in a script of ours begins with a dollar."""
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))


def _function(script: Script, entry: str, names: tuple[str, ...]) -> str:
    _refuse_later(script, names)
    if "import.meta" in script.body and posixpath.dirname(script.name) != posixpath.dirname(entry):
        raise CannotJoin(f"{script.name}: import.meta would tell the address of {entry}.")

    def moved(found: re.Match[str]) -> str:
        return f'import("{_relative(_target(found[1], script.name), entry)}")'

    taken = "".join(map(_taken, script.imports))
    returned = ", ".join((*script.exports, *_returned(script.passed_on)))
    body = f"{taken}{_LATER.sub(moved, script.body)}return {{ {returned} }};"
    return f"const {_variable(script.name)} = (() => {{\n{body}\n}})();\n"


def _taken(imported: Import) -> str:
    """A statement that takes an import from what the function of a script returned."""
    if not imported.names:
        return ""
    pattern = imported.names.removeprefix("* as ")
    if pattern.startswith("{"):
        pattern = _RENAMED.sub(r"\1: \2", " ".join(pattern.split()))
    return f"const {pattern} = {_variable(imported.name)};\n"


def _returned(passed_on: tuple[Import, ...]) -> Iterator[str]:
    for each in passed_on:
        for part in each.names.strip("{}").split(","):
            if words := part.split():
                yield f"{words[-1]}: {_variable(each.name)}.{words[0]}"
