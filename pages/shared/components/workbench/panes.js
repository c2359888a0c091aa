// The responses beside one another: two, or a strip of up to five; one at a time where it is narrow.

import { comparing } from "./differing.js";
import { button, choices, h, kbd } from "./dom.js";
import { buildPane, roomButton } from "./reading.js";
import { toggleRoom } from "./room.js";
import { LETTER, sidesOf } from "./sides.js";

/** @import { CasePart, Memory, Pane, Panes, RankingPart, Side, TaskData } from "./types.js" */

/** The key that gives one of two responses all the room. @type {Partial<Record<Side, string>>} */
const ROOM_KEY = { left: "Q", right: "W" };

/**
 * @param {object} reading
 * @param {TaskData} reading.data
 * @param {Memory} reading.memory
 * @param {CasePart} reading.casePart
 * @param {RankingPart | null} reading.ranking
 * @returns {Panes}
 */
export function buildPanes({ data, memory, casePart, ranking }) {
  const sides = sidesOf(data);
  const isMany = sides.length > 2;
  const panes = sides.map((side) =>
    buildPane({
      side,
      response: /** @type {import("./types.js").ResponseData} */ (data[side]),
      isOnly: sides.length === 1,
      memory,
      casePart,
      key: isMany ? null : (ROOM_KEY[side] ?? null),
      badge: ranking?.badge(side),
    }),
  );
  const kind = isMany ? " ek-many" : sides.length === 1 ? " ek-single" : "";
  const node = h("div", { class: `ek-panes${kind}`, "data-count": sides.length });
  const switching = sideSwitch(node, sides);
  const together = button("Scroll together", "Y", () => setTogether(!memory.together), {
    class: "ek-button ek-quiet ek-together",
  });
  const larger = roomButton({ words: "Larger", key: "M", room: "panes" });
  const comparison = sides.length === 2 ? comparing(panes.map((pane) => pane.body)) : null;
  if (comparison) {
    panes[0].node.querySelector(".ek-pane-line .ek-gap")?.after(together);
    panes[1].node.querySelector(".ek-pane-line .ek-gap")?.after(comparison.button, larger);
    node.append(switching.node, comparison.note);
  }
  ranking?.hear(() =>
    sides.forEach((side, at) => {
      const place = ranking.place(side);
      const words = place ? `, place ${place}` : "";
      switching.buttons[at].setAttribute("aria-label", `Response ${LETTER[side]}${words}`);
      switching.buttons[at].dataset.place = place ? String(place) : "";
    }),
  );
  const nodes = panes.map((pane) => pane.node);
  if (isMany) {
    const line = h("div", { class: "ek-strip-line" }, switching.node, h("span", { class: "ek-gap" }));
    line.append(together, larger);
    node.append(line, h("div", { class: "ek-strip" }, nodes));
  } else {
    node.append(...nodes);
  }
  if (sides.length > 1) synchronise(panes, memory);
  /** @param {boolean} on */
  function setTogether(on) {
    memory.together = on;
    together.setAttribute("aria-pressed", String(on));
  }
  setTogether(memory.together);
  node.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest(".ek-link");
    if (link) link.classList.toggle("ek-open");
  });
  return {
    node,
    panes,
    toggleRaw: () => {
      memory.isRaw = !panes.every((pane) => pane.isRaw());
      panes.forEach((pane) => pane.show(memory.isRaw));
    },
    toggleTogether: () => {
      if (sides.length > 1) setTogether(!memory.together);
      return sides.length > 1;
    },
    compare: () => {
      comparison?.toggle();
      return comparison !== null;
    },
    alone: (side) => {
      if (switching.node.checkVisibility()) switching.choose(side);
      else if (sides.length > 1) toggleRoom(node, side);
      return sides.length > 1;
    },
    step: (by) => {
      const at = sides.indexOf(switching.side()) + by;
      if (!sides[at]) return false;
      switching.choose(sides[at]);
      panes[at].body.focus({ preventScroll: true }); // keys that read on go on from there
      return true;
    },
    current: switching.side,
    toggleLinks: () => node.classList.toggle("ek-links"),
  };
}

/**
 * On a narrow screen one pane is seen at a time, each where it was left; in a strip it is gone to.
 * @param {HTMLElement} panes
 * @param {Side[]} sides
 */
function sideSwitch(panes, sides) {
  const isMany = sides.length > 2;
  /** @type {Partial<Record<Side, number>>} */
  const left = {};
  let side = sides[0];
  panes.dataset.shown = side;
  /** @param {Side} next */
  function show(next) {
    const page = /** @type {HTMLElement | null} */ (panes.closest(".ek-main"));
    if (!page) return;
    const start = panes.offsetTop - page.offsetTop;
    const isInside = page.scrollTop >= start - 1; // the case is read, and the switch at the top
    left[side] = page.scrollTop;
    panes.dataset.shown = side = next;
    if (isInside) page.scrollTop = Math.max(left[next] ?? 0, start);
    if (isMany) goTo(panes, next);
  }
  /** @param {Side} value */
  const face = (value) =>
    isMany
      ? h("span", { class: "ek-face" }, LETTER[value])
      : h("span", { class: "ek-face" }, `Response ${LETTER[value]}`, kbd(ROOM_KEY[value] ?? ""));
  const group = choices({
    label: "Response to read",
    className: "ek-side-switch",
    value: sides[0],
    options: sides.map((value) => ({
      value,
      name: `Response ${LETTER[value]}`,
      key: isMany ? null : ROOM_KEY[value],
      face: face(value),
    })),
    onchoose: (next) => show(next ?? sides[0]),
  });
  if (isMany) {
    // What is scrolled, clicked or focused is what is read, and what keys go on from.
    const notice = (/** @type {Event} */ { target }) => {
      const pane = target instanceof Element && target.closest(".ek-pane");
      const here = pane && /** @type {Side} */ (/** @type {HTMLElement} */ (pane).dataset.side);
      if (here && here !== side && pane.checkVisibility()) group.choose(here);
    };
    for (const name of ["pointerdown", "focusin"]) panes.addEventListener(name, notice);
  }
  return { ...group, side: () => side };
}

/**
 * Bring a response of a strip into view, and let keys scroll it.
 * @param {HTMLElement} panes
 * @param {Side} side
 */
function goTo(panes, side) {
  const root = panes.closest(".ek-workbench");
  if (root instanceof HTMLElement && root.dataset.room && root.dataset.room !== "panes") {
    toggleRoom(panes, side);
  }
  const pane = panes.querySelector(`.ek-pane[data-side="${side}"]`);
  const strip = pane?.parentElement;
  if (!pane || !strip) return;
  const [box, frame] = [pane.getBoundingClientRect(), strip.getBoundingClientRect()];
  const over = box.right > frame.right ? box.right - frame.right : Math.min(0, box.left - frame.left);
  strip.scrollBy({ left: over, behavior: "instant" });
}

/**
 * Keep all panes at the same share of their length while wished.
 * @param {Pane[]} panes
 * @param {Memory} memory
 */
function synchronise(panes, memory) {
  /** @type {number | null} */
  let leader = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let release;
  panes.forEach((pane, index) => {
    pane.body.addEventListener(
      "scroll",
      () => {
        if (!memory.together || (leader !== null && leader !== index)) return;
        leader = index;
        clearTimeout(release);
        release = setTimeout(() => (leader = null), 120);
        const length = pane.body.scrollHeight - pane.body.clientHeight;
        const share = length > 0 ? pane.body.scrollTop / length : 0;
        for (const { body } of panes) {
          if (body !== pane.body) body.scrollTop = share * (body.scrollHeight - body.clientHeight);
        }
      },
      { passive: true },
    );
  });
}
