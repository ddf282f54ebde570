// Short words at the edge of the page, which go away by themselves.

import { button, paragraph } from "./dialogs.js";

const MOST = 3;
const SHORT = 6_000;
const WITH_ACTION = 12_000;

// `action` is `{label, run}`: a button in the toast.
export function toast(text, { action } = {}) {
  const box = document.getElementById("toasts");
  const note = document.createElement("div");
  note.className = "toast";
  note.append(paragraph(text));
  if (action) note.append(actionButton(action, note));
  note.append(closeButton(note));
  box.append(note);
  while (box.children.length > MOST) box.firstElementChild.remove();
  requestAnimationFrame(() => leaveLater(note, action ? WITH_ACTION : SHORT));
}

function actionButton(action, note) {
  return button(action.label, "toast-action", () => {
    note.remove();
    action.run();
  });
}

function closeButton(note) {
  const made = button("×", "toast-close", () => note.remove());
  made.setAttribute("aria-label", "Close");
  return made;
}

// Nobody has to hurry: the time begins when it is painted, and it stays while somebody points at
// it or is in it.
function leaveLater(note, milliseconds) {
  setTimeout(() => {
    const isLookedAt = note.matches(":hover") || note.contains(document.activeElement);
    if (isLookedAt) leaveLater(note, SHORT);
    else note.remove();
  }, milliseconds);
}

let waiting;

// Words for those who listen; only the last of several is spoken.
export function speak(text, milliseconds = 300) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const box = document.getElementById("spoken");
    if (box.textContent !== text) box.textContent = text;
  }, milliseconds);
}
