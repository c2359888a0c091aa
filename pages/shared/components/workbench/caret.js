// Choosing words by keyboard: a caret that goes by word and by sentence.

import { reach } from "./find.js";
import { keyName, singleKeys } from "./keys.js";
import { sentencesIn, wordsIn } from "./places.js";

/** @import { Caret, Selecting, Side, Stretch } from "./types.js" */

/**
 * @param {object} about
 * @param {Selecting} about.selecting
 * @param {Side[]} about.sides
 * @param {(side: Side, offset: number) => boolean} about.edit opens the mark at a place
 * @returns {Caret}
 */
export function caretOf({ selecting, sides, edit }) {
  /** @type {{ side: Side, text: string, words: Stretch[], sentences: Stretch[], from: number, to: number } | null} */
  let state = null;
  /** @param {Side} side */
  function begin(side) {
    const { text, isPlaced } = selecting.place(side);
    const words = wordsIn(text);
    if (!isPlaced || !words.length) return false;
    const body = selecting.body(side);
    const chosen = selecting.chosen();
    const start = chosen?.side === side ? chosen.start : firstInView(side, words);
    const from = Math.max(0, words.findLastIndex((word) => word.start <= start));
    const last = words.findLastIndex((word) => chosen !== null && word.start < chosen.end);
    const to = chosen?.side === side ? Math.max(from, last) : from;
    state = { side, text, words, sentences: sentencesIn(text), from, to };
    body.focus({ preventScroll: true });
    paint();
    return true;
  }
  /**
   * The first word that is in view.
   * @param {Side} side
   * @param {Stretch[]} words
   */
  function firstInView(side, words) {
    const { top } = selecting.body(side).getBoundingClientRect();
    const { range } = selecting.place(side);
    let [low, high] = [0, words.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (range(words[middle]).getBoundingClientRect().bottom > Math.max(top, 0)) high = middle;
      else low = middle + 1;
    }
    return words[low].start;
  }
  function paint() {
    if (!state) return;
    const { side, words, from, to } = state;
    const stretch = { start: words[Math.min(from, to)].start, end: words[Math.max(from, to)].end };
    const place = selecting.place(side);
    reach(place.range(words[to]));
    const whole = place.range(stretch);
    // As the page's own selection it is seen, read out, and can be copied.
    window.getSelection()?.setBaseAndExtent(whole.startContainer, whole.startOffset, whole.endContainer, whole.endOffset);
    selecting.choose({ side, ...stretch });
  }
  /**
   * @param {number} to
   * @param {boolean} isExtending
   */
  function go(to, isExtending) {
    if (!state) return;
    state.to = Math.max(0, Math.min(to, state.words.length - 1));
    if (!isExtending) state.from = state.to;
    paint();
  }
  /**
   * The word a sentence further begins, or with which one before does; extended to its end.
   * @param {number} step
   * @param {boolean} isExtending
   */
  function sentence(step, isExtending) {
    if (!state) return;
    const { words, sentences, to, from } = state;
    const at = sentences.findLastIndex(({ start }) => start <= words[to].start);
    const here = sentences[Math.max(at, 0)];
    if (isExtending && step > 0) {
      const isAtEnd = words[to].end >= here.end;
      const last = sentences[Math.min(at + (isAtEnd ? 1 : 0), sentences.length - 1)].end;
      return go(words.findLastIndex((word) => word.end <= last), true);
    }
    const isAtStart = words[to].start <= here.start || (isExtending && to > from);
    const next = step > 0 ? at + 1 : isAtStart ? at - 1 : at;
    const start = sentences[Math.max(0, Math.min(next, sentences.length - 1))].start;
    go(words.findIndex((word) => word.start >= start), isExtending);
  }
  function leave() {
    state = null;
    selecting.forget();
  }
  /** Whether the words under the caret are read from right to left. */
  const isRtl = () => {
    if (!state) return false;
    const { startContainer } = selecting.place(state.side).range(state.words[state.to]);
    return getComputedStyle(/** @type {Element} */ (startContainer.parentElement)).direction === "rtl";
  };
  const other = () => sides[(sides.indexOf(state?.side ?? sides[0]) + 1) % sides.length];
  /** Mark what is chosen; a caret that stands in a mark opens that. */
  function enter() {
    if (!state) return;
    const { side, words, from, to } = state;
    if (from !== to || !edit(side, words[to].start)) selecting.mark();
  }
  /**
   * What keys do; arrows lead where they point.
   * @param {number} to
   * @param {boolean} isMore
   * @returns {Record<string, (() => unknown) | undefined>}
   */
  const actions = (to, isMore) => {
    const onward = isRtl() ? -1 : 1;
    return {
      ArrowRight: () => go(to + onward, isMore),
      ArrowLeft: () => go(to - onward, isMore),
      "Control ArrowRight": () => sentence(onward, isMore),
      "Control ArrowLeft": () => sentence(-onward, isMore),
      ArrowDown: () => sentence(1, isMore),
      ArrowUp: () => sentence(-1, isMore),
      w: () => go(to + 1, isMore),
      s: () => sentence(1, isMore),
      "+": () => begin(other()),
      "=": () => begin(other()),
      Enter: enter,
      Escape: leave,
    };
  };
  /** @param {KeyboardEvent} event */
  function onkey(event) {
    if (!state || event.altKey || event.metaKey) return false;
    if (selecting.place(state.side).text !== state.text) state = null; // raw and formatted
    const name = event.key.length > 1 ? event.key : keyName(event);
    if (!state || (name.length === 1 && singleKeys.isOff)) return false;
    const action = actions(state.to, event.shiftKey)[event.ctrlKey ? `Control ${name}` : name];
    action?.();
    return action !== undefined;
  }
  return {
    begin,
    isOn: () => state !== null,
    onkey,
    paint: () => state && go(state.to, false),
    end: () => (state = null),
  };
}
