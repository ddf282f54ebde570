"""The settings of the service, read once from the environment.

| key | meaning | default |
|---|---|---|
| `VALUECALC_DATA_DIR` | folder of the database and of the secret key | `instance` in a checkout, else `$XDG_DATA_HOME/valuecalc` or `~/.local/share/valuecalc` |
| `VALUECALC_DATABASE_URL` | the database: `postgresql://user:password@host/name` or `sqlite:////folder/file.db` | `valuecalc.db` in the data folder |
| `VALUECALC_SECRET_KEY` | signs sessions; the same on every replica; at least 32 characters | the file named next |
| `VALUECALC_SECRET_KEY_FILE` | file that holds the secret key; not together with the key itself | `secret_key` in the data folder, made on the first start |
| `VALUECALC_HTTPS` | `on` when people reach the service by https: cookies for https only, and HSTS | `off` |
| `VALUECALC_TRUSTED_PROXIES` | how many proxies stand in front, 0 to 10: whose word about address and scheme counts | `0` |
| `VALUECALC_PUBLIC_URL` | the address in invitations, such as `https://value.example.com` | that of the request |
| `VALUECALC_MAX_BODY_BYTES` | the largest request that is read, in bytes | `2000000` |
| `VALUECALC_REQUEST_TIMEOUT` | seconds in which a request is sent, answered and received, 5 to 3600 | `60` |
| `VALUECALC_RATE_LIMIT` | requests per account, else per address: `600/minute`, or `off` | `600/minute` |
| `VALUECALC_SIGN_IN_LIMIT` | attempts to sign in per address, or `off` | `10/minute` |
| `VALUECALC_RATE_LIMIT_STORAGE` | where requests are counted: `memory://` in each worker process, `redis://host:6379/0` for all | `memory://` |
| `VALUECALC_LOG_FORMAT` | `json` or `text` | `text` on a terminal, else `json` |
| `VALUECALC_LOG_LEVEL` | `debug`, `info`, `warning` or `error` | `info` |
| `VALUECALC_METRICS_TOKEN` | who shows it as a bearer token may read `/metrics`; at least 16 characters | none: only this machine may |
| `VALUECALC_OIDC_ISSUER` | address of the identity provider for single sign-on | none: no single sign-on |
| `VALUECALC_OIDC_CLIENT_ID` | what the provider calls this service | none |
| `VALUECALC_OIDC_CLIENT_SECRET` | what it proves itself with | none |
| `VALUECALC_OIDC_NAME` | what the button says | `Single sign-on` |
| `VALUECALC_SESSION_HOURS` | hours after which one has to sign in again, 1 to 720 | `12` |
| `VALUECALC_BIN_DAYS` | days that a deleted case can be brought back, 1 to 3650 | `30` |
| `VALUECALC_ENGINE` | what works on background jobs: `threads://2`, `processes://2`, `dask://host:8786`, `dask+tls://host:8786`, or `off` in the web server | `threads://` and one less than there are cores |
| `VALUECALC_JOB_DAYS` | days that a background job and its answer are kept after its end, 1 to 3650 | `30` |
| `VALUECALC_OFFICE` | the LibreOffice that makes PDF files: `auto` looks for `soffice`, a full path names one, `off` makes none | `auto` |

A key that is there but empty counts as absent. Yes and no are `on` and `off`. Where to listen,
and with how many workers, is said on the command line (`valuecalc serve --help`).
"""  # noqa: E501 - a row of a table is one line

from __future__ import annotations

import difflib
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from valuecalc.errors import InputError

PREFIX = "VALUECALC_"

LOG_FORMATS = ("json", "text")
LOG_LEVELS = ("debug", "info", "warning", "error")

SHORTEST_SECRET_KEY = 32
SHORTEST_TOKEN = 16

_YES = ("on", "yes", "true", "1")
_NO = ("off", "no", "false", "0")
_DATABASES = ("postgresql", "postgresql+psycopg", "sqlite")
_COUNTERS = ("memory", "redis", "rediss")
_ENGINE = re.compile(
    r"(threads|processes)://[1-9][0-9]{0,2}|dask(\+tls)?://([a-z0-9.-]+|\[[0-9a-f:]+\]):[0-9]{1,5}",
    re.ASCII,
)
_LIMIT = re.compile(r"[1-9][0-9]{0,6}/(second|minute|hour|day)", re.ASCII)

_CHECKOUT = Path(__file__).resolve().parent.parent

Read = Callable[[str, str], Any]
"""From a key and its text to the value of the setting. Raises `InputError` with the key."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What can be set from outside; every field has a sound default.

    Making one touches no file. An empty text means "not set"; a limit that is empty is off.
    Fields that hold or may hold a secret are left out of the representation.
    """

    data_dir: Path | None = None
    database_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    secret_key_file: Path | None = None
    https: bool = False
    trusted_proxies: int = 0
    public_url: str = ""
    max_body_bytes: int = 2_000_000
    request_timeout: int = 60
    rate_limit: str = "600/minute"
    sign_in_limit: str = "10/minute"
    rate_limit_storage: str = field(default="memory://", repr=False)
    log_format: str = ""
    log_level: str = "info"
    metrics_token: str = field(default="", repr=False)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = "Single sign-on"
    session_hours: int = 12
    bin_days: int = 30
    engine: str = ""
    job_days: int = 30
    office: str = "auto"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings in force. Raises `InputError` with the key's name."""
        _refuse_unknown_keys(environment)
        texts = {key: environment.get(key, "").strip() for key in KEYS}
        given = {_field(key): _READERS[key](key, text) for key, text in texts.items() if text}
        settings = cls(**given)
        _refuse_contradictions(settings)
        return settings

    @property
    def data_folder(self) -> Path:
        """Where the database and the secret key are kept by default; it need not exist."""
        if self.data_dir is not None:
            return self.data_dir
        if (_CHECKOUT / "setup.cfg").is_file() and (_CHECKOUT / "wsgi.py").is_file():
            return _CHECKOUT / "instance"
        home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return Path(home) / "valuecalc"

    @property
    def database(self) -> str:
        """The address of the database in force."""
        return self.database_url or f"sqlite:///{self.data_folder / 'valuecalc.db'}"

    @property
    def has_single_sign_on(self) -> bool:
        """Whether an identity provider is set."""
        return bool(self.oidc_issuer)

    def make_data_folder(self) -> Path:
        """Make the folder for the data, for this user alone. Raises `InputError`."""
        folder = self.data_folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"The data folder {folder} cannot be made ({error.strerror}).",
                f"Name another in {PREFIX}DATA_DIR.",
            ) from error
        return folder

    def read_secret_key(self) -> str:
        """The key that signs sessions: as set, or from its file, which is made if need be.

        Several processes may ask at once: all get the same key. Raises `InputError`.
        """
        if self.secret_key:
            return self.secret_key
        if self.secret_key_file is not None:
            return _key_in(self.secret_key_file)
        file = self.make_data_folder() / "secret_key"
        if not file.exists():
            _make_key_file(file)
        return _key_in(file)


def _make_key_file(file: Path) -> None:
    """Put a new key into `file`, unless another process has been faster."""
    try:
        # Under its name the file must never be there without its content.
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".secret_key-")
        try:
            with os.fdopen(handle, "w") as draft:
                draft.write(f"{secrets.token_hex(32)}\n")
                draft.flush()
                os.fsync(draft.fileno())
            os.link(name, file)
        finally:
            os.unlink(name)
    except FileExistsError:
        return
    except OSError as error:
        raise InputError(
            f"The secret key cannot be kept in {file} ({error.strerror}).",
            f"Make the folder writable, name another in {PREFIX}DATA_DIR, "
            f"or set {PREFIX}SECRET_KEY.",
        ) from error


def _key_in(file: Path) -> str:
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The secret key cannot be read from {file}.",
            f"Let this user read it, or name another file in {PREFIX}SECRET_KEY_FILE.",
        ) from error
    if len(key) < SHORTEST_SECRET_KEY:
        raise InputError(
            f"The secret key in {file} is shorter than {SHORTEST_SECRET_KEY} characters.",
            "Put a longer one there; everybody will have to sign in again.",
        )
    return key


# ------------------------------------------------------------------ from text to values


def _word(*known: str) -> Read:
    """One of a few words."""

    def read(key: str, text: str) -> str:
        if text.lower() not in known:
            raise _refused(key, text, "no word that is known here", f"Write {_either(known)}.")
        return text.lower()

    return read


def _whole(least: int, most: int | None = None, example: int = 0) -> Read:
    """A whole number within bounds."""

    def read(key: str, text: str) -> int:
        # Digits of other scripts would pass `isdigit` alone.
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
        if number < least or (most is not None and number > most):
            bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
            cause = "no number that can be used here"
            raise _refused(key, text, cause, f"Write a whole number {bounds}, such as {example}.")
        return number

    return read


def _switch(key: str, text: str) -> bool:
    if text.lower() not in (*_YES, *_NO):
        raise _refused(key, text, "neither yes nor no", "Write on or off.")
    return text.lower() in _YES


def _folder(key: str, text: str) -> Path:
    return Path(text).expanduser().absolute()


def _plain(key: str, text: str) -> str:
    return text


def _secret(shortest: int) -> Read:
    """A text that is never shown, not even when it is refused."""

    def read(key: str, text: str) -> str:
        if len(text) < shortest:
            raise InputError(
                f"{key} is shorter than {shortest} characters.",
                'Make one: python3 -c "import secrets; print(secrets.token_hex(32))"',
            )
        return text

    return read


def _address_of(known: tuple[str, ...], remedy: str) -> Read:
    """An address with one of a few schemes; it may hold a password, so it is never shown."""

    def read(key: str, text: str) -> str:
        scheme, separator, _ = text.partition("://")
        if not separator:
            raise InputError(f"{key} is no address of the form scheme://….", remedy)
        if scheme not in known:
            raise InputError(f"{key} has the scheme “{scheme}”, which is not known here.", remedy)
        return text

    return read


def _limit(key: str, text: str) -> str:
    if text.lower() in _NO:
        return ""
    if not _LIMIT.fullmatch(text):
        remedy = "Write a number and second, minute, hour or day, such as 600/minute, or off."
        raise _refused(key, text, "no rate", remedy)
    return text


def _engine(key: str, text: str) -> str:
    address = text.lower()
    if address != "off" and not _ENGINE.fullmatch(address):
        remedy = "Write threads://2, processes://2, dask://host:8786, dask+tls://host:8786 or off."
        raise _refused(key, text, "nothing that can work on jobs", remedy)
    return address


def _office(key: str, text: str) -> str:
    if text.lower() == "auto" or text.lower() in _NO:
        return "auto" if text.lower() == "auto" else "off"
    if not Path(text).is_absolute():
        remedy = "Write auto, off, or a full path such as /opt/libreoffice24.8/program/soffice."
        raise _refused(key, text, "no full path of a program", remedy)
    return text


def _web_address(key: str, text: str) -> str:
    parts = _split(text)
    is_whole = parts is not None and parts.scheme in ("http", "https") and parts.hostname
    if not is_whole or parts is None or parts.query or parts.fragment or parts.username:
        remedy = "Write scheme and host alone, such as https://value.example.com."
        raise _refused(key, text, "no address of a web site", remedy)
    return text.rstrip("/")


def _split(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:
        return None


def _refused(key: str, text: str, cause: str, remedy: str) -> InputError:
    return InputError(f"{key} is “{text[:100]}”, which is {cause}.", remedy)


def _either(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


_READERS: Mapping[str, Read] = {
    f"{PREFIX}DATA_DIR": _folder,
    f"{PREFIX}DATABASE_URL": _address_of(
        _DATABASES,
        "Write postgresql://user:password@host/name, or sqlite:////folder/file.db.",
    ),
    f"{PREFIX}SECRET_KEY": _secret(SHORTEST_SECRET_KEY),
    f"{PREFIX}SECRET_KEY_FILE": _folder,
    f"{PREFIX}HTTPS": _switch,
    f"{PREFIX}TRUSTED_PROXIES": _whole(0, 10, example=1),
    f"{PREFIX}PUBLIC_URL": _web_address,
    f"{PREFIX}MAX_BODY_BYTES": _whole(1000, example=2_000_000),
    f"{PREFIX}REQUEST_TIMEOUT": _whole(5, 3600, example=60),
    f"{PREFIX}RATE_LIMIT": _limit,
    f"{PREFIX}SIGN_IN_LIMIT": _limit,
    f"{PREFIX}RATE_LIMIT_STORAGE": _address_of(
        _COUNTERS, "Write memory://, or redis://host:6379/0."
    ),
    f"{PREFIX}LOG_FORMAT": _word(*LOG_FORMATS),
    f"{PREFIX}LOG_LEVEL": _word(*LOG_LEVELS),
    f"{PREFIX}METRICS_TOKEN": _secret(SHORTEST_TOKEN),
    f"{PREFIX}OIDC_ISSUER": _web_address,
    f"{PREFIX}OIDC_CLIENT_ID": _plain,
    f"{PREFIX}OIDC_CLIENT_SECRET": _secret(1),
    f"{PREFIX}OIDC_NAME": _plain,
    f"{PREFIX}SESSION_HOURS": _whole(1, 720, example=12),
    f"{PREFIX}BIN_DAYS": _whole(1, 3650, example=30),
    f"{PREFIX}ENGINE": _engine,
    f"{PREFIX}JOB_DAYS": _whole(1, 3650, example=30),
    f"{PREFIX}OFFICE": _office,
}

KEYS = tuple(_READERS)


def _field(key: str) -> str:
    return key.removeprefix(PREFIX).lower()


def _refuse_unknown_keys(environment: Mapping[str, str]) -> None:
    for key in environment:
        if key.startswith(PREFIX) and key not in KEYS:
            raise InputError(f"{key} is no setting of valuecalc.", _nearest(key))


def _nearest(key: str) -> str:
    # The prefix, which they share, would make any two keys look alike.
    names = [_field(known) for known in KEYS]
    near = difflib.get_close_matches(_field(key), names, n=1, cutoff=0.55)
    if near:
        return f"Did you mean {PREFIX}{near[0].upper()}?"
    return f"Known: {', '.join(KEYS)}."


def _refuse_contradictions(settings: Settings) -> None:
    if settings.secret_key and settings.secret_key_file is not None:
        raise InputError(
            f"{PREFIX}SECRET_KEY and {PREFIX}SECRET_KEY_FILE are both set.", "Set one of them."
        )
    provider = {
        f"{PREFIX}OIDC_ISSUER": settings.oidc_issuer,
        f"{PREFIX}OIDC_CLIENT_ID": settings.oidc_client_id,
        f"{PREFIX}OIDC_CLIENT_SECRET": settings.oidc_client_secret,
    }
    missing = [key for key, value in provider.items() if not value]
    if missing and len(missing) < len(provider):
        raise InputError(
            f"{' and '.join(missing)} is not set, so nobody could sign in at the provider.",
            "Set issuer, client id and client secret, or none of them.",
        )
