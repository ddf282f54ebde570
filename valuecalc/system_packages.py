"""The programs and fonts that tests need and pip cannot bring, and how to have them.

Only the standard library is used, because this runs before anything is installed.
"""

from __future__ import annotations

import functools
import glob
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SystemPackage:
    """Something that tests need and pip cannot bring.

    It is there when one of `programs` (a name, a full path, or a pattern of paths) exists, or,
    for fonts, when every file name in `fonts` does. `without` says what the tests do without it.
    """

    name: str
    debian: tuple[str, ...]
    homebrew: str
    without: str
    programs: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()

    def path(self) -> str | None:
        """The full path of the program, or None when it is not there."""
        return next(filter(None, map(find_program, self.programs)), None)

    def is_there(self) -> bool:
        """Whether nothing has to be installed."""
        return all(map(has_font, self.fonts)) if self.fonts else self.path() is not None


CHROMIUM = SystemPackage(
    name="Chromium",
    debian=("chromium",),
    homebrew="--cask google-chrome",
    without="tests marked 'browser' are skipped",
    programs=(
        "chromium",
        "chromium-browser",
        "google-chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
)
SHELL = SystemPackage(
    name="Chromium without windows",
    debian=("chromium-headless-shell",),
    homebrew="--cask google-chrome",
    without="tests marked 'browser' take three times as long",
    programs=(
        "chromium-headless-shell",
        # Where nobody packages it, the browser itself has to do.
        "google-chrome",
        "/snap/bin/chromium",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
)
LIBREOFFICE = SystemPackage(
    name="LibreOffice",
    # The last one lets a script drive it.
    debian=("libreoffice-calc", "libreoffice-math", "libreoffice-writer", "python3-uno"),
    homebrew="--cask libreoffice",
    without="tests marked 'office' are skipped",
    programs=("soffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice"),
)
POPPLER = SystemPackage(
    name="Poppler",
    debian=("poppler-utils",),
    homebrew="poppler",
    without="tests marked 'office' that read a PDF are skipped",
    programs=("pdftotext",),
)
FONTS = SystemPackage(
    name="fonts (Carlito, Inter, Liberation)",
    debian=("fonts-crosextra-carlito", "fonts-inter", "fonts-liberation"),
    homebrew="--cask font-carlito font-inter font-liberation",
    without="tests of a document's layout are skipped",
    fonts=("Carlito-Regular", "Inter", "LiberationSans-Regular"),
)
POSTGRESQL = SystemPackage(
    name="PostgreSQL",
    debian=("postgresql",),
    homebrew="postgresql@17",
    without="tests marked 'postgres' are skipped",
    programs=(
        "initdb",
        # Debian keeps the programs of a server off the path, because several may be installed.
        "/usr/lib/postgresql/*/bin/initdb",
        "/usr/pgsql-*/bin/initdb",
        "/opt/homebrew/opt/postgresql@*/bin/initdb",
        "/usr/local/opt/postgresql@*/bin/initdb",
        "/Applications/Postgres.app/Contents/Versions/*/bin/initdb",
    ),
)
SYSTEM_PACKAGES = (POSTGRESQL, CHROMIUM, SHELL, LIBREOFFICE, POPPLER, FONTS)

FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/Library/Fonts"),
    # Unlike Path.expanduser, this one does not fail where nobody has a home.
    Path(os.path.expanduser("~/.local/share/fonts")),
    Path(os.path.expanduser("~/Library/Fonts")),
)


def provide_system_packages() -> None:
    """Install the system packages that tests need, or say which tests are skipped."""
    for package in missing_packages():
        apt_install(debian_names([package]))
    missing = missing_packages()
    for package in missing:
        say(f"Missing: {package.name}; {package.without}.")
    if missing:
        say(f"To have them, run:\n    {install_line(missing)}")


def missing_packages() -> list[SystemPackage]:
    """The system packages that are not there, in order."""
    return [package for package in SYSTEM_PACKAGES if not package.is_there()]


def find_program(name: str) -> str | None:
    """The full path of a program; of those that a pattern fits, that of the highest version."""
    if "*" not in name:
        return shutil.which(name)
    paths = sorted(glob.glob(name), key=version_in, reverse=True)
    return next(filter(None, map(shutil.which, paths)), None)


def version_in(path: str) -> list[int]:
    """The numbers in a path, to be compared: 15 is more than 9.6."""
    return [int(number) for number in re.findall(r"[0-9]+", path)]


def has_font(name: str) -> bool:
    """Whether a font file is there whose name starts with `name`, in any font format."""
    return any(any(folder.rglob(f"{name}*.[ot]t[fc]")) for folder in FONT_FOLDERS)


def install_line(packages: Iterable[SystemPackage]) -> str:
    """The one line that brings `packages` on this kind of system."""
    if platform.system() == "Darwin":
        return " && ".join(f"brew install {package.homebrew}" for package in packages)
    if shutil.which("apt-get"):
        return apt_line(debian_names(packages))
    names = ", ".join(package.name for package in packages)
    return f"your system's package manager for {names}"


def debian_names(packages: Iterable[SystemPackage]) -> list[str]:
    """The names of `packages` in Debian, or in Ubuntu where it is one."""
    names = [name for package in packages for name in package.debian]
    ubuntu = {"chromium": "chromium-browser"} if is_ubuntu() else {}
    return [ubuntu.get(name, name) for name in names]


def is_ubuntu() -> bool:
    """Whether this system calls itself Ubuntu."""
    try:
        return platform.freedesktop_os_release().get("ID") == "ubuntu"
    except OSError:
        return False


def apt_line(packages: Iterable[str]) -> str:
    """The line by which somebody may install Debian packages."""
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages when that needs no password; returns whether they are there."""
    privilege = privilege_of_apt()
    if privilege is None:
        return False
    say(f"Installing {' '.join(packages)} with apt-get ...")
    refresh_apt()
    # Another apt may be at work, as on a machine that has just been started.
    options = ("-o", "DPkg::Lock::Timeout=300", "-y", "--no-install-recommends")
    return succeeds(*apt_get(privilege), *options, "install", *packages, quiet=True)


@functools.cache
def refresh_apt() -> None:
    """Fetch the lists of packages, once; without them a fresh machine knows no package."""
    # A stranger's broken source must not stop what the other sources hold.
    succeeds(*apt_get(privilege_of_apt() or []), "update", quiet=True)


def apt_get(privilege: Sequence[str]) -> list[str]:
    """The start of an apt-get command; dpkg needs the sbin folders, and sudo drops the rest."""
    path = f"PATH={os.environ.get('PATH', '/usr/bin:/bin')}:/usr/local/sbin:/usr/sbin:/sbin"
    return [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", path, "apt-get", "-qq"]


def privilege_of_apt() -> list[str] | None:
    """What to put before apt-get to be allowed to install: nothing, sudo, or None if neither."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if has_free_sudo() else None


def has_free_sudo() -> bool:
    """Whether sudo asks for no password."""
    if not shutil.which("sudo"):
        return False
    return subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0


def succeeds(
    *command: str | Path, environment: dict[str, str] | None = None, quiet: bool = False
) -> bool:
    """Run a command, with `environment` on top of ours; returns whether it succeeded.

    A `quiet` one is heard only when it complains.
    """
    try:
        completed = subprocess.run(
            command,
            check=False,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.DEVNULL if quiet else None,
        )
    except OSError as error:
        say(f"{command[0]} could not be started: {error.strerror}.")
        return False
    return completed.returncode == 0


def say(text: str) -> None:
    """Tell the user, before whatever the next command prints."""
    print(text, flush=True)
