// Where else the slide stands that is shown: asked once the panel is there, and as pages or slides change.

const line = () => document.querySelector("#source .also");

/** @param {string} where what follows the document in the address */
async function ask(where) {
  const told = line();
  const url = `/also/${told?.dataset.also}/${where}`;
  if (!told || told.dataset.asked === url) return;
  told.dataset.asked = url;
  const answer = await fetch(url).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (!told.isConnected || told.dataset.asked !== url) return; // another page or slide by now
  told.innerHTML = html;
  told.hidden = !html;
}

function onSource() {
  if (document.querySelector("#source .player")) return; // it tells its moment
  ask(document.querySelector("#source .page-steps")?.dataset.page ?? "1");
}

// The address stays that of the conversation; a new tab, or a copy of the link, has its own.
/** @param {Happened<MouseEvent>} event */
function onClick(event) {
  const link = event.target.closest("#source .also a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("pagelight:open", { detail: link.hash }));
}

document.addEventListener("pagelight:source", onSource);
document.addEventListener("pagelight:page", onSource);
document.addEventListener("pagelight:moment", ({ detail }) => ask(`1?at=${detail}`));
document.addEventListener("click", onClick);
