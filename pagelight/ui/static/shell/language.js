// The page's words in the language of who reads: `say` looks them up by the English ones. What the server
// builds once for all is English, and is translated here before it is first seen.

const { language } = globalThis.pagelightWords;
/** @type {Record<string, string | undefined>} */
const words = Object.assign(Object.create(null), globalThis.pagelightWords.words);
const PARTS = "#top, #past, #start, #beside-row, #pins, #sheet, #table, #keys, #ask";
const NAMES = ["title", "aria-label", "placeholder"];
const plural = new Intl.PluralRules(language);

/** @param {string} english @param {Record<string, unknown>} [values] */
export const say = (english, values = {}) =>
  (words[english] ?? english).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
/** @param {number} number */
export const sayNumber = (number) => number.toLocaleString(language, { maximumFractionDigits: 2 });
/** @param {number} number @param {string} one @param {string} many @param {Record<string, unknown>} [values] */
export const sayCount = (number, one, many, values = {}) =>
  say(plural.select(number) === "one" ? one : many, { n: sayNumber(number), ...values });

function translate(/** @type {Found} */ root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    const told = words[node.data.trim()];
    if (told) node.data = node.data.replace(node.data.trim(), told);
  }
  for (const element of [root, ...root.querySelectorAll("[title], [aria-label], [placeholder]")]) {
    for (const name of NAMES) {
      const told = words[element.getAttribute(name) ?? ""];
      if (told) element.setAttribute(name, told);
    }
  }
}

/** @param {string} parts */
const translateAll = (parts) => language === "en" || document.querySelectorAll(parts).forEach(translate);

document.addEventListener("pagelight:ready", () => {
  document.documentElement.lang = language; // Gradio names that of the browser
  translateAll(PARTS);
  // Gradio makes the buttons of its box anew.
  new MutationObserver(() => translateAll("#ask")).observe(document.getElementById("ask"), { childList: true, subtree: true });
});
// Gradio draws the empty screen anew, and labels its button after the rest.
document.addEventListener("pagelight:bubbles", () => translateAll("#new, #chat :is(.welcome, .scroll-down-button-container)"));
