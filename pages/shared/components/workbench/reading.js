// What is read: the line on top, the case, and the panes of the responses.

import { colourCode, offerCopies } from "./code.js";
import { comparing } from "./differing.js";
import { button, choices, h, kbd, rendered } from "./dom.js";
import { linkPassages, openAll, showPassage } from "./passages.js";
import { toggleRoom } from "./room.js";
import { LETTER, SIDES } from "./sides.js";
import { progressShare, progressWords } from "./standing.js";

/** @import { CasePart, Memory, Pane, Panes, ResponseData, Room, Side, TaskData } from "./types.js" */

/** The key that gives one response all the room. @type {Record<Side, string>} */
const ROOM_KEY = { left: "Q", right: "W" };

/**
 * @param {object} top
 * @param {TaskData} top.data
 * @param {HTMLElement} top.finder
 * @param {() => unknown} top.toStudies
 * @param {() => unknown} top.openComfort
 * @param {() => unknown} top.openGuidelines
 * @param {() => unknown} top.openKeys
 */
export function buildTop({ data, finder, toStudies, openComfort, openGuidelines, openKeys }) {
  const done = h("div", { class: "ek-progress-done" });
  done.style.width = progressShare(data);
  return h(
    "header",
    { class: "ek-top" },
    h(
      "div",
      { class: "ek-top-line" },
      h("button", { type: "button", class: "ek-back", onclick: toStudies }, "Studies"),
      h("span", { class: "ek-study", dir: "auto" }, data.study),
      h("span", { class: "ek-count" }, progressWords(data)),
      h("span", { class: "ek-timer", role: "timer", "aria-label": "Time on this case" }),
      h("span", { class: "ek-gap" }),
      finder,
      button("Text", "L", openComfort, { class: "ek-button ek-quiet" }),
      button("Guidelines", "G", openGuidelines, { class: "ek-button ek-quiet" }),
      button("Keys", "?", openKeys, { class: "ek-button ek-quiet ek-open-keys" }),
    ),
    h("div", { class: "ek-progress" }, done),
  );
}

/**
 * @param {{ data: TaskData, memory: Memory, undoing: HTMLElement }} reading
 * @returns {CasePart}
 */
export function buildCase({ data, memory, undoing }) {
  const place = Math.min(data.done + (data.submitted ? 0 : 1), data.total);
  const heading = h(
    "h1",
    { class: "ek-case-heading", tabindex: "-1", "aria-describedby": undoing.id },
    data.submitted ? "Case, submitted before" : h("span", {}, "Case"),
    h("span", { class: "ek-unseen" }, data.submitted ? "" : `, ${place} of ${data.total}`),
  );
  const body = h("div", { class: "ek-case-body ek-text", tabindex: "0", role: "region" });
  body.setAttribute("aria-label", "Case");
  /**
   * @param {string} title
   * @param {string} safeHtml
   */
  const appended = (title, safeHtml) =>
    h(
      "section",
      { class: "ek-message ek-other" },
      h("h3", { class: "ek-role" }, title),
      rendered(h("div", { class: "ek-content" }), safeHtml),
    );
  rendered(body, data.case);
  if (data.context) body.append(appended("Retrieved context", data.context));
  if (data.tools) body.append(appended("Tools", data.tools));
  const size = button("Taller", "C", () => cycle(), { class: "ek-button ek-quiet" });
  // One response at a time is little room: what was asked comes before what the model was told.
  if (window.matchMedia("(max-width: 800px)").matches) {
    body.querySelectorAll(".ek-system[open]").forEach((system) => system.removeAttribute("open"));
  }
  offerCopies(body);
  const unfolding = button("Open all", "P", () => openAll(body), { class: "ek-button ek-quiet" });
  unfolding.hidden = !body.querySelector("details");
  const sizeWords = size.querySelector("span");
  const node = h(
    "section",
    { class: "ek-case", "aria-label": "Case" },
    h(
      "div",
      { class: "ek-case-line" },
      heading,
      data.category ? h("span", { class: "ek-category", dir: "auto" }, data.category) : null,
      h("span", { class: "ek-gap" }),
      undoing,
      unfolding,
      size,
    ),
    body,
  );
  const WORDS = { normal: "Taller", tall: "Fold", folded: "Unfold" };
  node.dataset.size = unfolded(memory.caseSize);
  function paint() {
    node.dataset.size = memory.caseSize;
    const isShort = memory.caseSize === "normal" && body.scrollHeight <= body.clientHeight + 2;
    if (sizeWords) sizeWords.textContent = isShort ? "Fold" : WORDS[memory.caseSize];
    size.setAttribute("aria-expanded", String(memory.caseSize !== "folded"));
  }
  function cycle() {
    const fits = body.scrollHeight <= body.clientHeight + 2;
    if (memory.caseSize === "normal") memory.caseSize = fits ? "folded" : "tall";
    else memory.caseSize = memory.caseSize === "tall" ? "folded" : "normal";
    paint();
  }
  const fade = () => {
    const rest = body.scrollHeight - body.clientHeight - body.scrollTop;
    body.classList.toggle("ek-more", rest > 8);
  };
  body.addEventListener("scroll", fade, { passive: true });
  new ResizeObserver(fade).observe(body);
  const arrive = () => {
    memory.caseSize = unfolded(memory.caseSize);
    requestAnimationFrame(paint);
  };
  return { node, heading, body, cycle, arrive, openAll: () => openAll(body) };
}

/**
 * A new case is always seen.
 * @param {Memory["caseSize"]} size
 */
const unfolded = (size) => (size === "folded" ? "normal" : size);

/**
 * Let the keyboard reach what scrolls on its own, as code and tables do, and only that.
 * @param {Element} body
 */
export function reachScrollers(body) {
  /** @type {Record<string, string | undefined>} */
  const names = { PRE: "Code", DIV: "Table" };
  for (const element of body.querySelectorAll("pre, .ek-table, math[display=block]")) {
    const isScrolling =
      element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    ["tabindex", "role", "aria-label"].forEach((name) => element.removeAttribute(name));
    if (!isScrolling) continue;
    element.setAttribute("tabindex", "0");
    if (!names[element.tagName]) continue; // a formula is one, and has its own words
    element.setAttribute("role", "region");
    element.setAttribute("aria-label", `${names[element.tagName]}, scrolls`);
  }
}

/**
 * One response: its rendered text, and the raw text at a press.
 * @param {object} pane
 * @param {Side} pane.side
 * @param {ResponseData} pane.response
 * @param {boolean} pane.isOnly
 * @param {Memory} pane.memory
 * @param {CasePart} pane.casePart
 * @returns {Pane}
 */
function buildPane({ side, response, isOnly, memory, casePart }) {
  const name = isOnly ? "Response" : `Response ${LETTER[side]}`;
  const body = h("div", {
    class: "ek-pane-body",
    tabindex: "0",
    role: "region",
    "aria-label": `${name}, text`,
  });
  const toggle = button("Raw", "R", () => show(!isRaw), { class: "ek-button ek-quiet" });
  const alone = roomButton({ words: `Only ${LETTER[side]}`, key: ROOM_KEY[side], room: side });
  alone.classList.add("ek-alone");
  const note = h("span", { class: "ek-pane-note" }, "Formatted; Raw shows it as written");
  const node = h(
    "section",
    { class: "ek-pane", "data-side": side, "aria-label": name },
    h(
      "div",
      { class: "ek-pane-line" },
      h("h2", { class: "ek-pane-title" }, name),
      response.may_be_code ? note : null,
      h("span", { class: "ek-gap" }),
      toggle,
      isOnly ? null : alone,
    ),
    body,
  );
  let isRaw = false;
  /** @param {boolean} raw */
  function fill(raw) {
    isRaw = raw;
    toggle.setAttribute("aria-pressed", String(raw));
    note.hidden = raw;
    if (raw && response.raw) {
      body.replaceChildren(h("div", { class: "ek-raw ek-raw-view", dir: "auto" }, response.raw));
    } else {
      body.replaceChildren(rendered(h("div", { class: "ek-text" }), response.html));
      offerCopies(body);
      linkPassages(body, nPassages, (number) => showPassage(casePart.body, number));
      reachScrollers(body);
    }
  }
  /** @param {boolean} raw */
  function show(raw) {
    fill(raw);
    requestAnimationFrame(() => colourCode(node.closest(".ek-main") ?? node));
  }
  const nPassages = casePart.body.querySelectorAll(".ek-passage").length;
  fill(memory.isRaw);
  return { node, body, show, isRaw: () => isRaw };
}

/**
 * A button that gives the responses, or one, all the room, and takes it from them again.
 * @param {{ words: string, key: string, room: Room }} about
 */
function roomButton({ words, key, room }) {
  const element = button(words, key, () => toggleRoom(element, room), {
    class: "ek-button ek-quiet ek-roomy",
    "aria-pressed": "false",
    "data-gives-room": room,
  });
  return element;
}

/**
 * @param {{ data: TaskData, memory: Memory, casePart: CasePart }} reading
 * @returns {Panes}
 */
export function buildPanes({ data, memory, casePart }) {
  const panes = SIDES.flatMap((side) => {
    const response = data[side];
    return response ? [buildPane({ side, response, isOnly: !data.right, memory, casePart })] : [];
  });
  const node = h("div", { class: data.right ? "ek-panes" : "ek-panes ek-single" });
  const switching = sideSwitch(node);
  const comparison = comparing(panes.map((pane) => pane.body));
  /** @type {HTMLElement | null} */
  let together = null;
  if (data.right) {
    together = button("Scroll together", "Y", () => setTogether(!memory.together), {
      class: "ek-button ek-quiet ek-together",
    });
    panes[0].node.querySelector(".ek-pane-line .ek-gap")?.after(together);
    const larger = roomButton({ words: "Larger", key: "M", room: "panes" });
    panes[1].node.querySelector(".ek-pane-line .ek-gap")?.after(comparison.button, larger);
    node.append(switching.node, comparison.note);
    synchronise(panes, memory);
  }
  node.append(...panes.map((pane) => pane.node));
  /** @param {boolean} on */
  function setTogether(on) {
    memory.together = on;
    if (together) together.setAttribute("aria-pressed", String(on));
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
      if (data.right) setTogether(!memory.together);
      return Boolean(data.right);
    },
    compare: () => {
      if (data.right) comparison.toggle();
      return Boolean(data.right);
    },
    alone: (side) => {
      if (switching.node.checkVisibility()) switching.choose(side);
      else if (data.right) toggleRoom(node, side);
      return Boolean(data.right);
    },
    toggleLinks: () => node.classList.toggle("ek-links"),
  };
}

/**
 * On a narrow screen one pane is seen at a time, each where it was left.
 * @param {HTMLElement} panes
 */
function sideSwitch(panes) {
  /** @type {Partial<Record<Side, number>>} */
  const left = {};
  /** @type {Side} */
  let side = SIDES[0];
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
  }
  const group = choices({
    label: "Response to read",
    className: "ek-side-switch",
    value: SIDES[0],
    options: SIDES.map((value) => ({
      value,
      name: `Response ${LETTER[value]}`,
      key: ROOM_KEY[value],
      face: h("span", { class: "ek-face" }, `Response ${LETTER[value]}`, kbd(ROOM_KEY[value])),
    })),
    onchoose: (next) => show(next ?? "left"),
  });
  return group;
}

/**
 * Keep both panes at the same share of their length while wished.
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
        const other = panes[1 - index].body;
        const length = pane.body.scrollHeight - pane.body.clientHeight;
        const share = length > 0 ? pane.body.scrollTop / length : 0;
        other.scrollTop = share * (other.scrollHeight - other.clientHeight);
      },
      { passive: true },
    );
  });
}
