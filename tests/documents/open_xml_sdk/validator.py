"""Microsoft's Open XML SDK as a judge of files: the order of elements, their attributes, values.

Its schemas are those that Word, Excel and PowerPoint go by. The SDK comes compiled for Node.js as
a package of npm, which is installed once into the environment of the tests, as its lock says;
Node.js itself comes from the lock of the environment.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
LOCKED = ("package.json", "package-lock.json")
ENTRY = Path("node_modules", "@ooxml-tools", "validate", "dist", "npm", "index.js")
NEWEST = "Microsoft365"
FIRST_OF_ISO = "Office2010"
"""The first version that goes by the schemas of ISO/IEC 29500, without later additions."""

_INSTALL = ("npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts")
# Where there is no net, npm would try again for more than a minute.
_ONE_MORE_TRY = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000")
_INSTALL_SECONDS = 180
_SECONDS = 600


class Unavailable(Exception):
    """The validator cannot be installed here."""


def mistakes(files: Mapping[str, bytes], version: str = NEWEST) -> dict[str, list[str]]:
    """What is wrong with each file, by its name, whose ending says what it is.

    All are read by one process, because most of its time goes into its start. Raises
    `Unavailable`.
    """
    entry = _installed() / ENTRY
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        command = (_program("node"), str(HERE / "validate.mjs"), str(entry), version, *files)
        run = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=True
        )
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    return {each["file"]: each["mistakes"] for each in answers}


def _program(name: str) -> str:
    return str(Path(sysconfig.get_path("scripts")) / name)


def _installed() -> Path:
    """The folder with the package, which is made when it is not there for this lock."""
    locked = b"".join((HERE / name).read_bytes() for name in LOCKED)
    folder = Path(sys.prefix) / f"open-xml-sdk-{hashlib.sha256(locked).hexdigest()[:12]}"
    if not folder.exists():
        unfinished = Path(tempfile.mkdtemp(dir=sys.prefix))
        try:
            _install(unfinished)
            unfinished.rename(folder)
        except OSError:
            # Another process of the tests was faster.
            if not folder.exists():
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _install(folder: Path) -> None:
    for name in LOCKED:
        shutil.copy(HERE / name, folder)
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    npm, *options = _INSTALL
    try:
        subprocess.run(
            (_program(npm), *options, *_ONE_MORE_TRY),
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"The Open XML SDK cannot be installed: {error}") from error
