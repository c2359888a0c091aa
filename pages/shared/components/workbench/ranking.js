// The ranking: responses in order, best first; those that are equally good share a place.

import { h, kbd, shortcut } from "./dom.js";
import { LETTER, sidesOf } from "./sides.js";

/** @import { FormParts, RankingPart, Side, TaskData } from "./types.js" */

/** What keys do where several responses are ranked, and nowhere else. */
export const RANKING_KEYS = {
  order: [
    ["A to E", "Rank, best first, each by its letter; once more takes it out"],
    ["=", "What was ranked last shares the place before, and back"],
    ["↑ ↓", "On a response in the ranking: move it"],
  ],
  errors: [
    ["F", "Mark errors in the response you read: their letters, once more for more severe"],
    ["D", "While marking: on to the next response"],
  ],
  panes: [
    ["Q", "To the response before"],
    ["W", "To the response after"],
    ["Y", "Scroll the responses together"],
  ],
  size: [["X", "Case taller, folded, as before"]],
};

/**
 * The keys that rank, up to the last letter there is.
 * @param {TaskData} data
 */
export function rankingKeys(data) {
  const [last] = sidesOf(data).slice(-1);
  return RANKING_KEYS.order.map(([keys, words]) => [keys.replace("E", LETTER[last]), words]);
}

/**
 * Take a response out of an order; a place that nothing stands on goes.
 * @param {Side[][]} order
 * @param {Side} side
 * @returns {Side[][]}
 */
const without = (order, side) =>
  order.map((place) => place.filter((other) => other !== side)).filter((place) => place.length);

/**
 * Move a response one step: off a place that it shares, else past the place beside it.
 * @param {Side[][]} order
 * @param {Side} side
 * @param {1 | -1} step
 * @returns {Side[][]}
 */
export function moved(order, side, step) {
  const at = placeOf(order, side);
  if (at < 0) return order;
  const rest = without(order, side);
  const isShared = rest.length === order.length;
  const to = isShared ? (step < 0 ? at : at + 1) : at + step;
  return to < 0 || to > rest.length ? order : [...rest.slice(0, to), [side], ...rest.slice(to)];
}

/**
 * Let a response share the place before its own, or give it its own again.
 * @param {Side[][]} order
 * @param {Side} side
 * @returns {Side[][]}
 */
export function tied(order, side) {
  const at = placeOf(order, side);
  if (at < 0) return order;
  if (order[at].length > 1) return moved(order, side, 1);
  if (at === 0) return order;
  return without(order, side).map((place, index) => (index === at - 1 ? [...place, side] : place));
}

/**
 * Where a response stands, from 0; -1 where it has no place yet.
 * @param {Side[][]} order
 * @param {Side} side
 */
const placeOf = (order, side) => order.findIndex((place) => place.includes(side));

/**
 * Build the order as a list: what has its place, best first, then what has none.
 * @param {FormParts} form
 * @returns {RankingPart}
 */
export function rankingPart(form) {
  const { sides, answers, places, changed, remember } = form;
  /** @type {Set<() => void>} */
  const listeners = new Set();
  /** In the order in which they were placed. @type {Side[]} */
  let trail = answers.ranking?.flat() ?? [];
  const list = h("ol", { class: "ek-places" });
  const words = h("p", { class: "ek-unseen", role: "status" });
  const hint = h("p", { class: "ek-rank-hint" });
  const order = () => answers.ranking ?? [];
  /** @param {Side[][]} next */
  function set(next) {
    if (next.length) answers.ranking = next;
    else delete answers.ranking;
    trail = trail.filter((side) => placeOf(next, side) >= 0);
    noteDown();
    paint();
    listeners.forEach((listener) => listener());
    changed("ranking");
    words.textContent = spelt(next);
  }
  /** Let what was placed last be taken back first. */
  function noteDown() {
    const open = sides.filter((side) => !trail.includes(side));
    for (const side of [...open, ...trail]) {
      remember(`ranking ${side}`, trail.includes(side), () => set(without(order(), side)));
    }
  }
  /** @param {Side} side */
  function press(side) {
    if (!sides.includes(side)) return false;
    const isOpen = placeOf(order(), side) < 0;
    if (isOpen) trail = [...trail, side];
    set(isOpen ? [...order(), [side]] : without(order(), side));
    return true;
  }
  /** Let what was placed last share the place before, and back. */
  function tie() {
    const [last] = trail.slice(-1);
    if (last) set(tied(order(), last));
    return Boolean(last);
  }
  /** @param {Side} side */
  const place = (side) => placeOf(order(), side) + 1;
  /** @param {() => void} listener */
  const hear = (listener) => {
    listeners.add(listener);
    listener();
  };
  const rows = sides.map((side) =>
    rankRow(side, {
      press: () => press(side),
      tie: () => set(tied(order(), side)),
      move: (step) => set(moved(order(), side, step)),
    }),
  );
  function paint() {
    const focused = document.activeElement;
    const ranked = order();
    const inOrder = ranked.flat();
    for (const row of rows) row.paint(ranked);
    const standing = inOrder.flatMap((side) => rows.filter((row) => row.side === side));
    const open = rows.filter((row) => !inOrder.includes(row.side));
    list.replaceChildren(...[...standing, ...open].map((row) => row.node));
    hint.textContent = open.length ? "Best first: press the next best." : "All have their place.";
    if (focused instanceof HTMLElement && list.contains(focused)) focused.focus();
  }
  paint();
  noteDown();
  const node = h("div", { class: "ek-ranking", role: "group", "aria-label": "Ranking, best first" }, [
    h("div", { class: "ek-rank-line" }, h("h2", { class: "ek-rank-title" }, "Ranking"), hint),
    list,
    words,
  ]);
  const focus = () => (rows.find((row) => placeOf(order(), row.side) < 0) ?? rows[0]).focus();
  places.set("ranking", { node, words: "the ranking", focus });
  return {
    node,
    press,
    tie,
    badge: (side) => badgeOf(side, { place, press, hear }),
    place,
    hear,
    isMissing: () => order().flat().length < sides.length,
  };
}

/**
 * One response of the list: its place, its letter, and how it is moved.
 * @param {Side} side
 * @param {{ press(): unknown, tie(): void, move(step: 1 | -1): void }} acts
 */
function rankRow(side, { press, tie, move }) {
  const letter = LETTER[side];
  const place = h("span", { class: "ek-rank-place", "aria-hidden": "true" });
  const name = h(
    "button",
    { type: "button", class: "ek-rank-name", onclick: press, ...shortcut(letter) },
    h("span", {}, `Response ${letter}`),
    kbd(letter),
  );
  /**
   * @param {string} face
   * @param {string} label
   * @param {() => void} onclick
   */
  const small = (face, label, onclick) =>
    h("button", { type: "button", class: "ek-rank-step", "aria-label": label, onclick }, face);
  const tying = small("=", `${letter} shares the place before`, tie);
  const up = small("↑", `${letter} up`, () => move(-1));
  const down = small("↓", `${letter} down`, () => move(1));
  const node = h("li", { class: "ek-rank", "data-side": side }, place, name, tying, up, down);
  node.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move(/** @type {1 | -1} */ (step));
  });
  return {
    side,
    node,
    focus: () => name.focus(),
    /** @param {Side[][]} order */
    paint(order) {
      const at = placeOf(order, side);
      const isRanked = at >= 0;
      const isTied = isRanked && order[at].length > 1;
      node.classList.toggle("ek-ranked", isRanked);
      node.classList.toggle("ek-tied", isTied && order[at][0] !== side);
      place.textContent = isRanked ? String(at + 1) : "–";
      name.setAttribute("aria-pressed", String(isRanked));
      const stands = isRanked ? `place ${at + 1} of ${order.length}` : "no place yet";
      name.setAttribute("aria-label", `Response ${letter}, ${stands}`);
      tying.setAttribute("aria-pressed", String(isTied));
      tying.hidden = !isRanked || (at === 0 && !isTied);
      up.hidden = !isRanked || (at === 0 && !isTied);
      down.hidden = !isRanked || (at === order.length - 1 && !isTied);
    },
  };
}

/**
 * The place of a response, beside its name: pressed, it takes the next one.
 * @param {Side} side
 * @param {Pick<RankingPart, "place" | "press" | "hear">} ranking
 */
function badgeOf(side, { place, press, hear }) {
  const node = h("button", {
    type: "button",
    class: "ek-button ek-rank-badge",
    onclick: () => press(side),
  });
  hear(() => {
    node.textContent = place(side) ? `Place ${place(side)}` : "Next best";
    node.setAttribute("aria-pressed", String(place(side) > 0));
    node.setAttribute("aria-label", `${node.textContent}: response ${LETTER[side]}`);
  });
  return node;
}

/**
 * An order in words: "1: B, 2: A and C".
 * @param {Side[][]} order
 */
const spelt = (order) =>
  order.map((place, at) => `${at + 1}: ${place.map((side) => LETTER[side]).join(" and ")}`).join(", ");
