// The field that names a vendor offers those on file as one types (the combobox of the ARIA patterns).
"use strict";
{
  const form = document.getElementById("asking");
  const said = document.getElementById("said");
  const PAUSE = 200; // milliseconds
  for (const input of form.dataset.check ? form.querySelectorAll("input[data-vendors]") : []) {
    const list = document.createElement("ul");
    const combo = document.createElement("div");
    Object.assign(list, { id: `${input.id}-vendors`, hidden: true, className: "vendors" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.dataset.vendorList);
    combo.className = "combo";
    const focused = document.activeElement === input;
    input.replaceWith(combo);
    combo.append(input, list);
    if (focused) { input.focus(); input.select(); }
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
    })) input.setAttribute(name, value);
    let timer = 0, asked = 0, at = -1;

    const close = () => {
      list.hidden = true; at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const point = (place) => {
      const options = [...list.children];
      at = (place + options.length) % options.length;
      options.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
      input.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    };
    const take = (option) => {
      input.value = option.dataset.name;
      close();
      input.dataset.taken = "yes";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const find = async () => {
      const turn = ++asked;
      const answer = await fetch(`${input.dataset.vendors}?q=${encodeURIComponent(input.value)}`).catch(() => null);
      if (!answer?.ok || answer.redirected || turn !== asked || document.activeElement !== input) return;
      const { vendors } = await answer.json();
      list.replaceChildren(...vendors.map((vendor, place) => {
        const option = document.createElement("li"), more = document.createElement("small");
        option.id = `${list.id}-${place}`;
        option.dataset.name = vendor.name;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        more.textContent = [vendor.number, vendor.address].filter(Boolean).join(" · ");
        option.append(vendor.name, " ", more);
        return option;
      }));
      list.hidden = !vendors.length;
      at = -1;
      input.setAttribute("aria-expanded", String(Boolean(vendors.length)));
      if (!vendors.length) said.textContent = form.dataset.noVendor;
    };
    input.addEventListener("input", () => {
      if (input.dataset.taken) { delete input.dataset.taken; return; }
      clearTimeout(timer);
      timer = setTimeout(find, PAUSE);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); find(); return; }
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        point(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
      } else if (event.key === "Escape") { event.preventDefault(); close(); }
      else if (event.key === "Enter" && at >= 0) { event.preventDefault(); take(list.children[at]); }
      else if (event.key === "Enter" || event.key === "Tab") close();
    });
    list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option) take(option);
    });
    input.addEventListener("blur", () => { clearTimeout(timer); asked += 1; close(); });
  }
}
