"""What the browser of a customer remembers of a link: two signed cookies for its path alone.

One says that the code word was shown; it is worth nothing for another link, nor once the code
word or the secret has changed. The other says that this opening was counted, for half an hour.
Nothing else is kept of a visitor.
"""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, g, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from valuecalc.services.access import Actor
from valuecalc.services.shared import Visit
from valuecalc.store.tables import now

CODE_WORD = "share_code_word"
OPENED = "share_opened"

ONE_OPENING = timedelta(minutes=30)
CODE_WORD_HOLDS = timedelta(days=30)


def may_pass(visit: Visit, actor: Actor) -> bool:
    """Whether no code word has to be asked for: none is set, it was shown, or it is the team."""
    if not visit.needs_code_word or visit.is_ours(actor):
        return True
    return _kept(CODE_WORD, CODE_WORD_HOLDS) == visit.mark


def remember_code_word(response: Response, visit: Visit) -> None:
    """Let the visitor in from now on, for as long as the link works and a month at most."""
    holds = CODE_WORD_HOLDS
    if visit.share.expires_at is not None:
        holds = min(holds, visit.share.expires_at - now())
    _keep(response, CODE_WORD, visit.mark, holds)


def is_new(visit: Visit, actor: Actor) -> bool:
    """Whether this is an opening to be counted."""
    is_look_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    if request.method != "GET" or is_look_ahead or visit.is_ours(actor):
        return False
    return _kept(OPENED, ONE_OPENING) != visit.share.uid


def remember_opening(response: Response, visit: Visit) -> None:
    """Count what this visitor loads in the next half hour as one opening."""
    _keep(response, OPENED, visit.share.uid, ONE_OPENING)


def _kept(name: str, holds: timedelta) -> str:
    try:
        text = _signer(name).loads(
            request.cookies.get(name, ""), max_age=int(holds.total_seconds())
        )
    except BadSignature:
        return ""
    return text if isinstance(text, str) else ""


def _keep(response: Response, name: str, text: str, holds: timedelta) -> None:
    response.set_cookie(
        name,
        str(_signer(name).dumps(text)),
        max_age=holds,
        path=url_for("shared.show", secret=g.secret),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def _signer(name: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"valuecalc {name}")
