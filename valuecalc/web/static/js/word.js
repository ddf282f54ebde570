// The tags of a case: copied with one click, and fewer of them with each letter that is typed.

const SHOWN_MILLISECONDS = 2_000;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy-words]");
  if (button) copy(button);
});

// Without the clipboard, as on a page without https, the words beside the button are selected.
async function copy(button) {
  const spoken = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(button.dataset.copyWords);
    button.dataset.done = "";
    spoken.textContent = button.ariaLabel.replace("Copy", "Copied:");
    setTimeout(() => delete button.dataset.done, SHOWN_MILLISECONDS);
  } catch {
    getSelection().selectAllChildren(button.previousElementSibling);
    spoken.textContent = "Press Ctrl+C to copy: it is selected.";
  }
}

// The template to begin with is in the language that is chosen for what is filled in.
const starter = document.querySelector("[data-in-language]");
const language = document.getElementById(starter?.dataset.inLanguage);
language?.addEventListener("change", inLanguage);
inLanguage();

function inLanguage() {
  if (!language) return;
  const address = new URL(starter.href);
  address.searchParams.set("language", language.value);
  starter.href = address;
}

const field = document.querySelector("[data-filter]");
const told = document.getElementById("tag-count");
const everything = told?.textContent;
field?.addEventListener("input", () => filter(field));

function filter({ value, dataset }) {
  const words = value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...document.querySelectorAll(dataset.filter)];
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
  }
  for (const group of document.querySelectorAll("[data-group]")) {
    group.hidden = !group.querySelector(`${dataset.filter}:not([hidden])`);
    document.querySelector(`.contents a[href="#${group.id}"]`).hidden = group.hidden;
  }
  const count = rows.filter((row) => !row.hidden).length;
  document.getElementById("nothing").hidden = count > 0;
  const matches = count === 1 ? "1 match" : `${count.toLocaleString("en-GB")} matches`;
  told.textContent = words.length ? matches : everything;
}
