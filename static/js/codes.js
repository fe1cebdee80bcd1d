/* The rotating code changes by itself from the list that came with the page: no network needed until the list ends.
   Time is the server's: its clock at page load plus what this page has measured since. */
(() => {
  "use strict";
  const box = document.getElementById("live-code");
  if (!box || !box.dataset.codes) return;
  const codes = box.dataset.codes.split(" ");
  const first = Number(box.dataset.first);
  const started = Number(box.dataset.server);
  const loaded = performance.now();
  const picture = box.querySelector("[data-qr]");
  if (!picture) {
    // The shift's codes have not begun: the page comes back by itself when they do.
    const wait = first * 30000 - started;
    if (wait > 0 && wait < 86400000) setTimeout(() => location.reload(), wait + 1000);
    return;
  }
  const digits = box.querySelector("[data-digits]");
  const next = box.querySelector("[data-next] > span");
  const rest = box.querySelector(".bar rect");
  const note = box.querySelector("[data-offline]");
  const label = picture.querySelector("svg").getAttribute("aria-label");
  let shown = null;
  const draw = (code) => {
    const qr = qrcode(0, "M");
    qr.addData(box.dataset.stem + code);
    qr.make();
    const count = qr.getModuleCount(), edge = 2, size = count + 2 * edge;
    let path = "";
    for (let y = 0; y < count; y += 1) for (let x = 0; x < count; x += 1) if (qr.isDark(y, x)) path += `M${x + edge} ${y + edge}h1v1h-1z`;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
    svg.setAttribute("shape-rendering", "crispEdges");
    for (const [d, fill] of [[`M0 0h${size}v${size}H0z`, "#fff"], [path, "#000"]]) {
      const part = document.createElementNS("http://www.w3.org/2000/svg", "path");
      part.setAttribute("d", d);
      part.setAttribute("fill", fill);
      svg.append(part);
    }
    picture.replaceChildren(svg);
    digits.textContent = `${code.slice(0, 3)} ${code.slice(3, 6)}`;
  };
  const tick = () => {
    const now = started + performance.now() - loaded;
    const slot = Math.floor(now / 30000);
    const code = codes[slot - first];
    if (code === undefined) { if (slot > first) next.textContent = box.dataset.over; return; }
    const left = 30 - Math.floor((now / 1000) % 30);
    next.textContent = box.dataset.left.replace("{}", left);
    rest.setAttribute("width", `${Math.floor((left * 100) / 30)}%`);
    if (code !== shown) { draw(code); shown = code; }
  };
  const online = () => { if (note) note.hidden = navigator.onLine; };
  window.addEventListener("online", online);
  window.addEventListener("offline", online);
  document.addEventListener("visibilitychange", tick);
  online();
  tick();
  setInterval(tick, 1000);
})();
