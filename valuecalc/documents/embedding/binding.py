"""Controls that show what stands in a part of custom XML: Word fills them from there.

Word writes such a control anew from its part whenever it opens the document, so a number that
is put into the control alone would not be seen. It goes into the part as well. Where that is
not possible the control is cut off from it, which the report says.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from valuecalc.documents.embedding import spans
from valuecalc.documents.embedding.controls import PROPERTIES, Control
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.proposal.xml import Element, qualified, readable

_PREFIX = re.compile(r"""xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']""")
_STEP = re.compile(r"(?:([\w.-]+):)?([\w.-]+)(?:\[(\d{1,6})\])?")
_STORE = "{http://schemas.openxmlformats.org/officeDocument/2006/customXml}"

CUT_OFF = "It showed a place of the file's own data that cannot be written, and no longer does."


def _bound(control: Control) -> list[Element]:
    """What binds a control to a part; newer programs bind controls with formats in another way."""
    properties = control.element.find(PROPERTIES)
    if properties is None:
        return []
    return [each for each in properties.iterchildren("*") if each.tag.endswith("}dataBinding")]


def write(package: Package, control: Control, text: str) -> str:
    """Write a text where a control takes it from; what has to be said if that is not possible."""
    for binding in _bound(control):
        if not _write(package, binding, text):
            binding.getparent().remove(binding)
            return CUT_OFF
    return ""


def _write(package: Package, binding: Element, text: str) -> bool:
    name = _part(package, binding.get(qualified("w:storeItemID")) or "")
    content = None if name is None else package.read(name)
    if name is None or content is None:
        return False
    root = spans.parsed(content)
    path = binding.get(qualified("w:xpath")) or ""
    mappings = binding.get(qualified("w:prefixMappings")) or ""
    found = _found(root, path, dict(_PREFIX.findall(mappings)))
    if found is None or len(found):
        return False
    number = list(root.iter("*")).index(found)
    package.write(name, _with_text(content, spans.spans(content)[number], text))
    return True


def _part(package: Package, store: str) -> str | None:
    """The name of the part of custom XML with an id."""
    for name in package.names:
        if not name.startswith("customXml/") or name.count("/") != 1:
            continue
        for relation in package.relations(name):
            content = package.read(relation.target)
            if relation.kind == "customXmlProps" and content is not None:
                id = spans.parsed(content).get(f"{_STORE}itemID") or ""
                if store and id.lower() == store.lower():
                    return name
    return None


def _found(root: Element, path: str, namespaces: dict[str, str]) -> Element | None:
    """The element at a path of names and numbers, the only kind that Word writes."""
    steps = [_STEP.fullmatch(step) for step in path.removeprefix("/").split("/")]
    if not path.startswith("/") or None in steps:
        return None
    nodes, found = [root], None
    for step in steps:
        assert step is not None, "checked above"
        namespace = namespaces.get(step[1] or "", "")
        tag = f"{{{namespace}}}{step[2]}" if namespace else step[2]
        same = [node for node in nodes if node.tag == tag]
        number = int(step[3] or 1) - 1
        if not 0 <= number < len(same):
            return None
        found = same[number]
        nodes = list(found.iterchildren("*"))
    return found


def _with_text(content: bytes, span: spans.Span, text: str) -> bytes:
    begin, end = span
    written = escape(readable(text)).encode()
    start_end = spans.start_tag_end(content, begin)
    if start_end == end:
        tag = content[begin:end].decode().removesuffix("/>").rstrip()
        name = tag[1:].split()[0]
        return spans.spliced(
            content, [(span, f"{tag}>".encode() + written + f"</{name}>".encode())]
        )
    return spans.spliced(content, [((start_end, content.rindex(b"</", begin, end)), written)])
