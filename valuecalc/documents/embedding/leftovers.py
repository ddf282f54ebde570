"""Pictures of an earlier filling that nothing shows any more."""

from __future__ import annotations

import posixpath

from valuecalc.documents.embedding.images import PREFIX
from valuecalc.documents.embedding.package import Package, relations_of

_FOLDER_OF_RELATIONS = "_rels"
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
        if name.startswith(f"{_FOLDER_OF_RELATIONS}/") or f"/{_FOLDER_OF_RELATIONS}/" in name:
            continue
        if posixpath.basename(name).startswith(PREFIX) and name not in shown:
            _remove(package, name)


def _remove(package: Package, name: str) -> None:
    """Take a part out with what it refers to alone: the workbook of a chart."""
    inside = [each.target for each in package.relations(name)]
    package.remove(name)
    package.remove(relations_of(name))
    package.undeclare(name)
    for target in inside:
        if posixpath.basename(target).startswith(PREFIX) and not _is_shown(package, target):
            _remove(package, target)


def _is_shown(package: Package, name: str) -> bool:
    return any(each.target == name for part in package.names for each in package.relations(part))
