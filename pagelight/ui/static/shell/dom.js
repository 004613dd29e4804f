// Elements: found, and made. Knows nothing of what the page shows.

/** @type {(id: string) => Found} what our markup names; there once the page is ready */
export const byId = (id) => document.getElementById(id);

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
