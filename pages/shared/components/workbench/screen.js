// One assignment on the screen, put together of its parts.

import { applyComfort } from "./comfort.js";
import { openKeys, openSkip } from "./dialogs.js";
import { buildAsking } from "./asking.js";
import { colourCode } from "./code.js";
import { forgetDifference } from "./differing.js";
import { button, explainer, h } from "./dom.js";
import { buildMarking } from "./marking.js";
import { buildFinder } from "./find.js";
import { buildForm } from "./form.js";
import { move, url } from "./going.js";
import { listenToKeys, singleKeys } from "./keys.js";
import { forgetLeft, leaveBehind, leftOf } from "./leaving.js";
import { buildPanes } from "./panes.js";
import { buildCase, buildTop, reachScrollers } from "./reading.js";
import { openComfort, openPause, runClock } from "./resting.js";
import { toggleRoom } from "./room.js";
import { completeDraft, draftKeeper, stopwatch, uuid } from "./saving.js";
import { readingByKey } from "./scrolling.js";
import { LETTER, sidesOf } from "./sides.js";
import {
  discard,
  draftRefused,
  judgement,
  listMissing,
  skippedBefore,
  submit,
  underway,
  undoSkip,
} from "./sending.js";
import { become, complain, paintStatus, say } from "./standing.js";
import { closeStreamlitDialogs } from "./streamlit.js";
import { openGuidelines } from "./study.js";
import { undo, withdraw } from "./withdrawing.js";

/** @import { Desk, Host, Judgement, Screen, ScreenState, TaskData } from "./types.js" */

const SUBMITTED = "Submitted before; a change counts once it is submitted again";
const EDITED = "Edit not submitted; what counts is what you submitted before";

const FORM_HEIGHT = "--ek-form-height";

/**
 * Make the screen of one assignment, all of it that does not depend on its being seen.
 * @param {Desk} desk
 * @param {TaskData} data
 * @returns {Screen}
 */
export function buildScreen(desk, data) {
  const sending = desk.outbox.of(data.token) ?? null; // as after a reload
  const left = sending ? null : leftOf(data);
  const draft = (sending?.body ?? left)?.draft ?? data.draft;
  /** @type {ScreenState} */
  const state = {
    data,
    desk,
    state: "live",
    sending,
    isClosed: false,
    isTouched: false,
    isListing: false, // what is still to do is being said
    isStuck: false, // it is being said that what was entered is not saved
    openedAt: 0,
    unreadUntil: 0,
    left,
    ...asOpened(data, left),
    slow: undefined, // the timer that runs while the next page loads
    submission: { key: "", of: "" },
    answers: completeDraft(draft, sidesOf(data)),
    root: h("div", { class: "ek-workbench" }),
    status: h("span", { class: "ek-status", role: "status" }),
    words: "",
    kind: "",
    problem: h("span", { class: "ek-problem", role: "alert" }),
  };
  const screen = /** @type {Screen} */ (state); // its parts are built below
  build(screen);
  dress(screen);
  say(screen, data.submitted ? (data.has_edit ? EDITED : SUBMITTED) : "");
  become(screen, "live");
  return screen;
}

/**
 * Which opening of the case this is. What was left is still on its way: its opening goes on, so
 * that it is older than what comes from here, whichever arrives first.
 * @param {TaskData} data
 * @param {Judgement | null} left
 */
const asOpened = (data, left) =>
  left
    ? { session: left.session, sent: left.number, openedOn: left.opened_on }
    : { session: uuid(), sent: 0, openedOn: data.draft_mark };

/**
 * Draw one assignment in the place of the one before.
 * @param {Desk} desk
 * @param {TaskData} data
 * @returns {Screen}
 */
export function openScreen(desk, data) {
  const screen = desk.ahead.take(data) ?? buildScreen(desk, data);
  const { sending, left } = screen;
  screen.openedAt = performance.now();
  screen.watch = stopwatch(Math.max(data.active_seconds, left?.active_seconds ?? 0));
  screen.drafts = keepDrafts(screen);
  screen.marking = buildMarking(screen);
  const deaf = listenToKeys(screen.root, {
    isReady: () => screen.state === "live",
    submit: () => submit(screen),
    undo: () => undo(screen),
    number: screen.form.number,
    takeBack: screen.form.takeBack,
    commands: keyCommands(screen),
    caret: screen.marking.onkey,
    offer: screen.form.takeOffer,
    reading: readingByKey(screen.root),
  });
  paintStatus(screen);
  if (sending) underway(screen, sending);
  forgetLeft(data);
  if (left) screen.drafts.touch();
  const onshow = (/** @type {PageTransitionEvent} */ event) => event.persisted && reopen(screen);
  window.addEventListener("pageshow", onshow);
  const release = show(screen, desk.host);
  const stopClock = runClock(screen);
  const leaveDialogs = closeStreamlitDialogs();
  screen.close = () => {
    screen.isClosed = true;
    clearTimeout(screen.slow);
    screen.drafts.close();
    window.removeEventListener("pageshow", onshow);
    screen.watch.stop();
    stopClock();
    screen.marking.close();
    deaf();
    leaveDialogs();
    release();
  };
  return screen;
}

/** @param {Screen} screen */
function keepDrafts(screen) {
  const { submitted } = screen.data;
  return draftKeeper({
    url: url(screen.desk, "draft"),
    body: () => judgement(screen),
    say: (words, kind) => say(screen, words, kind),
    onstored: ({ edit }) => {
      say(screen, submitted ? (edit ? EDITED : SUBMITTED) : "Draft saved");
      screen.discarding.hidden = !edit;
      if (screen.isStuck) complain(screen, "");
    },
    onrefused: (answer) => draftRefused(screen, answer),
    onleft: leaveBehind,
  });
}

/**
 * A page that the browser kept whole is back. Where another one took over what was left of its
 * case, that one goes on as this opening: this is another from now on, which has not seen what
 * that one stored.
 * @param {Screen} screen
 */
function reopen(screen) {
  if (forgetLeft(screen.data) || !screen.sent) return;
  screen.openedOn = `${screen.session}.${screen.sent}`;
  screen.session = uuid();
  screen.sent = 0;
}

/**
 * Make the parts of the screen and put them together.
 * @param {Screen} screen
 */
function build(screen) {
  const { data, root, answers } = screen;
  const { memory } = screen.desk;
  const explain = explainer(root);
  screen.asking = buildAsking(screen);
  screen.form = buildForm({
    data,
    answers,
    explain,
    asking: screen.asking,
    model: () => screen.desk.studies.of(data.study_id)?.suggesting ?? null,
    isReady: () => screen.state === "live",
    onchange: () => {
      screen.isTouched = true;
      if (screen.sending) screen.desk.outbox.withdraw(screen.sending.id); // it is worked on again
      screen.sending = null;
      screen.drafts.touch();
      screen.discarding.hidden = !data.submitted;
      const missing = screen.form.missing();
      if (screen.isListing) listMissing(screen, missing);
      else if (screen.problem.textContent && !missing.length) complain(screen, "");
    },
  });
  screen.casePart = buildCase({ data, memory, undoing: buildUndoing(screen) });
  const { ranking } = screen.form;
  screen.panes = buildPanes({ data, memory, casePart: screen.casePart, ranking });
  screen.main = h(
    "div", // Streamlit's own <main> is around it
    { class: "ek-main" },
    screen.casePart.node,
    screen.panes.node,
    screen.form.node,
  );
  screen.finder = buildFinder(screen.main);
  const top = buildTop({
    data,
    finder: screen.finder.node,
    toStudies: () => move(screen, "studies"),
    openComfort: () => openComfort(screen),
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
  const undoKeys = { class: "ek-button ek-quiet", "aria-keyshortcuts": "Control+Z" };
  screen.withdrawing = button("Undo", "Ctrl Z", () => withdraw(screen), undoKeys);
  const skipping = button("Skip", "S", () => openSkip(screen));
  screen.ways = [
    [back, data.has_previous],
    [forward, data.has_following],
    [skipping, !data.submitted],
    [screen.takingBack, true],
    [screen.withdrawing, true],
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
  const { data, form, panes, casePart, marking } = screen;
  return {
    a: () => form.prefer("left"),
    b: () => form.prefer("right"),
    e: () => form.prefer("tie"),
    x: () => form.prefer("both_bad"),
    i: form.doubt,
    d: () => marking.mark() || form.openTags("left"),
    f: () => marking.mark() || form.openTags("right"),
    "+": marking.begin,
    "=": marking.begin, // without Shift, where "+" is above it
    s: () => !data.submitted && openSkip(screen),
    g: () => openGuidelines(screen),
    h: screen.asking.open,
    l: () => openComfort(screen),
    z: () => openPause(screen),
    "?": () => openKeys(screen),
    t: () => undoSkip(screen),
    o: () => !screen.discarding.hidden && discard(screen),
    "[": () => data.has_previous && move(screen, "previous"),
    "]": () => data.has_following && move(screen, "following"),
    m: () => data.right && toggleRoom(panes.node, "panes"),
    q: () => panes.alone("left"),
    w: () => panes.alone("right"),
    r: panes.toggleRaw,
    u: panes.toggleLinks,
    y: panes.toggleTogether,
    v: panes.compare,
    c: casePart.cycle,
    p: casePart.openAll,
    "/": screen.finder.focus,
    n: form.focusComment,
    "!": form.focusAssertion,
    ...(data.third && rankingCommands(screen)),
  };
}

/**
 * What keys do where more than two responses are ranked: letters place them.
 * @param {Screen} screen
 * @returns {Record<string, () => unknown>}
 */
function rankingCommands({ data, form, panes, casePart, marking }) {
  const letters = sidesOf(data).map((side) => [LETTER[side].toLowerCase(), () => form.rank(side)]);
  return {
    ...Object.fromEntries(letters),
    "=": form.tie,
    f: () => marking.mark() || form.openTags(panes.current()),
    x: casePart.cycle,
    m: () => toggleRoom(panes.node, "panes"),
    q: () => panes.step(-1),
    w: () => panes.step(1),
  };
}

/**
 * Let it look as it is wished.
 * @param {Screen} screen
 */
function dress({ root }) {
  applyComfort(root);
  singleKeys.read();
  singleKeys.paint(root);
}

/**
 * Lay a screen out behind the one that is seen, where nothing of it can be seen, heard or reached.
 * @param {Screen} screen
 */
export function layOutUnseen({ root, desk }) {
  root.classList.add("ek-unseen-yet");
  root.inert = true; // also where a browser does not know `content-visibility`
  desk.host.append(root);
  root.querySelectorAll(".ek-main, .ek-pane-body").forEach((part) => part.clientHeight);
}

/**
 * Leave nothing else in the host. What is laid out there by now is not moved: it would be laid out
 * again.
 * @param {HTMLElement} root
 * @param {Host} host
 */
function putAlone(root, host) {
  root.classList.remove("ek-unseen-yet");
  root.inert = false;
  if (root.parentElement !== host) host.append(root);
  [...host.children].filter((child) => child !== root).forEach((child) => child.remove());
}

/** Leave a page of Streamlit's at its top, wherever somebody had scrolled on the one before. */
function scrollPageUp() {
  const page = document.querySelector('[data-testid="stMain"]');
  if (page?.scrollTop) page.scrollTo({ top: 0 });
}

/**
 * Put the screen into the page, at its top, with the focus where reading starts.
 * @param {Screen} screen
 * @param {Host} host
 */
function show(screen, host) {
  dress(screen); // wishes may be others by now
  if (!host.hasChildNodes()) scrollPageUp(); // the first case: it lies over the page from then on
  putAlone(screen.root, host);
  screen.casePart.heading.focus({ preventScroll: true });
  screen.casePart.arrive();
  forgetDifference(); // of the case before
  requestAnimationFrame(() => colourCode(screen.main));
  const measuring = new ResizeObserver(() => {
    const height = `${screen.form.node.offsetHeight}px`;
    // Of the host, so that the next case is laid out once, with the height its form will have.
    if (host.style.getPropertyValue(FORM_HEIGHT) !== height) host.style.setProperty(FORM_HEIGHT, height);
    reachScrollers(screen.root);
  });
  measuring.observe(screen.form.node);
  screen.root.querySelectorAll(".ek-pane-body").forEach((body) => measuring.observe(body));
  screen.root.addEventListener("toggle", () => reachScrollers(screen.root), true); // a fold opens
  return () => {
    measuring.disconnect();
    screen.finder.forget();
  };
}
