// Keeps one page for when the server does not answer. Nothing else is kept: documents stay with the server.
/**
 * What a worker is of a browser's: the page's own types know windows alone.
 * @typedef {Event & { waitUntil(done: Promise<unknown>): void }} Lasting
 * @typedef {Event & { request: Request, respondWith(answer: Promise<Response>): void }} Fetching
 * @typedef {object} Worker
 * @property {() => Promise<void>} skipWaiting
 * @property {{ claim(): Promise<void> }} clients
 * @property {((type: "install" | "activate", hear: (event: Lasting) => void) => void)
 *   & ((type: "fetch", hear: (event: Fetching) => void) => void)} addEventListener
 */
const worker = /** @type {Worker} */ (/** @type {unknown} */ (globalThis));
const KEPT = "pagelight-1";
const OFFLINE = "/offline";

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.add(OFFLINE)).then(() => worker.skipWaiting()));
});
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE).then((kept) => kept ?? Response.error())));
});
