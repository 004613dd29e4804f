// A picture of an answer that can't be had, as its file is gone: its caption and its mark stay, no empty frame does.

/** @param {Event} event */
function onError({ target }) {
  const frame = /** @type {Element} */ (target).closest?.(".shown .picture");
  if (frame) frame.classList.add("gone");
}

document.addEventListener("error", onError, true); // it does not bubble
