// Comments on a row, or on the whole case: read, written and settled in a dialog.

import { events, placeOf, rowOf } from "./document.js";
import { pane } from "./pane.js";
import { flush } from "./save.js";

let counts = {};
let remarks;

export function start() {
  if (!document.getElementById("remarks")) return;
  counts = JSON.parse(document.getElementById("remark-counts").textContent);
  remarks = pane("remarks", { shown: takeCount });
  document.addEventListener("click", (event) => {
    const button = event.target.closest('[data-act="remarks"]');
    if (button) open(button);
  });
  events.addEventListener("change", ({ detail }) => {
    if (["structure", "replaced"].includes(detail.kind)) showCounts();
  });
  showCounts();
}

// What is said is said about a version that is kept, so a new row is kept first.
async function open(button) {
  await flush();
  const address = new URL(remarks.dialog.dataset.url, location.href);
  address.searchParams.set("place", placeOfButton(button));
  remarks.open(address.href);
}

function placeOfButton(button) {
  const row = rowOf(button);
  return row ? placeOf(row) : "";
}

function takeCount(content) {
  counts[content.dataset.place] = Number(content.dataset.open);
  showCounts();
}

function showCounts() {
  for (const button of document.querySelectorAll('[data-act="remarks"]')) {
    showCount(button, counts[placeOfButton(button)] ?? 0);
  }
}

function showCount(button, count) {
  const fold = button.closest("details.more")?.querySelector(":scope > summary");
  if (fold && count) fold.dataset.remarks = String(count);
  else if (fold) delete fold.dataset.remarks;
  let bubble = button.querySelector(".remark-count");
  if (!count) return bubble?.remove();
  if (!bubble) {
    bubble = document.createElement("span");
    bubble.className = "remark-count";
    button.append(" ", bubble);
  }
  bubble.textContent = String(count);
  bubble.title = count === 1 ? "1 comment to deal with" : `${count} comments to deal with`;
}
