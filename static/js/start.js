// Starts the design system's components; every page also works without them.
const { initAll } = await import(
  document.querySelector("script[data-frontend]").dataset.frontend
);
initAll();
