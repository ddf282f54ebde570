// Sharing with a customer without leaving the editor. Without scripts, Share is a link to a page.

import { pane } from "./pane.js";
import { flush } from "./save.js";
import { toast } from "./toast.js";

export function start() {
  if (!document.getElementById("share")) return;
  const share = pane("share", { shown: (content, { sent }) => sent && selectLink(content) });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest('[data-act="share"]');
    if (!button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    // A link shows what is kept.
    await flush();
    share.open();
  });
  share.dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-field]");
    if (button) copy(document.getElementById(button.dataset.copyField));
  });
}

function selectLink(content) {
  const link = content.querySelector("#made-link");
  link?.focus();
  link?.select();
}

// Without the clipboard, as on a page without https, the address is at least selected.
async function copy(field) {
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    toast("The address is copied.");
  } catch {
    toast("Press Ctrl+C to copy the address: it is selected.");
  }
}
