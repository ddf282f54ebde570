"""A table into a control: rows are found again by their first words, formats are a person's.

What a person has written stays: cells typed over, rows added by hand, columns of remarks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from valuecalc.documents import languages
from valuecalc.documents.embedding.contents import Table, rows_in_words
from valuecalc.documents.embedding.controls import CONTENT, holds_changes
from valuecalc.documents.embedding.grid import (
    BRACKETS,
    Grid,
    cells,
    first_words,
    is_blank,
    is_touched,
    like,
    usual,
    words,
)
from valuecalc.documents.embedding.report import Outcome
from valuecalc.documents.embedding.state import TableState, hash_of
from valuecalc.documents.embedding.telling import TYPED_OVER, Telling
from valuecalc.documents.embedding.writing import put_in_cell
from valuecalc.documents.proposal.xml import Element, qualified

TOTAL = "= total"
"""What the state calls the row of the total."""

HEADS = "= heads"
"""What it calls the heads of the columns that are still as we would write them."""

_OF_ITS_OWN = (qualified("w:fldChar"), qualified("w:fldSimple"), qualified("w:sdt"))


def names_of(table: Table) -> list[str]:
    """What we call the columns of a table in any language: their English heads, or numbers."""
    return [name or f"column {number}" for number, name in enumerate(table.names, start=1)]


def totals_of(table: Table, was: TableState | None) -> frozenset[str]:
    """The hashes of what we call the total of a table, and of what we called it before."""
    before = was.rows.get(TOTAL, {}).get(names_of(table)[0]) if was else None
    return frozenset(filter(None, (before, hash_of(table.total[0]) if table.total else None)))


def matched_columns(grid: Grid, table: Table, was: TableState | None) -> dict[int, int]:
    """Which of our columns belongs into each column of the document's table.

    The first column is the first. Another one is known by a name in brackets in the first row,
    by what it was at the last filling, or by its head, each in English or in the language of
    the table. Only in a table without any heads the columns are taken in their order.
    """
    names = _numbered(table)
    known = {} if was is None else was.columns
    asked = _asked(grid) if was is None else {}
    found = {0: 0}
    for column, head in grid.head_words.items():
        bracket = BRACKETS.fullmatch(asked.get(column, ""))
        named = _in_english(bracket[1], table) if bracket else ""
        offered = (named, known.get(head, ""), head)
        matched = next((each.casefold() for each in offered if each.casefold() in names), None)
        if column and matched is not None:
            found[column] = names[matched]
    heads = [head for column, head in grid.head_words.items() if column]
    if not any(heads) and len(found) == 1:
        widest = max((max(cells(row), default=0) for row in grid.body), default=len(table.heads))
        return {column: column for column in range(min(len(table.heads), widest + 1))}
    return found


def _in_english(name: str, table: Table) -> str:
    """What a column is called whose name in brackets is in the language of the template."""
    english = names_of(table)
    for language in languages.listed():
        for each in english:
            if language.catalogue.pattern(each, "", 0).casefold() == name.casefold():
                return each
    return name


def _numbered(table: Table) -> dict[str, int]:
    """The numbers of our columns by what they are called, in English and as they are headed."""
    numbers: dict[str, int] = {}
    for texts in (names_of(table), table.heads):
        for number, text in enumerate(texts):
            if text:
                numbers.setdefault(" ".join(text.split()).casefold(), number)
    return numbers


def _asked(grid: Grid) -> dict[int, str]:
    """What stands in the first row of a new template, by column."""
    if not grid.body:
        return {}
    return {column: words(cell) for column, cell in cells(grid.body[0]).items()}


def keyed(labels: Iterable[str]) -> list[str]:
    """The labels of rows; one that comes again has its number behind it."""
    seen: Counter[str] = Counter()
    found = []
    for label in labels:
        seen[label] += 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found


def put(
    grid: Grid,
    table: Table,
    was: TableState | None,
    telling: Telling,
    *,
    is_new: bool = False,
) -> TableState:
    """Fill the table of a control; returns what was written, for the next time.

    `is_new` says that the table has just been made of the same rows.
    """
    return _Filling(grid, table, None if is_new else was, telling, changed=is_new).done()


@dataclass
class _Filling:
    """One table that is being filled."""

    grid: Grid
    table: Table
    was: TableState | None
    telling: Telling
    now: TableState = field(default_factory=TableState)
    changed: bool = False

    def __post_init__(self) -> None:
        self.names = names_of(self.table)
        self.columns = matched_columns(self.grid, self.table, self.was)
        labels = [" ".join(key.split()) for key in self.table.keys]
        self.rows = dict(zip(keyed(labels), self.table.rows, strict=True))
        self.found = dict(zip(self._found_keys(), self.grid.body, strict=True))
        self.until_now = "" if self.changed else rows_in_words(self._count_rows())

    def _count_rows(self) -> int:
        """How many rows stand there; those that only show where things would stand do not count."""
        return sum(not self._is_empty_model(row) for row in self.grid.body)

    def _found_keys(self) -> list[str]:
        """The keys of the rows that are there: their first words, in English where we know it."""
        known = self._keys_by_hash()
        keys: list[str] = []
        labels = [first_words(row) for row in self.grid.body]
        for label, usual_key in zip(labels, keyed(labels), strict=True):
            offered = known.get(hash_of(label), [])
            key = next((each for each in offered if each not in keys), usual_key)
            while key in keys:
                key = f"{key} (2)"
            keys.append(key)
        return keys

    def _keys_by_hash(self) -> dict[str, list[str]]:
        """The keys of our rows by the hash of their first words, now and when we wrote them."""
        name = self.names[0]
        written = dict(self.was.rows) if self.was else {}
        found: dict[str, list[str]] = {}
        for key, row in self.rows.items():
            before = written.pop(key, {}).get(name)
            for hash in {hash_of(row[0]), before or hash_of(row[0])}:
                found.setdefault(hash, []).append(key)
        for key, hashes in written.items():
            if key not in (TOTAL, HEADS) and name in hashes:
                found.setdefault(hashes[name], []).append(key)
        return found

    def done(self) -> TableState:
        self._keep_columns()
        self._find_renamed()
        spare = self._spare_row()
        self._place_rows(spare)
        self._tell_of_other_rows(spare)
        self._fill_total()
        outcome = Outcome.FILLED if self.changed else Outcome.UNCHANGED
        self.telling.add(outcome, theirs=self.until_now, ours=self.table.preview)
        return self.now

    # ---------------------------------------------------------------- columns

    def _keep_columns(self) -> None:
        for column, head in self.grid.head_words.items():
            if column in self.columns:
                ours = self.columns[column]
                self.now.columns[self._fill_head(column, ours, head)] = self.names[ours]
            elif self.was is not None and head in self.was.columns:
                self.telling.add(
                    Outcome.CONFLICT,
                    f"[{head}]",
                    theirs=head,
                    cause="The result has no such column any more; its numbers are old.",
                    remedy="Remove the column.",
                )
        if len(self.columns) == 1 and len(self.names) > 1:
            offered = ", ".join(f"[{name}]" for name in self.names[1:])
            self.telling.add(
                Outcome.LEFT,
                cause="No column beside the first one is known.",
                remedy=f"Write one of {offered} into the cells of its first row.",
            )

    def _fill_head(self, column: int, ours: int, head: str) -> str:
        """Write a head anew if it is ours, in another language; returns what stands there."""
        if self.grid.control.level == "row":
            return head  # which stands outside of the control
        name, wanted = self.names[ours], " ".join(self.table.heads[ours].split())
        before = self.was.rows.get(HEADS, {}).get(name) if self.was else None
        if before == hash_of(head) and wanted and head != wanted:
            cell = cells(self.grid.heads[-1])[column]
            if not holds_changes(cell) and next(cell.iter(*_OF_ITS_OWN), None) is None:
                put_in_cell(cell, wanted)
                self.changed, head = True, wanted
        if head and hash_of(head) == hash_of(wanted):
            self.now.rows.setdefault(HEADS, {})[name] = hash_of(wanted)
        return head

    # ---------------------------------------------------------------- rows

    def _find_renamed(self) -> None:
        """Rows whose label a person has changed are known by the rest of what we wrote."""
        if self.was is None:
            return
        lost = [key for key in self.rows if key not in self.found and key in self.was.rows]
        for key, row in list(self.found.items()):
            if key in self.rows or key in self.was.rows:
                continue
            same = next((each for each in lost if self._is_as_written(row, each, 1)), None)
            if same is not None:
                lost.remove(same)
                self.found[same] = self.found.pop(key)

    def _is_as_written(self, row: Element, key: str, first: int) -> bool:
        """Whether the cells from a column on hold what we wrote into them."""
        hashes = self.was.rows.get(key, {}) if self.was else {}
        pairs = [
            (hashes.get(self.names[ours]), hash_of(words(cell)))
            for column, ours, cell in self._cells(row)
            if column >= first
        ]
        return bool(pairs) and all(before == after for before, after in pairs)

    def _cells(self, row: Element) -> Iterator[tuple[int, int, Element]]:
        """The cells of a row that are ours: their column, our column, and the cell."""
        for column, cell in cells(row).items():
            if column in self.columns:
                yield column, self.columns[column], cell

    def _spare_row(self) -> Element | None:
        """The model row of a table that is filled for the first time."""
        if self.was is not None or not self.grid.body:
            return None
        first = self.grid.body[0]
        return None if any(first is self.found.get(key) for key in self.rows) else first

    def _place_rows(self, spare: Element | None) -> None:
        model, kept = self._model()
        place, in_place = self._beginning(), None
        if spare is not None and self.rows:
            in_place = next((key for key in self.rows if key not in self.found), None)
        for key, row in self.rows.items():
            existing = spare if key == in_place else self.found.get(key)
            is_new = existing is None or existing is spare
            element = like(model, kept) if existing is None else existing
            if existing is None:
                _insert(place, element, self.grid)
                self.changed = True
            self._fill_row(key, row, element, is_new)
            place = element
        if spare is not None and in_place is None:
            spare.getparent().remove(spare)
            self.changed = True

    def _model(self) -> tuple[Element, frozenset[int]]:
        """The row that new ones look like, and the columns whose words they take over."""
        ours = [row for key, row in self.found.items() if self.was and key in self.was.rows]
        if ours:
            return usual(ours), frozenset()
        candidates = self.grid.body or self.grid.heads
        model = candidates[0]
        texts = {column: words(cell) for column, cell in cells(model).items()}
        own = (column for column, text in texts.items() if not is_blank(text))
        if self.was is not None or not self.grid.body:
            return model, frozenset()
        return model, frozenset(column for column in own if column not in self.columns)

    def _beginning(self) -> Element | None:
        """The row after which a new first row stands; None for the very first."""
        if self.grid.control.level == "row" or not self.grid.heads:
            return None
        return self.grid.heads[-1]

    def _tell_of_other_rows(self, spare: Element | None) -> None:
        for key, row in self.found.items():
            if key in self.rows or row is spare:
                continue
            if self.was is not None and key in self.was.rows:
                self._part_with(key, row)
            elif self._is_empty_model(row):
                row.getparent().remove(row)
                self.changed = True
            else:
                cause = "The row is not one of ours and was kept."
                self.telling.add(Outcome.KEPT, f"[{key}]", theirs=words(row), cause=cause)

    def _is_empty_model(self, row: Element) -> bool:
        """Whether a row of a new template shows only where things would stand."""
        return self.was is None and all(is_blank(words(cell)) for cell in cells(row).values())

    def _part_with(self, key: str, row: Element) -> None:
        """Take away a row that the result no longer has, unless a person wrote into it."""
        others = [cell for column, cell in cells(row).items() if column not in self.columns]
        is_ours = self._is_as_written(row, key, 0) and not is_touched(row)
        spot = f"[{key}]"
        if (is_ours and not any(map(words, others))) or self.telling.may_overwrite(spot):
            row.getparent().remove(row)
            self.changed = True
            return
        assert self.was is not None, "it was written before"
        self.now.rows[key] = self.was.rows[key]
        cause = "The result has no such row any more, and somebody has written into it."
        self.telling.conflict(spot, words(row), "", cause)

    # ---------------------------------------------------------------- cells

    def _fill_row(self, key: str, row: tuple[str, ...], element: Element, is_new: bool) -> None:
        hashes = self.was.rows.get(key, {}) if self.was else {}
        for _, ours, cell in self._cells(element):
            name = self.names[ours]
            fresh = is_new or (self.was is None)
            kept = self._fill_cell(f"[{key}][{name}]", cell, row[ours], hashes.get(name), fresh)
            if kept is not None:
                self.now.rows.setdefault(key, {})[name] = kept

    def _fill_cell(
        self, spot: str, cell: Element, text: str, before: str | None, is_new: bool
    ) -> str | None:
        """Write a cell unless a person did; returns the hash to keep of it."""
        current = words(cell)
        if hash_of(current) == hash_of(text):
            return hash_of(text)
        if next(cell.iter(*_OF_ITS_OWN), None) is not None:
            cause = "A field or a control of its own stands in the cell."
            self.telling.add(Outcome.LEFT, spot, theirs=current, ours=text, cause=cause)
            return before
        is_ours = is_new or before == hash_of(current) or (before is None and is_blank(current))
        if (is_ours and not holds_changes(cell)) or self.telling.may_overwrite(spot):
            put_in_cell(cell, text)
            self.changed = True
            return hash_of(text)
        self.telling.conflict(spot, current, text, TYPED_OVER)
        return before

    def _fill_total(self) -> None:
        row, total = self.grid.total, self.table.total
        if row is None or not total:
            return
        hashes = self.was.rows.get(TOTAL, {}) if self.was else {}
        for column, ours, cell in self._cells(row):
            name = self.names[ours]
            # What the total is called is the person's, unless it is what we have called it.
            is_theirs = column == 0 and not is_blank(words(cell))
            if is_theirs and hash_of(words(cell)) not in self.grid.of_total:
                continue
            spot = f"[{total[0]}][{name}]"
            kept = self._fill_cell(spot, cell, total[ours], hashes.get(name), self.was is None)
            if kept is not None:
                self.now.rows.setdefault(TOTAL, {})[name] = kept


def _insert(place: Element | None, row: Element, grid: Grid) -> None:
    if place is not None:
        # Rows may have a control of their own around them; a new one stands behind it.
        around = place.getparent()
        is_wrapped = around.tag == CONTENT and grid.control.content is not around
        (around.getparent() if is_wrapped else place).addnext(row)
    elif grid.rows:
        grid.rows[0].addprevious(row)
    else:
        holder = grid.table if grid.control.content is None else grid.control.content
        assert holder is not None, "there is a table"
        holder.append(row)
