// Where words stand: on the screen, and in the text as it was written (`ResponseData.places`).

/** @import { Placing, ResponseData, Stretch } from "./types.js" */

/** Blocks: words of two of them are not one word. */
const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, td, th, pre, summary, blockquote, div, section, math";
/** What is ours in a text, and did not come with it. */
const OURS = ".ek-copy, .ek-step-line";

/**
 * How many code points a text has, of which some are two units.
 * @param {string} text
 */
export const pointsIn = (text) => {
  let n = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    const isPair = (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) {
      n -= 1;
      at += 1;
    }
  }
  return n;
};

/**
 * How many units the first code points of a text take.
 * @param {string} text
 * @param {number} points
 */
export function unitsOf(text, points) {
  let at = 0;
  for (let n = 0; n < points && at < text.length; n += 1) at += Number(text.codePointAt(at)) > 0xffff ? 2 : 1;
  return at;
}

/**
 * Find where a stretch of rendered text was written. What has no place of its own, as a formula,
 * reaches from the place before it to the one behind it.
 * @param {[number, number, number][]} runs as `ResponseData.places`
 * @param {Stretch} stretch in code points of the rendered text
 * @param {number} length of the written text
 * @returns {Stretch}
 */
export function written(runs, { start, end }, length) {
  let [low, high] = [0, length];
  for (const [here, there, n] of runs) {
    if (here <= start) low = there + Math.min(start - here, n);
    if (end <= here + n) {
      high = there + Math.max(end - here, 0);
      break;
    }
  }
  return { start: low, end: Math.max(low, high) };
}

/**
 * The way back: find where a stretch of the written text is seen.
 * @param {[number, number, number][]} runs
 * @param {Stretch} stretch in code points of the written text
 * @param {number} length of the rendered text
 * @returns {Stretch}
 */
export function seen(runs, stretch, length) {
  const turned = runs.map(([rendered, raw, n]) => /** @type {[number, number, number]} */ ([raw, rendered, n]));
  return written(turned, stretch, length);
}

/**
 * Leave out the white space around a stretch of a text.
 * @param {string} text
 * @param {Stretch} stretch in units
 * @returns {Stretch}
 */
export function trimmed(text, { start, end }) {
  const words = text.slice(start, end);
  const lead = words.length - words.trimStart().length;
  return lead === words.length ? { start, end: start } : { start: start + lead, end: start + words.trimEnd().length };
}

/**
 * Widen a stretch to whole characters as people see them: an emoji or an accented letter may be
 * several code points.
 * @param {string} text
 * @param {Stretch} stretch in units
 * @returns {Stretch}
 */
export function wholeCharacters(text, { start, end }) {
  const from = Math.max(0, text.lastIndexOf("\n", start - 1) + 1);
  const stop = text.indexOf("\n", end);
  const to = stop < 0 ? text.length : stop;
  let [first, last] = [start, end];
  for (const { index, segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text.slice(from, to))) {
    const [low, high] = [from + index, from + index + segment.length];
    if (low < start && start < high) first = low;
    if (low < end && end < high) last = high;
    if (low >= end) break;
  }
  return { start: first, end: last };
}

/**
 * What a caret goes to: words, and what stands between them.
 * @param {string} text
 * @returns {Stretch[]} in units
 */
export function wordsIn(text) {
  /** @type {Stretch[]} */
  const words = [];
  let wasWord = true;
  for (const { index, segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)) {
    if (!segment.trim()) {
      wasWord = true;
      continue;
    }
    const last = words[words.length - 1];
    // Signs that follow on one another are one place to stop at.
    if (!isWordLike && !wasWord && last?.end === index) last.end += segment.length;
    else words.push({ start: index, end: index + segment.length });
    wasWord = Boolean(isWordLike);
  }
  return words;
}

/**
 * Where sentences begin, in each line of a text.
 * @param {string} text
 * @returns {Stretch[]} in units, without the white space around them
 */
export function sentencesIn(text) {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "sentence" });
  /** @type {Stretch[]} */
  const sentences = [];
  let from = 0;
  for (const line of text.split("\n")) {
    for (const { index, segment } of segmenter.segment(line)) {
      const stretch = trimmed(text, { start: from + index, end: from + index + segment.length });
      if (stretch.end > stretch.start) sentences.push(stretch);
    }
    from += line.length + 1;
  }
  return sentences;
}

/**
 * Read a response as it is on the screen: its text, a line for each block, and how stretches of it
 * become places of the written text and of the page, and back.
 * @param {HTMLElement} body of the pane
 * @param {ResponseData} response
 * @param {boolean} isRaw
 * @returns {Placing}
 */
export function placing(body, response, isRaw) {
  const raw = response.raw;
  const nRaw = pointsIn(raw);
  /** @type {{ node: Text, start: number, points: number }[]} */
  const pieces = [];
  let text = "";
  let points = 0;
  /** @type {Element | null | undefined} */
  let block = null;
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (node.parentElement?.closest(OURS)) continue;
    const around = node.parentElement?.closest(BLOCKS);
    if (around !== block && text && !text.endsWith("\n")) text += "\n";
    block = around;
    pieces.push({ node, start: text.length, points });
    text += node.data;
    points += pointsIn(node.data);
  }
  /** @type {[number, number, number][]} */
  const runs = isRaw ? [[0, 0, nRaw]] : response.places;
  /** @param {number} offset in units of the text */
  const pieceAt = (offset) => pieces[Math.max(0, pieces.findLastIndex(({ start }) => start <= offset))];
  /** @param {number} offset */
  const pointAt = (offset) => {
    const { node, start, points: before } = pieceAt(offset);
    return before + pointsIn(node.data.slice(0, offset - start));
  };
  /** @param {number} point of the rendered text */
  const unitAt = (point) => {
    const piece = pieces[Math.max(0, pieces.findLastIndex(({ points: before }) => before <= point))];
    return piece.start + unitsOf(piece.node.data, point - piece.points);
  };
  const at = (/** @type {number} */ point) => unitsOf(raw, point);
  return {
    text,
    isPlaced: pieces.length > 0 && runs.length > 0,
    written: ({ start, end }) => {
      const place = written(runs, { start: pointAt(start), end: pointAt(end) }, nRaw);
      const first = at(place.start);
      const words = trimmed(raw, { start: first, end: Math.max(first, at(place.end)) });
      const from = place.start + pointsIn(raw.slice(first, words.start));
      const quote = raw.slice(words.start, words.end);
      return { start: from, end: from + pointsIn(quote), quote };
    },
    seen: (stretch) => {
      const { start, end } = seen(runs, stretch, points);
      return trimmed(text, { start: unitAt(start), end: Math.max(unitAt(start), unitAt(end)) });
    },
    range: ({ start, end }) => {
      const range = document.createRange();
      const [first, last] = [pieceAt(start), pieceAt(Math.max(start, end - 1))];
      range.setStart(first.node, Math.min(start - first.start, first.node.length));
      range.setEnd(last.node, Math.min(end - last.start, last.node.length));
      return range;
    },
    /** Where a point of the page stands in the text. */
    offset: (node, offset) => {
      const range = document.createRange();
      range.setStart(node, offset);
      const index = pieces.findIndex((piece) => piece.node === node || range.comparePoint(piece.node, 0) > 0);
      if (index < 0) return text.length;
      const piece = pieces[index];
      return piece.node === node ? piece.start + offset : piece.start;
    },
  };
}
