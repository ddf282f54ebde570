// Comforts that every page has; each page works without them.

import { followPointer } from "./tips.js";
import { switchThemeInPlace } from "./theme.js";

switchThemeInPlace();
followPointer();

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copy]");
  if (button) (await import("./copying.js")).copy(button);
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
