// Elements: found, and made. Knows nothing of what the page shows.

/** @type {(id: string) => Found} what our markup names; there once the page is ready */
export const byId = (id) => document.getElementById(id);

export const isNarrow = () => matchMedia("(max-width: 900px)").matches;

/**
 * Return what stands in our own HTML for certain.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {Found}
 * @throws {Error} where it does not: the HTML and the script are at odds
 */
export function within(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`There is no ${selector}.`);
  return found;
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

/**
 * Do what can't be taken back at the second press: the first one asks.
 * @param {Found} pressed
 * @param {string} words what is asked
 * @param {() => unknown} go
 */
export function sure(pressed, words, go) {
  if (pressed.dataset.sure !== undefined) return go();
  const [was, label] = [pressed.textContent, pressed.getAttribute("aria-label")];
  pressed.dataset.sure = "";
  pressed.textContent = words;
  pressed.setAttribute("aria-label", words);
  const leave = () => {
    delete pressed.dataset.sure;
    pressed.textContent = was;
    if (label) pressed.setAttribute("aria-label", label);
    else pressed.removeAttribute("aria-label");
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

/** @type {(name: string, label: string, properties?: Record<string, unknown>) => Found} */
export const field = (name, label, properties = {}) => make(name, { ariaLabel: label, ...properties });
