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
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-copy], [data-dialog], [data-theme-toggle]");
    if (!button) return;
    if (button.dataset.copy) copy(document.querySelector(button.dataset.copy)?.textContent ?? "");
    else if (button.dataset.dialog) document.getElementById(button.dataset.dialog)?.showModal();
    else switchTheme();
  });
})();
