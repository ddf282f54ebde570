// Says what is wrong, in words, under the field where it is; and counts it in the list of sections.

import { fieldFor, rowAt } from "./document.js";
import { fieldsIn, isFocused } from "./fields.js";

// Whoever is still typing a number does not want to be told after each key.
const PAUSE = 600;

let wanted = new Map();
let lastKey = 0;
let waiting;

export function start() {
  document.addEventListener("input", () => {
    lastKey = performance.now();
    later();
  });
  document.addEventListener("focusout", () => setTimeout(render));
}

// Shows the problems of an answer instead of those shown before.
export function show(problems, sections) {
  wanted = bySpot(problems);
  showOthers(problems.filter((each) => each.level === "error" && !spotOf(each.place)));
  render();
  count(sections);
}

// One problem for each spot, mistakes before oddities: with the first mended, the next is told.
function bySpot(problems) {
  const found = new Map();
  const mistakesFirst = [...problems].sort((one) => (one.level === "error" ? -1 : 1));
  for (const problem of mistakesFirst) {
    const spot = spotOf(problem.place);
    if (spot && !found.has(spot)) found.set(spot, problem);
  }
  return found;
}

// The field of a place; or of what it lies in; or the first one of its row.
function spotOf(place) {
  let rest = place.replace(/\[.*/, "");
  while (rest) {
    const field = fieldFor(rest);
    if (field) return field;
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf(".")));
  }
  const row = rowAt(place);
  return row ? (fieldsIn(row)[0] ?? null) : null;
}

// --------------------------------------------------------------------------- under the fields

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(render, PAUSE);
}

function render() {
  for (const note of document.querySelectorAll(".field-error")) {
    if (!wanted.has(fieldOfNote(note))) take(note);
  }
  for (const [field, problem] of wanted) {
    if (field.isConnected && mayBeTold(field)) tell(field, problem);
  }
}

function mayBeTold(field) {
  const isTyping = isFocused(field) && performance.now() - lastKey < PAUSE - 20;
  return !isTyping || noteOf(field) !== null;
}

// Found by where it stands: the id of a new row, and so of its fields, may change.
function noteOf(field) {
  const next = field.nextElementSibling;
  return next?.classList.contains("field-error") ? next : null;
}

function fieldOfNote(note) {
  return note.previousElementSibling;
}

function tell(field, problem) {
  const isNew = noteOf(field) === null;
  const note = noteOf(field) ?? document.createElement("p");
  const text = `${problem.cause} ${problem.remedy ?? ""}`.trim();
  note.className = `field-error ${problem.level}`;
  note.id = field.id.replace(/^f-/, "e-");
  note.dir = "auto";
  if (note.textContent !== text) note.textContent = text;
  if (isNew) field.after(note);
  if (problem.level === "error") field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  describe(field, note.id);
  // What has to be mended must not be folded away.
  const folded = isNew && problem.level === "error" && field.closest("details:not([open])");
  if (folded) folded.open = true;
}

function take(note) {
  const field = fieldOfNote(note);
  note.remove();
  field?.removeAttribute("aria-invalid");
  if (field) describe(field, null);
}

// Keeps what else describes the field.
function describe(field, id) {
  const before = (field.getAttribute("aria-describedby") ?? "").split(" ");
  const others = before.filter((each) => each && !each.startsWith("e-"));
  const all = id ? [...others, id] : others;
  if (all.length) field.setAttribute("aria-describedby", all.join(" "));
  else field.removeAttribute("aria-describedby");
}

// --------------------------------------------------------------------------- elsewhere

// What is wrong in a part of the case that has no fields stands with the checks.
function showOthers(problems) {
  const list = document.getElementById("other-problems") ?? makeList();
  const texts = problems.map((each) => `${each.place}: ${each.cause} ${each.remedy ?? ""}`.trim());
  list.hidden = !texts.length;
  list.replaceChildren(...texts.map(item));
}

function makeList() {
  const list = document.createElement("ul");
  list.id = "other-problems";
  list.className = "plain-list warnings";
  const checks = document.querySelector('[data-live^="checks"]');
  if (checks) checks.before(list);
  else document.getElementById("main").prepend(list);
  return list;
}

function item(text) {
  const made = document.createElement("li");
  made.className = "notice error";
  made.dir = "auto";
  made.textContent = text;
  return made;
}

const WORDS = { errors: " to fix", todo: " to do" };

function count(sections) {
  for (const link of document.querySelectorAll("[data-sections] a")) {
    const counts = sections[link.hash.slice(1)] ?? {};
    for (const place of link.querySelectorAll("[data-count]")) {
      showCount(place, counts[place.dataset.count] ?? 0, WORDS[place.dataset.count]);
    }
  }
}

function showCount(place, number, words) {
  place.hidden = number === 0;
  if (place.firstChild?.nodeValue === String(number)) return;
  const hidden = document.createElement("span");
  hidden.className = "hidden-text";
  hidden.textContent = words;
  place.replaceChildren(String(number), hidden);
}
