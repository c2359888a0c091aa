import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/*bundle.js", ".venv/", "data/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      complexity: ["error", 12],
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["pages/**/*.js", "tests/javascript/*.mjs"],
    languageOptions: { globals: globals.browser },
  },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
];
