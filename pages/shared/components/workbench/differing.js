// Where two responses differ, word by word: what stands in one only is painted in both.

import { button, h } from "./dom.js";
import { markText, textOf } from "./text.js";

/** @import { Comparing } from "./types.js" */

/** Beyond these a comparison says nothing that reading would not, and takes long. */
const MOST_WORDS = 12000;
const MOST_CHANGES = 2000;

/**
 * Split a text into words and single signs, each with where it stands.
 * @param {string} text
 */
const wordsIn = (text) =>
  [...text.matchAll(/[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]/gu)].map(({ 0: word, index }) => ({
    word: word.toLowerCase(),
    start: index,
    length: word.length,
  }));

/**
 * The words that stand in one of two lists only, by the shortest way from the first to the second.
 * (Myers (1986), "An O(ND) Difference Algorithm and Its Variations", the greedy algorithm.)
 * @param {string[]} first
 * @param {string[]} second
 * @returns {[Set<number>, Set<number>] | null} places in each, or null if there are too many
 */
export function differing(first, second) {
  if (first.length + second.length > MOST_WORDS) return null;
  /** @type {Int32Array[]} */
  const steps = [];
  const [n, m] = [first.length, second.length];
  const most = Math.min(n + m, MOST_CHANGES);
  const reached = new Int32Array(2 * most + 3);
  const at = (/** @type {number} */ k) => k + most + 1;
  for (let changes = 0; changes <= most; changes += 1) {
    steps.push(reached.slice(at(-changes - 1), at(changes + 1) + 1));
    for (let k = -changes; k <= changes; k += 2) {
      const isDown = k === -changes || (k !== changes && reached[at(k - 1)] < reached[at(k + 1)]);
      let x = isDown ? reached[at(k + 1)] : reached[at(k - 1)] + 1;
      while (x < n && x - k < m && first[x] === second[x - k]) x += 1;
      reached[at(k)] = x;
      if (x >= n && x - k >= m) return wayBack(steps, n, m);
    }
  }
  return null;
}

/**
 * Go back over the steps that were taken, and note which words each of them left out.
 * @param {Int32Array[]} steps what was reached before each change, from the lowest diagonal on
 * @param {number} n
 * @param {number} m
 * @returns {[Set<number>, Set<number>]}
 */
function wayBack(steps, n, m) {
  /** @type {[Set<number>, Set<number>]} */
  const [inFirst, inSecond] = [new Set(), new Set()];
  let [x, y] = [n, m];
  for (let changes = steps.length - 1; changes > 0; changes -= 1) {
    const reached = steps[changes];
    const at = (/** @type {number} */ k) => k + changes + 1;
    const k = x - y;
    const isDown = k === -changes || (k !== changes && reached[at(k - 1)] < reached[at(k + 1)]);
    const before = isDown ? k + 1 : k - 1;
    x = reached[at(before)];
    y = x - before;
    if (isDown) inSecond.add(y);
    else inFirst.add(x);
  }
  return [inFirst, inSecond];
}

/**
 * Compare two responses while it is wished; a new case begins without.
 * @param {HTMLElement[]} bodies
 * @returns {Comparing}
 */
export function comparing(bodies) {
  const note = h("div", { class: "ek-differing", role: "status" });
  let isOn = false;
  const element = button("Compare", "V", toggle, {
    class: "ek-button ek-quiet",
    "aria-label": "Compare word by word",
    "aria-pressed": "false",
  });
  const paint = () => {
    if (isOn) note.textContent = paintDifference(bodies);
    else forgetDifference();
  };
  // Raw and formatted text are different texts.
  const watching = new MutationObserver(paint);
  bodies.forEach((body) => watching.observe(body, { childList: true }));
  function toggle() {
    isOn = !isOn;
    element.setAttribute("aria-pressed", String(isOn));
    note.hidden = !isOn;
    paint();
  }
  note.hidden = true;
  return { note, button: element, toggle };
}

/**
 * Paint what differs, and say in words how much that is.
 * @param {HTMLElement[]} bodies of the responses
 * @returns {string}
 */
function paintDifference(bodies) {
  const texts = bodies.map((body) => textOf(body));
  const words = texts.map(({ text }) => wordsIn(text));
  const [first, second] = words.map((list) => list.map(({ word }) => word));
  const places = differing(first, second);
  if (places === null) {
    forgetDifference();
    return "Too different to compare by words";
  }
  const ranges = places.map((only, side) =>
    runs(words[side], only).map(([start, end]) => texts[side].range(start, end - start)),
  );
  markText("ek-only-left", ranges[0]);
  markText("ek-only-right", ranges[1]);
  if (!places[0].size && !places[1].size) return "Word for word the same";
  const [inA, inB] = places.map(({ size }) => `${size} ${size === 1 ? "word" : "words"}`);
  return `Underlined: ${inA} only in A, ${inB} only in B`;
}

/** Paint no difference any more. */
export function forgetDifference() {
  markText("ek-only-left", []);
  markText("ek-only-right", []);
}

/**
 * Stretches of words that follow on one another, so that they are painted as one.
 * @param {{ start: number, length: number }[]} words
 * @param {Set<number>} only
 * @returns {[number, number][]}
 */
function runs(words, only) {
  /** @type {[number, number][]} */
  const stretches = [];
  let last = -2;
  for (const place of [...only].sort((a, b) => a - b)) {
    const { start, length } = words[place];
    if (place === last + 1) stretches[stretches.length - 1][1] = start + length;
    else stretches.push([start, start + length]);
    last = place;
  }
  return stretches;
}
