// Keeps an application while it is written: what changed is sent a moment after
// the last key, and stays in this browser until the portal says that it is stored.
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const say = form.dataset, line = document.querySelector("[data-saved]"), key = "unsaved:" + say.autosave;
  const pause = 700, longest = 1500, again = 5000; // milliseconds
  const marks = new Map(form.elements.was.value.split(" ").filter(Boolean).map(p => p.split("=")));
  const controls = name => [...form.elements].filter(c => c.name === name);
  const isField = c => c.name && !["hidden", "submit", "button", "file"].includes(c.type) && !c.closest("[data-type=file]"); // files go with a button
  const values = name => controls(name).filter(c => !["checkbox", "radio"].includes(c.type) || c.checked).map(c => c.value).filter(Boolean);
  const store = {
    read() { try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; } },
    write(all) {
      try { Object.keys(all).length ? localStorage.setItem(key, JSON.stringify(all)) : localStorage.removeItem(key); return true; } catch { return false; }
    },
  };
  const waiting = new Map(); // name → { values, was }: typed, not stored yet
  for (const [name, w] of Object.entries(store.read())) waiting.set(name, w);
  const tell = (text, tone) => { line.textContent = text; line.className = tone ? "notice " + tone : "soft"; };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  let timer, first = 0, busy = false, kept = true;

  const changed = name => {
    waiting.set(name, { values: values(name), was: marks.get(name) ?? "" });
    kept = store.write(Object.fromEntries(waiting));
    first ||= Date.now();
    tell(navigator.onLine ? say.typing : say.offline, navigator.onLine ? "" : "late");
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(pause, first + longest - Date.now())));
  };

  const save = async last => {
    clearTimeout(timer);
    if (busy || !waiting.size) return;
    const sent = new Map(waiting), body = new URLSearchParams();
    body.set("was", [...sent].map(([name, w]) => name + "=" + w.was).join(" "));
    for (const [name, w] of sent) for (const v of w.values) body.append(name, v);
    busy = true;
    first = 0;
    try {
      const answer = await fetch(say.autosave, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: last === true && body.toString().length < 60000 });
      if (!answer.ok) return refused(answer);
      taken(sent, await answer.json());
    } catch {
      tell(say.offline, "late");
      timer = setTimeout(save, again);
    } finally { busy = false; }
    if (waiting.size && !timer) timer = setTimeout(save, pause);
  };

  // refused: the portal answers, and does not take it: signed out, or handed in.
  const refused = async answer => {
    let why = "";
    try { const p = await answer.json(); why = p.detail || p.title || ""; } catch { /* no words */ }
    tell(say.failed + " " + why, "late");
    if (answer.status >= 500 || answer.status === 429) timer = setTimeout(save, again);
  };

  const taken = (sent, saved) => {
    timer = undefined;
    for (const [name, w] of sent) {
      note(name);
      if (saved.faults[name]) { note(name, saved.faults[name]); continue; }
      const clash = (saved.clashes ?? []).find(c => c.name === name);
      if (clash) { settle(clash); continue; }
      marks.set(name, saved.marks[name] ?? "");
      const now = waiting.get(name);
      if (now && same(now.values, w.values)) waiting.delete(name); else if (now) now.was = marks.get(name);
    }
    // What was stored for an earlier step is no field of this one: named here, it would be emptied.
    form.elements.was.value = [...marks].filter(m => m[1] && controls(m[0]).length).map(m => m.join("=")).join(" ");
    store.write(Object.fromEntries(waiting));
    const open = [...waiting.keys()].some(n => saved.faults[n] || document.getElementById("clash-" + n));
    tell(waiting.size ? (open ? say.failed : say.typing) : saved.said, waiting.size && open ? "late" : "");
    if (!waiting.size) refresh();
  };

  // note says beside a field why it is not stored.
  const note = (name, text) => {
    document.getElementById("fault-" + name)?.remove();
    const c = controls(name)[0];
    if (!text || !c) return;
    const p = document.createElement("p");
    p.className = "fault";
    p.id = "fault-" + name;
    p.textContent = text;
    c.before(p);
  };

  // settle shows what another wrote into the field; the reader chooses.
  const settle = clash => {
    document.getElementById("clash-" + clash.name)?.remove();
    const c = controls(clash.name)[0];
    if (!c) return waiting.delete(clash.name);
    const box = document.createElement("div"), theirs = document.createElement("p");
    box.className = "notice wait";
    box.id = "clash-" + clash.name;
    theirs.textContent = (clash.theirs ?? []).join(", ") || "—";
    const button = (label, f) => {
      const b = document.createElement("button");
      b.type = "button";
      b.className = "button quiet";
      b.textContent = label;
      b.onclick = () => { box.remove(); f(); };
      return b;
    };
    box.append(clash.said, theirs,
      button(say.theirs, () => { put(clash.name, clash.theirs ?? []); marks.set(clash.name, clash.mark); waiting.delete(clash.name); store.write(Object.fromEntries(waiting)); }),
      " ", button(say.mine, () => { marks.set(clash.name, clash.mark); changed(clash.name); }));
    c.before(box);
  };

  const put = (name, list) => {
    for (const c of controls(name)) {
      if (["checkbox", "radio"].includes(c.type)) c.checked = list.includes(c.value); else c.value = list[0] ?? "";
    }
  };

  // refresh renews what the portal counts and finds beside the fields.
  const refresh = async () => {
    const now = document.querySelectorAll("[data-refresh]");
    if (!now.length) return;
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-refresh]");
      if (next.length === now.length) now.forEach((el, i) => el.replaceChildren(...document.adoptNode(next[i]).childNodes));
    } catch { /* the fields are stored; the rest comes with the next page */ }
  };

  form.addEventListener("input", e => { if (isField(e.target)) changed(e.target.name); });
  form.addEventListener("change", e => { if (isField(e.target)) changed(e.target.name); });
  addEventListener("online", () => save());
  addEventListener("offline", () => tell(say.offline, "late"));
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  const chosen = () => [...form.querySelectorAll("input[type=file]")].some(c => c.files.length);
  addEventListener("beforeunload", e => { if ((waiting.size && !kept || chosen()) && !leaving) e.preventDefault(); });

  // What was typed before the browser or the portal went away is put back.
  if (waiting.size) {
    let restored = false;
    for (const [name, w] of waiting) {
      if (!controls(name).length) continue;
      if (same(values(name), w.values)) waiting.delete(name); else { put(name, w.values); restored = true; }
    }
    store.write(Object.fromEntries(waiting));
    if (restored) tell(say.kept, "wait");
    save();
  }
})();
