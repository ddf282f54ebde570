"""The client in docs/api.md works as it stands, against a server on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from tests.team_members import new_member, new_team, new_token
from tests.web.conftest import served

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def address_and_token(tmp_path: Path) -> Iterator[tuple[str, str]]:
    app = served(tmp_path / "data")
    store = app.extensions["store"]
    team = new_team(store)
    token = new_token(store, new_member(store, team), team)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", token
    server.shutdown()
    thread.join(10)


def client() -> str:
    """The first Python block of the page."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    found = re.search(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def run(folder: Path, address: str, token: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: text for name, text in os.environ.items() if "proxy" not in name.lower()},
        "VALUECALC_ADDRESS": address,
        "VALUECALC_TOKEN": token,
        "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.run(
        [sys.executable, "-c", client()],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_the_client_of_the_documentation_works_as_it_stands(
    address_and_token: tuple[str, str], tmp_path: Path
) -> None:
    done = run(tmp_path, *address_and_token)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Version 2\n")
    assert "Net present value (NPV)" in done.stdout
    assert (tmp_path / "case.xlsx").read_bytes().startswith(b"PK")


def test_the_client_says_why_it_was_refused(
    address_and_token: tuple[str, str], tmp_path: Path
) -> None:
    address, _ = address_and_token
    done = run(tmp_path, address, "vc_no.token")
    assert done.returncode == 1
    assert "token is not valid" in done.stderr
