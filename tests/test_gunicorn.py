"""The service behind its real server: slow and greedy clients, killed workers, a clean end."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from valuecalc.cli import main

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120
FOREVER_SECONDS = 1800  # whoever waits for what takes so long has lost patience before
WORKERS = 2
THREADS = 2
CASE = {
    "format": "valuecalc/1",
    "title": "Test",
    "currency": "GBP",
    "timeline": {"start": "2027-01", "years": 1, "period": "year"},
    "benefits": [{"id": "b", "label": "B", "formula": "3 GBP", "category": "revenue"}],
    "investments": [{"id": "i", "label": "I", "formula": "2 GBP", "category": "capital"}],
}

pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Server:
    """A gunicorn that runs, with what it has written so far."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def client(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)

    def get(self, path: str = "/healthz") -> int:
        connection = self.client()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


@contextmanager
def serving(
    folder: Path,
    application: str | None = None,
    config: str = "python:valuecalc.web.gunicorn_config",
    **settings: str,
) -> Iterator[Server]:
    """The service on a free port, as `gunicorn -c` starts it.

    A request may take as long as it likes, so that whoever waits for one waits too long.
    """
    log = folder / "log"
    environment = {
        **{key: text for key, text in os.environ.items() if not key.startswith("VALUECALC_")},
        "VALUECALC_DATA_DIR": str(folder),
        "VALUECALC_RATE_LIMIT": "off",
        "VALUECALC_REQUEST_TIMEOUT": str(FOREVER_SECONDS),
        **{f"VALUECALC_{name}": text for name, text in settings.items()},
    }
    command = [sys.executable, "-m", "gunicorn", "-c", config]
    command += ["--bind", "127.0.0.1:0", "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += [application] if application else []
    with log.open("w") as stderr:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=stderr, text=True)
    try:
        yield Server(process, _port(process, log), log)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_SECONDS)
        process.kill()
        process.wait()


def _port(process: subprocess.Popen[str], log: Path) -> int:
    """The port that the server has chosen, once it says so and answers."""
    for _ in range(10 * PATIENCE_SECONDS):
        found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", log.read_text())
        if found and log.read_text().count("Booting worker") >= WORKERS:
            return int(found[1])
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


SLOWLY_BORN = f"""
import time
from valuecalc.web.gunicorn_config import *

def post_fork(server, worker):
    time.sleep({FOREVER_SECONDS})
"""

PATIENT_WITH_HEADS = """
from valuecalc.web import gunicorn_worker
from valuecalc.web.gunicorn_config import *

gunicorn_worker.HEAD_SECONDS = {seconds}
"""


QUICKLY_BORN = """
def post_worker_init(worker):
    pass
"""
"""For a configuration of workers that load nothing ahead and have no jobs."""

TINY_APPLICATION = """
import time
from pathlib import Path

def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        here = Path(__file__).parent
        (here / "begun").touch()
        while not (here / "may_end").exists():
            time.sleep(0.01)
    start_response("200 OK", [("Content-Length", "4")])
    return [b"done"]
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An application that is loaded at once, for tests of the server alone."""
    (tmp_path / "tiny_application.py").write_text(TINY_APPLICATION)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    return "tiny_application:app"


def patient_with_heads(folder: Path, seconds: float, more: str = "") -> str:
    """A configuration in which the head of a request may take so long."""
    config = folder / "patient.py"
    config.write_text(PATIENT_WITH_HEADS.format(seconds=seconds) + more)
    return str(config)


def quick(folder: Path) -> str:
    """The configuration of the service, for workers that load nothing ahead and have no jobs."""
    config = folder / "quick.py"
    config.write_text("from valuecalc.web.gunicorn_config import *\n" + QUICKLY_BORN)
    return str(config)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for which no client is too slow: who waits for one of them waits too long."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, config=patient_with_heads(folder, FOREVER_SECONDS)) as running:
        yield running


def wait_until(condition: Any) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def test_requests_are_answered_by_all_workers(server: Server) -> None:
    assert server.get("/help") == 200
    assert len(server.workers()) == WORKERS


def test_each_worker_loads_what_its_first_simulation_would_wait_for(server: Server) -> None:
    def has_loaded(worker: int) -> bool:
        return "/_sobol." in Path(f"/proc/{worker}/maps").read_text()

    wait_until(lambda: all(map(has_loaded, server.workers())))


def test_lines_of_server_and_application_are_of_one_format(server: Server) -> None:
    server.get("/help")
    lines = [json.loads(line) for line in server.text().splitlines()]
    assert {"gunicorn.error", "valuecalc.web"} <= {line["logger"] for line in lines}
    assert all(line["timestamp"] and line["level"] for line in lines)


def test_a_request_that_the_server_refuses_itself_leaves_no_secret_in_the_log(
    server: Server,
) -> None:
    for head in ("GET /s/swordfish x HTTP/1.1", "GET /help?token=swordfish HTTP/9.9"):
        with server.connect() as client:
            client.sendall(f"{head}\r\nHost: x\r\n\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 400")
    wait_until(lambda: server.text().count("Invalid") >= 2)
    assert "swordfish" not in server.text()


def test_the_server_opens_no_socket_but_the_one_to_serve_on(server: Server) -> None:
    sockets = subprocess.run(["ss", "-xlpH"], capture_output=True, text=True, check=False).stdout
    assert f"pid={server.process.pid}," not in sockets
    assert not list(Path.home().glob(".gunicorn/*.ctl"))


def test_the_word_of_a_neighbour_about_the_scheme_is_not_taken(server: Server) -> None:
    connection = server.client()
    connection.request("GET", "/theme", headers={"X-Forwarded-Proto": "https"})
    connection.getresponse().read()
    form = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-Proto": "https",
        "Origin": f"http://127.0.0.1:{server.port}",
    }
    connection.request("POST", "/theme", body="theme=dark", headers=form)
    assert "Secure" not in (connection.getresponse().headers["Set-Cookie"] or "")


# ------------------------------------------------------------------ slow clients


@contextmanager
def slow_clients(server: Server, count: int, beginning: bytes) -> Iterator[list[socket.socket]]:
    """Clients that have sent the beginning of a request and then take their time."""
    with ExitStack() as stack:
        clients = [stack.enter_context(server.connect()) for _ in range(count)]
        for each in clients:
            each.sendall(beginning)
        time.sleep(0.3)
        yield clients


@pytest.mark.parametrize("beginning", [b"", b"G", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_twenty_clients_that_send_their_head_slowly_hinder_nobody(
    beginning: bytes, server: Server
) -> None:
    with slow_clients(server, 20, beginning) as clients:
        for _ in range(5):
            assert server.get() == 200
            for each in clients:
                each.sendall(b"G" if not beginning else b"x")
        assert server.get("/help") == 200


def test_a_head_that_comes_in_pieces_is_a_request_like_any_other(server: Server) -> None:
    with server.connect() as client:
        for piece in (b"GE", b"T /healthz HT", b"TP/1.1\r\nHost: x\r", b"\n\r", b"\n"):
            client.sendall(piece)
            time.sleep(0.12)
        assert client.recv(100).startswith(b"HTTP/1.1 200")


def test_two_requests_sent_at_once_are_both_answered(server: Server) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with server.connect() as client:
        client.sendall(request * 2 + request[:20])
        time.sleep(0.3)
        client.sendall(request[20:])
        found = b""
        while found.count(b"ok\n") < 3:
            part = client.recv(4096)
            assert part, found
            found += part
    assert found.count(b"HTTP/1.1 200") == 3


def test_a_connection_can_be_used_again_and_again(server: Server) -> None:
    connection = server.client()
    for _ in range(5):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"ok\n")
        assert not answer.will_close
    connection.close()


def test_who_never_finishes_the_head_is_sent_away(tmp_path: Path, tiny: str) -> None:
    with (
        serving(tmp_path, tiny, patient_with_heads(tmp_path, 0.5, QUICKLY_BORN)) as server,
        server.connect() as client,
    ):
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 408")
        assert client.recv(100) == b""


def test_who_sends_the_body_too_slowly_is_cut_off_and_the_service_recovers(tmp_path: Path) -> None:
    head = b"POST /api/v1/check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    begun = time.monotonic()
    with (
        serving(tmp_path, config=quick(tmp_path), REQUEST_TIMEOUT="5") as server,
        slow_clients(server, 20, head + b"Content-Length: 1000\r\n\r\n{") as clients,
    ):
        cut, _, _ = select.select(clients, [], [], PATIENCE_SECONDS)
        assert time.monotonic() - begun >= 5
        assert b"HTTP/1.1 200" not in cut[0].recv(100)
        for each in clients:
            each.close()
        assert server.get() == 200
        assert "cut off after 5 seconds" in server.text()


# ---------------------------------------------------------------- greedy clients

LARGE = 50_000_000


def answer_while_sending(server: Server, head: bytes, pieces: Iterator[bytes]) -> bytes:
    """What the server answers to somebody who goes on sending as long as it lets them."""
    with server.connect() as client:
        client.sendall(head)
        with suppress(OSError):
            for piece in pieces:
                client.sendall(piece)
        found = b""
        with suppress(OSError):
            while part := client.recv(65536):
                found += part
    return found


def memory(server: Server) -> float:
    """The most that a worker has ever held, in MB."""
    texts = [Path(f"/proc/{pid}/status").read_text() for pid in server.workers()]
    return max(int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024 for text in texts)  # type: ignore[index]


@pytest.mark.parametrize("framing", ["Content-Length: 50000000", "Transfer-Encoding: chunked"])
def test_fifty_megabytes_are_refused_without_being_kept(framing: str, server: Server) -> None:
    server.get("/help")
    before = memory(server)
    piece = b"x" * 65536
    if framing.startswith("Transfer"):
        piece = b"10000\r\n" + piece + b"\r\n"
    head = (
        f"POST /api/v1/calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{framing}"
    )
    pieces = (piece for _ in range(LARGE // 65536))
    answer = answer_while_sending(server, f"{head}\r\n\r\n".encode(), pieces)
    # The connection may break while the client still sends; an answer, if it comes, is this one.
    assert answer.startswith(b"HTTP/1.1 413") or not answer
    assert memory(server) - before < 15
    assert server.get() == 200


@pytest.mark.parametrize("framing", ["length", "chunks"])
@pytest.mark.parametrize("path", ["/api/v1/calculate", "/calculate", "/theme"])
def test_a_body_a_little_too_large_is_answered_with_413(
    framing: str, path: str, server: Server
) -> None:
    body = b"x" * 2_020_000
    connection = server.client()
    with suppress(OSError):
        connection.request(
            "POST",
            path,
            body=body if framing == "length" else iter([body[:1_000_000], body[1_000_000:]]),
            encode_chunked=framing == "chunks",
            headers={"Content-Type": "application/json"}
            | ({"Transfer-Encoding": "chunked"} if framing == "chunks" else {}),
        )
    assert connection.getresponse().status == 413
    connection.close()


def test_a_case_sent_in_chunks_is_calculated(server: Server) -> None:
    body = json.dumps({"case": CASE}).encode()
    connection = server.client()
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    pieces = iter([body[:50], body[50:]])
    connection.request("POST", "/api/v1/calculate", pieces, headers, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 200
    assert json.loads(answer.read())["figures"]["total_investment"] == 2
    connection.close()


def test_chunks_that_make_no_sense_are_the_sender_s_mistake(server: Server) -> None:
    head = b"POST /api/v1/check HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with server.connect() as client:
        client.sendall(head + b"nonsense\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"x" * 9000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"x" * 100_000, b"431"),
    ],
)
def test_a_head_that_is_too_large_is_refused(head: bytes, status: bytes, server: Server) -> None:
    with server.connect() as client:
        client.sendall(head)
        assert client.recv(100).startswith(b"HTTP/1.1 " + status)


# ------------------------------------------------------------ workers and the end


def test_a_worker_that_is_killed_is_replaced_and_nobody_waits(server: Server) -> None:
    victim = server.workers()[0]
    os.kill(victim, signal.SIGKILL)
    assert server.get("/help") == 200
    wait_until(lambda: len(server.workers()) == WORKERS and victim not in server.workers())
    for _ in range(10):
        assert server.get() == 200


def metrics_folder(server: Server) -> Path:
    """Where the workers of a server note what they count."""
    maps = [Path(f"/proc/{each}/maps").read_text() for each in server.workers()]
    [folder] = set(re.findall(r"\S+/valuecalc-metrics-\w+", "\n".join(maps)))
    return Path(folder)


def test_the_counts_of_killed_workers_are_kept_until_the_end_and_nothing_of_theirs_is_in_flight(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, config=quick(tmp_path)) as server, ExitStack() as stack:
        for _ in range(6):
            server.get("/help")
        counts = metrics_folder(server)
        unfinished = b"POST /theme HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1"
        stack.enter_context(slow_clients(server, 1, unfinished))
        victims = server.workers()
        for each in victims:
            os.kill(each, signal.SIGKILL)
        wait_until(
            lambda: len(server.workers()) == WORKERS and not set(victims) & set(server.workers())
        )
        connection = server.client()
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        assert list(counts.glob("*.db"))
    row = 'valuecalc_request_seconds_count{method="GET",route="/help",status="2xx"} 6.0'
    assert row in text.splitlines()
    assert "valuecalc_requests_in_flight 1.0" in text.splitlines()
    assert not counts.exists()


def test_a_request_in_flight_is_finished_before_the_end(tmp_path: Path, tiny: str) -> None:
    found: list[int] = []
    config = patient_with_heads(tmp_path, FOREVER_SECONDS, QUICKLY_BORN)
    with serving(tmp_path, tiny, config) as server:
        asking = threading.Thread(target=lambda: found.append(server.get("/slow")))
        asking.start()
        wait_until((tmp_path / "begun").exists)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: "Handling signal: term" in server.text())
        (tmp_path / "may_end").touch()
        asking.join()
        assert found == [200]
        assert server.process.wait(PATIENCE_SECONDS) == 0
        with pytest.raises(OSError):
            server.get()


def test_slow_clients_do_not_delay_the_end(tmp_path: Path, tiny: str) -> None:
    config = patient_with_heads(tmp_path, FOREVER_SECONDS, QUICKLY_BORN)
    with (
        serving(tmp_path, tiny, config) as server,
        slow_clients(server, 5, b"GET / HTTP/1.1\r\n"),
    ):
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_end_does_not_wait_for_workers_that_are_only_being_born(
    tmp_path: Path, tiny: str, number: int
) -> None:
    config = tmp_path / "slowly_born.py"
    config.write_text(SLOWLY_BORN)
    with serving(tmp_path, tiny, str(config)) as server:
        server.process.send_signal(number)
        assert server.process.wait(PATIENCE_SECONDS) == 0


def test_a_wrong_setting_ends_it_with_the_name_of_the_setting(tmp_path: Path) -> None:
    environment = {"VALUECALC_DATA_DIR": str(tmp_path), "VALUECALC_HTTPS": "maybe"}
    run = CliRunner(env=environment).invoke(main, ["serve", "--port", "0"])
    # Anything but an end in order would have left a traceback.
    assert isinstance(run.exception, SystemExit)
    assert run.exit_code == 1
    assert run.stderr.startswith("VALUECALC_HTTPS is “maybe”")
