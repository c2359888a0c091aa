// Error tags: what is marked on each response, as chips where they fit, else on one line.

import { button, h } from "./dom.js";
import { gravityOf, groupsOf, markingOf, severitiesOf, severityName } from "./marks.js";
import { closePalette, openPalette, parentLine } from "./palette.js";
import { LETTER } from "./sides.js";
import { EMPTY, markingOfSpan, partsOfSpan, spanList, spansOf, titleOf } from "./spans.js";

/** @import { Explainer, FormParts, Marking, Side, Spans, Tag, TagGroup, Tags } from "./types.js" */

/** Of one or two responses; of more F marks in the one that is read, and D goes on to the next. */
/** @type {Partial<Record<Side, string>>} */
const KEYS = { left: "D", right: "F" };

/**
 * Build the marks of all sides; a palette marks any tag by key, and tells what each means.
 * @param {FormParts} form
 * @returns {Tags}
 */
export function tagsPart(form) {
  const { data, sides } = form;
  const groups = groupsOf(data.tags);
  /** @type {Partial<Record<Side, Marking>>} */
  const markings = {};
  const spans = spansOf(form);
  const isMany = sides.length > 2;
  const keyOf = (/** @type {Side} */ side) => (isMany ? "F" : (KEYS[side] ?? "F"));
  const kind = isMany ? " ek-many" : sides.length > 1 ? "" : " ek-single";
  const node = h("div", { class: `ek-errors${kind}` });
  /** @param {Side} side */
  const open = (side) => {
    const marking = markings[side];
    const missing = () => openSpan(side, { ...EMPTY, omission: true }, true);
    const extra = {
      node: h("div", { class: "ek-span-line" }, button("Missing content", "-", missing)),
      keys: { "-": missing },
    };
    if (marking) openPalette({ form: node, groups, marking, key: keyOf(side), turnTo: turner(side), extra });
    return marking !== undefined;
  };
  /** @type {Tags["openSpan"]} */
  const openSpan = (side, mark, isNew, onclose) => {
    const marking = markingOfSpan({ spans, side, mark, title: titleOf(mark, side, sides.length === 1) });
    const close = () => void closePalette(/** @type {Element} */ (node.closest(".ek-workbench")));
    const { offers } = form;
    const { onleave, ...parts } = partsOfSpan({ spans, side, mark, isNew, close, offers, marking });
    const left = () => {
      onleave();
      onclose?.();
    };
    const extra = { ...parts, onclose: left };
    openPalette({ form: node, groups, marking, key: keyOf(side), turnTo: turner(side), extra });
    return true;
  };
  /** @type {(from: Side) => (letter: string) => boolean} */
  const turner = (from) => (letter) => {
    const next = sides[(sides.indexOf(from) + 1) % sides.length];
    const other = isMany ? letter === "d" && next : sides.find((side) => KEYS[side]?.toLowerCase() === letter);
    return Boolean(other) && open(/** @type {Side} */ (other));
  };
  node.append(
    ...sides.map((side) => {
      const marking = (markings[side] = markingOf(form, side));
      const list = spanList({ spans, side, isOnly: sides.length === 1, onopen: (mark) => openSpan(side, mark, false) });
      const about = { spans, side, list, explain: form.explain };
      return sidePart({ marking, groups, ...about, key: isMany ? null : keyOf(side), open: () => open(side) });
    }),
  );
  /** @type {Tags["places"]} */
  const places = (tag) => {
    const isMarked = sides.some((side) => tag.key in form.answers.tags[side] || spans.of(side).some((mark) => mark.tag === tag.key));
    if (isMarked) return [];
    return sides.map((side) => ({
      words: sides.length > 1 ? `Mark in ${LETTER[side]}` : "Mark",
      mark: () => markings[side]?.next(tag),
    }));
  };
  return { node, open, spans, openSpan, places };
}

/**
 * @param {object} part
 * @param {Marking} part.marking
 * @param {TagGroup[]} part.groups
 * @param {Spans} part.spans
 * @param {Side} part.side
 * @param {HTMLElement} part.list
 * @param {Explainer} part.explain
 * @param {string | null} part.key
 * @param {() => unknown} part.open
 */
function sidePart({ marking, groups, spans, side, list, explain, key, open }) {
  const { title } = marking;
  const summary = h("span", { class: "ek-marks" });
  function sum() {
    const counts = new Map();
    const chips = groups.flatMap(({ tags }) => tags.filter((tag) => tag.key in marking.marks));
    const names = [
      ...chips.map((tag) => severityName(tag, marking.marks[tag.key])),
      ...spans.of(side).map((mark) => severityName(spans.tag(mark), mark.severity)),
    ];
    for (const name of names) {
      const word = name ?? "marked";
      counts.set(word, (counts.get(word) || 0) + 1);
    }
    summary.textContent = [...counts].map(([word, n]) => `${n} ${word}`).join(", ");
  }
  marking.hear(sum);
  spans.hear(sum);
  sum();
  const line = h(
    "div",
    { class: "ek-tags-line" },
    h("span", { class: "ek-tags-title" }, h("span", { "aria-hidden": "true" }, title), summary),
    button("Mark", key, open, {
      class: "ek-button ek-mark",
      "aria-label": `Mark ${title.toLowerCase().replace(/[a-e]$/, (letter) => letter.toUpperCase())}`,
      "aria-haspopup": "dialog",
    }),
  );
  const chips = groups.flatMap((group) => [
    parentLine(group),
    group.tags.map((tag) => tagChip({ tag, parent: group.name, marking, explain })),
  ]);
  return h(
    "div",
    { class: "ek-tags", role: "group", "aria-label": title },
    line,
    h("div", { class: "ek-chips" }, chips),
    list,
  );
}

/**
 * A chip that goes through off → each severity → off.
 * @param {{ tag: Tag, parent: string, marking: Marking, explain: Explainer }} chip
 */
function tagChip({ tag, parent, marking, explain }) {
  const { title, marks } = marking;
  const severities = severitiesOf(tag);
  const isChild = parent !== "" && parent !== tag.name;
  const whole = isChild ? `${parent}, ${tag.name}` : tag.name;
  const word = h("span", { class: "ek-severity" });
  const chip = h(
    "button",
    { type: "button", class: `ek-chip${isChild ? " ek-child" : ""}`, onclick: () => marking.next(tag) },
    h("span", { class: "ek-chip-name", dir: "auto" }, tag.name),
    word,
  );
  function paint() {
    const isMarked = tag.key in marks;
    const key = isMarked ? marks[tag.key] : null;
    const severity = severityName(tag, key);
    word.textContent = severity ?? "";
    chip.setAttribute("aria-pressed", String(isMarked));
    chip.setAttribute("aria-label", `${title}: ${whole}${severity ? `, ${severity}` : ""}`);
    chip.dataset.severity = isMarked ? String(Math.max(severities.indexOf(key), 0) + 1) : "0";
    chip.style.setProperty("--ek-gravity", String(gravityOf(tag, key)));
  }
  const content = () => {
    const name = marks[tag.key] ? `${tag.name}: ${severityName(tag, marks[tag.key])}` : tag.name;
    const order = `Press again: ${tag.severities.map((severity) => severity.name).join(", ")}, off.`;
    return [
      h("strong", {}, name),
      h("p", {}, tag.definition),
      h("p", { class: "ek-hint" }, severities.length > 1 ? order : ""),
    ];
  };
  explain.attach(chip, content, ".ek-tags");
  marking.hear(paint);
  marking.noteDown(tag);
  paint();
  return chip;
}
