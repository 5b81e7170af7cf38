// What every page of the console does in the browser beyond links and forms: single keys, lists gone through, help.
"use strict";

const SHORTCUTS = "keywright-shortcuts";
const remembered = {
  get: () => { try { return localStorage.getItem(SHORTCUTS); } catch { return null; } },
  set: (value) => { try { localStorage.setItem(SHORTCUTS, value); } catch { /* a browser that keeps nothing */ } },
};

// Single keys can be switched off: who speaks to the computer would press them by accident (WCAG 2.1.4).
const keys = document.getElementById("keys");
const help = document.getElementById("help");
const askHelp = document.getElementById("ask-help");
let on = remembered.get() !== "off";
const tellKeys = () => {
  keys.textContent = on ? keys.dataset.on : keys.dataset.off;
  keys.setAttribute("aria-pressed", String(on));
  keys.hidden = askHelp.hidden = false;
};

// The lines of a list are gone through by their links, so that Enter opens and a screen reader tells where one is.
const walk = (step) => {
  const lines = [...document.querySelectorAll(".list tbody a[id^='case-']")];
  const here = lines.indexOf(document.activeElement.closest("tr")?.querySelector("a[id^='case-']"));
  const line = lines[here < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(here + step, 0), lines.length - 1)];
  line?.focus();
  line?.closest("tr").scrollIntoView({ block: "nearest" });
  return Boolean(line);
};
const act = {
  "n": () => { const next = document.getElementById("next"); next?.click(); return Boolean(next); },
  "l": () => { const layout = document.getElementById("next-layout"); layout?.click(); return Boolean(layout); },
  "j": () => walk(1),
  "k": () => walk(-1),
  "ArrowDown": () => walk(1),
  "ArrowUp": () => walk(-1),
  "/": () => { const words = document.getElementById("words"); words?.focus(); words?.select(); return Boolean(words); },
  "?": () => { help.showModal(); return true; },
};

if (keys && help) {
  tellKeys();
  keys.addEventListener("click", () => { on = !on; remembered.set(on ? "on" : "off"); tellKeys(); });
  askHelp.addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable], dialog[open], .pictures");
    const arrow = event.key.startsWith("Arrow");
    if ((!on && !arrow) || typing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow && !document.querySelector(".list")) return;
    if (Object.hasOwn(act, event.key) && act[event.key]()) event.preventDefault();
  });
}
