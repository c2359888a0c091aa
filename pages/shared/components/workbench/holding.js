// The case after the one on the screen: reserved, not shown yet, in memory only.

import { send } from "./saving.js";

/** @import { Desk, Holding, TaskData } from "./types.js" */

/** The share of its time after which a held case is asked for again, and is not shown any more. */
const RENEWED = 0.5;
const STALE = 0.9;
/** By then the server knows of what another tab has given back when it went. */
const RELEASED = 1000;

/**
 * Hold the next case while one is read. `onheld` hears that there is one, `onchange` that there is
 * another or none, `onprogress` how far the annotator is.
 * @param {Desk} desk
 * @param {object} asking
 * @param {(name: string) => string} asking.url
 * @param {() => object | null} asking.shown
 * @param {() => void} asking.onheld
 * @param {() => void} asking.onchange
 * @param {(done: number, total: number) => void} asking.onprogress
 * @returns {Holding}
 */
export function holding(desk, { url, shown, onheld, onchange, onprogress }) {
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
    if (answer.held !== undefined) held = answer.held && isNext(answer.held) ? answer.held : null;
    since = at;
    const { done, total } = answer;
    if (typeof done === "number" && typeof total === "number") onprogress(done, total);
    onchange();
  }
  /**
   * An answer to what was asked before may name a case that was painted meanwhile.
   * @param {TaskData} task
   */
  const isNext = ({ token }) => token !== desk.screen?.data.token && !desk.outbox.of(token);
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
    if (held) {
      send("POST", url("release"), opening(held), true).catch(() => {});
      tabs.postMessage(held.token);
    }
    held = null;
    onchange();
  }
  // All tabs of an annotator hold the same case: what one gives back the others do not have any more.
  const tabs = new BroadcastChannel("evalkit-released");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let asking;
  tabs.onmessage = ({ data: token }) => {
    if (held?.token !== token) return;
    held = null;
    onchange();
    asking = setTimeout(ask, RELEASED);
  };
  /** @param {PageTransitionEvent} event */
  const onshow = (event) => event.persisted && ask();
  // Nobody at work: the case is left to run out.
  const isAtWork = () => desk.screen && desk.screen.watch.seconds() !== seen;
  const renew = () => desk.outbox.isEmpty() && isAtWork() && ask(); // else an answer renews it
  const timer = setInterval(renew, lifetime * RENEWED);
  window.addEventListener("pagehide", release);
  window.addEventListener("pageshow", onshow);
  /** @param {number} studyId */
  function peek(studyId) {
    const isOld = Date.now() - since > lifetime * STALE;
    return held?.study_id === studyId && !isOld ? held : null;
  }
  return {
    keep: (answer) => {
      keep(answer, Date.now());
      if (answer.held && !held && desk.outbox.isEmpty()) ask();
    },
    ask,
    peek,
    take: (studyId) => {
      const task = peek(studyId);
      if (task) held = null;
      return task;
    },
    drop: (studyId) => {
      if (held && held.study_id !== studyId) release();
      held = null; // of this study: the server names it again, or what comes before it
    },
    close: () => {
      release();
      clearInterval(timer);
      clearTimeout(asking);
      tabs.close();
      window.removeEventListener("pagehide", release);
      window.removeEventListener("pageshow", onshow);
    },
  };
}

/** @param {TaskData} task */
const opening = ({ assignment_id, token }) => ({ assignment_id, token });
