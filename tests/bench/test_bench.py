"""The bench measures what it says, and would notice a disagreement."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import openpyxl
import pytest
from playwright.sync_api import Browser

from tests import chromium
from tests.bench import (
    agreement,
    documents,
    editor,
    editor_server,
    measure,
    ours,
    portfolio_at_work,
    portfolios,
    probabilistic,
    reference,
    report,
    service,
    simulations,
    store_growth,
    workbooks,
)
from tests.bench.by_hand import HandWritten
from tests.bench.measure import FEWEST_TURNS, in_new_process, side_by_side
from tests.bench.peers import Book, Peer, Unavailable
from tests.databases import upgrade
from tests.documents.proposal_reader import small_pictures
from tests.large_case import large_document
from valuecalc.case.checks import errors
from valuecalc.documents import proposal
from valuecalc.documents.office import OFF, Office
from valuecalc.engine.calculate import calculate as worked_out
from valuecalc.engine.model import compile_case
from valuecalc.engine.portfolio.portfolio import calculate
from valuecalc.engine.portfolio.request import Entry, PortfolioRequest
from valuecalc.schemas.case import load_case
from valuecalc.services import library, saved_cases, versions

Answer = TypeVar("Answer")

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "benchmarks.md"
ECHO = """
import json, sys
print(json.dumps({"seconds": 0.5}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    values = [sum(request["set"].values())] * len(request["get"])
    print(json.dumps({"seconds": 0.25, "values": values}), flush=True)
"""


def test_the_reference_has_the_size_that_the_documentation_tells() -> None:
    case = reference.case()
    assert len(case.assumptions) == 30
    assert all(not each.is_certain for each in case.assumptions)
    assert len(case.calculations) + len(case.lines) == 40
    assert (len(case.benefits), len(case.investments)) == (8, 8)
    assert reference.formulas(case) == 50
    assert case.timeline.periods == 60


@pytest.mark.parametrize("lines", [10, 40, 100, 500])
def test_a_reference_of_another_size_is_sound_and_has_other_texts(lines: int) -> None:
    case = reference.case(lines=lines)
    assert not errors(case)
    formulas = [each.formula for each in case.calculations]
    formulas += [each.formula for each in case.lines]
    assert len(formulas) == lines
    assert len(set(formulas)) > 0.95 * lines


@pytest.mark.parametrize("months", [12, 60, 600])
def test_hand_written_numpy_and_we_agree(months: int) -> None:
    agreement.by_hand_and_ours(reference.case(months=months))


def test_a_model_that_is_off_by_a_millionth_is_a_disagreement() -> None:
    case = reference.case()
    first, *others = case.benefits
    wrong = replace(case, benefits=(replace(first, realisation="80.0001%"), *others))
    with pytest.raises(agreement.Disagreement, match="expected values: totals"):
        agreement.by_hand_and_ours(wrong)


def test_an_npv_that_is_missing_is_a_disagreement() -> None:
    with pytest.raises(agreement.Disagreement, match="NPV"):
        agreement.compare("a peer", ([1.0], 2.0), ([1.0], float("nan")))


def test_the_ends_move_one_assumption_each() -> None:
    case = reference.case()
    expected, ends = ours.expected(case), ours.ends(case)
    moved = np.array([ends[name] != value for name, value in expected.items()])
    assert moved.sum(axis=0).tolist() == [1] * 60


def test_forgetting_makes_a_case_be_compiled_anew() -> None:
    case = reference.case(lines=10)
    before = compile_case(case).program
    assert compile_case(case).program is before
    ours.forget()
    assert compile_case(case).program is not before


def test_the_hand_written_totals_are_those_of_a_calculation_on_paper() -> None:
    case = reference.case()
    totals, _ = HandWritten(60).what_if(ours.expected(case))
    assert totals[12] == 1_800 * 140
    assert totals[15] == pytest.approx(55_000 * 1.18 * 59)


def test_everybody_has_turns_and_the_median_is_told() -> None:
    slow, fast = count(1), iter([5.0, 1.0, 3.0])
    found = side_by_side({"slow": lambda: float(next(slow)), "fast": lambda: next(fast)}, 0)
    assert found == {"slow": (1 + FEWEST_TURNS) / 2, "fast": 3.0}


def test_a_new_process_tells_its_time_and_its_memory() -> None:
    seconds, small = in_new_process("time.sleep(0.05)")
    _, large = in_new_process("block = b'x' * 64 * 1024**2")
    assert 0.05 <= seconds < 120
    assert 48 < large - small < 80


def test_a_peer_answers_for_the_cells_of_the_book(tmp_path: Path) -> None:
    peer = Peer("echo", [sys.executable, "-c", ECHO], book(tmp_path), limit=30)
    assert peer.loading == 0.5
    assert peer.ask({"price": 3.0}) == (0.25, [3.0], 3.0)
    peer.close()
    assert peer.process.returncode == 0


def test_a_peer_that_is_too_slow_is_ended_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"snail: not ready within 0 seconds"):
        Peer("snail", [sys.executable, "-c", "import time; time.sleep(60)"], book(tmp_path), 0.2)


def test_a_peer_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"broken: ValueError: no licence"):
        Peer("broken", [sys.executable, "-c", "raise ValueError('no licence')"], book(tmp_path), 30)


def book(folder: Path) -> Book:
    cells = {"price": "Inputs!A1"}
    return Book(folder / "book.xlsx", cells, totals=("Cash!B1",), npv="Cash!B2", formulas=2)


def test_a_table_is_put_between_the_markers_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before\n\n<!-- bench -->\nold\n<!-- /bench -->\n\nAfter\n")
    assert report.write_between_markers(page, "new")
    expected = "Before\n\n<!-- bench -->\n\nnew\n\n<!-- /bench -->\n\nAfter\n"
    assert page.read_text() == expected
    assert report.write_between_markers(page, "new")
    assert page.read_text() == expected


def test_each_part_of_a_page_has_markers_of_its_own(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- bench -->\na\n<!-- /bench -->\n<!-- bench growth --><!-- /bench growth -->"
    )
    assert report.write_between_markers(page, "b", "bench growth")
    assert "<!-- bench -->\na\n<!-- /bench -->" in page.read_text()
    assert "<!-- bench growth -->\n\nb\n\n<!-- /bench growth -->" in page.read_text()


@pytest.mark.parametrize("part", report.PARTS)
def test_the_document_has_a_place_for_every_part(part: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.count(f"<!-- {part} -->") == text.count(f"<!-- /{part} -->") == 1


@pytest.mark.parametrize("text", ["no markers", "<!-- /bench --> wrong way <!-- bench -->"])
def test_a_page_without_markers_is_left_alone(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    assert not report.write_between_markers(page, "new")
    assert not report.write_between_markers(tmp_path / "missing.md", "new")
    assert page.read_text() == text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (85.2e-6, "85.2 µs"),
        (1.24e-3, "1.24 ms"),
        (0.123, "123 ms"),
        (2.5, "2.50 s"),
        (0, "0.00 µs"),
    ],
)
def test_a_duration_has_three_digits(seconds: float, shown: str) -> None:
    assert report.duration(seconds) == shown


def test_a_table_is_markdown_with_aligned_columns() -> None:
    table = report.Table("Title", ("work", "time"), [("one", "1 s"), ("longer", "12 s")], "Note.")
    assert table.markdown.splitlines() == [
        "| work   | time |",
        "| ------ | ---: |",
        "| one    | 1 s  |",
        "| longer | 12 s |",
        "",
        "Note.",
    ]


# --------------------------------------------------------------------------- many draws


def test_a_two_way_table_has_every_value_of_one_with_every_value_of_the_other() -> None:
    points = ours.two_way(reference.case(), "churn", "energy_price", 21)
    pairs = set(zip(points["churn"].tolist(), points["energy_price"].tolist(), strict=True))
    assert len(pairs) == 441
    assert {min(each for each, _ in pairs), max(each for each, _ in pairs)} == {0.015, 0.022}


@pytest.mark.parametrize("months", [12, 60])
def test_both_give_every_draw_the_same_value_in_whatever_chunks(months: int) -> None:
    case = reference.case(months=months)
    values = simulations.drawn(case, 5_000)
    hand = simulations.by_hand(HandWritten(months, many=True), values)
    mine = simulations.ours(compile_case(case), values)
    agreement.compare("draws", hand, mine, size=float(np.abs(hand[1]).mean()))


def test_draws_stay_in_their_ranges_and_are_the_same_again() -> None:
    case = reference.case()
    values, again = simulations.drawn(case, 100), simulations.drawn(case, 100)
    for each in case.assumptions:
        assert each.low is not None
        assert each.high is not None
        assert each.low <= values[each.id].min() <= values[each.id].max() <= each.high
        assert values[each.id].tolist() == again[each.id].tolist()


def test_one_draw_that_is_off_is_a_disagreement_and_noise_of_a_small_one_is_not() -> None:
    npv = np.array([1e6, -1e6, 1e-3])
    agreement.compare("a peer", ([1.0], np.array([1e6, -1e6, 1e-3 + 1e-7])), ([1.0], npv), size=1e6)
    with pytest.raises(agreement.Disagreement, match="NPV"):
        agreement.compare(
            "a peer", ([1.0], np.array([1e6, 0.01 - 1e6, 1e-3])), ([1.0], npv), size=1e6
        )


def test_a_simulator_that_cannot_be_installed_says_so(tmp_path: Path) -> None:
    def installed(folder: Path) -> list[str]:
        probabilistic._run_whole([sys.executable, "-c", "raise OSError('offline')"], folder / "it")
        return []

    with pytest.raises(Unavailable, match="Odds cannot be installed here: OSError: offline"):
        probabilistic.Simulator("Odds", 10, installed).command(tmp_path)
    assert not (tmp_path / "it").exists()


def test_a_simulator_that_answers_something_else_does_not_run_here(tmp_path: Path) -> None:
    odds = probabilistic.Simulator("Odds", 10, lambda folder: [])
    with pytest.raises(Unavailable, match="Odds does not run here"):
        odds.ask([sys.executable, "-c", "print({})"], tmp_path)


def test_an_installation_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    make = "import pathlib, sys; pathlib.Path(sys.argv[1], 'here').touch()"
    probabilistic._run_whole([sys.executable, "-c", make, "{target}"], tmp_path / "it")
    assert (tmp_path / "it" / "here").exists()
    assert not (tmp_path / "it.unfinished").exists()


# --------------------------------------------------------------------------- the service


def test_a_request_is_worth_as_many_empty_ones_as_the_median_round_says() -> None:
    empty = service.Found(rates=[100.0, 1000.0, 300.0])
    slow = service.Found(rates=[50.0, 10.0, 30.0])
    assert slow.times(empty) == 10
    assert slow.rate == 30


def test_the_time_of_99_in_100_is_told_of_all_rounds() -> None:
    found = service.Found(taken=[each / 1000 for each in range(200)])
    assert found.quantile(0.5) == 0.1
    assert found.quantile(0.99) == 0.198


def test_the_length_of_a_body_is_that_of_what_is_sent_in_the_end() -> None:
    text = service.send("POST", "/", {"value": service.NUMBER, "title": "£"})
    head, body = text.replace(service.NUMBER, "1234567").split("\r\n\r\n")
    assert f"Content-Length: {len(body.encode())}" in head


@pytest.mark.parametrize("answer", [{}, {"statuses": {"200": 9, "500": 1}}])
def test_times_of_a_server_that_answers_otherwise_count_for_nothing(answer: dict[str, Any]) -> None:
    with pytest.raises(service.Unexpected, match="a page"):
        service._answered(service.Work("a page", []), answer)


@pytest.mark.processes
def test_every_kind_of_request_is_answered_as_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SECONDS", 0.05)
    monkeypatch.setattr(service, "ROUNDS", 1)
    monkeypatch.setattr(service, "CASES", 8)
    monkeypatch.setattr(service, "CONNECTIONS", 2)
    with service.client() as asking:
        found = service.measured("sqlite", tmp_path, asking)
    assert len(found) == 9
    assert all(len(each.taken) >= service.CONNECTIONS for each in found.values())


# --------------------------------------------------------------------------- growth


def test_a_filled_database_holds_what_the_service_would_have_put_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_growth, "VERSIONS", 4)
    filled = store_growth.fill(_ready(tmp_path), 60)
    try:
        listed = saved_cases.page(filled.store, filled.all_teams, limit=100)
        mine = saved_cases.page(filled.store, filled.one_team, limit=100)
        assert (len(listed.rows), len(mine.rows)) == (60, len(filled.uids)) == (60, 55)
        for uid in (filled.uids[0], filled.uids[-1]):
            kept = versions.page(filled.store, filled.one_team, uid)
            assert [each.number for each in kept.rows] == [4, 3, 2, 1]
            assert saved_cases.load(filled.store, filled.one_team, uid).case == reference.case()
    finally:
        filled.store.close()


def test_the_middle_of_the_list_leaves_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_growth, "VERSIONS", 1)
    filled = store_growth.fill(_ready(tmp_path), 60)
    rest = saved_cases.page(filled.store, filled.one_team, 100, filled.middle)
    filled.store.close()
    assert len(rest.rows) == len(filled.uids) - len(filled.uids) // 2 - 1


def test_saving_in_the_growth_bench_makes_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_growth, "VERSIONS", 1)
    filled = store_growth.fill(_ready(tmp_path), 1)
    save = store_growth.WORKS["save one more version"](filled)
    save()
    save()
    loaded = saved_cases.load(filled.store, filled.one_team, filled.uids[0])
    filled.store.close()
    assert loaded.version.number == 3


def _ready(folder: Path) -> str:
    url = f"sqlite:///{folder / 'growth.db'}"
    upgrade(url)
    return url


# --------------------------------------------------------------------------- portfolios


def test_the_cases_of_a_portfolio_differ_in_value_and_some_have_a_chance_of_winning() -> None:
    made = portfolio_at_work.cases(40)
    assert not any(errors(each) for each in made)
    assert len({ours.expected(each)["wage"] for each in made}) == 40
    chances = [each.probability for each in made]
    assert chances.count(None) == 10
    assert all(0 < each < 1 for each in chances if each is not None)


def test_what_is_measured_is_the_portfolio_of_all_cases() -> None:
    made, request = portfolio_at_work.cases(3), PortfolioRequest(draws=1_000)
    entries = [Entry(uid=f"case{number}", version=1, case=case) for number, case in enumerate(made)]
    found = portfolio_at_work.measured("threads://2", 3, 1_000, workers=0)
    assert found.hash == calculate(entries, request).hash
    assert found.wall > 0 and found.cpu >= 0 and found.peak > 10


@pytest.mark.processes
def test_the_processes_of_an_engine_are_measured_with_the_one_that_coordinates() -> None:
    alone = portfolios.at_work("threads://1", 2, 1_000)
    both = portfolios.at_work("processes://2", 2, 1_000, workers=2)
    portfolios.refuse_differences(2, {"threads": alone, "processes": both})
    assert both.peak > 1.8 * alone.peak


def test_engines_that_give_different_portfolios_are_a_disagreement() -> None:
    one = portfolio_at_work.Measured(1.0, 1.0, 1.0, "ab12")
    portfolios.refuse_differences(20, {"threads": one, "Dask": one})
    with pytest.raises(agreement.Disagreement, match="portfolios of 20 cases: threads ab12, Dask"):
        portfolios.refuse_differences(20, {"threads": one, "Dask": replace(one, hash="cd34")})


def test_an_engine_whose_workers_do_not_come_is_not_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(portfolio_at_work, "SECONDS_TO_ARRIVE", 0.1)
    monkeypatch.setattr(portfolio_at_work, "SECONDS_OF_A_LOOK", 0.06)
    with pytest.raises(TimeoutError, match="1 of 2 workers"):
        portfolio_at_work.measured("threads://1", 1, 1_000, workers=2)


def test_the_yardstick_is_told_for_one_case() -> None:
    few, more = portfolios.by_hand(2, 1_000), portfolios.by_hand(6, 1_000)
    assert few > 0
    assert more < 2.5 * few


# --------------------------------------------------------------------------- the editor


def test_keys_are_told_by_median_tail_and_how_many_empty_round_trips_that_is() -> None:
    taken = [each / 1000 for each in range(1, 101)]
    found = editor.Typed(moved=taken, empty=[0.010, 0.020, 0.030])
    assert found.row == ["50.5 ms", "96.0 ms", "100 ms", "20.0 ms", "2.52 ×"]


def test_what_is_loaded_is_told_by_kind_for_each_case_beside_the_sum() -> None:
    loads = [
        editor.Loaded(Counter(Document=size, Script=2_000), Counter(Document=1, Script=3), 0.4)
        for size in (10_000, 11_000, 90_000)
    ]
    table = editor._loads_table({"large": loads, "small": loads})
    assert table.rows == [
        ["the page itself", "1", "11.0 kB", "11.0 kB"],
        ["scripts", "3", "2.0 kB", "2.0 kB"],
        ["together", "4", "13.0 kB", "13.0 kB"],
    ]
    assert "large: first contentful paint after 400 ms, layout shift 0.000" in table.note


def test_an_answer_of_the_editor_is_split_into_all_that_the_server_does_for_it(
    tmp_path: Path,
) -> None:
    [one, other] = editor_server.measured(reference.case(lines=10), tmp_path, 2)
    assert list(one) == list(other) == [*editor_server.STEPS, editor_server.REST]
    assert all(each > 0 for each in one.values())


def test_a_step_that_the_editor_no_longer_takes_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(editor_server.STEPS, "checking", ("valuecalc.services.cases.no_more",))
    with pytest.raises(AttributeError, match="no_more"):
        editor_server.measured(reference.case(lines=10), tmp_path, 1)


# --------------------------------------------------------------------------- workbooks


@pytest.mark.processes
def test_a_workbook_is_measured_beside_openpyxl_writing_the_same_cells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measure, "SECONDS", 0.0)
    size = workbooks.Size(assumptions=9, benefits=4, investments=1, years=1)
    [table] = workbooks.tables((size,))
    [row] = table.rows
    found = dict(zip(table.head, row, strict=True))
    assert found["lines × periods"] == "5 × 12"
    assert int(found["formula cells"].replace(",", "")) > 1_000
    assert " × (" in found["export"] and found["memory of export"].endswith(" MB)")
    assert "refused" not in found["gate"] and found["reading"] != "–"


def test_openpyxl_is_given_every_cell_of_the_workbook(tmp_path: Path) -> None:
    size = workbooks.Size(assumptions=9, benefits=2, investments=1, years=1)
    formulas = workbooks.write_files(size, tmp_path)
    lines = (tmp_path / "cells.jsonl").read_text(encoding="utf-8").splitlines()
    contents = [content for line in lines for _, _, content in json.loads(line)[1]]
    book = openpyxl.load_workbook(tmp_path / "made.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    live = [cell.value for cell in cells if cell.data_type == "f"]
    assert sorted(live) == sorted(each for each in contents if str(each).startswith("="))
    assert len(live) == formulas


# --------------------------------------------------------------------------- Word documents


def test_python_docx_is_given_every_word_of_the_proposal() -> None:
    made = proposal.write(worked_out(library.straw_man("new-data-services").case))
    words = documents.words_of(made)
    again = documents.words_of(documents.write_bare(words))
    assert words.count > 300
    assert len(words.pictures) >= 3
    said = "\n".join(block for block in words.blocks if isinstance(block, str))
    assert "Executive summary" in said
    assert "NPV" in said
    assert again.blocks[: len(words.blocks)] == words.blocks


@pytest.mark.processes
def test_a_proposal_is_measured_beside_python_docx_writing_the_same_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(documents, "OFFICE", Office(OFF))
    monkeypatch.setattr(measure, "SECONDS", 0.0)
    for number in ("FEWEST_TURNS", "FIRST_CALLS"):
        monkeypatch.setattr(measure, number, 1)
    with small_pictures():
        [table] = documents.tables(("new-data-services",))
    [row] = table.rows
    found = dict(zip(table.head, row, strict=True))
    assert all(" × (" in found[each] for each in ("full", "short", "filled", "filled again"))
    assert found["its PDF"] == "–"
    assert "There was none" in table.note


# --------------------------------------------------------------------- the editor in a browser


@pytest.mark.browser
@pytest.mark.processes
def test_every_key_in_the_editor_moves_a_figure_and_what_does_not_open_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editor, "FIELDS", 2)
    monkeypatch.setattr(editor, "LOADS", 1)

    def measured() -> tuple[Any, Any]:
        with _chromium() as browser, editor.desk(tmp_path) as desk:
            with pytest.raises(editor.Unexpected, match="The editor: 404"):
                desk.typed(browser, "nosuchcase123456")
            uid = desk.keep(load_case(large_document()))
            return desk.typed(browser, uid, delay=0.05), desk.loaded(browser, uid)

    typed, [loaded] = _apart(measured)
    assert len(typed.moved) == len(typed.empty) == 2 * len(editor.KEYS)
    assert min(typed.empty) > 0.05
    assert min(typed.moved) > 0.05
    assert {"Document", "Script", "Stylesheet"} <= set(loaded.sizes)
    assert loaded.requests["Document"] == 1
    assert loaded.paint > 0


def test_without_chromium_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(editor.NoChromium, match="not at /nowhere/chromium"), editor.chromium():
        pass


@contextmanager
def _chromium() -> Iterator[Browser]:
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CHROMIUM", chromium.program())
            with editor.chromium() as browser:
                yield browser
    except (editor.NoChromium, chromium.NoChromium) as reason:
        pytest.skip(str(reason))


def _apart(work: Callable[[], Answer]) -> Answer:
    """What `work` gives in a thread of its own: the browser of other tests may be open in ours."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
