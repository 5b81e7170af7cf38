// The picture of the page: larger and smaller, turned, its text to be selected, and places that are read into a field.
"use strict";
{
  const form = document.getElementById("asking");
  const pane = document.getElementById("pictures");
  const tools = document.getElementById("tools");
  const sheets = document.getElementById("sheets");
  const said = document.getElementById("said");
  const SVG = "http://www.w3.org/2000/svg";
  const figures = sheets ? [...sheets.querySelectorAll("figure")] : [];
  let zoom = 1, turns = 0, selecting = false;

  const lay = () => {
    for (const figure of figures) {
      const sheet = figure.querySelector(".sheet"), image = sheet.querySelector("img");
      const ratio = image.getAttribute("height") / image.getAttribute("width");
      const sideways = turns % 2 === 1;
      const room = sheets.clientWidth * zoom;
      const width = sideways ? room / ratio : room, height = width * ratio;
      Object.assign(sheet.style, { width: `${width}px`, transformOrigin: "0 0", transform: [
        "none", `translate(${height}px, 0) rotate(90deg)`, `translate(${width}px, ${height}px) rotate(180deg)`,
        `translate(0, ${width}px) rotate(270deg)`][turns] });
      Object.assign(figure.style, { width: `${sideways ? height : width}px` });
      sheet.style.marginBottom = `${sideways ? width - height : 0}px`;
    }
    form.dispatchEvent(new Event("keywright:mark"));
  };
  const does = {
    larger: () => { zoom = Math.min(zoom * 1.25, 5); lay(); },
    smaller: () => { zoom = Math.max(zoom / 1.25, 0.4); lay(); },
    fit: () => { zoom = 1; turns = 0; lay(); },
    turn: () => { turns = (turns + 1) % 4; lay(); },
    select: () => {
      selecting = !selecting;
      tools.querySelector("[data-do=select]").setAttribute("aria-pressed", String(selecting));
      sheets.classList.toggle("selecting", selecting);
    },
  };
  if (figures.length) {
    tools.hidden = false;
    // The field that has the focus keeps it where a tool is used with the mouse.
    tools.addEventListener("mousedown", (event) => { if (event.target.closest("button")) event.preventDefault(); });
    tools.addEventListener("click", (event) => does[event.target.closest("[data-do]")?.dataset.do]?.());
    document.getElementById("go-to-page")?.addEventListener("change", (event) => {
      document.getElementById(event.target.value)?.scrollIntoView({ block: "start" });
    });
    document.addEventListener("keydown", (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey) return;
      const act = { Equal: "larger", NumpadAdd: "larger", Minus: "smaller", NumpadSubtract: "smaller", KeyR: "turn" }[event.code];
      if (act) { event.preventDefault(); does[act](); }
    });
  }

  // The words of a page lie over its picture, unseen, from the moment that it comes into sight.
  const withWords = async (figure) => {
    const answer = await fetch(sheets.dataset.words.replace(/0\/$/, `${figure.dataset.page}/`));
    if (!answer.ok || answer.redirected) return;
    const { words } = await answer.json();
    const layer = document.createElementNS(SVG, "g");
    layer.setAttribute("class", "words");
    for (const [text, left, top, right, bottom] of words) {
      const word = document.createElementNS(SVG, "text");
      const size = bottom - top;
      for (const [name, value] of Object.entries({
        x: left, y: bottom - 0.2 * size, "font-size": size, textLength: right - left, lengthAdjust: "spacingAndGlyphs",
      })) word.setAttribute(name, value);
      word.textContent = `${text} `;
      layer.append(word);
    }
    figure.querySelector("svg").prepend(layer);
    figure.querySelector("svg").removeAttribute("aria-hidden");
  };
  const sights = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) { sights.unobserve(one.target); withWords(one.target).catch(() => {}); }
  }, { root: pane });
  for (const figure of figures) sights.observe(figure);

  // Where on its page, in points, a place of the screen is, whichever way the page is turned.
  const pointOf = (event, sheet) => {
    const box = sheet.getBoundingClientRect(), view = sheet.querySelector("svg").viewBox.baseVal;
    const u = (event.clientX - box.left) / box.width, v = (event.clientY - box.top) / box.height;
    const [x, y] = [[u, v], [v, 1 - u], [1 - u, 1 - v], [1 - v, u]][turns];
    return [Math.min(Math.max(x, 0), 1) * view.width, Math.min(Math.max(y, 0), 1) * view.height];
  };
  const SMALL = 4;
  let drawn = null;

  const read = async (page, [x1, y1], [x2, y2]) => {
    const { current: field, cell } = form.dataset;
    const box = [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)].map((edge) => edge.toFixed(1));
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append(cell ? "cell" : "field", cell ? cell.split("-")[2] : field);
    body.append("box", `${page} ${box.join(" ")}`);
    said.textContent = form.dataset.reading;
    sheets.classList.add("busy");
    try {
      const answer = await fetch(form.dataset.place, { method: "POST", body });
      if (answer.redirected || answer.status === 403) { form.dispatchEvent(new Event("keywright:lost")); return; }
      const told = await answer.json();
      if (!answer.ok) { hint(told.said); return; }
      form.dispatchEvent(new CustomEvent("keywright:read", { detail: { field, cell, ...told } }));
      if (!cell) mark(field, told.box);
    } catch { form.dispatchEvent(new Event("keywright:lost")); } finally { sheets.classList.remove("busy"); }
  };
  const hint = (words) => { said.textContent = words; tools.querySelector(".hint").textContent = words; };
  const mark = (field, box) => {
    const [page, left, top, right, bottom] = box.split(" ").map(Number);
    for (const old of sheets.querySelectorAll(`.mark[data-field="${field}"]`)) old.remove();
    const rect = document.createElementNS(SVG, "rect");
    const edges = { x: left - 2.5, y: top - 2.5, width: right - left + 5, height: bottom - top + 5, rx: 2 };
    for (const [name, value] of Object.entries(edges)) rect.setAttribute(name, value);
    rect.setAttribute("class", "mark doubtful");
    rect.dataset.field = field;
    document.querySelector(`#page-${page} svg`)?.append(rect);
    form.dispatchEvent(new Event("keywright:mark"));
  };

  sheets?.addEventListener("pointerdown", (event) => {
    const sheet = event.target.closest(".sheet");
    if (!sheet || selecting || event.button !== 0) return;
    event.preventDefault(); // the field keeps the focus
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", "drawing");
    sheet.querySelector("svg").append(rect);
    drawn = { sheet, rect, from: pointOf(event, sheet), at: [event.clientX, event.clientY], mark: event.target.closest(".mark") };
    sheet.setPointerCapture(event.pointerId);
  });
  sheets?.addEventListener("mousedown", (event) => { if (!selecting) event.preventDefault(); });
  sheets?.addEventListener("pointermove", (event) => {
    if (!drawn) return;
    const [x1, y1] = drawn.from, [x2, y2] = pointOf(event, drawn.sheet);
    for (const [name, value] of Object.entries({
      x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1),
    })) drawn.rect.setAttribute(name, value);
  });
  const ended = (event) => {
    if (!drawn) return;
    const { sheet, rect, from, at, mark: hit } = drawn;
    drawn = null;
    rect.remove();
    if (event.type === "pointercancel") return;
    const clicked = Math.hypot(event.clientX - at[0], event.clientY - at[1]) < SMALL;
    const { current, cell, place } = form.dataset;
    const other = clicked && hit && !cell && hit.dataset.field !== current;
    if (other || !place || !current && !cell) {
      if (hit) form.dispatchEvent(new CustomEvent("keywright:go", { detail: hit.dataset.field }));
      else if (place) hint(form.dataset.noField);
      return;
    }
    const page = sheet.closest("figure").dataset.page;
    read(page, from, clicked ? from.map((edge) => edge + 1) : pointOf(event, sheet));
  };
  sheets?.addEventListener("pointerup", ended);
  sheets?.addEventListener("pointercancel", ended);

  // A document that was never read for a person is read now, so that other readings can be offered.
  if (form.dataset.choices) {
    fetch(form.dataset.choices).then(async (answer) => {
      if (answer.status === 200 && !answer.redirected) form.dispatchEvent(new CustomEvent("keywright:parts", { detail: await answer.text() }));
    }).catch(() => {});
  }
}
