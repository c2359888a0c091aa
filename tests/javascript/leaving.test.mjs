// What was left when a page went, in a tab whose memory the test plays.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { forgetLeft, leaveBehind, leftOf } from "../../pages/shared/components/workbench/leaving.js";
import { sender } from "../../pages/shared/components/workbench/saving.js";

const LEFT = { token: "one", session: "mine", number: 3, opened_on: "before.7", draft: { comment: "x" } };

beforeEach(() => {
  const memory = new Map();
  globalThis.window = {
    sessionStorage: {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => memory.set(key, value),
      removeItem: (key) => memory.delete(key),
    },
  };
  sender.account = "ada";
});

/** What is left of the case when the server says that this was stored last. */
const left = (mark, token = "one") => leftOf({ token, draft_mark: mark });

test("what was left is newer than what its opening began with, and than an earlier draft of it", () => {
  leaveBehind(LEFT);
  assert.deepEqual(left("before.7"), LEFT);
  assert.deepEqual(left("mine.2"), LEFT);
});

test("what has arrived by then, or was followed by something from elsewhere, is not brought back", () => {
  leaveBehind(LEFT);
  for (const mark of ["mine.3", "mine.4", "another.1", "before.8", ""]) assert.equal(left(mark), null);
});

test("what was left of one case is nothing of another, and stays until its case is shown", () => {
  leaveBehind(LEFT);
  assert.equal(left("before.7", "another"), null);
  assert.equal(forgetLeft({ token: "another" }), false);
  assert.equal(forgetLeft({ token: "one" }), true);
  assert.equal(left("before.7"), null);
  assert.equal(forgetLeft({ token: "one" }), false);
});

test("what one account left is not there for another", () => {
  leaveBehind(LEFT);
  sender.account = "bo";
  assert.equal(left("before.7"), null);
});

test("a browser that keeps nothing, or something else, leaves nothing", () => {
  window.sessionStorage.getItem = () => "{";
  assert.equal(left("before.7"), null);
  delete window.sessionStorage;
  leaveBehind(LEFT);
  assert.equal(left("before.7"), null);
});
