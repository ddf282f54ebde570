"""Collects the texts that documents can say, and brings the catalogues up to date.

```
python -m valuecalc.documents.languages.collecting        all catalogues
python -m valuecalc.documents.languages.collecting it     and a new one, it.po
```

What has been translated stays. What is new has an empty translation; what has only changed a
little gets the old one, marked `fuzzy`, which counts as missing until somebody has read it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from valuecalc.documents.languages.catalogue import FOLDER

PACKAGE = FOLDER.parent.parent
"""The code whose texts are collected."""

_FUNCTIONS = {"phrase": (1,), "plural": (1, 2)}
_WIDTH = 100


def template() -> Catalog:
    """Every text of the program that a document can say, with the files where it is made."""
    found = Catalog(project="valuecalc", charset="utf-8", fuzzy=False)
    for file, _, id, comments, context in extract_from_dir(
        PACKAGE, [("**.py", "python")], keywords=_FUNCTIONS, comment_tags=("For translators:",)
    ):
        if id:
            found.add(
                id,
                locations=[(f"valuecalc/{file}", 1)],
                auto_comments=comments,
                context=context,
            )
    return found


def lacking(catalogue: Catalog) -> Iterator[Message]:
    """The texts that a catalogue has no translation for, or one that nobody has read."""
    for message in catalogue:
        forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(forms)):
            yield message


def read(path: Path) -> Catalog:
    """The catalogue in a file, with everything that translators see of it."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def brought_up_to_date(path: Path, texts: Catalog) -> Catalog:
    """The catalogue of a language with the texts of now; an empty one if there is no file."""
    catalogue = read(path) if path.is_file() else _new(path.stem)
    catalogue.update(texts, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def _new(name: str) -> Catalog:
    language = Locale.parse(name).english_name
    return Catalog(
        locale=name,
        project="valuecalc",
        header_comment=f"# The texts of documents in {language}.",
        fuzzy=False,
    )


def written(catalogue: Catalog) -> bytes:
    """A catalogue as a file: the texts in the order of their English, so that it changes little."""
    file = BytesIO()
    write_po(
        file,
        catalogue,
        width=_WIDTH,
        sort_output=True,
        omit_header=False,
        include_lineno=False,
        ignore_obsolete=True,
    )
    return file.getvalue()


def main(names: Sequence[str]) -> None:
    """Bring all catalogues up to date, and make those that are named and not there yet."""
    texts = template()
    for path in sorted({*FOLDER.glob("*.po"), *(FOLDER / f"{name}.po" for name in names)}):
        catalogue = brought_up_to_date(path, texts)
        path.write_bytes(written(catalogue))
        missing = sum(1 for _ in lacking(catalogue))
        sys.stdout.write(f"{path.name}: {len(catalogue)} texts, {missing} to be translated\n")


if __name__ == "__main__":
    main(sys.argv[1:])
