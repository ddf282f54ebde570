"""The service keeps its database tidy while it runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.people import somebody
from tests.web.conftest import served
from valuecalc.errors import NotFound
from valuecalc.services import library, saved_cases
from valuecalc.store.database import Database
from valuecalc.store.tables import StoredCase, now
from valuecalc.web import storage


def test_the_bin_is_emptied_while_the_service_runs(tmp_path: Path) -> None:
    app = served(tmp_path)
    store: Database = app.extensions["store"]
    ann = somebody(store)
    kept, _ = saved_cases.create(store, ann.actor, library.straw_men()[0].case)
    saved_cases.delete(store, ann.actor, kept.head.uid)
    with store.write() as session:
        head = session.get(StoredCase, kept.head.id)
        assert head is not None
        head.deleted_at = now() - timedelta(days=31)
    app.test_client().get("/healthz")
    saved_cases.put_back(store, ann.actor, kept.head.uid)
    with store.write() as session:
        head = session.get(StoredCase, kept.head.id)
        assert head is not None
        head.deleted_at = now() - timedelta(days=31)
    app.extensions["tidied_at"] -= storage.TIDIED_EVERY_SECONDS
    app.test_client().get("/healthz")
    with pytest.raises(NotFound):
        saved_cases.put_back(store, ann.actor, kept.head.uid)
