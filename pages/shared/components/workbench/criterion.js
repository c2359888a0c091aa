// Which response is better on one criterion: a small scale of its own in the row of the rubric.

import { h } from "./dom.js";

/** @import { Answers, Criterion, ScoreChoice } from "./types.js" */

/** What can be chosen, in the order of the numbers that are typed: 1 is the first. */
const CHOICES = [
  { preference: "left", face: "A", name: "A better" },
  { preference: "tie", face: "=", name: "Equally good" },
  { preference: "right", face: "B", name: "B better" },
  { preference: "both_bad", face: "✕", name: "Both bad" },
];

/**
 * The number of a preference; the letters of the overall one choose here as well.
 * @param {string | undefined} preference
 */
export function numberOf(preference) {
  const place = CHOICES.findIndex((choice) => choice.preference === preference);
  return place < 0 ? undefined : place + 1;
}

/** @returns {ScoreChoice[]} */
export const betterOptions = () =>
  CHOICES.map(({ face, name }, place) => ({
    value: place + 1,
    number: String(place + 1),
    key: String(place + 1),
    level: { value: place + 1, label: name, anchor: "" },
    name,
    face: h("span", { class: "ek-face" }, face),
  }));

/**
 * @param {Answers} answers
 * @param {Criterion} criterion
 */
export const betterOf = (answers, { key }) => numberOf(answers.preferences?.[key]);

/**
 * @param {Answers} answers
 * @param {Criterion} criterion
 * @param {number | null | undefined} number
 */
export function setBetter(answers, { key }, number) {
  const chosen = (answers.preferences ??= Object.create(null));
  if (number === null || number === undefined) delete chosen[key];
  else chosen[key] = CHOICES[number - 1].preference;
}
