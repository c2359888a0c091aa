// Makes the one file the annotation screen is shipped as; with --check it only says whether it is
// up to date.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const FOLDER = new URL("../pages/shared/components/workbench/", import.meta.url);
const BUNDLE = new URL("bundle.js", FOLDER);

/** The same is counted in tests/test_javascript.py, where there is no Node. */
function digestOfSources() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".js") && name !== "bundle.js");
  const digest = createHash("sha256");
  for (const name of names.sort()) digest.update(readFileSync(new URL(name, FOLDER)));
  return digest.digest("hex");
}

const { outputFiles } = await build({
  entryPoints: [new URL("workbench.js", FOLDER).pathname],
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  write: false,
  banner: {
    js:
      "// Made by `npm run bundle` from the files beside it: change those.\n" +
      `// Sources: ${digestOfSources()}`,
  },
});
const wanted = outputFiles[0].text;

if (!process.argv.includes("--check")) writeFileSync(BUNDLE, wanted);
else if (readFileSync(BUNDLE, "utf8") !== wanted) {
  console.error("bundle.js is not what its sources make: run `npm run bundle`");
  process.exitCode = 1;
}
