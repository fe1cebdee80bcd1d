/* Tonight's duty without signal: what was typed waits in this phone and is sent when the network is back.
   The server takes the time from the code itself, and the same event id counts once, so sending again is harmless. */
(() => {
  "use strict";
  const KEY = "engage-check-ins";
  const bar = document.getElementById("offline");
  if (!bar || !window.localStorage) return;
  const words = bar.querySelector("span");
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; } };
  const keep = (queue) => localStorage.setItem(KEY, JSON.stringify(queue));
  let refusal = "";
  const show = () => {
    const waiting = read().length;
    const parts = [];
    if (!navigator.onLine) parts.push(bar.dataset.away);
    if (waiting) parts.push(bar.dataset.waiting.replace("{}", waiting));
    if (refusal) parts.push(refusal);
    bar.hidden = parts.length === 0;
    words.textContent = parts.join(" · ");
  };
  const put = (form) => {
    const data = new FormData(form);
    const entry = { action: form.getAttribute("action"), code: data.get("code"), client_event_id: data.get("client_event_id"), claimed_at: String(Date.now()) };
    const queue = read();
    if (!queue.some((other) => other.client_event_id === entry.client_event_id)) keep([...queue, entry]);
    form.querySelector("[name=client_event_id]").value = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
    form.querySelector("[name=code]").value = "";
    show();
  };
  const drop = (entry) => keep(read().filter((other) => other.client_event_id !== entry.client_event_id));
  let sending = false;
  const send = async () => {
    if (sending || !navigator.onLine) return show();
    sending = true;
    let sent = false;
    try {
      for (const entry of read()) {
        const body = new FormData();
        for (const name of ["code", "client_event_id", "claimed_at"]) body.set(name, entry[name]);
        body.set("stored", "1");
        const answer = await fetch(entry.action, {
          method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
        });
        const facts = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
        if (answer.ok && facts) { drop(entry); sent = true; }
        else if (answer.status === 422 && facts) { drop(entry); refusal = bar.dataset.refused + facts.words; }
        else break; // signed out, busy, or not our server: it stays in the phone
      }
    } catch { /* the network went again: everything is still kept */ }
    sending = false;
    show();
    if (sent && !read().length && !refusal) location.reload();
  };
  const isDutyForm = (element) => element instanceof HTMLFormElement && element.hasAttribute("data-queue");
  document.addEventListener("submit", (event) => {
    if (isDutyForm(event.target) && !navigator.onLine) { event.preventDefault(); event.stopPropagation(); put(event.target); }
  }, true);
  // The phone believed it was online and was not.
  document.addEventListener("htmx:sendError", (event) => { if (isDutyForm(event.detail.elt)) put(event.detail.elt); });
  window.addEventListener("online", send);
  window.addEventListener("offline", show);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  setInterval(() => { if (read().length) send(); }, 20000);
  show();
  send();
})();
