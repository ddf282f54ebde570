// The rows of the form: where they stand, and how new ones come out of their templates.
//
// A list is `[data-list]`, a row in it `[data-row]`. Lists may stand in rows of other lists, such
// as the benefits of an alternative.

import { joined } from "./places.js";

export function rowOf(element) {
  return element.closest("[data-row]");
}

export function listOf(element) {
  return element.closest("[data-list]");
}

// The row around a list, or around a field.
export function rowAround(element) {
  return element.parentElement?.closest("[data-row]") ?? null;
}

export function rowPlace(row) {
  return row ? joined(listPlace(listOf(row)), row.dataset.row) : "";
}

export function listPlace(list) {
  return joined(rowPlace(rowAround(list)), list.dataset.list);
}

export function rowsOf(list) {
  return [...list.querySelectorAll("[data-row]")].filter((row) => listOf(row) === list);
}

export function rowIn(list, id) {
  return rowsOf(list).find((row) => row.dataset.row === id) ?? null;
}

// The list of a name in a row, or in the case itself.
export function listIn(row, name) {
  const scope = row ?? document;
  const found = scope.querySelectorAll(`[data-list="${name}"]`);
  return [...found].find((list) => rowAround(list) === row) ?? null;
}

export function listsIn(row) {
  const scope = row ?? document;
  return [...scope.querySelectorAll("[data-list]")].filter((list) => rowAround(list) === row);
}

// The row that a place names or lies in, the innermost that the form shows.
export function rowAt(place) {
  const keys = place.split(".");
  let row = null;
  while (keys.length > 1) {
    const key = keys.shift();
    // The lists of the plan have names of two words: `plan.tasks`.
    const list = listIn(row, key) ?? listIn(row, `${key}.${keys.shift()}`);
    const inner = list && rowIn(list, keys.shift());
    if (!inner) break;
    row = inner;
  }
  return row;
}

// --------------------------------------------------------------------------- making rows

// Where the id stood in the template, so that a new row can still get another one.
const spots = new WeakMap();

export function makeRow(list, id) {
  const template = document.querySelector(`template[data-template="${templateName(list)}"]`);
  const row = document.importNode(template.content, true).firstElementChild;
  const parent = rowAround(list)?.dataset.row ?? "";
  spots.set(row, [...spotsOf(row, parent)]);
  writeId(row, id);
  return row;
}

function templateName(list) {
  const around = rowAround(list);
  return around ? `${templateName(listOf(around))}.${list.dataset.list}` : list.dataset.list;
}

function* spotsOf(row, parent) {
  for (const node of nodesOf(row)) {
    for (const owner of node.attributes ?? [node]) {
      if (/__(ID|PARENT)__/.test(owner.nodeValue ?? "")) {
        yield [owner, owner.nodeValue.replaceAll("__PARENT__", parent)];
      }
    }
  }
}

function* nodesOf(row) {
  const walker = document.createTreeWalker(row, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  yield row;
  while (walker.nextNode()) yield walker.currentNode;
}

// Only rows that were made here can get another id.
export function writeId(row, id) {
  for (const [owner, pattern] of spots.get(row) ?? []) {
    owner.nodeValue = pattern.replaceAll("__ID__", id);
  }
}

// --------------------------------------------------------------------------- details of rows

// The fields of the details of a row stand in a template until somebody opens them.
function detailsTemplate(row) {
  const name = templateName(listOf(row));
  return document.querySelector(`template[data-details-template="${name}"]`);
}

export function hasDetail(row, path) {
  const field = `[data-field="${CSS.escape(path)}"]`;
  return Boolean(detailsTemplate(row)?.content.querySelector(field));
}

// The details of a row with their fields; null where there is nothing left to make.
export function makeDetails(row) {
  const boxes = [...row.querySelectorAll("[data-details]")];
  const box = boxes.find((each) => rowOf(each) === row);
  if (!box || box.childElementCount) return null;
  box.append(document.importNode(detailsTemplate(row).content, true));
  const found = [...spotsOf(box, rowAround(listOf(row))?.dataset.row ?? "")];
  for (const [owner, pattern] of found) {
    owner.nodeValue = pattern.replaceAll("__ID__", row.dataset.row);
  }
  if (spots.has(row)) spots.get(row).push(...found);
  return box;
}

// --------------------------------------------------------------------------- moving rows

export function insertRow(list, row, before = null) {
  if (before) return put(before.parentElement, row, before);
  const rows = rowsOf(list).filter((each) => each !== row);
  if (rows.length) return put(rows.at(-1).parentElement, row, rows.at(-1).nextElementSibling);
  const container = list.querySelector("[data-rows]") ?? list.tBodies?.[0] ?? list;
  put(container, row, container.querySelector(":scope > template"));
}

// `insertBefore` takes the focus away from what it moves; `moveBefore` is not in every browser.
function put(container, row, before) {
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  if (row.isConnected && container.moveBefore) container.moveBefore(row, before);
  else container.insertBefore(row, before);
  if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

export function showWhetherEmpty(list) {
  list.toggleAttribute("data-empty", rowsOf(list).length === 0);
}
