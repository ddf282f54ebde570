"""The server, its writers, their killer, and the reckoning."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.killing.reckoning import Reckoning, reckon
from tests.killing.writers import Acknowledged, Writer

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET_KEY = "k" * 40
PATIENCE_SECONDS = 30
SHARE_OF_WHOLE_SERVER = 0.12


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long, with how many programs that save, and how many workers that serve."""

    seconds: float
    writers: int = 8
    workers: int = 3
    pause: tuple[float, float] = (0.4, 1.6)
    seed: int = 7


@dataclass
class Server:
    """`valuecalc serve` on a free port, which is started anew after it was killed."""

    url: str
    workers: int
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting until it answers."""
        self.port = self.port or free_port()
        environment = {
            **os.environ,
            "VALUECALC_DATABASE_URL": self.url,
            "VALUECALC_SECRET_KEY": SECRET_KEY,
            "VALUECALC_RATE_LIMIT": "off",
            "VALUECALC_LOG_LEVEL": "error",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-c", "from valuecalc.cli import main; main()", "serve"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--workers", str(self.workers)],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(PATIENCE_SECONDS * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError("the server does not start")

    def children(self) -> list[int]:
        """The process ids of its workers."""
        assert self.process is not None
        try:
            listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            return [int(each) for each in listed.read_text().split()]
        except OSError:
            return []

    def kill_one(self, chance: random.Random) -> bool:
        """Kill one worker; whether there was one."""
        workers = self.children()
        return bool(workers) and kill(chance.choice(workers))

    def kill_all(self) -> None:
        """Kill the server with all its workers."""
        assert self.process is not None
        workers = self.children()
        for process in (self.process.pid, *workers):
            kill(process)
        self.process.wait()


def kill(process: int) -> bool:
    """End a process of ours as a power cut would."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(url: str, plan: Plan) -> Reckoning:
    """Serve, save, kill, and count what is missing."""
    token = somebody_with_a_token(url)
    server = Server(url, plan.workers)
    server.start()
    server.wait()
    stop = threading.Event()
    acknowledged: list[Acknowledged] = []
    writers = [Writer(n, server.port, token, stop, acknowledged) for n in range(plan.writers)]
    for writer in writers:
        writer.start()
    workers, servers = kill_for_a_while(server, plan)
    stop.set()
    for writer in writers:
        writer.join(PATIENCE_SECONDS)
    server.kill_all()
    return reckon(url, acknowledged, writers, workers, servers)


def kill_for_a_while(server: Server, plan: Plan) -> tuple[int, int]:
    """How many workers, and how often the whole server, were killed."""
    chance = random.Random(plan.seed)
    workers = servers = 0
    end = time.monotonic() + plan.seconds
    while time.monotonic() < end:
        time.sleep(chance.uniform(*plan.pause))
        if chance.random() < SHARE_OF_WHOLE_SERVER:
            server.kill_all()
            server.start()
            server.wait()
            servers += 1
        else:
            workers += server.kill_one(chance)
    return workers, servers


def somebody_with_a_token(url: str) -> str:
    """Sets the database up with one account; its token."""
    from tests.store.people import somebody
    from valuecalc.services import identity
    from valuecalc.services.access import Role
    from valuecalc.store import migrate
    from valuecalc.store.database import Database
    from valuecalc.store.tables import Token, new_secret, sha256

    store = Database(url)
    migrate.upgrade(store)
    ann = somebody(store)
    secret = new_secret()
    token = Token(
        user_id=ann.actor.account.id,
        team_id=ann.team.id,
        name="killing",
        role=Role.EDITOR,
        secret_sha=sha256(secret),
    )
    store.run(lambda session: session.add(token))
    store.close()
    return identity.token_text(token, secret)
