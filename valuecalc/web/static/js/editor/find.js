// Finds rows: by what somebody types, and those that have no evidence yet.
//
// Rows that do not match are hidden, and so left out when arrows and Enter move between rows. A
// row that somebody is in stays, and so does one that is still empty.

import { events, placeOf, valueAt } from "./document.js";
import { folded } from "./words.js";
import { rowsOf } from "./rows.js";

const SEARCHED = ["label", "name", "id", "unit", "formula", "role"];

export function start() {
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-find]")) filter(sectionOf(event.target));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-filter]");
    if (button) toggle(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("[data-find]") && event.key === "Enter") goToFirst(event);
  });
  events.addEventListener("change", ({ detail }) => {
    if (["structure", "replaced"].includes(detail.kind)) filterAgain();
  });
}

function sectionOf(element) {
  return element.closest("[data-section]");
}

function toggle(button) {
  const isOn = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(isOn));
  filter(sectionOf(button));
}

function filterAgain() {
  for (const place of document.querySelectorAll("[data-find], [data-filter]")) {
    const section = sectionOf(place);
    if (section && (isFiltered(section) || foundIn(section))) filter(section);
  }
}

function isFiltered(section) {
  return wordsIn(section) !== "" || wantsNoEvidence(section);
}

function wordsIn(section) {
  return folded(section.querySelector("[data-find]")?.value ?? "");
}

function wantsNoEvidence(section) {
  return section.querySelector('[data-filter="evidence"]')?.getAttribute("aria-pressed") === "true";
}

function filter(section) {
  const list = section.querySelector("[data-list]");
  const rows = rowsOf(list);
  const words = wordsIn(section).split(" ").filter(Boolean);
  const noEvidence = wantsNoEvidence(section);
  for (const row of rows) {
    const item = valueAt(placeOf(row)) ?? {};
    row.hidden = !isWanted(item, words, noEvidence) && !isInUse(row, item);
  }
  const shown = rows.filter((row) => !row.hidden).length;
  say(section, isFiltered(section) ? `${shown} of ${rows.length} shown` : "");
}

// Every word has to be somewhere in the row.
export function isWanted(item, words, noEvidence) {
  if (noEvidence && item.evidence?.grade) return false;
  const texts = [...SEARCHED.map((key) => item[key]), item.evidence?.source];
  const text = folded(texts.filter((each) => typeof each === "string").join(" "));
  return words.every((word) => text.includes(word));
}

function isInUse(row, item) {
  return row.contains(document.activeElement) || Object.keys(item).length <= 1;
}

function foundIn(section) {
  return section.querySelector("[data-found]");
}

// Spoken as well, because the rows change far from what was typed.
function say(section, text) {
  const place = foundIn(section) ?? makePlace(section);
  place.textContent = text;
}

function makePlace(section) {
  const place = document.createElement("span");
  place.dataset.found = "";
  place.className = "found muted";
  place.setAttribute("role", "status");
  section.querySelector("[data-find], [data-filter]").before(place);
  return place;
}

function goToFirst(event) {
  event.preventDefault();
  const row = rowsOf(sectionOf(event.target).querySelector("[data-list]")).find((each) => !each.hidden);
  row?.querySelector("[data-field]")?.focus();
}
