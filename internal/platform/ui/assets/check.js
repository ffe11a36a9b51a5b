// The page that checks certificates: what the fragment of its address carries is checked
// here, without the portal. Another code in the same tab is checked as well.
(box => {
  const bytes = s => {
    const raw = atob(s.replace(/-/g, "+").replace(/_/g, "/"));
    if (btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "") !== s) throw s; // a letter differs in bits that mean nothing
    return Uint8Array.from(raw, c => c.charCodeAt());
  };
  const keys = JSON.parse(box.dataset.keys), revoked = box.dataset.revoked.split(" ");
  const day = s => new Date(s).toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  const judge = async code => {
    const [body, id, mark, more] = code.split(".");
    if (more !== undefined || !Object.hasOwn(keys, id)) return "bad";
    const text = new TextDecoder().decode(bytes(body)), raw = Uint8Array.from(atob(keys[id]), c => c.charCodeAt());
    const key = await crypto.subtle?.importKey("raw", raw, "Ed25519", false, ["verify"]).catch(() => 0);
    if (!key) return "unable";
    if (!(await crypto.subtle.verify("Ed25519", key, bytes(mark), new TextEncoder().encode("birge certificate\n" + text)))) return "bad";
    const facts = JSON.parse(text);
    for (const e of box.querySelectorAll("[data-fact]")) e.textContent = e.dataset.fact === "on" ? day(facts.on) : facts[e.dataset.fact];
    return revoked.includes(facts.no) ? "revoked" : "good";
  };
  const check = async () => {
    const code = location.hash.slice(1), says = code && (await judge(code).catch(() => "bad"));
    if (location.hash.slice(1) !== code) return; // the next one is being checked
    for (const e of box.querySelectorAll("[data-say]")) e.hidden = !says || !e.dataset.say.split(" ").includes(says);
    const field = document.querySelector("textarea[name=code]");
    if (code && field) field.value = code;
    box.dataset.checked = says;
  };
  addEventListener("hashchange", check);
  check();
})(document.getElementById("check"));
