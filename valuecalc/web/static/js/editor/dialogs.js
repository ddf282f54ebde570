// Dialogs and their parts, as elements: no script writes markup.

// A dialog that is open already, and goes away when it is closed.
export function dialog(title, ...content) {
  const box = document.createElement("dialog");
  const heading = document.createElement("h2");
  const actions = document.createElement("div");
  box.className = "editor-dialog";
  heading.textContent = title;
  heading.id = `dialog-${(numbers += 1)}`;
  actions.className = "dialog-actions";
  box.setAttribute("aria-labelledby", heading.id);
  box.append(heading, ...content, actions);
  box.addActions = (...elements) => actions.append(...elements);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

let numbers = 0;

export function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

export function button(label, className, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = label;
  made.addEventListener("click", run);
  return made;
}

// Words that stay above the form, with buttons.
export function banner(text, ...actions) {
  removeBanner();
  const box = document.createElement("div");
  box.id = "editor-banner";
  box.className = "notice error";
  box.setAttribute("role", "alert");
  box.append(paragraph(text), ...actions);
  document.getElementById("main").prepend(box);
}

export function removeBanner() {
  document.getElementById("editor-banner")?.remove();
}

export function downloadLink(label, fileName, data) {
  const link = document.createElement("a");
  link.className = "button";
  link.download = fileName;
  link.href = URL.createObjectURL(new Blob([data], { type: "application/json" }));
  link.textContent = label;
  return link;
}
