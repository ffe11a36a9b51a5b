(async (box, code) => {
  if (!code) return;
  const bytes = s => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt());
  let says = "bad";
  try {
    const [body, id, mark] = code.split("."), text = new TextDecoder().decode(bytes(body)), raw = bytes(JSON.parse(box.dataset.keys)[id]);
    const key = await crypto.subtle?.importKey("raw", raw, "Ed25519", false, ["verify"]).catch(() => 0);
    if (!key) says = "unable";
    else if (await crypto.subtle.verify("Ed25519", key, bytes(mark), new TextEncoder().encode("birge certificate\n" + text))) {
      const facts = JSON.parse(text);
      for (const e of box.querySelectorAll("[data-fact]")) e.textContent = facts[e.dataset.fact];
      says = box.dataset.revoked.split(" ").includes(facts.no) ? "revoked" : "good";
    }
  } catch {}
  for (const e of box.querySelectorAll(`[data-say~=${says}]`)) e.hidden = false;
})(document.getElementById("check"), location.hash.slice(1));
