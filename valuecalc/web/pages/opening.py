"""Where a case is opened: in the editor by those who may change it, on its page by all others."""

from __future__ import annotations

from flask import current_app, url_for

EDITOR = "editor.show"


def case_address(uid: str, may_edit: bool) -> str:
    """The page that somebody gets to when they open a case."""
    return editor_address(uid) if may_edit else url_for("saved_case.show", uid=uid)


def editor_address(uid: str, section: str | None = None) -> str:
    """The editor of a case, at one of its sections; its page where there is no editor."""
    endpoint = EDITOR if EDITOR in current_app.view_functions else "saved_case.show"
    return url_for(endpoint, uid=uid, _anchor=section)
