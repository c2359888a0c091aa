// The annotation screen: one assignment at a time, drawn from plain data, kept by HTTP.

import { openGuidelines, openKeys, openSkip } from "./dialogs.js";
import { button, explainer, h } from "./dom.js";
import { buildForm } from "./form.js";
import { listenToKeys, singleKeys } from "./keys.js";
import { buildCase, buildPanes, buildTop, reachScrollers } from "./reading.js";
import { toggleRoom } from "./room.js";
import { completeDraft, draftKeeper, stopwatch, uuid } from "./saving.js";
import {
  become,
  complain,
  discard,
  draftRefused,
  judgement,
  listMissing,
  move,
  say,
  skippedBefore,
  submit,
  undoSkip,
  url,
} from "./sending.js";
import { closeStreamlitDialogs } from "./streamlit.js";

/**
 * @import {
 *   Component,
 *   Host,
 *   Memory,
 *   OpenAssignment,
 *   Screen,
 *   ScreenState,
 *   TaskData,
 *   Where,
 * } from "./types.js"
 */

const SUBMITTED = "Submitted before; a change counts once it is submitted again";
const EDITED = "Edit not submitted; what counts is what you submitted before";

/** How often a screen asks again for what comes next, when a restart lost the question. */
const MOST_REPEATS = 3;

/**
 * Draw one assignment into `host`; `ask(where)` tells Streamlit what to load next.
 * @param {object} opening
 * @param {Host} opening.host
 * @param {TaskData} opening.data
 * @param {(where: Where) => void} opening.ask
 * @param {Memory} opening.memory
 * @returns {OpenAssignment}
 */
function openAssignment({ host, data, ask, memory }) {
  /** @type {ScreenState} */
  const state = {
    data,
    ask,
    memory,
    state: "live",
    isClosed: false,
    isListing: false, // what is still to do is being said
    isStuck: false, // it is being said that what was entered is not saved
    goal: null, // where this screen leads once it is left
    session: uuid(),
    sent: 0,
    openedOn: data.draft_mark,
    slow: undefined, // the timer that runs while the next page loads
    submission: { key: "", of: "" },
    answers: completeDraft(data.draft),
    watch: stopwatch(data.active_seconds),
    root: h("div", { class: "ek-workbench" }),
    status: h("span", { class: "ek-status", role: "status" }),
    problem: h("span", { class: "ek-problem", role: "alert" }),
  };
  const screen = /** @type {Screen} */ (state); // its parts are built below
  screen.drafts = draftKeeper({
    url: url(screen, "draft"),
    body: () => judgement(screen),
    say: (words, kind) => say(screen, words, kind),
    onstored: ({ edit }) => {
      say(screen, data.submitted ? (edit ? EDITED : SUBMITTED) : "Draft saved");
      screen.discarding.hidden = !edit;
      if (screen.isStuck) complain(screen, "");
    },
    onrefused: (answer) => draftRefused(screen, answer),
  });
  build(screen);
  const deaf = listenToKeys(screen.root, {
    isReady: () => screen.state === "live",
    submit: () => submit(screen),
    number: screen.form.number,
    takeBack: screen.form.takeBack,
    commands: keyCommands(screen),
  });
  if (data.submitted) say(screen, data.has_edit ? EDITED : SUBMITTED);
  become(screen, "live");
  const release = show(screen, host);
  const leaveDialogs = closeStreamlitDialogs();
  let repeats = 0;
  return {
    token: data.token,
    isDone: () => screen.state === "leaving",
    /** Ask again to go on, if this very case comes back instead: a restart lost the question. */
    repeat: (askNow) => {
      const { goal } = screen;
      const isAsked = screen.state === "leaving" && goal !== null && goal !== "again";
      if (!isAsked || repeats >= MOST_REPEATS) return false;
      repeats += 1;
      setTimeout(() => screen.isClosed || askNow(goal));
      return true;
    },
    close: () => {
      screen.isClosed = true;
      clearTimeout(screen.slow);
      screen.drafts.close();
      screen.watch.stop();
      deaf();
      leaveDialogs();
      release();
    },
  };
}

/**
 * Make the parts of the screen and put them together.
 * @param {Screen} screen
 */
function build(screen) {
  const { data, memory, root, answers } = screen;
  const explain = explainer(root);
  screen.form = buildForm({
    data,
    answers,
    explain,
    onchange: () => {
      screen.drafts.touch();
      screen.discarding.hidden = !data.submitted;
      const missing = screen.form.missing();
      if (screen.isListing) listMissing(screen, missing);
      else if (screen.problem.textContent && !missing.length) complain(screen, "");
    },
  });
  screen.casePart = buildCase({ data, memory, undoing: buildUndoing(screen) });
  screen.panes = buildPanes({ data, memory });
  screen.main = h(
    "div", // Streamlit's own <main> is around it
    { class: "ek-main" },
    screen.casePart.node,
    screen.panes.node,
    screen.form.node,
  );
  const top = buildTop({
    data,
    toStudies: () => move(screen, "studies"),
    openGuidelines: () => openGuidelines(screen),
    openKeys: () => openKeys(screen),
  });
  root.prepend(top, screen.main, buildFooter(screen));
}

/**
 * What can be undone here, next to where reading starts: a skip, and an edit.
 * @param {Screen} screen
 */
function buildUndoing(screen) {
  const n = skippedBefore(screen).length;
  const words = n === 1 ? "You skipped a case." : `You skipped ${n} cases.`;
  screen.takingBack = button("Take it back", "T", () => undoSkip(screen));
  screen.discarding = button("Discard edit", "O", () => discard(screen));
  screen.discarding.hidden = !screen.data.has_edit;
  const skips = n ? [h("span", {}, words), screen.takingBack] : [];
  return h("div", { class: "ek-undoing", id: "ek-undoing" }, skips, screen.discarding);
}

/** @param {Screen} screen */
function buildFooter(screen) {
  const { data } = screen;
  const back = button("Back", "[", () => move(screen, "previous"));
  const forward = button("Forward", "]", () => move(screen, "following"));
  const skipping = button("Skip", "S", () => openSkip(screen));
  screen.ways = [
    [back, data.has_previous],
    [forward, data.has_following],
    [skipping, !data.submitted],
    [screen.takingBack, true],
    [screen.discarding, true],
  ];
  screen.submitting = button(
    data.submitted ? "Submit again" : "Submit",
    "Ctrl Enter",
    () => submit(screen),
    { class: "ek-button ek-primary", "aria-keyshortcuts": "Control+Enter" },
  );
  return h(
    "footer",
    { class: "ek-footer" },
    back,
    forward,
    skipping,
    h("div", { class: "ek-said" }, screen.problem, screen.status),
    screen.submitting,
  );
}

/**
 * What each key does; false where it has nothing to do.
 * @param {Screen} screen
 * @returns {Record<string, () => unknown>}
 */
function keyCommands(screen) {
  const { data, form, panes, casePart } = screen;
  return {
    a: () => form.prefer("left"),
    b: () => form.prefer("right"),
    e: () => form.prefer("tie"),
    x: () => form.prefer("both_bad"),
    d: () => form.openTags("left"),
    f: () => form.openTags("right"),
    s: () => !data.submitted && openSkip(screen),
    g: () => openGuidelines(screen),
    "?": () => openKeys(screen),
    t: () => undoSkip(screen),
    o: () => !screen.discarding.hidden && discard(screen),
    "[": () => data.has_previous && move(screen, "previous"),
    "]": () => data.has_following && move(screen, "following"),
    m: () => data.right && toggleRoom(panes.node, "panes"),
    q: () => data.right && toggleRoom(panes.node, "left"),
    w: () => data.right && toggleRoom(panes.node, "right"),
    r: panes.toggleRaw,
    u: panes.toggleLinks,
    y: panes.toggleTogether,
    c: casePart.cycle,
    n: form.focusComment,
  };
}

/**
 * Put the screen into the page, at its top, with the focus where reading starts.
 * @param {Screen} screen
 * @param {Host} host
 */
function show(screen, host) {
  host.replaceChildren(screen.root);
  screen.root.scrollTop = screen.main.scrollTop = 0;
  singleKeys.read();
  singleKeys.paint(screen.root);
  const page = document.querySelector('[data-testid="stMain"]');
  if (page) page.scrollTo({ top: 0 });
  screen.casePart.heading.focus({ preventScroll: true });
  const measuring = new ResizeObserver(() => {
    const height = `${screen.form.node.offsetHeight}px`;
    screen.root.style.setProperty("--ek-form-height", height);
    reachScrollers(screen.root);
  });
  measuring.observe(screen.form.node);
  screen.root.querySelectorAll(".ek-pane-body").forEach((body) => measuring.observe(body));
  screen.root.addEventListener("toggle", () => reachScrollers(screen.root), true); // a fold opens
  return () => measuring.disconnect();
}

/**
 * Streamlit calls this at every rerun; what is being worked on is left alone.
 * @param {Component<[TaskData]>} component
 */
export default function workbench({ parentElement, data: [data], setTriggerValue }) {
  /** @type {Host} */
  const host = parentElement.querySelector(".ek-host") || h("div", { class: "ek-host" });
  if (!host.isConnected) parentElement.append(host);
  const open = host.open;
  /** @param {Where} where */
  const ask = (where) => setTriggerValue("move", where);
  const isSame = open && open.token === data.token;
  if (!isSame || (open.isDone() && !open.repeat(ask))) {
    if (open) open.close();
    host.memory = host.memory || { together: false, isRaw: false, caseSize: "normal", skipped: [] };
    host.open = openAssignment({ host, data, memory: host.memory, ask });
  }
  return () => {
    // Streamlit may clean up only to call again: what is closed for good is no longer in the page.
    setTimeout(() => {
      if (host.isConnected || !host.open) return;
      host.open.close();
      host.open = null;
    });
  };
}
