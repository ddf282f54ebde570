"""Tables in somebody's document: numbers are ours, everything else in them is a person's."""

from __future__ import annotations

import pytest

from tests.documents.embedding_documents import (
    BODY,
    W,
    cells,
    control,
    document,
    edited,
    paragraph,
    parts,
    root,
    row,
    run,
    table,
)
from valuecalc.documents.embedding import Missing, Outcome, Table, Words, fill

TAG = "table.benefits"
HEADS = ("Benefit", "Grade", "Total")
NOW = Table(
    HEADS, (("Fewer visits", "B", "£100"), ("Less travel", "C", "£200")), ("Sum", "", "£300")
)
LATER = Table(
    HEADS,
    (("Fewer visits", "A", "£110"), ("Less travel", "C", "£200"), ("New line", "D", "£50")),
    ("Sum", "", "£360"),
)
HEAD = row("Benefit", "Total", "Our remark", head=True)
TEMPLATE = document(
    control(TAG, table(HEAD, row("[Benefit]", "[Total]", ""), row("Total, EUR", "[Total]", "")))
)


def filled(content: bytes, now: Table = NOW) -> bytes:
    return fill(content, {TAG: now}).content


def again(content: bytes, now: Table = LATER, overwrite: set[str] | None = None) -> bytes:
    return fill(content, {TAG: now}, overwrite or ()).content


ONCE = filled(TEMPLATE)


class TestTheFirstTime:
    def test_fills_the_columns_that_are_known_by_their_heads(self) -> None:
        assert cells(ONCE) == [
            ["Benefit", "Total", "Our remark"],
            ["Fewer visits", "£100", ""],
            ["Less travel", "£200", ""],
            ["Total, EUR", "£300", ""],
        ]

    def test_knows_a_column_by_a_name_in_brackets_in_any_language(self) -> None:
        german = document(
            control(
                TAG, table(row("Nutzen", "Betrag", "Note"), row("[Benefit]", "[total]", "[Grade]"))
            )
        )
        assert cells(filled(german))[1] == ["Fewer visits", "£100", "B"]
        assert cells(again(filled(german)))[1] == ["Fewer visits", "£110", "A"]

    def test_takes_columns_in_their_order_where_none_has_a_head(self) -> None:
        bare = document(control(TAG, table(row("", "", ""), row("x", "y", "z"))))
        assert cells(filled(bare))[1:] == [list(each) for each in NOW.rows]

    def test_says_so_when_no_column_is_known(self) -> None:
        odd = document(control(TAG, table(row("Nutzen", "Betrag"), row("x", "y"))))
        done = fill(odd, {TAG: NOW})
        [left] = done.report.of(Outcome.LEFT)
        assert "[Total]" in left.remedy
        assert cells(done.content)[1][1] == "y"

    def test_keeps_a_row_that_was_prepared_by_hand(self) -> None:
        prepared = row("Less travel", "", "agreed with HR", fill="FFF3CD")
        content = document(control(TAG, table(HEAD, row("[Benefit]", "[Total]", ""), prepared)))
        assert cells(filled(content))[1:] == [
            ["Fewer visits", "£100", ""],
            ["Less travel", "£200", "agreed with HR"],
        ]

    def test_keeps_rows_of_a_persons_own_and_says_so(self) -> None:
        own = row("Goodwill", "priceless", "")
        content = document(control(TAG, table(HEAD, row("[Benefit]", "", ""), own)))
        done = fill(content, {TAG: NOW})
        assert ["Goodwill", "priceless", ""] in cells(done.content)
        assert [each.spot for each in done.report.of(Outcome.KEPT)] == [f"{TAG}[Goodwill]"]

    def test_gives_new_rows_the_format_of_the_model(self) -> None:
        styled = f"<w:p><w:pPr><w:jc w:val='right'/></w:pPr>{run('[Total]', '<w:i/>')}</w:p>"
        content = document(control(TAG, table(HEAD, row("[Benefit]", styled, "", fill="EEEEEE"))))
        made = root(filled(content))
        rows = list(made.iter(f"{W}tr"))[1:]
        for each in rows:
            assert [shade.get(f"{W}fill") for shade in each.iter(f"{W}shd")] == ["EEEEEE"] * 3
            assert len(list(each.iter(f"{W}jc"))) == 1
            assert len(list(each.iter(f"{W}i"))) == 1

    def test_makes_a_table_where_there_is_none(self) -> None:
        made = filled(document(control(TAG, paragraph("[Benefits]"))))
        assert cells(made) == [list(each) for each in (HEADS, *NOW.rows, NOW.total)]
        assert fill(made, {TAG: NOW}).content == made
        assert cells(again(made))[3] == list(LATER.rows[2])

    def test_says_how_many_rows_stood_there(self) -> None:
        once = filled(TEMPLATE)
        for content, rows in (
            (TEMPLATE, ""),
            (document(control(TAG, paragraph("-"))), ""),
            (document(control(TAG, table(HEAD, row("Fewer visits", "£1", "")))), "1 row"),
            (once, f"{len(NOW.rows)} rows"),
        ):
            [made] = fill(content, {TAG: LATER}).report.filled
            assert made.theirs == rows

    def test_makes_none_in_the_middle_of_a_line(self) -> None:
        content = document(paragraph(control(TAG, "[Benefits]")))
        done = fill(content, {TAG: NOW})
        assert done.content == content
        assert "rich text" in done.report.of(Outcome.LEFT)[0].remedy

    def test_fills_a_control_around_rows(self) -> None:
        around = control(TAG, row("[Benefit]", "[Total]", ""))
        content = document(table(HEAD, around, row("Below", "stays", "")))
        assert cells(filled(content)) == [
            ["Benefit", "Total", "Our remark"],
            ["Fewer visits", "£100", ""],
            ["Less travel", "£200", ""],
            ["Below", "stays", ""],
        ]
        assert len(cells(again(filled(content)))) == 5

    def test_shows_a_dash_for_a_table_without_rows(self) -> None:
        assert cells(filled(TEMPLATE, Table(HEADS, ())))[1] == ["–", "", ""]

    def test_tells_rows_of_the_same_name_apart(self) -> None:
        twins = Table(HEADS, (("Same", "A", "£1"), ("Same", "B", "£2")))
        once = filled(TEMPLATE, twins)
        assert [each[:2] for each in cells(once)[1:3]] == [["Same", "£1"], ["Same", "£2"]]
        later = Table(HEADS, (("Same", "A", "£3"), ("Same", "B", "£2")))
        assert [each[:2] for each in cells(again(once, later))[1:3]] == [
            ["Same", "£3"],
            ["Same", "£2"],
        ]

    def test_reports_why_there_is_nothing_for_it(self) -> None:
        done = fill(TEMPLATE, {TAG: Missing("The case has no plan.")})
        assert done.content == TEMPLATE
        assert done.report.of(Outcome.MISSING)[0].cause == "The case has no plan."
        [left] = fill(ONCE, {TAG: Missing("No benefits.")}).report.of(Outcome.LEFT)
        assert "from before" in left.cause


class TestTheNextTime:
    def test_brings_numbers_rows_and_total_up_to_date(self) -> None:
        assert [each[:2] for each in cells(again(ONCE))[1:]] == [
            ["Fewer visits", "£110"],
            ["Less travel", "£200"],
            ["New line", "£50"],
            ["Total, EUR", "£360"],
        ]

    def test_changes_nothing_when_nothing_has_changed(self) -> None:
        assert filled(ONCE) == ONCE

    def test_knows_an_amount_again_whose_sign_it_has_joined_to_it(self) -> None:
        loss = Table(HEADS, (("Fewer visits", "B", "−£100"),))
        once = filled(TEMPLATE, loss)
        assert filled(once, loss) == once
        assert cells(again(once, NOW))[1][1] == "£100"

    def test_keeps_remarks_shades_and_comments(self) -> None:
        mark = '<w:r><w:commentReference w:id="4"/></w:r>'
        first = "<w:tr>" + parts(ONCE)[BODY].decode().split("<w:tr>")[2]
        end = "</w:p></w:tc></w:tr>"
        remarked = first.replace(end, f"{run('agreed')}{mark}{end}")
        shaded = remarked.replace("<w:tcPr>", '<w:tcPr><w:shd w:fill="FFF3CD"/>')
        made = again(edited(ONCE, first, shaded))
        assert cells(made)[1] == ["Fewer visits", "£110", "agreed"]
        assert parts(made)[BODY].count(b"commentReference") == 1
        assert parts(made)[BODY].count(b"FFF3CD") == 3

    def test_does_not_copy_the_shade_that_somebody_gave_one_row(self) -> None:
        three = Table(HEADS, (*NOW.rows, ("Third", "A", "£1")))
        once = filled(TEMPLATE, three)
        shade = '<w:shd w:val="clear" w:color="auto" w:fill="FFF3CD"/>'
        place = "<w:tr><w:tc><w:tcPr>"
        shaded = edited(once, place, f"{place}{shade}")
        more = Table(HEADS, (*three.rows, ("Fourth", "A", "£2")))
        assert parts(again(shaded, more))[BODY].count(b"FFF3CD") == 1

    def test_keeps_a_cell_that_somebody_typed_over(self) -> None:
        typed = edited(ONCE, ">£100<", ">about £90<")
        done = fill(typed, {TAG: LATER})
        assert cells(done.content)[1] == ["Fewer visits", "about £90", ""]
        [conflict] = done.report.conflicts
        assert conflict.spot == f"{TAG}[Fewer visits][Total]"
        assert (conflict.theirs, conflict.ours) == ("about £90", "£110")
        assert len(fill(done.content, {TAG: NOW}).report.conflicts) == 1

    @pytest.mark.parametrize("allowed", [TAG, f"{TAG}[Fewer visits][Total]", "*"])
    def test_writes_over_it_when_allowed(self, allowed: str) -> None:
        typed = edited(ONCE, ">£100<", ">about £90<")
        assert cells(again(typed, overwrite={allowed}))[1][1] == "£110"

    def test_keeps_a_total_that_somebody_typed_over(self) -> None:
        typed = edited(ONCE, ">£300<", ">a lot<")
        done = fill(typed, {TAG: LATER})
        assert cells(done.content)[-1][1] == "a lot"
        assert done.report.conflicts[0].spot == f"{TAG}[Sum][Total]"

    def test_leaves_a_sum_that_word_works_out(self) -> None:
        field = paragraph(f'<w:fldSimple w:instr=" =SUM(ABOVE) ">{run("£7")}</w:fldSimple>')
        content = document(
            control(TAG, table(HEAD, row("[Benefit]", "[Total]", ""), row("Total", field, "")))
        )
        done = fill(content, {TAG: NOW})
        assert cells(done.content)[-1][1] == "£7"
        assert "field" in done.report.of(Outcome.LEFT)[0].cause

    def test_removes_a_row_that_is_gone(self) -> None:
        fewer = Table(HEADS, NOW.rows[:1], NOW.total)
        assert [each[0] for each in cells(again(ONCE, fewer))] == [
            "Benefit",
            "Fewer visits",
            "Total, EUR",
        ]

    def test_keeps_a_row_that_is_gone_when_somebody_wrote_into_it(self) -> None:
        fewer = Table(HEADS, NOW.rows[:1], NOW.total)
        typed = edited(ONCE, ">£200<", ">about £190<")
        done = fill(typed, {TAG: fewer})
        assert ["Less travel", "about £190", ""] in cells(done.content)
        [conflict] = done.report.conflicts
        assert conflict.spot == f"{TAG}[Less travel]"
        cleared = again(done.content, fewer, {conflict.spot})
        assert "Less travel" not in [each[0] for each in cells(cleared)]

    def test_keeps_a_row_that_is_gone_when_a_remark_stands_in_it(self) -> None:
        fewer = Table(HEADS, NOW.rows[1:], NOW.total)
        begin, end = "£100</w:t></w:r></w:p></w:tc><w:tc>", "</w:p></w:tc></w:tr>"
        body = parts(ONCE)[BODY].decode()
        last = body[body.index(begin) : body.index(end, body.index(begin))]
        done = fill(edited(ONCE, last, last + run("keep me")), {TAG: fewer})
        assert ["Fewer visits", "£100", "keep me"] in cells(done.content)
        assert len(done.report.conflicts) == 1

    def test_keeps_the_order_into_which_somebody_put_the_rows(self) -> None:
        body = parts(ONCE)[BODY].decode()
        rows = ["<w:tr>" + each for each in body.split("<w:tr>")[2:4]]
        turned = edited(ONCE, "".join(rows), rows[1] + rows[0])
        assert [each[0] for each in cells(again(turned))][1:] == [
            "Less travel",
            "New line",
            "Fewer visits",
            "Total, EUR",
        ]

    def test_keeps_a_row_that_somebody_added(self) -> None:
        added = edited(ONCE, "<w:tr><w:tc>", row("Mine", "£9", "") + "<w:tr><w:tc>")
        done = fill(added, {TAG: LATER})
        assert ["Mine", "£9", ""] in cells(done.content)
        assert done.report.of(Outcome.KEPT)[0].spot == f"{TAG}[Mine]"

    def test_knows_a_row_whose_name_somebody_changed(self) -> None:
        renamed = edited(ONCE, ">Fewer visits<", ">Fewer visits (net)<")
        done = fill(renamed, {TAG: LATER})
        assert cells(done.content)[1][:2] == ["Fewer visits (net)", "£110"]
        assert [each.spot for each in done.report.conflicts] == [f"{TAG}[Fewer visits][Benefit]"]

    def test_knows_columns_that_somebody_moved_or_renamed_no_head_of(self) -> None:
        wide = document(
            control(TAG, table(row("Benefit", "Grade", "Total"), row("[b]", "[g]", "[t]")))
        )
        once = filled(wide)
        body = parts(once)[BODY].decode()
        rows = body.split("<w:tr>")[1:]
        turned = body
        for each in rows:
            _, second, rest = each.split("<w:tc>")[1:]
            third = rest.partition("</w:tc>")[0]
            before = f"<w:tc>{second}<w:tc>{third}</w:tc>"
            after = f"<w:tc>{third}</w:tc><w:tc>{second}"
            turned = turned.replace(before, after)
        content = edited(once, body[body.index("<w:body>") :], turned[turned.index("<w:body>") :])
        assert cells(again(content))[1] == ["Fewer visits", "£110", "A"]

    def test_says_that_a_column_is_gone(self) -> None:
        gone = Table(("Benefit", "Sum"), (("Fewer visits", "£1"),))
        done = fill(ONCE, {TAG: gone})
        assert "no such column" in done.report.conflicts[0].cause

    def test_fills_a_row_anew_that_somebody_deleted(self) -> None:
        body = parts(ONCE)[BODY].decode()
        rows = ["<w:tr>" + each for each in body.split("<w:tr>")[2:4]]
        assert cells(again(edited(ONCE, rows[0], "")))[1][:2] == ["Fewer visits", "£110"]

    def test_keeps_what_somebody_tracked_in_a_row(self) -> None:
        mark = '<w:trPr><w:ins w:id="3" w:author="Ann"/></w:trPr>'
        fewer = Table(HEADS, NOW.rows[1:], NOW.total)
        tracked = edited(ONCE, "<w:tr><w:tc>", f"<w:tr>{mark}<w:tc>")
        done = fill(tracked, {TAG: fewer})
        assert cells(done.content)[1][0] == "Fewer visits"
        assert mark.encode() in parts(done.content)[BODY]

    def test_keeps_a_change_that_somebody_tracked_in_a_cell(self) -> None:
        ours = '<w:r><w:t xml:space="preserve">£100</w:t></w:r>'
        tracked = edited(ONCE, ours, f'<w:ins w:id="3" w:author="Ann">{ours}</w:ins>')
        done = fill(tracked, {TAG: LATER})
        assert cells(done.content)[1][1] == "£100"
        assert [each.spot for each in done.report.conflicts] == [f"{TAG}[Fewer visits][Total]"]

    def test_fills_two_tables_of_the_same_tag(self) -> None:
        one = control(TAG, table(HEAD, row("[Benefit]", "[Total]", "")))
        other = control(TAG, table(row("Benefit", "Grade"), row("[Benefit]", "[Grade]")))
        made = again(filled(document(one, other)))
        assert cells(made, 0)[1] == ["Fewer visits", "£110", ""]
        assert cells(made, 1)[1] == ["Fewer visits", "A"]

    def test_leaves_a_control_within_a_cell_to_its_own_tag(self) -> None:
        inner = paragraph(control("value.npv", "-"))
        content = document(control(TAG, table(HEAD, row("[Benefit]", "[Total]", inner))))
        made = fill(content, {TAG: NOW, "value.npv": Words("£7")}).content
        assert cells(made)[1] == ["Fewer visits", "£100", "£7"]

    def test_counts_columns_where_cells_stand_over_several(self) -> None:
        wide = row("Benefit", "Total", head=True).replace(
            "<w:tcPr>", '<w:tcPr><w:gridSpan w:val="2"/>', 1
        )
        content = document(control(TAG, table(wide, row("[b]", "mine", "x"))))
        assert cells(again(filled(content)))[1] == ["Fewer visits", "mine", "£110"]

    def test_keeps_words_where_a_table_would_stand(self) -> None:
        words = "".join(paragraph(each) for each in ("Ours.", "And more of it."))
        done = fill(document(control(TAG, words)), {TAG: NOW})
        assert cells_or_none(done.content) is None
        assert len(done.report.conflicts) == 1


def cells_or_none(content: bytes) -> list[list[str]] | None:
    has_table = next(root(content).iter(f"{W}tbl"), None) is not None
    return cells(content) if has_table else None
