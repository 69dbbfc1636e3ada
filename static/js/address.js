/* The address names the environment, so that a copied link shows what its sender saw. */
"use strict";
(() => {
  const name = document.documentElement.dataset.environment;
  if (!name) return;
  const complete = () => {
    if (new URLSearchParams(location.search).has("environment")) return;
    // Added as text: parsing and writing the rest again would change cursors that others compare.
    const query = `${location.search}${location.search ? "&" : "?"}environment=${encodeURIComponent(name)}`;
    history.replaceState(history.state, "", `${location.pathname}${query}${location.hash}`);
  };
  complete();
  document.addEventListener("htmx:pushedIntoHistory", complete);
  document.addEventListener("htmx:replacedInHistory", complete);
})();
