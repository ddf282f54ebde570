// Suggestions in formulas: names and functions while one types, whole formulas in an empty field;
// and the steps of the plan where a step says what it comes after.
//
// A formula wraps, so it is a text field of several lines, which may not be a combobox; it has
// everything else of that pattern: a list box that the field controls, an option that is active
// while the caret stays in the text, arrows to choose, Enter or Tab to take, Escape to close.

import { events, listOf, model, placeOf, valueAt } from "./document.js";
import { fieldOf } from "./fields.js";
import { folded } from "./words.js";
import { send } from "./request.js";
import { rowAround } from "./rows.js";
import { speak } from "./toast.js";

const MOST = 8;
const NAMED_LISTS = ["assumptions", "calculations", "benefits", "investments"];
const WITH_CATEGORIES = ["benefits", "investments"];

let functions = [];
let box = null;
let field = null;
let isTyped = false;
let options = [];
let active = -1;

export function start() {
  document.addEventListener("focusin", enter);
  document.addEventListener("focusout", close);
  document.addEventListener("input", (event) => {
    isTyped = event.target === field;
    if (isTyped) suggestNames();
  });
  // Before the keys of the table, which would leave the cell.
  document.addEventListener("keydown", press, { capture: true });
  document.addEventListener("selectionchange", closeWhereCaretHasLeft);
  window.addEventListener("resize", close);
  window.addEventListener("scroll", place, { capture: true, passive: true });
  events.addEventListener("change", ({ detail }) => detail.kind === "replaced" && close());
  learnFunctions();
}

// They may come after the first letters of one.
async function learnFunctions() {
  const url = document.getElementById("editor").dataset.functionsUrl;
  const { status, body } = await send("GET", url);
  if (status !== 200) return;
  functions = body;
  if (field && isTyped) suggestNames();
}

// For somebody who was in a formula before this script was there, and may have typed in it.
export function resume(hasTyped) {
  enter({ target: document.activeElement });
  isTyped = hasTyped && field !== null;
  if (isTyped) suggestNames();
}

function enter(event) {
  const found = fieldOf(event.target);
  isTyped = false;
  field = found?.matches("[data-formula]") ? found : null;
  if (!field) return;
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  if (isOfSteps()) suggestSteps();
  else if (!field.value.trim()) suggestFormulas();
}

// --------------------------------------------------------------------------- names and functions

function suggestNames() {
  if (isOfSteps()) return suggestSteps();
  const word = wordAt(field.value, field.selectionStart);
  if (!word) return field.value.trim() ? close() : undefined;
  const known = [...namesOf(model(), rowAround(field)), ...functions.map(functionOption)];
  const found = matching(known, word.text);
  // A name that is whole already needs no key of its own: Enter and Tab keep their meaning.
  const isWhole = known.some((each) => each.name === word.text);
  open(
    found.map((each) => ({ ...each, take: () => insert(word, each) })),
    isWhole ? -1 : 0,
  );
}

// The word that the caret is in or behind; null in a number or its unit: 500 GBP/month.
export function wordAt(text, caret) {
  const before = text.slice(0, caret);
  const begun = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(before)?.[0];
  if (!begun || /\d\s?[A-Za-z£$€%]*(\/[A-Za-z]*)*$/.test(before.slice(-80)) && isUnit(before)) {
    return null;
  }
  const rest = /^[\p{L}\p{N}_]*/u.exec(text.slice(caret))[0];
  return { text: begun, start: caret - begun.length, end: caret + rest.length };
}

function isUnit(before) {
  return /(^|[^\p{L}\p{N}_])\d[\d.,]*\s?[\p{L}£$€%]*(\/[\p{L}]*)*$/u.test(before);
}

function namesOf(document, row) {
  const own = row?.dataset.row;
  const around = row && rowAround(row);
  const sources = around ? [document, valueAt(placeOf(around)) ?? {}] : [document];
  const found = new Map();
  for (const source of sources) {
    for (const list of NAMED_LISTS) {
      for (const item of source[list] ?? []) if (item.id !== own) found.set(item.id, item);
    }
  }
  return [...found.values()].map(nameOption);
}

function nameOption(item) {
  const unit = item.unit && item.unit !== "1" && item.unit !== "%" ? ` ${item.unit}` : "";
  const value = item.value ? `${item.value}${unit}` : (item.formula ?? "");
  return { name: item.id, label: item.label ?? "", code: item.id, words: item.label ?? "", value };
}

function functionOption({ name, signature, help }) {
  return { name, label: "", code: signature, words: help, value: "", isFunction: true };
}

// What begins with the word first: by name, then by a word of the name or of the label.
export function matching(known, word) {
  const wanted = folded(word);
  return known
    .filter((each) => each.name !== word)
    .map((each, at) => [rankOf(each, wanted), at, each])
    .filter(([rank]) => rank < Infinity)
    .sort(([rank, at], [otherRank, otherAt]) => rank - otherRank || at - otherAt)
    .slice(0, MOST)
    .map(([, , each]) => each);
}

function rankOf({ name, label, isFunction }, wanted) {
  const [id, words] = [folded(name), folded(label)];
  if (id.startsWith(wanted)) return isFunction ? 1 : 0;
  if (isFunction) return Infinity;
  if (id.includes(`_${wanted}`) || ` ${words}`.includes(` ${wanted}`)) return 2;
  return wanted.length > 1 && (id.includes(wanted) || words.includes(wanted)) ? 3 : Infinity;
}

// Everything around the word stays. The caret goes behind a name and inside of brackets.
function insert({ start: from, end }, { name, isFunction }) {
  const hasBracket = /^\s*\(/.test(field.value.slice(end));
  const brackets = isFunction && !hasBracket ? "()" : "";
  write(name + brackets, from, end);
  const caret = from + name.length + (isFunction ? 1 : 0);
  field.setSelectionRange(caret, caret);
}

function write(text, from, to) {
  field.setRangeText(text, from, to, "end");
  const target = field;
  field = null; // what was taken asks for no suggestions
  target.dispatchEvent(
    new InputEvent("input", { bubbles: true, inputType: "insertReplacementText", data: text }),
  );
  field = target;
  close();
}

// --------------------------------------------------------------------------- steps of the plan

function isOfSteps() {
  return field?.dataset.formula === "steps";
}

// All that could come before, while nothing is written; then what begins like the word.
function suggestSteps() {
  const word = stepAt(field.value, field.selectionStart);
  if (!word) return close();
  const own = rowAround(field).dataset.row;
  const { tasks = [], milestones = [], decisions = [] } = model().plan ?? {};
  const others = [...tasks, ...milestones, ...decisions].filter(({ id }) => id !== own);
  const isWhole = others.some(({ id }) => id === word.text);
  const found = matching(others.map(stepOption), word.text);
  open(
    isWhole ? [] : found.map((each) => ({ ...each, take: () => insert(word, each) })),
    word.text ? 0 : -1,
  );
}

function stepOption({ id, label = "", days }) {
  return { name: id, label, code: id, words: label, value: days ? `${days} days` : "" };
}

// The name between two separators that the caret is in; null behind a plus, where days stand.
export function stepAt(text, caret) {
  const [begun] = /[^;,+\n]*$/.exec(text.slice(0, caret));
  const start = caret - begun.trimStart().length;
  if (text[caret - begun.length - 1] === "+") return null;
  const rest = /^[^;,+\n]*/.exec(text.slice(caret))[0].trimEnd();
  return { text: text.slice(start, caret + rest.length).trim(), start, end: caret + rest.length };
}

// --------------------------------------------------------------------------- whole formulas

// A benefit or a cost without a formula: what the numbers that are there would make.
async function suggestFormulas() {
  const [target, row] = [field, rowAround(field)];
  const list = row && listOf(row).dataset.list;
  if (!WITH_CATEGORIES.includes(list) || field.dataset.field !== "formula") return;
  const { category = "other", label = "" } = valueAt(placeOf(row)) ?? {};
  const json = JSON.stringify({ document: model(), list, category, label });
  const url = document.getElementById("editor").dataset.suggestUrl;
  const { status, body } = await send("POST", url, { json });
  // It is no more than a help: where there is no answer, nothing is said.
  if (status !== 200 || field !== target || field.value.trim()) return;
  open(
    body.suggestions.map((each) => ({
      code: each.formula,
      words: each.words,
      value: "",
      take: () => write(each.formula, 0, target.value.length),
    })),
    -1,
  );
}

// --------------------------------------------------------------------------- the list

function open(found, first) {
  if (!found.length) return close();
  options = found;
  active = first;
  box ??= makeBox();
  box.replaceChildren(...options.map(makeOption));
  box.hidden = false;
  field.setAttribute("aria-controls", box.id);
  place();
  mark();
  speak(`${found.length} ${found.length === 1 ? "suggestion" : "suggestions"}`);
}

function makeBox() {
  const made = document.createElement("div");
  made.id = "suggestions";
  made.className = "suggestions";
  made.setAttribute("role", "listbox");
  made.setAttribute("aria-label", "Suggestions");
  // The field keeps the focus while somebody presses on the list, or moves it.
  made.addEventListener("pointerdown", (event) => event.preventDefault());
  made.addEventListener("mousedown", (event) => event.preventDefault());
  made.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) options[[...made.children].indexOf(option)].take();
  });
  document.getElementById("main").append(made);
  return made;
}

function makeOption({ code, words, value }, at) {
  const option = document.createElement("div");
  option.id = `suggestion-${at}`;
  option.setAttribute("role", "option");
  option.append(part("code", code), part("span", words));
  if (value) option.append(part("small", value));
  return option;
}

function part(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (tag !== "code") made.dir = "auto";
  return made;
}

// Under the field, or above it where there is more room. The policy allows styles set this way.
function place() {
  if (!isOpen() || !field) return;
  const edge = field.getBoundingClientRect();
  const [below, above] = [window.innerHeight - edge.bottom, edge.top];
  const isBelow = below >= Math.min(box.offsetHeight + 8, above);
  const left = Math.min(edge.left, window.innerWidth - box.offsetWidth - 8);
  box.style.left = `${Math.max(8, left)}px`;
  box.style.top = isBelow ? `${edge.bottom + 2}px` : "auto";
  box.style.bottom = isBelow ? "auto" : `${window.innerHeight - edge.top + 2}px`;
}

function isOpen() {
  return box !== null && !box.hidden;
}

function close() {
  if (!isOpen()) return;
  box.hidden = true;
  box.replaceChildren();
  options = [];
  for (const each of document.querySelectorAll('[aria-controls="suggestions"]')) {
    each.removeAttribute("aria-controls");
    each.removeAttribute("aria-activedescendant");
  }
}

// The arrows left and right, and clicks, take the caret to another word.
function closeWhereCaretHasLeft() {
  if (!isOpen() || document.activeElement !== field || !field.value.trim()) return;
  const inWord = isOfSteps() ? stepAt : wordAt;
  if (!inWord(field.value, field.selectionStart)) close();
}

function mark() {
  [...box.children].forEach((option, at) => {
    option.setAttribute("aria-selected", String(at === active));
    if (at === active) option.scrollIntoView({ block: "nearest" });
  });
  if (active < 0) field.removeAttribute("aria-activedescendant");
  else field.setAttribute("aria-activedescendant", `suggestion-${active}`);
}

// --------------------------------------------------------------------------- keys

function press(event) {
  if (!isOpen() || event.target !== field || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const isChoosing = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const isTaking = ["Enter", "Tab"].includes(event.key) && active >= 0;
  if (isChoosing) choose(isChoosing);
  else if (isTaking) options[active].take();
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function choose(step) {
  const from = active < 0 && step < 0 ? options.length : active;
  active = (from + step + options.length) % options.length;
  mark();
}
