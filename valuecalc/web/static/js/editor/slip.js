// What it costs when a step of the plan is late: asked for in a dialog, and kept nowhere.

import { events, model } from "./document.js";
import { button, dialog, paragraph } from "./dialogs.js";
import { rowName } from "./fields.js";
import { patch } from "./patch.js";
import { send } from "./request.js";

const FIRST_ASKED = "5";
const FAILED = "This could not be worked out: the server cannot be reached. Try again.";

export function open(row) {
  const step = row.dataset.row;
  const number = daysField();
  const answer = document.createElement("div");
  answer.className = "slip-answer";
  answer.setAttribute("aria-live", "polite");
  const box = dialog(titleOf(row), number.label, answer);
  box.classList.add("slip-dialog");
  const show = asker(step, number.field, answer);
  number.field.addEventListener("input", show);
  events.addEventListener("change", show);
  box.addEventListener("close", () => events.removeEventListener("change", show));
  box.addActions(button("Close", "button", () => box.close()));
  number.field.select();
  show();
}

function titleOf(row) {
  const name = rowName(row);
  return name ? `What if “${name}” is late?` : "What if it is late?";
}

function daysField() {
  const label = document.createElement("label");
  const field = document.createElement("input");
  field.className = "input numeric";
  field.inputMode = "numeric";
  field.maxLength = 6;
  field.autocomplete = "off";
  field.value = FIRST_ASKED;
  label.className = "slip-days";
  label.append("Working days more: ", field);
  return { label, field };
}

// One request at a time, and then one more for what was typed meanwhile.
function asker(step, field, answer) {
  let isBusy = false;
  let isChanged = false;
  return async function show() {
    isChanged = true;
    if (isBusy) return;
    isBusy = true;
    while (isChanged) {
      isChanged = false;
      await ask(step, field, answer);
    }
    isBusy = false;
  };
}

async function ask(step, field, answer) {
  const { liveUrl, scenario } = document.getElementById("editor").dataset;
  const json = JSON.stringify({ document: model(), step, days: field.value, scenario });
  const url = liveUrl.replace(/live$/, "slip");
  const { status, body } = await send("POST", url, { json, wants: "document" });
  const content = status === 200 ? body?.getElementById("slip-content") : null;
  field.toggleAttribute("aria-invalid", !content);
  if (content) return show(answer, content);
  answer.replaceChildren(paragraph([400, 422].includes(status) ? refusal(field) : FAILED));
}

function refusal(field) {
  return /^\s*[-−+]?\d{1,4}\s*$/.test(field.value)
    ? "This can be told as soon as the case can be worked out: mend what is marked in red first."
    : "Write a whole number of working days, such as 5; below zero for a step that is early.";
}

function show(answer, content) {
  if (answer.firstElementChild?.id === content.id) return patch(answer.firstElementChild, content);
  answer.replaceChildren(document.importNode(content, true));
}
