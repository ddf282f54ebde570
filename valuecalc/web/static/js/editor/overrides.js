// Other values of assumptions, in scenarios and alternatives: which of them have a field.
//
// The columns of the scenarios have a cell for each assumption that has a range, that some
// scenario sets, or that somebody has asked to see; an alternative has one for each assumption
// that it sets. So cells come and go with the assumptions. They are made from templates:
// `[data-cells]` names the template of the cells that it holds, and `[data-cell]` the assumption.

import { events, model, valueAt } from "./document.js";
import { show } from "./fields.js";
import { asked } from "./live.js";
import { isMapping, joined, textOf } from "./places.js";
import { rowPlace } from "./rows.js";
import { shortOf } from "./short-numbers.js";

const MANY = 100;
const NO_ROW = "";

// What somebody has asked to see, by the row that it was asked for.
const picked = new Map();

export function start() {
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-pick]")) pick(target);
  });
  events.addEventListener("change", ({ detail: { place, kind } }) => {
    if (kind === "typing" || kind === "tidied") return followValue(place);
    refresh();
  });
  refresh();
}

function pick(select) {
  const id = select.value;
  const row = select.closest("[data-row]");
  const key = row ? rowPlace(row) : NO_ROW;
  if (!id) return;
  picked.set(key, new Set(picked.get(key)).add(id));
  refresh();
  asked(); // for what stands in the columns that nobody types in
  const scope = row ?? document.getElementById(select.dataset.pick);
  scope.querySelector(`[data-field="set.${CSS.escape(id)}"]`)?.focus();
}

function refresh() {
  const assumptions = rowsAt("assumptions");
  refreshScenarios(assumptions);
  for (const row of document.querySelectorAll('[data-overrides="alternatives"]')) {
    refreshRow(row, assumptions);
  }
  writeMirrors();
}

function rowsAt(place) {
  const found = valueAt(place);
  return Array.isArray(found) ? found.filter((row) => row?.id) : [];
}

// --------------------------------------------------------------------------- which ones

function refreshScenarios(assumptions) {
  const grid = document.querySelector('[data-overrides="scenarios"]');
  if (!grid) return;
  const set = rowsAt("scenarios").flatMap((scenario) => setOf(scenario));
  const ids = new Set([...set, ...seen(grid, NO_ROW)]);
  const shown = assumptions.filter((each) => hasRange(each) || ids.has(each.id));
  grid.classList.toggle("tall", shown.length > MANY);
  for (const cells of grid.querySelectorAll("[data-cells]")) fill(cells, shown);
  const others = assumptions.filter((each) => !shown.includes(each));
  offer(document.querySelector('[data-pick="scenarios"]'), others);
}

function refreshRow(row, assumptions) {
  const place = rowPlace(row);
  const cells = row.querySelector("[data-cells]");
  const ids = new Set([...setOf(valueAt(place)), ...seen(row, place)]);
  const shown = assumptions.filter((each) => ids.has(each.id));
  fill(cells, shown);
  offer(
    row.querySelector("[data-pick]"),
    assumptions.filter((each) => !shown.includes(each)),
  );
}

// A field that was emptied stays where it is, so that nothing moves under the hands.
function seen(scope, key) {
  const here = cellsIn(scope.querySelector("[data-cells]")).map((cell) => cell.dataset.cell);
  return [...here, ...(picked.get(key) ?? [])];
}

function setOf(item) {
  return isMapping(item?.set) ? Object.keys(item.set) : [];
}

function hasRange(assumption) {
  return ["low", "high", "outcomes"].some((field) => textOf(assumption[field]) !== "");
}

function offer(select, assumptions) {
  if (!select) return;
  const choices = assumptions.map((each) => new Option(labelOf(each), each.id));
  select.replaceChildren(select.options[0], ...choices);
  select.value = "";
  select.closest("label").hidden = choices.length === 0;
}

function labelOf(assumption) {
  return assumption.label || assumption.id;
}

// --------------------------------------------------------------------------- the cells

function cellsIn(container) {
  return [...container.children].filter((child) => child.dataset.cell);
}

// Makes the cells of a container those of the assumptions, in their order. A cell that stays is
// not moved without need, since that takes the focus out of it.
function fill(container, assumptions) {
  const wanted = new Set(assumptions.map((each) => each.id));
  for (const cell of cellsIn(container)) if (!wanted.has(cell.dataset.cell)) cell.remove();
  const known = new Map(cellsIn(container).map((cell) => [cell.dataset.cell, cell]));
  const row = container.closest("[data-row]");
  let before = container.firstElementChild;
  for (const each of assumptions) {
    const cell = known.get(each.id) ?? made(container.dataset.cells, each);
    if (cell === before) before = before.nextElementSibling;
    else container.insertBefore(cell, before);
    if (row) bind(cell, row, each);
  }
}

function made(name, assumption) {
  const template = document.querySelector(`template[data-cell-template="${name}"]`);
  const cell = document.importNode(template.content, true).firstElementChild;
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = cell; node; node = walker.nextNode()) {
    for (const owner of node.attributes ?? [node]) write(owner, assumption);
  }
  cell.dataset.cell = assumption.id;
  return cell;
}

function write(owner, assumption) {
  if (!owner.nodeValue.includes("__")) return;
  owner.nodeValue = owner.nodeValue
    .replaceAll("__ID__", assumption.id)
    .replaceAll("__LABEL__", labelOf(assumption));
}

// Ties the field of a cell to its row, which may have got another id, and to its assumption.
function bind(cell, row, assumption) {
  const field = cell.querySelector("[data-field]");
  const place = joined(rowPlace(row), field.dataset.field);
  field.id = `f-${place}`;
  show(field, valueAt(place));
  field.placeholder = shortOf(textOf(assumption.value));
  const kind = row.dataset.overrides ? "alternative" : "scenario";
  field.setAttribute("aria-label", `${labelOf(assumption)} in this ${kind}`);
  const label = cell.querySelector("[data-label-of]");
  if (label) label.textContent = labelOf(assumption);
}

// --------------------------------------------------------------------------- what is expected

// An empty field shows the value that holds without it.
function followValue(place) {
  const [, id] = /^assumptions\.([^.]+)\.value$/.exec(place) ?? [];
  if (!id) return place === "discounting.rate" ? writeMirrors() : undefined;
  for (const field of document.querySelectorAll(`[data-field="set.${CSS.escape(id)}"]`)) {
    field.placeholder = shortOf(textOf(valueAt(place)));
  }
}

function writeMirrors() {
  const rate = textOf(model().discounting?.rate);
  for (const field of document.querySelectorAll('[data-field="discount_rate"]')) {
    field.placeholder = rate;
  }
  for (const text of document.querySelectorAll('[data-mirror="discounting.rate"]')) {
    text.textContent = rate;
  }
}
