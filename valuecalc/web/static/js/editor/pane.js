// A dialog at the side whose content is a page of the server, and whose forms are sent from it.
//
// The pages hold one element `<div id="NAME-content">`. Forms in it that are sent by `post` are
// answered by such a page again, so that everything is rendered on the server.

import { send } from "./request.js";
import { styled } from "./styles.js";

const FAILED = "This could not be loaded. Check the connection, and that you are signed in.";

// `shown(content, {sent})` is called whenever new content stands in the dialog.
export function pane(name, { shown = () => {} } = {}) {
  const dialog = document.getElementById(name);
  const place = dialog.querySelector("[data-pane]");

  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop
  });
  dialog.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    event.preventDefault();
    const form = new FormData(event.target, event.submitter);
    load("POST", event.target.action, form);
  });

  async function load(method, url, form) {
    if (dialog.ariaBusy === "true") return;
    dialog.ariaBusy = "true";
    const sheet = styled("share.css");
    const { status, body } = await send(method, url, { form, wants: "document" });
    await sheet;
    dialog.ariaBusy = "false";
    const content = [200, 422].includes(status) ? body?.getElementById(`${name}-content`) : null;
    if (!content) return fail(method);
    place.replaceChildren(document.importNode(content, true));
    dialog.scrollTop = 0;
    focusFirst(status);
    shown(place.firstElementChild, { sent: method === "POST" && status === 200 });
  }

  // What was typed must not get lost when it could not be sent.
  function fail(method) {
    const words = document.createElement("p");
    words.className = "notice error";
    words.setAttribute("role", "alert");
    words.textContent = FAILED;
    if (method === "POST") place.prepend(words);
    else place.replaceChildren(words);
  }

  function focusFirst(status) {
    const wanted = status === 422 ? "[aria-invalid], [autofocus]" : "[data-focus]";
    const target = place.querySelector(wanted);
    if (target) target.focus();
    else if (!dialog.contains(document.activeElement)) dialog.focus();
  }

  return {
    dialog,
    open(url = dialog.dataset.url) {
      place.replaceChildren();
      dialog.showModal();
      return load("GET", url);
    },
  };
}
