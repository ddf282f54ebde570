// Files hold what is kept, so what was typed last is kept before one is made.

import { newestAnswer } from "./live.js";
import { print } from "./printing.js";
import { flush } from "./save.js";
import { toast } from "./toast.js";

export function start() {
  document.getElementById("downloads")?.addEventListener("click", (event) => {
    if (event.target.closest('[data-act="print"]')) printAll();
    const link = event.target.closest("a[href]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    download(link.href);
  });
}

function printAll() {
  document.getElementById("downloads").hidePopover?.();
  print();
}

async function download(address) {
  document.getElementById("downloads").hidePopover?.();
  const isKept = await flush();
  if (isKept === false) {
    return toast("Your last changes could not be saved yet, so the file would not hold them.", {
      action: { label: "Download anyway", run: () => location.assign(address) },
    });
  }
  const problems = newestAnswer()?.problems ?? [];
  const toFix = problems.filter((each) => each.level === "error").length;
  if (toFix) toast(wordsFor(toFix));
  location.assign(address);
}

function wordsFor(count) {
  const values = count === 1 ? "1 value is" : `${count} values are`;
  return `${values} to fix: in the file stands what was last complete there.`;
}
