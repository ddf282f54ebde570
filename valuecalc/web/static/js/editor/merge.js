// Brings two changed documents together that both come from the same one.
//
// Nobody is asked here: the server finds what two people changed differently. This is for what
// one person did while a request was under way, and for taking single steps back.

import { byId, isMapping, isRows, own, put, read, same } from "./places.js";

// The document with the changes of both. Where both changed the same, `preferred` is "ours" or
// "theirs".
export function merged(base, ours, theirs, preferred = "ours") {
  if (same(ours, theirs) || same(base, theirs)) return ours;
  if (same(base, ours)) return theirs;
  if (areAll(isMapping, ours, theirs) && (base === undefined || isMapping(base))) {
    return mergedMapping(base ?? {}, ours, theirs, preferred);
  }
  if (areAll(isRowsOrNothing, base, ours, theirs)) {
    return mergedRows(base ?? [], ours ?? [], theirs ?? [], preferred);
  }
  return preferred === "ours" ? ours : theirs;
}

function areAll(test, ...values) {
  return values.every(test);
}

function isRowsOrNothing(value) {
  return value === undefined || isRows(value) || (Array.isArray(value) && !value.length);
}

function mergedMapping(base, ours, theirs, preferred) {
  const found = {};
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const value = merged(own(base, key), own(ours, key), own(theirs, key), preferred);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

function mergedRows(base, ours, theirs, preferred) {
  const rows = mergedMapping(byId(base), byId(ours), byId(theirs), preferred);
  const order = mergedOrder(idsOf(base), idsOf(ours), idsOf(theirs), preferred);
  const found = order.filter((id) => Object.hasOwn(rows, id)).map((id) => rows[id]);
  return found.length ? found : undefined;
}

function idsOf(rows) {
  return rows.map((row) => row.id);
}

// In the order of the side that moved something.
function mergedOrder(base, ours, theirs, preferred) {
  const weMoved = isMoved(base, ours);
  const theyMoved = isMoved(base, theirs);
  const theirsFirst = theyMoved && (!weMoved || preferred === "theirs");
  return theirsFirst ? withAdditions(theirs, ours) : withAdditions(ours, theirs);
}

// Rows in the order of others; those that are not among them stay behind their predecessors.
export function inOrderOf(rows, others) {
  const [ids, known] = [idsOf(rows), byId(rows)];
  const order = withAdditions(idsOf(others).filter((id) => ids.includes(id)), ids);
  return order.map((id) => known[id]);
}

function isMoved(base, side) {
  const here = base.filter((id) => side.includes(id));
  const there = side.filter((id) => base.includes(id));
  return here.some((id, at) => id !== there[at]);
}

// `ids`, and those of `others` that are missing, each behind its predecessor there.
function withAdditions(ids, others) {
  const found = [...ids];
  others.forEach((id, at) => {
    if (!found.includes(id)) found.splice(found.indexOf(others[at - 1]) + 1, 0, id);
  });
  return found;
}

// What the page shows after a save: the newest document with everything that it cannot hold yet
// (rows that are still empty, numbers that cannot be read) and what was typed in the meantime.
//
// `base` is what both sides began with, `sent` what was sent, `current` what stands in the form
// now; `left` are the places that could not be kept. `settled` is what the form would show if
// nothing had been typed in the meantime.
export function rebased({ base, sent, current, newest, left }) {
  const whole = withWhatWasLeft(base, withNewRows(base, sent, newest), sent, left);
  return { settled: whole, document: merged(sent, current, whole) };
}

// A new row that has nothing but its id is not kept by the server, and is still being filled in.
function withNewRows(base, sent, newest) {
  if (isRowsOrNothing(sent) && isRowsOrNothing(newest) && isRowsOrNothing(base)) {
    return rowsWithNew(base ?? [], sent ?? [], newest ?? []);
  }
  // Of the plan there may be nothing yet that the server has kept.
  if (!isMapping(sent) || !isMapping(newest ?? {})) return newest;
  const found = { ...newest };
  for (const [key, value] of Object.entries(sent)) {
    if (!isMapping(value) && !isRows(value)) continue;
    const rows = withNewRows(own(base, key), value, own(newest, key));
    if (rows !== undefined) found[key] = rows;
  }
  return newest || Object.keys(found).length ? found : newest;
}

function rowsWithNew(base, sent, newest) {
  const [known, before, there] = [byId(base), byId(sent), byId(newest)];
  const inside = newest.map((row) =>
    row.id in before ? withNewRows(known[row.id], before[row.id], row) : row,
  );
  const ours = sent.filter((row) => !(row.id in known) && !(row.id in there));
  if (!ours.length) return inside.length ? inside : undefined;
  const rows = byId([...ours, ...inside]);
  const order = withAdditions(idsOf(newest), idsOf(sent));
  return order.filter((id) => id in rows).map((id) => rows[id]);
}

// What cannot be read in a row keeps other fields of it from being kept as well, such as its unit.
function withWhatWasLeft(base, document, sent, left) {
  return left.reduce((found, { place }) => {
    const holder = holderOf(sent, place ?? "");
    const ours = holder && read(sent, holder);
    if (ours === undefined) return found;
    return put(found, holder, merged(read(base, holder), ours, read(found, holder)));
  }, document);
}

// The innermost row around a place, or else the part of the case that it lies in.
function holderOf(document, place) {
  const keys = place.replace(/\[.*/, "").split(".");
  let [holder, value] = [keys[0], document];
  keys.forEach((key, at) => {
    const isRow = isRows(value);
    value = value === undefined ? undefined : read(value, key);
    if (isRow && value) holder = keys.slice(0, at + 1).join(".");
  });
  return holder;
}
