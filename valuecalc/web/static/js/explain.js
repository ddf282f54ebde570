// Opens the explanation of a number beside the page that it stands on.
//
// Each number is an ordinary link, or the button of a form, to a page of its own. Here that page
// is fetched, and its explanation is shown in a dialog. The browser itself turns the answer into
// a document (`responseType`), so no script writes markup, and scripts in it would not run.

const dialog = document.getElementById("explain");
const content = dialog.querySelector("[data-explain-content]");
const backButton = dialog.querySelector("[data-explain-back]");
const earlier = [];

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-explain]");
  if (link && isPlainClick(event)) {
    event.preventDefault();
    open(link);
  }
});
dialog.querySelector("[data-explain-close]").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close(); // the backdrop
});
dialog.addEventListener("close", () => earlier.splice(0));
backButton.addEventListener("click", back);

// A click that asks for a new tab or window keeps its meaning.
function isPlainClick(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

async function open(link) {
  // Asked for first: a button that is taken out of the page no longer knows its form.
  const loading = load(link);
  if (dialog.open) earlier.push([...content.childNodes]);
  else dialog.showModal();
  show(sentence("Working it out …"));
  dialog.setAttribute("aria-busy", "true");
  try {
    const page = await loading;
    show(document.importNode(page.getElementById("explanation"), true));
  } catch {
    show(sentence("The explanation could not be loaded. Try again."));
  }
  dialog.setAttribute("aria-busy", "false");
}

function back() {
  show(...earlier.pop());
}

function show(...nodes) {
  content.replaceChildren(...nodes);
  backButton.hidden = earlier.length === 0;
  dialog.scrollTop = 0;
  if (!dialog.contains(document.activeElement)) dialog.focus();
}

function load(link) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(link.form ? "POST" : "GET", link.form ? link.formAction : link.href);
    request.responseType = "document";
    request.onerror = reject;
    request.onload = () => (request.status === 200 ? resolve(request.response) : reject());
    request.send(link.form ? new FormData(link.form) : null);
  });
}

function sentence(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}
