// Words of an answer as they come, written into its bubble: Gradio is given the whole at its beginning
// and its end, and now and then where no stream comes through.
"use strict";

(() => {
  const NEAR_PX = 120;
  const written = new Map(); // conversation -> { head, html }
  let shown = { talk: "", head: "", growing: false };
  let bubble = null;

  function growing() {
    const isIt = bubble?.isConnected && bubble.matches(".waiting, .growing");
    return isIt ? bubble : (bubble = document.querySelector("#chat .answer.waiting, #chat .answer.growing"));
  }

  // Who reads at the end stays there as words come.
  function atEnd(frame) {
    return frame && frame.scrollHeight - frame.scrollTop - frame.clientHeight < NEAR_PX;
  }

  function frameOf(element) {
    const scrolls = (at) => /auto|scroll/.test(getComputedStyle(at).overflowY);
    while (element && !scrolls(element)) element = element.parentElement;
    return element;
  }

  // The bubble's own element stays Gradio's; what stands in it is the server's, and newer.
  function show() {
    const piece = written.get(shown.talk);
    if (!piece || !shown.growing || piece.head !== shown.head) return;
    if (!growing() || bubble.written === piece.html) return;
    const template = document.createElement("template");
    template.innerHTML = piece.html;
    const made = template.content.firstElementChild;
    const frame = frameOf(bubble);
    const follows = atEnd(frame);
    bubble.className = made.className;
    bubble.replaceChildren(...made.childNodes);
    if (follows) frame.scrollTop = frame.scrollHeight;
    bubble.written = piece.html;
  }

  document.addEventListener("pagelight:piece", ({ detail: { talk, head, keep, more } }) => {
    const former = written.get(talk);
    written.set(talk, { head, html: (former?.head === head ? former.html.slice(0, keep) : "") + more });
    show();
  });
  document.addEventListener("pagelight:shown", ({ detail }) => {
    shown = detail;
    if (!shown.growing) written.delete(shown.talk);
    show();
  });
  document.addEventListener("pagelight:bubbles", show);
})();
