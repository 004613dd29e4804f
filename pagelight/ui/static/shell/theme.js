// What this browser keeps: light, dark, or as the system, how large words are, and the page as an app.

const system = matchMedia("(prefers-color-scheme: dark)");
const kept = (/** @type {string} */ name) => localStorage.getItem(`pagelight-${name}`);

function isDark() {
  const choice = kept("theme");
  return choice === "dark" || (choice !== "light" && system.matches);
}

// Gradio sets the class by the system alone.
function apply() {
  if (document.body.classList.contains("dark") !== isDark()) document.body.classList.toggle("dark", isDark());
  document.documentElement.style.colorScheme = isDark() ? "dark" : "light";
  document.documentElement.style.setProperty("--text-size", kept("text-size") ?? "1");
}

document.addEventListener("change", ({ target }) => {
  if (target.id !== "theme" && target.id !== "text-size") return;
  localStorage.setItem(`pagelight-${target.id}`, target.value);
  apply();
});
document.addEventListener("pagelight:source", () => {
  for (const name of ["theme", "text-size"]) {
    const field = document.getElementById(name);
    if (field) field.value = kept(name) ?? field.value;
  }
});
system.addEventListener("change", apply);
new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
apply();
// As an app it has a worker, which shows a sentence while the server is away.
addEventListener("load", () => navigator.serviceWorker?.register("/worker.js").catch(() => null)); // without https there is none
