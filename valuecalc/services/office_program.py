"""The LibreOffice of this process, which makes PDF files where the server has one."""

from __future__ import annotations

from valuecalc.documents.office import AUTO, OFFICE


def use(setting: str = "") -> None:
    """Take LibreOffice from where the setting `VALUECALC_OFFICE` says, from now on."""
    OFFICE.use(setting or AUTO)


def is_there() -> bool:
    """Whether PDF files can be made here."""
    return OFFICE.is_there


def refuse_missing() -> None:
    """Nothing, where PDF files can be made. Raises `NotInstalled` with the remedy."""
    OFFICE.refuse_missing()


def pdf(document: bytes) -> bytes:
    """A Word document as PDF. Raises `NotInstalled`, `Busy` and `FileRefused`."""
    return OFFICE.pdf(document, "docx")
