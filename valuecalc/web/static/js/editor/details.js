// The details of a row are made when somebody opens them, or goes to one of their fields.

import { fieldFor, rowOf, showDetails } from "./document.js";

export function start() {
  document.addEventListener("click", (event) => {
    const fold = event.target.closest?.("details.more > summary");
    if (fold) show(fold.parentElement);
    const link = event.target.closest?.('a[href^="#f-"]');
    if (link) fieldFor(placeIn(link.hash));
  });
  // However they are opened: by a script, or by the browser's search.
  document.addEventListener("toggle", ({ target }) => show(target), { capture: true });
  if (location.hash.startsWith("#f-")) goTo(location.hash);
}

function show(details) {
  if (details.matches(".more") && rowOf(details)) showDetails(rowOf(details));
}

function placeIn(hash) {
  return decodeURIComponent(hash).slice("#f-".length);
}

function goTo(hash) {
  const field = fieldFor(placeIn(hash));
  const folded = field?.closest("details:not([open])");
  if (folded) folded.open = true;
  field?.scrollIntoView({ block: "center" });
}
