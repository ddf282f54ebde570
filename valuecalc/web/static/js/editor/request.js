// Requests to our own server. The browser itself makes documents of pages (`responseType`), so
// no script writes markup.

import { learn } from "./short-numbers.js";

const LONGEST_WAIT = 30_000;

// Never rejects. `status` is 0 when there was no answer at all.
export function send(method, url, { json, form, wants = "json" } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = wants;
    request.timeout = LONGEST_WAIT;
    request.setRequestHeader("X-CSRFToken", token());
    request.onloadend = () => resolve(answerOf(request));
    if (json === undefined) return request.send(form);
    request.setRequestHeader("Content-Type", "application/json");
    request.send(json);
  });
}

function answerOf(request) {
  learn(request.response?.shorts);
  return {
    status: request.status,
    body: request.response,
    url: request.responseURL,
    secondsToWait: Number(request.getResponseHeader("Retry-After")) || 0,
  };
}

function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

export function takeToken(page) {
  const newest = page.querySelector('meta[name="csrf-token"]')?.content;
  const here = document.querySelector('meta[name="csrf-token"]');
  if (newest && here) here.content = newest;
}

// Waits longer after each failure; some of it is chance, so that a server that comes back is not
// asked by everybody at once.
export function pause(failures, secondsToWait = 0) {
  const seconds = Math.min(30, 2 ** Math.max(1, failures));
  return Math.max(secondsToWait, seconds * (0.8 + 0.4 * Math.random())) * 1000;
}
