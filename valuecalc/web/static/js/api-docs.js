// Draws the description of the API.

const root = document.documentElement;
const place = document.getElementById("swagger");
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");

// Swagger UI has a class of its own for its dark colours.
function followTheme() {
  const theme = root.dataset.theme ?? (systemIsDark.matches ? "dark" : "light");
  root.classList.toggle("dark-mode", theme === "dark");
}

followTheme();
systemIsDark.addEventListener("change", followTheme);
new MutationObserver(followTheme).observe(root, { attributeFilter: ["data-theme"] });

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  // The page says itself what the description begins with.
  plugins: [{ wrapComponents: { info: () => () => null } }],
});
