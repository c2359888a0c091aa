// The rubric: a row a criterion, a scale a response, and a marker that typed scores move on.

import { fieldOf, itemRows, scoreOf, setScore } from "./checklist.js";
import { endsOf, sliderCell } from "./continuous.js";
import { criterionCell } from "./criterion.js";
import { choices, h, inField } from "./dom.js";
import { levelTable, readLevel } from "./levels.js";
import { LETTER } from "./sides.js";
import { isText, textCells } from "./words.js";

/**
 * @import {
 *   Answers,
 *   Cell,
 *   CellPlace,
 *   Criterion,
 *   FormParts,
 *   Level,
 *   Pointed,
 *   Rubric,
 *   ScoreChoice,
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
  const perRow = sides.length + (isPreferred ? 1 : 0);
  // `typed` is what was typed of a number that may go on: "−" of −2, "1" of 10.
  /** @type {Rubric} */
  const rubric = { ...form, sides, isPreferred, cells: [], rows: [], cursor: 0, typed: "" };
  const asked = [...data.criteria, ...itemRows(data.checklist)];
  const rows = asked.map((criterion, index) => rubricRow(rubric, criterion, index));
  const kind = form.sides.length > 1 && sides.length ? "" : " ek-single";
  rubric.rows = rows;
  const node = h("div", { class: `ek-rubric${kind}` }, rows);
  node.addEventListener("keydown", (event) => {
    const step = { ArrowDown: perRow, ArrowUp: -perRow }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || inField(event)) return;
    event.preventDefault();
    const at = rubric.cells.findIndex((cell) => cell.node.contains(document.activeElement));
    const next = rubric.cells[at + step];
    if (next) next.focus();
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
  const isHere = rubric.cells.some((cell) => cell.prefer?.(preference));
  if (isHere) goOn(rubric);
  return isHere;
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
    ? textCells(rubric, criterion)
    : sides.map((side) => scoredCell(rubric, { criterion, side, row, describe }));
  if (isPreferredOn(rubric, criterion)) cells.push(betterCell(rubric, { criterion, row, describe }));
  const question = h("div", { class: "ek-question" }, h("span", {}, criterion.question));
  if (!criterion.required) question.append(h("span", { class: "ek-optional" }, "optional"));
  explain.attach(question, () => levelTable(criterion));
  describe(null);
  const kind = criterion.levels.length > 5 ? "ek-row ek-wide" : "ek-row";
  const properties = { class: kind, role: "group", "aria-label": criterion.question };
  return h("div", properties, question, cells, anchors);
}

/**
 * Whether it is asked which response is better on a criterion: not on one answered in words.
 * @param {Pick<Rubric, "isPreferred">} rubric
 * @param {Criterion} criterion
 */
const isPreferredOn = ({ isPreferred }, criterion) => isPreferred && !isText(criterion) && !criterion.isItem;

/**
 * One cell of a row that is scored, in the order in which typed scores reach it.
 * @param {Rubric} rubric
 * @param {CellPlace & { side: Side }} asked
 */
function scoredCell(rubric, { side, ...place }) {
  const { criterion, describe } = place;
  const isSingle = rubric.sides.length === 1;
  const asked = { criterion, side, isSingle, answers: rubric.answers };
  const words = isSingle ? criterion.question : `${criterion.question} (${LETTER[side]})`;
  const letter = isSingle ? "" : LETTER[side];
  return placed(rubric, place, fieldOf(side, criterion), words, (onscore) =>
    criterion.range
      ? sliderCell({ ...asked, range: criterion.range, onscore, onenter: () => goOn(rubric) })
      : scoreCell({ ...asked, onpoint: (option) => describe(option && { letter, option }), onscore }),
  );
}

/**
 * The cell in which it is said which response is better on a criterion, after its scores.
 * @param {Rubric} rubric
 * @param {CellPlace} place
 */
function betterCell(rubric, place) {
  const { criterion, describe } = place;
  const words = `${criterion.question} (which is better)`;
  return placed(rubric, place, `preference.${criterion.key}`, words, (onscore) =>
    criterionCell({
      criterion,
      answers: rubric.answers,
      onpoint: (option) => describe(option && { letter: "", option }),
      onscore,
    }),
  );
}

/**
 * Put a scale into its row: what it is called, where typed numbers reach it, how it is taken back.
 * @param {Rubric} rubric
 * @param {CellPlace} place
 * @param {string} field
 * @param {string} words
 * @param {(onscore: () => void) => ScoreScale} make
 */
function placed(rubric, { row, describe }, field, words, make) {
  const { places, changed, remember } = rubric;
  const cell = make(() => {
    remember(field, cell.chosen() !== undefined, takeBack);
    changed(field);
    putMarker(rubric, isUnscored(rubric) ? 0 : index);
    describe(null);
  });
  const index = rubric.cells.push({ ...cell, row, describe }) - 1;
  function takeBack() {
    cell.choose(undefined);
    (isUnscored(rubric) ? rubric.cells[0] : cell).focus();
  }
  remember(field, cell.chosen() !== undefined, takeBack);
  cell.node.addEventListener("focusin", () => putMarker(rubric, index));
  places.set(field, { node: cell.node, words, focus: cell.focus });
  return cell.node;
}

/** @param {Rubric} rubric */
const isUnscored = ({ cells }) => cells.every((cell) => cell.chosen() === undefined);

/**
 * The scale of one criterion for one response.
 * @param {object} score
 * @param {Criterion} score.criterion
 * @param {Side} score.side
 * @param {boolean} score.isSingle
 * @param {Answers} score.answers
 * @param {(option: ScoreChoice | null) => void} score.onpoint
 * @param {() => void} score.onscore
 * @returns {ScoreScale}
 */
function scoreCell({ criterion, side, isSingle, answers, onpoint, onscore }) {
  const isSpelt = criterion.levels.reduce((sum, level) => sum + level.label.length, 0) <= 14;
  const options = criterion.levels.map((level) => ({
    value: level.value,
    number: String(level.value),
    key: String(level.value).length === 1 ? String(level.value) : null,
    level,
    name: level.anchor ? `${levelName(level)}: ${level.anchor}` : levelName(level),
    face: h(
      "span",
      { class: "ek-face" },
      String(level.value),
      isSpelt && levelName(level) !== String(level.value) ? h("small", {}, level.label) : null,
    ),
  }));
  const group = choices({
    label: isSingle ? criterion.question : `${criterion.question}, response ${LETTER[side]}`,
    className: options.length > 7 ? "ek-scale ek-long" : "ek-scale",
    value: scoreOf(answers, side, criterion),
    options,
    clearable: true,
    onpoint,
    onchoose: (value) => {
      setScore(answers, side, criterion, value);
      onscore();
    },
  });
  const properties = { class: "ek-letter", "aria-hidden": "true" };
  const letter = isSingle ? null : h("span", properties, LETTER[side]);
  const node = h("div", { class: "ek-cell" }, letter, group.node);
  return {
    ...group,
    node,
    chosen: () => scoreOf(answers, side, criterion),
    read: (typed) => readLevel(options, typed),
  };
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
function anchorLines({ criterion, sides, answers, pointed, isCurrent }) {
  /**
   * @param {string} letter
   * @param {Level} level
   */
  const line = (letter, level) =>
    h(
      "div",
      { class: "ek-anchor" },
      letter ? h("b", {}, letter) : null,
      h("b", {}, level.label || String(level.value)),
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
  const [first, second] = chosen;
  if (first && second && first.level === second.level) return [line("A, B", first.level)];
  const lines = chosen.map(({ side, level }) => line(sides.length > 1 ? LETTER[side] : "", level));
  if (chosen.length < sides.length && isCurrent) lines.push(levelNames(criterion));
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
 * A level with its number, as it is printed and as it is heard: "4 Good", or "4" alone.
 * @param {Level} level
 */
function levelName({ value, label }) {
  return label && label !== String(value) ? `${value} ${label}` : String(value);
}

/**
 * What a score that has begun may become: "1… for 10 type on, or go on with Tab".
 * @param {Cell} cell
 * @param {string} typed
 */
function typedLine(cell, typed) {
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
