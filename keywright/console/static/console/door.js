// Says on the page that a security key was not taken; what went wrong stays in the browser.
document.addEventListener("allauth.error", (event) => {
  const fault = document.getElementById("key-fault");
  if (fault) {
    event.preventDefault();
    fault.hidden = false;
  }
});
