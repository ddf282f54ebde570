// Takes a table or a chart along: into Word, into a mail, into a file.
//
// A table goes as HTML that needs no style sheet, and as text with tabs; a chart as a picture in
// the colours of paper. The script is loaded when somebody asks for it the first time.

const SCALE = 3;
const SECONDS = 2500;

// `button` says in `data-copy` what it does: table, picture or file.
export async function copy(button) {
  try {
    tell(button, await WAYS[button.dataset.copy](button));
  } catch {
    tell(button, "Not possible in this browser");
  }
}

const WAYS = {
  table: (button) => {
    keep(formatted(tableAt(button)));
    return "Copied";
  },
  picture: async (button) => {
    const item = new ClipboardItem({ "image/png": picture(chartAt(button)) });
    await navigator.clipboard.write([item]);
    return "Copied";
  },
  file: async (button) => {
    const chart = chartAt(button);
    save(await picture(chart), `${fileName(title(chart) || "chart")}.png`);
    return "Saved";
  },
};

// What stands on a button as long as nothing has become of it. It is not kept on the button itself,
// which the editor makes anew with every answer.
const labels = new WeakMap();

// Says on the button what has become of it, also to those who listen, and for a while whatever the
// editor makes of the button.
function tell(button, words) {
  if (!labels.has(button)) labels.set(button, button.textContent);
  button.setAttribute("aria-live", "polite");
  button.textContent = words;
  const again = new MutationObserver(() => {
    if (button.textContent !== words) button.textContent = words;
  });
  again.observe(button, { childList: true, characterData: true, subtree: true });
  setTimeout(() => {
    again.disconnect();
    button.textContent = labels.get(button);
  }, SECONDS);
}

// --------------------------------------------------------------------------- what is meant

// The table stands right before its button.
function tableAt(button) {
  const before = button.closest(".copy").previousElementSibling;
  return before.matches("table") ? before : before.querySelector("table");
}

// Of a chart there may be one drawing for wide windows and one for narrow ones.
function chartAt(button) {
  const around = button.closest("figure, .copied-chart");
  return [...around.querySelectorAll("svg.chart")].find((each) => each.getClientRects().length);
}

function title(node) {
  const own = node.closest("table")?.caption;
  if (own) return words(own);
  const around = node.closest("figure, details.differences, article, section, .card, dialog, main");
  const heading = around?.querySelector("figcaption :is(h2, h3, h4), summary, h2, h3, h4");
  return heading ? words(heading) : "";
}

// --------------------------------------------------------------------------- tables

function formatted(table) {
  const rows = [...table.rows].filter((row) => !row.hidden).map(rowOf);
  const caption = title(table);
  return { html: asHtml(rows, caption), text: asText(rows, caption) };
}

function rowOf(row) {
  const isHead = Boolean(row.closest("thead"));
  const isTotal = row.classList.contains("total");
  return [...row.cells].map((cell) => ({
    lines: linesOf(cell),
    tag: cell.tagName.toLowerCase(),
    scope: cell.tagName === "TH" ? cell.scope || (isHead ? "col" : "row") : "",
    columns: cell.colSpan,
    rows: cell.rowSpan,
    isNumber: cell.classList.contains("numeric"),
    isBold: isHead || isTotal,
    isHead,
  }));
}

const LEFT_OUT = "svg, code.id, .hidden-text, .used-in, summary, input[type=hidden], [hidden]";
const OWN_LINE = "br, p, small, li, .small, .why, .evidence-more";
// Not one of those in the markup, which mean nothing to a reader.
const LINE_END = "\u001f";

// What a cell says, line by line; words for listeners alone count where there are no others.
function linesOf(cell) {
  const copied = cell.cloneNode(true);
  for (const each of copied.querySelectorAll("input, select, textarea")) {
    each.replaceWith(each.selectedOptions?.[0]?.label ?? each.value);
  }
  for (const each of copied.querySelectorAll(LEFT_OUT)) each.remove();
  for (const each of copied.querySelectorAll(OWN_LINE)) each.before(LINE_END);
  const lines = copied.textContent.split(LINE_END).map(tidy).filter(Boolean);
  return lines.length ? lines : [words(cell)];
}

function words(node) {
  return tidy(node.textContent);
}

// A no-break space keeps a number and its unit together, so it stays one.
function tidy(text) {
  return text.replace(/[ \t\r\n\f\u2060]+/g, " ").trim();
}

const FONT = "font-family:Calibri,Carlito,Arial,sans-serif;font-size:10.5pt;color:#18222f";
const RULE = "border:0;border-bottom:1px solid #c9d1dc";

function asHtml(rows, caption) {
  const head = caption ? `<caption style="text-align:left">${escaped(caption)}</caption>` : "";
  const heads = rows.filter((row) => row.some((cell) => cell.isHead));
  const body = rows.filter((row) => !heads.includes(row));
  const parts = [part("thead", heads), part("tbody", body)].join("");
  const style = `border-collapse:collapse;${FONT}`;
  return `<meta charset="utf-8"><table style="${style}">${head}${parts}</table>`;
}

function part(tag, rows) {
  const written = rows.map((row) => `<tr>${row.map(cellHtml).join("")}</tr>`).join("");
  return rows.length ? `<${tag}>${written}</${tag}>` : "";
}

function cellHtml(cell) {
  const style = [
    "padding:3px 8px",
    "vertical-align:top",
    `text-align:${cell.isNumber ? "right" : "left"}`,
    `font-weight:${cell.isBold ? "bold" : "normal"}`,
    RULE,
    ...(cell.isNumber && cell.lines.length === 1 ? ["white-space:nowrap"] : []),
  ].join(";");
  const scope = cell.scope ? ` scope="${cell.scope}"` : "";
  const spans = `${span("colspan", cell.columns)}${span("rowspan", cell.rows)}`;
  const content = cell.lines.map(escaped).join("<br>");
  return `<${cell.tag}${scope}${spans} dir="auto" style="${style}">${content}</${cell.tag}>`;
}

function span(name, count) {
  return count > 1 ? ` ${name}="${count}"` : "";
}

const MARKUP = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => MARKUP[sign]);
}

// Spreadsheets read a hyphen as a minus, and no other sign.
function asText(rows, caption) {
  const lines = rows.map((row) => row.flatMap(cellText).join("\t"));
  return [...(caption ? [caption] : []), ...lines].join("\n").replaceAll("\u2212", "-");
}

function cellText(cell) {
  const text = cell.lines.join("; ").replaceAll("\u00a0", " ");
  return [text, ...Array.from({ length: cell.columns - 1 }, () => "")];
}

// --------------------------------------------------------------------------- pictures

// The drawing as PNG, three times its size, on white.
async function picture(chart) {
  const { width, height } = chart.viewBox.baseVal;
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(await image(onPaper(chart)), 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no picture"))), "image/png");
  });
}

async function image(markup) {
  const made = new Image();
  made.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(markup)}`;
  await made.decode();
  return made;
}

// The drawing with the colours of the light theme, whichever is shown.
function onPaper(chart) {
  const styles = getComputedStyle(document.documentElement);
  const colour = (_, name) => {
    const value = styles.getPropertyValue(name).trim();
    return /^light-dark\(\s*([^,]+),/.exec(value)?.[1].trim() ?? value;
  };
  const markup = new XMLSerializer().serializeToString(chart);
  return markup.replace(/var\((--[a-z-]+)\)/g, colour);
}

function fileName(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60);
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// --------------------------------------------------------------------------- the clipboard

// The clipboard of the page (navigator.clipboard) would look at the styles of the table as if they
// stood in this page, whose policy forbids them, and is there with https alone.
function keep({ html, text }) {
  function fill(event) {
    event.clipboardData.setData("text/html", html);
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  }
  document.addEventListener("copy", fill, { once: true });
  const isDone = document.execCommand("copy");
  document.removeEventListener("copy", fill);
  if (!isDone) throw new Error("nothing was copied");
}
