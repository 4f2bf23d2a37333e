// Comforts only: every page is complete without this file.
"use strict";
document.querySelectorAll("button[aria-controls][hidden]").forEach((button) => {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const show = button.textContent, hide = button.dataset.hide;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.textContent = shown ? hide : show;
    button.setAttribute("aria-pressed", String(shown));
    input.focus();
  });
  if (input.form) input.form.addEventListener("submit", () => { input.type = "password"; });
});
document.querySelectorAll("form").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
});
const refused = document.querySelector(".errors[tabindex]");
if (refused) refused.focus();
