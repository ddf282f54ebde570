"""Whatever somebody does to a filled document by hand survives when it is filled again."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents.embedding_documents import (
    BODY,
    control,
    document,
    drawn,
    packed,
    paragraph,
    parts,
    picture,
    row,
    run,
    table,
)
from valuecalc.documents.embedding import Picture, Table, Words, fill
from valuecalc.documents.embedding.contents import Content
from valuecalc.documents.embedding.state import NAMESPACE

NOW: dict[str, Content] = {
    "value.npv": Words("£325,915"),
    "value.roi": Words("48.7%"),
    "table.benefits": Table(("Benefit", "Total"), (("Visits", "£100"), ("Travel", "£200"))),
    "image.waterfall": Picture(drawn("first"), "A picture."),
}
LATER: dict[str, Content] = {
    "value.npv": Words("£410,000"),
    "value.roi": Words("51.0%"),
    "table.benefits": Table(("Benefit", "Total"), (("Visits", "£110"), ("More", "£5"))),
    "image.waterfall": Picture(drawn("another"), "Another picture."),
}
TEMPLATE = document(
    paragraph("Our own words about ", control("value.npv", "-"), " and more of them."),
    paragraph("A paragraph without controls."),
    control(
        "table.benefits", table(row("Benefit", "Total", "Remark", head=True), row("[b]", "", ""))
    ),
    paragraph("Between."),
    control("image.waterfall", paragraph(picture())),
    paragraph("Back by ", control("value.roi", "-", id=2), "."),
    header1=paragraph("Head ", control("value.npv", "-", id=3)),
    footer1=paragraph("Foot"),
)
ONCE = fill(TEMPLATE, NOW).content
HEADER = "word/header1.xml"

_CONTROL = re.compile(rb"<w:sdt>.*?</w:sdt>", re.DOTALL)
_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=12
)


def outside(part: bytes) -> list[bytes]:
    """The bytes of a part between its controls."""
    return _CONTROL.split(part)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(words: str) -> str:
    return f"<w:p>{run(words)}</w:p>"


def tracked(words: str) -> str:
    author = 'w:id="91" w:author="Ann" w:date="2026-01-01T00:00:00Z"'
    deleted = "<w:r><w:delText>x</w:delText></w:r>"
    return f"<w:p><w:ins {author}>{run(words)}</w:ins><w:del {author}>{deleted}</w:del></w:p>"


def commented(words: str) -> str:
    return (
        f'<w:p><w:commentRangeStart w:id="5"/>{run(words)}<w:commentRangeEnd w:id="5"/>'
        '<w:r><w:commentReference w:id="5"/></w:r></w:p>'
    )


def formatted(words: str) -> str:
    red = '<w:b/><w:color w:val="FF0000"/>'
    return f"<w:p><w:pPr><w:jc w:val='center'/></w:pPr>{run(words, red)}</w:p >"


def shaded_table(words: str) -> str:
    return table(row(words, words, fill="FFF3CD"))


ADDED: tuple[Callable[[str], str], ...] = (typed, tracked, commented, formatted, shaded_table)


def places(part: bytes) -> list[int]:
    """Where in a body something can be put between paragraphs, outside of all controls."""
    inside = [match.span() for match in _CONTROL.finditer(part)]
    found = [match.end() for match in re.finditer(rb"</w:p>|</w:sdt>", part)]
    return [
        place
        for place in found
        if not any(begin < place < end for begin, end in inside)
        and part[place:].startswith((b"<w:p>", b"<w:sdt>", b"<w:sectPr/>"))
        and part[:place].endswith((b"</w:p>", b"</w:tbl></w:sdtContent></w:sdt>"))
    ]


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """The body and the header after somebody has worked on them, outside of controls."""
    body, header = parts(ONCE)[BODY], parts(ONCE)[HEADER]
    for _ in range(draw(st.integers(0, 5))):
        place = draw(st.sampled_from(places(body)))
        made = draw(st.sampled_from(ADDED))(draw(_WORDS))
        body = body[:place] + made.encode() + body[place:]
    words = draw(_WORDS)
    header = header.replace(b"Head ", _escaped(words).encode())
    return body, header


@st.composite
def moves(draw: st.DrawFn) -> bytes:
    """The body after somebody has moved, copied or deleted controls."""
    body = parts(ONCE)[BODY]
    paragraphs = re.findall(rb"<w:p><w:r>.*?</w:p>", _CONTROL.sub(lambda each: each[0], body))
    chosen = draw(st.sampled_from([each for each in paragraphs if b"<w:sdt>" in each]))
    what = draw(st.sampled_from(["move", "copy", "delete"]))
    if what != "copy":
        body = body.replace(chosen, b"", 1)
    if what != "delete":
        place = draw(st.sampled_from(places(body)))
        body = body[:place] + chosen + body[place:]
    return body


@settings(max_examples=60, deadline=None)
@given(edits())
def test_words_formats_changes_and_comments_around_controls_stay_byte_by_byte(
    made: tuple[bytes, bytes],
) -> None:
    body, header = made
    before = packed({**parts(ONCE), BODY: body, HEADER: header})
    done = fill(before, LATER)
    after = parts(done.content)
    assert outside(after[BODY]) == outside(body)
    assert outside(after[HEADER]) == outside(header)
    assert "£410,000".encode() in after[BODY]
    assert "£410,000".encode() in after[HEADER]
    assert done.report.conflicts == ()
    ours = ("word/document.xml", HEADER, "word/_rels/document.xml.rels")
    for name, content in parts(before).items():
        is_ours = name in ours or "valuecalc-" in name or NAMESPACE.encode() in content
        assert is_ours or after[name] == content, name
    assert fill(done.content, LATER).content == done.content


@settings(max_examples=40, deadline=None)
@given(moves())
def test_controls_that_are_moved_copied_or_deleted_are_filled_where_they_are(body: bytes) -> None:
    before = packed({**parts(ONCE), BODY: body})
    done = fill(before, LATER)
    after = parts(done.content)[BODY]
    assert outside(after) == outside(body)
    assert after.count("£410,000".encode()) == body.count("£325,915".encode())
    assert "£325,915".encode() not in after
    assert done.report.conflicts == ()


@settings(max_examples=40, deadline=None)
@given(
    _WORDS.map(str.strip).filter(lambda text: text and not text.startswith("[")),
    st.sampled_from(["£325,915", "48.7%", "£100", "Travel"]),
)
def test_what_is_typed_into_a_control_is_never_lost(words: str, ours: str) -> None:
    shown = f">{_escaped(words)}<".encode()
    body = parts(ONCE)[BODY].replace(f">{ours}<".encode(), shown, 1)
    done = fill(packed({**parts(ONCE), BODY: body}), LATER)
    assert shown in parts(done.content)[BODY]
