// The habits of a spreadsheet in ordinary tables of fields: Enter and arrows move between rows,
// Escape puts a cell back, +20 adds to a number. Tab stays what it is everywhere.
//
// A cell is a `[data-field]` in a `[data-row]`. No key of the browser is taken away from a text,
// and there are no shortcuts of one letter.

import {
  addRow,
  fieldAt,
  listOf,
  moveRow,
  placeOf,
  setValue,
  valueAt,
} from "./document.js";
import { fieldOf, fieldsIn } from "./fields.js";
import { textOf } from "./places.js";
import { send } from "./request.js";
import { rowAround, rowsOf } from "./rows.js";
import { speak, toast } from "./toast.js";
import { checkpoint } from "./undo.js";

let entered = { field: null, value: "", kept: undefined };
let isFirstClick = false;

export function start() {
  document.addEventListener("focusin", enter);
  document.addEventListener("keydown", press);
  document.addEventListener("pointerdown", (event) => {
    isFirstClick = fieldOf(event.target) !== document.activeElement;
  });
  document.addEventListener("click", selectOnFirstClick);
  // Before everybody else: a sum that is still being typed is no value of the document yet.
  window.addEventListener("input", holdBack, { capture: true });
  window.addEventListener("change", workOutSum, { capture: true });
}

// --------------------------------------------------------------------------- being in a cell

function enter(event) {
  const field = fieldOf(event.target);
  const kept = field && valueAt(placeOf(field));
  entered = { field, value: field ? shownIn(field) : "", kept };
  if (field?.matches("[data-number]")) field.select();
}

// The click that goes into a number would take the selection away again.
function selectOnFirstClick(event) {
  const field = fieldOf(event.target);
  if (!isFirstClick || !field?.matches("[data-number]")) return;
  isFirstClick = false;
  if (field.selectionStart === field.selectionEnd) field.select();
}

function shownIn(field) {
  return field.type === "checkbox" ? field.checked : field.value;
}

function putBack(field) {
  if (field !== entered.field || shownIn(field) === entered.value) return false;
  if (field.dataset.field === "id") field.value = entered.value;
  else setValue(placeOf(field), entered.kept ?? "");
  // What was held back never reached the document, so that nothing had to change there.
  if (shownIn(field) !== entered.value) field.value = entered.value;
  if (field.matches("[data-number]")) field.select();
  speak("Put back");
  return true;
}

// --------------------------------------------------------------------------- keys

function press(event) {
  const field = fieldOf(event.target);
  if (!field || event.defaultPrevented || event.isComposing) return;
  const handle = handlerOf(event, field, rowAround(field));
  if (handle?.() === true) event.preventDefault();
}

// What to do on a key; it gives back true unless the browser shall have the key as well.
function handlerOf(event, field, row) {
  const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);
  const isControl = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  const isAlt = event.altKey && !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (event.key === "Escape") return () => putBack(field);
  if (!row) return null;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step && isAlt) return () => move(field, row, step);
  if (step && isPlain && isAtEdge(field, step)) return () => go(besides(row, step), field);
  if (event.key === "Enter") return isControl ? () => addBelow(row) : leaveBy(event, field, row);
  if (isControl && event.key.toLowerCase() === "d") return () => copyFromAbove(field, row);
  return null;
}

// Enter in a cell goes on; in a note it begins a new line.
function leaveBy(event, field, row) {
  if (isMultiline(field) || event.ctrlKey || event.metaKey) return null;
  if (event.altKey) return () => true; // a label is one line
  return () => (event.shiftKey ? go(besides(row, -1), field) : goDown(field, row)) || true;
}

export function isMultiline(field) {
  return field.hasAttribute("data-multiline") || /(^|\.)note$/.test(field.dataset.field);
}

// Whether an arrow would lead out of a cell. Choices, days and suggestions need it themselves.
function isAtEdge(field, step) {
  if (field.tagName === "TEXTAREA") return isOneLine(field) || isCaretAtEnd(field, step);
  return field.tagName === "INPUT" && !field.list && !["date", "checkbox"].includes(field.type);
}

function isOneLine(field) {
  const style = getComputedStyle(field);
  const height = Number.parseFloat(style.lineHeight) || 1.5 * Number.parseFloat(style.fontSize);
  const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
  return field.scrollHeight - padding < 1.8 * height;
}

function isCaretAtEnd(field, step) {
  const end = step > 0 ? field.value.length : 0;
  return field.selectionStart === end && field.selectionEnd === end;
}

// --------------------------------------------------------------------------- moving

// The next row that can be seen, or null.
export function besides(row, step) {
  const shown = shownRows(listOf(row));
  return shown[shown.indexOf(row) + step] ?? null;
}

export function shownRows(list) {
  return rowsOf(list).filter((row) => !row.hidden);
}

// Goes to the same column of another row; whether there is one.
function go(row, field) {
  const target = row && cellIn(row, field.dataset.field);
  if (!target) return false;
  focusOn(target);
  return true;
}

export function cellIn(row, path) {
  return fieldsIn(row).find((field) => field.dataset.field === path && isShown(field)) ?? null;
}

function isShown(field) {
  return field.checkVisibility?.() ?? field.offsetParent !== null;
}

export function focusOn(field) {
  field.focus();
  if (field.tagName === "TEXTAREA") field.setSelectionRange(field.value.length, field.value.length);
}

// On the last row there is none below, so one is added; but not below one that is still empty.
function goDown(field, row) {
  if (go(besides(row, 1), field) || besides(row, 1) || isEmpty(row)) return true;
  return go(addRowTo(listOf(row)), field);
}

function isEmpty(row) {
  return Object.keys(valueAt(placeOf(row)) ?? {}).length <= 1;
}

function addRowTo(list, after = null) {
  const around = rowAround(list);
  return addRow(list.dataset.list, { after, place: around ? placeOf(around) : "" });
}

function addBelow(row) {
  const added = addRowTo(listOf(row), row);
  const first = fieldsIn(added).find(isShown);
  if (first) focusOn(first);
  speak("Row added");
  return true;
}

// Rows that a search hides do not count: the row goes past the next one that can be seen.
function move(field, row, step) {
  const next = besides(row, step);
  if (!next) return true;
  checkpoint("moving a row");
  const siblings = rowsOf(listOf(row));
  const distance = Math.abs(siblings.indexOf(next) - siblings.indexOf(row));
  for (let moved = 0; moved < distance; moved += 1) moveRow(row, step);
  field.focus();
  const shown = shownRows(listOf(row));
  speak(`Moved to row ${shown.indexOf(row) + 1} of ${shown.length}`);
  return true;
}

function copyFromAbove(field, row) {
  const above = besides(row, -1);
  if (!above || field.dataset.field === "id") return true;
  checkpoint("copying from above");
  const value = valueAt(`${placeOf(above)}.${field.dataset.field}`);
  setValue(placeOf(field), Array.isArray(value) ? value.join("; ") : (value ?? ""));
  if (field.matches("[data-number]")) field.select();
  return true;
}

// --------------------------------------------------------------------------- +20 adds

// A plus in a cell that held a number is a sum. The document keeps the old number until the cell
// is left, so that no result is ever worked out with the 20 alone.
function holdBack(event) {
  const field = fieldOf(event.target);
  if (field && isSum(field)) event.stopImmediatePropagation();
}

function isSum(field) {
  const isNumber = field === entered.field && field.matches("[data-number]");
  return isNumber && entered.value.trim() !== "" && /^\s*\+/.test(field.value);
}

async function workOutSum(event) {
  const field = fieldOf(event.target);
  if (!field || !isSum(field)) return;
  event.stopImmediatePropagation();
  const [from, by, place] = [textOf(entered.kept), field.value, placeOf(field)];
  const url = document.getElementById("editor").dataset.addUrl;
  const { status, body } = await send("POST", url, { json: JSON.stringify({ from, by }) });
  // Somebody has typed on in the meantime, or the row is gone.
  if (fieldAt(place) !== field || field.value !== by) return;
  if (status === 200) setValue(place, body.text);
  else if (status === 422) setValue(place, by); // what is wrong with it is said as always
  else giveUp(field, from);
}

function giveUp(field, from) {
  field.value = from;
  toast("The sum could not be worked out: the server cannot be reached. Nothing has changed.");
}
