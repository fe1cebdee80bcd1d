/* The camera as a courtesy: it reads our own check-in codes and opens their page. The six digits always work. */
(() => {
  "use strict";
  const box = document.getElementById("camera");
  if (!box || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;
  const button = box.querySelector("[data-start]");
  const video = box.querySelector("video");
  const status = box.querySelector("[role=status]");
  box.hidden = false;
  const library = () => new Promise((done, failed) => {
    if (window.ZXingWASM) return done();
    const script = document.createElement("script");
    script.src = box.dataset.decoder;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  // Only an address of this very site with our path is opened; anything else is somebody's joke.
  const ours = (text) => {
    try {
      const address = new URL(text);
      return address.origin === location.origin && /^\/s\/[A-Z2-7]{16}\/\d{10}$/.test(address.pathname) ? address.pathname : null;
    } catch { return null; }
  };
  const look = async (canvas, context) => {
    if (video.readyState >= 2 && video.videoWidth) {
      const scale = Math.min(1, 800 / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const found = await window.ZXingWASM.readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), { formats: ["QRCode"], maxNumberOfSymbols: 1 });
      if (found.length && found[0].text) {
        const path = ours(found[0].text);
        if (path) {
          for (const track of video.srcObject.getTracks()) track.stop();
          location.assign(path);
          return;
        }
        status.textContent = box.dataset.other;
      }
    }
    setTimeout(() => look(canvas, context), 150);
  };
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 } } });
      await library();
      window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: (path, prefix) => (path.endsWith(".wasm") ? box.dataset.wasm : prefix + path) } });
      video.srcObject = stream;
      video.hidden = false;
      button.hidden = true;
      status.textContent = box.dataset.looking;
      await video.play();
      const canvas = document.createElement("canvas");
      look(canvas, canvas.getContext("2d", { willReadFrequently: true }));
    } catch {
      button.disabled = false;
      status.textContent = box.dataset.refused;
    }
  });
})();
