"""Signing in at an identity provider, by OpenID Connect.

The way there and back is the authorization code flow with PKCE, state and nonce. What the
provider signs is believed only from the issuer that is set, for this service, in time, and
with an asymmetric signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, current_app, url_for
from werkzeug.wrappers import Response

from valuecalc.config import Settings
from valuecalc.errors import ValuecalcError
from valuecalc.loading import later
from valuecalc.services.single_sign_on import Claims
from valuecalc.web import logs
from valuecalc.web.links import outside

if TYPE_CHECKING:
    import requests
    from authlib.integrations import base_client, flask_client
    from joserfc import errors as jose
else:
    # Slow to load, and of no use where no provider is set.
    requests, jose = later("requests"), later("joserfc.errors")
    base_client = later("authlib.integrations.base_client")
    flask_client = later("authlib.integrations.flask_client")

SECONDS_OF_PATIENCE = 5
SIGNATURES = ("RS256", "ES256", "PS256", "EdDSA", "RS384", "ES384", "PS384", "RS512", "ES512")

_EXTENSION = "single_sign_on"


class SignOnFailed(ValuecalcError):
    """The provider cannot be used now (503), or what came back from it proves nothing (403)."""

    def __init__(self, status: int, cause: str, remedy: str) -> None:
        super().__init__(f"{cause} {remedy}")
        self.status = status
        self.cause = cause
        self.remedy = remedy


def install(app: Flask, settings: Settings) -> None:
    """Know the provider, if one is set; it is asked when somebody signs in."""
    app.config["OIDC_NAME"] = settings.oidc_name if settings.has_single_sign_on else ""
    if not settings.has_single_sign_on:
        return
    app.config["OIDC_ISSUER"] = settings.oidc_issuer
    oauth = flask_client.OAuth(app)
    oauth.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": SECONDS_OF_PATIENCE,
        },
    )
    app.extensions[_EXTENSION] = oauth


def name() -> str:
    """What the button says; empty where no provider is set."""
    return str(current_app.config["OIDC_NAME"])


def redirect_there() -> Response:
    """Send the reader to the provider. Raises `SignOnFailed`."""
    client = _client()
    _metadata(client)
    return cast(Response, client.authorize_redirect(outside(url_for("sign_in.come_back"))))


def claims_from_there() -> Claims:
    """Who came back, as the provider says. Raises `SignOnFailed`."""
    client = _client()
    metadata = _metadata(client)
    options = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": client.client_id},
    }
    try:
        token = client.authorize_access_token(claims_options=options)
        claims = dict(token.get("userinfo") or {})
        if claims and "email" not in claims and metadata.get("userinfo_endpoint"):
            claims = _with_user_info(claims, client.userinfo(token=token))
    except requests.RequestException as error:
        raise _unavailable(error) from error
    except base_client.OAuthError as error:
        raise _refused(str(error.error or error)) from error
    except (jose.JoseError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise _refused(type(error).__name__) from error
    return _read(claims, metadata["issuer"])


def _with_user_info(claims: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """What the provider tells on request, if it speaks of the same person."""
    return {**more, **claims} if more.get("sub") == claims.get("sub") else claims


def _read(claims: Mapping[str, Any], issuer: str) -> Claims:
    subject = claims.get("sub")
    if not isinstance(subject, str):
        raise _refused("no subject")
    return Claims(
        issuer=issuer,
        subject=subject,
        email=str(claims.get("email") or ""),
        # Some providers write it as a text.
        is_verified=claims.get("email_verified") in (True, "true"),
        name=str(claims.get("name") or ""),
    )


def _client() -> Any:
    return current_app.extensions[_EXTENSION].create_client("provider")


def _metadata(client: Any) -> dict[str, Any]:
    """What the provider says of itself, asked once. Raises `SignOnFailed`."""
    try:
        metadata = cast(dict[str, Any], client.load_server_metadata())
    except (requests.RequestException, ValueError, TypeError, AttributeError) as error:
        raise _unavailable(error) from error
    expected = str(current_app.config["OIDC_ISSUER"])
    if str(metadata.get("issuer", "")).rstrip("/") != expected:
        client.server_metadata.clear()
        logs.log.error("single sign-on: the provider has another issuer", expected=expected)
        raise SignOnFailed(
            503,
            "The provider is not the one that is set here.",
            "Tell the operator of this service.",
        )
    # Neither unsigned nor signed with a secret that others may guess.
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    believed = [each for each in offered if each in SIGNATURES]
    # An empty list would mean "whatever comes".
    metadata["id_token_signing_alg_values_supported"] = believed or list(SIGNATURES)
    return metadata


def _unavailable(error: Exception) -> SignOnFailed:
    logs.log.warning("single sign-on: the provider cannot be used", error=type(error).__name__)
    return SignOnFailed(
        503,
        f"{name()} cannot be reached now.",
        "Try again in a moment, or sign in with your password.",
    )


def _refused(reason: str) -> SignOnFailed:
    logs.log.warning("single sign-on refused", reason=reason)
    return SignOnFailed(
        403,
        f"What came back from {name()} cannot be trusted, so you are not signed in.",
        "Begin again from the sign-in page; if it stays so, tell the operator.",
    )
