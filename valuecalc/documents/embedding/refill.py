"""Fill a document that came from outside with what a catalogue has for its tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from valuecalc.documents.embedding import apart
from valuecalc.documents.embedding.catalogue import Catalogue
from valuecalc.documents.embedding.contents import Content
from valuecalc.documents.embedding.fill import Filled
from valuecalc.documents.embedding.listing import Listed
from valuecalc.documents.embedding.report import Outcome


def fill_document(document: bytes, catalogue: Catalogue, overwrite: Collection[str] = ()) -> Filled:
    """The document with every control filled that has a tag of the catalogue.

    What a person has typed over is left and reported, unless `overwrite` names it. Raises
    `FileRefused` for a document that is not safe or not whole.
    """
    return fill_listed(document, apart.listed(document), catalogue, overwrite)


def fill_listed(
    document: bytes,
    controls: Iterable[Listed],
    catalogue: Catalogue,
    overwrite: Collection[str] = (),
) -> Filled:
    """The same for a document whose controls are known already."""
    found = apart.filled(document, _contents(controls, catalogue), overwrite)
    unknown = found.report.of(Outcome.UNKNOWN)
    remedies = {each.tag: catalogue.remedy(each.tag) for each in unknown}
    return replace(found, report=found.report.with_remedies(remedies))


def _contents(controls: Iterable[Listed], catalogue: Catalogue) -> Mapping[str, Content]:
    """What stands behind the tags that a document uses: only that is worked out."""
    tags = {each.tag for each in controls if not each.special}
    return {tag: catalogue.content(tag) for tag in sorted(tags) if tag in catalogue}
