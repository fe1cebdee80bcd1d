/* Small things every page shares. The pages work without this file; it only says sooner what happened. */
(() => {
  "use strict";
  const toast = (text, what) => {
    const said = document.createElement("div");
    said.className = "toast";
    said.setAttribute("role", "alert");
    said.dataset[what] = "";
    said.textContent = text;
    return said;
  };
  const flash = document.getElementById("flash");
  const say = (text, what = "said") => {
    if (!flash || !text) return;
    flash.replaceChildren(toast(text, what));
    // It does not hang over the very button it asks for.
    const control = document.activeElement.getBoundingClientRect(), over = flash.getBoundingClientRect();
    if (document.activeElement !== document.body && control.bottom > over.top && control.top < over.bottom) window.scrollBy(0, control.bottom - over.top + 12);
  };
  const words = () => document.documentElement.lang === "en"
    ? { lost: "No network just now. Nothing is lost; please tap again.", failed: "That did not go through. Please try again.", still: "No network. This is as it was at {}; it goes on by itself." }
    : { lost: "网断了，请再点一次", failed: "这一步没办成，请再试一次", still: "网断了，这是{}的样子，有网会自己接上" };
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
  // What renews itself says since when it no longer does, until it does again: once, not at every turn.
  let lastGood = new Date();
  const still = (since) => {
    const said = document.querySelector("#flash [data-still]");
    if (!since && said) said.remove();
    if (!since || said || !flash) return;
    const at = [since.getHours(), since.getMinutes(), since.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
    flash.append(toast(words().still.replace("{}", at), "still"));
  };
  document.addEventListener("engage:still", (event) => still(event.detail));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!polls(event.detail.requestConfig.elt)) return;
    if (event.detail.successful) { lastGood = new Date(); still(null); }
    else if (!event.detail.xhr.getResponseHeader("HX-Retarget")) still(lastGood);
  });
  // Who taps again has read it: the sentence does not stand beside what the server answers now. A list that is looked up
  // while somebody types takes away only what it said itself.
  let asked = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { verb, path, elt } = event.detail.requestConfig;
    if (verb !== "get" || (path === asked && !polls(elt))) document.querySelector("#flash [data-lost]")?.remove();
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (minded(event.detail.elt)) return;
    asked = event.detail.requestConfig.path;
    say(words().lost, "lost");
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (polls(event.detail.elt)) return;
    // The server's own sentence is already in #flash when it sent one.
    if (!event.detail.xhr.getResponseHeader("HX-Retarget")) say(words().failed, "lost");
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
    say(words().lost, "lost");
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
  for (const button of document.querySelectorAll("[data-print]")) { button.hidden = false; button.addEventListener("click", () => window.print()); }
  for (const button of document.querySelectorAll("[data-dialog]")) {
    button.addEventListener("click", (event) => {
      const dialog = document.getElementById(button.dataset.dialog);
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    });
  }
})();
