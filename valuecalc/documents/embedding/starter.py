"""A template to begin with: a short value proposal whose every number stands in a control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valuecalc.case.case import Case
from valuecalc.documents import languages
from valuecalc.documents.charts import PAPER
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.embedding import archive
from valuecalc.documents.languages import Language, spoken, spoken_pieces
from valuecalc.documents.proposal import package, pictures, tables, text
from valuecalc.documents.proposal.controls import LONGEST_NAME
from valuecalc.documents.proposal.draft import Draft, Field
from valuecalc.documents.proposal.tables import Column, Line, Row
from valuecalc.documents.proposal.xml import Element, markup, one_line, w
from valuecalc.engine.calculate import calculate
from valuecalc.phrases import phrase

TITLE = phrase("Value proposal")

_TEXT_WIDTH = 16.0
_REMARK = phrase("Our remark")
_ROI = phrase("Return on investment")
_EXPLAINED = phrase(
    "Numbers, tables and pictures of this document stand in content controls, each tagged with "
    "what it shows. Write around them whatever you like, in any format: when it is filled again, "
    "only what is in the controls changes, and what you have typed over stays."
)


@dataclass(frozen=True)
class _Placed:
    """An element inside a phrase."""

    element: Element
    text: str = ""


def inline(words: str) -> list[Element]:
    """The runs of a text of ours, and the elements inside it."""
    made: list[Element] = []
    for each in spoken_pieces(words):
        made += [each.element] if isinstance(each, _Placed) else text.runs(each)
    return made


@dataclass
class _Starter:
    """The draft of the template, and the last number of a control."""

    draft: Draft

    def field(self, tag: str, label: str, *, kind: str = "text") -> Element:
        """A control of words, which shows its label in brackets."""
        return self.control(tag, label, *text.runs(f"[{spoken(label)}]"), kind=kind)

    def control(self, tag: str, label: str, *content: Element, kind: str = "") -> Element:
        """A control around something; Word lets nobody delete it by mistake."""
        properties = w(
            "sdtPr",
            w("alias", val=one_line(spoken(label), LONGEST_NAME)),
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
            inside += inline(each) if isinstance(each, str) else [each]
        self.draft.add(text.paragraph(style, *inside))

    def lines(self, style: str, tag: str, label: str) -> None:
        """A control around a paragraph, which becomes one for each line."""
        paragraph = text.paragraph(style, *text.runs(f"[{spoken(label)}]"))
        self.draft.add(self.control(tag, label, paragraph))

    def wrap(self, tag: str, label: str, place: int = -1, *, kind: str = "") -> None:
        """Put a control around what has just been written."""
        self.draft.body[place] = self.control(tag, label, self.draft.body[place], kind=kind)

    def table(
        self, tag: str, label: str, columns: Sequence[Column], total: str = "", first: str = ""
    ) -> None:
        """A table with its heads, a row that all others follow, and a total."""
        self.draft.caption("Table", label)
        heads = [spoken(column.head) for column in columns]
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
        pictures.add(self.draft, spoken(label), drawing.markup(), caption, "")
        self.wrap(tag, label, -2, kind="picture")


def starter(language: Language | None = None) -> bytes:
    """The template as a Word document (`.docx`): always the same bytes.

    Without a `language` it is in the one that is spoken, English if there is none.
    """
    with languages.speaking(language or languages.current()):
        return _written()


def _written() -> bytes:
    made = _Starter(Draft(calculate(Case(title=spoken(TITLE)))))
    for section in (_opening, _value, _lines, _cash_flow, _certainty, _plan, _ground):
        section(made)
    parts = {"word/header1.xml": markup(_header(made)), "word/footer1.xml": markup(_footer(made))}
    return archive.changed(package.packed(made.draft), parts)


def _opening(made: _Starter) -> None:
    made.write("Kicker", phrase("Proposal"))
    made.write("Title", made.field("text.title", phrase("Title of the case")))
    customer = made.field("text.customer", phrase("Customer"))
    made.write("Subtitle", phrase("for {customer}", customer=_Placed(customer)))
    scenario = made.field("text.scenario", phrase("Scenario"))
    day = made.field("text.decision_date", phrase("Day of the decision"))
    horizon = made.field("text.horizon", phrase("Horizon"))
    facts = phrase(
        "Scenario: {scenario}\u2003Decision: {day}\u2003Horizon: {horizon}",
        scenario=_Placed(scenario),
        day=_Placed(day),
        horizon=_Placed(horizon),
    )
    made.write("Facts", facts)
    made.write("KeyMessage", made.field("text.key_message", phrase("The value in one message")))
    _headline(made)
    made.draft.write("Normal", _EXPLAINED)


def _headline(made: _Starter) -> None:
    """Four figures side by side, each a control in a cell.

    Which ROI it is depends on the case, so what it is called is filled in as well.
    """
    figures = (
        ("value.value", phrase("Value")),
        ("value.npv", phrase("Net present value")),
        ("text.headline_roi", _ROI),
        ("value.payback", phrase("Payback")),
    )
    cells = [[Line([tag], "Number15"), Line([label], "StripLabel")] for tag, label in figures]
    columns = [Column("", _TEXT_WIDTH / len(figures))] * len(figures)
    tables.table(
        made.draft, columns, [Row(cells)], title=phrase("Headline figures"), look=tables.STRIP
    )
    labels = dict(figures)
    for paragraph in list(made.draft.body[-1].iter(text.paragraph("Normal").tag)):
        tag = "".join(paragraph.itertext())
        if tag in labels:
            for run in paragraph.findall(w("r").tag):
                paragraph.remove(run)
            paragraph.append(made.field(tag, labels[tag]))
        elif tag == spoken(_ROI):
            name = paragraph.findall(w("r").tag)
            paragraph.append(made.control("text.headline_roi_name", _ROI, *name, kind="text"))
    made.draft.write("AfterTable")


def _value(made: _Starter) -> None:
    made.draft.heading(1, phrase("Value proposition"))
    made.lines("Normal", "text.statement", phrase("Value proposition in its five parts"))
    made.draft.heading(1, phrase("How the value comes about"))
    made.write("Normal", made.field("text.reading", phrase("Which lines decide")))
    made.picture("image.waterfall", phrase("Waterfall"), phrase("From benefits to value."))
    made.picture(
        "image.cumulative_cash", phrase("Cumulative cash"), phrase("Cumulative cash over time.")
    )


def _lines(made: _Starter) -> None:
    for heading, tag, noun, total in (
        # For translators: the totals of tables begin with Total, Gesamt, Insgesamt, Summe, Somme
        # or Suma, by which they are known in documents of other people.
        (phrase("Benefits"), "table.benefits", phrase("Benefit"), phrase("Total benefits")),
        (
            phrase("Investment"),
            "table.investments",
            phrase("Investment"),
            phrase("Total investment"),
        ),
    ):
        made.draft.heading(1, heading)
        columns = [
            Column(noun, 5.4),
            Column(phrase("Grade"), 1.4),
            Column(phrase("Total"), 3.0, numeric=True),
            Column(phrase("Present value"), 3.0, numeric=True),
        ]
        made.table(tag, heading, [*columns, Column(_REMARK, 3.2)], total)
    _without_brackets(made, f"[{spoken(_REMARK)}]")


def _without_brackets(made: _Starter, words: str) -> None:
    """Empty the cells that are for people, and not for us."""
    for element in made.draft.body:
        for each in element.iter(w("t").tag):
            if each.text == words:
                each.text = ""


def _cash_flow(made: _Starter) -> None:
    made.draft.heading(1, phrase("Cash flow by year"))
    made.lines("Normal", "table.cash_flow", phrase("Cash flow by year"))
    made.draft.heading(1, phrase("Scenarios"))
    made.lines("Normal", "table.scenarios", phrase("Scenarios side by side"))


def _certainty(made: _Starter) -> None:
    made.draft.heading(1, phrase("What moves the value most"))
    made.picture("image.tornado", phrase("Tornado"), phrase("What the value depends on most."))


def _plan(made: _Starter) -> None:
    made.draft.heading(1, phrase("Implementation plan"))
    made.picture("plan.gantt", phrase("Plan"), phrase("The plan over time."))
    columns = [
        Column(phrase("Decision"), 6.4),
        Column(phrase("Who"), 5.2),
        Column(phrase("When"), 4.4),
    ]
    made.table("plan.decisions", phrase("Decisions"), columns)


def _ground(made: _Starter) -> None:
    made.draft.heading(1, phrase("Assumptions"))
    columns = [
        Column(phrase("Assumption"), 5.0),
        Column(phrase("Value"), 3.0),
        Column(phrase("Range"), 3.0),
        Column(phrase("Grade"), 1.4),
        Column(phrase("Source and date"), 3.6),
    ]
    made.table("table.assumptions", phrase("Assumptions and where they come from"), columns)
    made.draft.heading(1, phrase("Conventions"))
    made.lines("Normal", "text.conventions", phrase("Conventions in force"))


def _header(made: _Starter) -> Element:
    title = made.field("text.title", phrase("Title of the case"))
    customer = made.field("text.customer", phrase("Customer"))
    return w("hdr", text.paragraph("Header", title, w("r", w("tab")), customer))


def _footer(made: _Starter) -> Element:
    page = phrase("Page {page} of {pages}", page=Field("PAGE", "1"), pages=Field("NUMPAGES", "1"))
    pages = made.draft.inline([page])
    field = made.field("text.scenario", phrase("Scenario"))
    scenario = inline(phrase("Scenario: {scenario}", scenario=_Placed(field)))
    return w("ftr", text.paragraph("Footer", *scenario, w("r", w("tab")), *pages))
