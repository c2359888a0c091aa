// Keys, and why a case is skipped: native dialogs, so focus and Esc behave.

import { button, choices, h, inField, kbd } from "./dom.js";
import { singleKeys } from "./keys.js";
import { RANKING_KEYS, rankingKeys } from "./ranking.js";
import { skip } from "./sending.js";

/** What a study asks for in words alone: it is taken back as any text is. */
const OF_WORDS = new Set(["comment", "assertion"]);

/** @import { Child, KeyDialog, Reason, Screen, TaskData } from "./types.js" */

/**
 * Open a dialog unless one is open; `letter` closes it, numbers go to `onnumber`.
 * @param {Screen} screen
 * @param {object} about
 * @param {string} about.label
 * @param {string} about.className
 * @param {Child} about.content
 * @param {string} about.letter
 * @param {Child} [about.end] what stays in view beneath the content
 * @param {(digit: string) => boolean} [about.onnumber]
 * @returns {KeyDialog | null}
 */
export function openDialog(screen, { label, className, content, letter, end, onnumber }) {
  if (screen.state !== "live" || screen.root.querySelector("dialog[open]")) return null;
  const element = h("dialog", { class: `ek-dialog ${className}`, "aria-label": label });
  const close = () => element.close();
  element.append(
    h(
      "div",
      { class: "ek-dialog-line" },
      h("h2", {}, label),
      h("span", { class: "ek-gap" }),
      button("Close", "Esc", close, { class: "ek-button ek-quiet" }),
    ),
    h("div", { class: "ek-dialog-body", tabindex: "0", autofocus: true }, content),
    end ? h("div", { class: "ek-dialog-foot" }, end) : "",
  );
  element.addEventListener("click", (event) => event.target === element && close());
  element.addEventListener("close", () => element.remove());
  /** @type {KeyDialog["onkey"]} */
  const onkey = (name, numbers) => {
    if (name !== letter) return onnumber !== undefined && numbers.some(onnumber);
    close();
    return true;
  };
  const dialog = Object.assign(element, { onkey });
  screen.root.append(dialog);
  singleKeys.paint(screen.root);
  dialog.showModal();
  return dialog;
}

/** @param {Screen} screen */
export function openKeys(screen) {
  return openDialog(screen, {
    label: "Keys",
    className: "ek-small",
    letter: "?",
    content: [keysContent(screen.data, { isHelped: hasHelp(screen) }), singleKeysSwitch(screen.root)],
  });
}

/**
 * For those who dictate or brush keys by accident: keys of one character can be switched off.
 * @param {HTMLElement} root
 */
function singleKeysSwitch(root) {
  const state = h("b", {});
  const onclick = () => {
    singleKeys.choose(!singleKeys.isOff);
    paint();
  };
  const node = h(
    "button",
    { type: "button", role: "switch", class: "ek-button ek-switch", onclick },
    "Keys of one character: ",
    state,
  );
  function paint() {
    node.setAttribute("aria-checked", String(!singleKeys.isOff));
    state.textContent = singleKeys.isOff ? "off" : "on";
    singleKeys.paint(root);
  }
  paint();
  const words = "Kept in this browser. Enter, Ctrl Enter, Backspace, Space, pages and arrows always act.";
  return h("div", { class: "ek-switch-line" }, node, h("span", { class: "ek-hint" }, words));
}

/**
 * @param {TaskData} data
 * @returns {string[][]}
 */
function preferenceKeys({ collect, right }) {
  if (!right || !collect.includes("preference")) return [];
  const more = collect.includes("strength") ? "; once more: much better, and back" : "";
  return [
    ["A", `A better${more}`],
    ["B", `B better${more}`],
    ["E", "Equally good"],
    ["X", "Both bad"],
    ...(collect.includes("certainty") ? [["I", "Not sure which, and back"]] : []),
    ...(collect.includes("preferences")
      ? [["1 to 4", "Where the marker is on “Better”: A, equally good, B, both bad"]]
      : []),
  ];
}

/**
 * @param {TaskData} data
 * @returns {string[][]}
 */
function errorKeys(data) {
  if (!data.collect.includes("tags") || !data.tags.length) return [];
  const which = data.right ? " in A" : "";
  const pair = [
    ["D", `Mark errors${which}: its letter, once more for more severe`],
    ...(data.right ? [["F", "Mark errors in B"]] : []),
  ];
  return [
    ...(data.third ? RANKING_KEYS.errors : pair),
    ...severityKeys(data),
    ["+", "Choose words by key: ← → by word, ↑ ↓ by sentence, with Shift more of them; W and S go on, too"],
    ["Enter", "On chosen words: mark them; on a mark: change it. Esc ends choosing"],
    [".", "On words of a step: mark the whole step. While marking: a note"],
    ["-", "While marking a response: what it does not say, and should"],
  ];
}

/**
 * As many as an error can be severe here; none where that is not asked.
 * @param {TaskData} data
 */
function severityKeys({ tags }) {
  const most = Math.max(...tags.map(({ severities }) => severities.length));
  const rows = [["1 to 3", "In there: how severe what was marked last is"]];
  return most > 1 ? rows.map(([keys, words]) => [keys.replace("3", String(most)), words]) : [];
}

/**
 * @param {TaskData} data
 * @returns {string[][]}
 */
function paneKeys(data) {
  if (!data.right) return [];
  const larger = ["M", "All the room for the responses, and back"];
  if (data.third) return [larger, ...RANKING_KEYS.panes];
  return [
    larger,
    ["Q", "Only response A, and back"],
    ["W", "Only response B, and back"],
    ["Y", "Scroll both responses together"],
    ["V", "Compare them word by word: what stands in one only is underlined"],
  ];
}

/**
 * Whether errors are suggested to this annotator.
 * @param {Screen} screen
 */
const hasHelp = ({ desk, data }) => Boolean(desk.studies.of(data.study_id)?.suggesting);

/**
 * @param {TaskData} data
 * @param {boolean} isHelped
 */
function wordKeys({ collect }, isHelped) {
  const rows = [];
  if (collect.includes("comment")) rows.push(["N", "Write a comment; Esc leaves it"]);
  if (isHelped) {
    rows.push(
      ["F2", "Take the error that is suggested for what you wrote, of A; also while typing"],
      ["F4", "The same, of B"],
    );
  }
  if (collect.includes("assertion")) rows.push(["!", "Write what must hold in every response to this case"]);
  return rows;
}

/**
 * All keys, or of them those that are named.
 * @param {TaskData} data
 * @param {{ named?: string[], isHelped?: boolean }} [about]
 */
export function keysContent(data, { named, isHelped = false } = {}) {
  const rows = data.third ? rankingKeys(data) : preferenceKeys(data);
  if (data.collect.includes("scores") && data.criteria.length) {
    rows.push(
      ["0 to 9", "Type a score as it is printed, also −2 or 10; then on to the next scale"],
      ["← →", "Change a score"],
      ["↑ ↓", "Criterion before, criterion after"],
    );
  }
  rows.push(...errorKeys(data));
  if (data.collect.some((part) => !OF_WORDS.has(part))) {
    rows.push(["Backspace", "Take back what was set last, step by step"]);
  }
  const responses = data.third ? "A, B and on" : data.right ? "A, then B" : "the response";
  rows.push(...wordKeys(data, isHelped));
  rows.push(
    ["Space", `Read on: the case, then ${responses}; with Shift back. On a control: press or change it`],
    ["PageDown PageUp", "Read on, and back, whatever has the focus"],
    ["J K", "A few lines on, and back"],
    ["/", "Find in case and responses: Enter goes on, with Shift back, Esc ends"],
    ["P", "Open, or fold, all that is folded in the case"],
  );
  rows.push(
    ["Enter", "Submit, outside of the comment"],
    ["Ctrl Enter", "Submit, anywhere"],
    ["S", "Skip this case"],
    ["T", "Take back the last skip, until the next case is submitted"],
    ["Ctrl Z", "Undo the last submission, for a minute, or skip; while writing, the browser's own"],
    ["H", "Ask the lead about this case"],
    ["O", "Discard an edit: what was submitted is there again"],
    ["[", "Back to the case before"],
    ["]", "Forward to the case after"],
    ["G", "Guidelines, all levels and errors"],
    ["L", "Text and comfort: size, length and distance of lines, time, sound"],
    ["Z", "Pause: all is covered and no time counted, until any key"],
    ["R", "Raw text of the responses"],
    ["U", "Where links point"],
  );
  rows.push(...paneKeys(data));
  const size = data.third ? RANKING_KEYS.size : [["C", "Case taller, folded, as before"]];
  rows.push(...size, ["?", "These keys"], ["Esc", "Close"]);
  return h(
    "dl",
    { class: "ek-keys" },
    rows.filter(([keys]) => !named || named.includes(keys)).map(([keys, words]) => [
      h("dt", {}, keys.split(" ").map((key) => (key === "to" ? key : kbd(key)))),
      h("dd", {}, words),
    ]),
  );
}

/**
 * Ask why a case is skipped, and skip it.
 * @param {Screen} screen
 */
export function openSkip(screen) {
  const reasons = screen.desk.page.skip_reasons;
  const note = h("textarea", {
    rows: "2",
    dir: "auto",
    class: "ek-comment-field",
    "aria-label": "Note",
    placeholder: "Note, if it helps the people who run the study",
  });
  const group = reasonChoices(reasons, () => confirm.removeAttribute("disabled"));
  const confirm = button("Skip case", "Enter", done, { class: "ek-button ek-primary" });
  confirm.setAttribute("disabled", "");
  const dialog = openDialog(screen, {
    label: "Skip this case",
    className: "ek-small",
    letter: "s",
    onnumber(digit) {
      const reason = reasons[Number(digit) - 1];
      if (!reason) return false;
      group.choose(reason.value);
      group.focus();
      return true;
    },
    content: [group.node, note],
    end: [h("span", {}), confirm],
  });
  if (!dialog) return false;
  function done() {
    const reason = group.chosen();
    if (!reason || !dialog) return;
    dialog.close();
    skip(screen, reason, note.value.trim());
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat || event.altKey || event.key !== "Enter") return;
    const isSure = event.ctrlKey || event.metaKey || !inField(event);
    const target = /** @type {Element} */ (event.target);
    if (!isSure || target.closest(".ek-dialog-line")) return; // Close is a button of its own
    event.preventDefault();
    done();
  });
  group.focus();
  return true;
}

/**
 * @param {Reason[]} reasons
 * @param {() => void} onchoose
 */
function reasonChoices(reasons, onchoose) {
  return choices({
    label: "Why skip this case",
    className: "ek-reasons",
    value: /** @type {string | null} */ (null),
    options: reasons.map((reason, index) => ({
      value: reason.value,
      name: reason.label,
      key: String(index + 1),
      face: h("span", { class: "ek-face" }, kbd(String(index + 1)), reason.label),
    })),
    onchoose,
  });
}
