"""The data folders are found wherever the package lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from valuecalc import resources


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package in an empty checkout."""
    folder = tmp_path / "valuecalc"
    folder.mkdir()
    monkeypatch.setattr(resources, "PACKAGE", folder)
    return folder


def test_in_a_checkout_they_lie_beside_the_package() -> None:
    root = Path(__file__).resolve().parent.parent
    assert resources.templates_folder() == root / "templates"
    assert resources.models_folder() == root / "models"


def test_in_a_wheel_they_lie_inside_even_if_there_is_a_stranger_beside(package: Path) -> None:
    (package / "models").mkdir()
    (package.parent / "models").mkdir()
    assert resources.models_folder() == package / "models"


def test_an_incomplete_installation_says_where_it_looked_and_what_to_do(package: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"templates is not at .* or .*: .* Install"):
        resources.templates_folder()
