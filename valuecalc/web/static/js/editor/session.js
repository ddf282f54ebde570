// The session has ended while somebody was typing: nothing is lost, and he can go on.
//
// Everything that asks the server stops until he is back; the event "back" says when.

import { button, dialog, paragraph } from "./dialogs.js";
import { send, takeToken } from "./request.js";

const LOOK_AGAIN = 15_000;
const SIGN_IN = "/sign-in?next=/account";

export const events = new EventTarget();

let isGone = false;
let isLooking = false;
let box = null;
let waiting;
let cameBack = 0;

export function isOver() {
  return isGone;
}

export function start() {
  window.addEventListener("focus", look);
  window.addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
}

// For whoever was refused. It may only be that this page has an old secret, because its reader
// has signed in again in another window: then nobody has to know.
export function over() {
  if (isGone) return;
  isGone = true;
  const isJustBack = performance.now() - cameBack < LOOK_AGAIN;
  waiting = setTimeout(look, isJustBack && cameBack ? LOOK_AGAIN : 0);
}

async function look() {
  if (!isGone || isLooking) return;
  isLooking = true;
  clearTimeout(waiting);
  const { status, body } = await send("GET", location.pathname, { wants: "document" });
  isLooking = false;
  const account = status === 200 ? body?.getElementById("editor")?.dataset.account : undefined;
  if (account === ownAccount()) return goOn(body);
  ask(account === undefined ? SIGNED_OUT : SOMEBODY_ELSE);
  waiting = setTimeout(look, LOOK_AGAIN);
}

function ownAccount() {
  return document.getElementById("editor").dataset.account;
}

function goOn(page) {
  takeToken(page);
  isGone = false;
  cameBack = performance.now();
  box?.close();
  box = null;
  events.dispatchEvent(new Event("back"));
}

const SIGNED_OUT =
  "What you typed is kept here. Sign in in a new tab, then come back: it is saved by itself.";
const SOMEBODY_ELSE =
  "Somebody else is signed in in this browser now. What you typed is kept here. Sign in again " +
  "with your own account, then come back.";

function ask(words) {
  if (box) {
    box.querySelector("p").textContent = words;
    if (!box.open) box.showModal();
    return;
  }
  const link = document.createElement("a");
  link.className = "button primary";
  link.href = document.getElementById("editor").dataset.signInUrl ?? SIGN_IN;
  link.target = "_blank";
  link.textContent = "Sign in";
  box = dialog("You have been signed out", paragraph(words));
  box.addActions(link, button("I have signed in", "button", look));
}
