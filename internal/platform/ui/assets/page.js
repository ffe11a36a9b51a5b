// What a script adds to pages that work without one: filters that answer at
// once, drafts of forms kept on the device, what is alike while one writes,
// buttons that copy.
"use strict";
(() => {
  const $ = (sel, root = document) => root.querySelector(sel);
  const all = (sel, root = document) => [...root.querySelectorAll(sel)];

  // A list is fetched again when a filter changes; only the newest answer counts.
  let asked = 0;
  const addressOf = form => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") query.append(name, value);
    const text = query.toString();
    return form.action.split("?")[0] + (text && "?" + text);
  };
  const swap = (from, sel) => {
    const now = $(sel), next = $(sel, from);
    if (now && next) now.replaceWith(document.adoptNode(next));
  };
  // refreshFilters takes the new counts and keeps focus and open groups.
  const refreshFilters = (form, next) => {
    const before = new Map(all("label .n", form).map(n => [key(n), n]));
    for (const n of all("label .n", next)) {
      const old = before.get(key(n));
      if (!old) return form.replaceWith(document.adoptNode(next));
      old.textContent = n.textContent;
      old.parentElement.className = n.parentElement.className;
    }
  };
  const key = n => { const i = $("input", n.parentElement); return i.name + "=" + i.value; };

  const show = async (address, push) => {
    const results = $("[data-results]"), mine = ++asked;
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return;
      if (!$("[data-results]", page)) throw new Error("no results");
      swap(page, "[data-results]");
      swap(page, ".filter-button");
      swap(page, ".langs");
      const form = $("[data-filters]"), next = $("[data-filters]", page);
      if (form && next) refreshFilters(form, next);
      document.title = page.title;
      const said = $("[data-said]");
      if (said) said.textContent = ($("[data-results] [data-count]") ?? $("title")).textContent;
      if (push) history.pushState({ listing: true }, "", address);
    } catch {
      if (mine === asked) location.assign(address);
    }
  };
  document.addEventListener("change", e => {
    const form = e.target.closest("[data-filters]");
    if (form && $("[data-results]")) show(addressOf(form), true);
  });
  document.addEventListener("submit", e => {
    const form = e.target.closest("[data-filters]");
    if (!form || !$("[data-results]")) return;
    e.preventDefault();
    if (form.matches(":popover-open")) form.hidePopover();
    show(addressOf(form), true);
  });
  addEventListener("popstate", () => { if ($("[data-filters]")) location.reload(); });

  // Drafts: what is typed is kept until the form is sent and accepted. Secrets
  // and files are never kept.
  const kept = f => f.name && !["hidden", "password", "file", "submit", "button"].includes(f.type);
  const store = {
    get(k) { try { return JSON.parse(localStorage.getItem(k)); } catch { return null; } },
    set(k, v) { try { localStorage.setItem(k, JSON.stringify(v)); } catch { /* full or forbidden: no draft */ } },
    drop(k) { try { localStorage.removeItem(k); } catch { /* forbidden: there is none */ } },
  };
  const read = form => [...form.elements].filter(kept).map(f =>
    [f.name, f.type === "checkbox" || f.type === "radio" ? [f.value, f.checked] : f.value]);
  const fill = (form, values) => {
    for (const [name, v] of values) for (const f of form.elements) {
      if (f.name !== name || !kept(f)) continue;
      if (!Array.isArray(v)) f.value = v; else if (f.value === v[0]) f.checked = v[1];
    }
  };
  const offer = (form, k, empty) => {
    const note = document.createElement("p"), drop = document.createElement("button");
    note.className = "notice";
    note.setAttribute("role", "status");
    drop.type = "button";
    drop.className = "button quiet";
    drop.textContent = form.dataset.discard;
    drop.onclick = () => { store.drop(k); fill(form, empty); note.remove(); };
    note.append(form.dataset.restored + " ", drop);
    form.prepend(note);
  };
  for (const form of all("form[data-draft]")) {
    const k = "draft:" + form.dataset.draft, empty = read(form), draft = store.get(k);
    const refused = $(".wrong, [data-focus]");
    if (draft && !refused && JSON.stringify(draft) !== JSON.stringify(empty)) {
      fill(form, draft);
      offer(form, k, empty);
    }
    let timer;
    const save = () => store.set(k, read(form));
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 300); });
    form.addEventListener("submit", () => { clearTimeout(timer); save(); store.set("sent", k); });
  }
  // The page after a form that was taken shows no such form: its draft goes.
  const sent = store.get("sent");
  if (sent && !all("form[data-draft]").some(f => "draft:" + f.dataset.draft === sent)) {
    if ($(".notice.good")) store.drop(sent);
    store.drop("sent");
  }

  // What is like the thing being written is asked for while it is being typed.
  for (const box of all("form [data-beside]")) {
    const form = box.closest("form");
    let timer, asked = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const mine = ++asked, body = new URLSearchParams();
        for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
        try {
          const answer = await fetch(box.dataset.beside, { method: "POST", body });
          const text = await answer.text();
          if (answer.ok && mine === asked) box.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
        } catch { /* no network: the button still asks */ }
      }, 800);
    });
  }

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", e => {
    const form = e.target;
    if (e.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) return e.preventDefault();
    form.dataset.sending = "yes";
  });
  addEventListener("pageshow", () => all("form[data-sending]").forEach(f => delete f.dataset.sending));

  for (const button of all("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.onclick = async () => {
      const from = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(from.value ?? from.textContent);
      button.textContent = button.dataset.done;
    };
  }
  // Scripts that only some pages need come when the page can be read.
  for (const part of all("[data-script]")) document.head.append(Object.assign(document.createElement("script"), { src: part.dataset.script }));

  // A form that was refused starts at what is wrong; an example does not.
  const wrong = $("[data-focus]");
  if (wrong && !wrong.closest("[data-example]")) wrong.focus();
})();
