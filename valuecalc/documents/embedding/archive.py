"""The file of a document as a list of entries: those that do not change are copied byte by byte.

A zip is a row of entries, and after it a list that says where each of them begins. An entry is
kept here as it stands in the file, compressed and with all that is said of it, so that nothing
is unpacked and packed again but what changes.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from valuecalc.errors import FileRefused

NO_TIME = (1980, 1, 1, 0, 0, 0)
"""When a new part was written: a zip knows no earlier time, and the bytes stay the same."""

_RECORD = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_OFFSET_AT = 42


@dataclass(frozen=True)
class Entry:
    """One part as it stands in the file: `local` with its content, `record` in the list."""

    name: str
    local: bytes
    record: bytes


def changed(content: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The file with some parts replaced, added at the end, or left out (None)."""
    if not parts:
        return content
    entries = {entry.name: entry for entry in _entries(content)}
    made = _made(content, {name: part for name, part in parts.items() if part is not None})
    left_out = {name for name, part in parts.items() if part is None}
    kept = [made.pop(name, entry) for name, entry in entries.items() if name not in left_out]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        comment = archive.comment
    return _written([*kept, *made.values()], comment)


def _entries(content: bytes) -> Iterator[Entry]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
        start = archive.start_dir
    ends = [info.header_offset for info in infos] + [start]
    places = {
        info.header_offset: content[begin:end]
        for info, (begin, end) in zip(infos, pairwise(ends), strict=True)
    }
    names = {info.header_offset: info.filename for info in infos}
    for record in _records(content, start, len(infos)):
        (offset,) = struct.unpack_from("<L", record, _OFFSET_AT)
        if offset not in places:
            raise FileRefused(
                "The list of the parts of the file cannot be read.",
                "Open it in Word, save it as .docx, and send that file.",
            )
        yield Entry(names[offset], places[offset], record)


def _records(content: bytes, start: int, count: int) -> Iterator[bytes]:
    for _ in range(count):
        fields = _RECORD.unpack_from(content, start)
        end = start + _RECORD.size + sum(fields[12:15])
        yield content[start:end]
        start = end


def _made(content: bytes, parts: Mapping[str, bytes]) -> dict[str, Entry]:
    """New entries; one that replaces another keeps its time and its attributes."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        known = {info.filename: info for info in source.infolist()}
        for name, part in parts.items():
            target.writestr(_info(name, known.get(name)), part)
    return {entry.name: entry for entry in _entries(file.getvalue())}


def _info(name: str, known: zipfile.ZipInfo | None) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, known.date_time if known else NO_TIME)
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
    info.create_system = known.create_system if known else 3
    info.external_attr = known.external_attr if known else 0o644 << 16
    return info


def _written(entries: list[Entry], comment: bytes) -> bytes:
    file = io.BytesIO()
    moved = []
    for entry in entries:
        moved.append(replace(entry, record=_moved(entry.record, file.tell())))
        file.write(entry.local)
    start = file.tell()
    for entry in moved:
        file.write(entry.record)
    size, count = file.tell() - start, len(moved)
    file.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, len(comment)))
    file.write(comment)
    return file.getvalue()


def _moved(record: bytes, offset: int) -> bytes:
    return record[:_OFFSET_AT] + struct.pack("<L", offset) + record[_OFFSET_AT + 4 :]
