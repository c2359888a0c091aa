// What is read: the line on top, the case, and a response.

import { colourCode, offerCopies } from "./code.js";
import { button, h, rendered } from "./dom.js";
import { linkPassages, openAll, showPassage } from "./passages.js";
import { toggleRoom } from "./room.js";
import { LETTER } from "./sides.js";
import { progressShare, progressWords } from "./standing.js";

/** @import { CasePart, Memory, Pane, ResponseData, Room, Side, TaskData } from "./types.js" */

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
  const size = button("Taller", data.third ? "X" : "C", () => cycle(), { class: "ek-button ek-quiet" });
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
 * @param {string | null} pane.key that gives it all the room
 * @param {HTMLElement | undefined} pane.badge
 * @returns {Pane}
 */
export function buildPane({ side, response, isOnly, memory, casePart, key, badge }) {
  const name = isOnly ? "Response" : `Response ${LETTER[side]}`;
  const body = h("div", {
    class: "ek-pane-body",
    tabindex: "0",
    role: "region",
    "aria-label": `${name}, text`,
  });
  const toggle = button("Raw", "R", () => show(!isRaw), { class: "ek-button ek-quiet" });
  const alone = roomButton({ words: `Only ${LETTER[side]}`, key, room: side });
  alone.classList.add("ek-alone");
  const note = h("span", { class: "ek-pane-note" }, "Formatted; Raw shows it as written");
  const node = h(
    "section",
    { class: "ek-pane", "data-side": side, "aria-label": name },
    h(
      "div",
      { class: "ek-pane-line" },
      h("h2", { class: "ek-pane-title" }, name),
      badge,
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
 * @param {{ words: string, key: string | null, room: Room }} about
 */
export function roomButton({ words, key, room }) {
  const element = button(words, key, () => toggleRoom(element, room), {
    class: "ek-button ek-quiet ek-roomy",
    "aria-pressed": "false",
    "data-gives-room": room,
  });
  return element;
}
