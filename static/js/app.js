/* Copy, theme, dialogs and the line that tells what happened. Pages work without any of it. */
"use strict";
(() => {
  const root = document.documentElement;

  let clearing = 0;
  const say = (text, seconds = 3) => {
    const box = document.getElementById("toasts");
    if (!box) return;
    clearTimeout(clearing);
    box.textContent = "";
    // A moment apart, so that a screen reader also speaks a text that is said again.
    setTimeout(() => { box.textContent = text; }, 50);
    clearing = setTimeout(() => { box.textContent = ""; }, seconds * 1000);
  };
  document.addEventListener("say", ({ detail }) => say(detail.text, detail.seconds));

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text.trim());
      say("Copied");
    } catch {
      say("Your browser did not allow copying. Select the text and copy it.", 6);
    }
  };
  document.addEventListener("copy-text", ({ detail }) => copy(detail));

  const switchTheme = () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const now = ["light", "dark"].includes(root.dataset.theme) ? root.dataset.theme : system;
    const theme = now === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    const [prefix, secure] = location.protocol === "https:" ? ["__Host-", "; secure"] : ["", ""];
    document.cookie = `${prefix}theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  };

  // From an opened event to the one beside it; `name` on the details closes the one that is left.
  const besideIt = (event, step) => {
    const list = [...event.closest(".events").querySelectorAll(":scope > li > details")];
    return list[list.indexOf(event) + Number(step)];
  };
  const goTo = (next) => {
    if (!next) return say("There is no event further on in this list.");
    next.open = true;
    const summary = next.querySelector("summary");
    summary.focus();
    summary.scrollIntoView({ block: "nearest" });
  };
  // Without JavaScript the list itself is the way, so the buttons show only here.
  document.addEventListener("toggle", ({ target }) => {
    if (target.open) target.querySelector(".steps")?.removeAttribute("hidden");
  }, true);

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-copy], [data-dialog], [data-theme-toggle], [data-step]");
    if (!button) return;
    if (button.dataset.step) goTo(besideIt(button.closest("details[name=event]"), button.dataset.step));
    else if (button.dataset.copy) copy(document.querySelector(button.dataset.copy)?.textContent ?? "");
    else if (button.dataset.dialog) document.getElementById(button.dataset.dialog)?.showModal();
    else switchTheme();
  });
})();
