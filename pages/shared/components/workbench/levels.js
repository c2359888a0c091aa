// A scale of levels: its choices, what is typed of it, and what is said of them.

import { scoreOf } from "./checklist.js";
import { endsOf, printed } from "./continuous.js";
import { choices, h } from "./dom.js";
import { LETTER } from "./sides.js";

/**
 * @import {
 *   Answers,
 *   Cell,
 *   Choosing,
 *   Criterion,
 *   Level,
 *   Pointed,
 *   Question,
 *   ScoreChoice,
 *   ScoreScale,
 *   Side,
 *   TypedNumber,
 * } from "./types.js"
 */

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
 * The levels of a criterion as they can be chosen.
 * @param {Criterion} criterion
 * @param {number} nSides
 * @returns {ScoreChoice[]}
 */
export const levelOptions = (criterion, nSides) =>
  criterion.levels.map((level) => ({
    value: level.value,
    number: String(level.value),
    key: String(level.value).length === 1 ? String(level.value) : null,
    level,
    name: level.anchor ? `${levelName(level)}: ${level.anchor}` : levelName(level),
    face: h(
      "span",
      { class: "ek-face" },
      printed(level.value),
      isSpelt(criterion, nSides) && levelName(level) !== printed(level.value)
        ? h("small", {}, level.label)
        : null,
    ),
  }));

/**
 * Whether the names of levels stand on the scale, where each has the room of the longest: two
 * responses share a line, of more each has one of its own.
 * @param {Criterion} criterion
 * @param {number} nSides
 */
const isSpelt = ({ levels }, nSides) =>
  (nSides === 2 ? 2 : 1) * levels.length * Math.max(...levels.map(({ label }) => label.length)) <= 30;

/**
 * A level with its number, as it is printed and as it is heard: "4 Good", or "4" alone.
 * @param {Level} level
 */
export function levelName({ value, label }) {
  return label && label !== String(value) ? `${printed(value)} ${label}` : printed(value);
}

/**
 * A scale of which one is chosen.
 * @param {Question & Choosing} asked
 * @returns {ScoreScale}
 */
export function levelScale({ label, className, options, get, set, onpoint }) {
  const value = get();
  const group = choices({ label, className, value, options, clearable: true, onpoint, onchoose: set });
  return { ...group, read: (typed) => readLevel(options, typed) };
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
        h("dt", {}, h("span", { class: "ek-value" }, printed(level.value)), level.label),
        h("dd", {}, level.anchor),
      ]),
    ),
  ];
}

/**
 * The sentence of the level pointed at; else of what was chosen, and in the current row the names
 * of the levels while one is still open; else what the criterion asks.
 * @param {object} row
 * @param {Criterion} row.criterion
 * @param {Side[]} row.sides
 * @param {Answers} row.answers
 * @param {Pointed | null} row.pointed
 * @param {boolean} row.isCurrent
 * @returns {HTMLElement[]}
 */
export function anchorLines({ criterion, sides, answers, pointed, isCurrent }) {
  /**
   * @param {string} letter
   * @param {Level} level
   */
  const line = (letter, level) =>
    h(
      "div",
      { class: "ek-anchor" },
      letter ? h("b", {}, letter) : null,
      h("b", {}, level.label || printed(level.value)),
      " ",
      level.anchor,
    );
  if (!criterion.levels.length) {
    const hints = [criterion.range ? endsOf(criterion.range) : "", criterion.description];
    return hints.filter(Boolean).map((words) => h("div", { class: "ek-anchor ek-hint" }, words));
  }
  if (pointed) {
    const only = line(pointed.letter, pointed.option.level);
    only.classList.add("ek-pointed");
    return [only];
  }
  const chosen = sides.flatMap((side) => {
    const level = levelOf(criterion, scoreOf(answers, side, criterion));
    return level ? [{ side, level }] : [];
  });
  const lines = [...new Set(chosen.map(({ level }) => level))].map((level) => {
    const at = chosen.filter((each) => each.level === level);
    return line(sides.length > 1 ? at.map(({ side }) => LETTER[side]).join(", ") : "", level);
  });
  if (chosen.length < sides.length && isCurrent && !isSpelt(criterion, sides.length))
    lines.push(levelNames(criterion));
  if (!lines.length) lines.push(h("div", { class: "ek-anchor ek-hint" }, criterion.description));
  return lines;
}

/**
 * All levels by name on one line: "1 Useless  2 Poor …".
 * @param {Criterion} criterion
 */
function levelNames(criterion) {
  return h(
    "div",
    { class: "ek-anchor ek-hint ek-level-names" },
    criterion.levels.map((level) => h("span", {}, levelName(level))),
  );
}

/**
 * What a score that has begun may become: "1… for 10 type on, or go on with Tab".
 * @param {Cell} cell
 * @param {string} typed
 */
export function typedLine(cell, typed) {
  const { value, more } = cell.read(typed);
  const on = more.length ? `type on for ${more.join(", ")}` : "type on";
  const words =
    value === undefined ? `${typed} typed: ${on}` : `${typed} typed: ${on}, or Tab to the next scale`;
  return h("div", { class: "ek-anchor ek-hint" }, words);
}

/**
 * @param {Criterion} criterion
 * @param {number | undefined} value
 */
const levelOf = (criterion, value) => criterion.levels.find((level) => level.value === value);
