// Switches the theme without loading the page again; the server keeps the choice in a cookie.

export function switchThemeInPlace() {
  for (const form of document.querySelectorAll("[data-theme-form]")) {
    form.addEventListener("submit", (event) => {
      if (!event.submitter) return;
      event.preventDefault();
      const choice = event.submitter.value;
      keep(form, choice);
      show(choice);
      focusWhatIsShown(event.submitter);
    });
  }
}

function keep(form, choice) {
  const body = new URLSearchParams({ theme: choice });
  fetch(form.action, { method: "POST", body, redirect: "manual" });
}

function show(choice) {
  const root = document.documentElement;
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  for (const button of document.querySelectorAll(".theme-choice button")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
}

// The switch in the bar gives way to its opposite, which then has to take the focus.
function focusWhatIsShown(button) {
  const shown = [button, ...button.form.querySelectorAll("button")];
  shown.find((each) => each.offsetParent !== null)?.focus();
}
