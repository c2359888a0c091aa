// What is on its way, and what is held, against a server, a browser's storage and a clock in play.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { holding } from "../../pages/shared/components/workbench/holding.js";
import { outbox } from "../../pages/shared/components/workbench/outbox.js";

let requests; // what was sent, in order
let answers; // a status and a body for each, or no connection

/** What a browser keeps, as its properties, like the real one. */
function storage() {
  const methods = {
    getItem(key) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    setItem(key, value) {
      this[key] = String(value);
    },
    removeItem(key) {
      delete this[key];
    },
  };
  return Object.create(methods);
}

beforeEach(() => {
  requests = [];
  answers = [];
  globalThis.window = Object.assign(new EventTarget(), { localStorage: storage() });
  mock.method(globalThis, "fetch", async (url, { body }) => {
    requests.push({ url, body: JSON.parse(body) });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("no connection");
    const [status, content] = answer;
    return { status, type: "basic", json: async () => content };
  });
});
afterEach(() => mock.restoreAll());

async function settled() {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
const online = () => window.dispatchEvent(new Event("online"));
const STORED = [200, { stored: true }];

const entry = (id, at = 1) => ({
  id,
  path: "submit",
  study_id: 1,
  body: { assignment_id: at, token: `token of ${id}`, revision: 0 },
  isNew: true,
  at,
});

/** An outbox of an account, and what it heard. */
function opened(account = "ada") {
  const heard = [];
  const box = outbox({
    account,
    url: (path) => `/${path}`,
    besides: ({ study_id }) => ({ shown: study_id }),
    onchange: () => {},
    onsignedout: ({ status }) => heard.push(status),
    onanswer: ({ id }, { status }) => heard.push(`${id} ${status}`),
  });
  return { box, heard };
}
const ids = () => requests.map(({ body }) => body.token.replace("token of ", ""));

test("one goes out after the other, each until it is answered for good", async () => {
  const { box, heard } = opened();
  answers = [[503, {}], STORED, STORED];
  box.put(entry("first", 1));
  box.put(entry("second", 2));
  await settled();
  assert.equal(box.words(), "Not stored yet: the server does not answer as it should. Retrying");
  assert.equal(Object.keys(window.localStorage).length, 2);
  online();
  await settled();
  assert.deepEqual(ids(), ["first", "first", "second"]);
  assert.deepEqual(heard, ["first 200", "second 200"]);
  assert.deepEqual([box.words(), Object.keys(window.localStorage)], ["", []]);
  box.close();
});

test("what a page left behind is sent by the next one of that account, and by no other", async () => {
  const before = opened();
  before.box.put(entry("second", 2));
  before.box.put(entry("first", 1));
  await settled();
  before.box.close();
  requests = [];
  answers = [STORED, STORED];

  const other = opened("bob");
  await settled();
  assert.deepEqual(requests, []);
  const own = opened();
  await settled();
  assert.deepEqual(ids(), ["first", "second"]);
  assert.deepEqual(own.heard, ["first 200", "second 200"]);
  other.box.close();
  own.box.close();
});

test("what another tab has sent meanwhile is not sent again", async () => {
  const one = opened();
  one.box.put(entry("first", 1));
  await settled();
  const other = opened();
  delete window.localStorage["evalkit-outbox-ada/first"]; // acknowledged to the first tab
  requests = [];
  await settled();
  assert.equal(other.box.isEmpty(), true);
  assert.deepEqual(requests, []);
  one.box.close();
  other.box.close();
});

test("who is signed out keeps it, and it goes out when they come back", async () => {
  const { box, heard } = opened();
  answers = [[401, {}], STORED];
  box.put(entry("first"));
  await settled();
  assert.deepEqual([heard, box.words()], [[401], "Not stored yet: you are signed out"]);
  assert.equal(Object.keys(window.localStorage).length, 1);
  window.dispatchEvent(new Event("focus"));
  await settled();
  assert.deepEqual(heard, [401, "first 200"]);
  box.close();
});

test("a refusal is kept until whoever hears it has done with it", async () => {
  let done;
  const box = outbox({
    account: "ada",
    url: (path) => `/${path}`,
    besides: () => ({}),
    onchange: () => {},
    onsignedout: assert.fail,
    onanswer: () => new Promise((resolve) => (done = resolve)),
  });
  answers = [[422, { error: "Score A first." }]];
  box.put(entry("first"));
  await settled();
  assert.equal(Object.keys(window.localStorage).length, 1);
  done();
  await settled();
  assert.equal(Object.keys(window.localStorage).length, 0);
  box.close();
});

test("leaving is asked about as long as something is on its way, and it is sent once more", async () => {
  const { box } = opened();
  const leave = () => {
    const leaving = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(leaving);
    return leaving.defaultPrevented;
  };
  assert.equal(leave(), false);
  box.put(entry("first"));
  await settled();
  assert.equal(leave(), true);
  window.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(ids(), ["first", "first"]);
  answers = [STORED];
  online();
  await settled();
  assert.equal(leave(), false);
  box.close();
});

test("a held case is shown while it is surely held, once, and to its study alone", async () => {
  let now = 1_000_000;
  mock.method(Date, "now", () => now);
  const task = { assignment_id: 7, token: "seven", study_id: 1 };
  const screen = { data: { study_id: 1 }, watch: { seconds: () => 0 } };
  const desk = { page: { hold_seconds: 600 }, screen };
  const progress = [];
  const held = holding(desk, {
    url: (name) => `/${name}`,
    shown: () => null,
    onheld: () => {},
    onprogress: (...of) => progress.push(of),
  });
  answers = [[200, { held: task, done: 3, total: 9 }]];
  await held.ask();
  assert.deepEqual(progress, [[3, 9]]);
  assert.equal(held.take(2), null);
  assert.equal(held.take(1), task);
  assert.equal(held.take(1), null);
  held.keep({ held: task });
  now += 541_000; // nine tenths of its time are over
  assert.equal(held.take(1), null);
  held.drop(2); // of another study: it is given back
  assert.deepEqual(requests.at(-1), {
    url: "/release",
    body: { assignment_id: 7, token: "seven" },
  });
  held.close();
});
