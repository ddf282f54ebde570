"""Takes a file of MS Project XML apart, safely: its settings, calendars, tasks and who does them.

The file comes from outside. It is refused before it is parsed when it is too large, has a DTD
or hides its text behind another encoding, and while it is parsed when it has too many tasks or
is nested too deeply. It is parsed piece by piece, in time in proportion to its size; nothing is
loaded from elsewhere and nothing is written, so it needs no process of its own, other than
workbooks do. Nothing is understood here but where things stand: `project_xml_in` does that.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from valuecalc.documents.plan_formats.rows import shown
from valuecalc.errors import FileRefused

LARGEST = 10_000_000
"""Bytes of a file that is taken; one of 500 tasks with all that Project writes has about 3 MB."""

MOST_TASKS = 3_000
"""Tasks of a file at most, summary tasks and empty rows included."""

MOST_OTHERS = 10_000
"""Resources, and assignments of them."""

MOST_CALENDARS = 1_000
MOST_LINKS = 20_000
"""Links between tasks of a file at most."""

LONGEST_TEXT = 2_000

SAVE_AS_XML = "In Project, choose File → Save As → XML Format, and send that file."

_OLD = b"\xd0\xcf\x11\xe0"
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']+)""")
_KNOWN_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"iso-8859-1", b"windows-1252")
"""In all of them a DTD is seen by its bytes."""

Element = Any
Fields = Mapping[str, str]


@dataclass(frozen=True)
class TaskFields:
    """A task: its simple fields by name, its links, and what it has in columns, by number."""

    fields: Fields
    links: tuple[Fields, ...]
    columns: Fields


@dataclass(frozen=True)
class CalendarFields:
    """A calendar: its fields, its days of the week and its exceptions."""

    fields: Fields
    weekdays: tuple[Fields, ...]
    exceptions: tuple[Fields, ...]
    work_weeks: int


@dataclass
class ProjectFile:
    """What is in a file, as it stands there."""

    settings: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    calendars: dict[str, CalendarFields] = field(default_factory=dict)
    tasks: list[TaskFields] = field(default_factory=list)
    resources: dict[str, Fields] = field(default_factory=dict)
    assignments: list[Fields] = field(default_factory=list)
    links: int = 0


def take_apart(content: bytes) -> ProjectFile:
    """What is in a file. Raises `FileRefused` with the reason."""
    _refuse(content)
    found = ProjectFile()
    reading = etree.iterparse(
        io.BytesIO(content),
        events=("end",),
        tag=[f"{{*}}{name}" for name in _PARTS],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in reading:
            _PARTS[_name(element)](found, element)
            # What is kept of it has been read; the rest must not add up.
            element.clear()
    except etree.XMLSyntaxError as error:
        raise _unreadable(error) from None
    root = reading.root
    if root.getroottree().docinfo.doctype:
        raise _DECLARES
    if _name(root) != "Project":
        raise FileRefused(
            f"The file is XML that begins with “{shown(_name(root))}”, and no plan of Project.",
            SAVE_AS_XML,
        )
    found.settings = _fields(root)
    return found


# --------------------------------------------------------------------------- refused

_DECLARES = FileRefused(
    "The file declares entities of its own (a DTD), which no planner needs.", SAVE_AS_XML
)


def _refuse(content: bytes) -> None:
    if content.startswith(_OLD):
        raise FileRefused("The file is of Project’s own kind (.mpp).", SAVE_AS_XML)
    if len(content) > LARGEST:
        raise FileRefused(
            f"The file has {len(content) / 1e6:.1f} MB; {LARGEST / 1e6:g} MB are allowed.",
            "Save the part of the plan that is needed as a project of its own.",
        )
    if _is_encoded_otherwise(content):
        raise FileRefused("The file is not in UTF-8.", "Save it as XML in UTF-8.")
    if _DTD.search(content):
        raise _DECLARES


def _is_encoded_otherwise(content: bytes) -> bool:
    found = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1_000])
    is_other = found is not None and found[1].lower() not in _KNOWN_ENCODINGS
    return is_other or b"\0" in content[:1_000] or content.startswith((b"\xff\xfe", b"\xfe\xff"))


def _unreadable(error: etree.XMLSyntaxError) -> FileRefused:
    message = str(error.msg or "")
    if "depth" in message.lower():
        return FileRefused("The parts of the file are nested too deeply.", SAVE_AS_XML)
    line = f" at line {error.lineno:,}" if error.lineno else ""
    return FileRefused(f"The file is not whole XML: reading stopped{line}.", SAVE_AS_XML)


def _too_many(most: int, what: str) -> FileRefused:
    return FileRefused(
        f"The file has more than {most:,} {what}.",
        "Save the part of the plan that is needed as a project of its own.",
    )


# --------------------------------------------------------------------------- taken


def _name(element: Element) -> str:
    return str(etree.QName(element).localname)


def _children(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element if _name(each) == name)


def _within(element: Element, outer: str, inner: str) -> Iterator[Element]:
    return (each for group in _children(element, outer) for each in _children(group, inner))


def _fields(element: Element) -> dict[str, str]:
    """The texts of the elements that hold nothing but text, by their names."""
    found: dict[str, str] = {}
    for each in element:
        if len(each) == 0 and each.text:
            found.setdefault(_name(each), each.text.strip()[:LONGEST_TEXT])
    return found


def _take_task(found: ProjectFile, element: Element) -> None:
    if len(found.tasks) >= MOST_TASKS:
        raise _too_many(MOST_TASKS, "tasks")
    links = tuple(map(_fields, _children(element, "PredecessorLink")))
    found.links += len(links)
    if found.links > MOST_LINKS:
        raise _too_many(MOST_LINKS, "links between its tasks")
    columns = map(_fields, _children(element, "ExtendedAttribute"))
    found.tasks.append(
        TaskFields(
            _fields(element),
            links,
            {each.get("FieldID", ""): each.get("Value", "") for each in columns},
        )
    )


def _take_calendar(found: ProjectFile, element: Element) -> None:
    fields = _fields(element)
    if len(found.calendars) >= MOST_CALENDARS:
        raise _too_many(MOST_CALENDARS, "calendars")
    found.calendars[fields.get("UID", "")] = CalendarFields(
        fields,
        tuple(map(_day_fields, _within(element, "WeekDays", "WeekDay"))),
        tuple(map(_day_fields, _within(element, "Exceptions", "Exception"))),
        sum(1 for _ in _within(element, "WorkWeeks", "WorkWeek")),
    )


def _day_fields(element: Element) -> Fields:
    """A day of a calendar with its period."""
    return _fields(element) | {
        name: text
        for period in _children(element, "TimePeriod")
        for name, text in _fields(period).items()
    }


def _take_resource(found: ProjectFile, element: Element) -> None:
    if len(found.resources) >= MOST_OTHERS:
        raise _too_many(MOST_OTHERS, "resources")
    fields = _fields(element)
    found.resources[fields.get("UID", "")] = fields


def _take_assignment(found: ProjectFile, element: Element) -> None:
    if len(found.assignments) >= MOST_OTHERS:
        raise _too_many(MOST_OTHERS, "assignments")
    found.assignments.append(_fields(element))


def _take_columns(found: ProjectFile, element: Element) -> None:
    for each in map(_fields, _children(element, "ExtendedAttribute")):
        found.columns[each.get("FieldID", "")] = each.get("Alias", "")


_PARTS: Mapping[str, Callable[[ProjectFile, Element], None]] = {
    "Task": _take_task,
    "Calendar": _take_calendar,
    "Resource": _take_resource,
    "Assignment": _take_assignment,
    "ExtendedAttributes": _take_columns,
}
