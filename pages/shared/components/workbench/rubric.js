// The rubric: a row a criterion, a scale a response, and a marker that typed scores move on.

import { NOT_APPLICABLE, fieldOf, itemRows, scoreOf, setScore } from "./checklist.js";
import { sliderScale } from "./continuous.js";
import { betterOf, betterOptions, numberOf, setBetter } from "./criterion.js";
import { h, inField } from "./dom.js";
import { anchorLines, levelOptions, levelScale, levelTable, typedLine } from "./levels.js";
import { LETTER } from "./sides.js";
import { isText, wordField, write } from "./words.js";

/**
 * @import {
 *   CellPlace,
 *   Child,
 *   Criterion,
 *   FormParts,
 *   Pointed,
 *   Question,
 *   Rubric,
 *   ScoreScale,
 *   Side,
 * } from "./types.js"
 */

/**
 * Build all rows; scores fill the cells in reading order: A, then B, criterion by criterion.
 * @param {FormParts} form
 */
export function rubricPart(form) {
  const { data } = form;
  const sides = data.collect.includes("scores") ? form.sides : [];
  const isPreferred = data.collect.includes("preferences") && form.sides.length > 1;
  // `typed` is what was typed of a number that may go on: "−" of −2, "1" of 10.
  /** @type {Rubric} */
  const rubric = { ...form, sides, isPreferred, cells: [], rows: [], cursor: 0, typed: "" };
  const asked = [...data.criteria, ...itemRows(data.checklist)];
  const rows = asked.map((criterion, index) => rubricRow(rubric, criterion, index));
  const items = rows.slice(data.criteria.length);
  const many = sides.length > 2 ? " ek-many" : "";
  const kind = form.sides.length > 1 && sides.length ? many : " ek-single";
  rubric.rows = rows;
  const node = h(
    "div",
    { class: `ek-rubric${kind}` },
    rows.slice(0, data.criteria.length),
    items.length ? h("div", { class: "ek-checklist" }, "Checklist ", h("span", {}, NOT_APPLICABLE)) : null,
    items,
  );
  node.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || inField(event)) return;
    event.preventDefault();
    beside(rubric, step)?.focus();
  });
  node.addEventListener("focusout", (event) => {
    const isOutside = !node.contains(/** @type {Node | null} */ (event.relatedTarget));
    if (isOutside) putMarker(rubric, firstOpen(rubric));
  });
  const isEdit = data.submitted && firstOpen(rubric) === rubric.cells.length;
  putMarker(rubric, isEdit ? 0 : firstOpen(rubric));
  return {
    node,
    number: (/** @type {string} */ part) => typeScore(rubric, part),
    prefer: (/** @type {string} */ preference) => preferOn(rubric, preference),
    sides,
    lacks: (/** @type {Criterion} */ criterion) =>
      isPreferredOn(rubric, criterion) && !rubric.answers.preferences?.[criterion.key],
  };
}

/**
 * The first cell without a score; behind the last where all have one.
 * @param {Rubric} rubric
 */
export function firstOpen({ cells }) {
  const at = cells.findIndex((cell) => cell.chosen() === undefined);
  return at < 0 ? cells.length : at;
}

/**
 * The cell above or below the one that has the focus: in its column, or in the last of a row that
 * is shorter; rows that are answered in words have none.
 * @param {Rubric} rubric
 * @param {number} step
 */
function beside({ cells }, step) {
  const here = cells.find((cell) => cell.node.contains(document.activeElement));
  const onwards = step > 0 ? cells : [...cells].reverse();
  const next = here && onwards.find((cell) => (cell.row - here.row) * step > 0);
  if (!here || !next) return undefined;
  const [own, other] = [here, next].map(({ row }) => cells.filter((cell) => cell.row === row));
  return other[Math.min(own.indexOf(here), other.length - 1)];
}

/**
 * Type one part of a score as it is printed. A number that is whole is set, and marker and focus
 * go on to the next cell, unless it may go on: 1 of 10 waits for 0, and for anything else goes on.
 * @param {Rubric} rubric
 * @param {string} part
 * @returns {boolean}
 */
export function typeScore(rubric, part) {
  const cell = rubric.cells[rubric.cursor];
  if (!cell) return false;
  const typed = rubric.typed + part;
  const { value, isPart } = cell.read(typed);
  if (value === undefined && !isPart) {
    if (!rubric.typed) return false;
    if (cell.read(rubric.typed).value !== undefined) goOn(rubric);
    else putMarker(rubric, rubric.cursor);
    return typeScore(rubric, part);
  }
  if (isPart) cell.focus();
  if (value !== undefined) cell.choose(value);
  if (!isPart) goOn(rubric);
  else {
    rubric.typed = typed;
    cell.describe(null);
  }
  return true;
}

/**
 * Choose what is better on the criterion whose scale has the focus, and go on; false without one.
 * @param {Rubric} rubric
 * @param {string} preference
 */
function preferOn(rubric, preference) {
  const here = rubric.cells.find((cell) => cell.prefer && cell.node.contains(document.activeElement));
  here?.prefer?.(preference);
  if (here) goOn(rubric);
  return Boolean(here);
}

/**
 * Leave a cell that was filled by typing; after the last one further digits reach nothing.
 * @param {Rubric} rubric
 */
function goOn(rubric) {
  const next = rubric.cells[rubric.cursor + 1];
  if (next) next.focus();
  else putMarker(rubric, rubric.cells.length);
}

/**
 * Show where a score would go; the rows that it leaves and enters describe themselves anew.
 * @param {Rubric} rubric
 * @param {number} index
 */
function putMarker(rubric, index) {
  const { cells, rows } = rubric;
  const [before, here] = [cells[rubric.cursor], cells[index]];
  rubric.cursor = index;
  rubric.typed = "";
  cells.forEach((cell, at) => cell.node.classList.toggle("ek-current", at === index));
  rows.forEach((row, at) => row.classList.toggle("ek-current", Boolean(here) && at === here.row));
  if (before) before.describe(null);
  if (here) here.describe(null);
}

/**
 * @param {Rubric} rubric
 * @param {Criterion} criterion
 * @param {number} row
 */
function rubricRow(rubric, criterion, row) {
  const { sides, answers, explain } = rubric;
  const anchors = h("div", { class: "ek-anchors", id: `ek-anchors-${row}` });
  /** @param {Pointed | null} pointed */
  function describe(pointed) {
    const marked = rubric.cells[rubric.cursor];
    const isCurrent = marked !== undefined && marked.row === row;
    const lines =
      isCurrent && rubric.typed !== "" && !pointed
      ? [typedLine(marked, rubric.typed)]
      : anchorLines({ criterion, sides, answers, pointed, isCurrent });
    anchors.replaceChildren(...lines);
  }
  const cells = isText(criterion)
    ? rubric.sides.map((side) => writtenCell(rubric, criterion, side))
    : sides.map((side) => scoredCell(rubric, { criterion, side, row, describe }));
  if (isPreferredOn(rubric, criterion)) cells.push(betterCell(rubric, { criterion, row, describe }));
  const question = h("div", { class: "ek-question" }, h("span", {}, criterion.question));
  if (!criterion.required) question.append(h("span", { class: "ek-optional" }, "optional"));
  explain.attach(question, () => levelTable(criterion));
  describe(null);
  const kind = ["ek-row", criterion.levels.length > 5 && "ek-wide", criterion.isItem && "ek-item"];
  const properties = { class: kind.filter(Boolean).join(" "), role: "group", "aria-label": criterion.question };
  return h("div", properties, question, cells, anchors);
}

/**
 * Whether it is asked which response is better on a criterion: not on one answered in words.
 * @param {Pick<Rubric, "isPreferred">} rubric
 * @param {Criterion} criterion
 */
const isPreferredOn = ({ isPreferred }, criterion) => isPreferred && !isText(criterion) && !criterion.isItem;

/**
 * What is asked on a criterion about one response: how it is called, in writing and aloud.
 * @param {Rubric} rubric
 * @param {Criterion} criterion
 * @param {Side} side
 */
function asking({ sides }, criterion, side) {
  const { question } = criterion;
  const field = fieldOf(side, criterion);
  if (sides.length === 1) return { field, letter: "", label: question, words: question };
  const letter = LETTER[side];
  return { field, letter, label: `${question}, response ${letter}`, words: `${question} (${letter})` };
}

/**
 * One cell of a row that is scored, in the order in which typed scores reach it.
 * @param {Rubric} rubric
 * @param {CellPlace & { side: Side }} asked
 */
function scoredCell(rubric, { side, ...place }) {
  const { criterion, describe } = place;
  const { range } = criterion;
  const question = {
    ...asking(rubric, criterion, side),
    get: () => scoreOf(rubric.answers, side, criterion),
    /** @param {number | null | undefined} value */
    set: (value) => setScore(rubric.answers, side, criterion, value),
  };
  const { letter } = question;
  const options = range ? [] : levelOptions(criterion, rubric.sides.length);
  const className = options.length > 7 ? "ek-scale ek-long" : "ek-scale";
  return placed(rubric, place, question, (asked) =>
    range
      ? sliderScale({ ...asked, range, onenter: () => goOn(rubric) })
      : levelScale({
          ...asked,
          className,
          options,
          onpoint: (option) => describe(option && { letter, option }),
        }),
  );
}

/**
 * The cell in which it is said which response is better on a criterion, after its scores.
 * @param {Rubric} rubric
 * @param {CellPlace} place
 */
function betterCell(rubric, place) {
  const { criterion, describe } = place;
  const question = {
    field: `preference.${criterion.key}`,
    letter: "Better",
    label: `${criterion.question}, which is better`,
    words: `${criterion.question} (which is better)`,
    get: () => betterOf(rubric.answers, criterion),
    /** @param {number | null | undefined} number */
    set: (number) => setBetter(rubric.answers, criterion, number),
  };
  const options = betterOptions();
  return placed(rubric, place, question, (asked) => {
    const scale = levelScale({
      ...asked,
      className: "ek-scale ek-better",
      options,
      onpoint: (option) => describe(option && { letter: "", option }),
    });
    return { ...scale, prefer: (preference) => scale.choose(numberOf(preference)) };
  });
}

/**
 * A question that is answered in words; typed scores pass it by.
 * @param {Rubric} rubric
 * @param {Criterion} criterion
 * @param {Side} side
 */
function writtenCell(rubric, criterion, side) {
  const { answers, places, changed } = rubric;
  const { field, letter, label, words } = asking(rubric, criterion, side);
  const value = answers.texts?.[side]?.[criterion.key] ?? "";
  const written = wordField(value, { "aria-label": label }, (text) => {
    write(answers, side, criterion.key, text);
    changed(field);
  });
  const node = cellNode(letter, written);
  places.set(field, { node, words, focus: () => written.focus() });
  return node;
}

/**
 * @param {string} letter
 * @param {Child} parts
 */
function cellNode(letter, parts) {
  const properties = { class: "ek-letter", "aria-hidden": "true" };
  return h("div", { class: "ek-cell" }, letter ? h("span", properties, letter) : null, parts);
}

/**
 * Put a scale into its row: what it is called, where typed numbers reach it, how it is taken back.
 * @param {Rubric} rubric
 * @param {CellPlace} place
 * @param {Question} question
 * @param {(asked: Question) => ScoreScale} make
 */
function placed(rubric, { row, describe }, question, make) {
  const { places, changed, remember } = rubric;
  const { field, letter, words, get } = question;
  const scale = make({
    ...question,
    set: (value) => {
      question.set(value);
      remember(field, get() !== undefined, takeBack);
      changed(field);
      putMarker(rubric, isUnscored(rubric) ? 0 : index);
      describe(null);
    },
  });
  const node = cellNode(letter, scale.node);
  const index = rubric.cells.push({ ...scale, node, chosen: get, row, describe }) - 1;
  function takeBack() {
    scale.choose(undefined);
    (isUnscored(rubric) ? rubric.cells[0] : scale).focus();
  }
  remember(field, get() !== undefined, takeBack);
  node.addEventListener("focusin", () => putMarker(rubric, index));
  places.set(field, { node, words, focus: scale.focus });
  return node;
}

/** @param {Rubric} rubric */
const isUnscored = ({ cells }) => cells.every((cell) => cell.chosen() === undefined);
