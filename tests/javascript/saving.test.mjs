// Requests, drafts and the stopwatch against a server and a clock that the test plays.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { afterEach, beforeEach, mock, test } from "node:test";

import {
  completeDraft,
  draftKeeper,
  persist,
  refusal,
  stopwatch,
  uuid,
} from "../../pages/shared/components/workbench/saving.js";

globalThis.crypto ??= webcrypto; // Node 18

let requests; // what was sent, in order
let answers; // what the server does about each request: a status and a body, or no connection

beforeEach(() => {
  requests = [];
  answers = [];
  globalThis.window = new EventTarget();
  globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  mock.method(globalThis, "fetch", async (url, { method, body }) => {
    requests.push({ method, url, body: JSON.parse(body) });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("no connection");
    const [status, content] = await answer;
    const json = async () => JSON.parse(content === undefined ? "<html>" : JSON.stringify(content));
    return { status, type: "basic", json };
  });
});
afterEach(() => mock.restoreAll());

/** Let all go on that waits for nothing but promises. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
/** End a pause between two attempts, as a connection that is back does. */
const online = () => window.dispatchEvent(new Event("online"));

test("a UUID is one of version 4 also where the page is served without https", () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/; // RFC 9562
  const insecure = { getRandomValues: (bytes) => webcrypto.getRandomValues(bytes) };
  assert.match(uuid(), form);
  const original = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: insecure, configurable: true });
  assert.match(uuid(), form);
  assert.notEqual(uuid(), uuid());
  Object.defineProperty(globalThis, "crypto", original);
});

test("a request is repeated unchanged until it is answered for good", async () => {
  const waits = [];
  answers = [[503, {}], [200], [429, {}], [200, { stored: true }]];
  const answer = persist("POST", "/submit", { n: 1 }, {
    stopped: () => false,
    onwait: (why) => {
      waits.push(why);
      setImmediate(online);
    },
  });
  assert.deepEqual(await answer, { status: 200, body: { stored: true } });
  assert.equal(requests.length, 4);
  assert.deepEqual(new Set(requests.map((request) => JSON.stringify(request))).size, 1);
  assert.equal(waits.length, 3); // an answer that is no JSON is somebody else's in between
});

test("only what has a sentence, or sends to the sign-in, is a refusal", async () => {
  answers = [[404], [403, "Forbidden"], [413, {}], [404, { error: "There is no such case." }]];
  const waiting = { stopped: () => false, onwait: () => setImmediate(online) };
  const answer = await persist("POST", "/submit", {}, waiting);
  assert.deepEqual([answer.status, requests.length], [404, 4]);
  answers = [[401]];
  assert.equal((await persist("POST", "/submit", {}, waiting)).status, 401);
});

test("a body that is made is made anew for each attempt", async () => {
  let seconds = 1;
  answers = [[503, {}], [200, {}]];
  await persist("POST", "/submit", () => ({ seconds }), {
    stopped: () => false,
    onwait: () => {
      seconds = 61;
      setImmediate(online);
    },
  });
  assert.deepEqual(requests.map(({ body }) => body.seconds), [1, 61]);
});

test("a refusal is not asked for again", async () => {
  answers = [[422, { error: "Too long." }]];
  const waiting = { stopped: () => false, onwait: assert.fail };
  assert.equal((await persist("POST", "/submit", {}, waiting)).status, 422);
});

test("what is stopped while there is no connection is given up", async () => {
  let isStopped = false;
  const waiting = {
    stopped: () => isStopped,
    onwait: (why) => {
      assert.equal(why, "no connection");
      isStopped = true;
      setImmediate(online);
    },
  };
  assert.equal(await persist("PUT", "/draft", {}, waiting), null);
  assert.equal(requests.length, 1);
});

test("a refusal is said in the server's words, else by its number", () => {
  assert.equal(refusal({ status: 422, body: { error: "Too long." } }), "Too long.");
  assert.equal(refusal({ status: 401, body: {} }), "You are signed out.");
  assert.equal(refusal({ status: 418, body: null }), "The server refused this (418).");
});

/** A keeper of a draft that is `entered.text`, and what it says and hears. */
function keeping() {
  const entered = { text: "first" };
  const heard = { said: [], stored: [], refused: [], left: [] };
  const drafts = draftKeeper({
    url: "/draft",
    body: () => ({ ...entered }),
    say: (words) => heard.said.push(words),
    onstored: (body) => heard.stored.push(body),
    onrefused: (answer) => heard.refused.push(answer.status),
    onleft: (body) => heard.left.push(body.text),
  });
  return { drafts, entered, heard };
}

test("nothing is sent as long as nothing was entered", async () => {
  const { drafts } = keeping();
  assert.equal(await drafts.flush(), true);
  assert.deepEqual(requests, []);
  drafts.close();
});

test("what is entered while a draft is under way is sent after it, and only that is stored", async () => {
  const { drafts, entered, heard } = keeping();
  let answer;
  answers = [new Promise((resolve) => (answer = resolve)), [200, { n: 2 }]];
  drafts.touch();
  const flushed = drafts.flush();
  await settled();
  entered.text = "second";
  drafts.touch();
  answer([200, { n: 1 }]);
  assert.equal(await flushed, true);
  assert.deepEqual(requests.map(({ body }) => body.text), ["first", "second"]);
  assert.deepEqual(heard.stored, [{ n: 2 }]);
  drafts.close();
});

test("as soon as something is entered it is said that it is not saved yet", async () => {
  const { drafts, heard } = keeping();
  answers = [[200, { n: 1 }]];
  drafts.touch();
  assert.deepEqual(heard.said, ["Saving…"]); // not once it is sent, half a second later
  await drafts.flush();
  heard.said.length = 0;
  drafts.touch();
  assert.deepEqual(heard.said, ["Saving…"]);
  drafts.close();
});

test("that there is no connection stays said while more is entered", async () => {
  const { drafts, heard } = keeping();
  drafts.touch();
  await drafts.flush();
  assert.match(heard.said.at(-1), /^Not saved: no connection/);
  drafts.touch();
  assert.match(heard.said.at(-1), /^Not saved: no connection/);
  drafts.close();
});

test("a draft that the server refuses is not stored, and says so", async () => {
  const { drafts, heard } = keeping();
  answers = [[409, { error: "There are newer answers.", newer: "mark" }]];
  drafts.touch();
  assert.equal(await drafts.flush(), false);
  assert.deepEqual(heard.refused, [409]);
  assert.equal(heard.said.at(-1), "Not saved");
  drafts.close();
});

test("who wants to go on is not kept waiting without a connection, and the draft is still sent", async () => {
  const { drafts, heard } = keeping();
  drafts.touch();
  assert.equal(await drafts.flush(), false);
  answers = [[200, {}]];
  online();
  await settled();
  await settled();
  assert.equal(requests.length, 2);
  assert.deepEqual(heard.stored, [{}]);
  drafts.close();
});

test("a draft under way when the page goes is sent once more, to outlive it", async () => {
  const { drafts, heard } = keeping();
  let answer;
  answers = [new Promise((resolve) => (answer = resolve)), [200, {}]];
  drafts.touch();
  const flushed = drafts.flush();
  await settled();
  window.dispatchEvent(new Event("pagehide"));
  await settled();
  assert.equal(requests.length, 2);
  assert.deepEqual(heard.left, ["first"]);
  answer([200, {}]);
  await flushed;
  drafts.close();
});

test("who was signed out and comes back has the draft sent again", async () => {
  const { drafts, heard } = keeping();
  answers = [[401, {}], [200, {}]];
  drafts.touch();
  assert.equal(await drafts.flush(), false);
  window.dispatchEvent(new Event("focus"));
  await settled();
  await settled();
  assert.deepEqual(heard.stored, [{}]);
  drafts.close();
});

test("a draft has all its parts, and no words of the page's own as keys", () => {
  const draft = completeDraft({ scores: { left: { correct: 4 } } });
  assert.deepEqual({ ...draft.scores.left }, { correct: 4 });
  assert.deepEqual({ ...draft.scores.right }, {});
  assert.equal(draft.tags.left.constructor, undefined); // a tag of that name would be marked
  assert.equal(draft.preference, null);
  assert.equal(draft.comment, "");
});

test("seconds count up to a minute after the last touch, and never while the page is hidden", () => {
  let now = 1_000_000;
  mock.method(Date, "now", () => now);
  const watch = stopwatch(5);
  now += 30_000;
  assert.equal(watch.seconds(), 35);
  now += 100_000; // 30 s of these lie within the minute after the last touch
  assert.equal(watch.seconds(), 65);
  window.dispatchEvent(new Event("keydown"));
  now += 10_000;
  assert.equal(watch.seconds(), 75);
  document.visibilityState = "hidden";
  document.dispatchEvent(new Event("visibilitychange"));
  now += 20_000;
  document.visibilityState = "visible";
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(watch.seconds(), 75);
  watch.stop();
});
