// What is not saved yet is kept in this browser as well, so that neither a broken connection nor
// a closed window loses it.
//
// One entry for each account, case and window: two windows of one reader may both be without a
// connection. It says from which version the document was made, and what that version held.
// A window holds a lock for as long as it is open, so that others leave alone what it keeps.
// Browsers give locks only to pages that come encrypted; without them all windows count as closed.

import { isMapping } from "./places.js";

const FIRST_PART = "valuecalc-unsaved";
const FORMAT = 1;

const here = `${Date.now()}-${Math.random()}`;

// Under which names something is kept that this window has in its form.
const ours = new Set();

function whose() {
  const { account = "", uid } = document.getElementById("editor").dataset;
  return { account, uid };
}

function firstPart() {
  const { account, uid } = whose();
  return `${FIRST_PART}:${account}:${uid}`;
}

export function start() {
  navigator.locks?.request(lockOf(here), () => new Promise(() => {})).catch(() => {});
}

function lockOf(name) {
  return `${FIRST_PART}:window:${name}`;
}

async function openWindows() {
  try {
    const { held } = await navigator.locks.query();
    return new Set(held.map(({ name }) => name));
  } catch {
    return new Set();
  }
}

// Whether the browser has taken it: it may be full, or forbidden to keep anything.
export function keep(entry) {
  const key = `${firstPart()}:${here}`;
  try {
    localStorage.setItem(key, JSON.stringify({ format: FORMAT, ...whose(), ...entry }));
    ours.add(key);
    return true;
  } catch {
    return false;
  }
}

// What windows that were closed have kept: `{key, version, base, document}`, the oldest first.
// What cannot be used is removed.
export async function kept() {
  const found = [];
  const open = await openWindows();
  for (const key of keys()) {
    if (open.has(lockOf(key.slice(firstPart().length + 1)))) continue;
    const entry = entryOf(stored(key));
    if (entry) found.push({ ...entry, key });
    else remove(key);
  }
  return found;
}

export function forget() {
  for (const key of ours) remove(key);
  ours.clear();
}

// The entry of a window that was closed becomes that of this one.
export function takeOver({ key, version, base, document }) {
  if (keep({ version, base, document })) remove(key);
  else ours.add(key); // no room for two of them
}

function keys() {
  try {
    const isOurs = (key) => key === firstPart() || key.startsWith(`${firstPart()}:`);
    return Object.keys(localStorage).filter(isOurs).sort();
  } catch {
    return [];
  }
}

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remove(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Then nothing is kept there.
  }
}

function entryOf(text) {
  try {
    const entry = JSON.parse(text);
    return isOurs(entry) ? entry : null;
  } catch {
    return null;
  }
}

function isOurs(entry) {
  const { account, uid } = whose();
  return (
    isMapping(entry) &&
    entry.format === FORMAT &&
    entry.account === account &&
    entry.uid === uid &&
    Number.isInteger(entry.version) &&
    entry.version > 0 &&
    isCase(entry.document) &&
    isCase(entry.base)
  );
}

function isCase(document) {
  return isMapping(document) && String(document.format).startsWith("valuecalc/");
}
