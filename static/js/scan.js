/* The camera as a courtesy. On the page of those who come it opens our own check-in codes; on a page that reads cards
   (data-fill names the field) it types the card or the phone code there and presses the form's first button. */
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
  const stop = () => { for (const track of video.srcObject.getTracks()) track.stop(); };
  // Only an address of this very site with our path is opened; anything else is somebody's joke. True: seen enough.
  const open = (text) => {
    try {
      const address = new URL(text);
      if (address.origin === location.origin && /^\/s\/[A-Z2-7]{16}\/\d{10}$/.test(address.pathname)) {
        stop();
        location.assign(address.pathname);
        return true;
      }
    } catch { /* no address at all */ }
    status.textContent = box.dataset.other;
    return false;
  };
  // The same card stays in the picture for a while: it is typed once, until another was seen or time has passed.
  const AGAIN = 15000;
  let last = { text: "", at: 0 };
  const type = (text) => {
    if (!/(^|\/k\/)[A-Z2-7]{16,64}$/.test(text)) { status.textContent = box.dataset.other; return false; }
    if (text === last.text && Date.now() - last.at < AGAIN) return false;
    const field = document.querySelector(box.dataset.fill);
    if (!field) return false;
    last = { text, at: Date.now() };
    field.value = text;
    if (box.hasAttribute("data-press")) field.form.requestSubmit(field.form.querySelector("button"));
    else { status.textContent = box.dataset.done; stop(); video.hidden = true; button.hidden = button.disabled = false; return true; }
    return false;
  };
  const take = box.dataset.fill ? type : open;
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!box.dataset.fill || video.hidden) return;
    const said = event.detail.elt.querySelector(".notice b, .err");
    if (!said) return;
    status.textContent = said.textContent;
    document.activeElement?.blur(); // no keyboard over the picture
  });
  const look = async (canvas, context) => {
    if (video.readyState >= 2 && video.videoWidth) {
      const scale = Math.min(1, 800 / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const found = await window.ZXingWASM.readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), { formats: ["QRCode"], maxNumberOfSymbols: 1 });
      if (found.length && found[0].text && take(found[0].text)) return;
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
