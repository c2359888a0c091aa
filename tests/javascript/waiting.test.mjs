// Outside of a case: what is said of what is on its way, against a server and a page in play.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import waiting from "../../pages/shared/components/workbench/waiting.js";

let requests; // the assignments of what was sent, in order
let answers; // by assignment: a status and a body for what is sent, and for the case itself
let host; // of the sentences
let nReruns;
let close;

/** An element as far as this page needs it. */
class Element {
  children = [];
  attributes = {};
  isConnected = false;
  hidden = false;
  text = "";
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  addEventListener() {}
  append(...children) {
    this.children.push(...children);
    for (const child of children) if (child instanceof Element) child.isConnected = true;
  }
  replaceChildren(...children) {
    this.children = [];
    this.append(...children);
  }
  querySelector() {
    return this.children[0] ?? null;
  }
  get textContent() {
    return this.text + this.children.map((child) => child.textContent ?? child).join("");
  }
  set textContent(words) {
    this.text = words;
    this.children = [];
  }
}

beforeEach(() => {
  requests = [];
  answers = {};
  nReruns = 0;
  const localStorage = Object.create({
    getItem(key) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    removeItem(key) {
      delete this[key];
    },
  });
  globalThis.window = Object.assign(new EventTarget(), { localStorage });
  globalThis.document = { createElement: () => new Element() };
  mock.method(globalThis, "fetch", async (url, { method, body }) => {
    const { searchParams } = new URL(url, "http://server");
    const assignment = body ? JSON.parse(body).assignment_id : Number(searchParams.get("assignment"));
    if (method === "POST") requests.push(assignment);
    const answer = answers[assignment]?.[method === "POST" ? "sent" : "task"];
    if (answer === undefined) throw new TypeError("no connection");
    return { status: answer[0], type: "basic", json: async () => answer[1] };
  });
});
afterEach(() => {
  close();
  host.outbox.close();
  mock.restoreAll();
});

async function settled() {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
async function focus() {
  window.dispatchEvent(new Event("focus"));
  await settled();
}
/** Keep a submission of this assignment in the browser, as a page before has left it. */
function leave(assignment, body = { draft: { comment: "" } }, path = "submit") {
  const entry = {
    id: `key-${assignment}`,
    path,
    study_id: 1,
    body: { assignment_id: assignment, token: `token-${assignment}`, ...body },
    isNew: true,
    at: assignment,
  };
  window.localStorage[`evalkit-outbox-ada/${entry.id}`] = JSON.stringify(entry);
}
/** Open the page, and let it send what there is. */
async function arrive() {
  const parentElement = new Element();
  const data = [{ prefix: "/", account: "ada" }];
  close = waiting({ parentElement, data, setTriggerValue: () => (nReruns += 1) });
  [host] = parentElement.children;
  await settled();
}
const kept = () => Object.keys(window.localStorage).map((key) => key.replace("evalkit-outbox-ada/key-", ""));
const words = () => (host.hidden ? "" : host.textContent);
const links = () =>
  host.children.flatMap(({ children }) => children.map(({ attributes }) => attributes?.href)).filter(Boolean);

const STORED = [200, { stored: true }];
const CLOSED = [409, { error: "The study is closed." }];
const GONE = [404, { error: "There is no such case among yours." }];
const there = (assignment) => [200, { task: { token: `token-${assignment}` } }];

test("a submission whose case is gone is said with its comment, and then forgotten", async () => {
  leave(1, { draft: { comment: "Both are wrong." } });
  answers = { 1: { sent: GONE, task: GONE } };
  await arrive();
  assert.equal(
    words(),
    "A case from before was not stored. There is no such case among yours. " +
      "Your comment on it: “Both are wrong.”",
  );
  assert.deepEqual([kept(), links(), nReruns], [[], [], 0]); // another run could take the words away
  await focus();
  assert.match(words(), /Both are wrong/);
});

test("a case that has its number by now, or that was skipped, is not led to either", async () => {
  const skipped = [409, { error: "You skipped this case: not my field." }];
  leave(1);
  leave(2, { note: "In Finnish." }, "skip");
  answers = { 1: { sent: CLOSED, task: there(7) }, 2: { sent: CLOSED, task: skipped } };
  await arrive();
  assert.deepEqual([kept(), links()], [[], []]);
  assert.equal(host.children.length, 2);
  assert.match(words(), /Your comment on it: “In Finnish.”/);
});

test("nothing is forgotten as gone on an answer that is not the server's own, or says who asks", async () => {
  const passing = [[502, null], [404, null], [200, null], undefined];
  const forWhom = [[401, { error: "You are signed out." }], [403, { error: "You may not." }]];
  const unclear = [...passing, ...forWhom];
  unclear.forEach((task, at) => {
    leave(at + 1);
    answers[at + 1] = { sent: CLOSED, task };
  });
  await arrive();
  assert.deepEqual(kept(), ["1", "2", "3", "4", "5", "6"]);
  assert.deepEqual([requests, links().length], [[1, 2, 3, 4, 5, 6], 6]);
});

test("what is gone is not forgotten by a page that cannot say it any more", async () => {
  leave(1);
  answers = { 1: { sent: GONE, task: GONE } };
  const arriving = arrive();
  host.isConnected = false;
  await arriving;
  assert.deepEqual(kept(), ["1"]);
});

test("a refused submission is passed over, kept, and holds up no other", async () => {
  for (const assignment of [1, 2, 3]) leave(assignment);
  answers = { 1: { sent: CLOSED, task: there(1) }, 2: { sent: STORED }, 3: { sent: STORED } };
  await arrive();
  assert.deepEqual([requests, kept(), nReruns], [[1, 2, 3], ["1"], 1]);
  assert.equal(
    words(),
    "A submission was refused, and is kept on this computer. The study is closed. Open the case",
  );
  assert.deepEqual(links(), ["/compare?study=1&assignment=1"]);
  await focus();
  assert.deepEqual([requests, kept(), nReruns], [[1, 2, 3, 1], ["1"], 1]);
  answers[1] = { sent: STORED }; // the study was opened again
  await focus();
  assert.deepEqual([words(), kept(), nReruns], ["", [], 2]);
});

test("a refusal that another tab has dealt with is said no more", async () => {
  leave(1);
  answers = { 1: { sent: CLOSED, task: there(1) } };
  await arrive();
  delete window.localStorage["evalkit-outbox-ada/key-1"];
  await focus();
  assert.deepEqual([words(), requests, nReruns], ["", [1], 1]);
});

test("a reason is said for its own submission, and hides no trouble of the others", async () => {
  leave(1);
  leave(2);
  answers = { 1: { sent: CLOSED, task: there(1) } };
  await arrive();
  const waits = "1 submission on this computer is still on its way: ";
  const reason = "A submission was refused, and is kept on this computer. The study is closed. Open the case";
  assert.equal(words(), `${waits}no connection. Retrying.${reason}`);
  answers = { 1: { sent: STORED }, 2: { sent: [401, {}] } };
  window.dispatchEvent(new Event("online"));
  await settled();
  assert.equal(words(), `${waits}you are signed out.${reason}`);
  answers[2] = { sent: STORED };
  await focus();
  assert.deepEqual([words(), kept()], ["", []]);
});

test("a reason goes with its own submission, while the others still wait", async () => {
  for (const assignment of [1, 2]) leave(assignment);
  answers = { 1: { sent: CLOSED, task: there(1) }, 2: { sent: CLOSED, task: there(2) } };
  await arrive();
  assert.deepEqual(links().map((link) => link.at(-1)), ["1", "2"]);
  answers[1] = { sent: STORED };
  await focus();
  assert.deepEqual([links().map((link) => link.at(-1)), kept()], [["2"], ["2"]]);
});

test("a trouble of one that was refused before takes the place of its reason", async () => {
  leave(1);
  answers = { 1: { sent: CLOSED, task: there(1) } };
  await arrive();
  answers = { 1: { sent: [401, {}] } };
  await focus();
  assert.equal(words(), "1 submission on this computer is still on its way: you are signed out.");
});

test("the link stays the same element while others are tried again", async () => {
  leave(1);
  leave(2);
  answers = { 1: { sent: CLOSED, task: there(1) }, 2: { sent: [503, {}] } };
  await arrive();
  const before = host.children;
  answers[2] = {};
  window.dispatchEvent(new Event("online"));
  await settled();
  assert.match(words(), /no connection/);
  assert.equal(host.children, before); // who has the focus on it keeps it
});

test("leaving is not asked about: the browser keeps what is on its way", async () => {
  leave(1);
  await arrive();
  const leaving = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(leaving);
  assert.deepEqual([leaving.defaultPrevented, kept()], [false, ["1"]]);
});
