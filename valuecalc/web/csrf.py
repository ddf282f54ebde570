"""No other site may make a reader's browser change something here.

Forms send back a secret that only our own pages know, and scripts send it as `X-CSRFToken`.

| request | has to show |
|---|---|
| reads | nothing |
| a program with a token | its token: browsers do not send that by themselves |
| the verbs that keep nothing | nothing: there is nothing to forge |
| what is open to all, without a session | nothing: there is nobody to act for |
| other calls of the API | a session, else 401; and then the secret |
| a script of a page for people with an account | a session, else 401; and then the secret |
| every other form | the secret |
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup

from valuecalc.errors import Unauthenticated
from valuecalc.web.errors import API_PATH, answer, is_for_programs, is_read_by_script
from valuecalc.web.identity import actor, has_token
from valuecalc.web.local_paths import local_path
from valuecalc.web.problem import Failure

FIELD = "csrf_token"
HEADER = "X-CSRFToken"

FOR_STRANGERS = frozenset({"shared", "sign_in", "setup", "invitation"})
"""The pages that have forms for people without an account."""

NEVER_SHOWN = frozenset(
    {FIELD, "password", "current", "code_word", "key", "seen", "tag", "version", "next"}
    | {"document_sent"}
)
"""Fields that are secret, or that nobody has typed."""

MOST_FIELDS = 500

_READING = frozenset({"GET", "HEAD", "OPTIONS"})

STATELESS = frozenset(
    {
        *(f"v1.{verb}" for verb in ("calculate", "check", "explain", "solve", "export")),
        *(f"v1.{verb}" for verb in ("tornado", "elasticities", "two_way", "break_even")),
        *(f"v1.{verb}" for verb in ("simulate", "information", "alternatives", "bridge")),
        "v1.delays",
        *(f"v1.{verb}" for verb in ("tags", "fill", "check_template", "chapter")),
        *(f"calculate.{verb}" for verb in ("show", "explain", "download")),
        *(f"shared.{verb}" for verb in ("preview", "explain_preview")),
        *(f"starting.{verb}" for verb in ("preview", "download")),
        "theme.switch",
    }
)
"""Views that anybody may use and that keep nothing; the theme is a matter of taste."""


def install(app: Flask) -> None:
    """Check each request; call it after `identity.install`. Templates get `csrf_field()`."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # A form may stay open as long as its session lasts.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    CSRFProtect(app)
    app.before_request(protect)
    app.register_error_handler(CSRFError, _refuse)
    app.jinja_env.globals["csrf_field"] = field


def protect() -> None:
    """Refuse what another site may have sent. Raises `Unauthenticated` or `CSRFError`."""
    if request.method in _READING or request.endpoint is None:
        return
    if has_token():
        actor()
        return
    if request.endpoint in STATELESS or not current_app.config["WTF_CSRF_ENABLED"]:
        return
    if request.path.startswith(API_PATH) and not actor().is_known:
        if _is_open_to_all():
            return
        raise Unauthenticated("You are not signed in.", "Send a token: Authorization: Bearer vc_…")
    if is_read_by_script() and not actor().is_known:
        raise Unauthenticated("Your session has ended.", "Sign in again; your work stays here.")
    cast(CSRFProtect, current_app.extensions["csrf"]).protect()


def _is_open_to_all() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "is_open_to_all", False))


def field() -> Markup:
    """The hidden field of a form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, generate_csrf())


def _refuse(_: CSRFError) -> Response:
    if is_for_programs():
        return answer(
            Failure(
                status=400,
                title="This form cannot be taken",
                cause="A request with a session needs the secret of the page that it comes from.",
                remedy=f"Send it as {HEADER}, or use a token.",
            )
        )
    return answer(_session_over() if _wants_account() else _form_too_old())


def _form_too_old() -> Failure:
    return Failure(
        status=400,
        title="This form cannot be taken",
        cause="It was opened too long ago, before you signed in, or on another site. "
        "Nothing was changed.",
        remedy="Open the page again and repeat what you did; cookies have to be allowed.",
        typed=_typed(),
    )


def _session_over() -> Failure:
    return Failure(
        status=400,
        title="You are no longer signed in",
        cause="Your session has ended, and nothing was changed.",
        remedy="Sign in, open the page again and repeat what you did.",
        typed=_typed(),
        sign_in=url_for("sign_in.show", next=_page_of_the_form()),
    )


def _wants_account() -> bool:
    return not actor().is_known and request.blueprint not in FOR_STRANGERS


def _page_of_the_form() -> str:
    """The page that the form stood on, if it was one of ours."""
    page = urlsplit(request.referrer or "")
    return local_path(page.path, "") if page.netloc == request.host else ""


def _typed() -> tuple[tuple[str, str], ...]:
    """What stood in the fields, to be copied: shown, but never sent by a page of ours."""
    named = request.form.items(multi=True)
    found = ((name, text) for name, text in named if name not in NEVER_SHOWN and text.strip())
    return tuple(found)[:MOST_FIELDS]
