"""A chart as a document of Word holds it: a part, and a workbook for “Edit data”."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree
from pptx.chart.chart import Chart as PowerPointChart
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn

from valuecalc.documents.languages import current
from valuecalc.documents.native_charts.kinds import BOOK
from valuecalc.documents.native_charts.plotted import Plotted
from valuecalc.documents.native_charts.settled import settled


@dataclass(frozen=True)
class Written:
    """The XML of a chart, whose relation `BOOK` is to be to the workbook; and this."""

    xml: bytes
    book: bytes


def written(plotted: Plotted) -> Written:
    """The files of a chart; the same chart, the same bytes."""
    root = parse_xml(ChartXmlWriter(plotted.kind, plotted.data).xml.encode())
    plotted.finish(PowerPointChart(root, None))
    _unframe(root)
    _refer(root)
    _speak(root)
    xml = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return Written(bytes(xml), book_of(plotted))


def book_of(plotted: Plotted) -> bytes:
    """The numbers of a chart as a workbook."""
    return settled(CategoryWorkbookWriter(plotted.data).xlsx_blob)


def _unframe(root: Any) -> None:
    """No ground and no frame: LibreOffice draws both where nothing is said of them."""
    look = root.makeelement(qn("c:spPr"), {})
    ground = etree.SubElement(look, qn("a:noFill"))
    ground.addnext(look.makeelement(qn("a:ln"), {}))
    etree.SubElement(look.find(qn("a:ln")), qn("a:noFill"))
    root.find(qn("c:chart")).addnext(look)


def _speak(root: Any) -> None:
    """Say the language of the document, in which Word checks what is written in the chart."""
    language = root.makeelement(qn("c:lang"), {"val": current().office_tag})
    before = root.find(qn("c:date1904"))
    if before is None:
        root.insert(0, language)
    else:
        before.addnext(language)


def _refer(root: Any) -> None:
    for each in root.findall(qn("c:externalData")):
        root.remove(each)
    data = root.makeelement(qn("c:externalData"), {qn("r:id"): BOOK})
    etree.SubElement(data, qn("c:autoUpdate"), {"val": "0"})
    after = [each for each in root if each.tag in (qn("c:txPr"), qn("c:spPr"), qn("c:chart"))][-1]
    after.addnext(data)
