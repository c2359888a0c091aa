// The case after the one on the screen: reserved, not shown yet, in memory only.

import { send } from "./saving.js";

/** @import { Desk, Holding, TaskData } from "./types.js" */

/** The share of its time after which a held case is asked for again, and is not shown any more. */
const RENEWED = 0.5;
const STALE = 0.9;

/**
 * Hold the next case while one is read. `onheld` hears that there is one, `onprogress` how far the
 * annotator is.
 * @param {Desk} desk
 * @param {object} asking
 * @param {(name: string) => string} asking.url
 * @param {() => object | null} asking.shown
 * @param {() => void} asking.onheld
 * @param {(done: number, total: number) => void} asking.onprogress
 * @returns {Holding}
 */
export function holding(desk, { url, shown, onheld, onprogress }) {
  const lifetime = desk.page.hold_seconds * 1000;
  /** @type {TaskData | null} */
  let held = null;
  let since = 0;
  let seen = 0; // seconds of work on the screen when it was last asked for

  /**
   * @param {{ held?: TaskData | null, done?: number, total?: number }} answer
   * @param {number} at
   */
  function keep(answer, at) {
    if (answer.held !== undefined) held = answer.held;
    since = at;
    const { done, total } = answer;
    if (typeof done === "number" && typeof total === "number") onprogress(done, total);
  }
  async function ask() {
    const { screen } = desk;
    if (!screen) return;
    const at = Date.now();
    seen = screen.watch.seconds();
    const body = { study_id: screen.data.study_id, shown: shown() };
    const answer = await send("POST", url("hold"), body).catch(() => null);
    // What is held after a case is not what comes after the one that was painted meanwhile.
    if (answer?.status !== 200 || !answer.body || desk.screen !== screen) return;
    keep(answer.body, at);
    if (held) onheld();
  }
  function release() {
    if (held) send("POST", url("release"), opening(held), true).catch(() => {});
    held = null;
  }
  /** @param {PageTransitionEvent} event */
  const onshow = (event) => event.persisted && ask();
  // Nobody at work: the case is left to run out.
  const renew = () => desk.screen && desk.screen.watch.seconds() !== seen && ask();
  const timer = setInterval(renew, lifetime * RENEWED);
  window.addEventListener("pagehide", release);
  window.addEventListener("pageshow", onshow);
  return {
    keep: (answer) => keep(answer, Date.now()),
    ask,
    take: (studyId) => {
      const task = held;
      if (!task || task.study_id !== studyId || Date.now() - since > lifetime * STALE) return null;
      held = null;
      return task;
    },
    drop: (studyId) => {
      if (held && held.study_id !== studyId) release();
      held = null; // of this study: the server names it again, or what comes before it
    },
    close: () => {
      release();
      clearInterval(timer);
      window.removeEventListener("pagehide", release);
      window.removeEventListener("pageshow", onshow);
    },
  };
}

/** @param {TaskData} task */
const opening = ({ assignment_id, token }) => ({ assignment_id, token });
