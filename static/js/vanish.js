/* What is shown in clear leaves the page when its reader does: no copy of the page brings it back. */
"use strict";
(() => {
  const part = document.querySelector("[data-vanish]");
  setTimeout(() => location.replace(part.dataset.vanish), part.dataset.seconds * 1000);
  addEventListener("pagehide", () => part.replaceChildren());
  addEventListener("pageshow", ({ persisted }) => { if (persisted) location.replace(part.dataset.vanish); });
})();
