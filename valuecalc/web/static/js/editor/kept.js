// What is not saved yet is kept in this browser as well, so that neither a broken connection nor
// a closed window loses it.
//
// One entry for each account and case. It says from which version the document was made, and
// what that version held.

import { isMapping } from "./places.js";

const FIRST_PART = "valuecalc-unsaved";
const FORMAT = 1;

// Another window of the same reader may have kept its own document under the same name.
const here = `${Date.now()}-${Math.random()}`;

function whose() {
  const { account = "", uid } = document.getElementById("editor").dataset;
  return { account, uid };
}

function key() {
  const { account, uid } = whose();
  return `${FIRST_PART}:${account}:${uid}`;
}

// Whether the browser has taken it: it may be full, or forbidden to keep anything.
export function keep(entry) {
  try {
    localStorage.setItem(key(), JSON.stringify({ format: FORMAT, ...whose(), here, ...entry }));
    return true;
  } catch {
    return false;
  }
}

// What was kept: `{version, base, document}`; null for nothing. What cannot be used is removed.
export function kept() {
  const entry = entryOf(stored());
  if (!entry) remove();
  return entry;
}

export function forget() {
  const entry = entryOf(stored());
  if (!entry || entry.here === here) remove();
}

// The entry of a window that was closed becomes that of this one.
export function takeOver(entry) {
  keep({ version: entry.version, base: entry.base, document: entry.document });
}

function stored() {
  try {
    return localStorage.getItem(key());
  } catch {
    return null;
  }
}

function remove() {
  try {
    localStorage.removeItem(key());
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
