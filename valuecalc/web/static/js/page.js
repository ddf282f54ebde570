// Comforts that every page has; each page works without them.

import { followPointer } from "./tips.js";
import { switchThemeInPlace } from "./theme.js";

switchThemeInPlace();
followPointer();

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
