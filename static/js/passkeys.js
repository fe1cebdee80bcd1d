/* Passkeys: a form with data-passkey asks the phone's own lock, then goes the way of every form.
   Without this file, or without passkeys in the browser, the form stays hidden and the password is there. */
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));
  const asked = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user ? { user: { ...options.user, id: bytes(options.user.id) } } : {}),
    ...(options.allowCredentials ? { allowCredentials: listed(options.allowCredentials) } : {}),
    ...(options.excludeCredentials ? { excludeCredentials: listed(options.excludeCredentials) } : {}),
  });
  const told = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[part]) response[part] = text(made.response[part]);
    }
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  };
  const show = (root) => {
    for (const form of root.querySelectorAll("form[data-passkey][hidden]")) form.hidden = false;
    for (const none of root.querySelectorAll("[data-passkey-none]")) none.hidden = true;
  };
  const ask = async (form, answer) => {
    const options = { publicKey: asked(JSON.parse(form.dataset.options)) };
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      answer.value = told(await navigator.credentials[form.dataset.passkey](options));
      form.submit();
    } catch (_refused) {
      failed.textContent = failed.dataset.passkeyFailed;
      failed.setAttribute("role", "alert");
      failed.hidden = false;
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    const answer = form.querySelector('input[name="confirm_passkey"],input[name="credential"]');
    if (answer.value) return;
    event.preventDefault();
    ask(form, answer);
  });
  document.addEventListener("htmx:afterSettle", (event) => show(event.target));
  show(document);
})();
