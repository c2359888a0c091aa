// The form beneath the responses: preference, rubric, error tags, comment.

import { choices, h, kbd, shortcut } from "./dom.js";
import { rubricPart } from "./rubric.js";
import { LETTER, SIDES } from "./sides.js";

/**
 * @import {
 *   Answers,
 *   Explainer,
 *   Form,
 *   FormParts,
 *   Marks,
 *   Places,
 *   Tag,
 *   TaskData,
 * } from "./types.js"
 */

/**
 * Build the form. `answers` is the draft and is changed in place; `onchange` hears every change.
 * Returns {node, number(part), prefer(value), takeBack(), missing(), mark(fields), name(fields), …}.
 * @param {{ data: TaskData, answers: Answers, explain: Explainer, onchange: () => void }} task
 * @returns {Form}
 */
export function buildForm({ data, answers, explain, onchange }) {
  /** @type {Places} */
  const places = new Map();
  /**
   * How to take back what is set, in the order in which it was set.
   * @type {Map<string, () => void>}
   */
  const trail = new Map();
  /** @type {FormParts} */
  const form = {
    data,
    sides: data.right ? SIDES : ["left"],
    answers,
    explain,
    places,
    onchange,
    remember: (what, isSet, takeBack) => {
      trail.delete(what);
      if (isSet) trail.set(what, takeBack);
    },
    changed: (field) => {
      places.get(field)?.node.classList.remove("ek-missing");
      onchange();
    },
  };
  /** @param {string} what */
  const collects = (what) => data.collect.includes(what);
  const preference = collects("preference") && data.right ? preferencePart(form) : null;
  const rubric = collects("scores") && data.criteria.length ? rubricPart(form) : null;
  const tags = collects("tags") && data.tags.length ? tagsPart(form) : null;
  const comment = collects("comment") ? commentPart(form) : null;
  const parts = [preference?.node, rubric?.node, tags, comment?.node];
  return {
    node: h("section", { class: "ek-form", "aria-label": "Your judgement" }, parts),
    number: (part) => rubric !== null && rubric.number(part),
    takeBack: () => takeBackLast(trail),
    prefer: (value) => preference !== null && preference.choose(value),
    focusComment: () => comment !== null && comment.focus(),
    missing: () => missingFields(form, { preference, rubric }),
    mark: (fields) => markMissing(places, fields),
    name: (fields) => namesOf(places, fields),
  };
}

/**
 * Take back what was set last; false if nothing is set.
 * @param {Map<string, () => void>} trail
 */
function takeBackLast(trail) {
  const [last] = [...trail.values()].slice(-1);
  if (last) last();
  return Boolean(last);
}

/**
 * The fields that are asked for, not optional and not answered.
 * @param {FormParts} form
 * @param {{ preference: object | null, rubric: object | null }} asked
 * @returns {string[]}
 */
function missingFields({ data, sides, answers }, { preference, rubric }) {
  const required = (rubric ? data.criteria : []).filter((criterion) => criterion.required);
  const scores = required.flatMap((criterion) =>
    sides
      .filter((side) => answers.scores[side][criterion.key] === undefined)
      .map((side) => `${side}.${criterion.key}`),
  );
  return preference && !answers.preference ? ["preference", ...scores] : scores;
}

/**
 * Highlight these fields, focus the first, and say in words what they are.
 * @param {Places} places
 * @param {string[]} fields
 */
function markMissing(places, fields) {
  places.forEach((place) => place.node.classList.remove("ek-missing"));
  const known = fields.filter((field) => places.has(field));
  known.forEach((field) => places.get(field)?.node.classList.add("ek-missing"));
  places.get(known[0])?.focus();
  return namesOf(places, known);
}

/**
 * What these fields are called, many scores by their number.
 * @param {Places} places
 * @param {string[]} fields
 * @returns {string[]}
 */
function namesOf(places, fields) {
  const known = fields.filter((field) => places.has(field));
  const scores = known.filter((field) => field !== "preference");
  const words = known.length > scores.length ? ["the preference"] : [];
  if (scores.length > 2) return [...words, `${scores.length} scores`];
  return [...words, ...scores.map((field) => places.get(field)?.words ?? field)];
}

/** @param {FormParts} form */
function preferencePart({ answers, places, changed, remember }) {
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
      answers.preference = value ?? null;
      remember("preference", answers.preference !== null, takeBack);
      changed("preference");
    },
  });
  function takeBack() {
    group.choose(null);
    group.focus();
  }
  remember("preference", answers.preference !== null, takeBack);
  places.set("preference", { node: group.node, words: "preference", focus: group.focus });
  /** @param {string} value */
  const choose = (value) => {
    group.choose(value);
    return true;
  };
  return { node: group.node, choose };
}

/** @param {FormParts} form */
function tagsPart({ data, sides, answers, explain, remember, onchange }) {
  return h(
    "div",
    { class: "ek-errors" },
    sides.map((side) => {
      const title = sides.length > 1 ? `Errors in ${LETTER[side]}` : "Errors";
      const summary = h("span", { class: "ek-marks" });
      const marks = answers.tags[side];
      const sum = () => {
        const counts = new Map();
        for (const severity of Object.values(marks)) {
          if (severity) counts.set(severity, (counts.get(severity) || 0) + 1);
        }
        summary.textContent = [...counts].map(([severity, n]) => `${n} ${severity}`).join(", ");
      };
      const onmark = () => {
        sum();
        onchange();
      };
      const chips = data.tags.map((tag) => {
        const rememberTag = remember.bind(null, `${side} ${tag.key}`);
        return tagChip({ tag, marks, title, explain, onmark, remember: rememberTag });
      });
      sum();
      return h(
        "div",
        { class: "ek-tags", role: "group", "aria-label": title },
        h("div", { class: "ek-tags-title" }, h("span", { "aria-hidden": "true" }, title), summary),
        chips,
      );
    }),
  );
}

/**
 * A chip that goes through off → each severity → off.
 * @param {object} chip
 * @param {Tag} chip.tag
 * @param {Marks} chip.marks
 * @param {string} chip.title
 * @param {Explainer} chip.explain
 * @param {() => void} chip.onmark
 * @param {(isSet: boolean, takeBack: () => void) => void} chip.remember
 */
function tagChip({ tag, marks, title, explain, onmark, remember }) {
  /** @type {(string | null)[]} */
  const severities = tag.severities.length ? tag.severities : [null];
  const isGraded = severities.length > 1;
  const bars = h("span", { class: "ek-bars" }, isGraded ? severities.map(() => h("i")) : []);
  const chip = h(
    "button",
    {
      type: "button",
      class: "ek-chip",
      onclick: () => {
        const at = tag.key in marks ? severities.indexOf(marks[tag.key]) : -1;
        if (at + 1 < severities.length) marks[tag.key] = severities[at + 1];
        else delete marks[tag.key];
        marked();
      },
    },
    bars,
    h("span", {}, tag.name),
  );
  function marked() {
    remember(tag.key in marks, takeBack);
    paint();
    onmark();
  }
  function takeBack() {
    delete marks[tag.key];
    marked();
    chip.focus();
  }
  function paint() {
    const isMarked = tag.key in marks;
    const severity = isMarked ? marks[tag.key] : null;
    chip.setAttribute("aria-pressed", String(isMarked));
    chip.setAttribute("aria-label", `${title}: ${tag.name}${severity ? `, ${severity}` : ""}`);
    chip.dataset.severity = isMarked ? String(Math.max(severities.indexOf(severity), 0) + 1) : "0";
    const filled = isMarked ? severities.indexOf(severity) + 1 : 0;
    [...bars.children].forEach((bar, index) => bar.classList.toggle("ek-filled", index < filled));
  }
  const content = () => {
    const name = marks[tag.key] ? `${tag.name}: ${marks[tag.key]}` : tag.name;
    const order = `Press again: ${severities.join(", ")}, off.`;
    return [
      h("strong", {}, name),
      h("p", {}, tag.definition),
      h("p", { class: "ek-hint" }, isGraded ? order : ""),
    ];
  };
  explain.attach(chip, content, ".ek-tags");
  remember(tag.key in marks, takeBack);
  paint();
  return chip;
}

/** @param {FormParts} form */
function commentPart({ answers, onchange }) {
  const field = h("textarea", {
    class: "ek-comment-field",
    rows: "1",
    dir: "auto",
    "aria-label": "Comment",
    ...shortcut("N"),
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
  const focus = () => {
    field.focus();
    return true;
  };
  return { node: h("div", { class: "ek-comment" }, field, kbd("N")), focus };
}
