// Which assumptions are on the screen of a workshop.
//
// The page holds all of them, those that matter most first, and shows a few. They stay as they
// are while their numbers change, until somebody turns the page or asks anew.

import { events, model, replace, valueAt } from "./document.js";
import { answers } from "./live.js";
import { patch } from "./patch.js";
import { send } from "./request.js";
import { flush } from "./save.js";
import { toast } from "./toast.js";

const LONGEST_IN_LARGE = 7;
const LONGEST_IN_MEDIUM = 10;

let first = 0;
const added = new Set();

export function start() {
  another().addEventListener("change", addAnother);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-page], [data-rank]");
    if (button?.dataset.page) turn(Number(button.dataset.page));
    else if (button) rankAnew();
  });
  events.addEventListener("change", changed);
  answers.addEventListener("answer", ({ detail }) => showMistakes(detail.problems));
  show();
  fitNumbers();
}

function changed({ detail }) {
  if (detail.kind === "replaced") show();
  fitNumbers();
}

// A number that is too long for its field in the largest letters gets smaller ones.
function fitNumbers() {
  for (const field of document.querySelectorAll(".numbers .cell")) {
    const { length } = field.value;
    if (length <= LONGEST_IN_LARGE) delete field.dataset.long;
    else field.dataset.long = length > LONGEST_IN_MEDIUM ? "very" : "";
  }
}

export function placeOfRow(row) {
  return `assumptions.${row.dataset.assumption}`;
}

export function rowsOnScreen() {
  return rows().filter((row) => !row.hidden);
}

// --------------------------------------------------------------------------- what is shown

function list() {
  return document.querySelector(".workshop-rows");
}

function another() {
  return document.querySelector("[data-another]");
}

function onScreen() {
  return Number(document.getElementById("workshop").dataset.onScreen);
}

function allRows() {
  return [...list().children];
}

// Somebody else may have deleted an assumption meanwhile.
function rows() {
  return allRows().filter((row) => valueAt(placeOfRow(row)) !== undefined);
}

function show() {
  const present = rows();
  const shown = new Set(present.slice(first, first + onScreen()));
  for (const row of present) if (added.has(row.dataset.assumption)) shown.add(row);
  for (const row of allRows()) row.hidden = !shown.has(row);
  showFoot(present, shown);
}

function showFoot(present, shown) {
  const last = Math.min(first + onScreen(), present.length);
  const range = present.length ? `${first + 1} to ${last} of ${present.length}` : "";
  document.querySelector("[data-shown]").textContent = range;
  disable("-1", first === 0);
  disable("1", last >= present.length);
  const others = present.filter((row) => !shown.has(row));
  const options = others.map((row) => new Option(row.dataset.label, row.dataset.assumption));
  another().replaceChildren(another().options[0], ...options);
  another().disabled = options.length === 0;
}

// A button that somebody has just pressed would lose the focus if it could not be pressed.
function disable(page, isDisabled) {
  const button = document.querySelector(`[data-page="${page}"]`);
  button.setAttribute("aria-disabled", String(isDisabled));
}

// --------------------------------------------------------------------------- other ones

function turn(by) {
  const to = first + by * onScreen();
  if (to < 0 || to >= rows().length) return;
  first = to;
  added.clear();
  show();
}

function addAnother() {
  const id = another().value;
  added.add(id);
  show();
  const row = rows().find((each) => each.dataset.assumption === id);
  row?.querySelector(".expected")?.focus();
}

// What has to be mended must not be out of sight.
function showMistakes(problems) {
  const places = problems.filter((each) => each.level === "error").map((each) => each.place);
  const wrong = rows().filter((row) =>
    places.some((place) => `${place}.`.startsWith(`${placeOfRow(row)}.`)),
  );
  const hidden = wrong.filter((row) => row.hidden);
  for (const row of hidden) added.add(row.dataset.assumption);
  if (hidden.length) show();
}

// --------------------------------------------------------------------------- the order

// The server knows what matters; it is asked about what is kept.
async function rankAnew() {
  await flush();
  const { status, body } = await send("GET", location.pathname, { wants: "document" });
  const found = [...(body?.querySelectorAll("[data-assumption]") ?? [])];
  if (status !== 200 || !found.length) return toast("This could not be found out. Try again.");
  const before = idsOf(rows().slice(0, onScreen()));
  list().replaceChildren(...found.map(ownRow));
  first = 0;
  added.clear();
  replace(model());
  const isSame = before === idsOf(rows().slice(0, onScreen()));
  toast(isSame ? "The same as before, in the same order." : "These matter most now.");
}

function ownRow(source) {
  const known = allRows().find((row) => row.dataset.assumption === source.dataset.assumption);
  if (!known) return document.importNode(source, true);
  for (const part of source.querySelectorAll("[data-live]")) {
    const here = known.querySelector(`[data-live="${part.dataset.live}"]`);
    if (here) patch(here, part);
  }
  return known;
}

function idsOf(some) {
  return some.map((row) => row.dataset.assumption).join(" ");
}
