/* Counting ticks and ticking a page at once. Without this file people are ticked one by one, and everything works. */
(() => {
  "use strict";
  const ticks = (form) => [...form.querySelectorAll("tbody .tick")];
  const count = (form) => {
    const all = ticks(form), chosen = all.filter((tick) => tick.checked).length;
    const words = form.querySelector("[data-picked]"), whole = form.querySelector("[data-all] .tick");
    if (words) words.textContent = words.dataset.words.replace("{}", chosen);
    if (whole) { whole.checked = chosen > 0 && chosen === all.length; whole.indeterminate = chosen > 0 && chosen < all.length; }
    const scope = form.querySelector("[name=scope]");
    if (scope && chosen) scope.value = "ticked";
  };
  const begin = () => {
    const form = document.querySelector("[data-picks]");
    const whole = form && form.querySelector("[data-all]");
    if (!whole) return;
    whole.hidden = false;
    count(form);
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-picks]");
    if (!form || !event.target.classList.contains("tick")) return;
    if (event.target.closest("[data-all]")) for (const tick of ticks(form)) tick.checked = event.target.checked;
    count(form);
  });
  document.addEventListener("htmx:afterSettle", begin);
  window.addEventListener("pageshow", begin);
  begin();
})();
