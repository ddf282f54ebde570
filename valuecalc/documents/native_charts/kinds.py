"""What the parts of a chart are called in a document; needs no library that draws charts."""

from __future__ import annotations

BOOK = "rId1"
"""How the part of a chart refers to its workbook."""

CHART_KIND = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
BOOK_ENDING = "xlsx"
BOOK_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

NAMESPACE = "http://schemas.openxmlformats.org/drawingml/2006/chart"
CHART = f"{{{NAMESPACE}}}chart"
"""The element that shows a chart in a text, by the id of its relation."""
