// Prints the whole page, much of which is only worked out when somebody comes near.
//
// Nothing can wait once the browser prints by itself. So its keys print as the menu does, whoever
// leaves the page for the browser's own menu has everything fetched, and a print that is short of
// something all the same says so.

import { isBehind, showAll } from "./live.js";
import { toast } from "./toast.js";

export function start() {
  document.addEventListener("keydown", (event) => {
    if (!isForPrint(event)) return;
    event.preventDefault();
    print();
  });
  document.documentElement.addEventListener("mouseleave", () => showAll({ isForSure: false }));
  window.addEventListener("beforeprint", () => {
    notice().hidden = !isBehind();
    showAll();
  });
  window.addEventListener("afterprint", () => (notice().hidden = true));
}

function isForPrint(event) {
  const isControl = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  return isControl && event.key.toLowerCase() === "p";
}

export async function print() {
  if (isBehind()) toast("Getting everything ready to be printed …");
  await showAll();
  window.print();
}

function notice() {
  return document.getElementById("print-notice");
}
