// Elements: found, made, and heard. Knows nothing of what the page shows.

/** @type {(id: string) => Found} what our markup names; there once the page is ready */
export const byId = (id) => document.getElementById(id);

export const isNarrow = () => matchMedia("(max-width: 900px)").matches;

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
 * Return what stands in our own HTML for certain.
 * @param {ParentNode} root
 * @param {string} selector
 * @throws {Error} where it does not: the HTML and the script are at odds
 */
export function within(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`There is no ${selector}.`);
  return found;
}

/** The message box. */
export const box = () => within(document, "#ask textarea");

/**
 * Write into the message box: Gradio reads it when it hears of input.
 * @param {string} words
 */
export function write(words) {
  box().value = words;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * @param {string} name of the element: "button"
 * @param {Record<string, unknown>} properties as elements have them: `textContent`, not attributes
 * @param {(Node | string)[]} children
 * @returns {Found}
 */
export function make(name, properties = {}, ...children) {
  const made = /** @type {Found} */ (document.createElement(name));
  Object.assign(made, properties).append(...children);
  return made;
}

/** @type {(text: string, press: () => unknown, className?: string) => Found} */
export const button = (text, press, className = "") => make("button", { type: "button", textContent: text, onclick: press, className });

/** @type {(name: string, label: string, properties?: Record<string, unknown>) => Found} */
export const field = (name, label, properties = {}) => make(name, { ariaLabel: label, ...properties });

/**
 * Do what can't be taken back at the second press: the first one asks.
 * @param {Found} pressed
 * @param {string} words what is asked
 * @param {() => unknown} go
 */
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
 * @param {string} className
 * @param {() => unknown} send
 * @param {() => unknown} leave
 * @param {(Node | string)[]} children
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

/** @param {Found} where @param {string} words @param {boolean} [isWrong] what stands below it, in place of what stood there */
export function tellBelow(where, words, isWrong = true) {
  where.querySelector(":scope > .told")?.remove();
  where.append(make("p", { className: `told ${isWrong ? "bad" : "good"}`, role: isWrong ? "alert" : "status", textContent: words }));
}

/** @param {string} name @param {unknown} [detail] told to the other scripts */
export const announce = (name, detail) => void document.dispatchEvent(new CustomEvent(`pagelight:${name}`, { detail }));
