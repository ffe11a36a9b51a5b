// Keeps the page of the door for when there is no network: what the page has put into
// the store is answered from there, the page itself from the network while there is one.
"use strict";
const kept = request => caches.open("birge-door").then(store => store.match(request, { ignoreVary: true }));
addEventListener("install", () => skipWaiting());
addEventListener("activate", e => e.waitUntil(clients.claim()));
addEventListener("fetch", e => {
  if (e.request.method !== "GET") return;
  const fresh = e.request.mode === "navigate";
  e.respondWith((async () => {
    const old = await kept(e.request);
    if (old && !fresh) return old;
    try {
      const answer = await fetch(e.request);
      if (answer.ok || !old) return answer;
    } catch (lost) {
      if (!old) throw lost;
    }
    return old;
  })());
});
