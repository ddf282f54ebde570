// Blocks of cells from a spreadsheet: they fill the table right and down from the cell that one
// is in, and add the rows that are missing. One step takes it all back.
//
// Cells are told apart by tabs and line ends alone. A comma is never taken for a border, because
// 1,250 is a number.

import { listOf, model, placeOf, replace } from "./document.js";
import { fieldOf, fieldsIn } from "./fields.js";
import { isMultiline, shownRows } from "./grid.js";
import { freeId, takenIds } from "./ids.js";
import { isRows, put, read } from "./places.js";
import { makeRow, rowAround, rowsOf } from "./rows.js";
import { toast } from "./toast.js";
import { checkpoint } from "./undo.js";
import { check, rowsBefore } from "./unproven.js";
import { folded } from "./words.js";

export const MOST_ROWS = 500;
const MOST_COLUMNS = 100;
const MOST_CHARACTERS = 500_000;
const MOST_SKIPPED_SHOWN = 3;

export function start() {
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (take(event.target, text)) event.preventDefault();
  });
}

// Takes a text that was pasted on an element; false where it is the browser's to paste.
export function take(element, text) {
  const field = fieldOf(element);
  const list = field ? rowAround(field) && listOf(rowAround(field)) : listAt(element);
  if (!list || !text || (field && isText(field, text))) return false;
  const refusal = refused(text);
  const cells = refusal ? [] : cellsOf(text);
  if (!refusal && cells.length === 1 && cells[0].length === 1 && isTyped(field)) {
    return takeOne(field, text, cells[0][0]);
  }
  if (refusal || !cells.length) toast(refusal || "There is nothing to paste.");
  else toast(pasteInto(list, field, cells));
  return true;
}

// Where the focus is beside the fields: on the table, or on what adds a row to it.
function listAt(element) {
  if (element.matches("input, textarea, select") || !element.closest("#editor")) return null;
  const adds = element.closest("[data-add]") ?? element.querySelector?.("[data-add]");
  const name = adds?.dataset.add;
  const section = element.closest("[data-row], [data-section]");
  return (
    element.closest("[data-list]") ??
    (name && section?.querySelector(`[data-list="${name}"]`)) ??
    section?.querySelector("[data-list]") ??
    null
  );
}

// Lines of a note belong to the note.
function isText(field, text) {
  return isMultiline(field) && !text.includes("\t");
}

// Choices and days are no texts, which one could paste into.
function isTyped(field) {
  return field !== null && "setRangeText" in field && !["checkbox", "date"].includes(field.type);
}

// One cell is pasted by the browser, unless the spreadsheet has put quotes around it.
function takeOne(field, text, cell) {
  if (text === cell) return false;
  insert(field, isMultiline(field) ? cell : cell.replace(/\s*\n\s*/g, " "));
  return true;
}

// What the browser does when it pastes.
export function insert(field, text) {
  const others = field.value.length - (field.selectionEnd - field.selectionStart);
  const room = field.maxLength < 0 ? text.length : Math.max(0, field.maxLength - others);
  field.setRangeText(text.slice(0, room), field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
}

// Why a text is no block of cells, in words; nothing where it is one.
export function refused(text) {
  if (text.length > MOST_CHARACTERS) {
    const size = text.length.toLocaleString("en-GB");
    return `Nothing was pasted: ${size} characters are too much. Paste at most ${MOST_ROWS} rows.`;
  }
  return /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text)
    ? "Nothing was pasted: this is no text. Copy the cells in the spreadsheet, then paste them."
    : "";
}

// --------------------------------------------------------------------------- reading a block

// The rows of a block, each a list of texts. Spreadsheets put cells with tabs, line ends or
// quotes into quotes, and double the quotes inside.
export function cellsOf(text) {
  const rows = [[]];
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  let position = 0;
  while (position <= source.length) {
    const { cell, end } = cellAt(source, position);
    rows.at(-1).push(cell.trim());
    if (source[end] === "\n") rows.push([]);
    position = end + 1;
  }
  return rows.some((row) => row.some(Boolean)) ? rows : [];
}

function cellAt(source, start) {
  const quoted = /"((?:[^"]|"")*)"(?=[\t\n]|$)/y;
  quoted.lastIndex = start;
  const found = quoted.exec(source);
  if (found) return { cell: found[1].replaceAll('""', '"'), end: quoted.lastIndex };
  const border = /[\t\n]/g;
  border.lastIndex = start;
  const end = border.exec(source)?.index ?? source.length;
  return { cell: source.slice(start, end), end };
}

// --------------------------------------------------------------------------- where cells go

// The columns of a list as they stand in its table: what each cell holds first, and then what
// stands below it in small letters. The names in formulas follow the labels by themselves.
function columnsOf(list) {
  const row = rowsOf(list)[0] ?? makeRow(list, "sample");
  const fields = fieldsIn(row).filter(
    (field) => field.dataset.field !== "id" && !field.closest("details"),
  );
  const isFirst = (field) => fields.find((each) => cellOf(each) === cellOf(field)) === field;
  const below = fields.filter((field) => !isFirst(field));
  return [...fields.filter(isFirst), ...below].map((field) => columnOf(list, field));
}

function cellOf(field) {
  return field.closest("td, th") ?? field;
}

function columnOf(list, field) {
  const heads = list.querySelectorAll("thead th");
  const head = field.closest("td, th") ? heads[cellOf(field).cellIndex] : null;
  const others = JSON.parse(list.dataset.titles ?? "{}")[field.dataset.field] ?? [];
  return {
    path: field.dataset.field,
    isChecked: field.type === "checkbox",
    choices: field.tagName === "SELECT" ? [...field.options].map(choiceOf) : null,
    titles: [head?.textContent, field.getAttribute("aria-label"), ...others].map((each) =>
      folded(each ?? ""),
    ),
  };
}

function choiceOf(option) {
  return { value: option.value, words: option.textContent.trim() };
}

// A field that is folded away takes one column, everything else goes right from where one is.
function columnsFrom(list, field) {
  const all = columnsOf(list);
  if (!field) return all;
  const start = all.findIndex((column) => column.path === field.dataset.field);
  return start < 0 ? [columnOf(list, field)] : all.slice(start);
}

// Spreadsheets are copied with their titles, which then say which column is which.
function withoutTitles(cells, list, field) {
  const columns = columnsFrom(list, field);
  const known = [...columnsOf(list), passedOver(list)];
  const named = cells[0].map((cell) => cell && columnNamed(cell, known));
  const isTitles = cells[0].some(Boolean) && cells[0].every((cell, at) => !cell || named[at]);
  const isOwn = cells[0].length > 1 || columns[0].titles.includes(folded(cells[0][0]));
  if (!isTitles || !isOwn) return { columns, rows: cells };
  return { columns: named.map((column) => column || undefined), rows: cells.slice(1) };
}

// Columns of other programs that are worked out here: the start and the finish of a task.
function passedOver(list) {
  return { isPassedOver: true, titles: JSON.parse(list.dataset.titles ?? "{}").passedOver ?? [] };
}

function columnNamed(title, columns) {
  return columns.find((column) => column.titles.includes(folded(title)));
}

// --------------------------------------------------------------------------- filling in

// Fills a list and says what was done, in words. The whole block is one change of the document,
// so that hundreds of rows are drawn and worked out once.
function pasteInto(list, field, cells) {
  const { columns, rows } = withoutTitles(cells, list, field);
  if (!rows.length) return "Nothing was pasted: these are only titles of columns.";
  const place = placeOf(list);
  const before = read(model(), place);
  const found = filled(isRows(before) ? before : [], rows, columns, {
    targets: targetsOf(list, field),
    newId: namer(place),
  });
  const numbersBefore = rowsBefore();
  checkpoint("pasting");
  unseen(list, () => replace(put(model(), place, found.items.length ? found.items : undefined)));
  check(numbersBefore);
  return summary(found);
}

// Whoever asks for the place of one of hundreds of new rows makes the browser lay out all of
// them, again and again. Nothing is painted in between, so nobody sees that the list is away.
function unseen(list, draw) {
  list.hidden = true;
  try {
    draw();
  } finally {
    list.hidden = false;
  }
}

// The ids of the rows that can be seen from the one with the focus on.
function targetsOf(list, field) {
  const ids = shownRows(list).map((row) => row.dataset.row);
  return field ? ids.slice(ids.indexOf(rowAround(field).dataset.row)) : [];
}

function namer(place) {
  const taken = takenIds(model(), place);
  return (label) => {
    const id = freeId(place, label, taken);
    taken.add(id);
    return id;
  };
}

// The items of a list with a block of cells in them, and what became of the cells.
export function filled(items, rows, columns, { targets, newId }) {
  const found = { items: [...items], added: 0, left: 0, homeless: 0, skipped: [], width: 0, height: 0 };
  const positions = new Map(items.map((item, at) => [item.id, at]));
  rows.forEach((cells, at) => {
    const isNew = at >= targets.length;
    if (isNew && !cells.some(Boolean)) return;
    if (isNew && found.items.length >= MOST_ROWS) {
      found.left += 1;
      return;
    }
    const position = isNew ? found.items.length : positions.get(targets[at]);
    const item = filledItem(isNew ? {} : found.items[position], cells, columns, found);
    found.items[position] = isNew ? { id: newId(item.label ?? item.name ?? ""), ...item } : item;
    found.added += isNew ? 1 : 0;
    found.height += 1;
  });
  return found;
}

function filledItem(item, cells, columns, found) {
  return cells.slice(0, MOST_COLUMNS).reduce((filling, cell, at) => {
    const column = columns[at];
    if (column?.isPassedOver) return filling;
    if (!column) {
      found.homeless += cell ? 1 : 0;
      return filling;
    }
    found.width = Math.max(found.width, at + 1);
    const value = valueOf(column, cell);
    if (value !== null) return put(filling, column.path, value) ?? {};
    found.skipped.push(cell);
    return filling;
  }, item);
}

// What a cell becomes in its column: undefined for nothing, null for what cannot be chosen there.
export function valueOf(column, cell) {
  if (!cell) return undefined;
  if (column.isChecked) return isYes(cell);
  if (!column.choices) return cell;
  const wanted = folded(cell);
  const texts = (choice) => [folded(choice.value), folded(choice.words)];
  const exact = column.choices.find((choice) => texts(choice).includes(wanted));
  const begun = column.choices.filter((choice) => isPartOf(wanted, folded(choice.words)));
  const choice = exact ?? (begun.length === 1 ? begun[0] : null);
  return choice ? choice.value || undefined : null;
}

// “Quoted” is “C  Quoted by the supplier”: some whole words of the choice.
function isPartOf(wanted, words) {
  return wanted.length > 1 && ` ${words} `.includes(` ${wanted} `);
}

function isYes(cell) {
  if (["yes", "true", "x", "1", "✓"].includes(folded(cell))) return true;
  return ["no", "false", "0", "-", "–"].includes(folded(cell)) ? undefined : null;
}

// --------------------------------------------------------------------------- in words

export function summary({ height, width, added, left, homeless, skipped }) {
  const parts = [`Pasted ${height} × ${width} ${height * width === 1 ? "cell" : "cells"}`];
  if (added) parts[0] += `, ${counted(added, "new row")}`;
  if (skipped.length) parts.push(`${were(skipped.length, "cell")} skipped: ${examples(skipped)}`);
  if (homeless) parts.push(`${were(homeless, "cell")} right of the last column and left out`);
  if (left) parts.push(`${counted(left, "row")} did not fit: a list holds at most ${MOST_ROWS}`);
  return parts.map((part) => `${part}.`).join(" ");
}

function counted(number, noun) {
  return `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;
}

function were(number, noun) {
  return `${counted(number, noun)} ${number === 1 ? "was" : "were"}`;
}

function examples(texts) {
  const different = [...new Set(texts)];
  const shown = different.slice(0, MOST_SKIPPED_SHOWN).map((text) => `“${text.slice(0, 30)}”`);
  return shown.join(", ") + (different.length > MOST_SKIPPED_SHOWN ? ", …" : "");
}
