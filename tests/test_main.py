"""The set-up of a checkout: complete, quick when repeated, plain when it cannot go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from valuecalc import __main__ as set_up


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up checkout without .venv, with two locks."""
    requirements = tmp_path / "valuecalc" / "requirements"
    requirements.mkdir(parents=True)
    for level in set_up.LEVELS:
        (requirements / f"{level}.txt").write_text(f"{level}==1\n")
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(set_up, "REQUIREMENTS", requirements)
    monkeypatch.setattr(set_up, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(set_up, "BIN", tmp_path / ".venv" / "bin")
    return tmp_path


@pytest.fixture
def installed(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The locks that were installed, with everything that takes time left out."""
    levels: list[str] = []
    site_packages = checkout / ".venv" / "site-packages"

    def make() -> Path:
        site_packages.mkdir(parents=True, exist_ok=True)
        set_up.BIN.mkdir(exist_ok=True)
        (set_up.BIN / "python").touch()
        return site_packages

    monkeypatch.setattr(set_up, "provide_virtual_environment", make)
    monkeypatch.setattr(set_up, "install_lock", levels.append)
    monkeypatch.setattr(set_up, "succeeds", lambda *command, **options: True)
    return levels


def fake_python(checkout: Path, answer: str) -> Path:
    """A .venv whose Python answers the probe with `answer`."""
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho '{answer}'\n")
    python.chmod(0o755)
    return python


def version(minor: int = sys.version_info.minor) -> str:
    return f"[3, {minor}]"


def test_a_repeated_set_up_installs_nothing(installed: list[str]) -> None:
    set_up.provide_environment("app")
    set_up.provide_environment("app")
    assert installed == ["app"]


def test_the_set_up_for_development_holds_that_of_the_service(installed: list[str]) -> None:
    set_up.provide_environment("dev")
    set_up.provide_environment("app")
    assert installed == ["dev"]


def test_development_after_the_service_installs_the_rest(installed: list[str]) -> None:
    set_up.provide_environment("app")
    set_up.provide_environment("dev")
    assert installed == ["app", "dev"]


def test_a_changed_lock_is_installed(installed: list[str]) -> None:
    set_up.provide_environment("app")
    (set_up.REQUIREMENTS / "app.txt").write_text("app==2\n")
    set_up.provide_environment("app")
    assert installed == ["app", "app"]


def test_a_checkout_that_was_moved_is_set_up_anew(
    installed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up.provide_environment("app")
    monkeypatch.setattr(set_up, "ROOT", tmp_path / "elsewhere")
    assert not set_up.is_current("app")


def test_a_set_up_that_failed_is_not_taken_for_a_finished_one(
    installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up.provide_environment("app")
    with monkeypatch.context() as broken:
        broken.setattr(set_up, "install_lock", lambda level: sys.exit("no network"))
        with pytest.raises(SystemExit, match="no network"):
            set_up.provide_environment("dev")
    assert not set_up.is_current("app")
    assert not set_up.is_current("dev")


def test_a_sound_environment_is_kept(checkout: Path) -> None:
    fake_python(checkout, f'[{version()}, "{checkout}"]')
    assert set_up.probe_environment() == checkout


def test_an_environment_of_another_python_is_not_used(checkout: Path) -> None:
    fake_python(checkout, f'[{version(minor=2)}, "{checkout}"]')
    assert set_up.probe_environment() is None


def test_an_environment_that_was_moved_is_not_used(checkout: Path) -> None:
    fake_python(checkout, f'[{version()}, "{checkout}"]')
    set_up.checkout_link(checkout).write_text("/where/it/was\n")
    assert set_up.probe_environment() is None


def test_an_environment_whose_python_is_gone_is_not_used(checkout: Path) -> None:
    set_up.BIN.mkdir(parents=True)
    (set_up.BIN / "python").symlink_to(checkout / "no-such-python")
    assert set_up.probe_environment() is None


def test_without_ensurepip_and_rights_one_line_says_what_to_run(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(set_up, "apt_install", lambda packages: False)
    package = f"python3.{sys.version_info.minor}-venv"
    with pytest.raises(SystemExit, match=f"ensurepip is missing(.|\n)*install -y {package}$"):
        set_up.provide_environment("app")
    assert not set_up.VENV.exists()


def test_an_environment_that_cannot_be_made_leaves_nothing_behind(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(*command: str | Path) -> bool:
        set_up.VENV.mkdir()
        return False

    monkeypatch.setattr(set_up, "provide_ensurepip", lambda: None)
    monkeypatch.setattr(set_up, "succeeds", half)
    with pytest.raises(SystemExit, match="cannot make a virtual environment"):
        set_up.provide_environment("app")
    assert not set_up.VENV.exists()


def test_a_lock_that_cannot_be_installed_names_the_file_and_the_remedy(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up, "succeeds", lambda *command, **options: False)
    with pytest.raises(SystemExit, match=r"app\.txt could not be installed.*Check the network"):
        set_up.install_lock("app")


def test_only_locked_files_with_their_hashes_are_installed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[tuple[str | Path, ...]] = []
    monkeypatch.setattr(
        set_up, "succeeds", lambda *command, **options: not commands.append(command)
    )
    set_up.install_lock("app")
    assert {"--require-hashes", "--only-binary", ":all:"} <= set(commands[0])


def test_the_command_works_in_a_folder_whose_name_needs_quoting(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    awkward = checkout / "it's a $(folder)"
    awkward.mkdir()
    (awkward / "python").symlink_to(sys.executable)
    monkeypatch.setattr(set_up, "BIN", awkward)
    set_up.link_checkout(awkward)
    (checkout / "valuecalc" / "cli.py").write_text("import sys\ndef main(): print(sys.argv[1:])\n")
    run = subprocess.run(
        [awkward / "valuecalc", "serve", "--name", "two words"],
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "['serve', '--name', 'two words']\n"


def test_an_unknown_part_of_the_set_up_is_refused_before_anything_is_made(checkout: Path) -> None:
    with pytest.raises(SystemExit, match="knows no devel. Known: cluster, dev, system"):
        set_up.install(["devel"])
    assert not set_up.VENV.exists()


@pytest.fixture
def types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands for the type checker, in place of all programs; it finds nothing."""
    monkeypatch.setattr(set_up, "BIN", tmp_path)
    program = tmp_path / "mypy"
    program.write_text("#!/bin/sh\necho types are sound\n")
    program.chmod(0o755)
    return program


def test_every_check_runs_and_those_that_failed_are_named(
    types: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[str] = []

    def fail_in_ruff(*command: str | Path, environment: dict[str, str]) -> bool:
        called.append(Path(command[0]).name)
        return called[-1] != "ruff"

    monkeypatch.setattr(set_up, "provide_environment", lambda level: None)
    monkeypatch.setattr(set_up, "provide_system_packages", lambda: None)
    monkeypatch.setattr(set_up, "succeeds", fail_in_ruff)
    assert set_up.test([]) == 1
    assert called == ["ruff", "ruff", "pytest"]
    assert capsys.readouterr().out == "types are sound\nFailed: formatter, linter.\n"


def test_what_the_type_checker_finds_is_told_after_the_tests(
    types: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def tested(*command: str | Path, environment: dict[str, str]) -> bool:
        set_up.say(Path(command[0]).name)
        return True

    types.write_text("#!/bin/sh\necho case.py:1: error >&2\nexit 1\n")
    monkeypatch.setattr(set_up, "provide_environment", lambda level: None)
    monkeypatch.setattr(set_up, "provide_system_packages", lambda: None)
    monkeypatch.setattr(set_up, "succeeds", tested)
    assert set_up.test([]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-3:] == ["pytest", "case.py:1: error", "Failed: type checker."]


def test_slow_tests_are_left_out_unless_they_are_asked_for(
    types: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[tuple[str | Path, ...]] = []

    def noted(*command: str | Path, environment: dict[str, str]) -> bool:
        commands.append(command)
        return True

    monkeypatch.setattr(set_up, "provide_environment", lambda level: None)
    monkeypatch.setattr(set_up, "provide_system_packages", lambda: None)
    monkeypatch.setattr(set_up, "succeeds", noted)
    assert set_up.test(["-m", "slow"]) == 0
    # Of two, pytest takes the later one.
    assert commands[-1][-4:] == ("-m", "not slow", "-m", "slow")


def test_run_serves_with_the_options_it_was_given(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    become: list[tuple[str | Path, ...]] = []
    monkeypatch.setattr(set_up, "provide_environment", lambda level: None)
    monkeypatch.setattr(set_up, "become", lambda *command: become.append(command))
    set_up.run(["--port", "8001"])
    assert become == [(set_up.BIN / "valuecalc", "serve", "--port", "8001")]


def test_an_installed_wheel_knows_only_the_command_line_of_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[list[str]] = []
    monkeypatch.setattr(set_up, "is_checkout", lambda: False)
    monkeypatch.setitem(sys.modules, "valuecalc.cli", SimpleNamespace(main=given.append))
    assert set_up.main(["install"]) == 0
    assert given == [["install"]]


@pytest.mark.parametrize(
    ("checkout", "remedy"), [(True, "Run:  python3 -m valuecalc install"), (False, "Install it")]
)
def test_what_is_not_installed_is_named_with_the_remedy(
    checkout: bool, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up, "is_checkout", lambda: checkout)
    monkeypatch.setattr(set_up, "runs_in_environment", lambda: True)
    monkeypatch.setitem(sys.modules, "valuecalc.cli", None)
    with pytest.raises(SystemExit, match=f"valuecalc.cli is not installed. {remedy}"):
        set_up.main(["serve"])
