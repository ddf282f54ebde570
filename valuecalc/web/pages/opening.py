"""Where a case is opened: in the editor by those who may change it, on its page by all others."""

from __future__ import annotations

from flask import url_for

from valuecalc.services import home
from valuecalc.services.saved_cases import Saved
from valuecalc.web.identity import actor
from valuecalc.web.storage import store


def case_address(uid: str, may_edit: bool) -> str:
    """The page that somebody gets to when they open a case."""
    return editor_address(uid) if may_edit else url_for("saved_case.show", uid=uid)


def editor_address(uid: str, section: str | None = None, guide: int | None = None) -> str:
    """The editor of a case, at one of its sections; with `guide` the tour begins."""
    return url_for("editor.show", uid=uid, guide=guide, _anchor=section)


def new_case_address(saved: Saved, section: str | None = None) -> str:
    """The editor of a case that was just made; somebody's first case comes with the tour."""
    is_first = home.made_by(store(), actor()) == 1
    return editor_address(saved.head.uid, section, 1 if is_first else None)
