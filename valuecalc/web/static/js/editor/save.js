// Saves by itself: shortly after the last key, one request at a time.
//
// The server merges what several people have saved. Its answer is the newest document; the form
// shows it, with whatever was typed while the request was under way.

import { banner, button, downloadLink, removeBanner } from "./dialogs.js";
import { events, model, replace } from "./document.js";
import * as kept from "./kept.js";
import * as live from "./live.js";
import * as newest from "./newest.js";
import { inOrderOf } from "./merge.js";
import { isMapping, isRows, put, read, same } from "./places.js";
import { pause, send } from "./request.js";
import * as session from "./session.js";
import { toast } from "./toast.js";

const AFTER_THE_LAST_KEY = 800;
const KEEP_AFTER = 200;
const LOOK_EVERY = 15_000;
const MOST_TRIES = 3;
const LONGEST_FLUSH = 20_000;

let chosen = { mine: [], theirs: [] };

let underWay = null;
let isLooking = false;
let isAsking = false;
let isStopped = false;
let isKept = true;
let refused = null;
let failures = 0;
let timer;
let keepTimer;

export function start() {
  newest.start(Number(form().dataset.version));
  kept.start();
  events.addEventListener("change", changed);
  document.addEventListener("keydown", listen);
  window.addEventListener("online", () => failures && save());
  window.addEventListener("beforeunload", warn);
  window.addEventListener("pagehide", keepNow);
  document.addEventListener("visibilitychange", hidden);
  session.events.addEventListener("back", save);
  live.answers.addEventListener("answer", lookIfNewer);
  setInterval(look, LOOK_EVERY);
  bringBack();
}

function form() {
  return document.getElementById("editor");
}

// Fetched with the first change: when somebody is to be asked, the connection may be a bad one.
function conflicts() {
  return import("./conflict.js");
}

export { isUnsaved, version } from "./newest.js";

// --------------------------------------------------------------------------- when

function changed({ detail: { kind } }) {
  if (isStopped || kind === "tidied") return;
  clearTimeout(timer);
  if (!newest.isUnsaved()) {
    if (!underWay) rest();
    return;
  }
  isKept = false;
  conflicts().catch(() => {});
  if (refused === "refused") refused = null;
  if (!underWay && !failures && !isAsking && !refused) show("unsaved", "Unsaved changes");
  keepTimer ??= setTimeout(keepNow, KEEP_AFTER);
  timer = setTimeout(save, AFTER_THE_LAST_KEY);
}

// Nothing is left to do: what was typed was taken back again, or has arrived.
function rest() {
  failures = 0;
  clearTimeout(keepTimer);
  keepTimer = null;
  // What cannot be read yet is nowhere else.
  if (newest.leftOut().length) keepModel();
  else kept.forget();
  isKept = true;
  showSaved();
  if (!newest.leftOut().length) bringBackNext();
}

function listen(event) {
  const isSave = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!isSave || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  if (newest.isUnsaved()) again();
  else showSaved();
}

function hidden() {
  if (document.hidden && newest.isUnsaved()) {
    keepNow();
    save();
  } else look();
}

function keepNow() {
  clearTimeout(keepTimer);
  keepTimer = null;
  if (!isStopped && newest.isUnsaved()) keepModel();
}

function keepModel() {
  isKept = kept.keep({ version: newest.version(), base: newest.base(), document: model() });
}

function warn(event) {
  if (!newest.isUnsaved()) return;
  keepNow();
  if (!isKept) event.preventDefault();
}

// --------------------------------------------------------------------------- saving

export function save() {
  clearTimeout(timer);
  const isHeldUp = isAsking || isStopped || refused || session.isOver();
  if (!underWay && !isHeldUp && newest.isUnsaved()) underWay = sendAll();
  return underWay ?? Promise.resolve();
}

async function sendAll() {
  const sent = model();
  show("saving", "Saving…");
  const json = JSON.stringify({ base: newest.version(), document: sent, note: "", ...chosen });
  const answer = await send("POST", form().dataset.saveUrl, { json });
  underWay = null;
  if (answer.status === 200) taken(sent, answer.body);
  else if (answer.status === 409 && answer.body?.conflicts) await ask(answer.body);
  else fail(answer);
}

// Saves everything now, for whoever needs what is kept. Gives back whether all is kept that can
// be read.
export function flush() {
  const late = new Promise((resolve) => setTimeout(resolve, LONGEST_FLUSH, false));
  return Promise.race([flushAll(), late]);
}

async function flushAll() {
  for (let tries = 0; tries < MOST_TRIES && newest.isUnsaved(); tries += 1) await save();
  return !newest.isUnsaved();
}

function taken(sent, body) {
  failures = 0;
  chosen = { mine: [], theirs: [] };
  const before = newest.base();
  newest.follow(body, sent, body.left);
  if (body.merged) newest.tellOfOthers(body.merged, before, sent);
  goOn();
}

// Takes over the newest document after something else than a save has changed it.
export function take(body) {
  newest.follow(body, newest.settledDocument());
  goOn();
}

function goOn() {
  if (newest.isUnsaved()) changed({ detail: { kind: "typing" } });
  else rest();
}

// --------------------------------------------------------------------------- the same place twice

async function ask(body) {
  isAsking = true;
  show("error", "Not saved: choose what is to stay");
  const { choose } = await conflicts();
  const choice = await choose(body.by, body.conflicts);
  isAsking = false;
  if (!choice) return later(body);
  chosen = {
    mine: [...chosen.mine, ...choice.mine],
    theirs: [...chosen.theirs, ...choice.theirs],
  };
  // A question may be about places that only make sense together.
  takeTheirs(choice.theirs.flatMap((places) => places.split("+")), body.document);
  save();
}

// What is theirs is shown at once, and is not sent back as a change of ours.
function takeTheirs(places, theirs) {
  replace(places.reduce((found, place) => withTheirs(found, theirs, place), model()));
}

function withTheirs(document, theirs, place) {
  const [ours, there] = [read(document, place), read(theirs, place)];
  // Where whole lists differ, it is their order: what was changed in the rows is no matter of it.
  if (isRows(ours) && isRows(there)) return put(document, place, inOrderOf(ours, there));
  // A row that is gone here comes back with the answer to the save.
  const isGone = ours === undefined && isMapping(there) && there.id !== undefined;
  return isGone ? document : put(document, place, there);
}

// Asked again only on demand: whoever wants to type on first is not to be held up.
function later(body) {
  keepNow();
  refused = "conflict";
  const words = `Your changes are not saved yet: ${body.by} changed the same places.`;
  banner(words, button("Choose what is to stay", "button", again));
}

function again() {
  refused = null;
  removeBanner();
  save();
}

// --------------------------------------------------------------------------- failures

function fail({ status, body, secondsToWait }) {
  keepNow();
  const detail = body?.detail ?? "";
  if (status === 401 || status === 400) {
    session.over();
    show("error", isKept ? "Not saved: signed out. Kept in this browser" : UNKEPT);
  } else if (status === 403) stop(`You may no longer change this case. ${LOST_NOTHING}`);
  else if (status === 404) {
    stop(`Somebody has moved this case to the bin, or deleted it. ${LOST_NOTHING}`);
  } else if (status === 413) refuse("Not saved: the case has become too large. Take something out");
  else if (status === 422) refuse(`Not saved: ${detail}`);
  else retry(secondsToWait);
}

const TOO_LARGE = "Not saved: the case has become too large. Take something out";
const LOST_NOTHING = "What you typed is still here.";
const UNKEPT = "Not saved, and this browser cannot keep it: leave this page open";

function retry(secondsToWait) {
  failures += 1;
  const words = isKept ? "Not saved – kept in this browser" : UNKEPT;
  show("offline", `${words}, trying again`);
  timer = setTimeout(save, pause(failures, secondsToWait));
}

// It would be refused again: until something changes, nothing is sent.
function refuse(words) {
  refused = "refused";
  show("error", words);
}

function stop(words) {
  isStopped = true;
  live.stop();
  show("error", "Not saved");
  const data = JSON.stringify(model(), null, 2);
  banner(words, downloadLink("Download what you typed", "case.json", data));
}

// --------------------------------------------------------------------------- what others save

function lookIfNewer({ detail }) {
  if (detail.newest > newest.version()) look();
}

async function look() {
  const mayLook = !underWay && !isLooking && !isAsking && !isStopped && !session.isOver();
  if (!mayLook || document.hidden || newest.isUnsaved()) return;
  isLooking = true;
  const before = model();
  const known = form().dataset.waiting ?? "0";
  const url = `${form().dataset.stateUrl}?since=${newest.version()}&waiting=${known}`;
  const { status, body } = await send("GET", url);
  isLooking = false;
  if (status === 401) session.over();
  else if (status === 403 || status === 404) fail({ status });
  if (status !== 200 || !body) return;
  noteWaiting(body.waiting);
  // What was typed meanwhile is merged by the server, which asks where both changed the same.
  if (body.version && model() === before && !underWay) takeOver(body);
}

// Numbers that a customer has sent in, or that somebody else has decided on.
function noteWaiting(count) {
  const known = Number(form().dataset.waiting ?? 0);
  if (count === undefined || count === known) return;
  form().dataset.waiting = String(count);
  live.renew("proposals");
  if (count > known) toast("A customer has sent in numbers: they stand in the rows.");
}

function takeOver(body) {
  if (body.version <= newest.version()) return;
  const before = newest.base();
  take(body);
  newest.tellOfOthers(body.by, before);
}

// --------------------------------------------------------------------------- after a closed window

// More than one window may have been closed. Each was made from a version of its own, so they are
// brought back one after the other, and each is merged with what was saved before it.
let waiting = [];

async function bringBack() {
  waiting = await kept.kept();
  // Whoever has begun to type meanwhile is saved first: see rest().
  if (!newest.isUnsaved()) bringBackNext();
}

function bringBackNext() {
  const entry = waiting.shift();
  if (!entry) return;
  kept.takeOver(entry);
  if (same(entry.document, model())) return rest();
  newest.startFrom(entry.version, entry.base);
  replace(entry.document);
  toast("Changes that were not saved are back.");
  save();
}

// --------------------------------------------------------------------------- words

function showSaved() {
  const left = newest.leftOut().length;
  if (left) {
    show("error", `Saved, except ${left} ${left === 1 ? "value" : "values"} that cannot be read`);
  } else if (newest.version() === Number(form().dataset.version)) {
    show("saved", "All changes saved");
  } else {
    show("saved", `Saved at ${clock()}`);
  }
}

function clock() {
  return new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function show(state, text) {
  const status = document.getElementById("save-status");
  const words = status.querySelector(".save-words") ?? status;
  status.dataset.state = state;
  if (words.textContent !== text) words.textContent = text;
}
