// Errors at words, on steps, and of what is missing: the marks of each response beside its chips.

import { button, h, kbd, shortcut } from "./dom.js";
import { gravityOf, severitiesOf, severityName } from "./marks.js";
import { LETTER } from "./sides.js";

/** @import { FormParts, Mark, Marking, Offers, Side, Spans, Tag } from "./types.js" */

/** The server takes no more; nobody reads more of one response. */
const MOST = 300;

/** @type {Mark} */
export const EMPTY = {
  tag: "",
  severity: null,
  start: null,
  end: null,
  quote: null,
  note: "",
  step: null,
  omission: false,
};

/**
 * The marks of all sides, and how they are changed; `hear` is called after every change.
 * @param {FormParts} form
 * @returns {Spans}
 */
export function spansOf({ data, sides, answers, remember, onchange }) {
  const tags = new Map(data.tags.map((tag) => [tag.key, tag]));
  /** @type {Set<(side: Side) => void>} */
  const listeners = new Set();
  const { marks } = answers;
  /** @type {WeakMap<Mark, string>} */
  const names = new WeakMap();
  let n = 0;
  /** @param {Side} side @param {Mark} mark */
  function changed(side, mark) {
    const name = names.get(mark) ?? `${side} mark ${(n += 1)}`;
    names.set(mark, name);
    remember(name, marks[side].includes(mark), () => remove(side, mark));
    listeners.forEach((listener) => listener(side));
  }
  /** @param {Side} side @param {Mark} mark */
  function put(side, mark) {
    if (!marks[side].includes(mark)) {
      if (marks[side].length >= MOST) return;
      marks[side].push(mark);
    }
    changed(side, mark);
    onchange();
  }
  /** @param {Side} side @param {Mark} mark */
  function remove(side, mark) {
    const at = marks[side].indexOf(mark);
    if (at < 0) return;
    marks[side].splice(at, 1);
    changed(side, mark);
    onchange();
  }
  for (const side of sides) marks[side].forEach((mark) => changed(side, mark));
  return {
    of: (side) => marks[side],
    tag: (mark) => tags.get(mark.tag),
    put,
    remove,
    hear: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * One mark as the palette changes it: it has one tag, and is there once it has one.
 * @param {{ spans: Spans, side: Side, mark: Mark, title: string }} about
 * @returns {Marking}
 */
export function markingOfSpan({ spans, side, mark, title }) {
  /** @type {Record<string, string | null>} */
  const marks = Object.create(null);
  /** @type {Set<() => void>} */
  const listeners = new Set();
  if (mark.tag) marks[mark.tag] = mark.severity;
  /**
   * @param {Tag} tag
   * @param {string | null | undefined} severity
   */
  function set(tag, severity) {
    for (const key of Object.keys(marks)) delete marks[key];
    if (severity === undefined) {
      mark.tag = "";
      spans.remove(side, mark);
    } else {
      mark.tag = tag.key;
      mark.severity = marks[tag.key] = severity;
      spans.put(side, mark);
    }
    listeners.forEach((listener) => listener());
  }
  return {
    title,
    marks,
    set,
    isClearable: false,
    noteDown: () => {},
    /** Once more for more severe, then from the first on. */
    next: (tag) => {
      const severities = severitiesOf(tag);
      const at = tag.key in marks ? severities.indexOf(marks[tag.key]) + 1 : 0;
      set(tag, severities[at % severities.length]);
    },
    hear: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * What the palette shows of one mark beside its tag: the words, a note, the way to remove it.
 * @param {object} about
 * @param {Spans} about.spans
 * @param {Side} about.side
 * @param {Mark} about.mark
 * @param {boolean} about.isNew
 * @param {() => void} about.close
 * @param {Offers} about.offers
 * @param {Marking} about.marking
 */
export function partsOfSpan({ spans, side, mark, isNew, close, offers, marking }) {
  const note = h("input", {
    class: "ek-search ek-span-note",
    "aria-label": mark.omission ? "What is missing" : "Note on this error",
    placeholder: mark.omission ? "What is missing" : "Note, if needed",
    maxlength: "10000",
    dir: "auto",
    autocomplete: "off",
    ...shortcut("."),
  });
  note.value = mark.note;
  note.addEventListener("input", () => {
    mark.note = note.value;
    if (mark.tag) spans.put(side, mark);
  });
  const offered = offers.watch(note, {
    source: "note",
    places: (tag) => (mark.tag ? [] : [{ words: "Take", mark: () => marking.next(tag) }]),
  });
  marking.hear(offered.close);
  const remove = () => {
    spans.remove(side, mark);
    close();
  };
  const removing = button("Remove", "Delete", remove, { class: "ek-button ek-quiet" });
  removing.hidden = isNew;
  const line = h(
    "div",
    { class: "ek-span-line" },
    mark.quote === null ? null : h("q", { class: "ek-span-words", dir: "auto" }, shortened(mark.quote, 160)),
    h("div", { class: "ek-span-fields" }, h("label", { class: "ek-searching" }, note, kbd(".")), removing),
    offered.node,
  );
  return {
    onleave: offered.close,
    node: line,
    keys: { ".": () => note.focus(), Delete: () => !isNew && remove() },
  };
}

/**
 * What the palette is called for one mark.
 * @param {Mark} mark
 * @param {Side} side
 * @param {boolean} isOnly
 */
export function titleOf({ omission, quote, step }, side, isOnly) {
  const what = omission ? "Missing content" : quote === null && step !== null ? `Step ${step + 1}` : "Words";
  return isOnly ? what : `${what} in ${LETTER[side]}`;
}

/**
 * The marks of one side as a list of buttons that lead to each.
 * @param {{ spans: Spans, side: Side, isOnly: boolean, onopen: (mark: Mark) => void }} about
 */
export function spanList({ spans, side, isOnly, onopen }) {
  const of = isOnly ? "" : ` in ${LETTER[side]}`;
  const list = h("ul", { class: "ek-span-list", "aria-label": `Marked words${of}`, role: "list" });
  const said = h("span", { class: "ek-unseen", role: "status" });
  const node = h("div", { class: "ek-spans" }, list, said);
  let before = spans.of(side).length;
  function paint() {
    const marks = spans.of(side);
    const focused = [...list.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement));
    list.replaceChildren(...sorted(marks).map((mark) => h("li", {}, spanButton({ spans, mark, onopen }))));
    if (focused >= 0) list.querySelectorAll("button")[Math.min(focused, marks.length - 1)]?.focus();
    node.hidden = marks.length === 0;
    if (marks.length !== before) said.textContent = `${marks.length} marked${of}`;
    before = marks.length;
  }
  spans.hear((changed) => changed === side && paint());
  paint();
  return node;
}

/**
 * In the order of the text; what has no place comes behind.
 * @param {Mark[]} marks
 */
export function sorted(marks) {
  const place = (/** @type {Mark} */ mark) => mark.start ?? Infinity;
  return [...marks].sort((a, b) => place(a) - place(b) || 0);
}

/**
 * @param {{ spans: Spans, mark: Mark, onopen: (mark: Mark) => void }} about
 */
export function spanButton({ spans, mark, onopen }) {
  const tag = spans.tag(mark);
  const name = tag?.name ?? mark.tag;
  const words = wordsOf(mark);
  const severity = severityName(tag, mark.severity);
  const spoken = [name, severity, words, mark.note].filter(Boolean).join(", ");
  const properties = {
    type: "button",
    class: "ek-span",
    "aria-label": `Change mark: ${spoken}`,
    "aria-haspopup": "dialog",
    onclick: () => onopen(mark),
  };
  const node = h(
    "button",
    properties,
    h("span", { class: "ek-span-tag", dir: "auto" }, name),
    severity ? h("span", { class: "ek-severity" }, severity) : null,
    h("span", { class: "ek-span-quote", dir: "auto" }, words),
    mark.note ? h("span", { class: "ek-span-noted", dir: "auto" }, mark.note) : null,
  );
  node.style.setProperty("--ek-gravity", String(gravityOf(tag, mark.severity)));
  return node;
}

/**
 * What a mark is about, in words.
 * @param {Mark} mark
 */
export function wordsOf(mark) {
  if (mark.omission) return "missing content";
  const step = mark.step === null ? "" : `step ${mark.step + 1}`;
  if (mark.quote === null) return step;
  return `${step ? `${step}: ` : ""}“${shortened(mark.quote, 60)}”`;
}

/**
 * @param {string} words
 * @param {number} most
 */
export function shortened(words, most) {
  const line = words.replace(/\s+/g, " ").trim();
  const characters = [...line];
  if (characters.length <= most) return line;
  const half = Math.floor(most / 2);
  return `${characters.slice(0, half).join("").trimEnd()} … ${characters.slice(-half).join("").trimStart()}`;
}
