// The checklist of a case: each item is a row of the rubric with a scale of no, yes, not applicable.

/** @import { Answers, CheckItem, Criterion, Side } from "./types.js" */

/** What is said of all items at once, above them. */
export const NOT_APPLICABLE = "n/a: not applicable, counts in no share";

/** @type {Record<number, string | undefined>} */
const WORDS = { 0: "no", 1: "yes", 2: "na" };
const LEVELS = [
  { value: 0, label: "No", anchor: "" },
  { value: 1, label: "Yes", anchor: "" },
  { value: 2, label: "n/a", anchor: "Not applicable: it counts in no share." },
];

/**
 * The items as questions of the rubric: typed like scores, and kept as words of their own.
 * @param {CheckItem[]} items
 * @returns {Criterion[]}
 */
export const itemRows = (items) =>
  items.map(({ key, question }) => ({
    key,
    question,
    description: "",
    levels: LEVELS,
    required: true,
    range: null,
    isItem: true,
  }));

/**
 * What a field of the form is called: of items apart from criteria, which may have the same key.
 * @param {Side} side
 * @param {Criterion} criterion
 */
export const fieldOf = (side, { key, isItem }) =>
  isItem ? `${side}.checks.${key}` : `${side}.${key}`;

/**
 * The score on a criterion, or what stands for what was said of an item.
 * @param {Answers} answers
 * @param {Side} side
 * @param {Criterion} criterion
 * @returns {number | undefined}
 */
export function scoreOf(answers, side, { key, isItem }) {
  if (!isItem) return answers.scores[side][key];
  const word = answers.checks?.[side]?.[key];
  return LEVELS.map(({ value }) => value).find((value) => WORDS[value] === word);
}

/**
 * @param {Answers} answers
 * @param {Side} side
 * @param {Criterion} criterion
 * @param {number | null | undefined} value
 */
export function setScore(answers, side, { key, isItem }, value) {
  const isSet = value !== null && value !== undefined;
  if (!isItem) {
    if (isSet) answers.scores[side][key] = value;
    else delete answers.scores[side][key];
    return;
  }
  answers.checks ??= {};
  const own = (answers.checks[side] ??= Object.create(null));
  const word = isSet ? WORDS[value] : undefined;
  if (word) own[key] = word;
  else delete own[key];
}
