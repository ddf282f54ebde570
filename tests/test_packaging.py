"""What is installed elsewhere is complete, and what we install ourselves is pinned."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "valuecalc"
REQUIREMENTS = PACKAGE / "requirements"
INGREDIENTS = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
FOLDERS = ("valuecalc", "templates", "models")
BUILD = "import sys, setuptools.build_meta as backend; backend.build_wheel(sys.argv[1])"
LOCKED = re.compile(r"^(?P<requirement>[^ ]+==[^ ]+(?: ; [^\\]+)?) \\\n", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built without the network in a copy, because building litters the tree."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in INGREDIENTS:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(target)]
    run = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    [built] = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip would lay it into site-packages."""
    folder = tmp_path_factory.mktemp("site-packages")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def setup_cfg() -> ConfigParser:
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def files_below(folder: Path, pattern: str = "*") -> set[str]:
    """The files of a folder, as paths within it, without what Python writes itself."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


def locked(level: str) -> dict[str, str]:
    """What a lock pins: a requirement with its marker, and its version."""
    text = (REQUIREMENTS / f"{level}.txt").read_text(encoding="utf-8")
    requirements = [Requirement(match["requirement"]) for match in LOCKED.finditer(text)]
    return {f"{each.name} {each.marker or ''}": str(each.specifier) for each in requirements}


def asked_for(level: str) -> list[Requirement]:
    """What people asked for in an .in file."""
    lines = (REQUIREMENTS / f"{level}.in").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def imported_libraries() -> set[str]:
    """The first names of everything that the package imports absolutely."""
    nodes = [
        node
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
    ]
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    origins = [
        node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    ]
    return {name.split(".")[0] for name in [*plain, *origins]}


@pytest.mark.parametrize("folder", ["templates", "models"])
def test_a_wheel_holds_every_file_of_the_data_folders(folder: str, unpacked: Path) -> None:
    expected = files_below(ROOT / folder)
    assert expected
    assert files_below(unpacked / "valuecalc" / folder) == expected


def test_a_wheel_holds_every_module_and_every_static_file(unpacked: Path) -> None:
    expected = files_below(PACKAGE)
    found = files_below(unpacked / "valuecalc")
    assert "web/static/vendor/MANIFEST.json" in expected
    assert expected <= found, f"not in the wheel: {sorted(expected - found)}; see setup.cfg"


def test_a_wheel_puts_nothing_beside_the_package(unpacked: Path) -> None:
    beside = {path.name for path in unpacked.iterdir() if path.suffix != ".dist-info"}
    assert beside == {"valuecalc"}


def test_an_installed_wheel_finds_its_own_data_folders(unpacked: Path, tmp_path: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
        "from valuecalc.resources import models_folder, templates_folder\n"
        "print(models_folder(), templates_folder(), sep='\\n')"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    package = unpacked / "valuecalc"
    assert run.stdout.splitlines() == [str(package / "models"), str(package / "templates")]


def test_a_wheel_brings_the_command_and_asks_for_what_the_service_needs(unpacked: Path) -> None:
    [information] = unpacked.glob("*.dist-info")
    assert "valuecalc = valuecalc.cli:main" in (information / "entry_points.txt").read_text()
    metadata = (information / "METADATA").read_text(encoding="utf-8")
    needs = re.findall(r"^Requires-Dist: (.+)$", metadata, re.MULTILINE)
    always = [each for each in map(Requirement, needs) if each.marker is None]
    assert {str(each) for each in always} == {str(each) for each in asked_for("app")}


def test_a_wheel_asks_for_the_library_of_a_cluster_only_when_it_is_wanted(unpacked: Path) -> None:
    [information] = unpacked.glob("*.dist-info")
    metadata = (information / "METADATA").read_text(encoding="utf-8")
    needs = map(Requirement, re.findall(r"^Requires-Dist: (.+)$", metadata, re.MULTILINE))
    wanted = [each for each in needs if each.marker and each.marker.evaluate({"extra": "cluster"})]
    assert [f"{each.name}{each.specifier}" for each in wanted] == [
        f"{each.name}{each.specifier}" for each in asked_for("cluster")
    ]


def test_setup_cfg_lists_the_folders_with_modules_and_the_data_folders_and_no_other() -> None:
    listed = set(setup_cfg()["options"]["packages"].split())
    modules = (file.relative_to(ROOT) for file in PACKAGE.rglob("*.py"))
    folders = {".".join(folder.parts) for module in modules for folder in module.parents}
    data = {"valuecalc.templates", "valuecalc.models"}
    assert listed == (folders | data) - {""}


@pytest.mark.parametrize("level", ["app", "cluster", "dev"])
def test_a_lock_pins_each_package_by_hash_and_names_no_address(level: str) -> None:
    text = (REQUIREMENTS / f"{level}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) == len(locked(level)) > 20
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


@pytest.mark.parametrize("level", ["app", "cluster", "dev"])
def test_a_lock_holds_what_was_asked_for(level: str) -> None:
    pins = {}
    for requirement, version in locked(level).items():
        pins.setdefault(requirement.split()[0], []).append(version.removeprefix("=="))
    for wanted in asked_for(level):
        versions = pins.get(wanted.name, [])
        assert versions, f"{wanted.name} is not in {level}.txt: run `make lock`"
        assert all(map(wanted.specifier.contains, versions)), f"{wanted}: run `make lock`"


def test_what_the_service_imports_was_asked_for_by_name() -> None:
    publishers = packages_distributions()
    wanted = [*asked_for("app"), *asked_for("cluster")]
    asked = {canonicalize_name(each.name) for each in wanted}
    foreign = imported_libraries() - sys.stdlib_module_names - {PACKAGE.name}
    unasked = {
        library
        for library in foreign
        if asked.isdisjoint(map(canonicalize_name, publishers.get(library, [library])))
    }
    assert foreign
    assert not unasked, f"add {sorted(unasked)} to app.in and run `make lock`"


def test_the_service_loads_the_library_of_a_cluster_only_when_it_uses_one() -> None:
    script = "import sys, valuecalc.web.app, valuecalc.services.coordinator; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "distributed" not in run.stdout.split()


def test_the_lock_for_development_holds_that_of_the_service_unchanged() -> None:
    # Without markers: what the service needs on one system, the tests may need on all.
    pinned = [
        {(key.split()[0], version) for key, version in locked(level).items()}
        for level in ("app", "cluster", "dev")
    ]
    assert pinned[0] <= pinned[1] <= pinned[2]
