"""A template to begin with: a short value proposal whose every number stands in a control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valuecalc.case.case import Case
from valuecalc.documents.charts import PAPER
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.embedding import archive
from valuecalc.documents.proposal import package, pictures, tables, text
from valuecalc.documents.proposal.controls import LONGEST_NAME
from valuecalc.documents.proposal.draft import Draft
from valuecalc.documents.proposal.tables import Column, Line, Row
from valuecalc.documents.proposal.xml import Element, markup, one_line, w
from valuecalc.engine.calculate import calculate

TITLE = "Value proposal"

_TEXT_WIDTH = 16.0
_EXPLAINED = (
    "Numbers, tables and pictures of this document stand in content controls, each tagged with "
    "what it shows. Write around them whatever you like, in any format: when it is filled again, "
    "only what is in the controls changes, and what you have typed over stays."
)


@dataclass
class _Starter:
    """The draft of the template, and the last number of a control."""

    draft: Draft

    def field(self, tag: str, label: str, *, kind: str = "text") -> Element:
        """A control of words, which shows its label in brackets."""
        return self.control(tag, label, *text.runs(f"[{label}]"), kind=kind)

    def control(self, tag: str, label: str, *content: Element, kind: str = "") -> Element:
        """A control around something; Word lets nobody delete it by mistake."""
        properties = w(
            "sdtPr",
            w("alias", val=one_line(label, LONGEST_NAME)),
            w("tag", val=tag),
            w("id", val=self.draft.number("control")),
            w("lock", val="sdtLocked"),
            w(kind) if kind else None,
        )
        return w("sdt", properties, w("sdtContent", *content))

    def write(self, style: str, *content: str | Element) -> None:
        """A paragraph of words and controls."""
        inside: list[Element] = []
        for each in content:
            inside += text.runs(each) if isinstance(each, str) else [each]
        self.draft.add(text.paragraph(style, *inside))

    def lines(self, style: str, tag: str, label: str) -> None:
        """A control around a paragraph, which becomes one for each line."""
        paragraph = text.paragraph(style, *text.runs(f"[{label}]"))
        self.draft.add(self.control(tag, label, paragraph))

    def wrap(self, tag: str, label: str, place: int = -1, *, kind: str = "") -> None:
        """Put a control around what has just been written."""
        self.draft.body[place] = self.control(tag, label, self.draft.body[place], kind=kind)

    def table(
        self, tag: str, label: str, columns: Sequence[Column], total: str = "", first: str = ""
    ) -> None:
        """A table with its heads, a row that all others follow, and a total."""
        self.draft.caption("Table", label)
        heads = [column.head for column in columns]
        rows = [Row([f"[{first or heads[0]}]", *(f"[{head}]" for head in heads[1:])])]
        if total:
            rows.append(Row([total, *(f"[{head}]" for head in heads[1:])], total=True))
        tables.table(self.draft, columns, rows, title=label)
        self.wrap(tag, label)
        self.draft.write("AfterTable")

    def picture(self, tag: str, label: str, caption: str) -> None:
        """A picture that shows only where another one will stand."""
        drawing = Drawing(
            pictures.WIDTH,
            pictures.HEIGHT,
            palette=PAPER,
            chart_id="placeholder",
            title=label,
            description=label,
        )
        drawing.rect(0, 0, pictures.WIDTH, pictures.HEIGHT, PAPER.grid)
        drawing.note(label)
        pictures.add(self.draft, label, drawing.markup(), caption, "")
        self.wrap(tag, label, -2, kind="picture")


def starter() -> bytes:
    """The template as a Word document (`.docx`): always the same bytes."""
    made = _Starter(Draft(calculate(Case(title=TITLE))))
    for section in (_opening, _value, _lines, _cash_flow, _certainty, _plan, _ground):
        section(made)
    parts = {"word/header1.xml": markup(_header(made)), "word/footer1.xml": markup(_footer(made))}
    return archive.changed(package.packed(made.draft), parts)


def _opening(made: _Starter) -> None:
    made.write("Kicker", "Proposal")
    made.write("Title", made.field("text.title", "Title of the case"))
    made.write("Subtitle", "for ", made.field("text.customer", "Customer"))
    made.write(
        "Facts",
        "Scenario: ",
        made.field("text.scenario", "Scenario"),
        "\u2003Decision: ",
        made.field("text.decision_date", "Day of the decision"),
        "\u2003Horizon: ",
        made.field("text.horizon", "Horizon"),
    )
    made.write("KeyMessage", made.field("text.key_message", "The value in one message"))
    _headline(made)
    made.draft.write("Normal", _EXPLAINED)


def _headline(made: _Starter) -> None:
    """Four figures side by side, each a control in a cell."""
    figures = (
        ("value.value", "Value"),
        ("value.npv", "Net present value"),
        ("value.roi", "Return on investment"),
        ("value.payback", "Payback"),
    )
    cells = [[Line([tag], "Number15"), Line([label], "StripLabel")] for tag, label in figures]
    columns = [Column("", _TEXT_WIDTH / len(figures))] * len(figures)
    tables.table(made.draft, columns, [Row(cells)], title="Headline figures", look=tables.STRIP)
    labels = dict(figures)
    for paragraph in list(made.draft.body[-1].iter(text.paragraph("Normal").tag)):
        tag = "".join(paragraph.itertext())
        if tag in labels:
            for run in paragraph.findall(w("r").tag):
                paragraph.remove(run)
            paragraph.append(made.field(tag, labels[tag]))
    made.draft.write("AfterTable")


def _value(made: _Starter) -> None:
    made.draft.heading(1, "Value proposition")
    made.lines("Normal", "text.statement", "Value proposition in its five parts")
    made.draft.heading(1, "How the value comes about")
    made.write("Normal", made.field("text.reading", "Which lines decide"))
    made.picture("image.waterfall", "Waterfall", "From benefits to value.")
    made.picture("image.cumulative_cash", "Cumulative cash", "Cumulative cash over time.")


def _lines(made: _Starter) -> None:
    for heading, tag, noun, total in (
        ("Benefits", "table.benefits", "Benefit", "Total benefits"),
        ("Investment", "table.investments", "Investment", "Total investment"),
    ):
        made.draft.heading(1, heading)
        columns = [
            Column(noun, 5.4),
            Column("Grade", 1.4),
            Column("Total", 3.0, numeric=True),
            Column("Present value", 3.0, numeric=True),
        ]
        made.table(tag, heading, [*columns, Column("Our remark", 3.2)], total)
    _without_brackets(made, "[Our remark]")


def _without_brackets(made: _Starter, words: str) -> None:
    """Empty the cells that are for people, and not for us."""
    for element in made.draft.body:
        for each in element.iter(w("t").tag):
            if each.text == words:
                each.text = ""


def _cash_flow(made: _Starter) -> None:
    made.draft.heading(1, "Cash flow by year")
    made.lines("Normal", "table.cash_flow", "Cash flow by year")
    made.draft.heading(1, "Scenarios")
    made.lines("Normal", "table.scenarios", "Scenarios side by side")


def _certainty(made: _Starter) -> None:
    made.draft.heading(1, "What moves the value most")
    made.picture("image.tornado", "Tornado", "What the value depends on most.")


def _plan(made: _Starter) -> None:
    made.draft.heading(1, "Implementation plan")
    made.picture("plan.gantt", "Plan", "The plan over time.")
    columns = [Column("Decision", 6.4), Column("Who", 5.2), Column("When", 4.4)]
    made.table("plan.decisions", "Decisions", columns)


def _ground(made: _Starter) -> None:
    made.draft.heading(1, "Assumptions")
    columns = [
        Column("Assumption", 5.0),
        Column("Value", 3.0),
        Column("Range", 3.0),
        Column("Grade", 1.4),
        Column("Source and date", 3.6),
    ]
    made.table("table.assumptions", "Assumptions and where they come from", columns)
    made.draft.heading(1, "Conventions")
    made.lines("Normal", "text.conventions", "Conventions in force")


def _header(made: _Starter) -> Element:
    title = made.field("text.title", "Title of the case")
    customer = made.field("text.customer", "Customer")
    return w("hdr", text.paragraph("Header", title, w("r", w("tab")), customer))


def _footer(made: _Starter) -> Element:
    pages = (
        *text.runs("Page "),
        *text.field("PAGE", "1"),
        *text.runs(" of "),
        *text.field("NUMPAGES", "1"),
    )
    scenario = made.field("text.scenario", "Scenario")
    words = text.runs("Scenario: ")
    return w("ftr", text.paragraph("Footer", *words, scenario, w("r", w("tab")), *pages))
