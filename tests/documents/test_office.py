"""PDF files by LibreOffice: what they hold, and what happens when it is missing, slow or dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.builders import benefit, case, investment
from valuecalc.documents import proposal
from valuecalc.documents.office import Office, desk, office, programs
from valuecalc.documents.office.desk import Desk
from valuecalc.engine.calculate import calculate
from valuecalc.errors import Busy, FileRefused, NotInstalled
from valuecalc.system_packages import LIBREOFFICE, POPPLER


def with_libreoffice(test: Callable[..., None]) -> Callable[..., None]:
    """A test that needs LibreOffice, and Poppler to look at what it makes."""
    for package in (LIBREOFFICE, POPPLER):
        here = package.is_there()
        test = pytest.mark.skipif(not here, reason=f"{package.name} is not here")(test)
    return pytest.mark.office(test)


@pytest.fixture(scope="module")
def document() -> bytes:
    return proposal.write(
        calculate(case(benefit("gain", "1000 GBP/month"), investment("fee", "6000 GBP")))
    )


def stand_in(folder: Path, script: str) -> str:
    """A program in the place of LibreOffice, which is started for each file."""
    program = folder / "soffice"
    program.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


WRITES_A_PDF = """
import pathlib, sys
out = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1])
source = pathlib.Path(sys.argv[-1])
(out / f"{source.stem}.pdf").write_bytes(b"%PDF-1.6 " + " ".join(sys.argv).encode())
"""


@pytest.fixture
def without_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Python here can keep LibreOffice running."""
    programs.programs.cache_clear()
    monkeypatch.setattr(programs, "_has_interface", lambda python: False)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"


def waited_for(wanted: object, seconds: float = 20.0) -> bool:
    """Whether something becomes true in that time."""
    assert callable(wanted)
    last = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > last:
            return False
        time.sleep(0.05)
    return True


# --------------------------------------------------------------------------- without LibreOffice


@pytest.mark.parametrize("setting", ["off", "/nowhere/soffice"])
def test_without_libreoffice_it_is_said_what_is_missing_and_how_to_have_it(
    document: bytes, setting: str
) -> None:
    made = Office(setting)
    assert not made.is_there
    with pytest.raises(NotInstalled) as caught:
        made.pdf(document)
    assert "LibreOffice" in caught.value.cause
    assert "apt-get install" in caught.value.remedy
    assert "VALUECALC_OFFICE" in caught.value.remedy


def test_a_program_that_is_named_is_found_and_no_other(tmp_path: Path) -> None:
    program = stand_in(tmp_path, WRITES_A_PDF)
    assert programs.find(program) == program
    assert programs.find(str(tmp_path / "other")) is None


# --------------------------------------------------------------------------- what is let in


def test_a_file_that_the_gate_refuses_never_reaches_libreoffice(
    document: bytes, tmp_path: Path, without_interface: None
) -> None:
    made = Office(stand_in(tmp_path, WRITES_A_PDF))
    with_macros = BytesIO(document)
    with ZipFile(with_macros, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(FileRefused):
        made.pdf(with_macros.getvalue())
    with pytest.raises(FileRefused):
        made.pdf(b"%!PS")
    assert made._desk is None


# --------------------------------------------------------------------------- started each time


def test_where_nothing_keeps_it_running_it_is_started_for_each_file(
    document: bytes, tmp_path: Path, without_interface: None
) -> None:
    made = Office(stand_in(tmp_path, WRITES_A_PDF))
    told = made.pdf(document).decode()
    assert "UserInstallation=file://" in told
    assert '"UseTaggedPDF": {"type": "boolean", "value": "true"}' in told
    assert '"ExportBookmarks": {"type": "boolean", "value": "true"}' in told
    made.close()


def test_it_knows_none_of_our_secrets_and_no_way_to_other_machines(
    document: bytes, tmp_path: Path, without_interface: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUECALC_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    script = WRITES_A_PDF.replace('" ".join(sys.argv)', 'repr(sorted(__import__("os").environ))')
    made = Office(stand_in(tmp_path, script))
    told = made.pdf(document).decode()
    made.close()
    assert "'HOME'" in told
    assert "VALUECALC" not in told
    assert "proxy" not in told


def test_it_has_limits_of_memory_time_and_size(
    document: bytes, tmp_path: Path, without_interface: None
) -> None:
    asked = "[resource.getrlimit(each)[0] for each in kinds]"
    script = (
        "import resource\n"
        "kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)\n"
    ) + WRITES_A_PDF.replace('" ".join(sys.argv)', f"repr({asked})")
    made = Office(stand_in(tmp_path, script))
    told = made.pdf(document).decode()
    made.close()
    memory, seconds, size = map(int, told.split("[")[1].rstrip("]").split(","))
    assert 0 < memory <= 4_000_000_000
    assert 0 < seconds <= 900
    assert 0 < size <= 200_000_000


def test_what_it_refuses_is_said_without_the_folders_of_the_server(
    document: bytes, tmp_path: Path, without_interface: None
) -> None:
    made = Office(stand_in(tmp_path, "raise SystemExit(1)"))
    with pytest.raises(Busy) as caught:
        made.pdf(document)
    assert "Word document" in caught.value.remedy
    assert "/" not in caught.value.cause
    assert made._desk is None


def test_a_file_that_is_no_pdf_is_not_handed_on(
    document: bytes, tmp_path: Path, without_interface: None
) -> None:
    made = Office(stand_in(tmp_path, WRITES_A_PDF.replace("%PDF-", "<html>")))
    with pytest.raises(Busy, match="no PDF"):
        made.pdf(document)


def test_a_hang_is_ended_in_time_with_every_process_of_it(
    document: bytes,
    tmp_path: Path,
    without_interface: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk, "FILE_SECONDS", 1.5)
    noted = tmp_path / "pid"
    script = f"import os, time\nopen({str(noted)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    made = Office(stand_in(tmp_path, script))
    begun = time.monotonic()
    with pytest.raises(Busy, match="too long") as caught:
        made.pdf(document)
    assert time.monotonic() - begun < 20
    assert caught.value.retry_after
    assert waited_for(lambda: not is_running(int(noted.read_text())))


# --------------------------------------------------------------------------- many at once


def test_few_files_wait_and_the_next_one_is_told_to_come_back(
    document: bytes, tmp_path: Path, without_interface: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "WAIT_SECONDS", 0.2)
    made = Office(stand_in(tmp_path, WRITES_A_PDF))
    with made._lock:
        with pytest.raises(Busy, match="takes long"):
            made.pdf(document)
        for _ in range(1 + office.MOST_WAITING):
            assert made._places.acquire(blocking=False)
        with pytest.raises(Busy, match="Too many") as caught:
            made.pdf(document)
    assert caught.value.retry_after == office.RETRY_SECONDS


def test_files_of_several_threads_are_made_one_after_the_other(
    document: bytes, tmp_path: Path, without_interface: None
) -> None:
    log = tmp_path / "log"
    script = f"log = open({str(log)!r}, 'a', buffering=1)\nlog.write('begin\\n')\n"
    made = Office(stand_in(tmp_path, script + WRITES_A_PDF + "\nlog.write('end\\n')"))
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(made.pdf(document))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    made.close()
    assert len(found) == 4
    assert log.read_text().split() == ["begin", "end"] * 4


# --------------------------------------------------------------------------- LibreOffice itself


def pdf_info(content: bytes) -> str:
    run = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True)
    return run.stdout.decode()


@pytest.fixture(scope="module")
def kept() -> Iterator[Office]:
    """A LibreOffice that stays open between tests."""
    made = Office()
    yield made
    made.close()


@with_libreoffice
def test_the_pdf_is_tagged_has_its_title_and_says_what_the_document_says(
    kept: Office, document: bytes
) -> None:
    made = kept.pdf(document)
    told = pdf_info(made)
    assert "Tagged:          yes" in told
    assert "Title:" in told
    assert b"/Lang(en-GB)" in made
    assert b"/Outlines" in made
    run = subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True)
    assert "How the value comes about" in run.stdout.decode()


@with_libreoffice
def test_it_stays_open_for_the_next_file(kept: Office, document: bytes) -> None:
    kept.pdf(document)
    before = kept._desk
    assert before is not None
    kept.pdf(document)
    assert kept._desk is before
    assert list(before.folder.glob("*.docx")) == []
    assert list(before.folder.glob("*.pdf")) == []


@with_libreoffice
def test_a_file_goes_to_the_program_that_is_named_and_to_no_other_that_is_open(
    kept: Office, document: bytes
) -> None:
    assert kept.pdf(document).startswith(b"%PDF-")
    other = Office("/bin/false")
    with pytest.raises(Busy, match="failed twice"):
        other.pdf(document)
    other.close()


@with_libreoffice
def test_nothing_is_left_of_its_pipe(document: bytes) -> None:
    made = Office()
    made.pdf(document)
    assert made._desk is not None
    name = made._desk.folder.name
    pipes = [each for each in Path("/tmp").glob("OSL_PIPE_*") if each.name.endswith(name)]
    assert len(pipes) == 1
    made.close()
    assert not pipes[0].exists()


@with_libreoffice
def test_after_a_crash_the_file_is_made_by_another(kept: Office, document: bytes) -> None:
    kept.pdf(document)
    before = kept._desk
    assert before is not None
    os.killpg(before.process.pid, signal.SIGKILL)
    assert kept.pdf(document).startswith(b"%PDF-")
    assert kept._desk is not before
    assert not before.folder.exists()


@with_libreoffice
def test_after_so_many_files_it_is_started_anew(
    kept: Office, document: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "MOST_FILES", 1)
    kept.pdf(document)
    assert kept._desk is None


@with_libreoffice
def test_a_file_that_cannot_be_opened_does_not_end_the_service(
    kept: Office, document: bytes
) -> None:
    damaged = BytesIO()
    with ZipFile(BytesIO(document)) as source, ZipFile(damaged, "w") as target:
        for each in source.infolist():
            part = source.read(each)
            if each.filename == "word/document.xml":
                part = part[: len(part) // 2]
            target.writestr(each.filename, part)
    with pytest.raises((Busy, FileRefused)):
        kept.pdf(damaged.getvalue())
    assert kept.pdf(document).startswith(b"%PDF-")


@with_libreoffice
def test_it_ends_with_the_process_that_has_started_it(tmp_path: Path) -> None:
    soffice = programs.find("auto")
    assert soffice is not None
    script = (
        "import os, signal, sys\n"
        "from valuecalc.documents.office.desk import START_SECONDS, Desk\n"
        "from valuecalc.documents.office.programs import programs\n"
        f"desk = Desk(programs({soffice!r}))\n"
        "desk._answer(START_SECONDS)\n"
        "print(desk.process.pid, desk.folder, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    pid, folder = run.stdout.decode().split()
    assert waited_for(lambda: not is_running(int(pid)))
    assert waited_for(lambda: not Path(folder).exists())


@with_libreoffice
def test_its_folder_is_for_nobody_else() -> None:
    soffice = programs.find("auto")
    assert soffice is not None
    one = Desk(programs.programs(soffice))
    try:
        assert one.folder.stat().st_mode & 0o077 == 0
        profile = (one.folder / "profile/user/registrymodifications.xcu").read_text()
        assert "DisableMacrosExecution" in profile
    finally:
        one.end()
    assert not one.folder.exists()
