"""Charts of Word in somebody's document: new numbers in the size and the looks they gave it."""

from __future__ import annotations

from pathlib import Path

from lxml import etree
from openxml_audit import OpenXmlValidator

from tests.documents.embedding_documents import (
    BODY,
    control,
    document,
    drawn,
    edited,
    packed,
    paragraph,
    parts,
    picture,
    root,
    run,
)
from valuecalc.documents import gate
from valuecalc.documents.charts import Bar, risk
from valuecalc.documents.embedding import Outcome, Picture, fill
from valuecalc.documents.embedding.contents import Chart, as_plain, from_plain
from valuecalc.documents.native_charts import data
from valuecalc.documents.native_charts.look import THEME_LOOK
from valuecalc.documents.native_charts.part import written
from valuecalc.documents.native_charts.waterfall import waterfall

TAG = "image.waterfall"
TEMPLATE = document(
    control(TAG, paragraph(picture()), more="<w:picture/>"), paragraph(picture()), paragraph("x")
)
EMPTY = document(control(TAG, paragraph("[waterfall]")))


def chart(gain: float) -> Chart:
    bars = (Bar("Gain", gain, "benefit"), Bar("Value", gain, "total"))
    made = written(waterfall(bars, risk.money("GBP"), "", width=450, look=THEME_LOOK))
    return Chart(made.xml, made.book, (5_760_000, 2_000_000))


def shown(gain: float, *, as_chart: bool = True) -> Picture:
    return Picture(drawn(f"{gain:g}"), f"The value is {gain:g}.", chart(gain), as_chart)


def filled(content: bytes, gain: float = 100, *, as_chart: bool = True) -> bytes:
    return fill(content, {TAG: shown(gain, as_chart=as_chart)}).content


def charts(content: bytes) -> list[str]:
    return [name for name in parts(content) if "/charts/" in name and name.endswith(".xml")]


def numbers(content: bytes) -> list[str]:
    return [data.numbers(etree.fromstring(parts(content)[name])) for name in charts(content)]


def expected(gain: float) -> str:
    return data.numbers(etree.fromstring(chart(gain).xml))


def test_a_chart_takes_the_place_of_a_picture_in_its_size() -> None:
    made = filled(TEMPLATE)
    assert numbers(made) == [expected(100)]
    extent = next(root(made).iter("{*}extent"))
    assert (extent.get("cx"), extent.get("cy")) == ("2000000", "1000000")
    assert next(root(made).iter("{*}docPr")).get("descr") == "The value is 100."
    assert len(list(root(made).iter("{*}blip"))) == 1, "the picture outside stays"
    assert b"<w:picture/>" not in parts(made)[BODY], "such a control takes pictures alone"


def test_an_empty_control_gets_a_chart_in_a_usual_size() -> None:
    made = filled(EMPTY)
    extent = next(root(made).iter("{*}extent"))
    assert (extent.get("cx"), extent.get("cy")) == ("5760000", "2000000")
    inside = filled(document(paragraph(control(TAG, "[x]"))))
    assert numbers(inside) == [expected(100)]


def test_new_numbers_keep_the_size_and_the_looks_that_somebody_gave_it() -> None:
    once = filled(EMPTY)
    wider = edited(once, 'cx="5760000"', 'cx="3000000"')
    [name] = charts(wider)
    formatted = edited(wider, 'val="accent2"', 'val="accent5"', part=name, count=99)
    later = filled(formatted, 300)
    assert next(root(later).iter("{*}extent")).get("cx") == "3000000"
    assert numbers(later) == [expected(300)]
    assert b"accent5" in parts(later)[name]
    assert b"accent2" not in parts(later)[name]


def test_the_workbook_is_that_of_the_new_numbers() -> None:
    later = filled(filled(EMPTY), 300)
    books = [part for name, part in parts(later).items() if name.endswith(".xlsx")]
    assert books == [chart(300).book]


def test_a_chart_stays_a_chart_when_pictures_are_asked_for() -> None:
    later = filled(filled(EMPTY), 300, as_chart=False)
    assert numbers(later) == [expected(300)]
    assert not list(root(later).iter("{*}blip"))
    fresh = filled(EMPTY, as_chart=False)
    assert charts(fresh) == []


def test_a_picture_of_ours_becomes_a_chart_when_it_is_asked_for() -> None:
    once = filled(EMPTY, as_chart=False)
    done = fill(once, {TAG: shown(300)})
    assert done.report.conflicts == ()
    assert numbers(done.content) == [expected(300)]
    assert not [name for name in parts(done.content) if "media/valuecalc-" in name]


def test_numbers_that_somebody_has_changed_stay_and_are_reported() -> None:
    once = filled(EMPTY)
    [name] = charts(once)
    typed = edited(once, "<c:v>100.0</c:v>", "<c:v>111</c:v>", part=name)
    done = fill(typed, {TAG: shown(300)})
    assert numbers(done.content) == numbers(typed)
    [conflict] = done.report.conflicts
    assert "numbers" in conflict.cause
    assert numbers(fill(typed, {TAG: shown(300)}, {TAG}).content) == [expected(300)]


def test_the_same_numbers_leave_the_file_as_it_is() -> None:
    once = filled(EMPTY)
    done = fill(once, {TAG: shown(100)})
    assert done.content == once
    assert [each.outcome for each in done.report.entries] == [Outcome.UNCHANGED]


def test_a_chart_that_is_shown_outside_as_well_is_not_changed_there() -> None:
    once = filled(document(paragraph(control(TAG, "[x]")), paragraph("here")))
    drawing = parts(once)[BODY].split(b"<w:r><w:drawing>")[1].split(b"</w:drawing></w:r>")[0]
    twice = edited(once, run("here"), f"<w:r><w:drawing>{drawing.decode()}</w:drawing></w:r>")
    later = filled(twice, 300)
    assert sorted(numbers(later)) == sorted([expected(100), expected(300)])


def test_a_chart_that_went_takes_its_parts_along() -> None:
    once = filled(EMPTY)
    body = parts(once)[BODY]
    begin, end = body.index(b"<w:sdt>"), body.index(b"</w:sdt>") + 8
    without = packed({**parts(once), BODY: body[:begin] + b"<w:p/>" + body[end:]})
    later = parts(fill(without, {TAG: shown(300)}).content)
    assert not [name for name in later if "valuecalc-" in name]
    assert b"charts/valuecalc" not in later["[Content_Types].xml"]


def test_a_validator_finds_nothing_wrong_and_the_gate_lets_it_pass_again(tmp_path: Path) -> None:
    made = filled(filled(TEMPLATE), 300)
    file = tmp_path / "filled.docx"
    file.write_bytes(made)
    before = tmp_path / "template.docx"
    before.write_bytes(TEMPLATE)
    known = {str(each) for each in OpenXmlValidator().validate(before).errors}
    found = {str(each) for each in OpenXmlValidator().validate(file).errors}
    assert found <= known
    gate.check(made, "docx")


def test_a_chart_that_is_not_well_formed_counts_as_theirs() -> None:
    once = filled(EMPTY)
    [name] = charts(once)
    broken = packed({**parts(once), name: b"<c:chartSpace"})
    assert len(fill(broken, {TAG: shown(300)}).report.conflicts) == 1


def test_a_chart_travels_between_processes() -> None:
    assert from_plain(as_plain(shown(100))) == shown(100)
