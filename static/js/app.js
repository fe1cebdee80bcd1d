/* Small things every page shares. The pages work without this file; it only says sooner what happened. */
(() => {
  "use strict";
  const say = (text) => {
    const flash = document.getElementById("flash");
    if (!flash || !text) return;
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.setAttribute("role", "alert");
    toast.textContent = text;
    flash.replaceChildren(toast);
  };
  const words = () => document.documentElement.lang === "en"
    ? { lost: "No network just now. Nothing is lost; please tap again.", failed: "That did not go through. Please try again." }
    : { lost: "网断了，请再点一次", failed: "这一步没办成，请再试一次" };
  // A part that polls comes back by itself, and a form that waits in the phone says so: nobody needs to tap again.
  const polls = (element) => (element.getAttribute("hx-trigger") || "").startsWith("every");
  const minded = (element) => polls(element) || element.hasAttribute("data-queue");
  // A part that polls waits while somebody fills in one of its fields or presses one of its buttons: nothing is taken from
  // under the hand. Who has walked away from a field for two minutes sees again who came.
  let touched = 0;
  for (const name of ["input", "focusin"]) document.addEventListener(name, () => { touched = Date.now(); });
  const begun = (part) => [...part.querySelectorAll("input:not([type=hidden]),textarea")].some((field) => field === document.activeElement || field.value !== field.defaultValue);
  const filledIn = (part) => part.matches(":active") || (Date.now() - touched < 120000 && begun(part));
  for (const name of ["htmx:beforeRequest", "htmx:beforeSwap"]) {
    document.addEventListener(name, (event) => {
      const part = event.detail.requestConfig ? event.detail.requestConfig.elt : event.detail.elt;
      if (part && polls(part) && filledIn(part)) event.preventDefault();
    });
  }
  document.addEventListener("htmx:sendError", (event) => { if (!minded(event.detail.elt)) say(words().lost); });
  document.addEventListener("htmx:responseError", (event) => {
    // The server's own sentence is already in #flash when it sent one.
    if (!event.detail.xhr.getResponseHeader("HX-Retarget")) say(words().failed);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 400 && event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
  });
  // After a refusal the first bad field (or the sentence itself) gets the focus.
  const focusRefusal = (root) => {
    const target = root.querySelector("[aria-invalid=true]") || root.querySelector(".notice[role=alert]");
    if (target) target.focus({ preventScroll: false });
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.xhr && event.detail.xhr.status === 422) focusRefusal(event.detail.elt);
  });
  // Without a network the browser would put its own error page in place of the form and what was typed into it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine || form.method !== "post" || form.hasAttribute("hx-post") || form.hasAttribute("data-queue")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(words().lost);
  });
  // A second tap while the first is under way is a courtesy to stop; the server refuses doubles by itself.
  // What takes long says so: the sentence under the button, [data-wait], stays until the next page is there.
  const underWay = new Set();
  const rest = (form) => {
    underWay.delete(form);
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    form.querySelectorAll("[data-wait]").forEach((sentence) => { sentence.hidden = true; });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("hx-post") || form.hasAttribute("data-again")) return;
    const wait = form.querySelector("[data-wait]");
    if (wait && underWay.has(form)) { event.preventDefault(); return; }
    underWay.add(form);
    if (wait) wait.hidden = false;
    for (const button of form.querySelectorAll("button[type=submit],button:not([type])")) {
      setTimeout(() => { button.setAttribute("aria-disabled", "true"); }, 0);
    }
    setTimeout(() => rest(form), wait ? 120000 : 4000);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) [...underWay].forEach(rest); });
  // The menu of the desk scrolls by itself, on a phone sideways: show where one is, and leave the page where it is.
  const here = document.querySelector(".side [aria-current]");
  for (const box of here ? [here.closest("nav"), here.closest(".side")] : []) {
    const one = here.getBoundingClientRect(), all = box.getBoundingClientRect();
    box.scrollBy(one.left - all.left - (all.width - one.width) / 2, Math.max(0, one.bottom - all.bottom));
  }
  // A page that answers a form has no address of its own: coming back to it, or loading it again, would be
  // the browser's own question whether to send the form again. Stand at the page the form was on instead.
  if (document.documentElement.hasAttribute("data-posted") && document.referrer.startsWith(location.origin + "/")) {
    history.replaceState(history.state, "", document.referrer);
  }
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
  for (const button of document.querySelectorAll("[data-dialog]")) {
    button.addEventListener("click", (event) => {
      const dialog = document.getElementById(button.dataset.dialog);
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    });
  }
})();
