// The rubric: a row a criterion, a scale a response, and a marker that digits move on.

/** The key that sets each level: its own digit on scales of 0 to 10, else its place. */
function levelKeys(levels) {
  const values = levels.map((level) => level.value);
  if (values.every((value) => Number.isInteger(value) && value >= 0 && value <= 10)) {
    const ten = values.includes(0) ? "" : "0";
    return values.map((value) => (value === 10 ? ten : String(value)));
  }
  return values.map((_, index) => (index < 10 ? String((index + 1) % 10) : ""));
}

/** Build all rows; digits fill the cells in reading order: A, then B, criterion by criterion. */
function rubricPart(form) {
  const { data, sides } = form;
  const rubric = { ...form, cells: [], cursor: 0 };
  const rows = data.criteria.map((criterion, index) => rubricRow(rubric, criterion, index));
  const isWide = data.criteria.some((criterion) => criterion.levels.length > 7);
  const kind = (sides.length > 1 ? "" : " ek-single") + (isWide ? " ek-wide" : "");
  rubric.rows = rows;
  const node = h("div", { class: `ek-rubric${kind}` }, rows);
  node.addEventListener("keydown", (event) => {
    const step = { ArrowDown: sides.length, ArrowUp: -sides.length }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = rubric.cells[rubric.cursor + step];
    if (next) next.focus();
  });
  const open = rubric.cells.findIndex((cell) => cell.chosen() === undefined);
  putMarker(rubric, Math.max(open, 0));
  return {
    node,
    digit: (key) => scoreByDigit(rubric, key),
    erase: () => (rubric.cells[rubric.cursor].choose(undefined), true),
  };
}

/** Set the score at the marker, then put marker and focus on the next cell. */
function scoreByDigit(rubric, key) {
  const { cells, cursor } = rubric;
  const option = cells[cursor].options.find((candidate) => candidate.key === key);
  if (!option) return false;
  cells[cursor].choose(option.value);
  cells[Math.min(cursor + 1, cells.length - 1)].focus();
  return true;
}

/** Show where a digit would go; the rows that it leaves and enters describe themselves anew. */
function putMarker(rubric, index) {
  const { cells, rows } = rubric;
  const before = cells[rubric.cursor];
  rubric.cursor = index;
  cells.forEach((cell, at) => cell.node.classList.toggle("ek-current", at === index));
  rows.forEach((row, at) => row.classList.toggle("ek-current", at === cells[index].row));
  before.describe(null);
  cells[index].describe(null);
}

function rubricRow(rubric, criterion, row) {
  const { sides, answers, places, changed, explain } = rubric;
  const anchors = h("div", { class: "ek-anchors", id: `ek-anchors-${row}` });
  function describe(pointed) {
    const marked = rubric.cells[rubric.cursor];
    const isCurrent = marked !== undefined && marked.row === row;
    anchors.replaceChildren(...anchorLines({ criterion, sides, answers, pointed, isCurrent }));
  }
  const cells = sides.map((side) => {
    const field = `${side}.${criterion.key}`;
    const isSingle = sides.length === 1;
    const cell = scoreCell({
      criterion,
      side,
      isSingle,
      answers,
      onpoint: (option) => describe(option && { side, option }),
      onscore: () => {
        changed(field);
        describe(null);
      },
    });
    const index = rubric.cells.push({ ...cell, row, describe }) - 1;
    cell.node.addEventListener("focusin", () => putMarker(rubric, index));
    const words = isSingle ? criterion.question : `${criterion.question} (${LETTER[side]})`;
    places.set(field, { node: cell.node, words, focus: cell.focus });
    return cell.node;
  });
  const question = h("div", { class: "ek-question" }, h("span", {}, criterion.question));
  if (!criterion.required) question.append(h("span", { class: "ek-optional" }, "optional"));
  explain.attach(question, () => levelTable(criterion));
  describe(null);
  const properties = { class: "ek-row", role: "group", "aria-label": criterion.question };
  return h("div", properties, question, cells, anchors);
}

/** The scale of one criterion for one response. */
function scoreCell({ criterion, side, isSingle, answers, onpoint, onscore }) {
  const keys = levelKeys(criterion.levels);
  const isSpelt = criterion.levels.reduce((sum, level) => sum + level.label.length, 0) <= 14;
  const options = criterion.levels.map((level, index) => ({
    value: level.value,
    key: keys[index],
    level,
    name: `${level.label || level.value}: ${level.anchor}`,
    face: h(
      "span",
      { class: "ek-face" },
      String(level.value),
      keys[index] && keys[index] !== String(level.value) ? kbd(keys[index]) : null,
      isSpelt && level.label !== String(level.value) ? h("small", {}, level.label) : null,
    ),
  }));
  const group = choices({
    label: isSingle ? criterion.question : `${criterion.question}, response ${LETTER[side]}`,
    className: options.length > 7 ? "ek-scale ek-long" : "ek-scale",
    value: answers.scores[side][criterion.key],
    options,
    clearable: true,
    onpoint,
    onchoose: (value) => {
      if (value === null || value === undefined) delete answers.scores[side][criterion.key];
      else answers.scores[side][criterion.key] = value;
      onscore();
    },
  });
  const properties = { class: "ek-letter", "aria-hidden": "true" };
  const letter = isSingle ? null : h("span", properties, LETTER[side]);
  const node = h("div", { class: "ek-cell" }, letter, group.node);
  return { ...group, node, options, chosen: () => answers.scores[side][criterion.key] };
}

/**
 * The sentence of the level pointed at; else of what was chosen, and in the current row the names
 * of the levels while one is still open; else what the criterion asks.
 */
function anchorLines({ criterion, sides, answers, pointed, isCurrent }) {
  const line = (letter, level) =>
    h(
      "div",
      { class: "ek-anchor" },
      letter ? h("b", {}, letter) : null,
      h("b", {}, level.label || String(level.value)),
      " ",
      level.anchor,
    );
  if (pointed) {
    const only = line(sides.length > 1 ? LETTER[pointed.side] : "", pointed.option.level);
    only.classList.add("ek-pointed");
    return [only];
  }
  const chosen = sides
    .map((side) => [side, levelOf(criterion, answers.scores[side][criterion.key])])
    .filter(([, level]) => level);
  if (chosen.length === 2 && chosen[0][1] === chosen[1][1]) return [line("A, B", chosen[0][1])];
  const lines = chosen.map(([side, level]) => line(sides.length > 1 ? LETTER[side] : "", level));
  if (chosen.length < sides.length && isCurrent) lines.push(levelNames(criterion));
  if (!lines.length) lines.push(h("div", { class: "ek-anchor ek-hint" }, criterion.description));
  return lines;
}

/** All levels by name on one line: "1 Useless  2 Poor …". */
function levelNames(criterion) {
  return h(
    "div",
    { class: "ek-anchor ek-hint ek-level-names" },
    criterion.levels.map((level) =>
      h("span", {}, level.label ? `${level.value} ${level.label}` : String(level.value)),
    ),
  );
}

const levelOf = (criterion, value) => criterion.levels.find((level) => level.value === value);

/** All levels of a criterion with their sentences. */
function levelTable(criterion) {
  return [
    h("strong", {}, criterion.question),
    criterion.description ? h("p", {}, criterion.description) : null,
    h(
      "dl",
      { class: "ek-levels" },
      criterion.levels.map((level) => [
        h("dt", {}, h("span", { class: "ek-value" }, String(level.value)), level.label),
        h("dd", {}, level.anchor),
      ]),
    ),
  ].filter(Boolean);
}
