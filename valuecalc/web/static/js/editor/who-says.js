// Puts a number that is changed in a workshop down to whoever says so.
//
// The words come from the server: what the evidence is with a name and without one (`data-named`,
// `data-unnamed`), and what stood there before (`data-was`). Number and evidence are one step.

import { setValue, valueAt } from "./document.js";
import { fieldOf, nameOf } from "./fields.js";
import { speak } from "./toast.js";
import { checkpoint } from "./undo.js";
import { placeOfRow } from "./workshop.js";

// The number that was changed last without a name: whoever is named next has said it.
let asked = null;

export function start() {
  remember();
  document.addEventListener("input", begin, { capture: true });
  // After document.js, which listens first, has taken the number itself.
  document.addEventListener("input", attribute);
  who().addEventListener("change", nameAsked);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-agree]");
    if (button) agree(button.closest("[data-assumption]"));
  });
}

export function nameChosen() {
  return who().value.trim();
}

// Whoever opens the page again is still in the same meeting.
function remember() {
  const key = `valuecalc-who:${document.getElementById("editor").dataset.uid}`;
  try {
    who().value ||= sessionStorage.getItem(key) ?? "";
    who().addEventListener("input", () => sessionStorage.setItem(key, nameChosen()));
  } catch {
    // A browser that keeps nothing: then the name is chosen anew.
  }
}

function who() {
  return document.getElementById("who");
}

// --------------------------------------------------------------------------- while one types

function rowOfNumber(target) {
  return fieldOf(target)?.closest("[data-assumption]") ?? null;
}

function begin(event) {
  const row = rowOfNumber(event.target);
  if (row && !isSaidBy(row, nameChosen())) checkpoint(nameOf(fieldOf(event.target)));
}

function attribute(event) {
  const row = rowOfNumber(event.target);
  if (!row) return;
  const name = nameChosen();
  if (!name) asked = row;
  // Keys that follow belong to the same step, and so does this.
  if (!isSaidBy(row, name)) write(row, name, "typing");
}

// --------------------------------------------------------------------------- afterwards

function nameAsked() {
  const name = nameChosen();
  if (!name || !asked?.isConnected) return;
  put(asked, name);
}

function agree(row) {
  const name = nameChosen();
  if (name) return put(row, name);
  asked = row;
  speak("Who says so? Choose or type a name first.");
  who().focus();
}

function put(row, name) {
  asked = null;
  if (isSaidBy(row, name)) return;
  checkpoint(`${name} on “${row.dataset.label}”`);
  write(row, name, "commit");
  speak(`${row.dataset.label}: said by ${name}.`);
}

// --------------------------------------------------------------------------- the evidence

function evidenceFor(name) {
  const { named, unnamed } = document.getElementById("workshop").dataset;
  return { ...JSON.parse(name ? named : unnamed), owner: name };
}

function isSaidBy(row, name) {
  const found = valueAt(`${placeOfRow(row)}.evidence`) ?? {};
  const { source, date, owner } = evidenceFor(name);
  return found.source === source && found.date === date && (found.owner ?? "") === owner;
}

function write(row, name, kind) {
  const { was } = row.querySelector("[data-was]").dataset;
  for (const [key, text] of Object.entries({ ...evidenceFor(name), note: was })) {
    setValue(`${placeOfRow(row)}.evidence.${key}`, text, { kind });
  }
}
