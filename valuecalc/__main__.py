"""Sets a checkout up and starts it, with nothing but the standard library.

    python3 -m valuecalc install            .venv with what the service needs
    python3 -m valuecalc install cluster    ... and what working with a cluster needs
    python3 -m valuecalc install dev        ... and what working on the service needs
    python3 -m valuecalc install system     ... and the programs that tests use
    python3 -m valuecalc run [OPTIONS]      install, then `valuecalc serve`
    python3 -m valuecalc test [OPTIONS]     install all of it, then every check and test but
                                            the slow ones
    python3 -m valuecalc lock [OPTIONS]     write the hash-locked requirements anew

Any other command is handed to the command line of the service. What is there already is left
alone, so each command may be repeated and is then quick. Outside a checkout (an installed
wheel) there is only the command line of the service.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python can still read this far
    sys.exit(f"valuecalc needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")

from valuecalc.system_packages import apt_install, apt_line, provide_system_packages, say, succeeds

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
REQUIREMENTS = PACKAGE / "requirements"
VENV = ROOT / ".venv"
BIN = VENV / "bin"

# The lock of a level holds that of the level before.
LEVELS = ("app", "cluster", "dev")
UV = "uv==0.13.9"

# One script for sh and Python, because a #! line can hold neither spaces nor a long path.
CONSOLE_SCRIPT = """\
#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
import sys

# Processes that it starts to work on jobs read it too, and must not do the same again.
if __name__ == "__main__":
    from valuecalc.cli import main

    sys.exit(main())
"""

PROBE = """\
import json, pip, sys, sysconfig
print(json.dumps([list(sys.version_info[:2]), sysconfig.get_path("purelib")]))
"""

CHECKS = (
    ("formatter", ("ruff", "format", "--check", ".")),
    ("linter", ("ruff", "check", ".")),
)

# Files stay whole, because what a file's tests share is made once for each process.
# There is one process more than processors, because browsers and killed jobs are waited for.
IN_PARALLEL = (
    *(f"--numprocesses={min(4, (os.cpu_count() or 1) + 1)}", "--dist=loadfile"),
    "--no-loadscope-reorder",  # tests/conftest.py knows better which modules take long
)
NOT_SLOW = ("-m", "not slow")
# Without the bytecode that is kept, every process that tests start compiles all of it again.
KEPT_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command of the module's docstring; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not (is_checkout() and given and given[0] in COMMANDS):
        return hand_over(given)
    os.chdir(ROOT)
    return COMMANDS[given[0]](given[1:])


def install(options: Sequence[str]) -> int:
    """Make what `options` ask for: nothing for the service alone, `cluster`, `dev`, `system`."""
    unknown = set(options) - {*LEVELS, "system"}
    if unknown:
        sys.exit(f"install knows no {', '.join(sorted(unknown))}. Known: cluster, dev, system.")
    provide_environment(max({"app", *options} - {"system"}, key=LEVELS.index))
    if "system" in options:
        provide_system_packages()
    return 0


def run(options: Sequence[str]) -> int:
    """Set the service up and serve it; `options` are those of `valuecalc serve`."""
    provide_environment("app")
    become(BIN / "valuecalc", "serve", *options)


def test(options: Sequence[str]) -> int:
    """Set everything up, run all checks and pytest with `options`; say what failed."""
    provide_environment("dev")
    provide_system_packages()
    checks = [*CHECKS, ("tests", ("pytest", *IN_PARALLEL, *NOT_SLOW, *options))]
    with ThreadPoolExecutor(1) as beside:
        # One process for minutes, while tests wait for others.
        types = beside.submit(heard_later, BIN / "mypy")
        failed = [
            name
            for name, command in checks
            if not succeeds(BIN / command[0], *command[1:], environment=KEPT_BYTECODE)
        ]
    has_types, heard = types.result()
    say(heard.rstrip())
    if not has_types:
        failed.append("type checker")
    if failed:
        say(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


def heard_later(*command: str | Path) -> tuple[bool, str]:
    """Run a command that prints nothing meanwhile; whether it succeeded, and what it said."""
    completed = subprocess.run(
        command,
        check=False,
        env={**os.environ, **KEPT_BYTECODE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return completed.returncode == 0, completed.stdout


def lock(options: Sequence[str]) -> int:
    """Write the locks from the .in files; `options` are those of `uv pip compile`."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        create_environment(Path(folder))
        if not succeeds(python, "-m", "pip", "install", "--quiet", UV):
            return 1
        return 0 if all(compile_lock(python, level, options) for level in LEVELS) else 1


def compile_lock(python: Path, level: str, options: Sequence[str]) -> bool:
    """Write one lock; what it holds already stays unless `options` ask for newer versions."""
    uv = ["-m", "uv", "pip", "compile", "--quiet", "--no-cache"]
    where = ["--universal", "--python-version", "3.11", "--generate-hashes"]
    # Neither the command nor the addresses of one machine belong into the file.
    plain = ["--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
    files = [f"{REQUIREMENTS / level}.in", "--output-file", f"{REQUIREMENTS / level}.txt"]
    return succeeds(python, *uv, *where, *plain, *options, *files)


def hand_over(arguments: Sequence[str]) -> int:
    """Run the command line of the service, in the checkout's environment if there is one."""
    if is_checkout() and (BIN / "python").exists() and not runs_in_environment():
        become(BIN / "python", "-m", "valuecalc", *arguments)
    try:
        from valuecalc.cli import main as command_line
    except ModuleNotFoundError as error:
        remedy = "Run:  python3 -m valuecalc install" if is_checkout() else "Install it again."
        sys.exit(f"{error.name} is not installed. {remedy}")
    command_line(list(arguments))
    return 0


def provide_environment(level: str) -> None:
    """Make .venv fit the lock of `level`, unless its stamp says that it does."""
    if is_current(level):
        return
    for stale in LEVELS:
        stamp_file(stale).unlink(missing_ok=True)
    site_packages = provide_virtual_environment()
    install_lock(level)
    link_checkout(site_packages)
    for held in LEVELS[: LEVELS.index(level) + 1]:
        stamp_file(held).write_text(fingerprint(held))


def is_current(level: str) -> bool:
    """Whether .venv was made by this Python from this lock, and here."""
    try:
        return (BIN / "python").exists() and stamp_file(level).read_text() == fingerprint(level)
    except FileNotFoundError:
        return False


def stamp_file(level: str) -> Path:
    """Where the fingerprint of the lock that .venv was made from stands."""
    return VENV / f".set-up-{level}"


def fingerprint(level: str) -> str:
    """A hash that changes when .venv has to be brought up to date."""
    content = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for file in (REQUIREMENTS / f"{level}.txt", Path(__file__)):
        content.update(file.read_bytes())
    return content.hexdigest()


def provide_virtual_environment() -> Path:
    """Make .venv unless a sound one is there; returns the folder of its packages."""
    site_packages = probe_environment()
    if site_packages is None:
        say(f"Making {VENV} with Python {platform.python_version()} ...")
        shutil.rmtree(VENV, ignore_errors=True)
        create_environment(VENV)
        site_packages = probe_environment()
    if site_packages is None:
        sys.exit(f"{VENV} cannot be used although it was just made. Remove it and repeat.")
    return site_packages


def probe_environment() -> Path | None:
    """The folder of packages of .venv, or None when it has to be made anew.

    It is of no use without pip, with another Python than the one that runs this, or when it
    was moved here: its scripts then still point to where it was made.
    """
    try:
        output = subprocess.run(
            [BIN / "python", "-c", PROBE], capture_output=True, check=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    version, site_packages = json.loads(output)
    link = checkout_link(Path(site_packages))
    was_moved = link.exists() and link.read_text() != f"{ROOT}\n"
    return None if was_moved or version != [*sys.version_info[:2]] else Path(site_packages)


def create_environment(folder: Path) -> None:
    """Make a virtual environment with pip, or leave nothing and say what to do."""
    provide_ensurepip()
    # Inside .venv the interpreter would be removed together with it.
    python = getattr(sys, "_base_executable", sys.executable)
    if not succeeds(python, "-m", "venv", folder):
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit(f"{python} cannot make a virtual environment in {folder}: see the lines above.")


def provide_ensurepip() -> None:
    """Debian and Ubuntu keep ensurepip out of python3: install it or say how."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if apt_install([package]):
        return
    sys.exit(
        f"{sys.executable} cannot make virtual environments: its module ensurepip is missing. "
        f"Run this line, then repeat:\n    {apt_line([package])}"
    )


def install_lock(level: str) -> None:
    """Install exactly what the lock of `level` names, each file checked by its hash."""
    file = REQUIREMENTS / f"{level}.txt"
    say(f"Installing {file.relative_to(ROOT)} (about a minute when nothing is there yet) ...")
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    strict = ["--compile", "--require-hashes", "--only-binary", ":all:", "--requirement"]
    # A user's habit of `pip install --user` does not work in a virtual environment.
    if not succeeds(BIN / "python", *pip, *strict, file, environment={"PIP_USER": "0"}):
        sys.exit(
            f"{file} could not be installed: see the lines above. Check the network and the "
            f"settings of pip ({BIN / 'python'} -m pip config list), then repeat."
        )


def link_checkout(site_packages: Path) -> None:
    """Make the package of this checkout importable in .venv and give it its command."""
    checkout_link(site_packages).write_text(f"{ROOT}\n")
    script = BIN / "valuecalc"
    script.write_text(CONSOLE_SCRIPT.format(python=shlex.quote(str(BIN / "python"))))
    script.chmod(0o755)
    succeeds(BIN / "python", "-m", "compileall", "-q", PACKAGE)


def checkout_link(site_packages: Path) -> Path:
    """The file by which .venv finds the package of this checkout."""
    return site_packages / "valuecalc-checkout.pth"


def is_checkout() -> bool:
    """Whether this is a checkout, and not an installed wheel."""
    return (ROOT / "setup.cfg").is_file() and (ROOT / "wsgi.py").is_file()


def runs_in_environment() -> bool:
    """Whether this Python is that of .venv."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def become(*command: str | Path) -> NoReturn:
    """Replace this process by `command`, so that signals and exit codes are its own."""
    sys.stdout.flush()
    os.execv(command[0], [str(part) for part in command])


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "install": install,
    "run": run,
    "test": test,
    "lock": lock,
}

if __name__ == "__main__":
    sys.exit(main())
