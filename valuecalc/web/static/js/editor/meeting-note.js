// What is said in the meeting about a number, kept as a comment for the team.

import { send } from "./request.js";
import { flush } from "./save.js";
import { toast } from "./toast.js";
import { nameChosen } from "./who-says.js";
import { placeOfRow, rowsOnScreen } from "./workshop.js";

const FAILED = "This could not be kept. Check the connection, and that you are signed in.";

let touched = null;
let isBusy = false;

export function start() {
  document.addEventListener("focusin", (event) => {
    touched = event.target.closest("[data-assumption]") ?? touched;
    showAbout();
  });
  document.querySelector(".workshop-foot").addEventListener("click", () => setTimeout(showAbout));
  document.querySelector("[data-note]").addEventListener("click", keep);
  field().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) keep();
  });
  showAbout();
}

function field() {
  return document.getElementById("meeting-note");
}

// The number that somebody was in last, or else the first one.
function about() {
  const shown = rowsOnScreen();
  return shown.includes(touched) ? touched : shown[0];
}

function showAbout() {
  const words = document.querySelector("[data-note-about]");
  words.textContent = about()?.dataset.label ?? "the case";
}

async function keep() {
  const text = field().value.trim();
  if (!text) return field().focus();
  if (isBusy) return;
  isBusy = true;
  const row = about();
  await flush(); // what is said is said about a version that is kept
  const form = new FormData();
  form.set("place", row ? placeOfRow(row) : "");
  form.set("text", nameChosen() ? `${nameChosen()}: ${text}` : text);
  const url = document.getElementById("workshop").dataset.noteUrl;
  const { status, body } = await send("POST", url, { form, wants: "document" });
  isBusy = false;
  const mistake = status === 422 && body?.getElementById("remark-mistake")?.textContent;
  say(status === 200 ? "" : mistake || FAILED);
  if (status !== 200) return;
  // Whoever has typed on meanwhile keeps what he has typed.
  if (field().value.trim() === text) field().value = "";
  toast(row ? `Noted for the team on “${row.dataset.label}”.` : "Noted for the team.");
}

function say(words) {
  const place = document.getElementById("meeting-note-mistake");
  place.hidden = words === "";
  place.textContent = words;
}
