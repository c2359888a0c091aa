// Which response is better on one criterion: a small scale of its own in the row of the rubric.

import { choices, h } from "./dom.js";
import { readLevel } from "./levels.js";

/** @import { Answers, Criterion, ScoreChoice, ScoreScale } from "./types.js" */

/** What can be chosen, by the number that is typed, and the letter it has on the screen. */
const CHOICES = [
  { preference: "left", face: "A", name: "A better" },
  { preference: "tie", face: "=", name: "Equally good" },
  { preference: "right", face: "B", name: "B better" },
  { preference: "both_bad", face: "✕", name: "Both bad" },
];
/**
 * The letters of the overall preference choose here as well, as long as the focus is here.
 * @type {Record<string, number>}
 */
const LETTERS = { left: 1, tie: 2, right: 3, both_bad: 4 };

/** @type {ScoreChoice[]} */
const options = CHOICES.map(({ face, name }, place) => ({
  value: place + 1,
  number: String(place + 1),
  key: String(place + 1),
  level: { value: place + 1, label: name, anchor: "" },
  name,
  face,
}));

/**
 * @param {object} asked
 * @param {Criterion} asked.criterion
 * @param {Answers} asked.answers
 * @param {(option: ScoreChoice | null) => void} asked.onpoint
 * @param {() => void} asked.onscore
 * @returns {ScoreScale & { prefer(preference: string): boolean }}
 */
export function criterionCell({ criterion, answers, onpoint, onscore }) {
  const chosen = (answers.preferences ??= Object.create(null));
  const value = () => LETTERS[chosen[criterion.key]];
  const group = choices({
    label: `${criterion.question}, which is better`,
    className: "ek-scale ek-better",
    value: value(),
    options: options.map((option) => ({
      ...option,
      face: h("span", { class: "ek-face" }, option.face),
    })),
    clearable: true,
    onpoint,
    onchoose: (number) => {
      if (number === null || number === undefined) delete chosen[criterion.key];
      else chosen[criterion.key] = CHOICES[number - 1].preference;
      onscore();
    },
  });
  const letter = h("span", { class: "ek-letter", "aria-hidden": "true" }, "Better");
  const node = h("div", { class: "ek-cell ek-better-cell" }, letter, group.node);
  return {
    ...group,
    node,
    chosen: value,
    read: (typed) => readLevel(options, typed),
    prefer: (preference) => {
      if (!node.contains(document.activeElement)) return false;
      group.choose(LETTERS[preference]);
      return true;
    },
  };
}
