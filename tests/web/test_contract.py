"""The API keeps to its description, whatever is sent: tried out by Schemathesis.

`make test` tries a few requests of each kind, always the same ones; `make test-long` many more,
and chains of requests as well. A failure shows the request as a line of curl. What may be
refused, and why, stands in `schemathesis.toml`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import cheap_passwords
from tests.databases import SqliteTemplates, upgrade
from tests.serving import SECRET_KEY, serving
from tests.web.belongings import belongings, program_token
from valuecalc.store.database import Database

pytestmark = pytest.mark.processes

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
PROGRAM = Path(__file__).with_name("schemathesis_quickly.py")

# The parts of addresses in the description, and the things that they name.
PARTS = {
    "case_id": "case",
    "comment_id": "comment",
    "share_id": "share",
    "proposal_id": "proposal",
    "reference_id": "reference",
    "team": "team",
    "team_id": "team",
    "member": "member",
    "invitation": "invitation",
    "token": "token",
    "job_id": "job",
}
MOST_ARE_THERE = 0.8

WITH_A_CASE = (
    r"^(POST|PUT) /api/v1/(calculate(/bulk)?|check|explain|solve|export|tags|cases(/.case_id.)?|"
    r"tornado|elasticities|two-way|break-even|simulate|information|alternatives|bridge|delays)$"
)
FEW, MANY = 2, 200
PATIENCE_SECONDS = 3600
PATIENT = "--request-timeout=120"
EVERYTHING = "examples,coverage,fuzzing,stateful"
AT_ONCE = "examples,coverage,fuzzing"
A_FEW = ("--max-examples=1", "--phases=examples,fuzzing", "--no-shrink")


@pytest.fixture(scope="module")
def is_long() -> bool:
    return settings().max_examples > 100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps its data, and the token of its owner."""
    return tmp_path_factory.mktemp("contract")


@pytest.fixture(scope="module")
def service(sqlite_templates: SqliteTemplates, folder: Path, is_long: bool) -> Iterator[list[str]]:
    """A service with a team; what to call to try it out, without saying who asks.

    The stranger comes first: whoever may change things leaves others behind.
    """
    url = sqlite_templates.fresh_database(upgrade, folder)
    store = Database(url)
    with pytest.MonkeyPatch.context() as patch:
        cheap_passwords.use(patch)
        team = belongings(store, SECRET_KEY, "North")
        token = program_token(store, team.owner, team.team)
    store.close()
    chosen = folder / "schemathesis.toml"
    chosen.write_text(configuration(dict(team.names), is_long))
    (folder / "token").write_text(token)
    with serving(url, workers=1, VALUECALC_OFFICE="off") as server:
        address = f"http://127.0.0.1:{server.port}/api/openapi.json"
        # Without -P the modules beside the program would hide others of the same names.
        program = [sys.executable, "-P", str(PROGRAM)]
        yield [*program, "--config-file", str(chosen), "run", address, "--seed=1"]


@pytest.fixture
def as_owner(service: list[str], folder: Path) -> str:
    """The option with which the owner of the team asks."""
    return f"--header=Authorization: Bearer {(folder / 'token').read_text()}"


def configuration(names: dict[str, str], is_long: bool) -> str:
    """Ours, with the ids of what is there, as most requests should be about something."""
    words = {part: json.dumps([names[thing]]) for part, thing in PARTS.items()}
    lines = [f"[dictionaries.{part}]\nvalues = {values}" for part, values in words.items()]
    bound = f"probability = {MOST_ARE_THERE}"
    lines += ["[parameters]"]
    lines += [f'"path.{part}" = {{ dictionary = "{part}", {bound} }}' for part in PARTS]
    lines += [CONFIGURATION.read_text()]
    if not is_long:
        # A case has two thousand ways to be wrong, the same ones in each of these addresses.
        names = f"include-name-regex = {json.dumps(WITH_A_CASE)}"
        lines += [f"[[operations]]\n{names}\nphases.coverage.enabled = false"]
    return "\n".join(lines)


def tried(command: list[str], folder: Path, *options: str) -> None:
    """Try the service out. What does not keep to the description is in the report."""
    done = subprocess.run(
        [*command, "--continue-on-failure", "--suppress-health-check=all", PATIENT, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}", pytrace=False)


def test_every_answer_to_a_stranger_is_as_described(
    service: list[str], tmp_path: Path, is_long: bool
) -> None:
    tried(
        service,
        tmp_path,
        f"--max-examples={MANY if is_long else 1}",
        "--phases=examples,fuzzing",
        "--no-shrink",
        "--exclude-checks=positive_data_acceptance,negative_data_rejection",
    )


def test_the_answers_to_a_program_are_as_described(
    service: list[str], as_owner: str, tmp_path: Path
) -> None:
    tried(service, tmp_path, as_owner, *A_FEW)


@pytest.mark.slow
def test_every_answer_to_a_program_is_as_described(
    service: list[str], as_owner: str, tmp_path: Path, is_long: bool
) -> None:
    tried(
        service,
        tmp_path,
        as_owner,
        f"--max-examples={MANY if is_long else FEW}",
        f"--phases={EVERYTHING if is_long else AT_ONCE}",
        *([] if is_long else ["--no-shrink"]),
    )
