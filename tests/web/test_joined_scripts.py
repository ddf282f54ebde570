"""Scripts in one file mean the same as one by one, and what cannot is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from valuecalc.web.joined_scripts import FOLDER, CannotJoin, beside, joined, members
from valuecalc.web.static_files import JOINED, VENDOR

OURS = sorted(
    path.relative_to(FOLDER).as_posix()
    for path in FOLDER.rglob("*.js")
    if VENDOR not in path.parents
)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes scripts, by their names without `.js`: `write(main="…", a="…")`; the folder."""

    def write_all(**scripts: str) -> Path:
        for name, text in scripts.items():
            (tmp_path / f"{name}.js").write_text(text)
        return tmp_path

    return write_all


# --------------------------------------------------------------------------- ours


@pytest.mark.parametrize("entry", JOINED.values())
def test_our_scripts_are_joined_each_once_and_after_what_it_imports(entry: str) -> None:
    text = joined(entry)
    names = members(entry)
    assert names[-1] == entry
    starts = [f"const ${re.sub(r'[/-]', '_', name[:-3])} = (() => {{\n" for name in names]
    assert re.findall(r"^const \$\w+ = \(\(\) => \{\n", text, re.MULTILINE) == starts
    assert len(starts) > 20
    # One export, at the end.
    assert re.findall(r"^(?:import|export)\b(?!\().*", text, re.MULTILINE) == text.splitlines()[-1:]


def test_no_script_of_ours_has_a_name_that_begins_as_those_of_joined_scripts_do() -> None:
    for name in OURS:
        assert not re.search(r"\$[a-z_]", (FOLDER / name).read_text("utf-8")), name


@pytest.mark.parametrize("entry", JOINED.values())
def test_all_our_other_scripts_can_be_loaded_beside_the_joined_ones(entry: str) -> None:
    others = [name for name in OURS if name not in members(entry)]
    assert others
    for name in others:
        imported = re.findall(r'from "(\.{1,2}/[^"]+)";', beside(name, entry))
        folder = (FOLDER / name).parent
        targets = {(folder / each).resolve().relative_to(FOLDER).as_posix() for each in imported}
        assert not targets & set(members(entry)) - {entry}, name


# --------------------------------------------------------------------------- what becomes of them


def test_exports_are_returned_and_imports_are_taken_from_there(write: Write) -> None:
    folder = write(
        main='import { read, write as put } from "./a.js";\n'
        'import * as b from "./b.js";\nput(b.x);\n',
        a="export function read() {}\nexport async function write() {}\nfunction hidden() {}\n",
        b="export const x = 1;\nexport class Y {}\n",
    )
    assert joined("main.js", folder) == (
        "const $a = (() => {\nfunction read() {}\nasync function write() {}\n"
        "function hidden() {}\nreturn { read, write };\n})();\n"
        "const $b = (() => {\nconst x = 1;\nclass Y {}\nreturn { x, Y };\n})();\n"
        "const $main = (() => {\nconst { read, write: put } = $a;\nconst b = $b;\nput(b.x);\n"
        "return {  };\n})();\nexport { $a, $b, $main };\n"
    )


def test_what_is_passed_on_is_returned_as_well(write: Write) -> None:
    folder = write(
        main='export { x, y as z } from "./a.js";\n', a="export const x = 1;\nexport const y = 2;\n"
    )
    assert "return { x: $a.x, z: $a.y };" in joined("main.js", folder)


def test_a_script_that_is_loaded_later_shares_what_is_there(write: Write) -> None:
    folder = write(
        main='import { x } from "./a.js";\n',
        a="export const x = 1;\n",
        other="export const y = 2;\n",
        later='import { x as z } from "./a.js";\nimport { y } from "./other.js";\nz(y);\n',
    )
    assert beside("later.js", "main.js", folder) == (
        'import { $a } from "./main.js";\nconst { x: z } = $a;\n'
        'import { y } from "./other.js";\nz(y);\n'
    )
    assert beside("other.js", "main.js", folder) == "export const y = 2;\n"


def test_addresses_of_what_is_loaded_later_are_told_from_the_joined_file(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "main.js").write_text('import "../a.js";\n')
    (tmp_path / "a.js").write_text('const load = () => import("./later.js");\n')
    (tmp_path / "later.js").write_text("")
    assert 'import("../later.js")' in joined("inner/main.js", tmp_path)


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "statement",
    [
        "export let x = 1;",
        "export default 1;",
        'export * from "./a.js";',
        'import a from "./a.js";',
        'import a, { x } from "./a.js";',
        'import { x } from "a";',
        'import { x } from "https://example.com/a.js";',
        "const x = 1; \nexport { x };",
        'import { x } from "./a.js"; x();',
    ],
)
def test_what_cannot_be_joined_is_refused_with_its_place(write: Write, statement: str) -> None:
    folder = write(main=f"{statement}\n", a="export const x = 1;\n")
    with pytest.raises(CannotJoin, match=r"^main\.js: “(?:import|export)"):
        joined("main.js", folder)


def test_scripts_that_import_each_other_are_refused(write: Write) -> None:
    folder = write(main='import "./a.js";\n', a='import "./b.js";\n', b='import "./a.js";\n')
    with pytest.raises(CannotJoin, match=r"a\.js → b\.js → a\.js"):
        joined("main.js", folder)


def test_a_script_cannot_be_loaded_at_once_and_later(write: Write) -> None:
    folder = write(
        main='import "./a.js";\nimport "./b.js";\n',
        a='const load = () => import("./b.js");\n',
        b="",
        later='const load = () => import("./a.js");\n',
    )
    with pytest.raises(CannotJoin, match=r"a\.js: import\(./b\.js\)"):
        joined("main.js", folder)
    with pytest.raises(CannotJoin, match=r"later\.js: import\(./a\.js\)"):
        beside("later.js", "main.js", folder)
    with pytest.raises(CannotJoin, match=r"b\.js: main\.js imports it at once"):
        beside("b.js", "main.js", folder)


def test_a_later_script_does_not_pass_on_what_is_joined(write: Write) -> None:
    folder = write(
        main='import "./a.js";\n', a="export const x = 1;\n", later='export { x } from "./a.js";\n'
    )
    with pytest.raises(CannotJoin, match=r"later\.js: it exports what main\.js holds"):
        beside("later.js", "main.js", folder)


def test_a_script_of_another_folder_cannot_ask_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "main.js").write_text('import "../a.js";\n')
    (tmp_path / "a.js").write_text("const here = import.meta.url;\n")
    with pytest.raises(CannotJoin, match=r"import\.meta"):
        joined("inner/main.js", tmp_path)
