"""What others published and we ship is what they published, with its licence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

VENDOR = Path(__file__).resolve().parent.parent / "valuecalc" / "web" / "static" / "vendor"
MANIFEST: list[dict[str, Any]] = json.loads((VENDOR / "MANIFEST.json").read_text())
ENTRIES = [pytest.param(entry, id=entry["name"]) for entry in MANIFEST]


def folder_of(entry: dict[str, Any]) -> Path:
    return VENDOR / str(entry["folder"])


def test_every_vendored_folder_stands_in_the_manifest() -> None:
    folders = {path.name for path in VENDOR.iterdir() if path.is_dir()}
    assert folders == {entry["folder"] for entry in MANIFEST}


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_manifest_names_every_file_and_its_hash(entry: dict[str, Any]) -> None:
    files = sorted(path for path in folder_of(entry).rglob("*") if path.is_file())
    found = {
        path.relative_to(folder_of(entry)).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    assert found == entry["sha256"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_licence_is_named_and_shipped(entry: dict[str, Any]) -> None:
    assert entry["licence"]
    assert "LICENSE" in entry["sha256"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_folder_carries_the_version_and_the_manifest_the_publisher_s_hash(
    entry: dict[str, Any],
) -> None:
    assert entry["folder"].endswith(f"-{entry['version']}")
    assert entry["integrity"].startswith("sha512-")
