"""Kinds of background jobs: how one is cut into parts, worked on, and put together again.

To add a kind, make a `Kind`, `register` it in the module that needs it, and name that module
in `MODULES`, so that every process that works on jobs knows it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from valuecalc.errors import UnknownName
from valuecalc.store.database import Session

MODULES: tuple[str, ...] = ("valuecalc.services.portfolio", "valuecalc.services.workbook_jobs")
"""Where kinds are registered; loaded when a kind is first looked for."""

Request = Mapping[str, Any]
"""What is asked for, as it went through JSON."""

LARGEST_FILE = 50_000_000
"""Bytes of a file that is kept with its job."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A file that a job has made of a case, by the public name of the case."""

    case: str
    name: str
    media_type: str
    content: bytes


def _no_cases(request: Request) -> Sequence[str]:
    return ()


def _no_name(payload: Any) -> str:
    return ""


def _no_file(request: Request, results: Sequence[bytes]) -> Made | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of job.

    `parts` gives what is to be worked on, in a fixed order: one payload for each part, which can
    be pickled. It is asked again when somebody else goes on with the job, and has to give the
    same then; so a request names versions of cases, not "the newest". Whether it does is checked
    by the payloads' `repr`. A part that takes 0.2 to 1 s is right: shorter ones are mostly
    overhead on a cluster, and a longer one cannot be cancelled meanwhile.

    `work` turns a payload into bytes. It is a function of a module that loads neither Flask nor
    the database, uses nothing but its payload, and makes the bytes without pickle.

    `merge` puts the bytes of all parts, in their order, together to a result that can be written
    as JSON. Mistakes of the request are an `InputError` from any of the three. What is no JSON is a
    `file` of the same, of `LARGEST_FILE` bytes at most.

    `cases` are the public names of the cases that a request is about: all of them have to be
    there, from the start to the end. `about` names the subject of a part, for its mistakes.
    """

    name: str
    label: str
    parts: Callable[[Request, Session], Sequence[Any]]
    work: Callable[[Any], bytes]
    merge: Callable[[Request, Sequence[Any], Sequence[bytes]], Mapping[str, Any]]
    cases: Callable[[Request], Sequence[str]] = _no_cases
    about: Callable[[Any], str] = _no_name
    file: Callable[[Request, Sequence[bytes]], Made | None] = _no_file


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known; the last one of a name counts."""
    _kinds[kind.name] = kind
    return kind


def find(name: str) -> Kind:
    """The kind of that name. Raises `UnknownName`."""
    for module in MODULES:
        importlib.import_module(module)
    if name not in _kinds:
        raise UnknownName("kind of job", name, _kinds)
    return _kinds[name]
