// Which tag goes with a typed note: evaluated here, so that typing asks no server. What was learnt
// comes with what the study tells; evalkit/annotation/suggesting/model.py makes it and does the same.

/** @import { TagModel } from "./types.js" */

const LEAST_LETTERS = 2;

/**
 * The words of a note in small letters: runs of letters.
 * @param {string} text
 * @returns {string[]}
 */
export function wordsOf(text) {
  const plain = text.normalize("NFKC").toLowerCase();
  return [...plain.matchAll(/\p{L}+/gu)].map(([word]) => word).filter((word) => [...word].length >= LEAST_LETTERS);
}

/**
 * The tag that goes with a note; null where none is sure enough.
 * @param {TagModel} model
 * @param {string} text
 * @returns {string | null}
 */
export function suggest(model, text) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const word of wordsOf(text)) {
    if (Object.hasOwn(model.terms, word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  if (!counts.size) return null;
  const weights = [...counts].map(([word, n]) => /** @type {const} */ ([word, (1 + Math.log(n)) * model.terms[word][0]]));
  const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0));
  const scores = model.tags.map(() => 0);
  let away = 0;
  for (const [word, weight] of weights) {
    const [, middle, ...of] = model.terms[word];
    away += (weight / length) * middle;
    for (let at = 0; at < of.length; at += 2) scores[of[at]] += (weight / length) * of[at + 1];
  }
  const near = scores.map((score, place) => (model.lengths[place] ? (score - away) / model.lengths[place] : 0));
  const best = near.indexOf(Math.max(...near));
  return near[best] >= model.cut ? model.tags[best] : null;
}
