// The customer's numbers beside ours: accepted and declined one by one.
//
// What was typed is kept first. Then the server decides and sends the newest document, in which
// an accepted number stands with the customer's evidence.

import { placeOf, rowOf, valueAt } from "./document.js";
import { send } from "./request.js";
import { flush, take, version } from "./save.js";
import { styled } from "./styles.js";
import { speak, toast } from "./toast.js";

let isBusy = false;

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-decide]");
    if (button) decide(button);
    if (event.target.closest('[data-act="waiting"]')) goToFirst();
  });
  // The numbers come and go with the answers of the server.
  const watcher = new MutationObserver(showCount);
  for (const part of document.querySelectorAll('[data-list="assumptions"]')) {
    watcher.observe(part, { childList: true, subtree: true });
  }
  showCount();
  return Promise.all([styled("share.css"), styled("editor-dialogs.css")]);
}

async function decide(button) {
  const entry = button.closest("[data-proposed]");
  const row = rowOf(button);
  const decision = button.dataset.decide;
  const name = valueAt(`${placeOf(row)}.label`) ?? row.dataset.row;
  const reason = decision === "decline" ? await askWhy(name) : "";
  if (reason === null || isBusy) return;
  isBusy = true;
  await post(entry, { assumption: row.dataset.row, decision, reason }, name);
  isBusy = false;
}

async function post(entry, wanted, name) {
  if ((await flush()) === false) {
    return toast("Nothing is decided: your last changes could not be saved yet.");
  }
  const form = document.getElementById("editor");
  const body = { ...wanted, proposal: entry.dataset.proposed, base: version() };
  const answer = await send("POST", form.dataset.decideUrl, { json: JSON.stringify(body) });
  if (answer.status === 200) return decided(entry, wanted, answer.body, name);
  if (answer.status === 409 && wanted.decision === "accept" && !wanted.replace) {
    const isSure = await askToReplace(answer.body.detail ?? answer.body.title);
    return isSure ? post(entry, { ...wanted, replace: true }, name) : undefined;
  }
  toast(wordsFor(answer));
}

function decided(entry, { decision }, state, name) {
  entry.remove();
  take(state);
  const words = decision === "accept" ? "accepted" : "declined";
  // A range that did not hold the number has become wider, which nobody asked for.
  toast(`The customer’s number for “${name}” is ${words}. ${state.widened ?? ""}`.trim());
  speak(`Number ${words}`);
  showCount();
}

function wordsFor({ status, body }) {
  if (status === 0) return "Nothing is decided: there is no connection.";
  if (status === 401) return "Nothing is decided: you are signed out.";
  return `Nothing is decided. ${body?.detail ?? body?.title ?? ""}`.trim();
}

// --------------------------------------------------------------------------- what is asked

function askWhy(name) {
  return ask(`Decline the number for “${name}”?`, "", "Decline", true);
}

async function askToReplace(words) {
  return (await ask("Replace our number?", words, "Replace ours", false)) !== null;
}

// The reason, which may be empty; or null for “not now”.
function ask(title, words, yes, wantsReason) {
  const dialog = document.getElementById("decide");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("[data-decide-words]").textContent = words;
  dialog.querySelector("[data-decide-yes]").textContent = yes;
  dialog.querySelector("[data-decide-why]").hidden = !wantsReason;
  const field = dialog.querySelector("input");
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  (wantsReason ? field : dialog.querySelector("[data-decide-yes]")).focus();
  return new Promise((resolve) => {
    const answer = () => resolve(dialog.returnValue === "yes" ? field.value : null);
    dialog.addEventListener("close", answer, { once: true });
  });
}

// --------------------------------------------------------------------------- how many wait

function showCount() {
  const badge = document.getElementById("waiting");
  if (!badge) return;
  const count = document.querySelectorAll("[data-proposed]").length;
  badge.hidden = count === 0;
  const words = `${count} to decide`;
  if (badge.textContent !== words) badge.textContent = words;
}

function goToFirst() {
  const first = document.querySelector("[data-proposed] button");
  first?.scrollIntoView({ block: "center" });
  first?.focus({ preventScroll: true });
}
