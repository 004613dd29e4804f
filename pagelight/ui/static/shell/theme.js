// Light, dark, or as the system: what was chosen is kept in this browser.

import { say } from "./language.js";

/** @type {Record<string, string>} */
const CHOICES = { system: say("as the system"), light: say("light"), dark: say("dark") };
/** @type {Record<string, string>} */
const SIGNS = { system: "◐", light: "☀", dark: "☾" };
const system = matchMedia("(prefers-color-scheme: dark)");
let choice = localStorage.getItem("pagelight-theme") ?? "";
if (!(choice in CHOICES)) choice = "system";

const isDark = () => (choice === "system" ? system.matches : choice === "dark");

// Gradio sets the class by the system alone.
function apply() {
  if (document.body.classList.contains("dark") !== isDark()) document.body.classList.toggle("dark", isDark());
  document.documentElement.style.colorScheme = isDark() ? "dark" : "light";
  const button = document.getElementById("theme");
  if (!button || button.dataset.theme === choice) return;
  button.dataset.theme = choice;
  button.textContent = SIGNS[choice];
  button.title = `${say("Theme")}: ${CHOICES[choice]}`;
  button.setAttribute("aria-label", button.title);
}

function next() {
  const all = Object.keys(CHOICES);
  choice = all[(all.indexOf(choice) + 1) % all.length];
  localStorage.setItem("pagelight-theme", choice);
  apply();
}

document.addEventListener("click", (event) => event.target.closest?.("#theme") && next());
document.addEventListener("pagelight:state", apply);
system.addEventListener("change", apply);
new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
apply();
