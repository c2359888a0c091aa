// From case to case: the next, the one before, and out of the screen where a page has to say more.

import { button, h } from "./dom.js";
import { isEarly } from "./early.js";
import { persist, refusal } from "./saving.js";
import { become, complain, say } from "./standing.js";

/** @import { Answer, Desk, Screen, TaskData, Where } from "./types.js" */

const WAITING_TOO_LONG = 8000;

/**
 * @param {Pick<Desk, "page">} desk
 * @param {string} name
 */
export const url = (desk, name) => `${desk.page.prefix}annotate/${name}`;

/**
 * Make the address say which case is on the screen; a page is one step of the browser's history.
 * @param {TaskData} task
 */
export function sayAddress({ study_id, assignment_id }) {
  const address = new URL(window.location.href);
  address.searchParams.set("study", String(study_id));
  address.searchParams.set("assignment", String(assignment_id));
  if (address.href !== window.location.href) window.history.replaceState({}, "", address);
}

/** The case that the address names, as a number; 0 where it names none. */
export const addressed = () =>
  Number(new URL(window.location.href).searchParams.get("assignment") ?? 0);

/**
 * The case that is held for after the one on the screen, which counts as done or not.
 * @param {Screen} screen
 * @param {boolean} isDone
 * @returns {TaskData | null}
 */
export function heldAfter({ desk, data }, isDone) {
  const task = data.submitted ? null : desk.holding.take(data.study_id);
  return task && following(task, data, isDone);
}

/**
 * A case as it is shown after another one, which counts as done or not.
 * @param {TaskData} task
 * @param {TaskData} before
 * @param {boolean} isDone
 * @returns {TaskData}
 */
export const following = (task, { done, total }, isDone) => ({
  ...task,
  done: done + (isDone ? 1 : 0),
  total,
  has_previous: task.has_previous || isDone,
});

/**
 * Go to another case.
 * @param {Screen} screen
 * @param {Exclude<Where, "studies">} where
 * @param {string} words
 */
export async function go(screen, where, words = "Loading") {
  const { desk } = screen;
  become(screen, "busy");
  say(screen, words);
  complain(screen, "");
  const query = new URLSearchParams(queryOf(screen.data, where));
  const answer = await persist("GET", `${url(desk, "task")}?${query}`, undefined, {
    stopped: () => screen.isClosed,
    onwait: (why) => say(screen, `Not loaded yet: ${why}. Retrying`, "bad"),
  });
  if (answer === null) return;
  if (answer.status === 401) {
    become(screen, "live");
    say(screen, "Not loaded", "bad");
    complain(screen, refusal(answer), ...wayIn(screen, answer));
  } else if (answer.status !== 200) leave(screen, where);
  else if (answer.body.task) desk.paint(answer.body.task);
  else if (where === "following") go(screen, "next");
  else leave(screen, where);
}

/**
 * @param {TaskData} data
 * @param {Where} where
 * @returns {Record<string, string>}
 */
function queryOf({ study_id, assignment_id }, where) {
  if (where === "next") return { study: String(study_id) };
  if (typeof where === "number") return { assignment: String(where) };
  const here = { assignment: String(assignment_id) };
  return where === "again" ? here : { ...here, to: where };
}

/**
 * Go on to what another page has to say: the studies, the end of one, a case that is not to be had.
 * @param {Screen} screen
 * @param {Where} where
 */
export function leave(screen, where) {
  const { data, desk } = screen;
  become(screen, "leaving");
  say(screen, "Loading");
  complain(screen, "");
  const address = new URL(window.location.href);
  if (where === "studies") address.href = new URL(url(desk, "").slice(0, -1), address).href;
  else if (where === "next") address.searchParams.delete("assignment");
  else if (typeof where === "number") address.searchParams.set("assignment", String(where));
  else address.searchParams.set("assignment", String(data.assignment_id));
  // Streamlit is not there yet, or its connection is still signed out: the page is loaded anew.
  if (isEarly(desk.host) || desk.memory.wasSignedOut) {
    window.location.assign(address);
    return;
  }
  if (where === "studies") window.history.pushState({}, "", address);
  else window.history.replaceState({}, "", address);
  runAddressed();
  screen.slow = setTimeout(() => {
    const reload = () => window.location.reload();
    complain(screen, "The next page is slow to come.", button("Load it again", null, reload));
  }, WAITING_TOO_LONG);
}

/** Have Streamlit run what the address names, as if the browser's own way back had led there. */
export const runAddressed = () =>
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));

/**
 * Where to sign in, for who is signed out; this page stays as it is meanwhile.
 * @param {Screen} screen
 * @param {Answer} answer
 */
export function wayIn({ desk }, { status }) {
  if (status !== 401) return [];
  desk.memory.wasSignedOut = true;
  const way = { href: `${desk.page.prefix}sign-in`, target: "_blank", class: "ek-way" };
  return [h("a", way, "Sign in in a new tab")];
}

/**
 * Go elsewhere without submitting: what was entered is stored first, and what was submitted.
 * @param {Screen} screen
 * @param {Where} where
 */
export async function move(screen, where) {
  if (screen.state !== "live") return;
  become(screen, "busy");
  unsay(screen);
  if (!(await isAllStored(screen)) || screen.isClosed) return stuck(screen, where);
  if (where === "studies") leave(screen, where);
  else go(screen, where);
}

/**
 * Wait, not for long, until nothing that was entered or submitted is only here.
 * @param {Screen} screen
 */
export async function isAllStored({ drafts, desk }) {
  const stored = await Promise.all([drafts.flush(), desk.outbox.drained()]);
  return stored.every(Boolean);
}

/**
 * Take back that there is no way on: it is tried again, and a button that gives way to another in
 * the middle of a click does nothing.
 * @param {Screen} screen
 */
function unsay(screen) {
  if (screen.problem.querySelector(".ek-way")) screen.problem.querySelector(".ek-anyway")?.remove();
  else if (screen.isStuck) complain(screen, "");
}

/**
 * What was entered would be lost; the status says why.
 * @param {Screen} screen
 * @param {Where} where
 */
export function stuck(screen, where) {
  if (screen.isClosed) return;
  become(screen, "live");
  const anyway = () => (where === "studies" ? leave(screen, where) : go(screen, where));
  const isHere = screen.desk.outbox.isEmpty(); // what is on its way is kept by this browser
  const remedy = button(isHere ? "Leave without saving" : "Leave nevertheless", null, anyway);
  remedy.classList.add("ek-anyway");
  const words = isHere ? "What you entered is not saved yet." : "Something is still on its way.";
  const hasWayIn = screen.problem.querySelector(".ek-way");
  if (hasWayIn) screen.problem.append(" ", remedy);
  else complain(screen, words, remedy);
  screen.isStuck = true;
}
