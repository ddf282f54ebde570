// Files hold what is kept, so what was typed last is kept before one is made.

import { answers } from "./live.js";
import { flush } from "./save.js";
import { toast } from "./toast.js";

let toFix = 0;

export function start() {
  answers.addEventListener("answer", ({ detail }) => {
    toFix = detail.problems.filter((each) => each.level === "error").length;
  });
  document.getElementById("downloads")?.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    download(link.href);
  });
}

async function download(address) {
  document.getElementById("downloads").hidePopover?.();
  const isKept = await flush();
  if (isKept === false) {
    return toast("Your last changes could not be saved yet, so the file would not hold them.", {
      action: { label: "Download anyway", run: () => location.assign(address) },
    });
  }
  if (toFix) toast(wordsFor(toFix));
  location.assign(address);
}

function wordsFor(count) {
  const values = count === 1 ? "1 value is" : `${count} values are`;
  return `${values} to fix: in the file stands what was last complete there.`;
}
