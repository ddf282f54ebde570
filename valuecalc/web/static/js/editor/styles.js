// Style sheets that only what is opened later needs.

const asked = new Map();

// Resolves when a sheet is there; also when it cannot be had, since all can be used without.
export function styled(name) {
  if (!asked.has(name)) asked.set(name, new Promise((resolve) => add(name, resolve)));
  return asked.get(name);
}

function add(name, resolve) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.addEventListener("load", resolve);
  link.addEventListener("error", resolve);
  link.href = new URL(`../../css/${name}`, import.meta.url).href;
  document.head.append(link);
}
