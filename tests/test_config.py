"""The settings: sound without any, refused with a remedy when wrong, silent about secrets."""

from __future__ import annotations

import dataclasses
import re
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from valuecalc import config
from valuecalc.config import KEYS, PREFIX, Settings
from valuecalc.errors import InputError

OPERATING = Path(__file__).resolve().parent.parent / "docs" / "operating.md"
SECRET = "correct horse battery staple, twice over"


def read(**texts: str) -> Settings:
    return Settings.from_environment({f"{PREFIX}{name}": text for name, text in texts.items()})


def refusal(**texts: str) -> InputError:
    with pytest.raises(InputError) as refused:
        read(**texts)
    return refused.value


def test_without_any_key_the_defaults_hold() -> None:
    assert Settings.from_environment({"PATH": "/bin"}) == Settings()


def test_an_empty_key_counts_as_absent() -> None:
    assert read(**{key.removeprefix(PREFIX): " " for key in KEYS}) == Settings()


def test_every_field_has_a_key_and_every_key_a_field() -> None:
    fields = {f"{PREFIX}{each.name.upper()}" for each in dataclasses.fields(Settings)}
    assert fields == set(KEYS)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("MAX_BODY_BYTES", " 5000 ", 5000),
        ("TRUSTED_PROXIES", "2", 2),
        ("REQUEST_TIMEOUT", "5", 5),
        ("HTTPS", "on", True),
        ("HTTPS", "NO", False),
        ("RATE_LIMIT", "5/second", "5/second"),
        ("RATE_LIMIT", "off", ""),
        ("SIGN_IN_LIMIT", "0", ""),
        ("RATE_LIMIT_STORAGE", "redis://counter:6379/0", "redis://counter:6379/0"),
        ("LOG_FORMAT", "JSON", "json"),
        ("LOG_LEVEL", "warning", "warning"),
        ("PUBLIC_URL", "https://value.example.com/", "https://value.example.com"),
        ("DATABASE_URL", "postgresql://vc@db/vc", "postgresql://vc@db/vc"),
        ("DATA_DIR", "/var/lib/valuecalc", Path("/var/lib/valuecalc")),
        ("SESSION_HOURS", "8", 8),
        ("BIN_DAYS", "90", 90),
        ("JOB_DAYS", "7", 7),
        ("ENGINE", "threads://4", "threads://4"),
        ("ENGINE", "Processes://16", "processes://16"),
        ("ENGINE", "dask://scheduler.example.com:8786", "dask://scheduler.example.com:8786"),
        ("ENGINE", "dask+tls://[::1]:8786", "dask+tls://[::1]:8786"),
        ("ENGINE", "OFF", "off"),
        ("SECRET_KEY", SECRET, SECRET),
    ],
)
def test_a_setting_is_read(name: str, text: str, value: Any) -> None:
    assert getattr(read(**{name: text}), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        *[
            ("MAX_BODY_BYTES", text, "such as 2000000")
            for text in ("lots", "-1", "2.5m", "999", "1e9", "٣٠٠٠", "9" * 5000)
        ],
        ("TRUSTED_PROXIES", "11", "from 0 to 10"),
        ("TRUSTED_PROXIES", "-1", "from 0 to 10"),
        ("REQUEST_TIMEOUT", "0", "from 5 to 3600"),
        ("HTTPS", "maybe", "on or off"),
        ("RATE_LIMIT", "600", "such as 600/minute"),
        ("RATE_LIMIT", "0/minute", "such as 600/minute"),
        ("RATE_LIMIT", "600/fortnight", "such as 600/minute"),
        ("SIGN_IN_LIMIT", "10/minute; 5/second", "or off"),
        ("RATE_LIMIT_STORAGE", "memcached://x", "redis://"),
        ("LOG_FORMAT", "xml", "json or text"),
        ("LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("PUBLIC_URL", "value.example.com", "https://value.example.com"),
        ("PUBLIC_URL", "javascript://x", "https://value.example.com"),
        ("PUBLIC_URL", "https://me@value.example.com", "https://value.example.com"),
        ("PUBLIC_URL", "https://[::1", "https://value.example.com"),
        ("DATABASE_URL", "mysql://db/x", "postgresql://"),
        ("DATABASE_URL", "/var/lib/x.db", "sqlite:////"),
        ("SECRET_KEY", "short", "token_hex"),
        ("METRICS_TOKEN", "short", "token_hex"),
        ("SESSION_HOURS", "0", "from 1 to 720"),
        ("BIN_DAYS", "forever", "from 1 to 3650"),
        ("JOB_DAYS", "0", "from 1 to 3650"),
        *[
            ("ENGINE", text, "threads://2, processes://2, dask://host:8786")
            for text in (
                *("threads", "threads://", "threads://0", "threads://-1", "threads://1000"),
                *("dask://host", "dask://:8786", "dask://host:port", "dask://a/b:1", "celery://x"),
                *("processes://2 ; rm", "tcp://host:8786", "on"),
            )
        ],
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_key_and_remedy(
    name: str, text: str, remedy: str
) -> None:
    error = refusal(**{name: text})
    assert error.cause.startswith(f"{PREFIX}{name} ")
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("MAX_BODY_BYTE", "MAX_BODY_BYTES"), ("DATABASE", "DATABASE_URL"), ("PROXIES", "")],
)
def test_a_misspelt_key_is_refused_with_the_right_one(wrong: str, right: str) -> None:
    error = refusal(**{wrong: "5000"})
    assert error.cause == f"{PREFIX}{wrong} is no setting of valuecalc."
    assert f"{PREFIX}{right}" in error.remedy


def test_a_secret_key_given_twice_is_refused() -> None:
    error = refusal(SECRET_KEY=SECRET, SECRET_KEY_FILE="/run/secrets/key")
    assert "both set" in error.cause


def test_half_an_identity_provider_is_refused_with_what_is_missing() -> None:
    error = refusal(OIDC_ISSUER="https://id.example.com", OIDC_CLIENT_ID="valuecalc")
    assert error.cause.startswith("VALUECALC_OIDC_CLIENT_SECRET is not set")
    whole = read(
        OIDC_ISSUER="https://id.example.com", OIDC_CLIENT_ID="v", OIDC_CLIENT_SECRET="hush"
    )
    assert whole.has_single_sign_on
    assert not Settings().has_single_sign_on


def test_no_secret_is_in_the_representation_of_the_settings() -> None:
    settings = read(
        SECRET_KEY=SECRET,
        DATABASE_URL=f"postgresql://vc:{SECRET}@db/vc",
        METRICS_TOKEN=SECRET,
        OIDC_ISSUER="https://id.example.com",
        OIDC_CLIENT_ID="valuecalc",
        OIDC_CLIENT_SECRET=SECRET,
        RATE_LIMIT_STORAGE=f"redis://:{SECRET}@counter/0",
    )
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", "mysql://vc:hunter2@db/vc"),
        ("DATABASE_URL", "hunter2"),
        ("RATE_LIMIT_STORAGE", "memcached://:hunter2@x"),
        ("SECRET_KEY", "hunter2"),
        ("METRICS_TOKEN", "hunter2"),
    ],
)
def test_no_secret_is_in_what_is_said_when_it_is_refused(name: str, text: str) -> None:
    assert "hunter2" not in str(refusal(**{name: text}))


def test_settings_touch_no_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    assert settings.database == f"sqlite:///{tmp_path}/data/valuecalc.db"
    assert Settings(database_url="sqlite://").database == "sqlite://"
    assert not (tmp_path / "data").exists()


def test_in_a_checkout_the_data_are_in_its_folder_instance() -> None:
    assert Settings().data_folder == Path(config.__file__).resolve().parent.parent / "instance"


def test_elsewhere_the_data_are_where_programs_of_a_user_keep_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "_CHECKOUT", tmp_path / "site-packages")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert Settings().data_folder == tmp_path / "share" / "valuecalc"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings().data_folder == tmp_path / ".local" / "share" / "valuecalc"


def test_the_data_folder_is_for_its_user_alone(tmp_path: Path) -> None:
    folder = Settings(data_dir=tmp_path / "deep" / "data").make_data_folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="VALUECALC_DATA_DIR") as refused:
        Settings(data_dir=tmp_path / "file" / "data").make_data_folder()
    assert str(tmp_path / "file" / "data") in refused.value.cause


def test_a_secret_key_is_made_once_and_kept_for_its_user_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    key = settings.read_secret_key()
    assert re.fullmatch("[0-9a-f]{64}", key)
    assert settings.read_secret_key() == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secret_key"]


def test_two_installations_have_different_secret_keys(tmp_path: Path) -> None:
    keys = {Settings(data_dir=tmp_path / name).read_secret_key() for name in ("one", "two")}
    assert len(keys) == 2


def test_all_who_start_at_once_get_the_same_secret_key(tmp_path: Path) -> None:
    start = threading.Barrier(12)
    keys: list[str] = []

    def ask() -> None:
        start.wait()
        keys.append(Settings(data_dir=tmp_path).read_secret_key())

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(keys) == 12
    assert len(set(keys)) == 1


def test_whoever_loses_the_race_for_the_key_takes_that_of_the_winner(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text("w" * 40)
    config._make_key_file(file)
    assert file.read_text() == "w" * 40
    assert [each.name for each in tmp_path.iterdir()] == ["secret_key"]


def test_a_given_secret_key_comes_before_the_file(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path, secret_key=SECRET).read_secret_key() == SECRET
    assert not list(tmp_path.iterdir())


def test_the_secret_key_can_lie_in_a_file_of_the_operator(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{SECRET}\n")
    assert Settings(secret_key_file=file).read_secret_key() == SECRET


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_a_secret_key_file_that_cannot_be_used_is_refused_with_its_name(
    content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(str(file))) as refused:
        Settings(secret_key_file=file).read_secret_key()
    assert refused.value.remedy


def test_a_secret_key_file_that_is_not_there_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Settings(secret_key_file=tmp_path / "key").read_secret_key()
    assert not list(tmp_path.iterdir())


def table_of(text: str) -> list[str]:
    """The rows of the table of settings, apart from its heading."""
    return re.findall(r"^\| `VALUECALC_.*\|$", text, re.MULTILINE)


def test_the_module_documents_every_setting_in_the_order_of_the_code() -> None:
    rows = table_of(config.__doc__ or "")
    named = [row.split("`")[1] for row in rows]
    assert named == list(KEYS)


def test_the_manual_has_the_same_table_as_the_module() -> None:
    assert table_of(OPERATING.read_text(encoding="utf-8")) == table_of(config.__doc__ or "")


@pytest.mark.parametrize(
    "name",
    [
        "MAX_BODY_BYTES",
        "REQUEST_TIMEOUT",
        "RATE_LIMIT",
        "SIGN_IN_LIMIT",
        "RATE_LIMIT_STORAGE",
        "LOG_LEVEL",
        "OIDC_NAME",
        "SESSION_HOURS",
        "BIN_DAYS",
        "TRUSTED_PROXIES",
    ],
)
def test_the_table_states_the_defaults_that_hold(name: str) -> None:
    row = next(row for row in table_of(config.__doc__ or "") if f"`{PREFIX}{name}`" in row)
    assert row.split("|")[3].strip() == f"`{getattr(Settings(), name.lower())}`"
