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
document.querySelectorAll("[data-watch]").forEach((part) => {
  const look = () => fetch(part.dataset.watch, { headers: { Accept: "text/plain" } })
    .then((answer) => (answer.ok ? answer.text() : part.dataset.state))
    .then((state) => (state === part.dataset.state ? setTimeout(look, 3000) : location.reload()), () => setTimeout(look, 9000));
  setTimeout(look, 2000);
});
const refused = document.querySelector(".errors[tabindex]");
if (refused) refused.focus();
const watched = document.querySelector("[data-passage=under_way], [data-passage=delayed]");
if (watched) [2, 5, 15, 60].forEach((seconds) => setTimeout(async () => {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const present = document.querySelector("[data-passage]"), news = page.querySelector("[data-passage]");
  if (present && news && news.dataset.passage !== present.dataset.passage) {
    present.dataset.passage = news.dataset.passage;
    present.replaceChildren(...news.childNodes);
    const fold = document.querySelector("details"), opened = page.querySelector("details[open]");
    if (fold && opened) fold.open = true;
  }
}, seconds * 1000));
