"""What pip cannot bring is installed when that is allowed, and otherwise named in one line."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

import pytest

from valuecalc import system_packages
from valuecalc.system_packages import (
    CHROMIUM,
    FONTS,
    LIBREOFFICE,
    POPPLER,
    POSTGRESQL,
    SYSTEM_PACKAGES,
    SystemPackage,
)

PROGRAMS = (CHROMIUM, LIBREOFFICE, POPPLER)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were given, none of which is run, on a Debian system without programs."""
    given: list[str] = []

    def record(*command: str | Path, **options: object) -> bool:
        given.append(" ".join(map(str, command)))
        return True

    monkeypatch.setattr(system_packages, "succeeds", record)
    monkeypatch.setattr(system_packages, "SYSTEM_PACKAGES", PROGRAMS)
    monkeypatch.setattr(system_packages, "is_ubuntu", lambda: False)
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    system_packages.refresh_apt.cache_clear()
    return given


def test_root_installs_what_is_missing_after_one_look_at_the_lists(
    commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    system_packages.provide_system_packages()
    assert [command.endswith(" update") for command in commands] == [True, False, False, False]
    assert commands[2].endswith(
        " install libreoffice-calc libreoffice-math libreoffice-writer python3-uno"
    )
    assert not any("sudo" in command for command in commands)


def test_sudo_without_a_password_is_used(
    commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "has_free_sudo", lambda: True)
    assert system_packages.apt_install(["poppler-utils"])
    assert commands[-1].startswith("sudo -n env DEBIAN_FRONTEND=noninteractive PATH=")


def test_without_rights_nothing_is_run_and_one_line_names_everything(
    commands: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    system_packages.provide_system_packages()
    *losses, _, line = capsys.readouterr().out.splitlines()
    assert not commands
    assert losses[0] == "Missing: Chromium; tests marked 'browser' are skipped."
    assert line.endswith(
        "apt-get install -y chromium libreoffice-calc libreoffice-math libreoffice-writer "
        "python3-uno poppler-utils"
    )


def test_nothing_is_said_or_run_when_everything_is_there(
    commands: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    system_packages.provide_system_packages()
    assert (commands, capsys.readouterr().out) == ([], "")


def test_ubuntu_calls_chromium_by_another_name(
    commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "is_ubuntu", lambda: True)
    assert system_packages.debian_names([CHROMIUM, POPPLER]) == [
        "chromium-browser",
        "poppler-utils",
    ]


def test_on_macos_the_line_is_one_of_homebrew(
    commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    line = system_packages.install_line([LIBREOFFICE, POPPLER])
    assert line == "brew install --cask libreoffice && brew install poppler"


def test_on_another_system_the_programs_are_named(
    commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert system_packages.install_line([CHROMIUM, POPPLER]).endswith("for Chromium, Poppler")


def test_fonts_are_there_when_each_of_them_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "FONT_FOLDERS", (tmp_path / "none", tmp_path))
    for name in ("Carlito-Regular.ttf", "InterVariable.ttf"):
        (tmp_path / name).touch()
    assert not FONTS.is_there()
    (tmp_path / "LiberationSans-Regular.otf").touch()
    assert FONTS.is_there()


def test_a_program_is_found_by_any_of_its_names() -> None:
    package = SystemPackage("a shell", (), "", "", programs=("no-such-program", "sh"))
    assert package.path() == shutil.which("sh")


def test_of_several_versions_the_newest_is_used(tmp_path: Path) -> None:
    for version in ("9.6", "15", "16"):
        program = tmp_path / version / "bin" / "initdb"
        program.parent.mkdir(parents=True)
        program.touch(mode=0o644 if version == "16" else 0o755)
    package = SystemPackage("a server", (), "", "", programs=(f"{tmp_path}/*/bin/initdb",))
    # 16 is there, and cannot be run.
    assert package.path() == str(tmp_path / "15" / "bin" / "initdb")


def test_a_pattern_that_fits_nothing_is_a_program_that_is_not_there(tmp_path: Path) -> None:
    package = SystemPackage("a server", (), "", "", programs=(f"{tmp_path}/*/bin/initdb",))
    assert not package.is_there()


def test_postgresql_is_among_what_the_tests_install(commands: list[str]) -> None:
    assert POSTGRESQL in SYSTEM_PACKAGES
    assert system_packages.install_line([POSTGRESQL]).endswith("install -y postgresql")


def test_a_command_that_cannot_be_started_has_not_succeeded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert not system_packages.succeeds("/no/such/program")
    assert "could not be started: No such file" in capsys.readouterr().out
