// Choices that are rows of the document, such as goals and people, follow the document.

import { events, model } from "./document.js";
import { read } from "./places.js";

// What the lists of a select offered when their choices were last written.
const offered = new Map();

export function start() {
  events.addEventListener("change", ({ detail }) => {
    if (detail.kind !== "typing" && detail.kind !== "tidied") refresh(detail.kind);
  });
  events.addEventListener("made", () => refresh("structure"));
  refresh("structure");
}

// Writes the choices that are no longer what the document says.
export function refresh(kind) {
  const selects = [...document.querySelectorAll("select[data-options]")];
  for (const lists of new Set(selects.map((select) => select.dataset.options))) {
    const choices = lists.split(" ").flatMap((list) => choicesOf(read(model(), list)));
    const text = JSON.stringify(choices);
    const isOld = offered.get(lists) !== text;
    offered.set(lists, text);
    // New rows bring selects along that came out of a template.
    if (!isOld && kind === "commit") continue;
    for (const select of selects) if (select.dataset.options === lists) write(select, choices);
  }
}

export function choicesOf(items) {
  const rows = Array.isArray(items) ? items.filter((item) => item?.id) : [];
  return rows.map((item) => [item.id, item.label || item.name || item.id]);
}

function write(select, choices) {
  const chosen = select.value;
  const missing = chosen && !choices.some(([id]) => id === chosen);
  const wanted = missing ? [...choices, [chosen, `${chosen} (missing)`]] : choices;
  if (isWritten(select, wanted)) return;
  const none = [...select.options].filter((option) => option.value === "").slice(0, 1);
  select.replaceChildren(...none, ...wanted.map(([id, words]) => new Option(words, id)));
  select.value = chosen;
}

function isWritten(select, wanted) {
  const here = [...select.options].filter((option) => option.value !== "");
  return (
    here.length === wanted.length &&
    here.every((option, at) => option.value === wanted[at][0] && option.text === wanted[at][1])
  );
}
