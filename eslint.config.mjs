// What is looked for in the page's scripts; `scripts/javascript.py` brings what reads it.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["node_modules/", "*.mjs"] },
  js.configs.recommended,
  {
    files: ["pagelight/ui/static/**/*.js"],
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      eqeqeq: "error",
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
