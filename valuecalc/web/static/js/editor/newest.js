// The newest document that the server has, and how far the form is from it.

import { model, placeOf, replace } from "./document.js";
import { fieldOf } from "./fields.js";
import { rebased } from "./merge.js";
import { differences, put, read, same } from "./places.js";
import { toast } from "./toast.js";

// `server` is the newest document that is known, in its version. `settled` is what the form
// shows when nothing is left to save: the same in the words of whoever typed it. `left` are the
// problems of what cannot be kept yet.
let server = { version: 0, document: {} };
let settled = {};
let left = [];

export function start(version) {
  startFrom(version, model());
}

export function startFrom(version, document) {
  server = { version, document };
  settled = document;
}

export function version() {
  return server.version;
}

export function base() {
  return server.document;
}

export function settledDocument() {
  return settled;
}

export function leftOut() {
  return left;
}

export function isUnsaved() {
  return !same(model(), settled);
}

// Takes over the newest document. What was typed since `sent`, the document that was sent, stays.
export function follow({ version, document }, sent, nowLeft = left) {
  const current = model();
  left = nowLeft;
  const base = server.document;
  const result = rebased({ base, sent, current, newest: document, left });
  const focused = focusedPlace();
  const isOwn = focused !== "" && !same(read(base, focused), read(current, focused));
  server = { version, document };
  settled = result.settled;
  // The text in the field that somebody is in stays as he has written it.
  if (isOwn && same(read(sent, focused), read(current, focused))) {
    settled = put(settled, focused, read(current, focused));
  }
  if (!same(result.document, current)) replace(result.document, { keepFocus: isOwn });
}

function focusedPlace() {
  const field = fieldOf(document.activeElement);
  return field ? placeOf(field) : "";
}

// Says how many places somebody else has changed. `before` was the newest document until now,
// `sent` what was made of it here.
export function tellOfOthers(by, before, sent = before) {
  const own = new Set(differences(before, sent));
  const changes = differences(before, server.document).filter((place) => !own.has(place));
  const count = changes.length;
  if (count) toast(`${by} changed ${count} ${count === 1 ? "place" : "places"}`);
}
