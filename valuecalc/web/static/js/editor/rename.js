// Another name for a row, written into every formula that names it.

import { fieldFor, listOf, model, placeOf, replace, rowAt } from "./document.js";
import { fieldOf } from "./fields.js";
import { merged } from "./merge.js";
import { joined } from "./places.js";
import { send } from "./request.js";
import { rowAround } from "./rows.js";
import { toast } from "./toast.js";
import { checkpoint } from "./undo.js";

export function start() {
  document.addEventListener("change", (event) => {
    const field = nameField(event.target);
    if (field) rename(field);
  });
  document.addEventListener("input", (event) => {
    const field = nameField(event.target);
    if (field) forget(field);
  });
}

function nameField(element) {
  const field = fieldOf(element);
  return field?.dataset.field === "id" && rowAround(field) ? field : null;
}

async function rename(field) {
  const row = rowAround(field);
  const [from, to, list] = [row.dataset.row, field.value.trim(), placeOf(listOf(row))];
  forget(field);
  if (to === from || !to) {
    field.value = from; // a row without a name could not be found again
    return;
  }
  const sent = model();
  const url = document.getElementById("editor").dataset.renameUrl;
  const json = JSON.stringify({ document: sent, list, from, to });
  const { status, body } = await send("POST", url, { json });
  if (status === 200) take(sent, body, { list, from, to });
  else if (field.isConnected) refuse(field, from, status, body);
}

// What somebody has typed while the answer was on its way stays.
function take(sent, { document: renamed, count }, { list, from, to }) {
  const [before, after] = [joined(list, from), joined(list, to)];
  const state = stateOf(before);
  checkpoint(`renaming “${from}”`);
  replace(merged(sent, model(), renamed, "theirs"));
  restore(after, state);
  toast(count ? `Renamed in ${count} ${count === 1 ? "place" : "places"}.` : "Renamed.");
}

function refuse(field, from, status, body) {
  if (status === 422) return tell(field, body?.detail ?? "This name cannot be used.");
  field.value = from;
  toast("The name was not changed: the server cannot be reached. Try again.");
}

// --------------------------------------------------------------------------- the row stays as it was

// The row is made anew under its new name: whoever is in it must not notice.
function stateOf(place) {
  const row = rowAt(place);
  const focused = row?.contains(document.activeElement) ? fieldOf(document.activeElement) : null;
  return {
    isOpen: row?.querySelector("details")?.open ?? false,
    path: focused?.dataset.field ?? "",
    caret: focused && "selectionStart" in focused ? focused.selectionStart : null,
  };
}

function restore(place, { isOpen, path, caret }) {
  const details = rowAt(place)?.querySelector("details");
  if (details && isOpen) details.open = true;
  const field = path && fieldFor(joined(place, path));
  if (!field) return;
  field.focus({ preventScroll: true });
  if (caret !== null) field.setSelectionRange(caret, caret);
}

// --------------------------------------------------------------------------- under the field

// Not one of the problems of the document, in which the old name still stands.
function tell(field, text) {
  const note = document.createElement("p");
  note.className = "name-error";
  note.id = `n-${placeOf(field)}`;
  note.setAttribute("role", "alert");
  note.textContent = text;
  field.after(note);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", note.id);
}

function forget(field) {
  const note = field.nextElementSibling;
  if (!note?.classList.contains("name-error")) return;
  note.remove();
  field.removeAttribute("aria-invalid");
  field.removeAttribute("aria-describedby");
}
