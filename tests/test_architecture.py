"""The house keeps its shape: who may import whom, and where each library lives.

The tables below are the design; docs/development.md says it in words.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "valuecalc"

# A room, and what of ours it may import. Every room may import itself and ANYWHERE.
# `engine.result` means that module of the engine and nothing else of it.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "phrases": (),
    "system_packages": (),
    "formula": (),
    "case": ("formula",),
    "engine": ("formula", "case"),
    "schemas": ("formula", "case", "engine.result"),
    "documents": ("formula", "case", "engine", "resources", "config"),
    "store": ("case", "schemas"),
    "services": (
        "formula",
        "case",
        "engine",
        "schemas",
        "documents",
        "store",
        "resources",
        "config",
    ),
    "web": (
        "formula",
        "case",
        "engine.result",
        "schemas",
        "services",
        "store.database",
        "store.pages",
        "store.tables",
        "resources",
        "config",
        "log_lines",
    ),
    "cli": ("services", "resources", "config", "log_lines"),
    "resources": (),
    "config": (),
    "log_lines": ("config",),
    "loading": (),
    "__main__": ("cli", "system_packages"),
    "__init__": (),
}
ANYWHERE = ("errors", "phrases", "loading")

# A library, and the rooms it may be imported in.
HOMES: dict[str, tuple[str, ...]] = {
    "pint": ("formula",),
    "sympy": ("formula",),
    "numpy": ("engine",),
    "scipy": ("engine",),
    "marshmallow": ("schemas",),
    "openpyxl": ("documents",),
    "docx": ("documents",),
    "pptx": ("documents",),
    "lxml": ("documents",),
    "babel": ("documents",),
    "argon2": ("services",),
    "authlib": ("web",),
    "sqlalchemy": ("store",),
    "alembic": ("store",),
    "distributed": ("services",),
    "flask": ("web",),
    "flask_smorest": ("web",),
    "click": ("cli",),
}

# These run before anything is installed.
STANDARD_LIBRARY_ONLY = ("__init__", "__main__", "system_packages")

# What a fresh interpreter that has imported a room must not have loaded.
NOT_LOADED_BY: dict[str, tuple[str, ...]] = {
    "valuecalc.formula": ("flask", "sqlalchemy", "marshmallow", "openpyxl", "docx", "scipy"),
    "valuecalc.engine": ("flask", "sqlalchemy", "marshmallow", "openpyxl", "docx"),
}

TOP_LEVEL = {
    "valuecalc",
    "templates",
    "models",
    "wsgi.py",
    "setup.cfg",
    "tests",
    "README.md",
    # what tools and readers insist on; names that begin with a dot are theirs too
    "pyproject.toml",
    "Makefile",
    "LICENSE",
    "CHANGELOG.md",
    "docs",
}
MADE_BY_TOOLS = {"__pycache__", "build", "dist", "instance", "bench-results", "test-results"}


@dataclass(frozen=True)
class Import:
    """One import of one name: `from valuecalc.engine import irr` imports `valuecalc.engine.irr`."""

    file: Path
    line: int
    module: str

    @property
    def room(self) -> str:
        return room_of(self.file)

    @property
    def library(self) -> str:
        return self.module.split(".")[0]

    @property
    def of_ours(self) -> str | None:
        """The imported name within the package: `engine.result`; None for other libraries."""
        return self.module.partition(".")[2] if self.library == PACKAGE.name else None

    def __str__(self) -> str:
        return f"{self.file.relative_to(PACKAGE.parent)}:{self.line} imports {self.module}"


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).with_suffix("").parts[0]


def python_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports_of(file: Path) -> Iterator[Import]:
    """Every import in a file, wherever in it, also those made for the type checker alone."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), filename=str(file))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            origin = origin_of(node, file)
            for alias in node.names:
                yield Import(file, node.lineno, f"{origin}.{alias.name}")


def origin_of(node: ast.ImportFrom, file: Path) -> str:
    """The full name of the module that a `from` names, also for a relative one."""
    if not node.level:
        return node.module or ""
    parents = file.relative_to(PACKAGE.parent).parts[: -node.level]
    return ".".join([*parents, *([node.module] if node.module else [])])


def all_imports() -> list[Import]:
    return [each for file in python_files() for each in imports_of(file)]


def lies_within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in allowed)


def trespasses(imports: list[Import]) -> list[str]:
    """What breaks MAY_IMPORT, in words."""
    return [
        f"{each}; {each.room} may import {', '.join(MAY_IMPORT[each.room]) or 'nothing of ours'}"
        for each in imports
        if each.of_ours is not None
        and not is_version(each)
        and not lies_within(each.of_ours, (each.room, *MAY_IMPORT[each.room], *ANYWHERE))
    ]


def is_version(imported: Import) -> bool:
    return imported.of_ours == "__version__"


def strays(imports: list[Import]) -> list[str]:
    """What breaks HOMES, in words."""
    return [
        f"{each}; {each.library} lives only in {', '.join(homes_of(each.library))}"
        for each in imports
        if each.room not in homes_of(each.library, otherwise=each.room)
    ]


def homes_of(library: str, otherwise: str = "") -> tuple[str, ...]:
    """The rooms of a library; Flask's extensions live with Flask."""
    family = "flask" if library.startswith("flask_") else library
    return HOMES.get(family, (otherwise,))


def report(findings: list[str]) -> str:
    return "\n".join(["", *findings])


def written(folder: Path, path: str, text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of a made-up package, to see the rules fail."""
    monkeypatch.setitem(globals(), "PACKAGE", folder / "valuecalc")
    file = folder / "valuecalc" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_every_file_of_the_package_belongs_to_a_room_of_the_design() -> None:
    strangers = [str(file) for file in python_files() if room_of(file) not in MAY_IMPORT]
    assert not strangers, report(strangers)


def test_a_room_imports_only_the_rooms_it_may() -> None:
    found = trespasses(all_imports())
    assert not found, report(found)


def test_a_library_is_imported_only_in_its_home() -> None:
    found = strays(all_imports())
    assert not found, report(found)


def test_the_set_up_needs_nothing_but_the_standard_library() -> None:
    foreign = [
        str(each)
        for each in all_imports()
        if each.room in STANDARD_LIBRARY_ONLY
        and each.library not in {*sys.stdlib_module_names, PACKAGE.name}
    ]
    assert not foreign, report(foreign)


@pytest.mark.parametrize(
    "statement",
    [
        "import valuecalc.web.app",
        "from valuecalc.web import app",
        "from valuecalc.web.app import create_app",
        "from valuecalc import web",
        "from ..web import app",
        "from ..web.app import create_app",
        "from .. import web",
        "def late():\n    import valuecalc.web",
        "if TYPE_CHECKING:\n    import valuecalc.web",
    ],
)
def test_a_forbidden_import_is_seen_however_it_is_written(
    statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "engine/finance.py", f"\n{statement}\n", monkeypatch)
    [finding] = trespasses(list(imports_of(file)))
    line = 2 + statement.count("\n")
    assert finding.startswith(f"valuecalc/engine/finance.py:{line} imports valuecalc.web")
    assert finding.endswith("engine may import formula, case")


@pytest.mark.parametrize(
    "statement",
    [
        "from . import result",
        "from .result import Result",
        "from ..case import Case",
        "from valuecalc import __version__",
        "from valuecalc.errors import InputError",
        "import json",
    ],
)
def test_an_allowed_import_is_let_pass(
    statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "engine/finance.py", statement, monkeypatch)
    assert not trespasses(list(imports_of(file)))


def test_a_room_that_may_see_results_may_not_see_the_rest_of_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "from valuecalc.engine import result\nfrom valuecalc.engine import evaluate\n"
    file = written(tmp_path, "web/pages/cases.py", text, monkeypatch)
    [finding] = trespasses(list(imports_of(file)))
    assert "imports valuecalc.engine.evaluate" in finding


@pytest.mark.parametrize(
    ("path", "statement", "home"),
    [
        ("web/app.py", "import numpy as np", "engine"),
        ("services/cases.py", "from flask_login import current_user", "web"),
        ("engine/trace.py", "from click import echo", "cli"),
    ],
)
def test_a_library_away_from_home_is_seen(
    path: str, statement: str, home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [finding] = strays(list(imports_of(written(tmp_path, path, statement, monkeypatch))))
    assert finding.endswith(f"lives only in {home}")


@pytest.mark.parametrize("room", NOT_LOADED_BY)
def test_a_fresh_interpreter_loads_no_more_than_the_room_needs(room: str) -> None:
    script = f"import json, sys, {room}; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in json.loads(run.stdout)}
    assert not loaded & set(NOT_LOADED_BY[room])


def test_the_package_itself_holds_a_docstring_and_the_version_and_nothing_else() -> None:
    docstring, version = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr)
    assert ast.unparse(version).startswith("__version__ = ")


def test_the_top_level_holds_exactly_what_the_design_names() -> None:
    found = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    assert {name for name in found - MADE_BY_TOOLS if not name.endswith(".egg-info")} == TOP_LEVEL
