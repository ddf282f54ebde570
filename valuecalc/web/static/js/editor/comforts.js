// What the editor can do besides, and on what occasions that is needed for the first time.

import { events, model } from "./document.js";
import { fieldOf } from "./fields.js";
import { once, whenNeeded } from "./later.js";
import { answers, late } from "./live.js";
import { rowAround } from "./rows.js";
import { toast } from "./toast.js";

export function start() {
  onDemand();
  asSoonAsItIsThere();
  withTheFirstChange();
  withTheFirstNumber();
  withTheFirstFormula();
  withTheFirstPaste();
  whenNearThePlan();
  document.addEventListener("focusin", fetchWhatMayBeNeeded);
}

// Without a connection it is tried again on the next occasion.
function ignore() {
  return null;
}

// --------------------------------------------------------------------------- on demand

function onDemand() {
  const explain = whenNeeded(() => styled(import("../explain.js"), "explanation"), {
    click: "[data-explain]",
  });
  // Whoever points at a number is about to ask where it comes from.
  document.addEventListener("pointerover", function point({ target }) {
    if (!target.closest?.("[data-explain]")) return;
    document.removeEventListener("pointerover", point);
    explain().catch(ignore);
  });
  whenNeeded(() => import("./downloads.js"), { click: "#downloads a, #downloads button" });
  whenNeeded(() => styled(import("./share.js"), "editor-dialogs"), {
    click: '[data-act="share"]',
  });
  whenNeeded(() => styled(import("./rename.js"), "editor-typing"), {
    change: '[data-row] [data-field="id"]',
  });
  whenNeeded(() => styled(import("./help.js"), "editor-typing"), {
    click: '[data-help], [data-act="help"]',
    keydown: isForHelp,
  });
  whenNeeded(() => styled(import("./find.js"), "editor-typing"), {
    input: "[data-find]",
    click: "[data-filter]",
  });
}

// A script, as soon as the sheet is there as well that its parts of the page need.
async function styled(script, sheet) {
  const styles = await import("./styles.js");
  await styles.styled(`${sheet}.css`);
  return script;
}

function isForHelp(event) {
  const isSlash = event.key === "/" || event.code === "Slash";
  return event.key === "F1" || ((event.ctrlKey || event.metaKey) && isSlash);
}

// --------------------------------------------------------------------------- where there is some

function asSoonAsItIsThere() {
  const remarks = whenNeeded(() => styled(import("./remarks.js"), "editor-dialogs"), {
    click: '[data-act="remarks"]',
  });
  if (document.getElementById("remark-counts")?.textContent.length > "{}".length) {
    remarks().catch(ignore);
  }
  const guide = whenNeeded(() => import("./guide.js"), { click: '[data-act="guide"]' });
  if (isGuided()) guide().catch(ignore);
  const proposals = whenNeeded(() => import("./proposals.js"), {
    click: '[data-decide], [data-act="waiting"]',
  });
  const look = () => document.querySelector("[data-proposed]") && proposals().catch(ignore);
  answers.addEventListener("answer", look);
  look();
}

// The tour keeps in the browser how far somebody has come: see guide.js.
function isGuided() {
  if (/(^|[?&])guide=1(&|$)/.test(location.search)) return true;
  const { account = "" } = document.getElementById("editor").dataset;
  try {
    const kept = localStorage.getItem(`valuecalc-guide:${account}`);
    return kept !== null && !kept.includes('"shown":"closed"');
  } catch {
    return false;
  }
}

// --------------------------------------------------------------------------- with the first change

// Choices and cells that follow the document; until it changes, the page has those of the server.
function withTheFirstChange() {
  const options = once(() => import("./options.js"));
  const overrides = whenNeeded(() => import("./overrides.js"), { change: "[data-pick]" });
  const follow = async () => {
    const loaded = await Promise.allSettled([options(), overrides()]);
    // Without a connection: the next change tries again.
    if (loaded.every(({ status }) => status === "fulfilled")) {
      events.removeEventListener("change", follow);
    }
  };
  events.addEventListener("change", follow);
}

// --------------------------------------------------------------------------- numbers

// Somebody may have changed a number by the time that the script is there, so it is given the
// document as it was before.
function withTheFirstNumber() {
  let before = model();
  const follow = ({ detail }) => detail.kind === "replaced" && (before = model());
  const unproven = once(() => import("./unproven.js"));
  events.addEventListener("change", follow);
  document.addEventListener("focusin", async function enter(event) {
    if (!event.target.matches?.("[data-number]")) return;
    const script = await unproven().catch(ignore);
    if (!script) return;
    document.removeEventListener("focusin", enter);
    events.removeEventListener("change", follow);
    script.begin(before);
  });
}

// --------------------------------------------------------------------------- the plan

// Its fields come when somebody gets near them, or has to mend something there.
function whenNearThePlan() {
  const plan = once(() => import("./plan.js"));
  const bring = () => plan().catch(ignore);
  new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && bring(), {
    rootMargin: "500px",
  }).observe(document.getElementById("plan"));
  answers.addEventListener("answer", ({ detail }) => detail.sections.plan && bring());
  late.push(bring);
}

// --------------------------------------------------------------------------- formulas

let formula = null;

function withTheFirstFormula() {
  let hasTyped = false;
  formula = once(() => {
    styled(null, "editor-typing").catch(ignore); // which nobody has to wait for
    return import("./formula.js");
  });
  const isIn = (event) => event.target.matches?.("[data-formula]");
  document.addEventListener("input", (event) => (hasTyped = isIn(event)));
  document.addEventListener("focusin", async function enter(event) {
    if (!isIn(event)) return;
    const script = await formula().catch(ignore);
    if (!script) return;
    document.removeEventListener("focusin", enter);
    script.resume(hasTyped);
  });
}

// --------------------------------------------------------------------------- paste

const MAY_BE_CELLS = /[\t\n\r"\u0000-\u001f\ufffd]|^.{100000}/;

// The text of a paste can only be read while it happens, so it is read here.
function withTheFirstPaste() {
  const load = once(() => import("./paste.js"));
  window.addEventListener("paste", hold, { capture: true });

  async function hold(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const { target } = event;
    if (!mayBeCells(target, text)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const paste = await load().catch(ignore);
    if (!paste) return toast("Nothing was pasted: there is no connection. Try again.");
    window.removeEventListener("paste", hold, { capture: true });
    if (!paste.take(target, text) && target.setRangeText) paste.insert(target, text);
  }
}

function mayBeCells(target, text) {
  const field = fieldOf(target);
  if (field && !rowAround(field)) return false;
  const isOther = !field && target.matches?.("input, textarea, select");
  return Boolean(target.closest?.("#editor")) && !isOther && (!field || MAY_BE_CELLS.test(text));
}

// --------------------------------------------------------------------------- somebody begins

// Whoever goes into a field is about to write, and may lose the connection while he does.
function fetchWhatMayBeNeeded(event) {
  if (!fieldOf(event.target)) return;
  document.removeEventListener("focusin", fetchWhatMayBeNeeded);
  const fetched = [
    formula(),
    import("./options.js"),
    import("./overrides.js"),
    import("./paste.js"),
    import("./rename.js"),
  ];
  Promise.allSettled(fetched);
}
