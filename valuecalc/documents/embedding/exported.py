"""What a proposal of ours remembers of itself, so that it can be filled again as others are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from valuecalc.documents.embedding import images, spans, state
from valuecalc.documents.embedding.controls import Control, find
from valuecalc.documents.embedding.fill import PREFIXES
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.embedding.state import Exported, PictureState, State, hash_of
from valuecalc.documents.proposal.xml import qualified

_PICTURES = ("image.", "plan.")


def remembering(
    document: bytes,
    exported: Exported,
    language: str,
    scenario: str,
    is_figure: Callable[[str], bool],
) -> bytes:
    """A proposal with what was written into its controls, and what it is.

    `language` is the tag of its language, `scenario` the id of its scenario; `is_figure` tells
    the names of figures from what somebody is to fill in.
    """
    package = Package(document)
    kept = State(language=language, scenario=scenario, exported=exported)
    words: dict[str, set[str]] = {}
    for part, control in _controls(package):
        if control.tag.startswith(_PICTURES):
            kept.pictures[control.tag] = _picture(package, part, control)
        elif control.tag.startswith(PREFIXES) or is_figure(control.tag):
            words.setdefault(control.tag, set()).add(hash_of(control.text))
    # Of a figure that stands there in two ways nobody could say who has written it.
    kept.words = {tag: hashes.pop() for tag, hashes in words.items() if len(hashes) == 1}
    state.write(package, kept)
    return package.packed()


def _controls(package: Package) -> Iterator[tuple[str, Control]]:
    for part in package.with_text:
        content = package.read(part) or b""
        if b"sdt" in content:
            yield from ((part, each) for each in find(spans.parsed(content)) if each.tag)


def _picture(package: Package, part: str, control: Control) -> PictureState:
    hashes = images.hashes_in(package, part, control)
    properties = next(control.element.iter(qualified("wp:docPr")))
    return PictureState(next(iter(hashes)), hash_of(properties.get("descr") or ""))
