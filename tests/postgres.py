"""A PostgreSQL server of the tests' own: private, quick, and gone when they end.

It keeps its data in a temporary folder, in memory where the system has a place for that, listens
on a socket in that folder and nowhere else, and gives up durability for speed. A watchdog takes
server and folder away however the tests end, also when they are killed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from valuecalc.system_packages import POSTGRESQL, install_line

SUPERUSER = "valuecalc"
PORT = 5432  # a part of the socket's name only
START_SECONDS = 120
STOP_SECONDS = 60
# macOS has no C.UTF-8; both sort by code point.
LOCALE = "C.UTF-8" if sys.platform == "linux" else "C"

QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    # Two milliseconds of just-in-time compiling are saved in each larger query.
    "jit": "off",
}

DURABLE = {
    name: value for name, value in QUICK.items() if name not in ("fsync", "full_page_writes")
}

MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory: a database is copied there in a sixth of the time."""

MEMORY_NEEDED = 2 * 1024**3
"""Bytes that have to be free there; containers often have 64 MB. The tests use a tenth of it."""

COPY_FILES_SINCE = 15_00_00
"""The version that can copy a template file by file, the only way that earlier ones know."""

# `read` ends when the other end of the pipe closes, which the system does for a killed process.
WATCHDOG = """
read -r nothing
file="$1/data/postmaster.pid"
if [ -e "$file" ]; then kill -QUIT "$(head -n 1 "$file")"; fi
tries=0
while [ -e "$file" ] && [ "$tries" -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
rm -rf "$1"
"""


class NoPostgresql(Exception):
    """PostgreSQL cannot be had here; the text says why, and what to do."""


class PostgresServer:
    """One server with its own data; made by `running_server`."""

    def __init__(
        self, programs: Path, folder: Path, account: dict[str, Any], settings: Mapping[str, str]
    ) -> None:
        """`programs` holds `initdb` and `postgres`, `account` says as whom they run."""
        self.settings = settings
        self.programs = programs
        self.folder = folder
        self.account = account
        self.process: subprocess.Popen[bytes] | None = None
        self._templates: dict[Callable[[str], None], str] = {}
        self._made = 0

    @property
    def url(self) -> str:
        """The address of the server's own first database, which is always there."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """The address of a database, as SQLAlchemy reads it."""
        # With the port, because a PGPORT of the user's would move the socket.
        return f"postgresql://{SUPERUSER}@/{database}?host={self.folder}&port={PORT}"

    def make_cluster(self) -> None:
        """Write the files that a server starts from."""
        command = [
            *(self.programs / "initdb", "--pgdata", self.folder / "data"),
            *("--username", SUPERUSER, "--auth=trust", "--no-sync", "--no-instructions"),
            *("--encoding=UTF8", f"--locale={LOCALE}"),
        ]
        made = self._run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stdout}")

    def start(self) -> None:
        """Start the server unless it runs, and wait until it answers."""
        if self.is_running:
            return
        settings = [f"-c{name}={value}" for name, value in self.settings.items()]
        place = ["-D", self.folder / "data", "-k", self.folder, "-p", str(PORT)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", *place, "-clisten_addresses=", *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._surroundings,
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Stop the server at once, as when its machine goes down; what was committed stays."""
        if self.process is not None and self.is_running:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=STOP_SECONDS)
        self.process = None

    @property
    def is_running(self) -> bool:
        """Whether the server's process is there."""
        return self.process is not None and self.process.poll() is None

    @contextmanager
    def fresh_database(self, prepare: Callable[[str], None]) -> Iterator[str]:
        """The address of a database of its own, as `prepare` (given an address) leaves one.

        `prepare` runs once; every database is a copy of what it made. It must close its
        connections, as a database in use cannot be copied.
        """
        template = self._template(prepare)
        name = self._create(template)
        try:
            yield self.url_of(name)
        finally:
            if self.is_running:
                self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _template(self, prepare: Callable[[str], None]) -> str:
        if prepare not in self._templates:
            name = self._create()
            prepare(self.url_of(name))
            self._templates[prepare] = name
        return self._templates[prepare]

    def _create(self, template: str | None = None) -> str:
        self._made += 1
        name = f"test_{self._made}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            statement = f"CREATE DATABASE {name}"
            if template is not None:
                statement += f" TEMPLATE {template}"
                # Otherwise a copy goes through the log, which a server that may forget can spare.
                if connection.info.server_version >= COPY_FILES_SINCE:
                    statement += " STRATEGY file_copy"
            connection.execute(statement.encode())
        return name

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url).close()
                return
            except psycopg.OperationalError as error:
                if not self.is_running or time.monotonic() > until:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start:\n{log}") from error
            time.sleep(0.02)

    def _run(self, command: list[Any], **options: Any) -> subprocess.CompletedProcess[Any]:
        return subprocess.run(command, check=False, **self._surroundings, **options)

    @property
    def _surroundings(self) -> dict[str, Any]:
        # A user's PGDATA or PGPORT is for another server.
        environment = {name: value for name, value in os.environ.items() if name[:2] != "PG"}
        # In a session of its own, Ctrl-C reaches the tests alone, and they stop the server.
        return {"cwd": "/", "env": environment, "start_new_session": True, **self.account}


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A server that has been started, and is gone with its data when the block ends.

    `durable` waits for the disk, as a server does that people rely on; tests need not.
    Raises `NoPostgresql` when there is none on this machine that may be used.
    """
    programs = find_programs()
    account = choose_account()
    folder = make_folder(account, in_memory=not durable)
    server = PostgresServer(programs, folder, account, DURABLE if durable else QUICK)
    with watchdog(folder, account):
        try:
            server.make_cluster()
            server.start()
            yield server
        finally:
            server.stop()


def find_programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises `NoPostgresql`."""
    initdb = POSTGRESQL.path()
    if initdb is None:
        raise NoPostgresql(f"PostgreSQL is not here. To have it: {install_line([POSTGRESQL])}")
    return Path(initdb).resolve().parent


def choose_account() -> dict[str, Any]:
    """As whom the server runs, as arguments of `subprocess`: PostgreSQL refuses root.

    Raises `NoPostgresql` when root may not be anybody else, as in some containers.
    """
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        account = account_of(name)
        if account and may_be_used(account):
            return account
    raise NoPostgresql(
        "PostgreSQL refuses to run as root, and root may not run it as the user postgres or "
        "nobody here. Run the tests as another user."
    )


def account_of(name: str) -> dict[str, Any]:
    """The arguments of `subprocess` for a user; none when there is no such user."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return {}
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def may_be_used(account: dict[str, Any]) -> bool:
    """Whether the system lets us run a program as that user."""
    try:
        return subprocess.run(["true"], cwd="/", check=False, **account).returncode == 0
    except OSError:
        return False


def make_folder(account: dict[str, Any], *, in_memory: bool) -> Path:
    """An empty folder that belongs to the server, at a place that its user can reach."""
    parent = MEMORY if in_memory and has_room(MEMORY) else reachable_folder(account)
    folder = Path(tempfile.mkdtemp(prefix="valuecalc-pg-", dir=parent))
    if account:
        shutil.chown(folder, account["user"], account["group"])
    return folder


def has_room(memory: Path) -> bool:
    """Whether files can be kept in memory at a place."""
    if not os.access(memory, os.W_OK | os.X_OK):
        return False
    return shutil.disk_usage(memory).free >= MEMORY_NEEDED


def reachable_folder(account: dict[str, Any]) -> Path:
    """The folder for temporary files, or /tmp where another user cannot get into the former.

    A socket's path may have about 100 characters, so a long one will not do either.
    """
    folder = Path(tempfile.gettempdir()).resolve()
    is_open = all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))
    return folder if len(str(folder)) < 60 and (is_open or not account) else Path("/tmp")


@contextmanager
def watchdog(folder: Path, account: dict[str, Any]) -> Iterator[None]:
    """Takes the server in `folder` and the folder away when the block or this process ends."""
    process = subprocess.Popen(
        ["sh", "-c", WATCHDOG, "watchdog", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        **account,
    )
    assert process.stdin is not None
    try:
        yield
    finally:
        process.stdin.close()
        process.wait(timeout=2 * STOP_SECONDS)
