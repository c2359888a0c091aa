// The form beneath the responses: preference, rubric, error tags, comment.

const SIDES = ["left", "right"];
const LETTER = { left: "A", right: "B" };

/** The key that sets each level: its own digit on scales of 0 to 10, else its place. */
function levelKeys(levels) {
  const values = levels.map((level) => level.value);
  if (values.every((value) => Number.isInteger(value) && value >= 0 && value <= 10)) {
    const ten = values.includes(0) ? "" : "0";
    return values.map((value) => (value === 10 ? ten : String(value)));
  }
  return values.map((_, index) => (index < 10 ? String((index + 1) % 10) : ""));
}

/**
 * Build the form. `answers` is the draft and is changed in place; `onchange` hears every change.
 * Returns {node, digit(key), prefer(value), missing(), mark(fields), focusComment()}.
 */
function buildForm({ data, answers, explain, onchange }) {
  const sides = data.right ? SIDES : ["left"];
  const places = new Map(); // field name -> element that shows what is missing, and how to focus it
  const parts = [];
  const collects = (what) => data.collect.includes(what);

  const changed = (field) => {
    const place = places.get(field);
    if (place) place.node.classList.remove("ek-missing");
    onchange();
  };
  const preference =
    collects("preference") && data.right ? preferencePart({ answers, places, changed }) : null;
  if (preference) parts.push(preference.node);
  const rubric =
    collects("scores") && data.criteria.length
      ? rubricPart({ data, sides, answers, places, changed, explain })
      : null;
  if (rubric) parts.push(rubric.node);
  if (collects("tags") && data.tags.length) {
    parts.push(tagsPart({ data, sides, answers, explain, onchange }));
  }
  const comment = collects("comment") ? commentPart({ answers, onchange }) : null;
  if (comment) parts.push(comment);

  return {
    node: h("section", { class: "ek-form", "aria-label": "Your judgement" }, parts),
    digit: (key) => Boolean(rubric) && rubric.digit(key),
    erase: () => Boolean(rubric) && rubric.erase(),
    prefer: (value) => Boolean(preference) && preference.choose(value),
    focusComment: () => Boolean(comment) && (comment.querySelector("textarea").focus(), true),
    missing() {
      const fields = [];
      if (preference && !answers.preference) fields.push("preference");
      for (const criterion of rubric ? data.criteria : []) {
        for (const side of sides) {
          if (criterion.required && answers.scores[side][criterion.key] === undefined) {
            fields.push(`${side}.${criterion.key}`);
          }
        }
      }
      return fields;
    },
    /** Highlight these fields, focus the first, and say in words what they are. */
    mark(fields) {
      places.forEach((place) => place.node.classList.remove("ek-missing"));
      const known = fields.filter((field) => places.has(field));
      known.forEach((field) => places.get(field).node.classList.add("ek-missing"));
      if (known.length) places.get(known[0]).focus();
      const scores = known.filter((field) => field !== "preference");
      const words = known.length > scores.length ? ["the preference"] : [];
      if (scores.length > 2) return [...words, `${scores.length} scores`];
      return [...words, ...scores.map((field) => places.get(field).words)];
    },
  };
}

function preferencePart({ answers, places, changed }) {
  const words = [
    ["left", "A better", "A"],
    ["right", "B better", "B"],
    ["tie", "Equally good", "E"],
    ["both_bad", "Both bad", "X"],
  ];
  const group = choices({
    label: "Which response is better",
    className: "ek-preference",
    value: answers.preference,
    options: words.map(([value, name, key]) => ({
      value,
      name,
      key,
      face: h("span", { class: "ek-face" }, name, kbd(key)),
    })),
    onchoose: (value) => {
      answers.preference = value;
      changed("preference");
    },
  });
  places.set("preference", { node: group.node, words: "preference", focus: group.focus });
  return { node: group.node, choose: (value) => (group.choose(value), true) };
}

function rubricPart({ data, sides, answers, places, changed, explain }) {
  const cells = []; // in the order in which digits fill them: A, then B, criterion by criterion
  let cursor = 0;
  const rows = data.criteria.map((criterion, row) => {
    const anchors = h("div", { class: "ek-anchors", id: `ek-anchors-${row}` });
    const groups = sides.map((side) => {
      const index = cells.length;
      const cell = scoreCell({ criterion, side, single: sides.length === 1, answers, changed: () => {
        changed(`${side}.${criterion.key}`);
        describe(null);
      }, onpoint: (option) => describe(option && { side, option }) });
      cell.node.addEventListener("pointerenter", () => describe(null));
      cell.node.addEventListener("focusin", () => move(index));
      cells.push({ ...cell, row, side, describe });
      places.set(`${side}.${criterion.key}`, {
        node: cell.node,
        words: sides.length > 1 ? `${criterion.question} (${LETTER[side]})` : criterion.question,
        focus: cell.focus,
      });
      return cell;
    });
    function describe(pointed) {
      const isCurrent = cells[cursor] !== undefined && cells[cursor].row === row;
      anchors.replaceChildren(...anchorLines({ criterion, sides, answers, pointed, isCurrent }));
    }
    const question = h(
      "div",
      { class: "ek-question" },
      h("span", {}, criterion.question),
      criterion.required ? null : h("span", { class: "ek-optional" }, "optional"),
    );
    explain.attach(question, () => levelTable(criterion));
    describe(null);
    return h(
      "div",
      { class: "ek-row", role: "group", "aria-label": criterion.question },
      question,
      groups.map((group) => group.node),
      anchors,
    );
  });

  function move(index) {
    const before = cells[cursor];
    cursor = Math.min(Math.max(index, 0), cells.length - 1);
    cells.forEach((cell, at) => cell.node.classList.toggle("ek-current", at === cursor));
    rows.forEach((row, at) => row.classList.toggle("ek-current", at === cells[cursor].row));
    before.describe(null);
    cells[cursor].describe(null);
  }
  function start() {
    const open = cells.findIndex((cell) => cell.chosen() === undefined);
    move(open < 0 ? 0 : open);
  }
  function digit(key) {
    const option = cells[cursor].options.find((candidate) => candidate.key === key);
    if (!option) return false;
    cells[cursor].choose(option.value);
    if (cursor + 1 < cells.length) {
      move(cursor + 1);
      cells[cursor].focus();
    } else {
      cells[cursor].focus();
    }
    return true;
  }
  function erase() {
    cells[cursor].choose(undefined);
    return true;
  }
  const isWide = data.criteria.some((criterion) => criterion.levels.length > 7);
  const kind = (sides.length > 1 ? "" : " ek-single") + (isWide ? " ek-wide" : "");
  const node = h("div", { class: `ek-rubric${kind}` }, rows);
  node.addEventListener("keydown", (event) => {
    const step = { ArrowDown: sides.length, ArrowUp: -sides.length }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = cursor + step;
    if (next >= 0 && next < cells.length) cells[next].focus();
  });
  start();
  return { node, digit, erase };
}

/** The scale of one criterion for one response. */
function scoreCell({ criterion, side, single, answers, changed, onpoint }) {
  const keys = levelKeys(criterion.levels);
  const spelt = criterion.levels.reduce((sum, level) => sum + level.label.length, 0) <= 14;
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
      spelt && level.label && level.label !== String(level.value) ? h("small", {}, level.label) : null,
    ),
  }));
  const group = choices({
    label: single ? criterion.question : `${criterion.question}, response ${LETTER[side]}`,
    className: options.length > 7 ? "ek-scale ek-long" : "ek-scale",
    value: answers.scores[side][criterion.key],
    options,
    clearable: true,
    onpoint,
    onchoose: (value) => {
      if (value === null || value === undefined) delete answers.scores[side][criterion.key];
      else answers.scores[side][criterion.key] = value;
      changed();
    },
  });
  const letter = single ? null : h("span", { class: "ek-letter", "aria-hidden": "true" }, LETTER[side]);
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

function tagsPart({ data, sides, answers, explain, onchange }) {
  return h(
    "div",
    { class: "ek-errors" },
    sides.map((side) => {
      const title = sides.length > 1 ? `Errors in ${LETTER[side]}` : "Errors";
      const summary = h("span", { class: "ek-marks" });
      const sum = () => {
        const counts = new Map();
        for (const severity of Object.values(answers.tags[side])) {
          if (severity) counts.set(severity, (counts.get(severity) || 0) + 1);
        }
        summary.textContent = [...counts].map(([severity, n]) => `${n} ${severity}`).join(", ");
      };
      sum();
      return h(
        "div",
        { class: "ek-tags", role: "group", "aria-label": title },
        h("span", { class: "ek-tags-title", "aria-hidden": "true" }, title),
        data.tags.map((tag) =>
          tagChip({ tag, marks: answers.tags[side], title, explain, onchange: () => (sum(), onchange()) }),
        ),
        summary,
      );
    }),
  );
}

/** A chip that goes through off → each severity → off. */
function tagChip({ tag, marks, title, explain, onchange }) {
  const severities = tag.severities.length ? tag.severities : [null];
  const bars = severities.length > 1 ? h("span", { class: "ek-bars" }, severities.map(() => h("i"))) : null;
  const chip = h(
    "button",
    {
      type: "button",
      class: "ek-chip",
      onclick: () => {
        const at = tag.key in marks ? severities.indexOf(marks[tag.key]) : -1;
        if (at + 1 < severities.length) marks[tag.key] = severities[at + 1];
        else delete marks[tag.key];
        paint();
        onchange();
      },
    },
    bars,
    h("span", {}, tag.name),
  );
  function paint() {
    const marked = tag.key in marks;
    const severity = marked ? marks[tag.key] : null;
    chip.setAttribute("aria-pressed", String(marked));
    chip.setAttribute("aria-label", `${title}: ${tag.name}${severity ? `, ${severity}` : ""}`);
    chip.dataset.severity = marked ? String(Math.max(severities.indexOf(severity), 0) + 1) : "0";
    if (bars) {
      const filled = marked ? severities.indexOf(severity) + 1 : 0;
      [...bars.children].forEach((bar, index) => bar.classList.toggle("ek-filled", index < filled));
    }
  }
  explain.attach(chip, () => [
    h("strong", {}, tag.key in marks && marks[tag.key] ? `${tag.name}: ${marks[tag.key]}` : tag.name),
    tag.definition ? h("p", {}, tag.definition) : null,
    severities.length > 1
      ? h("p", { class: "ek-hint" }, `Press again: ${severities.join(", ")}, off.`)
      : null,
  ].filter(Boolean));
  paint();
  return chip;
}

function commentPart({ answers, onchange }) {
  const field = h("textarea", {
    class: "ek-comment-field",
    rows: "1",
    dir: "auto",
    "aria-label": "Comment",
    "aria-keyshortcuts": "N",
    placeholder: "Comment, if something needs saying",
  });
  field.value = answers.comment;
  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 140)}px`;
  };
  field.addEventListener("input", () => {
    answers.comment = field.value;
    grow();
    onchange();
  });
  requestAnimationFrame(grow);
  return h("div", { class: "ek-comment" }, field, kbd("N"));
}
