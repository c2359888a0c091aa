// What leads away from a case: submit, skip, back and forward. `screen` is made in workbench.js.

import { button, h } from "./dom.js";
import { persist, refusal, uuid } from "./saving.js";

/** @import { Answer, Screen, Skipped, Where } from "./types.js" */

const WAITING_TOO_LONG = 8000;

/**
 * @param {Pick<Screen, "data">} screen
 * @param {string} name
 */
export const url = (screen, name) => `${screen.data.prefix}annotate/${name}`;

/**
 * Say how saving stands.
 * @param {Screen} screen
 * @param {string} words
 * @param {string} kind
 */
export function say(screen, words, kind = "") {
  screen.status.textContent = words;
  screen.status.dataset.kind = kind;
}

/**
 * Say what keeps the annotator here, with what helps where there is something.
 * @param {Screen} screen
 * @param {string} words
 * @param {Node[]} remedies
 */
export function complain(screen, words, ...remedies) {
  screen.isListing = screen.isStuck = false;
  screen.problem.replaceChildren(words, ...remedies.flatMap((remedy) => [" ", remedy]));
}

/**
 * live → busy (a request decides what comes next) → leaving, or live again.
 * @param {Screen} screen
 * @param {Screen["state"]} state
 */
export function become(screen, state) {
  const isLive = state === "live";
  screen.state = state;
  screen.root.dataset.state = state;
  screen.root.setAttribute("aria-busy", String(!isLive));
  screen.form.node.inert = !isLive;
  screen.submitting.disabled = !isLive;
  screen.ways.forEach(([element, isOpen]) => (element.disabled = !isLive || !isOpen));
}

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
export async function submit(screen) {
  if (screen.state !== "live") return;
  const missing = screen.form.missing();
  if (missing.length) {
    screen.form.mark(missing);
    listMissing(screen, missing);
    return;
  }
  become(screen, "busy");
  say(screen, "Submitting…");
  await screen.drafts.settle();
  const body = { ...judgement(screen), submission_key: submissionKey(screen) };
  const words = { stored: "Stored", waiting: "Not stored yet" };
  const isStored = await conclude(screen, "submit", body, words);
  if (isStored && !screen.data.submitted) screen.memory.skipped = []; // work has gone on since
}

/**
 * @param {Screen} screen
 * @param {string} reason
 * @param {string} note
 */
export async function skip(screen, reason, note) {
  if (screen.state !== "live") return;
  become(screen, "busy");
  say(screen, "Skipping…");
  await screen.drafts.settle();
  const body = { ...opening(screen), reason, note };
  const words = { stored: "Skipped", waiting: "Not skipped yet" };
  const isSkipped = await conclude(screen, "skip", body, words);
  const skipped = { id: screen.data.assignment_id, token: body.token };
  if (isSkipped) screen.memory.skipped.push(skipped);
}

/**
 * What was skipped since the last submission, latest last; of them, not what is back here.
 * @param {Pick<Screen, "memory" | "data">} screen
 */
export const skippedBefore = ({ memory, data }) =>
  memory.skipped.filter(({ token }) => token !== data.token);

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
  become(screen, "busy");
  if (!(await screen.drafts.flush())) {
    stuck(screen, skipped.id);
    return;
  }
  const body = { assignment_id: skipped.id, token: skipped.token };
  const words = { stored: "Taken back", waiting: "Not taken back yet", where: skipped.id };
  const isBack = await conclude(screen, "take-back", body, words);
  if (isBack) screen.memory.skipped = screen.memory.skipped.filter((other) => other !== skipped);
}

/**
 * Forget an edit: what was submitted before is shown and counts.
 * @param {Screen} screen
 */
export async function discard(screen) {
  if (screen.state !== "live") return;
  become(screen, "busy");
  await screen.drafts.settle();
  const body = opening(screen);
  const words = { stored: "Discarded", waiting: "Not discarded yet" };
  await conclude(screen, "discard", body, { ...words, where: "again" });
}

/**
 * Send what ends this case, and go on once it is stored; true if it was.
 * @param {Screen} screen
 * @param {string} name
 * @param {object} body
 * @param {{ stored: string, waiting: string, where?: Where }} words
 */
async function conclude(screen, name, body, { stored, waiting, where = "next" }) {
  complain(screen, "");
  const answer = await persist("POST", url(screen, name), body, {
    stopped: () => screen.isClosed,
    onwait: (why) => say(screen, `${waiting}: ${why}. Retrying`, "bad"),
  });
  if (answer === null) return false;
  if (answer.status !== 200) {
    refused(screen, answer);
    return false;
  }
  screen.drafts.close();
  leave(screen, where, stored);
  return true;
}

/**
 * @param {Screen} screen
 * @param {Answer} answer
 */
function refused(screen, answer) {
  become(screen, "live");
  say(screen, "Not stored", "bad");
  const named = answer.body && answer.body.fields;
  const fields = Array.isArray(named) ? named : [];
  if (!screen.form.mark(fields).length) screen.submitting.focus();
  const isOver = answer.status === 409 && !fields.length;
  const onward = () => leave(screen, "next", "Loading");
  const remedies = isOver ? [button("Next case", null, onward)] : wayIn(screen, answer);
  complain(screen, refusal(answer), ...remedies);
}

/**
 * A draft was not stored: say why, and what can be done.
 * @param {Screen} screen
 * @param {Answer} answer
 */
export function draftRefused(screen, answer) {
  const newer = answer.body && answer.body.newer;
  if (typeof newer !== "string") {
    complain(screen, refusal(answer), ...wayIn(screen, answer));
    return;
  }
  const show = () => leave(screen, "again", "Loading");
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
 * Where to sign in, for who is signed out; this page stays as it is meanwhile.
 * @param {Screen} screen
 * @param {Answer} answer
 */
function wayIn(screen, { status }) {
  if (status !== 401) return [];
  screen.memory.wasSignedOut = true;
  const way = { href: `${screen.data.prefix}sign-in`, target: "_blank", class: "ek-way" };
  return [h("a", way, "Sign in in a new tab")];
}

/**
 * Go elsewhere without submitting: what was entered is stored first.
 * @param {Screen} screen
 * @param {Where} where
 */
export async function move(screen, where) {
  if (screen.state !== "live") return;
  become(screen, "busy");
  const isStored = await screen.drafts.flush();
  if (screen.isClosed) return;
  if (isStored) leave(screen, where, "Loading");
  else stuck(screen, where);
}

/**
 * What was entered would be lost; the status says why.
 * @param {Screen} screen
 * @param {Where} where
 */
function stuck(screen, where) {
  become(screen, "live");
  const anyway = () => leave(screen, where, "Loading");
  const remedy = button("Leave without saving", null, anyway);
  const hasWayIn = screen.problem.querySelector(".ek-way");
  if (hasWayIn) screen.problem.append(" ", remedy);
  else complain(screen, "What you entered is not saved yet.", remedy);
  screen.isStuck = true;
}

/**
 * Ask Streamlit for what comes next: the one rerun of a case.
 * @param {Screen} screen
 * @param {Where} where
 * @param {string} words
 */
function leave(screen, where, words) {
  become(screen, "leaving");
  say(screen, words);
  complain(screen, "");
  screen.goal = where;
  if (screen.memory.wasSignedOut) {
    window.location.assign(addressOf(screen, where)); // this page's connection is still signed out
    return;
  }
  screen.ask(where);
  screen.slow = setTimeout(() => {
    const reload = () => window.location.reload();
    complain(screen, "The next page is slow to come.", button("Load it again", null, reload));
  }, WAITING_TOO_LONG);
}

/**
 * Where a move leads when the page is loaded anew; moves by one begin again from here.
 * @param {Screen} screen
 * @param {Where} where
 */
function addressOf(screen, where) {
  if (where === "studies") return `${screen.data.prefix}annotate`;
  const address = new URL(window.location.href);
  if (where === "next") address.searchParams.delete("assignment");
  else if (typeof where === "number") address.searchParams.set("assignment", String(where));
  return address.href;
}

/**
 * "a", "a and b", "a, b and c".
 * @param {string[]} words
 */
export function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
