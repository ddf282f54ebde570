// Asks what is to stay where two people changed the same place differently.

import { button, dialog, paragraph } from "./dialogs.js";

// Resolves to `{mine, theirs}`, lists of places; null when somebody wants to decide later.
export function choose(by, conflicts) {
  return new Promise((resolve) => {
    const choices = document.createElement("form");
    choices.className = "conflicts";
    choices.append(...conflicts.map((each, at) => question(each, at, by)));
    const box = dialog(title(conflicts), paragraph(words(by)), choices);
    let chosen = null;
    const decide = () => {
      chosen = decided(choices, conflicts);
      box.close();
    };
    box.addActions(
      button("Save", "button primary", decide),
      button("Decide later", "button", () => box.close()),
    );
    choices.addEventListener("submit", (event) => {
      event.preventDefault();
      decide();
    });
    box.addEventListener("close", () => resolve(chosen));
  });
}

function title(conflicts) {
  return conflicts.length === 1
    ? "The same place was changed twice"
    : `The same ${conflicts.length} places were changed twice`;
}

function words(by) {
  return `${by} has saved other values in the meantime. Choose what is to stay.`;
}

function question(conflict, at, by) {
  const box = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = [conflict.label, conflict.field].filter(Boolean).join(", ");
  box.append(
    legend,
    choice(at, "mine", "Yours", conflict.mine, true),
    choice(at, "theirs", by, conflict.theirs, false),
    before(conflict.base),
  );
  return box;
}

function choice(at, value, whose, text, isChosen) {
  const label = document.createElement("label");
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = `conflict-${at}`;
  radio.value = value;
  radio.checked = isChosen;
  const who = document.createElement("span");
  who.textContent = `${whose}: `;
  const shown = document.createElement("b");
  shown.dir = "auto";
  shown.textContent = text || "nothing";
  label.append(radio, who, shown);
  return label;
}

function before(text) {
  const made = paragraph(`Before: ${text || "nothing"}`);
  made.className = "muted";
  return made;
}

function decided(choices, conflicts) {
  const chosen = new FormData(choices);
  const placesOf = (side) =>
    conflicts.filter((_, at) => chosen.get(`conflict-${at}`) === side).map((each) => each.place);
  return { mine: placesOf("mine"), theirs: placesOf("theirs") };
}
