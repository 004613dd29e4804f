// Files that lie in the message box: there again once the page is loaded anew, in another language. Gradio knows
// nothing of them then; the browser keeps them with the page's place in its history.

import { on, within } from "../shell/dom.js";

/** @type {File[]} in the order in which they came */
const brought = [];
/** @type {File[]} */
const kept = history.state?.brought ?? [];
const removers = () => [...document.querySelectorAll("#ask .delete-button")]; // one of each file

/** @param {FileList | undefined} files */
const add = (files) => brought.push(...(files ?? []));

/** Keep the files over the next load of the page. */
export function keepBrought() {
  const lying = brought.slice(Math.max(0, brought.length - removers().length)); // those before were asked about
  history.replaceState({ brought: lying }, "");
}

on("change", "#ask input[type=file]", ({ files }) => add(files), true);
on("drop", "#ask", (_, { dataTransfer }) => add(dataTransfer?.files), true);
on("paste", "#ask", (_, { clipboardData }) => add(clipboardData?.files), true);
on("click", "#ask .delete-button", (button) => brought.splice(removers().indexOf(button) - removers().length, 1), true);

document.addEventListener("pagelight:ready", () => {
  if (!kept.length) return;
  history.replaceState(null, "");
  const transfer = new DataTransfer();
  kept.forEach((file) => transfer.items.add(file));
  const field = within(document, "#ask input[type=file]");
  field.files = transfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
