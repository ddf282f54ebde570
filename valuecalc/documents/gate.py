"""The gate for files of Excel and Word that come from outside: refused before they are parsed.

Such a file is a zip of XML parts, and can be made to harm whoever parses it: parts that swell
a thousandfold, references to other hosts, programs, ranges of billions of cells. Nothing here
trusts what the file says of itself: each part is unpacked piece by piece and counted, and
none of it is parsed. What passes is still parsed in a process of its own, with limits
(`valuecalc.documents.sheets`, `valuecalc.documents.embedding.apart`).

One link to the outside passes in a document of Word: that to the template it was made from,
which honest ones have. Whoever reads such a document cuts it.

| looked at | refused |
|---|---|
| the whole | larger than `Limits.size`; encrypted, of an old kind, or no zip |
| the list of parts | too many, the same twice, overlapping, outside of the file, inside a zip |
| each part | too large, or packed too tightly; damaged; encrypted |
| XML | another encoding than UTF-8, a DTD |
| kinds of parts | macros, controls, embedded programs, links to other workbooks, connections |
| relationships | anything outside but links on words, to the web or to mail |
| documents | objects of other programs, files that are put in when it is opened |
| cells | too many, too far out, ranges too large, formulas that start programs |
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise
from typing import Literal

from valuecalc.documents import carried
from valuecalc.errors import FileRefused

Kind = Literal["xlsx", "docx"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How large a file may be, in bytes, parts and cells.

    `ratio` is how many times its packed size a part may have; `ratio_from` is the size up to
    which it is not asked for, as small parts of honest files are packed most tightly.

    Of a workbook that carries a case there are looked up cells by their names alone, in one
    pass that keeps nothing else: it may have `cells_with_case`, which our largest ones need.
    """

    size: int = 5_000_000
    parts: int = 1_000
    part: int = 40_000_000
    total: int = 80_000_000
    ratio: int = 120
    ratio_from: int = 1_000_000
    cells: int = 200_000
    cells_with_case: int = 1_000_000
    rows: int = 50_000
    columns: int = 2_000
    area: int = 2_000_000
    names: int = 50_000
    formats: int = 65_500


LIMITS = Limits()

MAIN_PARTS: dict[Kind, bytes] = {
    "xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "docx": b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
}
TEMPLATE_PARTS: dict[Kind, bytes] = {
    "docx": b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
}
"""What the body of a template is called; whoever reads one makes it a document."""
PROGRAMS: dict[Kind, str] = {"xlsx": "Excel", "docx": "Word"}
_UNLINK: dict[Kind, str] = {
    "xlsx": "In Excel, choose Data → Edit Links → Break Link",
    "docx": "In Word, choose File → Info → Edit Links to Files → Break Link",
}
_NEEDS: dict[Kind, str] = {"xlsx": "sheet", "docx": "document"}
LAST_ROW = 1_048_576
"""Of a sheet. LibreOffice writes the last rows, empty, once somebody has deleted others."""

CONTENT_TYPES = "[Content_Types].xml"

_PIECE = 1 << 18
_OVERLAP = 512
"""So much of a piece is looked at again with the next one, for what stands across both."""

_OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"

_BAD_PATH = re.compile(r"^/|\\|(?:^|/)\.\.(?:/|$)|^[A-Za-z]:|[\x00-\x1f]")
_ARCHIVE = re.compile(
    r"\.(?:zip|7z|rar|gz|tgz|bz2|xz|xls[xmb]|doc[xm]|ppt[xm]|jar)$", re.IGNORECASE
)
_NUMBERS_OF_CHART = re.compile(r"word/embeddings/[^/]+\.xlsx$", re.IGNORECASE)
_ACTIVE_PART = re.compile(
    r"vbaproject|vbadata|activex|macrosheets/|dialogsheets/|ctrlprops/|customui|afchunk"
    r"|embeddings/.*\.bin$|\.(?:exe|dll|js|vbs|hta|lnk|ps1|bat|cmd|com|scr)$",
    re.IGNORECASE,
)
_LINK_PART = re.compile(
    r"externallinks/|connections\.xml|querytables/|webextensions/", re.IGNORECASE
)
_ACTIVE_TYPE = re.compile(
    rb"macroEnabled|vbaProject|activeX|oleObject|ms-office\.vba|intlmacrosheet|macrosheet|dialogsheet"
)
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']+)""")
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
# A name of XML may have a prefix. What begins with a plain sign is looked for five times as fast
# as what begins with one of several, so there are two of each.
_CELL = (re.compile(rb"<c[\s/>]"), re.compile(rb":c[\s/>]"))
_ROW = (re.compile(rb"<row[\s/>]"), re.compile(rb":row[\s/>]"))
_NAME = (re.compile(rb"<definedName[\s/>]"), re.compile(rb":definedName[\s/>]"))
_FORMAT = (re.compile(rb"<xf[\s/>]"), re.compile(rb":xf[\s/>]"))
# Nearly all addresses are near ones: the others are looked at one by one.
_NOT_NEAR = re.compile(
    rb"""r\s*=\s*(?:"(?![A-Z]{0,2}[0-9]{1,4}")([^"]{0,40})|'(?![A-Z]{0,2}[0-9]{1,4}')([^']{0,40}))"""
)
_ADDRESS = re.compile(rb"([A-Z]{0,3})([0-9]{0,7})")
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\s")
_RANGE = re.compile(
    rb"""[<:](?:mergeCell|hyperlink)\b"""
    rb"""[^>]*?\bref\s*=\s*["']([^"']{1,200})"""
)
_AREA = re.compile(rb"\$?([A-Z]{1,3})\$?(\d{1,8}):\$?([A-Z]{1,3})\$?(\d{1,8})")
_FORMULA = re.compile(rb"[<:](?:f|formula[12]?|definedName)(?:\s[^>]*)?>([^<]{0,8200})(<!)?")
_TEXT_IN_FORMULA = re.compile(rb'"[^"]*"|&quot;.*?&quot;')
_STARTS_PROGRAM = re.compile(
    rb"\|[^<]*!|\b(?:WEBSERVICE|CALL|REGISTER\.ID|EXEC)\s*\(", re.IGNORECASE
)
_SUSPICIOUS = (b"|", b"[", b"&#", b"<!", b"WEBSERVICE", b"CALL", b"REGISTER.ID", b"EXEC")
"""Without any of these, in capitals, no formula has to be looked at."""
_FOREIGN_OBJECT = re.compile(rb"[<:](?:OLEObject|objectEmbed|objectLink|control)[\s/>]")
_FOREIGN_FILE = re.compile(rb"[<:](?:altChunk|subDoc)[\s/>]")
_STRICT = b"http://purl.oclc.org/ooxml/"
_OTHER_BOOK = re.compile(rb"\[\d+\]|\[[^\]<]{1,200}\.xl")


def check(content: bytes, kind: Kind = "xlsx", *, takes_case: bool = False) -> None:
    """Nothing, for a file that may be parsed. Raises `FileRefused` with cause and remedy.

    `takes_case` says that of a workbook which carries a case only the named cells are kept.
    """
    _check_size(len(content))
    _check_beginning(content, kind)
    with _opened(content, kind) as archive:
        parts = archive.infolist()
        _check_list(parts, kind)
        for part in parts:
            _check_name(part, kind)
        counted = Counted()
        for part in sorted(parts, key=_may_carry, reverse=takes_case):
            _check_part(archive, part, kind, counted)
            if takes_case and counted.carries_case:
                counted.most_cells = LIMITS.cells_with_case
    if not counted.has_types:
        raise FileRefused(
            f"The file is no {PROGRAMS[kind]} file: it has no list of its parts.", _resave(kind)
        )


def _may_carry(part: zipfile.ZipInfo) -> bool:
    return part.filename.startswith(carried.FOLDER)


def _resave(kind: Kind) -> str:
    return f"Open it in {PROGRAMS[kind]}, save it as .{kind}, and send that file."


# --------------------------------------------------------------------------- the whole


def _check_size(size: int) -> None:
    if size > LIMITS.size:
        raise FileRefused(
            f"The file has {size / 1e6:.1f} MB; {LIMITS.size / 1e6:g} MB are allowed.",
            "Leave out pictures and parts that are not needed.",
        )


def _check_beginning(content: bytes, kind: Kind) -> None:
    if content.startswith(_OLD_OR_ENCRYPTED):
        raise FileRefused(
            "The file is protected by a password, or of a kind from before 2007.",
            f"Take the password off, or save it as .{kind}.",
        )
    if not content.startswith(_ZIP):
        raise FileRefused(f"The file is no .{kind} file.", _resave(kind))


def _opened(content: bytes, kind: Kind) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise _damaged(kind) from None


def _damaged(kind: Kind) -> FileRefused:
    return FileRefused(
        "The file is damaged.", f"{_resave(kind)} If it does not open there, it is lost."
    )


def _check_list(parts: list[zipfile.ZipInfo], kind: Kind) -> None:
    if len(parts) > LIMITS.parts:
        raise FileRefused(
            f"The file has {len(parts):,} parts; {LIMITS.parts:,} are allowed.",
            f"Copy what is needed into a new file of {PROGRAMS[kind]}.",
        )
    names = Counter(part.filename.casefold() for part in parts)
    twice = next((part.filename for part in parts if names[part.filename.casefold()] > 1), None)
    if twice is not None:
        raise FileRefused(f"The file has the part “{_shown(twice)}” twice.", _resave(kind))
    places = sorted((part.header_offset, part.compress_size) for part in parts)
    if any(start + size > following for (start, size), (following, _) in pairwise(places)):
        raise FileRefused("Parts of the file lie over each other.", _resave(kind))


def _check_name(part: zipfile.ZipInfo, kind: Kind) -> None:
    name = part.filename
    # `ZipInfo` cuts a name at a NUL and turns backslashes; the original says what was meant.
    if _BAD_PATH.search(name) or _BAD_PATH.search(part.orig_filename):
        raise FileRefused(f"The part “{_shown(name)}” lies outside of the file.", _resave(kind))
    if _LINK_PART.search(name):
        raise FileRefused(
            "The file is linked to other files or to a data source.",
            f"{_UNLINK[kind]}, and save it again.",
        )
    if _ACTIVE_PART.search(name):
        raise _active(kind)
    # The charts of a document of Word carry their numbers as workbooks; nothing opens those.
    if _ARCHIVE.search(name) and not (kind == "docx" and _NUMBERS_OF_CHART.match(name)):
        raise FileRefused(f"The file holds another archive, “{_shown(name)}”.", "Leave it out.")


def _active(kind: Kind) -> FileRefused:
    return FileRefused(
        "The file holds macros, controls or other programs.",
        f"Save it as .{kind}, which leaves them out, and remove embedded objects.",
    )


def _shown(name: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in name)[:80]


# --------------------------------------------------------------------------- each part


@dataclass
class Counted:
    """What has come together so far, over all parts."""

    size: int = 0
    cells: int = 0
    rows: int = 0
    names: int = 0
    formats: int = 0
    most_cells: int = field(default_factory=lambda: LIMITS.cells)
    carries_case: bool = False
    has_types: bool = False


def _check_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, kind: Kind, counted: Counted
) -> None:
    if part.flag_bits & 1:
        raise FileRefused("Parts of the file are encrypted.", "Take the password off.")
    is_xml = part.filename.casefold().endswith((".xml", ".rels", ".vml"))
    before = b""
    is_sheet = part.filename.startswith("xl/worksheets/")
    for number, piece in enumerate(_pieces(archive, part, kind, counted)):
        if not is_xml:
            continue
        if number == 0:
            _check_encoding(piece, kind)
        _check_xml(part.filename, before, piece, kind, counted)
        # A sheet may lie anywhere in the file.
        is_sheet = is_sheet or (kind == "xlsx" and b"sheetData" in before[-16:] + piece)
        if is_sheet:
            _check_sheet(before, piece, counted)
        before = (before + piece)[-_OVERLAP:]
    if part.filename == CONTENT_TYPES:
        counted.has_types = True


def _pieces(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, kind: Kind, counted: Counted
) -> Iterator[bytes]:
    """What is in a part, unpacked piece by piece while it stays within the limits."""
    size = 0
    try:
        with archive.open(part) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                counted.size += len(piece)
                _check_unpacked(part, size, kind, counted)
                yield piece
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise _damaged(kind) from None
    except Exception as error:  # zlib.error and its kin have no common base
        if isinstance(error, FileRefused):
            raise
        raise _damaged(kind) from None


def _check_unpacked(part: zipfile.ZipInfo, size: int, kind: Kind, counted: Counted) -> None:
    tight = size > LIMITS.ratio_from and size > LIMITS.ratio * max(1, part.compress_size)
    if tight or size > LIMITS.part or counted.size > LIMITS.total:
        needs = _NEEDS[kind]
        raise FileRefused(
            f"Unpacked, the part “{_shown(part.filename)}” is far larger than a {needs} needs.",
            f"Copy what is needed into a new {needs}, without formats.",
        )


def _check_encoding(piece: bytes, kind: Kind) -> None:
    found = _ENCODING.match(piece.removeprefix(b"\xef\xbb\xbf"))
    is_other = found is not None and found[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")
    if is_other or b"\0" in piece[:200] or piece.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused("A part of the file is not in UTF-8.", _resave(kind))


def _check_xml(name: str, before: bytes, piece: bytes, kind: Kind, counted: Counted) -> None:
    text = before + piece
    if _DTD.search(text):
        raise FileRefused("A part of the file declares entities of its own.", _resave(kind))
    if name == CONTENT_TYPES:
        _check_types(text, kind)
    elif name.endswith(".rels"):
        _check_relationships(text, kind)
    elif kind == "docx":
        _check_document(text)
    elif name.startswith(carried.FOLDER):
        counted.carries_case |= carried.NAMESPACE.encode() in text
    elif name == "xl/workbook.xml":
        counted.names += _more(_NAME, before, text)
        _check_formulas(text)
    elif name.endswith("styles.xml"):
        counted.formats += _more(_FORMAT, before, text)
    if counted.names > LIMITS.names or counted.formats > LIMITS.formats:
        raise FileRefused(
            f"The file has more than {LIMITS.names:,} names or {LIMITS.formats:,} formats.",
            "Copy the sheet that is needed into a new workbook, without formats.",
        )


def _more(patterns: Sequence[re.Pattern[bytes]], before: bytes, text: bytes) -> int:
    """How often a text has them that begins with what came `before`, beyond that."""
    return sum(len(each.findall(text)) - len(each.findall(before)) for each in patterns)


def _check_types(text: bytes, kind: Kind) -> None:
    if _ACTIVE_TYPE.search(text):
        raise _active(kind)
    known = (MAIN_PARTS[kind], TEMPLATE_PARTS.get(kind, MAIN_PARTS[kind]))
    if not any(each in text for each in known):
        raise FileRefused(f"The file is no .{kind} file.", _resave(kind))


def _check_document(text: bytes) -> None:
    if _FOREIGN_OBJECT.search(text):
        raise _active("docx")
    if _FOREIGN_FILE.search(text):
        raise FileRefused(
            "The document puts another file in when it is opened.",
            "Open it in Word, save it as .docx, and send that file.",
        )
    if _STRICT in text:
        raise FileRefused(
            "The document is saved as Strict Open XML.",
            "In Word, save it as Word Document (.docx).",
        )


def _check_relationships(text: bytes, kind: Kind) -> None:
    for found in _RELATIONSHIP.finditer(text):
        if b"External" not in found[0]:
            continue
        kind_of = re.search(rb"""Type\s*=\s*["'][^"']*/([^"'/]+)["']""", found[0])
        target = re.search(rb"""Target\s*=\s*["']([^"']*)""", found[0])
        # Whoever reads the document cuts it off; see valuecalc.documents.embedding.attached.
        if kind == "docx" and kind_of is not None and kind_of[1] == b"attachedTemplate":
            continue
        is_link = kind_of is not None and kind_of[1] == b"hyperlink" and target is not None
        if not (is_link and re.match(rb"(?:https?|mailto):|#", target[1], re.IGNORECASE)):  # type: ignore[index]
            raise FileRefused(
                "The file is linked to something outside of it.",
                "Break its links to other files, pictures and templates, and save it again.",
            )


# --------------------------------------------------------------------------- cells


def _check_sheet(before: bytes, piece: bytes, counted: Counted) -> None:
    text = before + piece
    counted.cells += _more(_CELL, before, text)
    counted.rows += _more(_ROW, before, text)
    if counted.cells > counted.most_cells or counted.rows > LIMITS.rows:
        raise FileRefused(
            f"The file has more than {counted.most_cells:,} cells or {LIMITS.rows:,} rows.",
            "Copy the table that is needed into a new workbook.",
        )
    _check_places(text)
    _check_formulas(text)


def _check_places(text: bytes) -> None:
    for found in _NOT_NEAR.finditer(text):
        # Other attributes end with an r, too.
        if text[found.start() - 1 : found.start()].isspace():
            is_row = bool(_ROW_TAG.match(text, text.rfind(b"<", 0, found.start())))
            _check_address(found[1] or found[2] or b"", LAST_ROW if is_row else LIMITS.rows)
    if b"mergeCell" not in text and b"hyperlink" not in text:
        return
    for found in _RANGE.finditer(text):
        if b"&" in found[1]:
            raise _too_far(found[1])
        for area in _AREA.finditer(found[1]):
            if _size_of(area) > LIMITS.area:
                raise _too_far(area[0])


def _check_address(written: bytes, last_row: int) -> None:
    found = _ADDRESS.fullmatch(written)
    # Nobody writes an address in any other way who does not want to hide it.
    if found is None or _column(found[1]) > LIMITS.columns or int(found[2] or 0) > last_row:
        raise _too_far(written)


def _too_far(place: bytes) -> FileRefused:
    return FileRefused(
        f"The sheet reaches as far as {_shown(place.decode(errors='replace'))}.",
        "Copy the table that is needed into a new workbook.",
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _size_of(area: re.Match[bytes]) -> int:
    columns = abs(_column(area[3]) - _column(area[1])) + 1
    return columns * (abs(int(area[4]) - int(area[2])) + 1)


def _check_formulas(text: bytes) -> None:
    in_capitals = text.upper()
    if not any(each in in_capitals for each in _SUSPICIOUS):
        return
    for found in _FORMULA.finditer(text):
        _check_formula(_TEXT_IN_FORMULA.sub(b"", _plain(found[1])), is_cut=bool(found[2]))


def _plain(formula: bytes) -> bytes:
    """A formula without the numbers of signs that may stand for the signs themselves."""
    return unescape(formula.decode(errors="replace")).encode() if b"&#" in formula else formula


def _check_formula(formula: bytes, *, is_cut: bool) -> None:
    # What follows after a comment of XML or within a CDATA section would not be seen here.
    if is_cut or _STARTS_PROGRAM.search(formula):
        raise FileRefused(
            "A formula of the file starts a program or asks another host.",
            "Replace such formulas by their values.",
        )
    if _OTHER_BOOK.search(formula):
        raise FileRefused(
            "A formula of the file reads another workbook.",
            "In Excel, choose Data → Edit Links → Break Link, and save it again.",
        )
