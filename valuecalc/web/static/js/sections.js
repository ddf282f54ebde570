// Marks in the list of sections the one that is being read.

const links = new Map();
for (const link of document.querySelectorAll("[data-sections] a")) {
  const section = document.querySelector(link.hash);
  if (section) links.set(section, link);
}

const visible = new Set();
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) visible.add(target);
      else visible.delete(target);
    }
    mark([...links.keys()].find((section) => visible.has(section)));
  },
  { rootMargin: "-120px 0px -55% 0px" },
);
links.forEach((_, section) => watcher.observe(section));

function mark(current) {
  if (!current) return;
  for (const [section, link] of links) {
    if (section === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
