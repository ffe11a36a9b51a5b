// Passkeys: a button with data-passkey asks the portal for a ceremony, has the
// browser make or use a key, and brings the answer back. Without support for it
// the button stays hidden.
(() => {
  "use strict";
  const key = window.PublicKeyCredential;
  if (!key || !key.parseCreationOptionsFromJSON || !key.parseRequestOptionsFromJSON) return;

  const send = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body || {}),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail || said.title);
    return said;
  };

  const run = async (button) => {
    const { passkey, begin, finish, to } = button.dataset;
    const { secret, options } = await send(begin);
    const made = passkey === "add"
      ? await navigator.credentials.create({ publicKey: key.parseCreationOptionsFromJSON(options.publicKey) })
      : await navigator.credentials.get({ publicKey: key.parseRequestOptionsFromJSON(options.publicKey) });
    const done = await send(finish, { secret, to, answer: made.toJSON() });
    location.assign(done.to);
  };

  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const told = button.nextElementSibling;
      told.textContent = "";
      run(button).catch((why) => {
        told.textContent = why.name === "NotAllowedError" ? button.dataset.failed : why.message;
      });
    });
  }
})();
