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
    asks: true,
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
    asks: true,
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

/** An outbox whose answers are heard by `onanswer`. */
const hearing = (onanswer, besides = () => ({})) =>
  outbox({
    account: "ada",
    url: (path) => `/${path}`,
    besides,
    asks: true,
    onchange: () => {},
    onsignedout: assert.fail,
    onanswer,
  });

test("a refusal that cannot be shown for now is kept, and asked for again at the next focus", async () => {
  const results = [false, true];
  const box = hearing(() => results.shift());
  answers = [[409, { error: "Closed." }], [409, { error: "Closed." }]];
  box.put(entry("first"));
  await settled();
  assert.equal(box.words(), "Not stored yet: the case could not be loaded");
  assert.equal(Object.keys(window.localStorage).length, 1);
  window.dispatchEvent(new Event("focus"));
  await settled();
  assert.deepEqual([ids(), box.isEmpty()], [["first", "first"], true]);
  assert.deepEqual(Object.keys(window.localStorage), []);
  box.close();
});

test("what fails at the sight of an answer holds up nothing else, and a refusal is not lost", async () => {
  const complaints = mock.method(console, "error", () => {});
  const heard = [];
  const box = hearing(({ id }) => {
    if (id === "first") throw new Error("cannot be painted");
    heard.push(id);
  });
  answers = [[409, { error: "Closed." }], STORED, STORED];
  box.put(entry("first", 1));
  box.put(entry("second", 2));
  await settled();
  box.put(entry("third", 3));
  await settled();
  assert.deepEqual([heard, complaints.mock.callCount()], [["second", "third"], 1]);
  assert.deepEqual(Object.keys(window.localStorage), ["evalkit-outbox-ada/first"]);
  box.close();
});

test("what is sent besides is as it is at each attempt", async () => {
  let seconds = 1;
  const box = hearing(() => {}, () => ({ seconds }));
  answers = [[503, {}], STORED];
  box.put(entry("first"));
  await settled();
  seconds = 61; // after a break in the connection
  online();
  await settled();
  assert.deepEqual(requests.map(({ body }) => body.seconds), [1, 61]);
  box.close();
});

test("an entry that cannot be read hides no other", async () => {
  window.localStorage.setItem("evalkit-outbox-ada/broken", "{");
  window.localStorage.setItem("evalkit-outbox-ada/first", JSON.stringify(entry("first")));
  answers = [STORED];
  const { box, heard } = opened();
  await settled();
  assert.deepEqual(heard, ["first 200"]);
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

/** An outbox with nothing in it. */
const EMPTY = { isEmpty: () => true, of: () => undefined };

test("a held case is shown while it is surely held, once, and to its study alone", async () => {
  let now = 1_000_000;
  mock.method(Date, "now", () => now);
  const task = { assignment_id: 7, token: "seven", study_id: 1 };
  const screen = { data: { study_id: 1 }, watch: { seconds: () => 0 } };
  const desk = { page: { hold_seconds: 600 }, screen, outbox: EMPTY };
  const progress = [];
  const held = holding(desk, {
    url: (name) => `/${name}`,
    shown: () => null,
    onheld: () => {},
    onchange: () => {},
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

/** What holds the case of this token, as asked and answered for a study. */
function holder(box = EMPTY) {
  const screen = { data: { study_id: 1, token: "six" }, watch: { seconds: () => 0 } };
  return holding(
    { page: { hold_seconds: 600 }, screen, outbox: box },
    { url: (name) => `/${name}`, shown: () => null, onheld: () => {}, onchange: () => {}, onprogress: () => {} },
  );
}
const caseOf = (token) => ({ assignment_id: 7, token, study_id: 1 });

test("a case that is on the screen or on its way is not held for after it", () => {
  const held = holder({ isEmpty: () => false, of: (token) => token === "five" || undefined });
  held.keep({ held: caseOf("six") });
  assert.equal(held.take(1), null);
  held.keep({ held: caseOf("five") });
  assert.equal(held.take(1), null);
  held.keep({ held: caseOf("seven") });
  assert.equal(held.take(1).token, "seven");
  assert.deepEqual(requests, []); // what is on its way brings the next
  held.close();
});

test("a held case is renewed by who is at work, but not while something is on its way", () => {
  let tick;
  mock.method(globalThis, "setInterval", (renew) => (tick = renew));
  let isEmpty = false;
  let seconds = 0;
  const screen = { data: { study_id: 1 }, watch: { seconds: () => (seconds += 1) } };
  const desk = { page: { hold_seconds: 600 }, screen, outbox: { isEmpty: () => isEmpty } };
  const held = holding(desk, { url: (name) => `/${name}`, shown: () => null, onchange: () => {} });
  tick();
  assert.deepEqual(requests, []);
  isEmpty = true;
  tick();
  assert.deepEqual(requests.map(({ url }) => url), ["/hold"]);
  held.close();
});

test("what one tab gives back another does not show any more", async () => {
  const [going, staying] = [holder(), holder()];
  going.keep({ held: caseOf("seven") });
  staying.keep({ held: caseOf("seven") });
  const third = new BroadcastChannel("evalkit-released");
  const heard = new Promise((resolve) => (third.onmessage = resolve));
  going.close();
  await heard;
  third.close();
  await settled();
  assert.equal(staying.take(1), null);
  staying.close();
});
