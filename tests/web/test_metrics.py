"""Figures about the service's own work, and who may see them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.web.cases import minimal
from tests.web.operated import operated
from tests.web.visitors import cast
from valuecalc.schemas.case import load_case
from valuecalc.services import saved_cases
from valuecalc.web import metrics

TOKEN = "prometheus-may-read-this"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture(scope="module", autouse=True)
def _few_series() -> None:
    """Begin without the series that thousands of tests before have left in this process."""
    metrics._requests.clear()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Counts go on from test to test, as they do for every application of a process."""
    return operated(tmp_path_factory.mktemp("metrics")).test_client()


def value(client: FlaskClient, name: str, **labels: str) -> float:
    """What a sample of /metrics says; 0 when it is not there yet."""
    response = client.get("/metrics")
    assert response.status_code == 200, response.text
    for family in text_string_to_metric_families(response.text):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return float(sample.value)
    return 0.0


def test_each_request_is_counted_with_its_time(client: FlaskClient) -> None:
    labels = {"method": "GET", "route": "/help", "status": "2xx"}
    before = value(client, "valuecalc_request_seconds_count", **labels)
    for _ in range(3):
        client.get("/help")
    assert value(client, "valuecalc_request_seconds_count", **labels) == before + 3
    assert value(client, "valuecalc_request_seconds_sum", **labels) > 0
    within = value(client, "valuecalc_request_seconds_bucket", le="30.0", **labels)
    assert within == before + 3


def test_made_up_addresses_and_methods_make_no_series_of_their_own(client: FlaskClient) -> None:
    for number in range(5):
        client.open(f"/made-up-{number}", method=f"MADEUP{number}")
    text = client.get("/metrics").text
    assert "made-up" not in text.lower().replace("madeup", "made-up")
    assert value(client, "valuecalc_request_seconds_count", method="other", route="(none)") >= 5


def test_the_request_that_asks_is_the_one_in_flight(client: FlaskClient) -> None:
    assert value(client, "valuecalc_requests_in_flight") == 1
    assert value(client, "valuecalc_requests_in_flight") == 1


def test_a_request_that_fails_is_no_longer_in_flight(tmp_path: Path) -> None:
    app = operated(tmp_path)
    app.add_url_rule("/fails", view_func=lambda: 1 / 0)
    client = app.test_client()
    labels = {"route": "/fails", "status": "5xx"}
    before = value(client, "valuecalc_request_seconds_count", **labels)
    assert client.get("/fails").status_code == 500
    assert value(client, "valuecalc_requests_in_flight") == 1
    assert value(client, "valuecalc_request_seconds_count", **labels) == before + 1


@pytest.mark.parametrize(
    ("count", "name", "labels"),
    [
        (metrics.sign_in_failed, "valuecalc_sign_in_failures_total", {}),
        (metrics.unavailable, "valuecalc_unavailable_total", {}),
        (
            lambda: metrics.rate_limited("sign_in"),
            "valuecalc_rate_limited_total",
            {"limit": "sign_in"},
        ),
    ],
)
def test_what_happens_in_the_service_is_counted(
    count: Any, name: str, labels: dict[str, str], client: FlaskClient
) -> None:
    before = value(client, name, **labels)
    count()
    assert value(client, name, **labels) == before + 1


def test_a_version_that_is_saved_is_counted_and_a_refused_one_is_not(app: Flask) -> None:
    editor = cast(app).editor
    kept, _ = saved_cases.create(app.extensions["store"], editor.actor, load_case(minimal()))
    before = value(editor.client, "valuecalc_saves_total")
    for typed in ("120", "twelve"):
        editor.send(f"/cases/{kept.head.uid}/numbers", {"version": "1", "users.value": typed})
    assert value(editor.client, "valuecalc_saves_total") == before + 1


def test_every_view_that_saves_is_there(app: Flask) -> None:
    assert set(app.view_functions) >= metrics.SAVING


def test_a_database_that_cannot_be_used_is_counted(client: FlaskClient) -> None:
    before = value(client, "valuecalc_unavailable_total")
    client.get("/readyz")
    assert value(client, "valuecalc_unavailable_total") == before + 1


def test_every_metric_is_in_the_table_of_the_module(client: FlaskClient) -> None:
    metrics.rate_limited("requests")
    for family in text_string_to_metric_families(client.get("/metrics").text):
        assert f"`{family.name}" in (metrics.__doc__ or "")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
def test_without_a_token_programs_on_this_machine_may_ask(
    address: str, client: FlaskClient
) -> None:
    base = {"REMOTE_ADDR": address}
    assert client.get("/metrics", environ_base=base).status_code == 200
    assert client.get("/metrics", base_url="http://[::1]:8000").status_code == 200


@pytest.mark.parametrize(
    "request_like",
    [
        {"environ_base": ELSEWHERE},
        {"environ_base": {"REMOTE_ADDR": ""}},
        {"environ_base": {"REMOTE_ADDR": "unix"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
        {"headers": {"Via": "1.1 proxy"}},
        {"headers": {"Host": "value.example.com"}},
    ],
)
def test_without_a_token_nobody_else_may_not_even_through_a_proxy_here(
    request_like: dict[str, Any], client: FlaskClient
) -> None:
    response = client.get("/metrics", **request_like)
    assert response.status_code == 403
    assert "VALUECALC_METRICS_TOKEN" in response.text
    assert "valuecalc_request" not in response.text


def test_behind_a_proxy_this_machine_is_no_proof(tmp_path: Path) -> None:
    client = operated(tmp_path, trusted_proxies=1).test_client()
    assert client.get("/metrics").status_code == 403


def test_with_a_token_its_bearer_may_ask_from_anywhere(tmp_path: Path) -> None:
    client = operated(tmp_path, metrics_token=TOKEN).test_client()
    for scheme in ("Bearer", "bearer"):
        headers = {"Authorization": f"{scheme} {TOKEN}"}
        assert client.get("/metrics", headers=headers, environ_base=ELSEWHERE).status_code == 200


@pytest.mark.parametrize(
    "shown", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer naïve"]
)
def test_with_a_token_nobody_may_ask_without_it_not_even_here(
    shown: str | None, tmp_path: Path
) -> None:
    client = operated(tmp_path, metrics_token=TOKEN).test_client()
    headers = {} if shown is None else {"Authorization": shown}
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 401
    assert "valuecalc_request" not in response.text
    assert TOKEN not in response.text


WORKERS = """
import os
from flask import Flask
from valuecalc.config import Settings
from valuecalc.web import metrics

app = Flask("worker")
metrics.install(app, Settings())
app.add_url_rule("/help", view_func=lambda: "")
client = app.test_client()
for _ in range(3):
    if (child := os.fork()) == 0:
        client.get("/help")
        os._exit(0)
    os.waitpid(child, 0)
print(client.get("/metrics").text)
"""
"""With nothing of the application but its metrics, as all of it takes long to load."""


def test_whichever_process_is_asked_adds_up_all_of_them(tmp_path: Path) -> None:
    folder = tmp_path / "counts"
    folder.mkdir()
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    command = [sys.executable, "-W", "ignore", "-c", WORKERS]
    root = Path(__file__).resolve().parent.parent.parent
    run = subprocess.run(
        command, env=environment, cwd=root, capture_output=True, text=True, check=True
    )
    row = next(row for row in run.stdout.splitlines() if 'count{method="GET",route="/help"' in row)
    assert row.endswith(" 3.0")


def test_the_metrics_are_no_part_of_the_described_interface(client: FlaskClient) -> None:
    described: Flask = client.application
    assert "/metrics" not in described.test_client().get("/api/openapi.json").get_json()["paths"]
