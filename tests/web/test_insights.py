"""The pages of what a case depends on: how sure it is, what moves it, what else could be done."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from tests import cheap_passwords
from tests.web.cases import MARKUP, as_text, hostile, minimal, undefined
from tests.web.visitors import Cast, cast
from valuecalc.engine.sensitivity.tornado import tornado
from valuecalc.engine.uncertainty import simulate
from valuecalc.engine.uncertainty.draws import Plan
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import Wish
from valuecalc.services import insights, library, saved_cases, shares
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.web.pages.wording import unbroken

STRAW_MAN = "/straw-men/council-services"
PAGES = ("certainty", "sensitivity", "alternatives")
FEW = "draws=1024"


def ranged(**more: Any) -> dict[str, Any]:
    """A small case whose NPV is positive in most draws; `more` goes to the users."""
    users = {"id": "users", "label": "Users", "value": 100, "unit": "user", "low": 60, "high": 150}
    price = {"id": "price", "label": "Price", "value": 50, "unit": "GBP/user/year"}
    document = minimal()
    benefit = document["benefits"][0] | {"formula": "users * price"}
    return document | {
        "assumptions": [users | more, price | {"low": 30, "high": 70}],
        "benefits": [benefit],
    }


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code words are kept as passwords are."""
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture
def keep(store: Database, people: Cast) -> Any:
    """Keeps a case and gives its address."""

    def kept(document: dict[str, Any]) -> Saved:
        return saved_cases.create(store, people.editor.actor, load_case(document))[0]

    return kept


@pytest.fixture
def kept(keep: Any) -> Saved:
    found: Saved = keep(ranged())
    return found


def address(saved: Saved, page: str, **query: Any) -> str:
    more = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/cases/{saved.head.uid}/{page}{'?' if more else ''}{more}"


def read(client: FlaskClient, path: str, status: int = 200) -> lxml.html.HtmlElement:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code, response.text[:500])
    return lxml.html.fromstring(response.text)


def said(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().replace("\u2060", "").split())


def cells(page: lxml.html.HtmlElement, table: str) -> list[list[str]]:
    """The texts of a table, row by row, its first column included."""
    [found] = page.xpath(f"//table[contains(concat(' ', @class, ' '), ' {table} ')]")
    return [[said(cell) for cell in row] for row in found.xpath("./tbody/tr")]


# --------------------------------------------------------------------------- how sure


def test_the_first_sentence_says_where_the_value_lies_and_how_likely_a_gain_is(
    client: FlaskClient,
) -> None:
    page = read(client, f"{STRAW_MAN}/certainty")
    case = library.straw_man("council-services").case
    drawn = simulate.simulate(case, Plan.of(case.simulation))
    [sentence] = page.xpath("//p[contains(@class, 'finding')]")
    assert said(sentence).startswith("In 8 of 10 draws the value lies between ")
    assert insights.short_text(drawn.figure("value"), "p10") in said(sentence)
    assert insights.short_text(drawn.figure("value"), "p90") in said(sentence)
    assert drawn.gain.words in said(sentence)


def test_the_percentiles_are_those_of_the_engine(people: Cast, kept: Saved) -> None:
    page = people.viewer.open(address(kept, "certainty", draws=2048, seed=7))
    drawn = simulate.simulate(kept.case, Plan.of(kept.case.simulation, draws=2048, seed=7))
    rows = {row[0]: row[1:] for row in cells(page, "percentiles")}
    value = drawn.figure("value")
    assert rows["Value"][:5] == [value.text(name) for name in ("p10", "p20", "p50", "p80", "p90")]
    assert rows["Value"][5] == value.text("mean")
    assert rows["Value"][6] == value.error_text
    assert drawn.hash in page.text_content()


def test_the_page_says_how_often_the_value_of_the_case_is_reached(
    people: Cast, kept: Saved
) -> None:
    page = people.viewer.open(address(kept, "certainty", draws=2048, seed=7))
    found = insights.certainty(kept.case, Plan.of(kept.case.simulation, draws=2048, seed=7))
    [chances] = page.xpath("//dl[contains(@class, 'chances')]")
    assert found.simulation.reached is not None
    assert f"{found.simulation.reached.label}{found.simulation.reached.words}" in said(chances)


def test_the_page_says_how_well_the_ends_of_the_likely_range_are_known(
    people: Cast, kept: Saved
) -> None:
    page = people.viewer.open(address(kept, "certainty", draws=2048, seed=7))
    value = simulate.simulate(kept.case, Plan.of(kept.case.simulation, draws=2048, seed=7)).figure(
        "value"
    )
    told = f"P10 is known to {value.error_text_of('p10')} and P90 to {value.error_text_of('p90')}."
    assert told in said(page)


def test_another_seed_draws_other_numbers_and_the_same_seed_the_same(
    people: Cast, kept: Saved
) -> None:
    first, again, other = (
        cells(people.viewer.open(address(kept, "certainty", draws=1024, seed=seed)), "percentiles")
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_draws_in_which_a_figure_does_not_exist_are_counted_with_the_reason(
    people: Cast, kept: Saved
) -> None:
    page = people.viewer.open(address(kept, "certainty", draws=1024))
    [payback] = [row for row in cells(page, "percentiles") if row[0].startswith("Payback")]
    assert "of 1,024" in payback[0]
    assert "does not exist" in payback[0]
    assert "horizon" in payback[0]


@pytest.mark.parametrize(("price", "is_rare"), [(29, True), (50, False)])
def test_percentiles_of_what_most_draws_do_not_have_say_so(
    people: Cast, keep: Any, price: float, is_rare: bool
) -> None:
    document = ranged()
    document["assumptions"][1] |= {"value": price, "low": price - 9, "high": price + 9}
    page = people.viewer.open(address(keep(document), "certainty", draws=1024))
    [payback] = [row for row in cells(page, "percentiles") if row[0].startswith("Payback")]
    assert ("In most draws there is none." in payback[0]) is is_rare


def test_a_single_assumption_is_not_spoken_of_as_many(people: Cast, keep: Any) -> None:
    document = ranged(low=100, high=100)
    page = people.viewer.open(address(keep(document), "certainty", draws=1024))
    assert "All 1 assumptions" not in said(page)
    assert "The assumption in numbers" in said(page)


def test_what_moves_together_is_named(client: FlaskClient) -> None:
    page = read(client, f"{STRAW_MAN}/certainty?{FEW}")
    assert "What moves together" in said(page)
    assert "+0.60" in said(page)


def test_what_to_find_out_next_ranks_pilots_with_their_cost(client: FlaskClient) -> None:
    page = read(client, f"{STRAW_MAN}/certainty")
    [findings] = page.xpath("//ol[contains(@class, 'findings')]")
    assert "£35,000" in said(findings)
    assert "To know everything before deciding would be worth" in said(page)
    assert "Strong, Oakley and Brennan" in said(page)


def test_a_case_without_ranges_says_so_and_where_to_give_them(people: Cast, keep: Any) -> None:
    saved = keep(minimal())
    page = people.editor.open(address(saved, "certainty"))
    assert "No assumption has a range yet" in said(page)
    assert page.xpath(f"//main//a[@href='/cases/{saved.head.uid}/edit#assumptions']")
    assert not page.xpath("//table[contains(@class, 'percentiles')]")
    assert "Give ranges" not in people.viewer.text(address(saved, "certainty"))


def test_a_case_that_exists_in_no_draw_gives_the_reason(people: Cast, keep: Any) -> None:
    document = undefined()
    document["assumptions"][0] |= {"low": 80, "high": 120}
    text = people.viewer.text(address(keep(document), "certainty", draws=1024))
    assert "How sure the value is cannot be told" in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("draws=100000000", "100,000,000 draws are more than 131,072"),
        ("draws=131073", "131,073 draws are more than 131,072"),
        ("draws=5", "5 draws are fewer than 1,000"),
        ("draws=many", "“many” is no whole number of draws"),
        ("draws=²", "is no whole number"),
        ("seed=-1", "-1 is no seed"),
        ("seed=99999999999999999999999999", "is no seed"),
        ("method=magic", "There is no method “magic”"),
        ("scenario=stretch", "nothing left to draw"),
    ],
)
def test_what_cannot_be_drawn_is_refused_on_the_page(
    client: FlaskClient, query: str, words: str
) -> None:
    page = read(client, f"{STRAW_MAN}/certainty?{query}", 422)
    assert words in said(page).replace("\u2212", "-")
    assert page.xpath("//form//input[@name='draws']"), "the form stays, to be mended"


def test_what_was_typed_stays_in_the_form(client: FlaskClient) -> None:
    page = read(client, f"{STRAW_MAN}/certainty?draws=5&seed=42&method=plain", 422)
    assert page.xpath("string(//input[@name='draws']/@value)") == "5"
    assert page.xpath("string(//input[@name='seed']/@value)") == "42"
    assert page.xpath("string(//select[@name='method']/option[@selected]/@value)") == "plain"


def test_a_case_that_asks_for_more_draws_than_a_page_waits_for_is_drawn_with_fewer(
    people: Cast, keep: Any
) -> None:
    saved = keep(ranged() | {"simulation": {"draws": 1_000_000}})
    assert "131,072 draws" in people.viewer.text(address(saved, "certainty"))


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (ranged(distribution="lognormal", low=-5), "Users, distribution"),
        (ranged(low=150, high=60), "Users, low"),
        (ranged(low=60, high=90), "Users, high"),
        (
            ranged()
            | {
                "assumptions": [
                    *ranged()["assumptions"],
                    {"id": "third", "label": "Third", "value": 5, "low": 1, "high": 9},
                ],
                "correlations": [
                    {"between": ["users", "price"], "rank": "90%"},
                    {"between": ["users", "third"], "rank": "90%"},
                    {"between": ["price", "third"], "rank": "-90%"},
                ],
            },
            "correlations",
        ),
    ],
    ids=[
        "impossible distribution",
        "low above high",
        "high below value",
        "contradicting correlations",
    ],
)
def test_what_the_case_says_wrongly_is_told_with_its_place(
    people: Cast, keep: Any, document: dict[str, Any], place: str
) -> None:
    page = people.editor.open(address(keep(document), "certainty"), 422)
    [notice] = page.xpath("//*[contains(@class, 'insight-mistakes')]")
    assert place in said(notice)


@pytest.mark.parametrize("page", [*PAGES, "alternatives?from=scenario:conservative"])
def test_amounts_that_no_chart_can_show_are_told_without_one(
    people: Cast, keep: Any, page: str
) -> None:
    formula = "users * 10^100 * 50 GBP/user/year"
    rival = {"id": "rival", "label": "Rival", "benefits": [], "investments": []}
    rival["benefits"] = [{"id": "more", "label": "More", "formula": formula}]
    document = ranged() | {"alternatives": [rival]}
    document["benefits"] = [document["benefits"][0] | {"formula": formula}]
    found = people.viewer.open(address(keep(document), page))
    assert found.xpath("//h1")


def test_what_is_wrong_with_a_range_leads_to_its_field(people: Cast, keep: Any) -> None:
    where = address(keep(ranged(low=60, high=90)), "certainty")
    link = "//*[contains(@class, 'insight-mistakes')]//a/@href"
    [field] = people.editor.open(where, 422).xpath(link)
    assert field.endswith("/edit#f-assumptions.users.high")
    assert not people.viewer.open(where, 422).xpath(link)


# --------------------------------------------------------------------------- what matters


def test_every_end_of_the_tornado_leads_to_its_explanation(people: Cast, kept: Saved) -> None:
    page = people.viewer.open(address(kept, "sensitivity"))
    [bar] = [each for each in tornado(kept.case).bars if each.id == "users"]
    [link] = [a for a in page.xpath("//table//a[@data-explain]") if a.text == bar.at_low.text][:1]
    assert dict(parse_qsl(urlsplit(link.get("href")).query)) == {"set": "users:60.0"}
    explained = people.viewer.open(link.get("href"))
    assert bar.at_low.text in said(explained)
    assert "Users: 60 users" in said(explained)


def test_the_parts_of_such_an_explanation_stay_at_the_same_point(client: FlaskClient) -> None:
    case = library.straw_man("council-services").case
    first = case.assumptions[0]
    page = read(client, f"{STRAW_MAN}/point/value?set={first.id}:{first.high!r}&scenario=few_move")
    onward = page.xpath("//*[@id='explanation']//a[@data-explain]/@href")
    assert all(f"set={first.id}:" in each.replace("%3A", ":") for each in onward)
    back = page.xpath("string(//p[@class='back']/a/@href)")
    assert "scenario=few_move" in back


def test_any_figure_can_be_chosen(client: FlaskClient) -> None:
    page = read(client, f"{STRAW_MAN}/sensitivity?figure=payback")
    assert page.xpath("string(//select[@name='figure']//option[@selected])") == "Payback"
    assert "months" in said(page.xpath("//table[contains(@class, 'swings')]")[0])


def test_a_break_even_shows_its_formula_and_whether_it_lies_inside(
    people: Cast, kept: Saved
) -> None:
    page = people.viewer.open(address(kept, "sensitivity"))
    rows = {row[0]: row for row in cells(page, "break-evens")}
    assert "inside its range" in rows["Users"][-1]
    assert "exact" in rows["Users"][-1]
    formulas = page.xpath("//table[contains(@class, 'break-evens')]//code")
    assert formulas


def test_another_amount_may_be_wanted(people: Cast, kept: Saved) -> None:
    none, some = (
        people.viewer.open(address(kept, "sensitivity", figure="value", wanted=wanted))
        for wanted in ("0", "£3k")
    )
    assert cells(none, "break-evens") != cells(some, "break-evens")
    assert "Value is £3,000" in said(some)


def test_two_assumptions_at_once_have_the_expected_cell_and_links(
    people: Cast, kept: Saved
) -> None:
    page = people.viewer.open(address(kept, "sensitivity", first="users", second="price"))
    [expected] = page.xpath("//td[contains(@class, 'expected-cell')]")
    assert "at the expected values" in said(expected)
    [link] = expected.xpath(".//a/@href")
    assert ("set", "users:100.0") in parse_qsl(urlsplit(link).query)
    assert ("set", "price:50.0") in parse_qsl(urlsplit(link).query)


def test_cells_are_shaded_by_sign_and_size(people: Cast, kept: Saved) -> None:
    page = people.viewer.open(address(kept, "sensitivity", first="users", second="price"))
    rows = page.xpath("//table[contains(@class, 'two-way')]/tbody/tr")
    worst, best = rows[0].xpath("./td")[0], rows[-1].xpath("./td")[-1]
    assert "below-" in worst.get("class")
    assert "above-3" in best.get("class")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("figure=nope", "nope"),
        ("first=users&second=users", "both are the same"),
        ("first=nope&second=price", "nope"),
        ("wanted=abc", "abc"),
        ("wanted=12 days", "GBP"),
    ],
)
def test_what_cannot_be_asked_is_refused_on_the_page(
    people: Cast, kept: Saved, query: str, words: str
) -> None:
    page = people.viewer.open(f"{address(kept, 'sensitivity')}?{query}", 422)
    [notice] = page.xpath("//*[contains(@class, 'insight-mistakes')]")
    assert words in said(notice)
    assert page.xpath("//select[@name='figure']")


@pytest.mark.parametrize("change", ["users:nan", "users:1e400", "users:", "users", "users:1e300"])
def test_a_point_that_is_no_number_is_refused(people: Cast, kept: Saved, change: str) -> None:
    assert people.viewer.open(address(kept, "point/npv", set=change), 422) is not None


def test_a_point_of_an_assumption_that_does_not_exist_is_not_found(
    people: Cast, kept: Saved
) -> None:
    assert people.viewer.open(address(kept, "point/npv", set="nope:1"), 404) is not None


# --------------------------------------------------------------------------- what else


def test_alternatives_stand_beside_the_case(client: FlaskClient) -> None:
    page = read(client, f"{STRAW_MAN}/alternatives")
    text = said(page)
    for alternative in library.straw_man("council-services").case.alternatives:
        assert alternative.label in text
    assert "The reference value is the price of" in text


def test_a_case_without_alternatives_says_what_they_are_for(people: Cast, kept: Saved) -> None:
    text = people.editor.text(address(kept, "alternatives"))
    assert "No alternatives yet" in text
    assert "next best" in text
    assert "Add them in the editor" in text
    assert "in the editor" not in people.viewer.text(address(kept, "alternatives"))


def test_a_bridge_of_two_scenarios_has_lines_and_assumptions(client: FlaskClient) -> None:
    page = read(client, f"{STRAW_MAN}/alternatives?from=scenario:stretch&to=scenario:expected")
    text = said(page)
    assert "By line" in text
    assert "By assumption" in text
    assert cells(page, "by-line")


def test_a_bridge_from_an_alternative_has_lines_alone(client: FlaskClient) -> None:
    page = read(client, f"{STRAW_MAN}/alternatives")
    assert "By assumption" not in said(page)
    lines = cells(page, "by-line")
    assert any("added" in row[0] for row in lines)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=scenario:expected&to=scenario:expected", "Both ends are the same"),
        ("from=nothing&to=scenario:expected", "nothing"),
        ("from=alternative:nope&to=scenario:expected", "nope"),
        ("figure=irr", "irr"),
    ],
)
def test_a_bridge_that_cannot_be_is_refused_on_the_page(
    client: FlaskClient, query: str, words: str
) -> None:
    page = read(client, f"{STRAW_MAN}/alternatives?{query}", 422)
    [notice] = page.xpath("//*[contains(@class, 'insight-mistakes')]")
    assert words in said(notice)


# --------------------------------------------------------------------------- everywhere


def test_the_case_leads_to_the_pages_and_back(client: FlaskClient) -> None:
    page = read(client, STRAW_MAN)
    for name in PAGES:
        assert page.xpath(f"//section[@id='scenarios']//a[@href='{STRAW_MAN}/{name}']"), name
        tabs = read(client, f"{STRAW_MAN}/{name}").xpath("//nav[@class='tabs']/a")
        assert next(a.get("href") for a in tabs) == STRAW_MAN
        assert [a.get("aria-current") for a in tabs].count("page") == 1


def test_a_case_that_was_sent_in_has_no_such_pages(post: Any) -> None:
    response = post(as_text(ranged()))
    assert "How sure is the value?" not in response.text


@pytest.mark.parametrize("name", PAGES)
def test_an_earlier_version_stays_the_one_that_is_shown(
    people: Cast, store: Database, kept: Saved, name: str
) -> None:
    changed = kept.case.with_values({"users": 120})
    saved_cases.save(store, people.editor.actor, kept.head.uid, changed, kept.tag)
    page = people.editor.open(address(kept, name, version=1))
    assert "This is an earlier version" in said(page)
    assert page.xpath("//form//input[@name='version' and @value='1']")
    tabs = page.xpath("//nav[@class='tabs']/a/@href")
    assert f"/cases/{kept.head.uid}/sensitivity?version=1" in tabs
    assert not page.xpath("//form[contains(@class, 'pilot-form')]"), "only the newest can change"


@pytest.mark.parametrize("name", PAGES)
def test_a_draft_says_what_is_left_to_be_mended(people: Cast, keep: Any, name: str) -> None:
    broken = minimal()
    broken["benefits"][0]["formula"] = "users * nothing"
    text = people.editor.text(address(keep(broken), name))
    assert "nothing" in text


@pytest.mark.parametrize("name", PAGES)
def test_texts_are_shown_as_texts(people: Cast, keep: Any, name: str) -> None:
    response = people.editor.client.get(address(keep(hostile()), name))
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert str(escape(MARKUP)) in response.text


@pytest.mark.parametrize("name", PAGES)
def test_pages_hold_no_inline_style_and_no_inline_script(client: FlaskClient, name: str) -> None:
    page = read(client, f"{STRAW_MAN}/{name}")
    assert not page.xpath("//@style | //style | //script[not(@src)]")
    assert not [each for each in page.xpath("//@*") if each.attrname.startswith("on")]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


# --------------------------------------------------------------------------- customers


@pytest.fixture
def link(app: Flask, store: Database, people: Cast, keep: Any) -> Any:
    """The address of a link to a case, and a browser of somebody who has it."""

    def made(document: dict[str, Any], **wish: Any) -> tuple[FlaskClient, str]:
        saved = keep(document)
        shared = shares.create(store, people.editor.actor, saved.head.uid, Wish(**wish))
        return app.test_client(), f"/s/{shared.secret}"

    return made


@pytest.mark.parametrize("name", PAGES)
def test_a_customer_reads_the_pages_and_can_change_nothing(link: Any, name: str) -> None:
    client, path = link(ranged() | {"probability": "37%"}, label="Company M")
    response = client.get(f"{path}/{name}")
    assert response.status_code == 200
    assert response.headers["X-Robots-Tag"].startswith("noindex")
    assert response.headers["Cache-Control"] == "no-store"
    page = lxml.html.fromstring(response.text)
    assert not page.xpath("//main//form[@method='post']")
    assert "37%" not in response.text, "our chance of winning is nobody else's business"
    assert "/cases/" not in response.text
    inside = [each for each in page.xpath("//main//a/@href") if not each.startswith("#")]
    assert inside
    assert all(each.startswith(path) for each in inside)


def test_a_customer_follows_an_end_of_the_tornado(link: Any) -> None:
    client, path = link(ranged(), label="Company M")
    page = read(client, f"{path}/sensitivity")
    [first, *_] = page.xpath("//table[contains(@class, 'swings')]//a/@href")
    assert "in place of what is expected" in said(read(client, first))


def test_the_shared_page_leads_to_them_but_not_from_a_preview(link: Any) -> None:
    client, path = link(ranged(), label="Company M", may_change=("users",))
    page = read(client, path)
    assert page.xpath(f"//section[@id='scenarios']//a[@href='{path}/certainty']")


@pytest.mark.parametrize("name", PAGES)
def test_a_link_with_a_code_word_asks_for_it_first(link: Any, name: str) -> None:
    client, path = link(ranged(), label="Company M", code_word="open sesame")
    response = client.get(f"{path}/{name}")
    assert response.status_code == 403
    assert "Code word" in response.text
    assert "Price" not in response.text


def test_a_link_that_leads_nowhere_says_the_same_everywhere(client: FlaskClient) -> None:
    response = client.get(f"/s/{'A' * 43}/certainty")
    assert response.status_code == 404
    assert "This link is not valid" in response.text


def test_what_a_customer_asks_wrongly_keeps_the_frame_of_the_link(link: Any) -> None:
    client, path = link(ranged(), label="Company M")
    response = client.get(f"{path}/certainty?scenario=nope")
    assert response.status_code == 404
    assert "Sign in" not in response.text


# --------------------------------------------------------------------------- pilots


def pilot(saved: Saved, **more: str) -> dict[str, str]:
    return {
        "assumption": "users",
        "value": "120",
        "low": "110",
        "high": "130",
        "source": "Pilot in Leeds",
        "date": "2025-03-31",
        "owner": "A. Jones",
        "note": "Counted for a month.",
        "tag": saved.tag,
        **more,
    }


def newest(store: Database, people: Cast, saved: Saved) -> Saved:
    return saved_cases.load(store, people.editor.actor, saved.head.uid)


def test_a_pilots_result_becomes_a_new_version(people: Cast, store: Database, kept: Saved) -> None:
    response = people.editor.send(address(kept, "pilots"), pilot(kept))
    assert response.status_code == 303
    assert response.headers["Location"].startswith(f"/cases/{kept.head.uid}")
    after = newest(store, people, kept)
    users = after.case.assumption("users")
    assert after.version.number == 2
    assert users is not None
    assert users.evidence is not None
    assert (users.low, users.value, users.high) == (110, 120, 130)
    assert (str(users.evidence.grade), users.evidence.tested) == ("A", "pilot")
    assert "Was 100\xa0users" in users.evidence.note


def test_only_those_who_may_edit_see_the_form(people: Cast, kept: Saved) -> None:
    form = "//form[contains(@class, 'pilot-form')]"
    assert people.editor.open(address(kept, "certainty")).xpath(form)
    assert not people.viewer.open(address(kept, "certainty")).xpath(form)


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("value", "", "is missing"),
        ("value", "a lot", "a lot"),
        ("value", "12 days", "days"),
        ("low", "125", "above the value"),
        ("low", "abc", "abc"),
        ("high", "90", "below the value"),
        ("source", "", "names no source"),
        ("date", "", "has no date"),
        ("date", "yesterday", "is no day"),
        ("date", "2999-12-31", "is still to come"),
        ("assumption", "nope", "nope"),
    ],
)
def test_a_pilots_result_that_cannot_be_used_says_why_beside_the_field(
    people: Cast, store: Database, kept: Saved, field: str, text: str, words: str
) -> None:
    typed = (
        pilot(kept, low="", **{field: text}) if field == "high" else pilot(kept, **{field: text})
    )
    response = people.editor.send(address(kept, "pilots"), typed)
    assert response.status_code == 422
    page = lxml.html.fromstring(response.text)
    mistake = page.get_element_by_id(f"pilot-{field}-mistake")
    assert words in said(mistake)
    assert page.xpath("string(//input[@name='owner']/@value)") == "A. Jones"
    assert page.xpath("//details[@open]//form[contains(@class, 'pilot-form')]")
    assert newest(store, people, kept).version.number == 1


def test_a_pilots_result_never_overwrites_what_somebody_else_has_saved(
    people: Cast, store: Database, kept: Saved
) -> None:
    changed = kept.case.with_values({"price": 55})
    saved_cases.save(store, people.owner.actor, kept.head.uid, changed, kept.tag)
    response = people.editor.send(address(kept, "pilots"), pilot(kept))
    assert response.status_code == 409
    assert "saved version 2 while this page was open" in response.text
    page = lxml.html.fromstring(response.text)
    assert page.xpath("string(//input[@name='value']/@value)") == "120"
    assert newest(store, people, kept).version.number == 2
    fresh = page.xpath("string(//form[contains(@class, 'pilot-form')]//input[@name='tag']/@value)")
    again = people.editor.send(address(kept, "pilots"), pilot(kept, tag=fresh))
    assert again.status_code == 303
    after = newest(store, people, kept)
    assert [each.value for each in after.case.assumptions] == [120, 55]


def test_a_pilots_result_without_the_secret_of_the_form_is_refused(
    people: Cast, store: Database, kept: Saved
) -> None:
    response = people.editor.client.post(address(kept, "pilots"), data=pilot(kept))
    assert response.status_code == 400
    assert newest(store, people, kept).version.number == 1


def test_amounts_in_a_sentence_stay_on_one_line() -> None:
    assert unbroken("from −£135k (±£220) up") == "from −\u2060£135k (±\u2060£220) up"
    assert unbroken("1 − 2 ± 3") == "1 − 2 ± 3"
