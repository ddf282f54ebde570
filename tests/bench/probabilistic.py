"""Programs for calculating with probabilities that work out the same model over many draws.

They are installed when the bench asks for them, into `bench-results/peers`, and are no part of
the project's own requirements. Each runs in a process of its own and takes its time itself.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.measure import ROOT
from tests.bench.peers import HERE, Unavailable

FOLDER = ROOT / "bench-results" / "peers"
INSTALL_SECONDS = 180
ASK_SECONDS = 300


@dataclass(frozen=True)
class Answer:
    """Each line's mean total, the net present value of each draw, and the seconds it took."""

    seconds: float
    totals: list[float]
    npv: list[float]


@dataclass(frozen=True)
class Simulator:
    """A program that can be installed; `draws` are enough to measure it."""

    name: str
    draws: int
    installed: Callable[[Path], list[str]]

    def command(self, folder: Path = FOLDER) -> list[str]:
        """How it is called, installed if need be. Raises `Unavailable`."""
        try:
            return self.installed(folder)
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"{self.name} cannot be installed here: {_cause(error)}") from error

    def ask(self, command: list[str], draws: Path) -> Answer:
        """Work out the draws of a file. Raises `Unavailable`."""
        try:
            return Answer(**_known(json.loads(_run([*command, str(draws)], ASK_SECONDS))))
        except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            raise Unavailable(f"{self.name} does not run here: {_cause(error)}") from error


def openturns(folder: Path) -> list[str]:
    """OpenTURNS: a function of its own language, worked out draw by draw in C++."""
    target = folder / "openturns"
    if not target.exists():
        wanted = ["--only-binary", ":all:", "openturns==1.27.post1"]
        _run_whole(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", "{target}", *wanted],
            target,
        )
    path = os.pathsep.join([str(target), os.environ.get("PYTHONPATH", "")])
    return ["env", f"PYTHONPATH={path}", sys.executable, str(HERE / "worker_openturns.py")]


def squiggle(folder: Path) -> list[str]:
    """Squiggle: a language for estimates, in which an amount is a set of samples."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise FileNotFoundError("there is no node or no npm")
    target = folder / "squiggle"
    if not target.exists():
        options = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        _run_whole(
            [npm, "install", *options, "--prefix", "{target}", "@quri/squiggle-lang@0.10.0"], target
        )
    package = target / "node_modules" / "@quri" / "squiggle-lang"
    return [node, str(HERE / "worker_squiggle.mjs"), str(package)]


SIMULATORS = (
    Simulator("OpenTURNS", 10_000, openturns),
    Simulator("Squiggle", 1_000, squiggle),
)


def _run_whole(command: list[str], target: Path) -> None:
    """Install into a folder beside, which becomes `target` when everything is there."""
    unfinished = target.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    _run([each.format(target=unfinished) for each in command], INSTALL_SECONDS)
    unfinished.rename(target)


def _run(command: list[str], seconds: float) -> str:
    run = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=True)
    return run.stdout


def _known(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("seconds", "totals", "npv")}


def _cause(error: Exception) -> str:
    text = getattr(error, "stderr", None) or str(error)
    return str(text).strip().rpartition("\n")[2]
