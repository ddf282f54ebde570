// Numbers that were worked out, such as $3.2157351882945546, are shown with as many digits as one
// can use. The document keeps them whole. Which text is shown for which is Python's to say.

const shown = new Map();

export function start() {
  const found = document.getElementById("short-numbers");
  if (found) learn(JSON.parse(found.textContent));
}

export function learn(texts = {}) {
  for (const [whole, short] of Object.entries(texts)) shown.set(whole, short);
}

export function shortOf(whole) {
  return shown.get(whole) ?? whole;
}
