// What a screen says of itself in what it sends.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";

import {
  judgement,
  listed,
  skippedBefore,
  submissionKey,
} from "../../pages/shared/components/workbench/sending.js";

globalThis.crypto ??= webcrypto; // Node 18

const screen = () => ({
  data: { assignment_id: 7, token: "seven", revision: 2 },
  session: "session",
  sent: 0,
  openedOn: "mark",
  submission: { key: "", of: "" },
  answers: { preference: "left", comment: "" },
  watch: { seconds: () => 12.5 },
  desk: { memory: { skipped: [] } },
});

test("the same answers are submitted under the same key, other ones under another", () => {
  const here = screen();
  const first = submissionKey(here);
  assert.equal(submissionKey(here), first);
  here.answers.preference = "right";
  const second = submissionKey(here);
  assert.notEqual(second, first);
  assert.equal(submissionKey(here), second);
});

test("whatever a screen sends is numbered in order", () => {
  const here = screen();
  const numbers = [judgement(here).number, judgement(here).number];
  assert.deepEqual(numbers, [1, 2]);
});

test("of what was skipped, the case that is back on the screen is not offered again", () => {
  const here = screen();
  const other = { id: 6, token: "six" };
  here.desk.memory.skipped = [other, { id: 7, token: "seven" }];
  assert.deepEqual(skippedBefore(here), [other]);
});

test("a list is read as a sentence", () => {
  assert.equal(listed([]), "");
  assert.equal(listed(["a"]), "a");
  assert.equal(listed(["a", "b"]), "a and b");
  assert.equal(listed(["a", "b", "c"]), "a, b and c");
});
