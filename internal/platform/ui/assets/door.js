// The door of a forum on a phone: badges are read without a network, kept in this
// browser and brought to the portal when there is one. Each reading has a number of
// this device, so it counts once however often it is sent.
"use strict";
(async () => {
  const $ = (sel, root = document) => root.querySelector(sel);
  const show = (sel, on = true) => { $(sel).hidden = !on; };
  // The numbers of the door follow what comes in; what somebody is at stays.
  const live = () => [...document.querySelectorAll("[data-live]")];
  if (live().length) {
    setInterval(async () => {
      const answer = await fetch(location.href).catch(() => null);
      if (!answer?.ok) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-live]");
      live().forEach((part, i) => { if (next[i] && !part.contains(document.activeElement)) part.replaceWith(document.adoptNode(next[i])); });
    }, 10000);
    return;
  }
  const opener = $("[data-open-device]"), app = $("[data-door]"), root = app ?? opener;
  const words = JSON.parse(root.dataset.words), lang = document.documentElement.lang;
  const fill = (s, values) => s.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const clock = ms => new Date(ms).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  const text = t => t[lang] || t.kk || t.ru || t.en || "";

  // The store of this browser: one row of settings and the readings.
  const done = r => new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = () => no(r.error); });
  const opening = indexedDB.open("birge-door", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("door");
    opening.result.createObjectStore("scans", { keyPath: "seq", autoIncrement: true });
  };
  const store = await done(opening).catch(() => null);
  const tell = (s, tone) => { const n = $("[data-result]"); n.textContent = s; n.className = "notice " + tone; n.hidden = !s; };
  if (!store) return tell(words.no_storage, "late");
  if (!crypto.subtle) return tell(words.insecure, "late");
  const rows = (name, mode, act) => new Promise((yes, no) => {
    const tx = store.transaction(name, mode, { durability: "strict" }), r = act(tx.objectStore(name));
    tx.oncomplete = () => yes(r.result);
    tx.onerror = tx.onabort = () => no(tx.error);
  });
  const keep = door => rows("door", "readwrite", s => s.put(door, "door"));
  const readings = () => rows("scans", "readonly", s => s.getAll());
  const waiting = async () => (await readings()).filter(x => !x.sent);

  if (opener) {
    const button = $("[data-open]");
    button.hidden = false;
    button.onclick = async () => {
      button.disabled = true;
      if ((await waiting()).length) return tell(words.unsent, "late");
      const answer = await fetch(location.pathname, { method: "POST", headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok) { button.disabled = false; return tell(words[answer ? "gone" : "offline"], "late"); }
      const got = await answer.json();
      await rows("scans", "readwrite", s => s.clear());
      await keep({ key: got.key, list: got.list });
      location.assign(opener.dataset.openDevice);
    };
    return;
  }

  // The page and its programs are kept, so that it opens without a network.
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/door-worker.js", { scope: location.pathname }).catch(() => {});
    const files = [location.pathname, app.dataset.wasm, ...[...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map(e => e.href ?? e.src)];
    caches.open("birge-door").then(c => c.addAll(files)).catch(() => {});
    navigator.storage?.persist?.();
  }
  const door = await rows("door", "readonly", s => s.get("door"));
  show("[data-empty]", !door);
  if (!door) return;
  show("[data-open]");

  let people, entered, asked = 0;
  const place = (session, code) => session + " " + code;
  const spread = () => {
    people = new Map(door.list.people.map(([hash, who, kind, at, seats]) => [hash, { who, kind, at, seats }]));
    $("[data-title]").textContent = text(door.list.title);
    $("[data-list]").textContent = fill(words.list_of, { device: door.list.name, when: clock(door.list.made), n: people.size });
    const pick = $("[data-session]"), was = pick.value;
    pick.replaceChildren(pick.options[0], ...door.list.sessions.map(x => new Option(text(x.title) + (x.starts ? " · " + clock(x.starts) : ""), x.id)));
    pick.value = was;
    if (!pick.value) pick.value = "";
  };
  const hash = async code => {
    const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(door.list.device + ":" + code));
    return [...new Uint8Array(sum).slice(0, 12)].map(b => b.toString(16).padStart(2, "0")).join("");
  };
  // codeOf reads what is typed or what a badge says, as the portal does.
  const codeOf = s => {
    s = s.trim().toUpperCase();
    const badge = s.match(/^BIRGE:([^:]*):(.*)$/);
    if (badge && badge[1] !== door.list.forum.toUpperCase()) return "";
    s = (badge ? badge[2] : s).replace(/[ -]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
    return /^[0-9A-HJKMNP-TV-Z]{7}$/.test(s) ? s : "";
  };
  const kindOf = k => words["kind." + k] ?? "";
  const line = (...parts) => parts.filter(Boolean).join(" · ");
  const spell = code => code && code.slice(0, 3) + "-" + code.slice(3);

  const count = async () => {
    const all = await readings(), left = all.filter(x => !x.sent).length;
    entered = new Map();
    for (const x of all) if (x.says === "entered") entered.set(place(x.session, x.code), x.at);
    $("[data-count]").textContent = entered.size;
    $("[data-left]").textContent = left;
    $("[data-net]").textContent = left ? fill(words.waiting, { n: left }) : words.all_sent;
    $("[data-log]").replaceChildren(...all.slice(-8).reverse().map(x => Object.assign(document.createElement("li"), { textContent: line(clock(x.at), spell(x.code), x.who, words[x.says]) })));
  };
  const tones = { entered: "good", again: "wait" };
  const say = (x, more) => tell(line(words[x.says], x.who, kindOf(x.kind), spell(x.code), more), tones[x.says] ?? "late");

  // take keeps a reading before it says anything.
  let last = 0;
  const take = async (code, walk) => {
    const session = $("[data-session]").value, now = Date.now(), person = walk ? null : people.get(await hash(code));
    const x = { at: now, session, code, says: walk || person ? "entered" : "unknown", who: person?.who ?? walk?.name, kind: person?.kind ?? walk?.kind };
    let more = !walk && !person ? fill(words.not_listed, { when: clock(door.list.made) }) : walk ? fill(words.code_is, { code: spell(code) }) : "";
    const before = entered.get(place(session, code));
    if (before) { x.says = "again"; more = fill(words.here, { when: clock(before) }); }
    else if (person?.at && !session) { x.says = "again"; more = fill(words.taken_before, { when: clock(person.at) }); }
    else if (person && door.list.sessions.some(s => s.id === session && s.bounded) && !person.seats.includes(session)) more = words.placeless;
    if (walk) x.walk = walk;
    last = x.seq = await rows("scans", "readwrite", s => s.add(x));
    say(x, more);
    await count();
    send();
  };

  // send brings what waits, piece by piece; what the portal has answered is kept.
  let busy = false;
  const send = async (ask = Date.now() - asked > 120000) => {
    if (busy) return;
    busy = true;
    try {
      for (let first = true, part; (part = (await waiting()).slice(0, 200)).length || (first && ask); first = false) {
        const body = { now: Date.now(), mark: door.list.mark, ask: first && ask, scans: part.map(({ seq, at, session, code, walk }) => ({ seq, at, session, code, walk })) };
        const answer = await fetch(app.dataset.api, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", Accept: "application/json", Authorization: "Bearer " + door.key } });
        if (answer.status === 401 || answer.status === 403) { $("[data-net]").textContent = words.closed; return; }
        if (!answer.ok) throw new Error(answer.status);
        const got = await answer.json();
        await settle(part, got.answers);
        if (body.ask) asked = Date.now();
        if (got.list) { door.list = got.list; await keep(door); spread(); }
      }
      await count();
    } catch {
      const n = (await waiting()).length;
      $("[data-net]").textContent = words.offline + (n ? " " + fill(words.waiting, { n }) : "");
    } finally { busy = false; }
    if (asked && (await waiting()).length && navigator.onLine) setTimeout(send, 5000, false);
  };
  const settle = async (part, answers) => {
    for (const a of answers) {
      const x = part.find(p => p.seq === a.seq);
      if (!x) continue;
      const changed = x.says !== a.outcome || x.code !== a.code;
      Object.assign(x, { sent: true, says: a.outcome, who: a.who || (x.walk ? "" : x.who), kind: a.kind || x.kind, code: a.code || x.code });
      delete x.walk; // the name of who came is no longer here
      await rows("scans", "readwrite", s => s.put(x));
      if (x.seq === last && (changed || a.placeless || a.first)) say(x, a.first ? fill(words.before, { when: clock(a.first), where: a.device || "birge" }) : a.placeless ? words.placeless : "");
    }
  };

  $("[data-scan]").addEventListener("submit", e => {
    e.preventDefault();
    const field = e.target.elements.code, code = codeOf(field.value);
    field.value = "";
    field.focus();
    if (code) take(code); else tell(words.not_a_code, "late");
  });
  $("[data-walk]").addEventListener("submit", e => {
    e.preventDefault();
    const f = e.target.elements, letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if (!e.target.reportValidity()) return;
    const code = [...crypto.getRandomValues(new Uint8Array(7))].map(b => letters[b & 31]).join("");
    take(code, { name: f.name.value.trim(), org: f.org.value.trim(), kind: f.kind.value });
    e.target.reset();
  });
  $("[data-send]").onclick = () => send(true);
  $("[data-finish]").onclick = async () => {
    await send(false);
    if ((await waiting()).length) return tell(words.unsent, "late");
    await rows("scans", "readwrite", s => s.clear());
    await rows("door", "readwrite", s => s.clear());
    location.reload();
  };
  addEventListener("online", () => send());
  setInterval(send, 15000);

  // The camera, with the browser's own reader of codes or with the portal's.
  const video = $("[data-video]"), lens = $("[data-camera]");
  const detector = async () => {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const d = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => (await d.detect(video))[0]?.rawValue ?? "";
    }
    let memory;
    const view = () => new DataView(memory.buffer);
    const wasi = { // what a program needs that opens no file and has no arguments
      proc_exit: () => { throw new Error("exit"); }, sched_yield: () => 0, poll_oneoff: () => 0, args_get: () => 0, environ_get: () => 0,
      random_get: (at, n) => { crypto.getRandomValues(new Uint8Array(memory.buffer, at, n)); return 0; },
      clock_time_get: (_, __, at) => { view().setBigUint64(at, BigInt(Math.round(performance.now() * 1e6)), true); return 0; },
      fd_write: (_, list, n, at) => {
        let all = 0;
        for (let i = 0; i < n; i++) all += view().getUint32(list + 8 * i + 4, true);
        view().setUint32(at, all, true);
        return 0;
      },
    };
    wasi.args_sizes_get = wasi.environ_sizes_get = (a, b) => { view().setUint32(a, 0, true); view().setUint32(b, 0, true); return 0; };
    const program = await WebAssembly.compile(await (await fetch(app.dataset.wasm)).arrayBuffer());
    for (const { name } of WebAssembly.Module.imports(program)) wasi[name] ??= () => 8; // there is no such file
    const { exports } = await WebAssembly.instantiate(program, { wasi_snapshot_preview1: wasi }), canvas = document.createElement("canvas");
    memory = exports.memory;
    exports._initialize();
    return async () => {
      const scale = Math.min(1, 640 / video.videoWidth), w = Math.round(video.videoWidth * scale), h = Math.round(video.videoHeight * scale);
      canvas.width = w; canvas.height = h;
      const pen = canvas.getContext("2d", { willReadFrequently: true });
      pen.drawImage(video, 0, 0, w, h);
      const at = exports.picture(w * h * 4);
      new Uint8Array(memory.buffer, at, w * h * 4).set(pen.getImageData(0, 0, w, h).data);
      const n = exports.decode(w, h);
      return n ? new TextDecoder().decode(new Uint8Array(memory.buffer, exports.text(), n)) : "";
    };
  };
  let stream, lastRead = "", lastAt = 0;
  const look = async read => {
    if (!stream) return;
    if (video.readyState >= 2) {
      const got = await read().catch(() => "");
      if (got && (got !== lastRead || Date.now() - lastAt > 4000)) {
        const code = codeOf(got);
        if (code) await take(code); else tell(words.not_a_code, "late");
        lastRead = got;
      }
      if (got) lastAt = Date.now();
    }
    setTimeout(look, 150, read);
  };
  if (navigator.mediaDevices?.getUserMedia) {
    lens.hidden = false;
    lens.onclick = async () => {
      if (stream) {
        stream.getTracks().forEach(t => t.stop());
        stream = null;
        video.hidden = true;
        lens.textContent = words.camera_on;
        return;
      }
      try {
        const read = await detector();
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        video.srcObject = stream;
        video.hidden = false;
        await video.play();
        lens.textContent = words.camera_off;
        look(read);
      } catch { tell(words.no_camera, "late"); }
    };
  }
  spread();
  await count();
  send(true);
})();
