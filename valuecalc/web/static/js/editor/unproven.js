// A number that somebody changes no longer rests on what was said of the old one. Unless its
// evidence was changed too, it counts as our own assumption from then on, and its note tells what
// it was. Python says what the evidence becomes, as it alone can tell whether 22 is £22.

import { events, fieldAt, model, replace } from "./document.js";
import { isRows, put, same, textOf } from "./places.js";
import { send } from "./request.js";
import { toast } from "./toast.js";
import { amend, checkpoint } from "./undo.js";

// The rows as they were when their numbers and their evidence last belonged together.
let proven = new Map();

export function start() {
  remember(model());
  events.addEventListener("change", ({ detail: { place, kind } }) => {
    if (kind === "replaced") return remember(model()); // others, undo, a proposal: nobody has typed
    const [, id] = /^assumptions\.([^.]+)\.value$/.exec(place) ?? [];
    if (id && kind === "tidied") note(id);
    if (id && kind === "commit") ask([id]);
  });
}

// Begins with what has changed since a document of before, but for the field that somebody is in.
export function begin(before) {
  const isLeft = ({ id }) => !fieldAt(`assumptions.${id}.value`)?.matches(":focus");
  const left = rowsOf(before).filter(isLeft);
  remember(before);
  ask(left.map(({ id }) => id));
}

// The rows as they are, to be given to `check` after many of them have changed at once.
export function rowsBefore() {
  return proven;
}

// Looks at every number that differs from what it was in `before`.
export function check(before) {
  proven = before;
  ask([...before.keys()]);
}

function rowsOf({ assumptions }) {
  return isRows(assumptions) ? assumptions : [];
}

function rows() {
  return rowsOf(model());
}

function remember(document) {
  proven = new Map(rowsOf(document).map((row) => [row.id, row]));
}

function note(id) {
  const row = rows().find((each) => each.id === id);
  if (row) proven.set(id, row);
}

async function ask(ids) {
  const changed = ids.filter(hasAnotherNumber).map((id) => [id, proven.get(id)]);
  ids.forEach(note);
  if (!changed.length) return;
  const now = new Map(rows().map((row) => [row.id, row]));
  const { status, body } = await send("POST", document.getElementById("editor").dataset.unprovenUrl, {
    json: JSON.stringify({
      currency: textOf(model().currency),
      rows: changed.map(([id, before]) => ({ row: now.get(id), before: textOf(before.value) })),
    }),
  });
  if (status === 200) apply(body.evidence, now);
}

// Evidence that was changed as well, before or after, is that of the new number.
function hasAnotherNumber(id) {
  const [before, row] = [proven.get(id), rows().find((each) => each.id === id)];
  if (!before?.evidence || !row) return false;
  return textOf(before.value) !== textOf(row.value) && same(before.evidence, row.evidence);
}

function apply(found, asked) {
  const stale = rows().filter(
    (row) => found[row.id] && same(row.evidence, asked.get(row.id)?.evidence),
  );
  if (!stale.length) return;
  amend(); // to take back the number is to take back what it did
  let changed = model();
  for (const row of stale) changed = put(changed, `assumptions.${row.id}.evidence`, found[row.id]);
  replace(changed, { keepFocus: true });
  toast(words(stale), { action: { label: "Keep the evidence", run: () => giveBack(stale) } });
}

function words(stale) {
  const many = `${stale.length} changed numbers now count as our own assumptions.`;
  const [{ label, id }] = stale;
  const one = `“${label || id}” now counts as our own assumption, because its number changed.`;
  return stale.length === 1 ? one : many;
}

function giveBack(stale) {
  checkpoint("what the evidence counts for");
  let changed = model();
  for (const row of stale) changed = put(changed, `assumptions.${row.id}.evidence`, row.evidence);
  replace(changed, { keepFocus: true });
}
