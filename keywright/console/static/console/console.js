// What the console does in the browser beyond links and forms: single keys, and evidence that follows the focus.
"use strict";

const SHORTCUTS = "keywright-shortcuts";
const remembered = {
  get: () => { try { return localStorage.getItem(SHORTCUTS); } catch { return null; } },
  set: (value) => { try { localStorage.setItem(SHORTCUTS, value); } catch { /* a browser that keeps nothing */ } },
};

// Single keys can be switched off: who speaks to the computer would press them by accident (WCAG 2.1.4).
const keys = document.getElementById("keys");
const next = document.getElementById("next");
let on = remembered.get() !== "off";
const tellKeys = () => {
  keys.textContent = on ? keys.dataset.on : keys.dataset.off;
  keys.setAttribute("aria-pressed", String(on));
  keys.hidden = false;
};
if (next) {
  tellKeys();
  keys.addEventListener("click", () => { on = !on; remembered.set(on ? "on" : "off"); tellKeys(); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (on && event.key === "n" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) next.click();
  });
}

const form = document.getElementById("asking");
if (form) {
  const pane = document.querySelector(".pictures");
  const marks = [...document.querySelectorAll(".mark")];
  const fieldOf = (element) => element.closest("[data-field]")?.dataset.field;

  const show = (name) => {
    let first = null;
    for (const mark of marks) {
      const here = mark.dataset.field === name;
      mark.classList.toggle("here", here);
      if (here) { mark.parentNode.append(mark); first ??= mark; }
    }
    if (!first) return;
    const box = first.getBoundingClientRect(), frame = pane.getBoundingClientRect();
    pane.scrollTop += box.top + box.height / 2 - (frame.top + frame.height / 3);
    pane.scrollLeft += box.left + box.width / 2 - (frame.left + frame.width / 2);
  };

  // A rectangle is shown while its field has the focus, and the field is gone to when its rectangle is clicked.
  form.addEventListener("focusin", (event) => { const name = fieldOf(event.target); if (name) show(name); });
  for (const mark of marks) {
    mark.addEventListener("click", () => {
      const input = document.getElementById(`field-${mark.dataset.field}`);
      const folded = input?.closest("details");
      if (folded) folded.open = true;
      input?.focus();
    });
  }

  // Enter goes to the next field that needs a person, and after the last one to the button that accepts.
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.key !== "Enter" || event.isComposing || !input.matches(".asked :is(input:not([type=checkbox]), select, textarea)")) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) { document.getElementById("accept")?.click(); return; }
    const waiting = [...form.querySelectorAll(".asked.doubtful :is(input:not([type=checkbox]), select, textarea), .asked.faulty :is(input:not([type=checkbox]), select, textarea)")];
    const following = waiting.find((one) => input.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    const target = following ?? document.getElementById("accept");
    target?.focus();
    target?.select?.();
  });

  // A second press of a button, before the answer is there, sends nothing.
  let sent = false;
  form.addEventListener("submit", (event) => { if (sent) event.preventDefault(); sent = true; });
  addEventListener("pageshow", () => { sent = false; });

  const start = form.querySelector("[aria-invalid=true]")
    ?? form.querySelector(".asked.doubtful :is(input, select, textarea)");
  start?.focus({ preventScroll: true });
  start?.scrollIntoView({ block: "nearest" });
}
