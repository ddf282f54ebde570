"""What may be written over in a document, as a request says it."""

from __future__ import annotations

import pytest

from valuecalc.errors import DocumentError
from valuecalc.schemas.embedding import LONGEST_SPOT, MOST_SPOTS, read_overwrite


def test_each_field_names_one_spot_or_several_as_a_list() -> None:
    spot = "table.benefits[Training, and more][Total]"
    assert read_overwrite(["value.npv", f'["{spot}", "text.title"]', ""]) == {
        "value.npv",
        spot,
        "text.title",
    }
    assert read_overwrite([]) == frozenset()


@pytest.mark.parametrize(
    "text", ["[", "[1]", '[["value.npv"]]', "[null]", "x" * (LONGEST_SPOT + 1)]
)
def test_what_is_no_list_of_texts_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        read_overwrite([text])


def test_more_spots_than_any_document_has_are_refused() -> None:
    with pytest.raises(DocumentError, match="“\\*”"):
        read_overwrite([f"value.{number}" for number in range(MOST_SPOTS + 1)])
