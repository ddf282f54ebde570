// A plan of another program: first it is shown what it changes, then it is taken into the document
// as if it had been typed, so that one step takes it back.

import { model, replace } from "./document.js";
import { pane } from "./pane.js";
import { put, read, same } from "./places.js";
import { styled } from "./styles.js";
import { toast } from "./toast.js";
import { checkpoint } from "./undo.js";

const CHANGED = "The plan has changed meanwhile. Choose the file again to see what it does now.";

let side = null;
let shown = {};

export function start() {
  document.body.append(document.getElementById("take-plan-dialog").content.cloneNode(true));
  const dialog = document.getElementById("take-plan");
  // Before the pane sends the form.
  dialog.addEventListener("submit", fill, { capture: true });
  dialog.addEventListener("click", ({ target }) => {
    if (target.closest("[data-take]")) takeIn(dialog);
    if (target.closest("[data-again]")) open();
  });
  side = pane("take-plan");
}

export async function open() {
  await styled("editor-dialogs.css");
  const { liveUrl } = document.getElementById("editor").dataset;
  if (side.dialog.open) side.dialog.close();
  return side.open(liveUrl.replace(/live$/, "plan-file"));
}

// The server holds the file against what stands in the form at this moment.
function fill(event) {
  const form = event.target;
  if (form.method !== "post") return;
  const words = refusal(form);
  form.querySelector("[data-refusal]").textContent = words;
  if (words) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  shown = model();
  form.elements.document.value = JSON.stringify(shown);
}

function refusal({ elements: { file, table }, dataset }) {
  const [chosen] = file.files;
  const isBoth = chosen && table.value.trim();
  if (isBoth) return "There is a file and a table: choose one of them.";
  if (!chosen && !table.value.trim()) return "Choose a file, or paste a table.";
  return chosen?.size > Number(dataset.mostBytes)
    ? `The file is larger than ${dataset.mostWords}: save the plan alone.`
    : "";
}

function takeIn(dialog) {
  const { plan, people, words } = JSON.parse(document.getElementById("taken-plan").textContent);
  if (!same(read(shown, "plan"), read(model(), "plan"))) {
    toast(CHANGED);
    return open();
  }
  const known = read(model(), "people") ?? [];
  const added = people.filter(({ id }) => !known.some((each) => each.id === id));
  const planned = put(model(), "plan", plan);
  checkpoint("taking in a plan");
  replace(added.length ? put(planned, "people", [...known, ...added]) : planned);
  dialog.close();
  toast(words);
}
