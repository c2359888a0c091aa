// Words of a response that are chosen, by mouse, touch or keyboard, and those that are marked.

import { button, h } from "./dom.js";
import { placing, trimmed, wholeCharacters } from "./places.js";
import { gravityOf } from "./marks.js";
import { EMPTY, sorted } from "./spans.js";
import { isOfModel, stepAt } from "./steps.js";
import { markText } from "./text.js";

/** @import { Chosen, Mark, Pane, Placing, ResponseData, Selecting, Side, Spans, TaskData } from "./types.js" */

/** Touch says nothing at the end of a selection: it has ended when it rests this long. */
const REST = 250;
/** Marks over one another lie in layers, of which so many look different. */
const LAYERS = 3;
/** So many tints tell how bad an error is. */
const TINTS = 8;
/** Why words that are chosen cannot be marked. */
const IN_RAW = "Words are marked in the raw text: R shows it";
const OF_USER = "The user wrote this: errors are marked in what the model wrote";

/**
 * Let words of the responses be chosen and marks be pointed at.
 * @param {object} about
 * @param {HTMLElement} about.root
 * @param {TaskData} about.data
 * @param {Pane[]} about.panes
 * @param {Side[]} about.sides
 * @param {Spans} about.spans
 * @param {(side: Side, mark: Mark, isNew: boolean) => void} about.onopen
 * @returns {Selecting}
 */
export function selecting({ root, data, panes, sides, spans, onopen }) {
  /** @type {Map<Side, Placing>} */
  const placings = new Map();
  /** @type {Chosen | null} */
  let chosen = null;
  let isDown = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const bar = barOf({ mark: () => markChosen(), step: () => markStep() });
  root.append(bar.node);
  const listening = new AbortController();
  const options = { signal: listening.signal };
  /** @param {Side} side */
  const paneOf = (side) => panes[sides.indexOf(side)];
  /** @param {Side} side */
  const responseOf = (side) => /** @type {ResponseData} */ (data[side]);
  /** @param {Side} side */
  function place(side) {
    const { body, isRaw } = paneOf(side);
    const known = placings.get(side) ?? placing(body, responseOf(side), isRaw());
    placings.set(side, known);
    return known;
  }
  /** Take what is selected on the page, where that is words of one response. */
  function look() {
    if (root.querySelector(".ek-palette")) return;
    const selection = window.getSelection();
    const side = selection && !selection.isCollapsed ? sideOf(selection.anchorNode) : undefined;
    if (!selection || side === undefined) return choose(null);
    const range = selection.getRangeAt(0).cloneRange();
    const { body } = paneOf(side);
    const whole = document.createRange();
    whole.selectNodeContents(body);
    if (range.compareBoundaryPoints(Range.START_TO_START, whole) < 0) range.setStart(body, 0);
    if (range.compareBoundaryPoints(Range.END_TO_END, whole) > 0) range.setEnd(body, body.childNodes.length);
    const { text, offset } = place(side);
    const start = offset(range.startContainer, range.startOffset);
    const end = offset(range.endContainer, range.endOffset);
    const stretch = wholeCharacters(text, trimmed(text, { start, end: Math.max(start, end) }));
    choose(stretch.end > stretch.start ? { side, ...stretch } : null);
  }
  /** @param {Node | null} node */
  const sideOf = (node) => sides.find((side) => node && paneOf(side).body.contains(node));
  /** @param {Chosen | null} stretch */
  function choose(stretch) {
    chosen = stretch;
    const range = stretch && place(stretch.side).range(stretch);
    markText("ek-chosen", range ? [range] : []);
    const isPlaced = Boolean(stretch && place(stretch.side).isPlaced);
    const response = stretch && responseOf(stretch.side);
    const step = stretch && isPlaced ? stepAt(responseOf(stretch.side), place(stretch.side).written(stretch).start) : null;
    bar.show(range, {
      key: stretch?.side === "right" ? "F" : "D",
      words: !isPlaced ? IN_RAW : response && !isOfModel(response, step) ? OF_USER : "",
      hasSteps: step !== null,
    });
  }
  /** Mark what is chosen; false where nothing is. */
  function markChosen() {
    if (!chosen || !place(chosen.side).isPlaced) return false;
    const { side } = chosen;
    const { start, end, quote } = place(side).written(chosen);
    if (end <= start) return false;
    const step = stepAt(responseOf(side), start);
    if (!isOfModel(responseOf(side), step)) return false;
    const last = step === null ? end : Math.min(end, responseOf(side).steps?.[step][1] ?? end);
    const words = last === end ? quote : [...quote].slice(0, last - start).join("");
    bar.show(null);
    onopen(side, { ...EMPTY, start, end: last, quote: words, step }, true);
    return true;
  }
  /** Mark the whole step in which words are chosen; false where there is none. */
  function markStep() {
    if (!chosen || !place(chosen.side).isPlaced) return false;
    const { side } = chosen;
    const step = stepAt(responseOf(side), place(side).written(chosen).start);
    if (step === null || !isOfModel(responseOf(side), step)) return false;
    bar.show(null);
    onopen(side, { ...EMPTY, step }, true);
    return true;
  }
  /** Forget what is chosen: it is marked, or no longer meant. */
  function forget() {
    const selection = window.getSelection();
    if (chosen && selection && sideOf(selection.anchorNode) !== undefined) selection.removeAllRanges();
    choose(null);
  }
  /**
   * The marks over a place of a response, the shortest first.
   * @param {Side} side
   * @param {number} offset
   */
  function marksAt(side, offset) {
    const { seen, isPlaced } = place(side);
    if (!isPlaced) return [];
    return spans
      .of(side)
      .filter((mark) => mark.start !== null && mark.end !== null)
      .map((mark) => ({ mark, ...seen({ start: Number(mark.start), end: Number(mark.end) }) }))
      .filter(({ start, end }) => start <= offset && offset < end)
      .sort((a, b) => a.end - a.start - (b.end - b.start))
      .map(({ mark }) => mark);
  }
  /** @type {Mark | undefined} */
  let opened;
  /** @param {MouseEvent} event */
  function onclick(event) {
    const target = event.target instanceof Element ? event.target : null;
    const side = sideOf(target);
    if (side === undefined || !spans.of(side).length || target?.closest("button, summary, .ek-link")) return;
    if (!window.getSelection()?.isCollapsed) return;
    const point = pointAt(event.clientX, event.clientY);
    if (!point) return;
    const over = marksAt(side, place(side).offset(point.node, point.offset));
    if (!over.length) return;
    opened = over[(over.indexOf(/** @type {Mark} */ (opened)) + 1) % over.length]; // once more: the next
    onopen(side, opened, false);
  }
  function paint() {
    /** @type {Map<string, Range[]>} */
    const ranges = new Map();
    for (let layer = 0; layer < LAYERS; layer += 1) {
      for (let tint = 1; tint <= TINTS; tint += 1) ranges.set(`ek-span-${layer}-${tint}`, []);
    }
    for (const side of sides) {
      if (!spans.of(side).length) continue;
      const { seen, range, isPlaced } = place(side);
      if (!isPlaced) continue;
      for (const { mark, layer } of layered(spans.of(side))) {
        const stretch = seen({ start: Number(mark.start), end: Number(mark.end) });
        if (stretch.end <= stretch.start) continue;
        const tint = 1 + Math.round(gravityOf(spans.tag(mark), mark.severity) * (TINTS - 1));
        ranges.get(`ek-span-${layer % LAYERS}-${tint}`)?.push(range(stretch));
      }
    }
    ranges.forEach((list, name) => markText(name, list, BENEATH));
  }
  // Raw and formatted text are different texts.
  const watching = new MutationObserver(() => {
    placings.clear();
    choose(null);
    if (sides.some((side) => spans.of(side).length)) paint();
  });
  panes.forEach(({ body }) => watching.observe(body, { childList: true }));
  const rest = (/** @type {number} */ time) => {
    clearTimeout(timer);
    timer = setTimeout(look, time);
  };
  document.addEventListener("selectionchange", () => isDown || rest(REST), options);
  for (const { body } of panes) {
    body.addEventListener("pointerdown", (event) => (isDown = event.pointerType === "mouse"), options);
    body.addEventListener("click", onclick, options);
    body.addEventListener("scroll", () => chosen && choose(chosen), { ...options, passive: true });
  }
  const up = () => {
    if (isDown) rest(0);
    isDown = false;
  };
  window.addEventListener("pointerup", up, options);
  window.addEventListener("pointercancel", up, options);
  const deaf = spans.hear(paint);
  if (sides.some((side) => spans.of(side).length)) requestAnimationFrame(paint);
  else paint(); // those of the case before are gone
  return {
    chosen: () => chosen,
    choose,
    mark: markChosen,
    markStep,
    forget,
    place,
    marksAt,
    body: (side) => paneOf(side).body,
    close: () => {
      clearTimeout(timer);
      listening.abort();
      watching.disconnect();
      deaf();
      markText("ek-chosen", []);
      bar.node.remove();
    },
  };
}

/** What was found by searching lies over what was marked. */
const BENEATH = -1;

/**
 * Give each mark the lowest layer in which it lies over no other.
 * @param {Mark[]} marks
 * @returns {{ mark: Mark, layer: number }[]}
 */
export function layered(marks) {
  /** @type {number[]} */
  const ends = [];
  return sorted(marks.filter(({ start }) => start !== null)).map((mark) => {
    const free = ends.findIndex((end) => end <= Number(mark.start));
    const layer = free < 0 ? ends.length : free;
    ends[layer] = Number(mark.end);
    return { mark, layer };
  });
}

/**
 * The place in a text under a point of the window.
 * @param {number} x
 * @param {number} y
 */
function pointAt(x, y) {
  if (document.caretPositionFromPoint) {
    const position = document.caretPositionFromPoint(x, y);
    return position && { node: position.offsetNode, offset: position.offset };
  }
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : null;
}

/**
 * The small bar beside what is chosen.
 * @param {{ mark: () => unknown, step: () => unknown }} ways
 */
function barOf({ mark, step }) {
  const keep = (/** @type {Event} */ event) => event.preventDefault(); // what is selected stays so
  const node = h("div", { class: "ek-bar", role: "group", "aria-label": "Words chosen", onpointerdown: keep });
  node.hidden = true;
  return {
    node,
    /**
     * @param {Range | null} range
     * @param {{ key: string, words: string, hasSteps: boolean }} [about] `words` say why nothing can be marked
     */
    show(range, about) {
      node.hidden = !range;
      if (!range || !about) return;
      const marking = button("Mark error", about.key, mark, { class: "ek-button ek-primary", "aria-haspopup": "dialog" });
      const whole = about.hasSteps ? button("Whole step", ".", step, { class: "ek-button", "aria-haspopup": "dialog" }) : null;
      if (about.words) node.replaceChildren(h("span", {}, about.words));
      else node.replaceChildren(...[marking, whole].filter((way) => way !== null));
      const isTouch = window.matchMedia("(pointer: coarse)").matches;
      const rects = range.getClientRects();
      const [first, last] = [rects[0], rects[rects.length - 1]];
      if (!first || !last) return void (node.hidden = true);
      const { width, height } = node.getBoundingClientRect();
      const left = Math.max(8, Math.min(first.left, window.innerWidth - width - 8));
      const above = first.top - height - 6;
      const below = last.bottom + (isTouch ? 28 : 6); // beneath the handles of a selection
      const top = !isTouch && above > 8 ? above : Math.min(below, window.innerHeight - height - 8);
      Object.assign(node.style, { left: `${left}px`, top: `${top}px` });
    },
  };
}
