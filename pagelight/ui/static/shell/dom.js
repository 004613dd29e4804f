// Elements: found, made, heard and written anew; what the page shows just now, and what is told of it.

/** What the page shows; `pagelight:shown` tells what it showed before. @type {Shown} */
export const shown = { tab: "", turn: 0, talk: "", head: "", scope: [], region: "", earlier: 0, growing: false };

/** @param {string} name @param {unknown} [detail] told to the other scripts */
export const announce = (name, detail) => void document.dispatchEvent(new CustomEvent(`pagelight:${name}`, { detail }));

/**
 * Hear what happens to what a selector finds, or within it; `early`: before others do.
 * @type {<K extends keyof DocumentEventMap>(type: K, selector: string,
 *   hear: (found: Found, event: Happened<DocumentEventMap[K]>) => unknown, early?: boolean) => void}
 */
export const on = (type, selector, hear, early = false) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) hear(found, event);
  }, early);

/**
 * Return what does something once it was not asked to for a while.
 * @type {<A extends unknown[]>(ms: number, go: (...given: A) => unknown) => (...given: A) => void}
 */
export const soon = (ms, go) => {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(go, ms, ...given);
  };
};

// --- found ----------------------------------------------------------------------------------

/** @type {(id: string) => Found} what our markup names; there once the page is ready */
export const byId = (id) => document.getElementById(id);
/** @type {(selector: string) => Found | null} */
export const inSource = (selector) => document.querySelector(`#source ${selector}`);
/** @type {(selector: string) => Found[]} */
export const allInSource = (selector) => [...document.querySelectorAll(`#source ${selector}`)];
/** @type {(name: string) => boolean} whether the page is in some state, as its body's class tells */
export const is = (name) => document.body.classList.contains(name);
export const isNarrow = () => matchMedia("(max-width: 900px)").matches;
/** Whether the panel, a sheet on narrow screens, lies above the chat. */
export const isCovered = () => isNarrow() && is("panel-open");
/** Whether the settings stand in the source's place. */
export const isInSettings = () => document.querySelector("#source:not([hidden]) .settings") !== null;
/** Whether a menu or a dialog is open, which Escape closes by itself. */
export const isAbove = () => document.querySelector(":popover-open, dialog[open]") !== null;

/** What stands in our own HTML for certain, else the HTML and the script are at odds. @type {(root: ParentNode, selector: string) => Found} */
export function within(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`There is no ${selector}.`);
  return found;
}

/** The message box. */
export const box = () => within(document, "#ask textarea");
export const focusBox = () => document.querySelector("#ask textarea")?.focus();

/** Write into the message box: Gradio reads it when it hears of input. @param {string} words */
export function write(words) {
  box().value = words;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}

// --- made -----------------------------------------------------------------------------------

/** @type {(name: string, properties?: Record<string, unknown>, ...children: (Node | string)[]) => Found} of an element, not attributes */
export function make(name, properties = {}, ...children) {
  const made = /** @type {Found} */ (document.createElement(name));
  Object.assign(made, properties).append(...children);
  return made;
}

/** @type {(text: string, press: () => unknown, className?: string) => Found} */
export const button = (text, press, className = "") => make("button", { type: "button", textContent: text, onclick: press, className });

/** Do what can't be taken back at the second press: the first one asks. @type {(pressed: Found, words: string, go: () => unknown) => unknown} */
export function sure(pressed, words, go) {
  if (pressed.dataset.sure !== undefined) return go();
  const { textContent, ariaLabel } = pressed;
  pressed.dataset.sure = "";
  Object.assign(pressed, { textContent: words, ariaLabel: words });
  const leave = () => {
    delete pressed.dataset.sure;
    Object.assign(pressed, { textContent, ariaLabel });
  };
  pressed.addEventListener("blur", leave, { once: true });
}

/**
 * Return what holds a field that is written in: Enter sends it, Escape leaves it.
 * @type {(className: string, send: () => unknown, leave: () => unknown, ...children: (Node | string)[]) => Found}
 */
export function form(className, send, leave, ...children) {
  const made = make("div", { className }, ...children);
  made.addEventListener("keydown", (event) => {
    const isSent = event.key === "Enter" && !event.shiftKey && !(event.target instanceof HTMLButtonElement);
    if (isSent) send();
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return made;
}

// --- written anew ---------------------------------------------------------------------------

/** What stands below something, in place of what stood there. @param {Found} where @param {string} words @param {boolean} [isWrong] */
export function tellBelow(where, words, isWrong = true) {
  where.querySelector(":scope > .told")?.remove();
  where.append(make("p", { className: `told ${isWrong ? "bad" : "good"}`, role: isWrong ? "alert" : "status", textContent: words }));
}

// What can be opened, written in or pressed, by what names it in HTML that is written anew, too: its row and what it is.
function named(/** @type {Found} */ root) {
  /** @type {Map<string, Found>} */
  const parts = new Map();
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const part of root.querySelectorAll("a, button, details, input, summary")) {
    const name = `${part.closest("[data-key]")?.dataset.key} ${part.localName} ${Object.entries(part.dataset)}`;
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    parts.set(`${name} ${nth}`, part);
  }
  return parts;
}

/**
 * Write HTML where it is another: lists stay open, fields as they were typed, and the focus where it was.
 * @param {Found | null} element
 * @param {string | null} html null: none came
 * @returns {boolean} whether it was written
 */
export function put(element, html) {
  if (!element || html === null || element.shown === html) return false;
  const [former, focused] = [named(element), document.activeElement];
  element.innerHTML = element.shown = html;
  for (const [name, part] of named(element)) {
    const was = former.get(name);
    if (part.localName === "details") part.open = was?.open ?? false;
    else if (was?.value) part.value = was.value;
    if (was && was === focused) part.focus();
  }
  return true;
}
