// The document that the form shows, and the only place where it changes.
//
// It is the written document: every number in it is a text, as people write it. Each field is
// bound to a place in it. What changes is told as the event "change" with `{place, kind}`:
//
// | kind      | what happened                                                    |
// |-----------|------------------------------------------------------------------|
// | typing    | a key in a field                                                 |
// | commit    | a field was left, a choice was made, or a script filled it in    |
// | structure | rows were added, removed, moved or got another id                |
// | replaced  | the whole document is another one                                |
// | tidied    | a text became its canonical form, which means the same           |

import * as fields from "./fields.js";
import { freeId, takenIds } from "./ids.js";
import { isMentioned, isRows, namesInFormulas, put, read } from "./places.js";
import * as rows from "./rows.js";
import * as shortNumbers from "./short-numbers.js";

export { fieldAt } from "./fields.js";
export { listOf, rowAt, rowOf } from "./rows.js";

export const events = new EventTarget();

let current = {};

export function model() {
  return current;
}

export function valueAt(place) {
  return read(current, place);
}

export function placeOf(element) {
  if (element.matches("[data-field]")) return fields.fieldPlace(element);
  if (element.matches("[data-list]")) return rows.listPlace(element);
  return rows.rowPlace(rows.rowOf(element));
}

export function start() {
  current = JSON.parse(document.getElementById("case-document").textContent);
  shortNumbers.start();
  // On the whole page: the title stands in the bar above the form.
  document.addEventListener("input", (event) => take(event, "typing"));
  document.addEventListener("change", (event) => take(event, "commit"));
  document.getElementById("editor").addEventListener("submit", (event) => event.preventDefault());
  const early = typedEarly();
  write();
  // When everybody listens: the other scripts start after this one.
  setTimeout(() => early.forEach(([field, text]) => setValue(placeOf(field), text)));
}

// Whoever is quick has typed before the scripts were there. Nothing else makes a field differ from
// what the page came with, since the form asks browsers not to bring back what stood in it.
function typedEarly() {
  const all = document.querySelectorAll("input[data-field], textarea[data-field]");
  return [...all]
    .filter((field) => field.type !== "checkbox" && field.value !== field.defaultValue)
    .map((field) => [field, field.value]);
}

function tell(place, kind) {
  events.dispatchEvent(new CustomEvent("change", { detail: { place, kind } }));
}

// --------------------------------------------------------------------------- fields

function take(event, kind) {
  const field = fields.fieldOf(event.target);
  // Another id has to be written into every formula that names the row: see rename.js.
  if (!field || field.dataset.field === "id") return;
  const value = fields.valueIn(field);
  if (fields.isDifferent(value, valueAt(placeOf(field)))) {
    current = put(current, placeOf(field), value);
  }
  if (kind === "commit") followLabel(field);
  tell(placeOf(field), kind);
}

// The field of a place, which is made if it is one of the details of a row that nobody has opened.
export function fieldFor(place) {
  const found = fields.fieldAt(place);
  if (found) return found;
  const row = rows.rowAt(place);
  const path = row ? place.slice(placeOf(row).length + 1) : "";
  if (!path || !rows.hasDetail(row, path)) return null;
  showDetails(row);
  return fields.fieldAt(place);
}

// Makes the details of a row, unless they are there; "made" tells those who follow its fields.
export function showDetails(row) {
  const box = rows.makeDetails(row);
  if (!box) return;
  const item = valueAt(placeOf(row));
  for (const field of box.querySelectorAll("[data-field]")) {
    fields.show(field, read(item, field.dataset.field));
  }
  events.dispatchEvent(new CustomEvent("made", { detail: { row } }));
}

export function setValue(place, text, { kind = "commit" } = {}) {
  const value = text === "" || text === false || text === null ? undefined : text;
  current = put(current, place, value);
  const field = fields.fieldAt(place);
  if (field) fields.show(field, value);
  if (field && kind === "commit") followLabel(field);
  tell(field ? placeOf(field) : place, kind);
}

// Puts the canonical text of a value into its field, unless somebody is in it or has typed on.
export function tidy(place, text, answered) {
  const field = fields.fieldAt(place);
  const now = valueAt(place);
  if (!field || fields.isFocused(field) || now !== answered || now === text) return;
  current = put(current, place, text);
  fields.show(field, text);
  tell(place, "tidied");
}

// --------------------------------------------------------------------------- ids

// Rows that were added here and are named after their labels.
const named = new WeakSet();

// A free id for a row of a list, from its label or else from the list: `assumption_417`.
export function newId(list, label = "") {
  return freeId(list, label, takenIds(current, list));
}

// Formulas that name the row already must not lose it.
function followLabel(field) {
  const row = rows.rowOf(field);
  const isLabel = ["label", "name"].includes(field.dataset.field);
  if (!row || !isLabel || !named.has(row) || !field.value.trim()) return;
  const place = placeOf(row);
  const list = placeOf(rows.listOf(row));
  const taken = takenIds(current, list);
  taken.delete(row.dataset.row.toLowerCase());
  const id = freeId(list, field.value, taken);
  if (id === row.dataset.row || isMentioned(current, row.dataset.row, place)) return;
  rename(row, id);
}

function rename(row, id) {
  const list = placeOf(rows.listOf(row));
  const changed = read(current, list).map((each) =>
    each.id === row.dataset.row ? { ...each, id } : each,
  );
  current = put(current, list, changed);
  rows.writeId(row, id);
  fill(row, read(current, placeOf(row)));
}

// --------------------------------------------------------------------------- rows

// Adds a row to the list of a name, in the row at `place` or in the case itself: behind the row
// `after`, or last. Gives back the row.
export function addRow(list, { after = null, values = {}, place = "" } = {}) {
  const element = rows.listIn(place ? rows.rowAt(place) : null, list);
  const where = placeOf(element);
  const id = values.id ?? newId(where, values.label ?? values.name);
  const item = { ...values, id };
  const siblings = valueAt(where) ?? [];
  const at = after ? siblings.findIndex((each) => each.id === after.dataset.row) + 1 : -1;
  current = put(current, where, siblings.toSpliced(at > 0 ? at : siblings.length, 0, item));
  const row = rows.makeRow(element, id);
  rows.insertRow(element, row, after && nextRow(after));
  if (!values.id && !values.label && !values.name) named.add(row);
  fill(row, item);
  rows.showWhetherEmpty(element);
  tell(placeOf(row), "structure");
  return row;
}

export function removeRow(row) {
  const place = placeOf(row);
  const list = rows.listOf(row);
  current = put(current, place, undefined);
  row.remove();
  rows.showWhetherEmpty(list);
  tell(place, "structure");
}

// Moves a row by one; whether there was room.
export function moveRow(row, by) {
  const list = rows.listOf(row);
  const siblings = rows.rowsOf(list);
  const to = siblings.indexOf(row) + by;
  if (to < 0 || to >= siblings.length) return false;
  const items = valueAt(placeOf(list));
  const from = items.findIndex((each) => each.id === row.dataset.row);
  current = put(current, placeOf(list), items.toSpliced(from, 1).toSpliced(to, 0, items[from]));
  rows.insertRow(list, row, by > 0 ? nextRow(siblings[to]) : siblings[to]);
  tell(placeOf(row), "structure");
  return true;
}

export function duplicateRow(row) {
  const item = valueAt(placeOf(row));
  const around = rows.rowAround(rows.listOf(row));
  const label = item.label || item.name;
  const title = item.label ? "label" : "name";
  const values = { ...withNewIds(item), ...(label && { [title]: `${label} (copy)` }) };
  delete values.id;
  return addRow(rows.listOf(row).dataset.list, {
    after: row,
    place: around ? placeOf(around) : "",
    values,
  });
}

// The lines of an alternative have ids that formulas can name, so a copy needs others.
function withNewIds(item) {
  const taken = namesInFormulas(current);
  const copy = { ...item };
  for (const [key, value] of Object.entries(item)) {
    if (isRows(value)) copy[key] = value.map((row) => ({ ...row, id: takeId(key, row, taken) }));
  }
  return copy;
}

function takeId(list, row, taken) {
  const id = freeId(list, row.label || row.id, taken);
  taken.add(id);
  return id;
}

function nextRow(row) {
  const siblings = rows.rowsOf(rows.listOf(row));
  return siblings[siblings.indexOf(row) + 1] ?? null;
}

// --------------------------------------------------------------------------- the whole document

// Shows another document. With `keepFocus` the field that somebody is in keeps its text, which
// is then that of the document as well.
export function replace(document, { keepFocus = false } = {}) {
  current = document;
  if (keepFocus) keepFocusedText();
  write();
  tell("", "replaced");
}

function keepFocusedText() {
  const field = fields.fieldOf(document.activeElement);
  if (!field || field.dataset.field === "id") return;
  const value = fields.valueIn(field);
  if (fields.isDifferent(value, valueAt(placeOf(field)))) {
    current = put(current, placeOf(field), value);
  }
}

function write() {
  fill(null, current);
}

// Fills a part of the form that has come later.
export function refill() {
  write();
  events.dispatchEvent(new CustomEvent("made"));
}

// Makes a row, or the case itself, show what stands in an item.
function fill(row, item) {
  for (const field of fields.fieldsIn(row)) {
    // A name that is being typed is no part of the document until it is taken.
    const isBeingNamed = field.dataset.field === "id" && fields.isFocused(field);
    if (!isBeingNamed) fields.show(field, read(item, field.dataset.field));
  }
  for (const list of rows.listsIn(row)) {
    const found = read(item, list.dataset.list);
    fillList(list, isRows(found) ? found : []);
  }
}

// Rows are known by their ids, so one that stays keeps its fields, its focus and its caret.
function fillList(list, items) {
  const wanted = new Set(items.map((item) => item.id));
  const [kept, gone] = parted(rows.rowsOf(list), (row) => wanted.has(row.dataset.row));
  gone.forEach((row) => row.remove());
  const known = new Map(kept.map((row) => [row.dataset.row, row]));
  items.forEach((item, at) => {
    const row = known.get(item.id) ?? rows.makeRow(list, item.id);
    if (kept[at] !== row) bring(list, row, kept, at);
    fill(row, item);
  });
  rows.showWhetherEmpty(list);
}

function bring(list, row, kept, at) {
  rows.insertRow(list, row, kept[at] ?? null);
  if (kept.includes(row)) kept.splice(kept.indexOf(row), 1);
  kept.splice(at, 0, row);
}

function parted(all, test) {
  return [all.filter(test), all.filter((each) => !test(each))];
}
