"""Hostile workbooks are refused at once, with the cause and a way out; honest ones pass."""

from __future__ import annotations

import io
import signal
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from valuecalc.documents import carried, gate, sheet_process, sheets
from valuecalc.errors import FileRefused
from valuecalc.services import cases, library

SHEET = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"
RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
MOST_UNPACKED = 10_000_000


def honest() -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Assumption", "Value"])
    book.active.append(["Users", 100])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def with_parts(**extra: bytes) -> bytes:
    return packed({**parts_of(honest()), **extra})


def changed(name: str, before: bytes, after: bytes) -> bytes:
    parts = parts_of(honest())
    assert before in parts[name], parts[name]
    return packed({**parts, name: parts[name].replace(before, after, 1)})


def in_sheet(xml: bytes) -> bytes:
    """An honest file whose sheet has something more at its end."""
    return changed(SHEET, b"</sheetData>", b"</sheetData>" + xml)


def in_rows(xml: bytes) -> bytes:
    return changed(SHEET, b"</sheetData>", xml + b"</sheetData>")


def formula(text: bytes) -> bytes:
    return in_rows(b'<row r="9"><c r="A9"><f>' + text + b"</f><v>1</v></c></row>")


def related(kind: bytes, target: bytes) -> bytes:
    link = (
        b'<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b"relationships/" + kind + b'" Target="' + target + b'" TargetMode="External"/>'
    )
    return changed(RELATIONSHIPS, b"</Relationships>", link + b"</Relationships>")


def twice() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, pytest.warns(UserWarning):
        for name, data in parts_of(honest()).items():
            archive.writestr(name, data)
        archive.writestr(SHEET, b"<worksheet/>")
    return target.getvalue()


def lying_about_its_size() -> bytes:
    content = bytearray(honest())
    place = content.index(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 5)
    return bytes(content)


def encrypted() -> bytes:
    content = bytearray(honest())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def overlapping() -> bytes:
    content = bytearray(honest())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(content)


MANY_ROWS = b"".join(
    b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 100_050)
)


def numbered(xml: bytes) -> bytes:
    """A piece of XML, a hundred thousand times with other numbers: packed not too tightly."""
    numbers = (number * 7919 % 99_991 for number in range(100_000))
    return b"".join(xml.replace(b"%d", b"%d" % number) for number in numbers)


DTD = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]>'
XXE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'

HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "a merged range of everything": (
        lambda: in_sheet(b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "reaches as far as A1:XFD1048576",
    ),
    "a link over everything": (
        lambda: in_sheet(b'<hyperlinks><hyperlink r:id="x" ref="A1:XFD1048576"/></hyperlinks>'),
        "reaches as far as",
    ),
    "half a million cell formats": (
        lambda: with_parts(**{"xl/styles2.xml": b'<xf numFmtId="0"/>' * 500_000}),
        "far larger than a sheet needs",
    ),
    "more rows than anybody reads": (lambda: in_rows(MANY_ROWS), "more than|reaches as far"),
    "a cell far out": (
        lambda: in_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "reaches as far as",
    ),
    "400 MB of one letter": (
        lambda: with_parts(**{"xl/sharedStrings2.xml": b"a" * 60_000_000}),
        "far larger than a sheet needs",
    ),
    "entities in a sheet": (lambda: changed(SHEET, b"<worksheet", DTD + b"<worksheet"), "entities"),
    "entities in the workbook": (
        lambda: changed("xl/workbook.xml", b"<workbook", DTD + b"<workbook"),
        "entities",
    ),
    "an entity that is a file": (
        lambda: changed("xl/workbook.xml", b"<workbook", XXE + b"<workbook"),
        "entities",
    ),
    "entities in UTF-16": (
        lambda: with_parts(**{"docProps/x.xml": DTD.decode().encode("utf-16")}),
        "not in UTF-8",
    ),
    "an encoding that is declared": (
        lambda: with_parts(**{"docProps/x.xml": b'<?xml version="1.0" encoding="UTF-7"?><a/>'}),
        "not in UTF-8",
    ),
    "a size that is a lie": (lying_about_its_size, "damaged"),
    "a password": (encrypted, "encrypted"),
    "a file of before 2007, or an encrypted one": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "password, or of a kind from before 2007",
    ),
    "no zip at all": (lambda: b"GIF89a", "is no .xlsx file"),
    "half a file": (lambda: honest()[:-300], "damaged"),
    "the same part twice": (twice, "twice"),
    "the same part in capitals": (lambda: with_parts(**{SHEET.upper(): b"<a/>"}), "twice"),
    "parts that lie over each other": (overlapping, "over each other"),
    "a path to above": (lambda: with_parts(**{"../../etc/cron.d/x": b"x"}), "outside of the file"),
    "a path from the root": (lambda: with_parts(**{"/etc/x": b"x"}), "outside of the file"),
    "a path of Windows": (lambda: with_parts(**{"C:\\x.xml": b"x"}), "outside of the file"),
    "too many parts": (
        lambda: packed({f"xl/{number}.bin": b"" for number in range(1_001)}),
        "1,001 parts",
    ),
    "a zip within": (lambda: with_parts(**{"xl/media/more.zip": b"PK"}), "another archive"),
    "a workbook within": (
        lambda: with_parts(**{"xl/embeddings/book.xlsx": b"PK"}),
        "another archive",
    ),
    "an embedded program": (lambda: with_parts(**{"xl/embeddings/ole1.bin": b"x"}), "macros"),
    "macros": (lambda: with_parts(**{"xl/vbaProject.bin": b"x"}), "macros"),
    "macros under another name": (
        lambda: changed(TYPES, b"sheet.main+xml", b"sheet.macroEnabled.main+xml"),
        "macros",
    ),
    "a control": (lambda: with_parts(**{"xl/activeX/activeX1.xml": b"<a/>"}), "macros"),
    "a link to another workbook": (
        lambda: with_parts(**{"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        "linked to other files",
    ),
    "a data source": (lambda: with_parts(**{"xl/connections.xml": b"<a/>"}), "data source"),
    "a picture from outside": (lambda: related(b"image", b"http://a.b/c.png"), "outside of it"),
    "a template from a share": (
        lambda: related(b"attachedTemplate", rb"\\host\a.dotm"),
        "outside of it",
    ),
    "a link that runs a script": (
        lambda: related(b"hyperlink", b"javascript:alert(1)"),
        "outside of it",
    ),
    "a formula that starts a program": (
        lambda: formula(b"cmd|'/c calc'!A0"),
        "starts a program",
    ),
    "a formula that asks a host": (
        lambda: formula(b"_xlfn.WEBSERVICE(&quot;http://a.b&quot;)"),
        "asks another host",
    ),
    "a formula of another workbook": (lambda: formula(b"[1]Sheet1!A1"), "reads another workbook"),
    "a formula with a sign by its number": (
        lambda: formula(b"cmd&#124;'/c calc'!A0"),
        "starts a program",
    ),
    "a formula in a section of characters": (
        lambda: formula(b"<![CDATA[cmd|'/c calc'!A0]]>"),
        "starts a program",
    ),
    "a row of ten digits": (
        lambda: in_rows(b'<row r="9999999999"><c r="A9999999999"><v>1</v></c></row>'),
        "reaches as far as 9999999999",
    ),
    "a row with a digit by its number": (
        lambda: in_rows(b'<row r="&#57;99999999"><c><v>1</v></c></row>'),
        "reaches as far as &#57;99999999",
    ),
    "a merged range with a letter by its number": (
        lambda: in_sheet(b'<mergeCells><mergeCell ref="A1:XF&#68;1048576"/></mergeCells>'),
        "reaches as far as",
    ),
    "rows of a sheet that lies elsewhere": (
        lambda: with_parts(**{"xl/x/1.xml": b"<worksheet><sheetData>" + MANY_ROWS}),
        "more than|reaches as far",
    ),
    "cells on lines of their own": (
        lambda: in_rows(b'<row\nr="9">' + b"<c\n><v>1</v></c>" * 200_000 + b"</row>"),
        "far larger than a sheet needs|more than 200,000 cells",
    ),
    "more formats than Excel has": (
        lambda: with_parts(**{"xl/styles.xml": b"<a>" + numbered(b"<xf numFmtId='%d'/>")}),
        "65,500 formats",
    ),
    "more names than anybody gives": (
        lambda: changed(
            "xl/workbook.xml", b"</workbook>", numbered(b"<definedName name='n%d'>A!$B$%d")
        ),
        "50,000 names",
    ),
    "a document of Word": (
        lambda: packed(
            {TYPES: b'<Types><Override ContentType="application/vnd.a"/></Types>', SHEET: b"<a/>"}
        ),
        "is no .xlsx file",
    ),
    "no list of its parts": (lambda: packed({SHEET: b"<worksheet/>"}), "no list of its parts"),
    "a file that is too large": (lambda: b"PK\x03\x04" + b"\0" * 5_000_001, "5 MB are allowed"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_a_way_out_before_much_is_unpacked(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, cause = HOSTILE[kind]
    content = make()
    sizes: list[int] = []
    unpack = zipfile.ZipExtFile.read

    def noted(file: zipfile.ZipExtFile, size: int = -1) -> bytes:
        piece = unpack(file, size)
        sizes.append(len(piece))
        return piece

    monkeypatch.setattr(zipfile.ZipExtFile, "read", noted)
    with pytest.raises(FileRefused, match=cause) as refused:
        gate.check(content)
    assert refused.value.remedy
    assert sum(sizes) < MOST_UNPACKED


def test_honest_files_pass() -> None:
    gate.check(honest())
    for slug in library.slugs()[:1]:
        case = library.straw_man(slug).case
        gate.check(cases.export(case, "xlsx").content)
        gate.check(cases.export(case, "docx").content, "docx")


def test_a_link_on_words_and_signs_in_texts_of_formulas_are_no_harm() -> None:
    gate.check(related(b"hyperlink", b"https://example.org/"))
    gate.check(formula(b"IF(A1=1,&quot;a|b!&quot;,Sheet1!A1)"))


def test_a_workbook_that_carries_a_case_may_have_more_cells_where_few_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "LIMITS", gate.Limits(cells=3, cells_with_case=5))
    carrying = carried.put(honest(), "{}")
    gate.check(carrying, takes_case=True)
    for content, takes_case in ((carrying, False), (honest(), True)):
        with pytest.raises(FileRefused, match="more than 3 cells"):
            gate.check(content, takes_case=takes_case)
    monkeypatch.setattr(gate, "LIMITS", gate.Limits(cells=2, cells_with_case=3))
    with pytest.raises(FileRefused, match="more than 3 cells"):
        gate.check(carrying, takes_case=True)


def test_near_addresses_and_those_of_other_attributes_are_no_harm() -> None:
    gate.check(in_rows(b"<row r = '9' spanr='XFD1048576'><c\tr='B9'><v>1</v></c></row>"))


def test_rows_at_the_end_of_a_sheet_are_no_harm_while_they_are_empty() -> None:
    gate.check(in_rows(b'<row r="1048575" ht="15"/><row r="1048576"><c s="1"/></row>'))
    for far in (b'<row r="1048577"/>', b'<row r="1048576"><c r="A1048576"/></row>'):
        with pytest.raises(FileRefused, match="reaches as far as"):
            gate.check(in_rows(far))


def test_what_stands_across_two_pieces_is_found() -> None:
    for already_there in range(10):
        filling = b" " * (gate._PIECE - len(b"<x>") - already_there)
        part = b"<x>" + filling + b"<!DOCTYPE a></x>"
        with pytest.raises(FileRefused, match="entities"):
            gate.check(with_parts(**{"xl/other.xml": part}))


@pytest.mark.parametrize("element", ["formula", "formula1", "definedName"])
def test_formulas_of_names_and_of_rules_are_looked_at_too(element: str) -> None:
    rule = f"<{element} name='x'>cmd|'/c calc'!A0</{element}>".encode()
    part, end = SHEET, b"</worksheet>"
    if element == "definedName":
        part, end = "xl/workbook.xml", b"</workbook>"
    with pytest.raises(FileRefused, match="starts a program"):
        gate.check(changed(part, end, rule + end))


def test_what_lies_in_two_pieces_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, 9_000))
    assert len(rows) > gate._PIECE
    content = in_rows(rows)
    cells, count = 4 + 8_997, 2 + 8_997
    monkeypatch.setattr(gate, "LIMITS", gate.Limits(cells=cells, rows=count + 1))
    gate.check(content)
    for limits in (gate.Limits(cells=cells - 1), gate.Limits(rows=count - 1)):
        monkeypatch.setattr(gate, "LIMITS", limits)
        with pytest.raises(FileRefused, match="The file has more than|reaches as far"):
            gate.check(content)


def test_rows_are_counted_even_without_a_number_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "LIMITS", gate.Limits(rows=5))
    gate.check(in_rows(b"<row></row>" * 3))
    with pytest.raises(FileRefused, match="or 5 rows"):
        gate.check(in_rows(b"<row></row>" * 4))


def test_cells_are_counted_over_all_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "LIMITS", gate.Limits(cells=5))
    gate.check(honest())
    sheet = parts_of(honest())[SHEET]
    with pytest.raises(FileRefused, match="more than 5 cells"):
        gate.check(with_parts(**{"xl/worksheets/sheet2.xml": sheet}))


@pytest.mark.parametrize(("row", "column", "place"), [(50_001, "A", "A50001"), (1, "BXY", "BXY1")])
def test_a_sheet_ends_at_its_last_row_and_at_its_last_column(
    row: int, column: str, place: str
) -> None:
    far = f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row>'.encode()
    with pytest.raises(FileRefused, match=f"reaches as far as {place}|reaches as far as {row}"):
        gate.check(in_rows(far))
    gate.check(in_rows(b'<row r="50000"><c r="BXX50000"><v>1</v></c></row>'))


@pytest.mark.parametrize("limits", [{"part": 3_000}, {"total": 9_000}, {"ratio_from": 100}])
def test_what_is_unpacked_is_counted_part_by_part_and_in_all(
    monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    noise = "".join(f"{number * 7919 % 1000:03}" for number in range(800)).encode()
    parts = {f"xl/media/{number}.bin": noise for number in range(2)}
    gate.check(with_parts(**parts))
    monkeypatch.setattr(gate, "LIMITS", gate.Limits(**limits))
    big = {"xl/media/3.bin": noise * 3 if "ratio_from" not in limits else b"a" * 50_000}
    with pytest.raises(FileRefused, match="far larger than a sheet needs"):
        gate.check(with_parts(**parts, **big))


# --------------------------------------------------------------------------- the process


def test_cells_come_as_people_would_type_them() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Share", 0.07, 22, 1250.5, -3, True, None])
    for place, number_format in zip(
        "BCDE", ("0.0%", "[$£-809]#,##0.00", "#,##0", '"EUR" #,##0'), strict=True
    ):
        book.active[f"{place}1"].number_format = number_format
    target = io.BytesIO()
    book.save(target)
    [sheet] = sheets.read(target.getvalue())
    assert sheet.rows[0][:6] == ("Share", "7%", "£22", "1250.5", "-EUR 3", "TRUE")


def test_a_file_that_passes_the_gate_and_is_no_workbook_is_refused() -> None:
    with pytest.raises(FileRefused, match="cannot be read as a workbook"):
        sheets.read(with_parts(**{"xl/workbook.xml": b"<workbook>"}))


def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "PATIENCE", 0.01)
    with pytest.raises(FileRefused, match="takes too long"):
        sheets.read(honest())


def in_a_process(code: str) -> subprocess.CompletedProcess[str]:
    """Runs a line in a process that has put the limits of the reader on itself."""
    program = f"from valuecalc.documents import sheet_process\nsheet_process.limit()\n{code}"
    return subprocess.run(
        (sys.executable, "-c", program), capture_output=True, text=True, timeout=120, check=False
    )


def test_the_process_has_little_memory() -> None:
    if sys.platform == "darwin":
        pytest.skip("macOS does not keep this limit")
    assert "MemoryError" in in_a_process("bytes(sheet_process.MEMORY)").stderr
    assert in_a_process("bytes(sheet_process.MEMORY // 4)").returncode == 0


def test_the_process_is_ended_when_it_has_used_its_time() -> None:
    code = "sheet_process.SECONDS = 1\nsheet_process.limit()\nwhile True: pass"
    assert -in_a_process(code).returncode in (signal.SIGKILL, signal.SIGXCPU)


def test_the_process_has_a_limit_of_time_and_writes_no_file(tmp_path: Path) -> None:
    code = "import resource\nprint(resource.getrlimit(resource.RLIMIT_CPU))"
    assert in_a_process(code).stdout.strip() == "(10, 10)"
    target = tmp_path / "a"
    done = in_a_process(f"file = open({str(target)!r}, 'w'); file.write('x'); file.close()")
    assert done.returncode
    assert not target.exists() or not target.read_bytes()


def test_the_process_puts_its_limits_on_before_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    class Input:
        @property
        def buffer(self) -> io.BytesIO:
            order.append("read")
            return io.BytesIO(honest())

    monkeypatch.setattr(sheet_process, "limit", lambda: order.append("limited"))
    monkeypatch.setattr(sheet_process, "_read", lambda content: {"size": len(content)})
    monkeypatch.setattr(sys, "stdin", Input())
    monkeypatch.setitem(sys.modules, "numpy", sys.modules.get("numpy"))
    sheet_process.main()
    assert order == ["limited", "read"]


def test_a_file_that_needs_more_than_the_process_has_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = subprocess.run

    def tight(command: tuple[str, ...], **options: Any) -> subprocess.CompletedProcess[bytes]:
        code = (
            "from valuecalc.documents import sheet_process\n"
            "sheet_process.MEMORY = 30_000_000\nsheet_process.main()"
        )
        return run((command[0], "-c", code), **options)

    monkeypatch.setattr(sheets.subprocess, "run", tight)
    with pytest.raises(FileRefused, match="cannot be read as a workbook"):
        sheets.read(honest())


def test_the_process_knows_nothing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUECALC_SECRET_KEY", "s" * 40)
    seen: dict[str, object] = {}

    def run(*_: object, env: Mapping[str, str], **__: object) -> object:
        seen.update(env)
        raise OSError

    monkeypatch.setattr(sheets.subprocess, "run", run)
    with pytest.raises(OSError):
        sheets.read(honest())
    assert "VALUECALC_SECRET_KEY" not in seen
