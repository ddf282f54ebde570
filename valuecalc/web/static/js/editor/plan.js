// The section of the plan. Its fields come from the server without what stands in them, when
// somebody gets near; from then on they are fields of the document like all others.

import { events, refill, setValue, valueAt } from "./document.js";
import { once } from "./later.js";
import { refresh } from "./options.js";
import { send } from "./request.js";
import { rowOf } from "./rows.js";
import { styled } from "./styles.js";
import { toast } from "./toast.js";

const WEEKDAYS = "plan.calendar.weekdays";
const WORKING_WEEK = ["mon", "tue", "wed", "thu", "fri"];

export async function start() {
  const section = document.getElementById("plan");
  const sheets = ["plan.css", "editor-plan.css"].map(styled);
  const url = document.getElementById("editor").dataset.liveUrl.replace(/live$/, "plan");
  const { status, body } = await send("GET", url, { wants: "document" });
  const content = status === 200 ? body?.getElementById("plan-content") : null;
  if (!content) throw new Error("The plan could not be loaded.");
  await Promise.all(sheets);
  section.append(...document.importNode(content, true).children);
  refill();
  refresh("structure");
  followWeekdays(section.querySelector("[data-weekdays]"));
  section.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-slip]");
    if (button) ask(rowOf(button));
    if (target.closest("[data-take-plan]")) opened(takePlan());
    if (target.closest("[data-new-person]")) opened(import("./new-person.js"));
  });
}

const takePlan = once(() => import("./take-plan.js"));

async function ask(row) {
  const slip = await import("./slip.js");
  slip.open(row);
}

async function opened(script) {
  try {
    await (await script).open();
  } catch {
    toast("There is no connection. Try again.");
  }
}

// --------------------------------------------------------------------------- days of the week

// Seven boxes show one list; nothing at all means Monday to Friday.
function followWeekdays(group) {
  const boxes = [...group.querySelectorAll("[type=checkbox]")];
  const show = () => {
    const worked = daysIn(valueAt(WEEKDAYS));
    for (const box of boxes) box.checked = worked.includes(box.value);
  };
  group.addEventListener("change", () => {
    const days = boxes.filter((box) => box.checked).map((box) => box.value);
    setValue(WEEKDAYS, days.join() === WORKING_WEEK.join() ? "" : days.join("; "));
  });
  events.addEventListener("change", show);
  show();
}

function daysIn(value) {
  const text = Array.isArray(value) ? value.join() : (value ?? "");
  const days = text.split(/[\s,;]+/).filter(Boolean);
  return days.length ? days : WORKING_WEEK;
}
