// Numbers are explained from what is typed now, not from what was saved.

import { model } from "./document.js";

export function start() {
  document.getElementById("case-form")?.addEventListener("formdata", (event) => {
    event.formData.set("document", JSON.stringify(model()));
  });
}
