/* Whoever works without a mouse keeps their place: where a part of the page is replaced, the focus goes to the same
   control in the new part, else to what stands nearest to it; what opens over the page closes with Escape. */
(() => {
  "use strict";
  const CONTROLS = "a[href],button,input:not([type=hidden]),select,textarea,summary";
  // By keyboard the page moves to where the focus is; under a finger it stays.
  let keys = false;
  document.addEventListener("keydown", () => { keys = true; }, true);
  document.addEventListener("pointerdown", () => { keys = false; }, true);
  const nowhere = () => !document.activeElement || document.activeElement === document.body;
  const put = (element) => {
    if (!element.matches(CONTROLS) && !element.hasAttribute("tabindex")) element.tabIndex = -1;
    element.focus({ preventScroll: !keys });
    return document.activeElement === element;
  };
  const name = (control) => [
    control.tagName, control.form ? control.form.getAttribute("action") : "", control.name || "",
    control.getAttribute("value"), control.getAttribute("href"), control.getAttribute("aria-label"), control.textContent.trim(),
  ].join("\n");
  const sections = (control, part) => {
    const found = [];
    for (let box = control.parentElement; box && box !== part; box = box.parentElement) {
      const label = box.id || box.getAttribute("aria-labelledby");
      if (label) found.push(label);
    }
    return found;
  };
  /* Call before a part is replaced; returns what to call with the new part, or null when the focus is elsewhere. */
  const keep = (part) => {
    const control = document.activeElement;
    if (!control || control === document.body || !part.contains(control)) return null;
    const id = control.id, wanted = name(control), near = sections(control, part);
    return (next) => {
      if (!next || !next.isConnected || !nowhere()) return;
      const same = (id && next.querySelector("#" + CSS.escape(id))) || [...next.querySelectorAll(CONTROLS)].find((one) => name(one) === wanted);
      if (same && put(same)) return;
      const said = next.querySelector("[aria-invalid=true]") || next.querySelector(".notice[role=alert]");
      const box = near.map((label) => document.getElementById(label)).find((one) => one && next.contains(one));
      const heading = box && (box.matches("h1,h2,h3") ? box : box.querySelector("h1,h2,h3"));
      put(said || heading || next.querySelector("main :is(h1,h2,h3)") || next.querySelector("h1,h2,h3") || next.querySelector(CONTROLS) || next);
    };
  };
  window.keepFocus = keep;
  // A button that is switched off while its form is under way loses the focus before anything is replaced: remember it from the start.
  const kept = new WeakMap();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const back = keep(event.detail.target || event.detail.elt) || keep(event.detail.elt);
    if (back) kept.set(event.detail.xhr, { back, control: document.activeElement });
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const back = keep(event.detail.target);
    if (back) kept.set(event.detail.xhr, { back, control: document.activeElement });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const was = event.detail.xhr && kept.get(event.detail.xhr);
    if (was) was.back(event.detail.elt);
  });
  document.addEventListener("htmx:sendError", (event) => {
    const was = event.detail.xhr && kept.get(event.detail.xhr);
    if (was && nowhere() && was.control.isConnected) was.control.focus({ preventScroll: !keys });
  });
  // A row that scrolls sideways does not show by itself what has the focus and stands half outside.
  document.addEventListener("focusin", (event) => {
    if (!keys || !event.target.matches(CONTROLS)) return;
    const at = event.target.getBoundingClientRect();
    if (at.width && (at.left < 0 || at.right > document.documentElement.clientWidth)) event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = [...document.querySelectorAll("details[open]")].find((one) => [...one.children].some((child) => getComputedStyle(child).position === "absolute"));
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
})();
