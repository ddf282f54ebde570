"""Texts are read as written, with the line of everything, and hostile ones are refused."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.counting import steps_of
from valuecalc.errors import DocumentError
from valuecalc.schemas import yaml_text
from valuecalc.schemas.document import MAX_BYTES, read_document, read_json

CASE = """\
format: valuecalc/1
title: New data services
# a remark
assumptions:
  - id: users
    value: 1,250
    low: 12%
  - {id: price, value: 22,
     unit: GBP/month}
"""

# What it takes to come to the fault, however much follows.
FEW_STEPS = 10_000


def refused(text: str | bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_document(text)
    assert caught.value.cause.endswith(".")
    assert caught.value.remedy.endswith((".", "valuecalc/1"))
    return caught.value


@pytest.mark.parametrize(
    "scalar", ["2027-01", "12%", "1,250", "no", "12:30", "0x10", "1e3", "007", "£22", "NaN", "true"]
)
def test_a_yaml_scalar_stays_the_text_that_was_written(scalar: str) -> None:
    assert read_document(f"a: {scalar}").data == {"a": scalar}


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_nothing_at_all_is_none(nothing: str) -> None:
    assert read_document(f"a: {nothing}").data == {"a": None}


def test_a_quoted_null_is_a_text() -> None:
    assert read_document("a: 'null'\nb: ''").data == {"a": "null", "b": ""}


def test_every_path_has_its_line() -> None:
    lines = read_document(CASE).lines
    assert lines[("title",)] == 2
    assert lines[("assumptions",)] == 4
    assert lines[("assumptions", 0)] == 5
    assert lines[("assumptions", 0, "low")] == 7
    assert lines[("assumptions", 1, "value")] == 8
    assert lines[("assumptions", 1, "unit")] == 9


def test_json_keeps_its_numbers_and_booleans_and_has_lines_too() -> None:
    text = '{\n "a": [1.5, true, null],\n "b": {"c \\u00e9": "x\\\\"}\n}'
    document = read_document(text)
    assert document.data == {"a": [1.5, True, None], "b": {"c é": "x\\"}}
    assert document.lines[("a", 2)] == 2
    assert document.lines[("b", "c é")] == 3


def test_json_and_yaml_may_come_as_bytes_with_a_byte_order_mark_and_windows_lines() -> None:
    assert read_document(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n").data == {"a": "1", "b": "2"}
    assert read_document(b'\xef\xbb\xbf{"a":\r\n1}').lines[("a",)] == 1
    assert read_document("\ufeffa: 1").data == {"a": "1"}


def test_right_to_left_text_and_emoji_are_text() -> None:
    assert read_document("a: עלות 😀\nb: 1").lines[("b",)] == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3", 3),
        ("x: {a: 1,\n a: 2}", 2),
        ('{"a": 1,\n"a": 2}', 2),
        ('{"x": {"a": 1, "\\u0061": 2}}', 1),
        ('{"x":[{"a":1},{"a":1,"a":2}]}', 1),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_line(text: str, line: int) -> None:
    error = refused(text)
    assert "“a” stands here twice" in error.cause
    assert error.line == line


def test_the_same_key_in_two_mappings_is_no_key_twice() -> None:
    assert read_document('[{"a": 1}]'.join(['{"x": ', ', "a": {"a": "\\":"}}'])).data["a"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a: &x 1", "anchor"),
        ("a: [1]\nb: *a", "alias"),
        ("a: &x [*x]", "anchor"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("a: !!str 1", "tag"),
        ("a: 1\n---\nb: 2", "second document"),
        ("? [a]\n: b", "where a name is expected"),
        (": b", "line does not fit"),
        ("'': b", "name is missing"),
    ],
)
def test_machinery_of_yaml_is_refused(text: str, word: str) -> None:
    assert word in refused(text).cause


def test_a_few_lines_that_would_fill_memory_are_refused_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refused(bomb).line == 1
    assert steps_of(lambda: refused(bomb)) < FEW_STEPS


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{a: 1, v: [100,000, 120,000]}", "100,000"),
        ("v: [100,000, 120,000]", "100,000"),
        ("a: {value: 1,250, unit: node}", "1,250"),
        ("a: {value: £2,500}", "£2,500"),
        ("a: {value: GBP 2,500}", "GBP 2,500"),
    ],
)
def test_a_number_that_yaml_would_split_in_two_is_refused(text: str, written: str) -> None:
    if text.startswith("{"):
        text = f"# not JSON\n{text}"
    error = refused(text if not text.startswith("#") else text.replace("# not JSON\n{", "x: {"))
    assert f"“{written}" in error.cause
    assert "quotes" in error.remedy


def test_lists_of_numbers_with_spaces_or_of_other_lengths_are_read() -> None:
    assert read_document("v: [100, 120]\nw: [1,2,3]\nx: ['1,250', 1250]").data == {
        "v": ["100", "120"],
        "w": ["1", "2", "3"],
        "x": ["1,250", "1250"],
    }


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('{"a": NaN}', "JSON has no NaN"),
        ('{"a": -Infinity}', "JSON has no -Infinity"),
        ('{"a": 1e400}', "too large"),
        ('{"a": ' + "9" * 5000 + "}", "too large"),
        ('{"a": "\\ud800"}', "half a character"),
        ('{"a": "\\u0000"}', "U+0000"),
        ('{"a\\u0000": 1}', "U+0000"),
        ('{"a": 1,}', "comma"),
        ('{"a": True}', "JSON has no True"),
        ("{'a': 1}", "double quotes"),
        ("{a: 1}", "double quotes"),
        ('{"a": 1} x', "last bracket"),
        ('{"a": [1', "too early"),
        ('{"a": 01}', "begins with 0"),
    ],
)
def test_what_is_no_json_is_refused(text: str, cause: str) -> None:
    error = refused(text)
    assert cause in error.cause
    assert error.line == 1


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("a: b: c", 1, "“:” stands"),
        ("a:\n\t- b", 2, "tab"),
        ("a: 1\nb: @x", 2, "@"),
        ("a: 1\nb: [1, 2\nc: 3", 2, "bracket"),
        ("a: 'x\nb: 1", 1, "quote"),
        ("a: 1\nb\nc: 2", 2, "no “:”"),
        ('a: "\\q"', 1, "escape"),
        ("- a\nb: c", 2, "does not fit"),
    ],
)
def test_broken_yaml_is_explained_with_its_line(text: str, line: int, cause: str) -> None:
    error = refused(text)
    assert cause in error.cause
    assert error.line == line


@pytest.mark.parametrize(
    ("text", "kind"),
    [("- a\n- b", "a list"), ("[1, 2]", "a list"), ("hello", "a single value"), ("12", "a single")],
)
def test_a_text_that_holds_no_mapping_is_refused(text: str, kind: str) -> None:
    assert kind in refused(text).cause


@pytest.mark.parametrize(
    "text", ["", "  \n", b"", "# only a remark", "---\n", "~", b"\xef\xbb\xbf"]
)
def test_an_empty_text_is_refused(text: str | bytes) -> None:
    assert "empty" in refused(text).cause


def test_text_in_another_encoding_is_refused_with_its_line() -> None:
    assert refused("a: 1\nb: £22".encode("latin-1")).line == 2
    assert "UTF-8" in refused("a: 1".encode("utf-16")).remedy


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x90", "\ufffe", "\ud800"])
def test_characters_that_cannot_be_read_are_refused_by_name(character: str) -> None:
    for text in (f"a: 1\nb: x{character}y", f'{{"a": 1,\n"b": "x{character}y"}}'):
        error = refused(text)
        assert f"U+{ord(character):04X}" in error.cause
        assert error.line == 2


def test_a_text_of_five_megabytes_is_refused_at_once() -> None:
    for text in ("a: " + "x" * 5_000_000, b"a" * 5_000_000, '{"a": "' + "é" * 1_500_000 + '"}'):
        assert f"{MAX_BYTES:,}" in refused(text).cause
        assert steps_of(lambda text=text: refused(text)) < 500


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 900_000,
        '{"a": ' + "[" * 900_000,
        '{"a": ' + "[" * 40 + "]" * 40 + "}",
        '{"a":\n' + '{"a": ' * 40 + "1" + "}" * 41,
        "a: " + "{a: " * 40 + "1" + "}" * 40,
    ],
)
def test_a_text_that_is_nested_too_deep_is_refused(text: str) -> None:
    assert "30 deep" in refused(text).cause
    assert steps_of(lambda: refused(text)) < FEW_STEPS


@pytest.mark.parametrize("text", ["a: [" + "1, " * 100_001 + "]", json.dumps({"a": [1] * 100_001})])
def test_a_text_with_too_many_values_is_refused(text: str) -> None:
    assert "100,000 values" in refused(text).cause


def test_a_text_at_the_bounds_is_read() -> None:
    deep = '{"a": ' + "[" * 29 + "]" * 29 + "}"
    assert read_document(deep).data
    assert len(read_document(json.dumps({"a": [1] * 99_998})).data["a"]) == 99_998


def test_a_body_is_json_and_nothing_else() -> None:
    assert read_json(b' {"a": 1}').data == {"a": 1}
    with pytest.raises(DocumentError):
        read_json("a: 1")


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.text('abc\\"é:', min_size=1), PLAIN, max_size=4), st.sampled_from([None, 1])
)
def test_any_json_reads_back_as_it_is(data: dict[str, object], indent: int | None) -> None:
    document = read_document(json.dumps(data, indent=indent))
    assert document.data == data
    if data and indent:
        assert document.lines[(next(iter(data)),)] == 2


@given(st.text() | st.binary())
def test_any_text_is_read_or_refused_and_never_breaks(text: str | bytes) -> None:
    try:
        assert isinstance(read_document(text).data, dict)
    except DocumentError as error:
        assert error.line is None or error.line >= 1


def test_the_plain_loader_reads_the_same_as_the_one_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read_document(CASE)
    monkeypatch.setattr(yaml_text, "_Loader", yaml.BaseLoader)
    assert read_document(CASE) == fast
    with pytest.raises(DocumentError):
        read_document("a: &x 1")
