// The browser may install the page as an app: a worker shows a sentence while the server is away.
addEventListener("load", () => navigator.serviceWorker?.register("/worker.js").catch(() => null)); // without https there is none
