/* Single keys for people who live in the lists. Each does what a link or field on the page does. */
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const OFF = "keys-off";

  // A row is a call, a group or an event; its link or its summary takes the focus.
  const stops = () => [...document.querySelectorAll(".rows tbody th a, .events > li > details > summary")].filter((stop) => stop.checkVisibility());
  const errors = () => stops().filter((stop) => $("[data-level=error], [data-level=fatal]", stop.closest("summary, tr")));

  const move = (list, step) => {
    if (!list.length) return;
    const here = document.activeElement;
    let at = list.indexOf(here);
    if (at < 0) {
      const after = list.findIndex((stop) => here.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING);
      at = (after < 0 ? list.length : after) - (step > 0 ? 1 : 0);
    }
    const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const copyId = () => {
    const row = document.activeElement.closest("[data-id]");
    const text = row?.dataset.id ?? $("#cid")?.textContent;
    if (text) document.dispatchEvent(new CustomEvent("copy-text", { detail: text }));
  };

  const keys = {
    "/": () => $("main input[type=search]")?.focus(),
    j: () => move(stops(), 1),
    k: () => move(stops(), -1),
    n: () => move(errors(), 1),
    p: () => move(errors(), -1),
    c: copyId,
    "[": () => $(".pages a[rel=prev]")?.click(),
    "]": () => $(".pages a[rel=next]")?.click(),
    u: () => $(".back a")?.click(),
    "?": () => $("#keys")?.showModal(),
  };

  // Where AltGr makes a character ([ on German keyboards), the browser also reports Ctrl and Alt.
  const withModifier = (event) => !event.getModifierState("AltGraph") && (event.ctrlKey || event.metaKey || event.altKey);
  const typing = (target) => target.isContentEditable || target.closest("textarea, select, input:not([type=checkbox], [type=radio])");

  document.addEventListener("keydown", (event) => {
    if (withModifier(event) || $("dialog[open]")) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const act = Object.hasOwn(keys, event.key) && keys[event.key];
    if (!act || localStorage.getItem(OFF)) return;
    event.preventDefault();
    act();
  });

  const choice = $("[data-keys-toggle]");
  if (!choice) return;
  choice.checked = !localStorage.getItem(OFF);
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
})();
