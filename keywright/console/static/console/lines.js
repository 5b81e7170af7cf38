// The grid of an invoice's lines: up and down with the arrows, a new line after the last, a line taken out.
"use strict";
{
  const form = document.getElementById("asking");
  const grid = document.getElementById("grid");
  const add = document.getElementById("add-line");
  const model = document.getElementById("new-line");
  if (grid && form.dataset.check) {
    const body = grid.tBodies[0];
    let next = Math.max(-1, ...[...body.rows].map((row) => Number(row.dataset.place))) + 1;
    const told = () => {
      document.getElementById("line-count").textContent = body.rows.length;
      form.dispatchEvent(new Event("keywright:confirmed")); // checked and kept, as what is typed is
    };
    const cell = (row, column) => row?.cells[column]?.querySelector("input:not([type=hidden])");
    const added = () => {
      body.insertAdjacentHTML("beforeend", model.innerHTML.replaceAll("PLACE", String(next++)));
      cell(body.rows[body.rows.length - 1], 0).focus();
      told();
    };
    const removed = (row) => {
      const near = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (cell(near, 0) ?? add).focus();
      told();
    };
    add.hidden = false;
    add.addEventListener("click", added);
    grid.addEventListener("click", (event) => {
      const button = event.target.closest(".remove");
      if (button) removed(button.closest("tr"));
    });
    grid.addEventListener("keydown", (event) => {
      const row = event.target.closest("tbody tr"), column = event.target.closest("td")?.cellIndex;
      if (!row || event.isComposing || event.ctrlKey && event.key === "Enter") return;
      if (event.ctrlKey && (event.key === "Delete" || event.key === "Backspace")) { event.preventDefault(); removed(row); return; }
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp" && event.key !== "Enter" || event.target.matches("button")) return;
      event.preventDefault();
      const other = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
      if (other) { cell(other, column)?.focus(); cell(other, column)?.select(); }
      else if (event.key === "Enter") added();
    });
    document.addEventListener("keydown", (event) => {
      if (event.altKey && event.code === "KeyL" && !event.ctrlKey && !event.metaKey) { event.preventDefault(); added(); }
    });
  } else if (add) add.hidden = true;
}
