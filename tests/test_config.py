from __future__ import annotations

import pytest

from valuecalc.config import Settings
from valuecalc.errors import InputError


def test_without_any_key_the_defaults_hold() -> None:
    assert Settings.from_environment({"PATH": "/bin"}) == Settings()


def test_the_largest_body_can_be_set() -> None:
    settings = Settings.from_environment({"VALUECALC_MAX_BODY_BYTES": " 5000 "})
    assert settings.max_body_bytes == 5000


@pytest.mark.parametrize("text", ["lots", "-1", "2.5m", "999", "1e9", "٣٠٠٠"])
def test_a_body_size_that_is_no_number_of_bytes_is_refused_with_the_key_s_name(text: str) -> None:
    with pytest.raises(InputError, match="VALUECALC_MAX_BODY_BYTES") as refused:
        Settings.from_environment({"VALUECALC_MAX_BODY_BYTES": text})
    assert "such as 2000000" in refused.value.remedy


def test_a_misspelt_key_is_refused_with_the_right_one() -> None:
    with pytest.raises(InputError, match="VALUECALC_MAX_BODY_BYTE is no setting") as refused:
        Settings.from_environment({"VALUECALC_MAX_BODY_BYTE": "5000"})
    assert "VALUECALC_MAX_BODY_BYTES" in refused.value.remedy
