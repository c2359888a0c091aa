// A scale of levels: what is typed of it, and all of it as a table.

import { endsOf } from "./continuous.js";
import { h } from "./dom.js";

/** @import { Criterion, ScoreChoice, TypedNumber } from "./types.js" */

/**
 * What was typed of the number of a level, and what it may become.
 * @param {Pick<ScoreChoice, "number" | "value">[]} options
 * @param {string} typed
 * @returns {TypedNumber}
 */
export function readLevel(options, typed) {
  const more = options
    .map(({ number }) => number)
    .filter((number) => number !== typed && number.startsWith(typed));
  const value = options.find(({ number }) => number === typed)?.value;
  return { value, isPart: more.length > 0, more };
}

/**
 * All levels of a criterion with their sentences.
 * @param {Criterion} criterion
 * @returns {HTMLElement[]}
 */
export function levelTable(criterion) {
  return [
    h("strong", {}, criterion.question),
    ...(criterion.description ? [h("p", {}, criterion.description)] : []),
    ...(criterion.range ? [h("p", {}, endsOf(criterion.range))] : []),
    h(
      "dl",
      { class: "ek-levels" },
      criterion.levels.map((level) => [
        h("dt", {}, h("span", { class: "ek-value" }, String(level.value)), level.label),
        h("dd", {}, level.anchor),
      ]),
    ),
  ];
}
