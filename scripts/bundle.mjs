// Makes the files the annotation screen is shipped as; with --check it only says whether they are
// up to date.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const FOLDER = new URL("../pages/shared/components/workbench/", import.meta.url);
/** Each file that is shipped, and the module it begins with. */
const BUNDLES = { "bundle.js": "workbench.js", "waiting-bundle.js": "waiting.js" };

/** The same is counted in tests/test_javascript.py, where there is no Node. */
function digestOfSources() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".js") && !(name in BUNDLES));
  const digest = createHash("sha256");
  for (const name of names.sort()) digest.update(readFileSync(new URL(name, FOLDER)));
  return digest.digest("hex");
}

for (const [name, entry] of Object.entries(BUNDLES)) {
  const { outputFiles } = await build({
    entryPoints: [new URL(entry, FOLDER).pathname],
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
  const place = new URL(name, FOLDER);
  const wanted = outputFiles[0].text;
  if (!process.argv.includes("--check")) writeFileSync(place, wanted);
  else if (readFileSync(place, "utf8") !== wanted) {
    console.error(`${name} is not what its sources make: run \`npm run bundle\``);
    process.exitCode = 1;
  }
}
