/* Ticks the time left from the server's deadline. Without this file the page shows the time as it was when it was sent. */
(() => {
  "use strict";
  const panel = document.querySelector("[data-server-time]");
  const offset = panel ? Number(panel.dataset.serverTime) - Date.now() : 0;
  const tick = () => {
    for (const timer of document.querySelectorAll("[role=timer][data-deadline]")) {
      const seconds = Math.max(0, Math.ceil((Number(timer.dataset.deadline) - Date.now() - offset) / 1000));
      const shown = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      const digits = timer.querySelector("b");
      if (digits && digits.textContent !== shown) digits.textContent = shown;
    }
  };
  setInterval(tick, 250);
  tick();
})();
