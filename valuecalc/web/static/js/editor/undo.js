// Takes back, and brings again, whatever was done to the document: 100 steps.
//
// A step is the document before and after it. Taking it back changes only what the step changed,
// so that what somebody else has saved in the meantime stays.

import { events, fieldAt, fieldFor, model, replace, rowAt } from "./document.js";
import { fieldOf, nameOf } from "./fields.js";
import { merged } from "./merge.js";
import { differences, read } from "./places.js";
import { toast } from "./toast.js";

const MOST_STEPS = 100;

let done = [];
let undone = [];
let seen = {};
let group = null;
let halfTyped = null;
let isStepping = false;

export function start() {
  seen = model();
  events.addEventListener("change", note);
  document.addEventListener("keydown", listen);
  document.addEventListener("input", (event) => (halfTyped = fieldOf(event.target)));
  document.addEventListener("change", () => (halfTyped = null));
  document.addEventListener("focusin", () => (halfTyped = null));
  showButtons();
}

// All that changes until the script is through counts as one step, called `label`: “paste”.
export function checkpoint(label) {
  const mine = { label, step: null };
  group = mine;
  setTimeout(() => {
    if (group === mine) group = null;
  });
}

// All that changes until the script is through belongs to the step before, as what follows from it.
export function amend() {
  const mine = { label: "", step: done.at(-1) ?? null };
  group = mine;
  setTimeout(() => {
    if (group === mine) group = null;
  });
}

export function undo() {
  const step = done.pop();
  if (!step) return;
  undone.push(step);
  go(step.after, step.before, `Undone: ${step.label}`);
}

export function redo() {
  const step = undone.pop();
  if (!step) return;
  done.push(step);
  go(step.before, step.after, `Done again: ${step.label}`);
}

function go(from, to, words) {
  group = null;
  const before = model();
  isStepping = true;
  replace(merged(from, before, to, "theirs"));
  isStepping = false;
  halfTyped = null;
  showButtons();
  toast(words);
  reveal(differences(before, model())[0]);
}

// Whoever takes back what is out of sight wants to see it.
function reveal(place) {
  if (!place) return;
  const spot = fieldFor(place) ?? rowAt(place);
  spot?.scrollIntoView({ block: "nearest" });
  if (document.activeElement === document.body) fieldAt(place)?.focus({ preventScroll: true });
}

// --------------------------------------------------------------------------- noting

function note({ detail: { place, kind } }) {
  const before = seen;
  seen = model();
  if (isStepping || kind === "tidied") return;
  if (before !== seen) keep(place, kind, before);
  // Keys in one field are one step, until it is left.
  if (kind !== "typing" && done.at(-1)?.kind === "typing") done.at(-1).kind = kind;
}

function keep(place, kind, before) {
  if (group?.step) group.step.after = seen;
  else if (group) add((group.step = { place, kind, before, after: seen, label: group.label }));
  else if (continuesTyping(place, kind)) done.at(-1).after = seen;
  // What others have saved, and what a save made of the texts, is not for this reader to undo.
  else if (kind !== "replaced") {
    add({ place, kind, before, after: seen, label: describe(place, kind, before) });
  }
}

function continuesTyping(place, kind) {
  const last = done.at(-1);
  if (undone.length || last?.kind !== "typing") return false;
  if (kind === "typing") return last.place === place;
  // A label that is left may give its row another id, and so another place.
  return kind === "commit" && (last.place === place || !read(seen, last.place));
}

function add(step) {
  done.push(step);
  undone = [];
  if (done.length > MOST_STEPS) done.shift();
  showButtons();
}

function describe(place, kind, before) {
  if (kind !== "structure") return fieldAt(place) ? nameOf(fieldAt(place)) : "a change";
  const [was, is] = [read(before, place), read(seen, place)];
  const name = titleOf(is ?? was);
  if (!was) return `adding ${name}`;
  return is ? `moving ${name}` : `deleting ${name}`;
}

function titleOf(item) {
  const title = item?.label || item?.name;
  return title ? `“${title}”` : "a row";
}

// --------------------------------------------------------------------------- keys and buttons

// While a cell is half typed the keys are the browser's own, as in any other field.
function listen(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  const step = key === "y" || (key === "z" && event.shiftKey) ? redo : key === "z" ? undo : null;
  if (!step || halfTyped === event.target || isForeign(event.target)) return;
  event.preventDefault();
  step();
}

// Fields that are not the document's, such as the search.
function isForeign(element) {
  return element.matches("input, textarea, [contenteditable]") && !fieldOf(element);
}

function showButtons() {
  disable("undo", done.length === 0);
  disable("redo", undone.length === 0);
}

// A button that somebody has just pressed would lose the focus if it could not be pressed.
function disable(action, isDisabled) {
  for (const button of document.querySelectorAll(`[data-act="${action}"]`)) {
    button.disabled = isDisabled && button !== document.activeElement;
    button.setAttribute("aria-disabled", String(isDisabled));
  }
}
