// What is sent of a case: submitted, skipped, taken back, discarded. `screen` is made in workbench.js.

import { soundStored } from "./comfort.js";
import { button } from "./dom.js";
import { go, heldAfter, isAllStored, stuck, url, wayIn } from "./going.js";
import { isGone, lossOf } from "./gone.js";
import { persist, refusal, uuid } from "./saving.js";
import { become, complain, paintStatus, say } from "./standing.js";

/** @import { Answer, Desk, Dispatch, Screen, Skipped } from "./types.js" */

/** Nobody has read a case that fast: the second click of two is not meant for it. */
const UNREAD = 500;
/** The server waits a little longer, for what is on its way by then. */
const UNDO_FOR = 60000;

/**
 * What the screen says of itself in all it sends; see evalkit/annotation/opening.py.
 * @param {Screen} screen
 */
function opening(screen) {
  screen.sent += 1;
  return {
    assignment_id: screen.data.assignment_id,
    token: screen.data.token,
    session: screen.session,
    number: screen.sent,
    opened_on: screen.openedOn,
    revision: screen.data.revision,
  };
}

/**
 * What drafts and submissions have in common.
 * @param {Screen} screen
 */
export function judgement(screen) {
  return {
    ...opening(screen),
    draft: screen.answers,
    active_seconds: screen.watch.seconds(),
  };
}

/**
 * The key of this presentation and revision: another one only for another content.
 * @param {Screen} screen
 */
export function submissionKey(screen) {
  const content = JSON.stringify(screen.answers);
  if (screen.submission.of !== content) screen.submission = { key: uuid(), of: content };
  return screen.submission.key;
}

/**
 * Say what is still to do; the list gets shorter as the form is filled in.
 * @param {Screen} screen
 * @param {string[]} missing
 */
export function listMissing(screen, missing) {
  complain(screen, missing.length ? `Still to do: ${listed(screen.form.name(missing))}.` : "");
  screen.isListing = missing.length > 0;
}

/** @param {Screen} screen */
export function submit(screen) {
  if (screen.state !== "live") return;
  if (!screen.isTouched && performance.now() < screen.unreadUntil) return;
  const missing = screen.form.missing();
  if (missing.length) {
    screen.form.mark(missing);
    listMissing(screen, missing);
    return;
  }
  const key = submissionKey(screen);
  const body = { ...judgement(screen), submission_key: key };
  sendOff(screen, { id: key, path: "submit", body, isNew: !screen.data.submitted });
}

/**
 * @param {Screen} screen
 * @param {string} reason
 * @param {string} note
 */
export function skip(screen, reason, note) {
  if (screen.state !== "live") return;
  const body = { ...opening(screen), reason, note };
  sendOff(screen, { id: uuid(), path: "skip", body, isNew: false });
}

/**
 * Send what ends this case, and show the next one meanwhile if it is here; else wait.
 * @param {Screen} screen
 * @param {Omit<Dispatch, "at" | "study_id">} sent
 */
function sendOff(screen, sent) {
  const entry = { ...sent, study_id: screen.data.study_id, at: Date.now() };
  screen.drafts.settle();
  screen.sending = entry;
  screen.state = "busy";
  screen.desk.outbox.put(entry);
  giveWay(screen);
  // Shown only where it stays: to lay out what goes away is to keep the next case waiting.
  if (screen.desk.screen === screen) underway(screen, entry);
}

/**
 * Show that this very case is on its way: what becomes of it decides what comes next.
 * @param {Screen} screen
 * @param {Dispatch} entry
 */
export function underway(screen, entry) {
  complain(screen, "");
  become(screen, "busy");
  screen.sending = entry;
  say(screen, entry.path === "skip" ? "Skipping…" : "Submitting…");
}

/**
 * Paint the held case in the place of one that is on its way, if there is one. `isCounted`: the
 * server has counted that one by now.
 * @param {Screen} screen
 * @param {boolean} isCounted
 */
export function giveWay(screen, isCounted = false) {
  const { desk, sending } = screen;
  if (!sending || screen.state !== "busy") return;
  const task = heldAfter(screen, sending.isNew && !isCounted);
  if (!task) return;
  ended(screen);
  desk.paint(task).unreadUntil = performance.now() + UNREAD;
}

/**
 * A case is done with here: what may be taken back is its skip, until work goes on.
 * @param {Screen} screen
 */
function ended({ desk, data, sending }) {
  if (sending?.path === "skip") {
    const skipped = { id: data.assignment_id, token: data.token };
    desk.memory.skipped = [...desk.memory.skipped, skipped];
  } else if (sending) {
    if (sending.isNew) desk.memory.skipped = [];
    desk.memory.last = sending.isNew ? { entry: sending, until: Infinity } : null;
  }
}

/**
 * The server has answered for something that was on its way; false: with a refusal that the
 * annotator cannot be shown for now.
 * @param {Desk} desk
 * @param {Dispatch} entry
 * @param {Answer} answer
 */
export async function answered({ screen, memory }, entry, answer) {
  if (screen === null) return answer.status === 200;
  if (answer.status !== 200 && memory.last?.entry.id === entry.id) memory.last = null;
  const isHere = screen.sending?.id === entry.id;
  if (answer.status === 200) stored(screen, entry, answer);
  else if (isHere) refused(screen, answer);
  else return bringBack(screen, entry, answer);
  return true;
}

/**
 * @param {Screen} screen
 * @param {Dispatch} entry
 * @param {Answer} answer
 */
function stored(screen, entry, answer) {
  const { desk } = screen;
  const isHere = screen.sending?.id === entry.id;
  const words = entry.path === "skip" ? "Skipped" : "Stored";
  if (entry.path === "submit") soundStored();
  if (screen.problem.querySelector(".ek-way")) complain(screen, "");
  if (isHere) become(screen, "busy"); // it was live again while somebody was signed out
  if (entry.study_id === screen.data.study_id) desk.holding.keep(answer.body);
  giveWay(screen, isHere);
  const isWaiting = desk.screen === screen && isHere;
  if (isWaiting) ended(screen);
  endLater(desk, entry);
  if (isWaiting) go(screen, "next", words);
  else if (desk.screen && !desk.screen.words) say(desk.screen, words);
}

/**
 * A submission that has arrived may be taken back for a minute from now.
 * @param {Desk} desk
 * @param {Dispatch} entry
 */
function endLater(desk, { id }) {
  const { last } = desk.memory;
  if (last?.entry.id !== id) return;
  last.until = Date.now() + UNDO_FOR;
  setTimeout(() => desk.screen && paintStatus(desk.screen), UNDO_FOR);
}

/**
 * What was sent is kept here until somebody is signed in again.
 * @param {Screen} screen
 * @param {Answer} answer
 */
export function signedOut(screen, answer) {
  if (screen.sending) become(screen, "live");
  complain(screen, refusal(answer), ...wayIn(screen, answer));
}

/**
 * @param {Screen} screen
 * @param {Answer} answer
 */
function refused(screen, answer) {
  const { sending, isTouched, data } = screen;
  screen.sending = null;
  // What was on its way is a draft again.
  if (sending && !data.submitted && (isTouched || sending.body.draft)) screen.drafts.touch();
  become(screen, "live");
  say(screen, "Not stored", "bad");
  const named = answer.body && answer.body.fields;
  const fields = Array.isArray(named) ? named : [];
  if (!screen.form.mark(fields).length) screen.submitting.focus();
  const isOver = answer.status === 409 && !fields.length;
  const onward = async () => {
    await screen.drafts.flush(); // where it may still be kept; where not, that was said
    go(screen, "next");
  };
  const remedies = isOver ? [button("Next case", null, onward)] : wayIn(screen, answer);
  complain(screen, refusal(answer), ...remedies);
}

/**
 * Something that was sent off before is refused: its case comes back, with what was entered. False
 * where that may still be: who is signed out, or may not annotate, may do so again another time.
 * @param {Screen} screen
 * @param {Dispatch} entry
 * @param {Answer} answer
 */
async function bringBack(screen, entry, answer) {
  const { desk } = screen;
  const { assignment_id, draft, revision } = entry.body;
  await screen.drafts.flush();
  const query = new URLSearchParams({ assignment: String(assignment_id) });
  const loaded = await persist("GET", `${url(desk, "task")}?${query}`, undefined, {
    stopped: () => desk.isClosed,
    onwait: () => {},
  });
  const now = desk.screen;
  if (loaded === null || now === null) return false;
  if (loaded.status === 401 || loaded.status === 403) {
    signedOut(now, loaded);
    return false;
  }
  if (isGone(entry, loaded)) {
    complain(now, lossOf(entry, answer));
    return true;
  }
  const { task } = loaded.body;
  const back = desk.paint(draft ? { ...task, draft, revision } : task);
  if (draft) back.drafts.touch();
  refused(back, answer);
  return true;
}

/**
 * A draft was not stored: say why, and what can be done.
 * @param {Screen} screen
 * @param {Answer} answer
 */
export function draftRefused(screen, answer) {
  const newer = answer.body && answer.body.newer;
  if (typeof newer !== "string") {
    const isSaid = screen.problem.textContent?.startsWith(refusal(answer)); // with what helps
    if (!isSaid || answer.status === 401) complain(screen, refusal(answer), ...wayIn(screen, answer));
    return;
  }
  const show = () => go(screen, "again");
  const keep = () => {
    screen.openedOn = newer;
    complain(screen, "");
    screen.drafts.touch();
  };
  complain(
    screen,
    refusal(answer),
    button("Show them", null, show),
    button("Keep what is here", null, keep),
  );
}

/**
 * What was skipped since the last submission, latest last; of them, not what is back here.
 * @param {{ desk: Pick<Desk, "memory">, data: Pick<Screen["data"], "token"> }} screen
 */
export const skippedBefore = ({ desk, data }) =>
  desk.memory.skipped.filter(({ token }) => token !== data.token);

/**
 * Go back to the case skipped last, as if it had not been; false where there is none.
 * @param {Screen} screen
 */
export function undoSkip(screen) {
  const skipped = skippedBefore(screen).pop();
  if (!skipped) return false;
  takeBackSkip(screen, skipped);
  return true;
}

/**
 * @param {Screen} screen
 * @param {Skipped} skipped
 */
async function takeBackSkip(screen, skipped) {
  if (screen.state !== "live") return;
  const { memory } = screen.desk;
  become(screen, "busy");
  if (!(await isAllStored(screen))) {
    stuck(screen, skipped.id);
    return;
  }
  const body = { assignment_id: skipped.id, token: skipped.token };
  if (!(await isDone(screen, "take-back", body, "Not taken back yet"))) return;
  memory.skipped = memory.skipped.filter((other) => other !== skipped);
  go(screen, skipped.id, "Taken back");
}

/**
 * Forget an edit: what was submitted before is shown and counts.
 * @param {Screen} screen
 */
export async function discard(screen) {
  if (screen.state !== "live") return;
  become(screen, "busy");
  screen.drafts.settle();
  const body = opening(screen);
  if (await isDone(screen, "discard", body, "Not discarded yet")) go(screen, "again", "Discarded");
}

/**
 * Ask for something that the screen waits for; tell whether it was done.
 * @param {Screen} screen
 * @param {string} name
 * @param {object} body
 * @param {string} waiting
 */
async function isDone(screen, name, body, waiting) {
  complain(screen, "");
  const answer = await persist("POST", url(screen.desk, name), body, {
    stopped: () => screen.isClosed,
    onwait: (why) => say(screen, `${waiting}: ${why}. Retrying`, "bad"),
  });
  if (answer !== null && answer.status !== 200) refused(screen, answer);
  return answer !== null && answer.status === 200;
}

/**
 * "a", "a and b", "a, b and c".
 * @param {string[]} words
 */
export function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
