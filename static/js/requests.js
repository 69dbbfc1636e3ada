/* What happens around htmx requests: failures are said, hidden tabs wait, the focus is kept. */
"use strict";
(() => {
  /* htmx swaps nothing in when a request fails, so the page stays as it was. */
  const failed = () => document.dispatchEvent(new CustomEvent("say", { detail: { text: "The server did not answer. Try again.", seconds: 10 } }));
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, failed);

  /* In a hidden tab an element with data-when-visible asks once, when the tab is looked at again. */
  const waiting = new Map();
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, issueRequest } = event.detail;
    if (!document.hidden || !elt.closest("[data-when-visible]")) return;
    event.preventDefault();
    waiting.set(elt, issueRequest);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    const late = [...waiting];
    waiting.clear();
    for (const [elt, issueRequest] of late) if (elt.isConnected) issueRequest(true);
  });

  /* Somebody chose another range: what was on its way for the old one must not take the choice away. */
  document.addEventListener("change", ({ target }) => target.closest("#panel")?.setAttribute("data-chosen", ""));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.requestConfig.elt === detail.target && detail.target.hasAttribute("data-chosen")) detail.shouldSwap = false;
  });

  /* htmx gives the focus back to an element with the same id. For others: the same link, else the row that took its place. */
  const STOPS = ".rows tbody th a, .events > li > details > summary";
  const stops = () => [...document.querySelectorAll(STOPS)].filter((stop) => stop.checkVisibility());
  let lost = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const focused = document.activeElement;
    if (!focused?.closest("main")) { lost = null; return; }
    const before = stops().filter((stop) => stop.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING);
    lost = { focused, place: before.length, href: focused.getAttribute("href") };
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!lost || lost.focused.isConnected) return;
    const { place, href } = lost;
    lost = null;
    if (document.activeElement !== document.body) return;
    const rows = stops();
    const same = href && document.querySelector(`main a[href="${CSS.escape(href)}"]`);
    (same || rows[Math.min(place, rows.length - 1)])?.focus({ preventScroll: true });
  });
})();
