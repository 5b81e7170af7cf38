// The review page's keyboard: from doubt to doubt, one-key choices, and evidence that follows the focus.
"use strict";
{
  const form = document.getElementById("asking");
  const pane = document.getElementById("pictures");
  const marks = () => [...document.querySelectorAll("#sheets .mark")];
  const INPUTS = ":is(input:not([type=checkbox], [type=hidden]), select, textarea)";
  const fieldOf = (element) => element.closest?.("[data-field]")?.dataset.field;
  const inputOf = (asked) => asked?.querySelector(`.answer > ${INPUTS}, .combo > input`);
  const said = document.getElementById("said");
  const accept = document.getElementById("accept");
  const FAR = 1.5; // panes; a place that is farther away is gone to at once, a nearer one is moved to before the eyes
  let current = "";

  const show = (name) => {
    let first = null;
    for (const mark of marks()) {
      const here = mark.dataset.field === name;
      mark.classList.toggle("here", here);
      if (here) { mark.parentNode.append(mark); first ??= mark; }
    }
    if (!first) return;
    const box = first.getBoundingClientRect(), frame = pane.getBoundingClientRect();
    const down = box.top + box.height / 2 - (frame.top + frame.height / 3);
    const across = box.left + box.width / 2 - (frame.left + frame.width / 2);
    // Both at once: a second scrolling, were it by nothing at all, would end the first where it has come to.
    const behavior = Math.abs(down) > FAR * frame.height ? "instant" : "auto";
    pane.scrollTo({ top: pane.scrollTop + down, left: pane.scrollLeft + across, behavior });
  };
  const unfold = (element) => {
    const folded = element?.closest("details");
    if (folded) folded.open = true;
  };
  const reveal = (input) => { unfold(input); input?.focus(); };
  // A rectangle is shown while its field has the focus, and the field is gone to when its rectangle is clicked. What is
  // clicked on the picture is read into the field, or the cell of a line, that has the focus: it keeps its place while
  // one works with the picture and its tools, and loses it to whatever else takes the focus.
  const turnTo = (element) => {
    if (element && pane.contains(element)) return;
    const cell = element?.matches("#grid tbody input") ? element.name : "";
    const name = element && form.contains(element) ? fieldOf(element) ?? "" : "";
    if (name === current && cell === form.dataset.cell) return;
    Object.assign(form.dataset, { current: name, cell });
    current = name;
    show(name);
  };
  document.addEventListener("focusin", (event) => turnTo(event.target));
  document.addEventListener("focusout", (event) => { if (!event.relatedTarget && document.hasFocus()) turnTo(null); });
  form.addEventListener("keywright:mark", () => show(current));
  form.addEventListener("keywright:go", (event) => reveal(document.getElementById(`field-${event.detail}`)));

  // What still needs a person: doubtful fields not confirmed yet, and any other beside which something is said.
  const needy = () => [...form.querySelectorAll(".asked")].filter((asked) =>
    (asked.classList.contains("doubtful") && !asked.classList.contains("confirmed"))
    || (asked.querySelector(".beside .fault, .beside .remark") && !asked.classList.contains("confirmed")));
  const count = () => {
    const shown = document.getElementById("left-to-do");
    if (shown) shown.textContent = form.querySelectorAll(".asked.doubtful:not(.confirmed)").length;
  };
  const confirmed = (asked, yes) => {
    if (!asked || asked.classList.contains("confirmed") === yes) return;
    asked.classList.toggle("confirmed", yes);
    const names = [...form.querySelectorAll(".asked.confirmed")].map((one) => one.dataset.field);
    form.elements.confirmed.value = names.join(" ");
    count();
  };
  const changed = (input) => input.dispatchEvent(new Event("input", { bubbles: true }));

  // Enter confirms, and goes to the next field that needs a person; after the last one to the button that accepts,
  // or the first harmless control where buttons say what became of a record.
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey) { event.preventDefault(); accept?.click(); return; }
    if (!input.matches(`.asked ${INPUTS}`)) return;
    event.preventDefault();
    const asked = input.closest(".asked");
    confirmed(asked, true);
    form.dispatchEvent(new Event("keywright:confirmed"));
    const left = needy();
    const following = left.find((one) => asked.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) ?? left[0];
    const last = accept ?? form.querySelector(".ways :is(input, button:not(.grave))");
    const target = following && following !== asked ? inputOf(following) : last;
    if (target !== last) reveal(target); else target?.focus();
    target?.select?.();
  });
  form.addEventListener("input", (event) => {
    const asked = event.target.closest(".asked");
    if (asked && !event.target.matches("[type=checkbox]")) confirmed(asked, false);
  });

  // Another reading is taken with Alt and its figure, or with the figure alone while no field is being typed in.
  const take = (name, value, box) => {
    const input = document.getElementById(`field-${name}`);
    if (!input || input.disabled) return;
    input.value = value;
    form.elements[`box-${name}`].value = box || "";
    reveal(input);
    input.select?.();
    changed(input);
  };
  form.addEventListener("click", (event) => {
    const choice = event.target.closest(".choice");
    if (choice) take(fieldOf(choice), choice.dataset.value, choice.dataset.box);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || !/^Digit[1-9]$/.test(event.code)) return;
    const typing = event.target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (!event.altKey && (typing || event.shiftKey)) return;
    const choice = document.querySelectorAll(`#choices-${current} .choice`)[Number(event.code.slice(5)) - 1];
    if (choice) { event.preventDefault(); choice.click(); }
  });

  // A place of the page that was read for a field: what stands there first, its other readings as choices.
  form.addEventListener("keywright:read", (event) => {
    const { field, cell, value, choices, box } = event.detail;
    said.textContent = value;
    if (cell) {
      const input = form.elements[cell];
      if (!input) return; // the line was taken out meanwhile
      input.value = value;
      input.focus();
      input.select();
      changed(input);
      return;
    }
    const group = document.getElementById(`choices-${field}`);
    const before = document.getElementById(`field-${field}`).value;
    if (group) {
      const offered = [...new Set([...choices, before])].filter((one) => one && one !== value).slice(0, 9);
      group.replaceChildren(...offered.map((one, place) => {
        const button = document.createElement("button");
        const key = document.createElement("kbd");
        Object.assign(button, { type: "button", className: "choice", tabIndex: -1 });
        button.dataset.value = one;
        button.setAttribute("aria-keyshortcuts", `Alt+${place + 1}`);
        key.textContent = place + 1;
        button.append(key, ` ${one}`);
        return button;
      }));
    }
    take(field, value, box);
  });

  // A second press of a button, before the answer is there, sends nothing.
  let sent = false;
  form.addEventListener("submit", (event) => { if (sent) event.preventDefault(); sent = true; });
  addEventListener("pageshow", () => { sent = false; });

  // What cannot be taken comes first, then what still stands, then the question where it is not about a field.
  const standing = form.querySelector(".remark.unsettled");
  const start = form.querySelector("[aria-invalid=true]") ?? standing?.querySelector("[type=checkbox]")
    ?? inputOf(standing?.closest(".asked")) ?? standing?.querySelector(".links a") ?? standing
    ?? form.querySelector("h2[tabindex]") ?? inputOf(form.querySelector(".asked.doubtful:not(.confirmed)")) ?? accept;
  unfold(start);
  start?.focus({ preventScroll: true });
  start?.scrollIntoView({ block: "nearest" });
  start?.select?.();
  count();
}
