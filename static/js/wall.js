/* Live regions and clocks of an evening: the wall, the chair's desk, the phone.
   [data-live] is fetched every data-every ms and replaced only when the server says it changed (304 otherwise).
   [data-deadline] (ms, server time) counts down. The pages work without this file. */
(() => {
  "use strict";
  const body = document.body;
  let offset = Number(body.dataset.now || Date.now()) - Date.now();
  let lastGood = new Date();
  const tags = new Map();
  const serverNow = () => Date.now() + offset;

  const tick = () => {
    for (const node of document.querySelectorAll("[data-deadline]")) {
      const left = Math.max(0, Math.ceil((Number(node.dataset.deadline) - serverNow()) / 1000));
      const words = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
      const text = node.querySelector("text") || node;
      if (text.textContent !== words) text.textContent = words;
      const light = node.querySelector("clipPath rect");
      const total = Number(node.dataset.total || 0);
      if (light && total) light.setAttribute("y", String(62 + 320 - Math.round(320 * Math.min(left, total) / total)));
    }
  };

  const stale = (is) => {
    const note = document.getElementById("stale");
    if (!note) { document.dispatchEvent(new CustomEvent("engage:still", { detail: is ? lastGood : null })); return; }
    const at = [lastGood.getHours(), lastGood.getMinutes(), lastGood.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
    if (is) note.textContent = note.dataset.words.replace("{time}", at);
    note.hidden = !is;
  };

  // A refusal stays long enough to be read.
  const READ = 12000, shown = new WeakMap();
  const unread = (region) => {
    const said = region.querySelector(".notice[role=alert]");
    if (said && !shown.has(said)) shown.set(said, Date.now());
    return said && Date.now() - shown.get(said) < READ;
  };
  const busy = (region) => {
    // Never take a form from under a finger: whoever is in a field, or pressing, is left alone until they are done.
    const focus = document.activeElement;
    return unread(region) || region.matches(":active") || region.querySelector("details[open]") || (focus && focus !== region && region.contains(focus) && focus.matches("input,select,textarea"));
  };

  const refresh = async (id) => {
    const region = document.getElementById(id);
    if (!region || busy(region)) return;
    const address = region.dataset.live;
    const headers = { "HX-Request": "true" };
    if (tags.has(address)) headers["If-None-Match"] = tags.get(address);
    const answer = await fetch(address, { headers, cache: "no-store", credentials: "same-origin" });
    const time = answer.headers.get("X-Server-Time");
    if (time) offset = Number(time) - Date.now();
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const next = answer.headers.get("HX-Redirect");
    if (next) { location.assign(next); return; }
    const html = await answer.text();
    if (!html.trim()) return;
    const now = document.getElementById(id);
    if (!now || busy(now)) return;
    tags.set(address, answer.headers.get("ETag"));
    const back = window.keepFocus ? window.keepFocus(now) : null;
    now.outerHTML = html;
    const put = document.getElementById(id);
    if (window.htmx) window.htmx.process(put);
    if (back) back(put);
    tick();
  };

  const keep = (id, every) => {
    let wait = every;
    const again = async () => {
      try { await refresh(id); lastGood = new Date(); wait = every; stale(false); }
      catch { stale(true); wait = Math.min(wait * 2, 15000); }
      setTimeout(again, document.hidden ? Math.max(wait, 10000) : wait);
    };
    setTimeout(again, every);
  };
  for (const region of document.querySelectorAll("[data-live]")) keep(region.id, Number(region.dataset.every || 3000));

  // The moment a clock reaches zero something has changed on the server: look at once.
  let rung = 0;
  setInterval(() => {
    tick();
    const ends = [...document.querySelectorAll("[data-deadline]")].map((node) => Number(node.dataset.deadline));
    const due = ends.filter((end) => end > rung && end < serverNow());
    if (due.length) {
      rung = Math.max(...due);
      for (const region of document.querySelectorAll("[data-live]")) setTimeout(() => refresh(region.id).catch(() => stale(true)), 200);
    }
  }, 250);
  tick();

  // N calls the next speaker, as the key on the button says; not while somebody is typing.
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input,select,textarea") || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const button = [...document.querySelectorAll("[data-hotkey]")].find((one) => one.dataset.hotkey.toLowerCase() === event.key.toLowerCase());
    if (button) { event.preventDefault(); button.click(); }
  });
})();
