"""Programs that create cases and save new versions, and remember what was acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

TRIES = 60
TIMEOUT_SECONDS = 40


@dataclass(frozen=True)
class Acknowledged:
    """A save that the server has confirmed: which case, which version, with which title."""

    uid: str
    version: int
    title: str
    is_new: bool
    seconds: float


class Writer(threading.Thread):
    """One program. Creations are repeated with their key until they are answered."""

    def __init__(
        self,
        number: int,
        port: int,
        token: str,
        stop: threading.Event,
        acknowledged: list[Acknowledged],
    ) -> None:
        super().__init__(daemon=True)
        self.chance = random.Random(number)
        self.port = port
        self.token = token
        self.stop = stop
        self.acknowledged = acknowledged
        self.mine: list[str] = []
        self.answers: Counter[int] = Counter()
        self.replayed = 0
        self.cut_off = 0
        self.connection = self._connect()

    def run(self) -> None:
        """Save until told to stop."""
        while not self.stop.is_set():
            if not self.mine or self.chance.random() < 0.4:
                self.create()
            else:
                self.save(self.chance.choice(self.mine))

    def create(self) -> None:
        """A new case, asked for with one key until there is an answer."""
        title, key = secrets.token_hex(8), secrets.token_hex(12)
        body = {"case": case(title)}
        for _ in range(TRIES):
            if self.stop.is_set():
                return
            began = time.perf_counter()
            answer = self.ask("POST", "/api/v1/cases", body, {"Idempotency-Key": key})
            if answer is None or answer[0] != 201:
                time.sleep(0.05)
                continue
            found = answer[1]
            self.replayed += answer[2].get("Idempotency-Replayed") == "true"
            self.mine.append(found["id"])
            self.note(found["id"], found["version"], title, True, began)
            return

    def save(self, uid: str) -> None:
        """Another version of a case; what becomes of an unanswered one is left open."""
        title = secrets.token_hex(8)
        seen = self.ask("GET", f"/api/v1/cases/{uid}")
        if seen is None or seen[0] != 200:
            return
        began = time.perf_counter()
        tag = {"If-Match": seen[2]["ETag"]}
        answer = self.ask("PUT", f"/api/v1/cases/{uid}", {"case": case(title)}, tag)
        if answer is not None and answer[0] == 200:
            self.note(uid, answer[1]["version"], title, False, began)

    def note(self, uid: str, version: int, title: str, is_new: bool, began: float) -> None:
        """Remember what the server has confirmed."""
        seconds = time.perf_counter() - began
        self.acknowledged.append(Acknowledged(uid, version, title, is_new, seconds))

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, dict[str, str]] | None:
        """The answer of the server; None when it was cut off."""
        given = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            **(headers or {}),
        }
        text = None if body is None else json.dumps(body)
        try:
            self.connection.request(method, path, text, given)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.cut_off += 1
            self.connection.close()
            time.sleep(0.05)
            self.connection = self._connect()
            return None
        self.answers[response.status] += 1
        return response.status, json.loads(content), dict(response.headers)

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)


def case(title: str) -> dict[str, Any]:
    """A small case of this title."""
    return {
        "format": "valuecalc/1",
        "title": title,
        "assumptions": [
            {"id": f"users_{n}", "label": f"Users {n}", "value": 100 + n, "unit": "user"}
            for n in range(20)
        ],
        "benefits": [{"id": "time", "label": "Less time", "formula": "users_1 * 50 GBP/user/year"}],
        "investments": [{"id": "licence", "label": "Licence", "formula": "9000 GBP"}],
    }
