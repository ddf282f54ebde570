// Makes what the page shows equal to what the server sent, and leaves alone all that is equal.
//
// So whoever is on a button, has opened a table or has scrolled inside, stays where he is.

// Makes `target` hold the same attributes and content as `source`, an element of another page.
export function patch(target, source) {
  if (target.isEqualNode(source)) return;
  patchAttributes(target, source);
  patchChildren(target, source);
}

// Theirs to decide, not the server's.
const OF_THE_READER = { DETAILS: ["open"], DIALOG: ["open"] };

function patchAttributes(target, source) {
  const kept = OF_THE_READER[target.tagName] ?? [];
  for (const { name } of [...target.attributes]) {
    if (!source.hasAttribute(name) && !kept.includes(name)) target.removeAttribute(name);
  }
  for (const { name, value } of source.attributes) {
    if (!kept.includes(name) && target.getAttribute(name) !== value) {
      target.setAttribute(name, value);
    }
  }
}

function patchChildren(target, source) {
  let here = target.firstChild;
  for (const there of [...source.childNodes]) {
    const match = matchFrom(here, there);
    if (!match) {
      target.insertBefore(document.importNode(there, true), here);
      continue;
    }
    while (here !== match) here = removed(here);
    here = match.nextSibling;
    patchNode(match, there);
  }
  while (here) here = removed(here);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

// The next node here that can become the one there. What has an id only becomes its like;
// anything else takes the node that stands at its place.
function matchFrom(here, there) {
  if (!there.id) return here && isAlike(here, there) ? here : null;
  for (let node = here; node; node = node.nextSibling) {
    if (node.id === there.id && isAlike(node, there)) return node;
  }
  return null;
}

function isAlike(one, other) {
  return one.nodeName === other.nodeName && (one.id ?? "") === (other.id ?? "");
}

function patchNode(target, source) {
  if (target.nodeType === Node.ELEMENT_NODE) patch(target, source);
  else if (target.nodeValue !== source.nodeValue) target.nodeValue = source.nodeValue;
}
