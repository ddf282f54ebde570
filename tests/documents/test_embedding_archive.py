"""Entries of a zip are copied as they stand, however the program that wrote it packs them."""

from __future__ import annotations

import io
import zipfile

from valuecalc.documents.embedding import archive


class Stream(io.RawIOBase):
    """Somewhere to write to without going back, for which sizes follow after the content."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]
        self.written += bytes(content)
        return len(content)


def streamed() -> bytes:
    """A zip with sizes after the contents, notes, folders, and parts that are not packed."""
    file = Stream()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:  # type: ignore[call-overload]
        made.comment = b"a note"
        made.writestr("folder/", b"")
        for name in ("a.xml", "folder/b.xml", "ü.xml"):
            info = zipfile.ZipInfo(name, (2021, 3, 4, 5, 6, 8))
            info.comment = b"about " + name.encode()
            info.external_attr = 0o600 << 16
            made.writestr(info, name * 50)
    return file.written


def entries(content: bytes) -> dict[str, tuple[bytes, object, object, object]]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        return {
            each.filename: (found.read(each), each.date_time, each.comment, each.external_attr)
            for each in found.infolist()
        }


def test_nothing_changes_without_changes() -> None:
    assert archive.changed(streamed(), {}) == streamed()


def test_parts_are_replaced_added_and_left_out_and_all_others_stay() -> None:
    before = entries(streamed())
    changes = {"a.xml": b"new", "folder/b.xml": None, "c.xml": b"more"}
    made = archive.changed(streamed(), changes)
    after = entries(made)
    assert list(after) == ["folder/", "a.xml", "ü.xml", "c.xml"]
    assert after["ü.xml"] == before["ü.xml"]
    assert after["a.xml"][:2] == (b"new", before["a.xml"][1])
    assert after["c.xml"][:2] == (b"more", archive.NO_TIME)
    with zipfile.ZipFile(io.BytesIO(made)) as found:
        assert found.comment == b"a note"


def test_the_same_changes_give_the_same_bytes() -> None:
    changes = {"a.xml": b"new", "c.xml": b"more"}
    assert archive.changed(streamed(), changes) == archive.changed(streamed(), changes)
