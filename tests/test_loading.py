"""What a start loads: no more than the command needs, and the server all of it before it forks."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from valuecalc import loading
from valuecalc.cli import verbs
from valuecalc.loading import later

ROOT = Path(__file__).resolve().parent.parent

OF_DOCUMENTS = ("openpyxl", "docx", "pptx", "lxml", "babel")
OF_THE_SERVICE = ("sqlalchemy", "alembic", "argon2", "flask", "distributed")
OF_FORMULAS = ("numpy", "scipy", "pint", "sympy", "marshmallow")
CALC = ["calc", "new-data-services"]

# What is done in a new process, and the libraries that it has no use for.
NOT_LOADED_BY = {
    "import valuecalc.cli": (*OF_DOCUMENTS, *OF_THE_SERVICE, *OF_FORMULAS, "yaml"),
    f"from valuecalc.cli import main; main({CALC}, standalone_mode=False)": (
        *("openpyxl", "docx", "pptx"),
        *(*OF_THE_SERVICE, "scipy.special", "sympy"),
    ),
    "import valuecalc.web.app": (
        *("alembic", "authlib", "distributed", "docx", "joserfc", "pint", "pptx"),
        *("scipy.special", "sympy"),
    ),
}


def loaded_by(statement: str) -> set[str]:
    """The modules that a new process has loaded after the statement."""
    script = f"import json, sys; {statement}; print(json.dumps(list(sys.modules)))"
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize("statement", NOT_LOADED_BY)
def test_nothing_is_loaded_that_is_slow_and_not_needed(statement: str) -> None:
    needless = loaded_by(statement) & set(NOT_LOADED_BY[statement])
    assert not needless


def test_the_web_server_loads_before_it_forks_what_somebody_would_wait_for() -> None:
    awaited = {"pint", "scipy.special", "scipy.stats.qmc", "valuecalc.services.coordinator"}
    statement = "from valuecalc.web import gunicorn_app; gunicorn_app.load()"
    assert awaited <= loaded_by(statement)


@pytest.mark.parametrize("name", verbs.__all__)
def test_what_commands_use_is_there_when_they_use_it(name: str) -> None:
    assert Path(getattr(verbs, name).__file__).stem == name


def test_a_module_is_loaded_when_something_in_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_bakery.py").write_text("bread = 'fresh'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    bakery = later("slow_bakery")
    assert "slow_bakery" not in sys.modules
    assert bakery.bread == "fresh"
    monkeypatch.delitem(sys.modules, "slow_bakery")


def test_what_is_set_in_a_module_for_later_is_set_in_the_module() -> None:
    shared = later("tests.counting")
    shared.set_by_a_test = 3
    from tests import counting

    assert counting.__dict__.pop("set_by_a_test") == 3


def test_a_name_that_a_module_has_not_is_missed_as_in_the_module_itself() -> None:
    with pytest.raises(AttributeError, match=r"module 'valuecalc\.errors' has no .* 'bread'"):
        _ = later("valuecalc.errors").bread


def test_a_module_of_the_same_name_does_not_come_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "bread.py").write_text("def bread() -> str:\n    return 'fresh'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    shop = import_module("shop")
    shop.__getattr__ = loading.names("shop", {"bread": "bread"})  # type: ignore[method-assign]
    assert shop.bread() == "fresh"
    assert shop.bread() == "fresh"


@pytest.mark.parametrize("was_looking", [True, False])
def test_garbage_is_not_looked_for_while_loading_and_afterwards_as_before(
    was_looking: bool,
) -> None:
    looked_before, already = gc.isenabled(), gc.get_freeze_count()
    (gc.enable if was_looking else gc.disable)()
    try:
        with loading.quickly():
            assert not gc.isenabled()
        assert gc.isenabled() == was_looking
        assert gc.get_freeze_count() > already
    finally:
        gc.unfreeze()
        (gc.enable if looked_before else gc.disable)()
