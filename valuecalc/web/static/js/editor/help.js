// The help: a dialog with what one may ask while writing a case. Its content is a page of the
// server, fetched when somebody asks for it, and again when the case has another version.

import { send } from "./request.js";
import { styled } from "./styles.js";

const FAILED = "The help could not be loaded. Check the connection, and open it again.";

let dialog;
let content;
let search;
let loaded = "";

export function start() {
  dialog = document.getElementById("help");
  if (!dialog) return;
  content = dialog.querySelector("[data-help-content]");
  search = dialog.querySelector('[type="search"]');
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  search.addEventListener("input", () => find(search.value));
  return styled("editor-help.css");
}

function onKey(event) {
  const wanted = partOfKey(event);
  if (!wanted) return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else open(wanted);
}

// F1 opens what helps where one is; Ctrl+/ the list of keys. On some keyboards the slash is
// typed with Shift, so that the key is another one.
function partOfKey(event) {
  const isControl = event.ctrlKey || event.metaKey;
  if (event.altKey) return "";
  if (isControl && (event.key === "/" || event.code === "Slash")) return "keys";
  return event.key === "F1" && !isControl && !event.shiftKey ? partFor(document.activeElement) : "";
}

function onClick(event) {
  const button = event.target.closest?.('[data-help], [data-act="help"]');
  if (event.target === dialog) dialog.close(); // the backdrop
  else if (button?.dataset.help) open(button.dataset.help);
  else if (button) open(partFor(null));
}

function partFor(element) {
  if (element?.matches?.("[data-formula]")) return "functions";
  if (element?.dataset?.field?.startsWith("evidence.")) return "evidence";
  if (element?.matches?.('[data-number], [data-field="unit"]')) return "numbers";
  return element?.closest?.("#result") ? "figures" : "functions";
}

// `wanted` is a part, or one entry of it: `figures.npv`.
async function open(wanted) {
  if (!dialog.open) dialog.showModal();
  search.value = "";
  if (!(await load())) return;
  find("");
  choose(wanted.split(".")[0]);
  const entry = wanted.includes(".") && entries().find((each) => each.dataset.entry === wanted);
  if (entry) point(entry);
  else content.scrollTop = 0;
}

async function load() {
  const { version } = document.getElementById("editor").dataset;
  if (loaded === version) return true;
  content.ariaBusy = "true";
  const { status, body } = await send("GET", dialog.dataset.url, { wants: "document" });
  content.ariaBusy = "false";
  const page = status === 200 ? body?.getElementById("help-content") : null;
  content.replaceChildren(page ? document.importNode(page, true) : sentence(FAILED));
  loaded = page ? version : "";
  return page !== null;
}

function parts() {
  return [...content.querySelectorAll("[data-part]")];
}

function entries() {
  return [...content.querySelectorAll("[data-entry]")];
}

function choose(name) {
  for (const part of parts()) part.hidden = part.dataset.part !== name;
  mark(name);
}

function mark(name) {
  for (const tab of dialog.querySelectorAll(".help-parts [data-help]")) {
    if (tab.dataset.help === name) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

// Entries of all parts that hold every word; without words, the part that was chosen.
function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const entry of entries()) {
    const found = entry.textContent.toLowerCase();
    entry.hidden = !words.every((word) => found.includes(word));
    if (!entry.hidden) count += 1;
  }
  content.classList.toggle("finding", words.length > 0);
  if (words.length) showFound(count);
  else goBack();
}

function showFound(count) {
  for (const part of parts()) part.hidden = !part.querySelector("[data-entry]:not([hidden])");
  mark("");
  content.scrollTop = 0;
  say(count ? `${count} found.` : "Nothing found. Try another word.");
}

function goBack() {
  say("");
  const isChosen = dialog.querySelector(".help-parts [aria-current]");
  if (!isChosen) choose("functions");
}

function say(words) {
  const place = document.getElementById("help-found");
  place.textContent = words;
  place.classList.toggle("hidden-text", !words.startsWith("Nothing"));
}

function point(entry) {
  entry.scrollIntoView({ block: "start" });
  entry.focus({ preventScroll: true });
}

function sentence(text) {
  const paragraph = document.createElement("p");
  paragraph.className = "notice error";
  paragraph.setAttribute("role", "alert");
  paragraph.textContent = text;
  return paragraph;
}
