// Questions that are answered in words: a field that grows with what is written.

import { scoreOf } from "./checklist.js";
import { h } from "./dom.js";

/** @import { Answers, Criterion, Properties, Side } from "./types.js" */

/** How high a field grows before it scrolls, in pixels. */
const HIGHEST = 140;

/**
 * A field of one line that grows with what is written in it.
 * @param {string} value
 * @param {Properties} properties
 * @param {(words: string) => void} onwritten
 */
export function wordField(value, properties, onwritten) {
  const field = h("textarea", { class: "ek-comment-field", rows: "1", dir: "auto", ...properties });
  field.value = value;
  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, HIGHEST)}px`;
  };
  field.addEventListener("input", () => {
    grow();
    onwritten(field.value);
  });
  if (value) requestAnimationFrame(grow); // to measure an empty one is to lay all out
  return field;
}

/**
 * Whether a criterion is answered in words: it has no scale.
 * @param {Criterion} criterion
 */
export const isText = ({ levels, range }) => range === null && levels.length === 0;

/**
 * Whether anything was given on a criterion for a response.
 * @param {Answers} answers
 * @param {Side} side
 * @param {Criterion} criterion
 */
export function isAnswered(answers, side, criterion) {
  if (isText(criterion)) return Boolean(answers.texts?.[side]?.[criterion.key]?.trim());
  return scoreOf(answers, side, criterion) !== undefined;
}

/**
 * @param {Answers} answers
 * @param {Side} side
 * @param {string} key
 * @param {string} text
 */
export function write(answers, side, key, text) {
  answers.texts ??= {};
  const own = (answers.texts[side] ??= Object.create(null));
  if (text) own[key] = text;
  else delete own[key];
}
