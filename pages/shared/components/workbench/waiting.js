// Outside of a case: what is still on its way from this browser is said, and goes out.

import { h } from "./dom.js";
import { isGone, lossOf } from "./gone.js";
import { outbox } from "./outbox.js";
import { refusal, send, sender } from "./saving.js";

/** @import { Answer, Component, Dispatch, WaitingHost } from "./types.js" */

/**
 * @param {Component<[{ prefix: string, account: string }]>} component
 */
export default function waiting({ parentElement, data: [page], setTriggerValue }) {
  /** @type {WaitingHost} */
  const host = parentElement.querySelector(".ek-waiting") ?? h("div", { class: "ek-waiting", role: "status" });
  if (!host.isConnected) {
    host.hidden = true;
    parentElement.append(host);
  }
  if (host.account !== page.account) {
    host.outbox?.close();
    host.account = page.account;
    open(host, page, () => setTriggerValue("stored", Date.now()));
  }
  return () => {
    // Streamlit may clean up only to call again: what is closed for good is no longer in the page.
    setTimeout(() => host.isConnected || host.outbox?.close());
  };
}

/**
 * @param {WaitingHost} host
 * @param {{ prefix: string, account: string }} page
 * @param {() => void} onstored
 */
function open(host, { prefix, account }, onstored) {
  sender.account = account;
  /** @type {(path: string) => string} */
  const url = (path) => `${prefix}annotate/${path}`;
  const line = h("p");
  /** @type {Map<string, HTMLElement>} */
  const refused = new Map(); // by the id of what waits here until its case is opened
  /** @type {HTMLElement[]} */
  const lost = []; // said here for the last time
  const box = outbox({
    account,
    url,
    besides: () => ({}),
    asks: false, // it is all from what the browser keeps
    onchange: () => queueMicrotask(paint),
    onsignedout: () => {},
    onanswer: async (entry, answer) => {
      if (answer.status === 200) return true;
      const isLost = await isCaseGone(url, entry);
      if (!isOpen()) return "later";
      if (isLost) lost.push(h("p", {}, lossOf(entry, answer)));
      else refused.set(entry.id, reason(prefix, entry, answer));
      return isLost || "later";
    },
  });
  let n = box.all().length; // of which the page knows that they are not stored
  host.outbox = box;
  const isOpen = () => host.isConnected && host.outbox === box;

  function paint() {
    if (!isOpen()) return;
    const entries = box.all();
    const ids = entries.map(({ id }) => id);
    const known = box.trouble() ? ids.slice(1) : ids; // there is another trouble with the first
    for (const id of refused.keys()) if (!known.includes(id)) refused.delete(id);
    const underway = entries.length - refused.size;
    if (underway) line.textContent = sentence(underway, box.trouble());
    show(host, [...(underway ? [line] : []), ...refused.values(), ...lost]);
    // A page that is run again may be another one, without the words that are said but once.
    if (underway || lost.length || entries.length >= n) return;
    n = entries.length;
    onstored();
  }
  paint();
}

/**
 * Tell whether the case of what was refused is gone; not where that cannot be said now.
 * @param {(path: string) => string} url
 * @param {Dispatch} entry
 */
async function isCaseGone(url, entry) {
  const query = new URLSearchParams({ assignment: String(entry.body.assignment_id) });
  const loaded = await send("GET", `${url("task")}?${query}`).catch(() => null);
  return loaded !== null && isGone(entry, loaded);
}

/**
 * Show these; what is there already is left where it is, with the focus that may be in it.
 * @param {HTMLElement} host
 * @param {HTMLElement[]} parts
 */
function show(host, parts) {
  host.hidden = !parts.length;
  const isSame = parts.length === host.children.length && parts.every((part, at) => part === host.children[at]);
  if (!isSame) host.replaceChildren(...parts);
}

/**
 * @param {number} n
 * @param {string} trouble
 */
function sentence(n, trouble) {
  const what = n === 1 ? "1 submission on this computer is" : `${n} submissions on this computer are`;
  return `${what} still on ${n === 1 ? "its" : "their"} way${trouble && `: ${trouble}`}.`;
}

/**
 * Its case says the same, with what was entered: the way leads there.
 * @param {string} prefix
 * @param {Dispatch} entry
 * @param {Answer} answer
 */
function reason(prefix, { path, study_id, body }, answer) {
  const query = new URLSearchParams({ study: String(study_id), assignment: String(body.assignment_id) });
  const way = h("a", { href: `${prefix}compare?${query}` }, "Open the case");
  const what = path === "skip" ? "A skip" : "A submission";
  return h("p", {}, `${what} was refused, and is kept on this computer. ${refusal(answer)} `, way);
}
