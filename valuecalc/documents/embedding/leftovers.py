"""Pictures of an earlier filling that nothing shows any more."""

from __future__ import annotations

import posixpath

from valuecalc.documents.embedding.images import PREFIX
from valuecalc.documents.embedding.package import Package

_OF_OURS = f"rId{PREFIX}".replace("-", "")


def remove(package: Package) -> None:
    """Take our own pictures out that no part refers to by their relation."""
    for part in package.with_text:
        content = package.read(part) or b""
        for relation in package.relations(part):
            is_used = (
                f'"{relation.id}"'.encode() in content or f"'{relation.id}'".encode() in content
            )
            if relation.id.startswith(_OF_OURS) and not is_used:
                package.unrelate(part, relation.id)
    shown = {each.target for part in package.names for each in package.relations(part)}
    for name in package.names:
        if posixpath.basename(name).startswith(PREFIX) and name not in shown:
            package.remove(name)
