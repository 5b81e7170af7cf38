// In the quality sample ENTER goes to the next field, as on the review page; after the last one it is sent.
"use strict";
document.querySelector("form.sample-fields")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input, select")) return;
  const fields = [...event.currentTarget.querySelectorAll("input:not([type=hidden]), select, button")];
  event.preventDefault();
  fields[fields.indexOf(event.target) + 1]?.focus();
});
