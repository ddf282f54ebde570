// The fields of the form: which place each is bound to, and what it shows.

import { joined, textOf } from "./places.js";
import { rowAround, rowPlace } from "./rows.js";
import { shortOf } from "./short-numbers.js";

export function fieldOf(element) {
  return element?.closest?.("[data-field]") ?? null;
}

export function fieldAt(place) {
  const found = document.getElementById(`f-${place}`);
  return found?.matches("[data-field]") ? found : null;
}

export function fieldPlace(field) {
  return joined(rowPlace(rowAround(field)), field.dataset.field);
}

// The fields of a row, or of the case itself: not those of rows inside.
export function fieldsIn(row) {
  const scope = row ?? document;
  return [...scope.querySelectorAll("[data-field]")].filter((field) => rowAround(field) === row);
}

// What a field holds, as the document has it: nothing at all for an empty one.
export function valueIn(field) {
  if (field.type === "checkbox") return field.checked || undefined;
  const { whole } = field.dataset;
  if (whole && field.value === shortOf(whole)) return whole; // nobody has typed here
  return sendable(field.value) || undefined;
}

// What is no character cannot be sent: NUL, and halves of an emoji. Pasted text may hold some.
function sendable(text) {
  return (text.toWellFormed?.() ?? text).replaceAll("\0", "");
}

// A list that was not touched stays one, although its field shows one text.
export function isDifferent(value, other) {
  return textOf(value) !== textOf(other);
}

export function isFocused(field) {
  return field === document.activeElement;
}

// Puts a value into a field; a field that somebody is in keeps its caret.
export function show(field, value) {
  if (field.type === "checkbox") {
    field.checked = value === true || value === "true";
    return;
  }
  const text = shownFor(field, textOf(value));
  if (field.value === text) return;
  const caret = isFocused(field) ? field.selectionStart : undefined;
  if (field.tagName === "SELECT") return choose(field, text);
  field.value = text;
  if (typeof caret === "number") field.setSelectionRange(caret, caret);
}

function shownFor(field, whole) {
  const text = "number" in field.dataset ? shortOf(whole) : whole;
  if (text === whole) delete field.dataset.whole;
  else field.dataset.whole = whole;
  return text;
}

function choose(select, value) {
  const isOffered = [...select.options].some((option) => option.value === value);
  // A row that was only just made may not be among the choices yet.
  if (!isOffered && value) select.append(new Option(value, value));
  if (isOffered || value) select.value = value;
  else select.selectedIndex = 0; // what is not said is the first of the choices
}

// What people call a field: “Expected value of Users today”.
export function nameOf(field) {
  const own = field.getAttribute("aria-label") ?? field.labels?.[0]?.textContent.trim() ?? "field";
  const row = rowAround(field);
  const label = row && rowName(row);
  return label && label !== field.value ? `${own} of “${label}”` : own;
}

export function rowName(row) {
  const named = fieldsIn(row).find((field) => ["label", "name"].includes(field.dataset.field));
  return named?.value.trim() || "";
}
