// What goes over HTTP: requests that are retried until they are answered, drafts, time of work.

import { SIDES } from "./sides.js";

/** @import { Answer, Answers, Drafts, Mark, Side, Stopwatch } from "./types.js" */

const DRAFT_DELAY = 600;
const PAUSES = [500, 1000, 2000, 4000, 8000, 15000];
const REQUEST_TIMEOUT = 20000;

/** How long somebody who wants to go elsewhere waits for what they entered to be stored. */
export const PATIENCE = 3000;

/** Whose page this is: the server answers it nothing once somebody else is signed in. */
export const sender = { account: "" };

/** A random UUID also where the page is served without https, which hides crypto.randomUUID. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * One request. Throws on a broken connection; returns {status, body} otherwise.
 * @param {string} method
 * @param {string} url
 * @param {object} [body]
 * @param {boolean} keepalive
 * @returns {Promise<Answer>}
 */
export async function send(method, url, body, keepalive = false) {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), REQUEST_TIMEOUT);
  try {
    const response = await fetch(url, {
      method,
      keepalive,
      redirect: "manual", // to the sign-in page: followed, it would look like an answer
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/json",
        "X-Evalkit": "1",
        "X-Evalkit-Account": sender.account,
      },
      body: JSON.stringify(body),
      signal: timeout.signal,
    });
    if (response.type === "opaqueredirect") return { status: 401, body: {} };
    return { status: response.status, body: await response.json().catch(() => null) };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A trouble that may pass: an overloaded server, or something in between that answers for it.
 * The server itself refuses with a sentence.
 * @param {Answer} answer
 */
export function isPassing({ status, body }) {
  if (status === 200) return body === null;
  if (status === 401) return false;
  return status >= 500 || status === 408 || status === 429 || typeof body?.error !== "string";
}

/**
 * Repeat one request until the server answers it for good or `stopped()` holds: unchanged, or with
 * a body that is made anew for each attempt.
 * @param {string} method
 * @param {string} url
 * @param {object | (() => object) | undefined} body
 * @param {{ stopped: () => boolean, onwait: (why: string) => void }} waiting
 * @returns {Promise<Answer | null>}
 */
export async function persist(method, url, body, { stopped, onwait }) {
  for (let attempt = 0; ; attempt += 1) {
    let answer = null;
    try {
      answer = await send(method, url, typeof body === "function" ? body() : body);
    } catch {
      answer = null; // no connection
    }
    if (stopped()) return null;
    if (answer && !isPassing(answer)) return answer;
    onwait(answer ? "the server does not answer as it should" : "no connection");
    await pause(PAUSES[Math.min(attempt, PAUSES.length - 1)]);
    if (stopped()) return null;
  }
}

/**
 * Wait, but no longer than until the connection is back.
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
  });
}

/**
 * What a promise comes to, or something else if that takes too long.
 * @template Value
 * @param {number} milliseconds
 * @param {Promise<Value>} promise
 * @param {Value} otherwise
 * @returns {Promise<Value>}
 */
export function within(milliseconds, promise, otherwise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(otherwise), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * What the server said, as a sentence.
 * @param {Answer} answer
 * @returns {string}
 */
export function refusal(answer) {
  if (answer.body && typeof answer.body.error === "string") return answer.body.error;
  if (answer.status === 401) return "You are signed out.";
  return `The server refused this (${answer.status}).`;
}

/**
 * Seconds in which somebody was at work: page visible, and touched within the last minute.
 * @param {number} seconds
 * @returns {Stopwatch}
 */
export function stopwatch(seconds) {
  const IDLE_AFTER = 60000;
  const events = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "scroll"];
  let total = seconds;
  let touched = Date.now();
  let ticked = Date.now();
  let isPaused = false; // something else is being read
  const touch = () => {
    tick();
    touched = Date.now();
  };
  function tick() {
    const now = Date.now();
    // Only what lies before the idle limit counts, however late this tick comes.
    const until = Math.min(now, touched + IDLE_AFTER);
    const isSeen = document.visibilityState === "visible" && !isPaused;
    if (isSeen && until > ticked) total += (until - ticked) / 1000;
    ticked = now;
  }
  const onvisibility = () => {
    if (document.visibilityState === "visible") ticked = touched = Date.now();
    else countLast();
  };
  function countLast() {
    const until = Math.min(Date.now(), touched + IDLE_AFTER);
    if (!isPaused && until > ticked) total += (until - ticked) / 1000;
    ticked = Date.now();
  }
  const timer = setInterval(tick, 1000);
  events.forEach((name) => window.addEventListener(name, touch, { capture: true, passive: true }));
  document.addEventListener("visibilitychange", onvisibility);
  return {
    seconds: () => {
      tick();
      return Math.round(total * 10) / 10;
    },
    pause: (isNow) => {
      tick();
      isPaused = isNow;
    },
    stop: () => {
      clearInterval(timer);
      events.forEach((name) => window.removeEventListener(name, touch, { capture: true }));
      document.removeEventListener("visibilitychange", onvisibility);
    },
  };
}

/**
 * What a draft looks like when all its parts are there.
 * @param {Partial<Answers>} draft
 * @param {Side[]} [sides] that the case shows
 * @returns {Answers}
 */
export function completeDraft(draft, sides = []) {
  // Keys are words of the people who wrote the rubric: nothing but those may be in there.
  /** @param {object | undefined} entered */
  const only = (entered) => Object.assign(Object.create(null), entered);
  const parted = [...new Set([...SIDES.slice(0, 2), ...sides])];
  /**
   * @template Part
   * @param {(side: Side) => Part} part
   */
  const of = (part) =>
    /** @type {Record<Side, Part>} */ (Object.fromEntries(parted.map((side) => [side, part(side)])));
  /** @param {Partial<Record<Side, object>>} [parts] */
  const bySide = (parts = {}) => of((side) => only(parts[side]));
  /** @param {Partial<Record<Side, Mark[]>>} marks */
  const listed = (marks) => of((side) => [...(marks[side] ?? [])]);
  const { scores, tags, texts, checks, strength, certainty, assertion } = draft;
  // What not every study asks for is absent where nothing was entered.
  const entered = Object.entries({ strength, certainty, assertion }).filter(([, words]) => words);
  return {
    ...Object.fromEntries(entered),
    preference: draft.preference || null,
    ...(draft.preferences && { preferences: only(draft.preferences) }),
    ...(draft.ranking && { ranking: draft.ranking.map((place) => [...place]) }),
    scores: bySide(scores),
    tags: bySide(tags),
    marks: listed(draft.marks ?? {}),
    ...(checks && { checks: bySide(checks) }),
    ...(texts && { texts: bySide(texts) }),
    comment: draft.comment || "",
    ...(draft.offers && { offers: draft.offers.map((offer) => ({ ...offer })) }),
  };
}

/**
 * Keeps the draft of one assignment on the server. `say(words, kind)` tells how it stands;
 * `onstored` and `onrefused` hear what became of it, `onleft` what is sent as the page goes.
 * @template {object} Body
 * @param {object} keeping
 * @param {string} keeping.url
 * @param {() => Body} keeping.body
 * @param {(words: string, kind?: string) => void} keeping.say
 * @param {(stored: any) => void} keeping.onstored
 * @param {(answer: Answer) => void} keeping.onrefused
 * @param {(body: Body) => void} keeping.onleft
 * @returns {Drafts}
 */
export function draftKeeper({ url, body, say, onstored, onrefused, onleft }) {
  let changed = false;
  let closed = false;
  let settled = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<void> | null} */
  let running = null;
  let refused = 0; // the status of the last refusal, 0 once a draft was stored
  /** @type {Set<() => void>} */
  const waiters = new Set(); // called when a request fails and will be repeated

  async function run() {
    while (changed && !closed && !settled) {
      changed = false;
      say("Saving…");
      const answer = await persist("PUT", url, body(), {
        stopped: () => closed || settled || changed, // a newer draft takes the place of this one
        onwait: (why) => {
          say(`Not saved: ${why}. Retrying`, "bad");
          waiters.forEach((tell) => tell());
        },
      });
      if (closed || settled) return;
      if (answer === null) continue;
      refused = answer.status >= 400 ? answer.status : 0;
      if (refused) {
        say("Not saved", "bad");
        onrefused(answer);
      } else if (!changed) onstored(answer.body);
    }
  }
  /** Store what is not stored yet; false if the server does not want it, or cannot for now. */
  function flush() {
    clearTimeout(timer);
    if (!running) running = run().finally(() => (running = null));
    const stored = running.then(() => !refused);
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve(false);
      const patience = setTimeout(giveUp, PATIENCE);
      waiters.add(giveUp);
      stored.then(resolve, reject).finally(() => {
        clearTimeout(patience);
        waiters.delete(giveUp);
      });
    });
  }
  // A request under way ends with the page, so it is repeated as one that outlives the page.
  const onhide = () => {
    if (closed || settled || !(changed || running)) return;
    changed = false;
    const last = body();
    onleft(last);
    send("PUT", url, last, true).catch(() => (changed = true));
  };
  // Whoever was signed out comes back from the tab where they signed in.
  const onfocus = () => {
    if (refused !== 401 || closed || settled) return;
    changed = true;
    flush();
  };
  window.addEventListener("pagehide", onhide);
  window.addEventListener("focus", onfocus);
  return {
    touch: () => {
      changed = true;
      settled = false;
      if (!running) say("Saving…"); // what was said of the draft before is not true of this one
      clearTimeout(timer);
      timer = setTimeout(flush, DRAFT_DELAY);
    },
    flush,
    /** Keep no more drafts: one that is under way changes nothing any more once it is late. */
    settle: () => {
      clearTimeout(timer);
      settled = true;
    },
    close: () => {
      onhide();
      closed = true;
      clearTimeout(timer);
      window.removeEventListener("pagehide", onhide);
      window.removeEventListener("focus", onfocus);
    },
  };
}
