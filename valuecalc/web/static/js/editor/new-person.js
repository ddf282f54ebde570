// A person who is missing among the owners, without leaving the plan.

import { addRow } from "./document.js";
import { button, dialog } from "./dialogs.js";
import { toast } from "./toast.js";

export function open() {
  const fields = document.getElementById("new-person").content.cloneNode(true);
  const box = dialog("Add a person", fields);
  const name = box.querySelector("[name=name]");
  const add = () => {
    if (!name.value.trim()) return name.focus();
    const values = {};
    for (const field of box.querySelectorAll("[name]")) {
      if (field.value.trim()) values[field.name] = field.value.trim();
    }
    addRow("people", { values });
    box.close();
    toast(`“${values.name}” can be chosen as an owner.`);
  };
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    add();
  });
  box.addActions(
    button("Add", "button primary", add),
    button("Cancel", "button", () => box.close()),
  );
  name.focus();
}
