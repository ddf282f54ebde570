// The tour of the first case: seven steps on a card beside the form. A step is ticked off when
// its reader has done it, in whatever order; the card never covers the field that he is in.
// Most readers have taken it, so the card is fetched for those who have not.

import { events, model, valueAt } from "./document.js";
import { send } from "./request.js";
import { styled } from "./styles.js";
import { speak, toast } from "./toast.js";

const FORMAT = 1;
const START = /(^|[?&])guide=1(&|$)/;
const FAILED = "The tour could not be loaded. Check the connection, and begin it from the help.";

let card;
let state;

// Rejects without a connection, so that the next occasion tries again.
export async function start() {
  [card] = await Promise.all([fetched(), styled("editor-help.css")]);
  document.getElementById("help").after(card);
  state = stored();
  if (START.test(location.search)) begin();
  card.addEventListener("click", onCard);
  document.addEventListener("click", onClick);
  document.addEventListener("focusin", (event) => makeRoom(event.target));
  events.addEventListener("change", ({ detail }) => onChange(detail));
  show();
}

async function fetched() {
  const url = document.getElementById("editor").dataset.guideUrl;
  const { body } = await send("GET", url, { wants: "document" });
  const found = body?.getElementById("guide");
  if (found) return document.importNode(found, true);
  document.getElementById("help").close(); // the words would stand under it
  toast(FAILED);
  throw new Error(FAILED);
}

// --------------------------------------------------------------------------- what is done

const DONE_BY_CHANGE = {
  number: (place) => /^assumptions\.[^.]+\.values?$/.test(place) && has(place),
  range: (place) => /^assumptions\.[^.]+\.(low|high)$/.test(place) && hasRange(rowOf(place)),
  source: (place) => /^assumptions\.[^.]+\.evidence\.(source|grade)$/.test(place) && has(place),
  benefit: (place) => /^benefits\.[^.]+\.formula$/.test(place) && has(place),
  people: (place) =>
    (/^(people|goals)\.[^.]+\.[^.]+/.test(place) || /^benefits\.[^.]+\.goal$/.test(place)) &&
    has(place),
};

const DONE_BY_CLICK = {
  explain: "#result [data-explain], .case-main [data-explain]",
  share: '[data-act="share"], #downloads a, #downloads button',
};

function onChange({ place, kind }) {
  // A number is changed when its field is left, not while it is half typed.
  if (!isRunning() || !["commit", "structure"].includes(kind)) return;
  for (const [step, isDone] of Object.entries(DONE_BY_CHANGE)) {
    if (isDone(place)) tick(step);
  }
}

function onClick(event) {
  if (event.target.closest?.('[data-act="guide"]')) return resume();
  if (!isRunning()) return;
  for (const [step, what] of Object.entries(DONE_BY_CLICK)) {
    if (event.target.closest?.(what)) tick(step);
  }
}

function has(place) {
  return Boolean(String(valueAt(place) ?? "").trim());
}

function hasRange(row) {
  return has(`${row}.low`) && has(`${row}.high`);
}

function rowOf(place) {
  return place.split(".").slice(0, 2).join(".");
}

function tick(step) {
  if (state.done.includes(step)) return;
  state.done.push(step);
  state.at = nextStep();
  keep();
  show();
  speak(`Done: ${titleOf(step)}. ${state.done.length} of ${steps().length}.`, 1500);
}

// --------------------------------------------------------------------------- the card

function onCard(event) {
  const button = event.target.closest("[data-guide]");
  if (!button) return;
  const step = button.closest("[data-step]")?.dataset.step;
  ACTIONS[button.dataset.guide](step);
}

const ACTIONS = {
  fold: () => change({ shown: state.shown === "open" ? "folded" : "open" }),
  close: () => change({ shown: "closed" }),
  again: () => change({ done: [], at: steps()[0].dataset.step }),
  choose: (step) => change({ at: step }),
  show: (step) => showPlace(step),
};

function change(part) {
  state = { ...state, ...part };
  keep();
  show();
  if (state.shown === "closed") document.querySelector('[data-act="help"]')?.focus();
}

function begin() {
  state = { ...state, shown: "open", at: nextStep() };
  keep();
}

// From the help, which closes: the card would stand under it.
function resume() {
  document.getElementById("help")?.close();
  begin();
  show();
  card.querySelector(".guide-fold").focus();
}

function isRunning() {
  return state.shown !== "closed";
}

function steps() {
  return [...card.querySelectorAll("[data-step]")];
}

function titleOf(step) {
  const title = card.querySelector(`[data-step="${step}"] .guide-title`);
  return [...title.childNodes].find((node) => node.nodeType === Node.TEXT_NODE).data.trim();
}

function nextStep() {
  const left = steps().find((each) => !state.done.includes(each.dataset.step));
  return left?.dataset.step ?? "";
}

function show() {
  card.hidden = !isRunning();
  card.classList.toggle("folded", state.shown === "folded");
  document.documentElement.classList.toggle("guided", state.shown === "open");
  card.querySelector("#guide-body").hidden = state.shown === "folded";
  card.querySelector(".guide-fold").ariaExpanded = String(state.shown === "open");
  card.querySelector("[data-guide-count]").textContent =
    `${state.done.length} of ${steps().length}`;
  steps().forEach(showStep);
  showEnd();
}

function showStep(element) {
  const isDone = state.done.includes(element.dataset.step);
  element.classList.toggle("done", isDone);
  element.querySelector("[data-guide-done]").textContent = isDone ? " (done)" : "";
  if (element.dataset.step === state.at) element.setAttribute("aria-current", "step");
  else element.removeAttribute("aria-current");
}

function showEnd() {
  const isOver = state.done.length === steps().length;
  card.querySelector("[data-guide-end]").hidden = !isOver;
  if (isOver) card.querySelector("[data-guide-left]").textContent = left();
}

// What is left to do in the case, in words.
function left() {
  const bare = (model().assumptions ?? []).filter((each) => !each.evidence).length;
  const wrong = [...document.querySelectorAll('[data-count="errors"]:not([hidden])')]
    .map((each) => parseInt(each.textContent, 10) || 0)
    .reduce((sum, each) => sum + each, 0);
  const found = [];
  if (wrong) found.push(`${wrong} to mend`);
  if (bare) found.push(bare === 1 ? "1 number needs evidence" : `${bare} numbers need evidence`);
  return found.length ? `Left to do: ${found.join(", ")}.` : "Nothing is left to mend.";
}

// --------------------------------------------------------------------------- show me

const PLACES = {
  number: () => fieldOf("value"),
  range: () => fieldOf("low", (row) => !hasRange(row)),
  source: () => fieldOf("evidence.source", (row) => !has(`${row}.evidence.source`)),
  explain: () => document.querySelector("#result [data-explain]"),
  benefit: () => document.querySelector('[data-add="benefits"]'),
  people: () => document.querySelector('[data-add="goals"], [data-add="people"]'),
  share: () =>
    document.querySelector('[data-act="share"]') ??
    document.querySelector('[popovertarget="downloads"]'),
};

// The field of the first assumption that can do with it; without any, the button that adds one.
function fieldOf(path, isWanted = () => true) {
  const rows = [...document.querySelectorAll('[data-list="assumptions"] > [data-row]')];
  const row = rows.find((each) => isWanted(`assumptions.${each.dataset.row}`)) ?? rows[0];
  return (
    row?.querySelector(`[data-field="${path}"]`) ??
    document.querySelector('[data-add="assumptions"]')
  );
}

function showPlace(step) {
  change({ at: step });
  const place = PLACES[step]();
  if (!place) return;
  place.scrollIntoView({ block: "center" });
  place.focus({ preventScroll: true });
  place.classList.add("guide-here");
  setTimeout(() => place.classList.remove("guide-here"), 2500);
  makeRoom(place);
}

// First the page moves; where there is nowhere to move to, the card folds.
function makeRoom(element) {
  if (state.shown !== "open" || card.contains(element) || !covers(element)) return;
  element.scrollIntoView({ block: "center" });
  if (covers(element)) change({ shown: "folded" });
}

function covers(element) {
  const [one, other] = [card.getBoundingClientRect(), element.getBoundingClientRect()];
  return (
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
  );
}

// --------------------------------------------------------------------------- what is kept

function key() {
  return `valuecalc-guide:${document.getElementById("editor").dataset.account ?? ""}`;
}

function stored() {
  const fresh = { format: FORMAT, shown: "closed", done: [], at: "" };
  try {
    const found = JSON.parse(localStorage.getItem(key()));
    return found?.format === FORMAT && Array.isArray(found.done) ? { ...fresh, ...found } : fresh;
  } catch {
    return fresh;
  }
}

function keep() {
  try {
    localStorage.setItem(key(), JSON.stringify(state));
  } catch {
    // Then the tour begins anew in the next window.
  }
}
