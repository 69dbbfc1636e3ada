/* New calls wait while somebody reads the table, so that no row moves away under the pointer or the eye. */
"use strict";
(() => {
  const reading = (table) => {
    const selection = getSelection();
    const selects = selection && !selection.isCollapsed && table.contains(selection.anchorNode);
    const scrolled = table.getBoundingClientRect().top < 0;
    return table.matches(":hover") || table.contains(document.activeElement) || selects || scrolled;
  };
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt.id !== "live") return;
    const table = document.querySelector(".rows.calls");
    if (table && reading(table)) detail.parameters.hold = "on";
  });
})();
