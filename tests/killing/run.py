"""The server, its writers, their killer, and the reckoning."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from tests.databases import upgrade
from tests.killing.reckoning import Reckoning, reckon
from tests.killing.writers import Acknowledged, Writer
from tests.serving import Server, kill
from tests.team_members import new_member, new_team, new_token
from valuecalc.store.database import Database

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
            workers += kill_one(server, chance)
    return workers, servers


def kill_one(server: Server, chance: random.Random) -> bool:
    """Kill one worker; whether there was one."""
    workers = server.children()
    return bool(workers) and kill(chance.choice(workers))


def somebody_with_a_token(url: str) -> str:
    """Sets the database up with one account; its token."""
    upgrade(url)
    store = Database(url)
    team = new_team(store)
    token = new_token(store, new_member(store, team), team)
    store.close()
    return token
