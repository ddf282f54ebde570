// Asks the server what the document comes to, and shows the answer.
//
// One request is under way at a time; when it is answered and something has changed meanwhile, the
// newest document is sent. So nobody waits for an old answer, none comes too late, and however
// fast somebody types, the server has one request at a time from him.

import { events, model, placeOf, tidy } from "./document.js";
import { fieldOf } from "./fields.js";
import { patch } from "./patch.js";
import { read } from "./places.js";
import * as problems from "./problems.js";
import { pause, send } from "./request.js";
import * as session from "./session.js";
import { speak, toast } from "./toast.js";

const BEFORE_SPEAKING = 1_500;
const FIRST_AFTER = 150;
const LONGEST_FOR_ALL = 10_000;
const PAUSE_WHEN_LARGE = 3_000;

let isBusy = false;
let isChanged = false;
let isStopped = false;
let isLarge = false;
let failures = 0;
let retrying;
let typedAt = 0;
let lastChange = 0;
let notBefore = 0;
let opened = null;
let tidied = { document: {}, texts: {} };

export function start() {
  window.editorTimings = [];
  if (form().dataset.asLoaded) asLoaded.add(form().dataset.asLoaded);
  document.addEventListener("input", noteTime, { capture: true });
  document.addEventListener("focusout", tidyLeftField);
  events.addEventListener("change", changed);
  window.addEventListener("online", () => failures && asked());
  session.events.addEventListener("back", () => asked());
  watchParts();
  watchJumps();
  // By then it is known what stands on the first screen.
  setTimeout(firstAsked, FIRST_AFTER);
}

function firstAsked() {
  if (newestNumber === 0) asked();
}

function changed({ detail: { kind } }) {
  if (kind === "tidied") return; // it means the same
  if (kind !== "replaced") lastChange = performance.now();
  asLoaded.clear();
  asked();
}

export function stop() {
  isStopped = true;
}

// The answers in which somebody may have to look for something.
export const answers = new EventTarget();

// Asks for what the document comes to now: at once, or as soon as the request before is answered.
export function asked() {
  isChanged = true;
  if (!isBusy) pump();
}

async function pump() {
  if (isStopped || session.isOver() || performance.now() < notBefore) return;
  clearTimeout(retrying);
  isBusy = true;
  isChanged = false;
  const request = begin();
  take(request, await send("POST", url(), { json: request.json, wants: "document" }));
  isBusy = false;
  if (isLarge && !failures) pumpAfterPause();
  else if (isChanged && !failures) pump();
}

// A very large case takes the server long, which has others to serve as well.
function pumpAfterPause() {
  notBefore = performance.now() + PAUSE_WHEN_LARGE - 50;
  retrying = setTimeout(() => isChanged && pump(), PAUSE_WHEN_LARGE);
}

function begin() {
  const near = isLarge ? nearParts().filter(isDue) : nearParts();
  const request = { document: model(), near, typedAt, number: ++newestNumber };
  typedAt = 0;
  request.json = JSON.stringify({
    document: request.document,
    scenario: form().dataset.scenario ?? "expected",
    parts: near.filter((part) => !asLoaded.has(part)),
    opened,
  });
  return request;
}

function form() {
  return document.getElementById("editor");
}

function url() {
  return form().dataset.liveUrl;
}

function take(request, { status, body, secondsToWait }) {
  const island = status === 200 ? body?.getElementById("answer") : null;
  if (!island) return fail(request, status, secondsToWait);
  failures = 0;
  const answer = JSON.parse(island.textContent);
  problems.show(answer.problems, answer.sections);
  if (answer.complete) {
    if (answer.large && !isLarge) toast(WORDS.large);
    isLarge = answer.large;
    showResult(request, body, answer);
  }
  say(staleWords(answer));
  tidyAll(request.document, answer.tidy);
  speakLater(answer);
  newest = answer;
  answers.dispatchEvent(new CustomEvent("answer", { detail: answer }));
  measure(request);
}

let newest = null;

// What was answered last, for those who come later; null before the first answer.
export function newestAnswer() {
  return newest;
}

// --------------------------------------------------------------------------- what is shown

function showResult(request, page, answer) {
  const shown = new Map();
  for (const target of document.querySelectorAll("[data-live]")) {
    shown.set(target.dataset.live, target);
  }
  for (const source of page.querySelectorAll("[data-live]")) {
    const target = shown.get(source.dataset.live);
    if (target) patch(target, source);
  }
  if (request.document === completeDocument) keepCurrent(request.number);
  for (const part of request.near) {
    if (answer.left.includes(part)) continue;
    shownNumber.set(part, request.number);
    wanted.delete(part);
  }
  completeNumber = request.number;
  completeDocument = request.document;
  // What is above has grown, maybe while the page was still on its way.
  jumpedTo?.scrollIntoView({ behavior: "instant" });
  // Somebody may have scrolled on in the meantime.
  if (nearParts().some(isOld)) isChanged = true;
  opened ??= answer.figures;
  showSince(answer.since ?? "");
}

function showSince(text) {
  const place = document.querySelector("[data-since]");
  if (!place) return;
  place.hidden = !text;
  place.classList.toggle("negative", text.startsWith("▼"));
  place.textContent = text;
}

// A half-typed number never makes the result jump: the last complete one stays, and says so.
function staleWords(answer) {
  if (answer.complete) return "";
  const count = answer.problems.filter((each) => each.level === "error").length;
  const last = completeNumber || opened ? "Last complete result." : "No result yet.";
  return `${last} ${count} ${count === 1 ? "value" : "values"} to fix.`;
}

function say(words) {
  document.body.toggleAttribute("data-stale", words !== "");
  const place = document.querySelector("p[data-stale]");
  if (!place) return;
  place.hidden = words === "";
  if (place.textContent !== words) place.textContent = words;
}

function speakLater(answer) {
  if (!lastChange) return; // nobody has changed anything yet
  const words = answer.complete ? answer.spoken : staleWords(answer);
  speak(words, Math.max(0, lastChange + BEFORE_SPEAKING - performance.now()));
}

// --------------------------------------------------------------------------- failures

function fail(request, status, secondsToWait) {
  typedAt ||= request.typedAt;
  if (status === 401 || status === 400) session.over();
  if ([401, 400, 403, 404, 413, 422].includes(status)) return say(WORDS[status] ?? WORDS.refused);
  failures += 1;
  say(status ? WORDS.failed : WORDS.offline);
  const wait = pause(failures, secondsToWait);
  // A service that is asked too often is left alone; without a connection nobody is.
  notBefore = status ? performance.now() + wait - 50 : 0;
  retrying = setTimeout(asked, wait);
}

const WORDS = {
  large: "This case is very large: results follow a few seconds behind.",
  offline: "Results are not up to date: no connection. Trying again.",
  failed: "Results are not up to date: the service cannot answer now. Trying again.",
  refused: "Results are not up to date: the service does not take this document.",
  400: "Results are not up to date: you are signed out.",
  401: "Results are not up to date: you are signed out.",
  403: "Results are not up to date: you may no longer change this case.",
  404: "Results are not up to date: this case is no longer there.",
  413: "Results are not up to date: the case has become too large.",
};

// --------------------------------------------------------------------------- tidy texts

// “2.5m” becomes “2,500,000” when its field is left.
function tidyAll(document, texts) {
  tidied = { document, texts };
  for (const place of Object.keys(texts)) tidyOne(place);
}

function tidyOne(place) {
  tidy(place, tidied.texts[place], read(tidied.document, place));
}

function tidyLeftField(event) {
  const field = fieldOf(event.target);
  // The focus is only on its way when this is told; and the row may be gone by then.
  setTimeout(() => {
    if (field?.isConnected && placeOf(field) in tidied.texts) tidyOne(placeOf(field));
  });
}

// --------------------------------------------------------------------------- parts near the view

let newestNumber = 0;
let completeNumber = 0;
let completeDocument = null;
const shownNumber = new Map();
const near = new Map();
const watched = new WeakMap();
const watcher = new IntersectionObserver(noteNear, { rootMargin: "300px" });

// The page comes with these, and until the document changes they need not be asked for.
const asLoaded = new Set();

// It comes without what stands below its first screen. That is asked for once, well before
// somebody gets there, and from then on like the rest only when it is near.
const wanted = new Set();
let looks = 0;
const scout = new IntersectionObserver(noteAhead, { rootMargin: "1500px" });

function partOf(element) {
  return element.dataset.live.split(".")[0];
}

function watchParts() {
  watchAll();
  // Rows come and go with their outputs, and sections come later.
  events.addEventListener("change", ({ detail }) => {
    if (["structure", "replaced"].includes(detail.kind)) watchAll();
  });
  events.addEventListener("made", watchAll);
}

function watchAll() {
  for (const element of document.querySelectorAll("[data-live]")) watch(element);
}

function watch(element) {
  // What is still empty may have no box of its own. Asking for boxes would lay out the page once
  // for each row that is folded away.
  const box = element.matches(":empty") ? element.parentElement : element;
  if (!watched.has(box)) watched.set(box, new Set());
  watched.get(box).add(partOf(element));
  watcher.observe(box);
  if (!shownNumber.has(partOf(element))) scout.observe(box);
}

function noteAhead(entries) {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    scout.unobserve(target);
    for (const part of watched.get(target)) if (!shownNumber.has(part)) wanted.add(part);
  }
  askForOld();
}

function noteNear(entries) {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) near.set(target, watched.get(target));
    else near.delete(target);
  }
  askForOld();
}

// The section that somebody has jumped to, until he moves on by himself.
let jumpedTo = null;

function watchJumps() {
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("[data-sections] a");
    jumpedTo = link ? document.querySelector(link.hash) : null;
  });
  for (const type of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    document.addEventListener(type, () => (jumpedTo = null), { passive: true });
  }
}

function askForOld() {
  looks += 1;
  // The first request waits until both have told what stands where.
  const isFirst = newestNumber === 0 && looks === 2;
  const isBehind = completeNumber > 0 && nearParts().some(isOld);
  if (isFirst || isBehind) asked();
}

// What was shown of the same document is as new as what is shown of it now.
function keepCurrent(number) {
  for (const [part, shown] of shownNumber) {
    if (shown === completeNumber) shownNumber.set(part, number);
  }
}

// Of a very large case, what is typed moves the panel; all else follows, part by part.
function isDue(part) {
  const isNew = part === "panel" && model() !== completeDocument;
  return isNew || !shownNumber.has(part) || isOld(part);
}

function isOld(part) {
  return (shownNumber.get(part) ?? 0) < completeNumber;
}

function nearParts() {
  const parts = [...near.values()].flatMap((each) => [...each]);
  return [...new Set(["panel", ...parts, ...wanted])];
}

// Asks for a part anew although nothing was typed: something else than the document has changed.
export function renew(part) {
  asLoaded.delete(part);
  wanted.add(part);
  asked();
}

// What brings the sections that come later.
export const late = [];

function partsBehind() {
  const parts = [...document.querySelectorAll("[data-live]")].map(partOf);
  return parts.filter((part) => isOld(part) || !shownNumber.has(part));
}

// Whether something on the page is not what the document comes to now.
export function isBehind() {
  return isBusy || isChanged || partsBehind().length > 0;
}

// Brings everything up to date, wherever it stands, for whoever needs the whole page. Resolves
// when it is, or when that takes too long. Where nobody is sure to need it, a very large case is
// left as it is.
export async function showAll({ isForSure = true } = {}) {
  await Promise.all(late.map((bring) => bring()));
  const old = partsBehind();
  const isPossible = (newest === null || newest.complete) && (isForSure || !isLarge);
  if (!isPossible || !old.length) return;
  for (const part of old) wanted.add(part);
  asked();
  await new Promise((resolve) => {
    setTimeout(resolve, LONGEST_FOR_ALL);
    answers.addEventListener("answer", ({ detail }) => {
      if (!wanted.size || !detail.complete) resolve();
    });
  });
}

// --------------------------------------------------------------------------- how long it takes

function noteTime(event) {
  typedAt ||= event.timeStamp;
}

// Until the result of a key can be seen: the second frame begins when the first one is painted.
function measure({ typedAt: start, number }) {
  if (!start) return;
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      const measured = performance.measure(`result ${number}`, { start });
      window.editorTimings.push(measured.duration);
    });
  });
}
