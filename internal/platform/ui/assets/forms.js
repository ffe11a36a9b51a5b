// What a script adds to a form of questions: what is not asked is hidden, words are
// counted and tables added up while one types. The server judges all of it again.
"use strict";
(() => {
  const all = (sel, root) => [...root.querySelectorAll(sel)];
  const number = s => {
    s = s.replace(/[\s\u00a0\u202f₸]/g, "").replace("−", "-").replace(",", ".");
    return s === "" || isNaN(s) ? null : Number(s);
  };
  const countWords = s => s.split(/\s+/).filter(w => /[\p{L}\p{Nd}]/u.test(w)).length;

  // The answer to a question as conditions see it; null is not known.
  const answer = (root, code) => {
    const q = root.querySelector(`[data-question="${code}"]`);
    if (!q || q.closest("[hidden]")) return null;
    const fields = all("[name]", q).filter(f => f.type !== "hidden"), ticked = fields.filter(f => f.checked).map(f => f.value);
    const text = (fields.find(f => f.value.trim()) ?? { value: "" }).value.trim();
    switch (q.dataset.type) {
      case "number": case "money": return number(text);
      case "yes_no": return ticked.length ? ticked[0] === "yes" : null;
      case "statement": return ticked.length > 0;
      case "choice": return (fields[0].type === "radio" ? ticked[0] : fields[0].value) || null;
      case "choices": return ticked.length ? ticked : null;
      case "file": return fields.reduce((n, f) => n + (f.type === "file" ? f.files.length : Number(f.checked)), 0);
      case "table": return all("tbody tr", q).filter(r => all("input", r).some(f => f.value.trim())).length;
    }
    return text || null;
  };

  const signs = {
    "==": (a, b) => a === b, "!=": (a, b) => a !== b, "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
    "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => b ? a / b : null,
    not: a => !a, minus: a => -a, in: (a, b) => b.includes(a), any_of: (a, b) => a.some(x => b.includes(x)),
    len: a => a.length, min: Math.min, max: Math.max,
  };
  // holds is true, false or null as in the rules of the server; undefined is a sign that
  // only the server knows.
  const holds = (root, t) => {
    if (!Array.isArray(t)) return t;
    const [sign, ...args] = t;
    if (sign === "list") return args;
    if (sign === "var") return answer(root, args[0]);
    const values = args.map(a => holds(root, a));
    if (sign === "and" || sign === "or") {
      const decisive = sign === "or";
      if (values.includes(decisive)) return decisive;
      return values.includes(undefined) ? undefined : values.includes(null) ? null : !decisive;
    }
    if (values.includes(undefined) || !signs[sign]) return undefined;
    return values.includes(null) ? null : signs[sign](...values);
  };
  const ask = root => {
    for (const el of all("[data-if]", root)) {
      const is = holds(root, JSON.parse(el.dataset.if));
      el.hidden = is === false || is === null;
      for (const told of el.children) if ("when" in told.dataset) told.hidden = is === true;
    }
  };

  const count = field => {
    const at = document.getElementById(field.dataset.words);
    at.textContent = at.dataset.say.replace("{n}", countWords(field.value));
  };
  // A table grows when its last row is begun, and its sums follow.
  const grow = table => {
    const rows = all("tbody tr", table), last = rows.at(-1);
    if (!last || rows.length >= Number(table.dataset.most) || !all("input", last).some(f => f.value)) return;
    const next = last.cloneNode(true), from = rows.length - 1;
    for (const f of all("input", next)) {
      f.value = "";
      f.name = f.name.replace(`.${from}.`, `.${from + 1}.`);
      f.id = f.id.replace(`-${from}-`, `-${from + 1}-`);
      f.setAttribute("aria-label", f.getAttribute("aria-label").replace(/\d+$/, from + 2));
    }
    last.after(next);
  };
  const group = n => {
    const [whole, part] = String(Math.round(n * 100) / 100).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0") + (part ? (document.documentElement.lang === "en" ? "." : ",") + part : "");
  };
  const sum = table => all("tfoot [data-total]", table).forEach(cell => {
    if (cell.dataset.total === "text") return;
    const n = all("tbody tr", table).reduce((s, r) => s + (number(r.children[cell.cellIndex].querySelector("input").value) ?? 0), 0);
    cell.textContent = group(n) + (cell.dataset.total === "money" ? "\u00a0₸" : "");
  });

  for (const root of all("[data-questions]", document)) {
    const follow = e => {
      if (e.target.dataset.words) count(e.target);
      const table = e.target.closest("[data-table]");
      if (table) { grow(table); sum(table); }
      ask(root);
    };
    root.addEventListener("input", follow);
    root.addEventListener("change", follow);
    all("[data-more]", root).forEach(note => { note.hidden = true; });
    all("[data-words]", root).forEach(count);
    ask(root);
  }
})();
