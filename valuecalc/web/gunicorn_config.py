"""How gunicorn runs the service: the settings that `valuecalc serve` starts it with.

    gunicorn -c python:valuecalc.web.gunicorn_config --bind 0.0.0.0:8000 --workers 4

gives the same; what stands on gunicorn's own command line comes before what stands here. The
names without an underscore are gunicorn's: see its documentation.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

from valuecalc.config import Settings

_settings = Settings.from_environment()
_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def _memory_folder() -> str | None:
    """A folder in memory: a slow disk must neither delay heartbeats nor counting."""
    folder = "/dev/shm"  # noqa: S108 - what is made in it has a name of its own
    return folder if os.path.isdir(folder) and os.access(folder, os.W_OK) else None


def _provide_metrics_folder() -> str:
    """An empty folder for what the workers count; returns it if it is ours to remove."""
    given = os.environ.get(_METRICS_FOLDER)
    if given:
        Path(given).mkdir(parents=True, exist_ok=True)
        for leftover in Path(given).glob("*.db"):
            leftover.unlink()
        return ""
    made = tempfile.mkdtemp(prefix="valuecalc-metrics-", dir=_memory_folder())
    os.environ[_METRICS_FOLDER] = made
    return made


# Both have to be there before the application is loaded: the library of the metrics looks once,
# and NumPy's own threads would fight the server's for the same cores.
_folder_to_remove = _provide_metrics_folder()
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

wsgi_app = "valuecalc.web.gunicorn_app:load()"
# Loaded once and then forked, so that a worker that takes a dead one's place is there at once.
preload_app = True

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "valuecalc.web.gunicorn_worker.Worker"
threads = 4
# An open connection is a file; most systems allow a process 1024 of them.
worker_connections = 500
worker_tmp_dir = _memory_folder()

# A worker whose main loop has stood still for so long is replaced. It does not limit requests:
# that does VALUECALC_REQUEST_TIMEOUT, for each of them.
timeout = 60
# Requests in flight may finish when the service stops.
graceful_timeout = _settings.request_timeout
keepalive = 5
# Workers are not replaced after so many requests: that would only hide a leak.
max_requests = 0

# A note of a case goes along in the address.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# Whom to trust about address and scheme is said in one place: VALUECALC_TRUSTED_PROXIES.
forwarded_allow_ips = ""
# It would open a socket in the home folder, through which workers can be told to stop.
control_socket_disable = True

# Requests are logged by the application, without the secrets that addresses hold.
accesslog = None
errorlog = "-"
loglevel = _settings.log_level
logger_class = "valuecalc.web.gunicorn_worker.Log"

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


def when_ready(server: Any) -> None:
    """See to it that workers can be told to end from their first moment on.

    A new process has the handlers of its parent, which would only make a note of the signal that
    nobody reads; the server then waited for the worker as long as for a request in flight.
    """
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING),
        after_in_child=_end_when_told,
    )


def _end_when_told() -> None:
    # Until the worker sets its own handlers it has no request and no job to finish.
    for each in _ENDING:
        signal.signal(each, lambda *_: os._exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def post_worker_init(worker: Any) -> None:
    """Begin to work on background jobs, in a thread, which outlives no fork: so after it."""
    from valuecalc.services.coordinator import Coordinator
    from valuecalc.services.engines import OFF

    store = getattr(worker.wsgi, "extensions", {}).get("store")
    if store is None or _settings.engine == OFF:
        return
    worker.jobs = Coordinator(store, _settings.engine, days=_settings.job_days)
    worker.jobs.start()


def worker_exit(server: Any, worker: Any) -> None:
    """Give back the job at hand, so that another process goes on with it at once."""
    coordinator = getattr(worker, "jobs", None)
    if coordinator is not None:
        coordinator.stop()
        coordinator.join()


def child_exit(server: Any, worker: Any) -> None:
    """Forget what a worker that has ended was doing at that moment."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Remove the folder of the metrics."""
    if _folder_to_remove:
        shutil.rmtree(_folder_to_remove, ignore_errors=True)
