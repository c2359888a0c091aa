// Outside of a case: what is still on its way from this browser is said, and goes out.

import { h } from "./dom.js";
import { outbox } from "./outbox.js";
import { refusal, sender } from "./saving.js";

/** @import { Component, Dispatch, Outbox, WaitingHost } from "./types.js" */

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
    host.outbox = open(host, page, () => setTriggerValue("stored", Date.now()));
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
 * @returns {Outbox}
 */
function open(host, { prefix, account }, onstored) {
  sender.account = account;
  let n = 0; // that were there when something was last said
  /** @type {(string | HTMLElement)[]} */
  let trouble = [];
  const paint = () => {
    const before = n;
    n = box.size();
    host.hidden = !n;
    host.replaceChildren(sentence(n, trouble.length ? "" : box.trouble()), ...trouble);
    if (before && !n) onstored();
  };
  const box = outbox({
    account,
    url: (path) => `${prefix}annotate/${path}`,
    besides: () => ({}),
    onchange: () => queueMicrotask(paint),
    onsignedout: () => {},
    onanswer: (entry, answer) => {
      if (answer.status === 200) return true;
      // Its case says why, with what was entered; until it is opened this waits here.
      trouble = [` ${refusal(answer)} `, wayTo(prefix, entry)];
      return false;
    },
  });
  paint();
  return box;
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
 * @param {string} prefix
 * @param {Dispatch} entry
 */
function wayTo(prefix, { study_id, body }) {
  const query = new URLSearchParams({ study: String(study_id), assignment: String(body.assignment_id) });
  return h("a", { href: `${prefix}compare?${query}` }, "Open the case");
}
