// The buttons that add, move, copy and remove rows, and those that take steps back.

import { addRow, duplicateRow, listOf, moveRow, placeOf, removeRow, rowOf } from "./document.js";
import { fieldsIn, rowName } from "./fields.js";
import { rowAround, rowsOf } from "./rows.js";
import { speak, toast } from "./toast.js";
import { redo, undo } from "./undo.js";

export function start() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.(".row-button");
    if (opener) openMenu(opener, event);
    const button = event.target.closest?.("[data-add], [data-act]");
    if (button?.dataset.add) add(button);
    else if (button) ACTIONS[button.dataset.act]?.(button);
  });
}

const ACTIONS = {
  up: () => move(rowOfMenu, -1),
  down: () => move(rowOfMenu, 1),
  duplicate: () => enter(duplicateRow(rowOfMenu)),
  delete: () => remove(rowOfMenu),
  undo,
  redo,
};

// One menu serves all rows.
let rowOfMenu = null;

function openMenu(opener, event) {
  const menu = document.getElementById("row-menu");
  const isElsewhere = menu.matches(":popover-open") && rowOf(opener) !== rowOfMenu;
  rowOfMenu = rowOf(opener);
  if (!isElsewhere) return; // the button is the switch of the menu
  event.preventDefault();
  menu.hidePopover();
  menu.showPopover({ source: opener });
}

// A list inside a row is named with the list around it: `alternatives.benefits`.
function add(button) {
  const around = rowOf(button);
  const list = around ? button.dataset.add.split(".").at(-1) : button.dataset.add;
  const values = JSON.parse(button.dataset.values ?? "{}");
  enter(addRow(list, { place: around ? placeOf(around) : "", values }));
}

function enter(row) {
  const first = fieldsIn(row).find((field) => field.dataset.field !== "id");
  row.scrollIntoView({ block: "nearest" });
  first?.focus();
}

function move(row, by) {
  if (!moveRow(row, by)) return speak(by < 0 ? "It is the first." : "It is the last.");
  const siblings = rowsOf(listOf(row));
  row.scrollIntoView({ block: "nearest" });
  speak(`${rowName(row) || "Row"} is now ${siblings.indexOf(row) + 1} of ${siblings.length}.`);
}

export function remove(row) {
  const siblings = rowsOf(listOf(row));
  const at = siblings.indexOf(row);
  const next = siblings[at + 1] ?? siblings[at - 1] ?? rowAround(listOf(row));
  const name = rowName(row);
  removeRow(row);
  if (next) fieldsIn(next)[0]?.focus({ preventScroll: true });
  toast(name ? `“${name}” is deleted.` : "The row is deleted.", {
    action: { label: "Undo", run: undo },
  });
}
