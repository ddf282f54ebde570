"""The manual of operation names what there is."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from tests.web.operated import operated
from valuecalc.cli import main
from valuecalc.config import KEYS
from valuecalc.web import gunicorn_worker, limits, metrics

ROOT = Path(__file__).resolve().parent.parent
MANUAL = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def test_every_command_in_the_manual_is_one() -> None:
    commands = set(re.findall(r"(?:^|`|bin/)valuecalc ([a-z]+)\b", MANUAL, re.MULTILINE))
    assert {"serve", "migrate", "backup", "restore"} <= commands
    assert commands <= set(main.commands)


def test_every_option_of_serve_in_the_manual_is_one() -> None:
    shown = CliRunner().invoke(main, ["serve", "--help"]).output
    for line in re.findall(r"valuecalc serve (--.*)", MANUAL):
        for option in re.findall(r"--[a-z]+", line):
            assert option in shown


def test_every_setting_in_the_manual_is_one() -> None:
    assert set(re.findall(r"\bVALUECALC_[A-Z_]+\b", MANUAL)) <= {*KEYS, "VALUECALC_"}


def test_the_manual_names_the_metrics_that_there_are(tmp_path: Path) -> None:
    metrics.rate_limited("requests")
    text = operated(tmp_path).test_client().get("/metrics").text
    served = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    named = set(re.findall(r"\bvaluecalc_\w+", MANUAL)) - {"valuecalc_"}
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in named} == served


def test_every_probe_in_the_manual_is_an_address(tmp_path: Path) -> None:
    rules = {rule.rule for rule in operated(tmp_path).url_map.iter_rules()}
    assert {"/healthz", "/readyz", "/metrics"} <= rules


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_examples_in_yaml_can_be_read(text: str) -> None:
    assert isinstance(yaml.safe_load(text), dict)


def test_the_unit_of_systemd_can_be_read_and_waits_longer_than_a_request_may_take() -> None:
    [text] = blocks("ini")
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(text)
    assert int(unit["Service"]["TimeoutStopSec"]) > 60
    assert unit["Service"]["KillMode"] == "mixed"


def test_the_example_of_a_proxy_sends_every_header_that_the_service_reads() -> None:
    [text] = blocks("nginx")
    for line in (
        "proxy_set_header Host $host;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header X-Request-ID $request_id;",
    ):
        assert line in re.sub(r" +", " ", text)


def test_the_manual_states_the_limits_that_hold() -> None:
    assert f"| head of a request to arrive | {gunicorn_worker.HEAD_SECONDS:g} s |" in MANUAL
    assert f"counts as {limits.COST_FOR_STRANGERS} requests" in MANUAL
    config = (ROOT / "valuecalc" / "web" / "gunicorn_config.py").read_text(encoding="utf-8")
    for setting, stated in (
        ("limit_request_line = 8190", "8190 bytes"),
        ("limit_request_field_size = 8190", "8190"),
        ("limit_request_fields = 100", "100"),
        ("worker_connections = 500", "500"),
    ):
        assert setting in config
        assert stated in MANUAL
    assert gunicorn_worker.LARGEST_HEAD == 64 * 1024
