// The page's address is the conversation that is shown; back and forward lead to those before.

import { want } from "../shell/tab.js";

let talk = "";
/** @type {string | null} Where back or forward have led, until that is shown. */
let awaited = null;

const named = () => /^\/c\/([0-9a-f]{16})$/.exec(location.pathname)?.[1] ?? "";

/** Whether back or forward have led to what is not shown yet. */
export const isAwaiting = () => awaited !== null;

// Within the conversation that is shown, an address leads to a place of a document.
addEventListener("popstate", () => {
  if (awaited === null && named() === talk) return;
  awaited = named();
  want("open", { about: awaited });
});

// What is shown late, when one has gone on already, does not become the address.
document.addEventListener("pagelight:shown", ({ detail: shown }) => {
  const isOther = talk !== shown.talk;
  talk = shown.talk;
  if (talk === awaited || shown.growing) awaited = null;
  if (isOther && awaited === null && talk !== named()) history.pushState(null, "", talk ? `/c/${talk}` : "/");
});

// Who clicks wants something else by now; the page's own clicks are not trusted ones.
document.addEventListener("click", ({ isTrusted }) => void (isTrusted && (awaited = null)), true);
