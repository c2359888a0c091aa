// The text that stands in a part of the page, and places in it that are painted, not changed.

/** Blocks: words of two of them are not one word. */
const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, td, th, pre, summary, blockquote, div, section";
/** What is ours in a text. */
const OURS = ".ek-copy, .ek-note-by, .ek-step-line";

/**
 * The text of an element, a line for each block, and how a stretch of it becomes a range.
 * @param {Element} element
 */
export function textOf(element) {
  /** @type {{ node: Text, start: number }[]} */
  const pieces = [];
  let text = "";
  /** @type {Element | null | undefined} */
  let block = null;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (node.parentElement?.closest(OURS)) continue;
    const around = node.parentElement?.closest(BLOCKS);
    if (around !== block) text += "\n";
    block = around;
    pieces.push({ node, start: text.length });
    text += node.data;
  }
  /**
   * @param {number} offset
   * @returns {[Text, number]}
   */
  const point = (offset) => {
    const piece = pieces[Math.max(0, pieces.findLastIndex(({ start }) => start <= offset))];
    return [piece.node, Math.min(offset - piece.start, piece.node.length)];
  };
  return {
    text,
    /**
     * @param {number} start
     * @param {number} length
     */
    range: (start, length) => {
      const range = document.createRange();
      range.setStart(...point(start));
      const [node, last] = point(start + length - 1);
      range.setEnd(node, Math.min(last + 1, node.length));
      return range;
    },
  };
}

/**
 * Paint ranges by the rule `.NAME-painted ::highlight(NAME)`; a browser that cannot shows the text
 * without. A rule that matches is worked out for every element of the page, whether anything is
 * painted by it or not: none matches before there is something to paint. It goes on to match then,
 * for to take a class off the page has all of it worked out anew.
 * @param {string} name
 * @param {Range[]} ranges
 * @param {number} priority of two over one another, the higher is seen
 */
export function markText(name, ranges, priority = 0) {
  if (typeof Highlight === "undefined") return;
  if (!ranges.length) {
    CSS.highlights.delete(name);
    return;
  }
  document.documentElement.classList.add(`${name}-painted`);
  CSS.highlights.set(name, Object.assign(new Highlight(...ranges), { priority }));
}
