// What was submitted or skipped: kept by this browser until the server has acknowledged it.

import { PATIENCE, persist, send, within } from "./saving.js";

/** @import { Answer, Dispatch, Outbox } from "./types.js" */

const PLACE = "evalkit-outbox-";

/**
 * Send one entry after the other, in order, and again after a reload or another day. Each account
 * has its own; nothing of it is another's to send. `besides(entry)` is sent along with it, as it is
 * by then. `onanswer` tells with false that the annotator does not know of a refusal yet, with
 * "later" to keep it and go on with the others until the window has the focus again. `asks`:
 * leaving the page is asked about as long as something is on its way.
 * @param {object} sending
 * @param {string} sending.account
 * @param {(path: string) => string} sending.url
 * @param {(entry: Dispatch) => object} sending.besides
 * @param {boolean} sending.asks
 * @param {() => void} sending.onchange
 * @param {(answer: Answer) => void} sending.onsignedout
 * @param {(entry: Dispatch, answer: Answer) => unknown} sending.onanswer
 * @returns {Outbox}
 */
export function outbox({ account, url, besides, asks, onchange, onsignedout, onanswer }) {
  const place = `${PLACE}${account}/`;
  let entries = kept(place);
  const left = new Set(entries); // by a page before, or by another tab, which may be quicker
  /** @type {Dispatch[]} */
  let passed = []; // over, until later
  let trouble = ""; // why the first one is not stored yet
  let isRunning = false;
  let isClosed = false;
  let wake = () => {};
  /** @type {Set<(isDrained: boolean) => void>} */
  const waiting = new Set();

  async function run() {
    if (isRunning) return;
    isRunning = true;
    await null; // what is painted now is on the screen by then
    try {
      while (entries.length && !isClosed) await deliver(entries[0]);
    } finally {
      isRunning = false;
    }
  }
  /** @param {Dispatch} entry */
  async function deliver(entry) {
    if (left.has(entry) && !isKept(place, entry)) {
      trouble = "";
      return forget(entry);
    }
    const answer = await persist("POST", url(entry.path), () => ({ ...entry.body, ...besides(entry) }), {
      stopped: () => isClosed || !entries.includes(entry),
      onwait: (why) => say(`${why}. Retrying`),
    });
    if (answer === null) return;
    if (answer.status === 401) {
      say("you are signed out");
      onsignedout(answer);
      return woken();
    }
    trouble = "";
    if (answer.status === 200) forget(entry);
    try {
      const reply = await onanswer(entry, answer);
      if (reply === false) {
        say("the case could not be loaded");
        return woken();
      }
      if (reply === "later") {
        passed = [...passed, entry];
        return leave(entry);
      }
      forget(entry); // a refusal is known by now to who has to do something about it
    } catch (error) {
      console.error(error);
      leave(entry); // what comes after it goes out; this is sent again by the next page
    }
  }
  const woken = () => new Promise((resolve) => (wake = () => resolve(null)));
  /** @param {string} words */
  function say(words) {
    trouble = words;
    onchange();
  }
  /** @param {Dispatch} entry */
  function forget(entry) {
    remove(place, entry);
    leave(entry);
  }
  /** @param {Dispatch} entry */
  function leave(entry) {
    entries = entries.filter((other) => other !== entry);
    onchange();
    if (entries.length) return;
    waiting.forEach((tell) => tell(true));
    waiting.clear();
  }
  // Whoever was signed out comes back from the tab where they signed in.
  const onfocus = () => {
    entries = [...entries, ...passed]; // behind what is under way
    passed = [];
    wake();
    run();
  };
  // A request under way ends with the page, so it is repeated as one that outlives the page.
  const onhide = () => {
    for (const { path, body } of entries) send("POST", url(path), body, true).catch(() => {});
  };
  /** @param {Event} event */
  const onunload = (event) => asks && entries.length && event.preventDefault();
  window.addEventListener("focus", onfocus);
  window.addEventListener("pagehide", onhide);
  window.addEventListener("beforeunload", onunload);
  if (entries.length) run();
  return {
    put: (entry) => {
      const isKnown = entries.some(({ id }) => id === entry.id);
      if (!isKnown) {
        entries = [...entries, entry];
        keep(place, entry);
      }
      onchange();
      wake();
      run();
    },
    withdraw: (id) => entries.filter((entry) => entry.id === id).forEach(forget),
    of: (token) => entries.find(({ body }) => body.token === token),
    pending: (studyId, but) =>
      entries.filter(({ isNew, id, study_id }) => isNew && id !== but && study_id === studyId).length,
    isEmpty: () => !entries.length,
    all: () => [...entries, ...passed],
    trouble: () => trouble,
    words: () => sentence(entries, trouble),
    drained: () =>
      entries.length
        ? within(PATIENCE, new Promise((resolve) => waiting.add(resolve)), false)
        : Promise.resolve(true),
    close: () => {
      isClosed = true;
      wake();
      window.removeEventListener("focus", onfocus);
      window.removeEventListener("pagehide", onhide);
      window.removeEventListener("beforeunload", onunload);
    },
  };
}

/**
 * @param {Dispatch[]} entries
 * @param {string} trouble
 */
function sentence(entries, trouble) {
  if (!entries.length) return "";
  if (!trouble) return entries.length === 1 ? "1 on its way" : `${entries.length} on their way`;
  return `${entries[0].path === "skip" ? "Not skipped yet" : "Not stored yet"}: ${trouble}`;
}

// A browser that keeps nothing still sends: what is on its way then lasts as long as the page.

/**
 * @param {string} place
 * @returns {Dispatch[]}
 */
function kept(place) {
  try {
    return Object.keys(window.localStorage)
      .filter((key) => key.startsWith(place))
      .flatMap(read)
      .sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
}

/**
 * What lies in one place; nothing where another tab was quicker to remove it.
 * @param {string} key
 * @returns {Dispatch[]}
 */
function read(key) {
  try {
    return [JSON.parse(window.localStorage.getItem(key) ?? "")];
  } catch {
    return [];
  }
}

/**
 * @param {string} place
 * @param {Dispatch} entry
 */
function keep(place, entry) {
  try {
    window.localStorage.setItem(place + entry.id, JSON.stringify(entry));
  } catch {
    // as above
  }
}

/**
 * @param {string} place
 * @param {Dispatch} entry
 */
const isKept = (place, { id }) => window.localStorage.getItem(place + id) !== null;

/**
 * @param {string} place
 * @param {Dispatch} entry
 */
function remove(place, { id }) {
  try {
    window.localStorage.removeItem(place + id);
  } catch {
    // as above
  }
}
