// Ids for new rows: short words that formulas can name.

import { namesInFormulas, read } from "./places.js";

const LONGEST = 40;
const PERSON = { people: "person" };
const STEPS = ["plan.tasks", "plan.milestones", "plan.decisions"]; // whose ids differ

// A free id: from a label, or else from the name of the list with a number: `assumption_417`. Which
// number is chance, so that two people who add a row at the same moment do not add the same one.
export function freeId(list, label, taken) {
  const word = idFrom(label ?? "");
  if (word && !taken.has(word)) return word;
  const name = list.split(".").at(-1);
  const stem = word || PERSON[name] || name.replace(/s$/, "");
  let number = word ? 2 : 100 + Math.floor(900 * Math.random());
  while (taken.has(`${stem}_${number}`)) number += 1;
  return `${stem}_${number}`;
}

// The ids that a new row of the list at a place may not have.
export function takenIds(document, place) {
  const lists = place.startsWith("plan.") ? STEPS : [place];
  const siblings = lists.flatMap((list) => read(document, list) ?? []);
  return new Set([
    ...namesInFormulas(document),
    ...siblings.map((row) => String(row.id).toLowerCase()),
    ...reserved(),
  ]);
}

// Functions and other words that formulas know already.
function reserved() {
  return document.getElementById("editor").dataset.reserved?.split(" ") ?? [];
}

function idFrom(label) {
  const plain = label.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const words = (plain.match(/[a-z0-9]+/g) ?? []).join("_");
  const named = /^[0-9]/.test(words) ? `n_${words}` : words;
  return named.slice(0, LONGEST).replace(/_+$/, "");
}
