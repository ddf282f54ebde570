"""The template that a document was made from: many honest ones name it on a drive of their own.

Word would fetch it when it opens the document, so the link is cut. Nothing is lost by that: the
styles are in the document.
"""

from __future__ import annotations

from valuecalc.documents.embedding import spans
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.proposal.xml import qualified

KIND = "attachedTemplate"
SAID = "The link to the template that the document was made from, “{name}”, was cut."

_ELEMENT = qualified("w:attachedTemplate")


def cut(package: Package) -> tuple[str, ...]:
    """Take the links to templates out of a document; what has to be said about it."""
    said = []
    for part in [name for name in package.names if name.endswith(".xml")]:
        for relation in package.relations(part):
            if relation.kind == KIND:
                package.unrelate(part, relation.id)
                _forget(package, part)
                name = relation.target.replace("\\", "/").rpartition("/")[2]
                said.append(SAID.format(name=name[:80]))
    return tuple(said)


def _forget(package: Package, part: str) -> None:
    content = package.read(part)
    if content is not None:
        places = spans.spans(content, _ELEMENT)
        package.write(part, spans.spliced(content, [(place, b"") for place in places]))
