// Keeps a page of a hall up to date and counts the speaker's time down.
"use strict";
(() => {
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const { every, spread } = live.dataset, wait = ms => new Promise(done => setTimeout(done, ms));
  let now = live.dataset.now;
  const parts = root => [...root.querySelectorAll("[data-part]")];
  const told = new Map(parts(live).map(p => [p.dataset.part, p.innerHTML])); // as the portal told it, whatever was typed since

  // renew takes the parts that the portal tells otherwise now; what is being filled in stays.
  const renew = async () => {
    const answer = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const p of parts(next)) {
      const here = parts(live).find(x => x.dataset.part === p.dataset.part), html = p.innerHTML;
      if (!here || told.get(p.dataset.part) === html || here.querySelector("input:focus, textarea:focus, select:focus")) continue;
      told.set(p.dataset.part, html);
      here.replaceChildren(...document.adoptNode(p).childNodes);
    }
    count();
  };
  const ask = async () => {
    try {
      const answer = await fetch(live.dataset.live, { cache: "no-store" }), turn = await answer.text();
      if (answer.ok && turn !== now) {
        await wait(Math.random() * spread);
        await renew();
        now = turn;
      }
    } catch { /* the network is gone for a moment */ }
    setTimeout(ask, every);
  };

  const ends = new WeakMap();
  const count = () => {
    for (const t of document.querySelectorAll("[data-left]")) {
      if (!ends.has(t)) ends.set(t, performance.now() + t.dataset.left * 1000);
      const s = Math.round((ends.get(t) - performance.now()) / 1000), n = Math.abs(s);
      t.textContent = (s < 0 ? "−" : "") + Math.floor(n / 60) + ":" + String(n % 60).padStart(2, "0");
      t.classList.toggle("over", s < 0);
    }
  };
  count();
  setInterval(count, 250);
  setTimeout(ask, every);
})();
