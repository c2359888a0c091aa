// What a screen says of itself in what it sends.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { afterEach, mock, test } from "node:test";

import {
  answered,
  judgement,
  listed,
  skippedBefore,
  submissionKey,
} from "../../pages/shared/components/workbench/sending.js";

globalThis.crypto ??= webcrypto; // Node 18
afterEach(() => mock.restoreAll());

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

const ENTRY = {
  id: "first",
  path: "submit",
  study_id: 1,
  body: { assignment_id: 7, token: "seven", revision: 0, draft: { comment: "Both are wrong." } },
  isNew: true,
  at: 1,
};
const CLOSED = { status: 409, body: { error: "The study is closed.", fields: [] } };

/** A desk with another case on the screen, and what it paints and complains of. */
function elsewhere() {
  const heard = { painted: [], complaints: [], touched: 0 };
  const element = () => ({ dataset: {}, setAttribute: () => {}, remove: () => {} });
  const live = {
    data: { assignment_id: 8, token: "eight", submitted: false },
    sending: null,
    isTouched: true,
    drafts: { flush: async () => true, touch: () => (heard.touched += 1) },
    problem: { replaceChildren: (...words) => heard.complaints.push(words[0]) },
    root: element(),
    status: element(),
    withdrawing: element(),
    submitting: element(),
    form: { node: {}, mark: (fields) => fields },
    ways: [],
  };
  const desk = {
    page: { prefix: "/" },
    memory: { last: null, skipped: [] },
    isClosed: false,
    screen: live,
    outbox: { words: () => "" },
    paint: (task) => heard.painted.push(task),
  };
  live.desk = desk;
  return { desk, heard };
}
/** Let the server answer with this to whatever is asked for. */
const answering = (status, body) =>
  mock.method(globalThis, "fetch", async () => ({ status, type: "basic", json: async () => body }));

test("what was entered for a case is never painted on another that has its number by now", async () => {
  const { desk, heard } = elsewhere();
  answering(200, { task: { assignment_id: 7, token: "another case" } });
  assert.equal(await answered(desk, ENTRY, CLOSED), true);
  assert.deepEqual(heard.painted, []);
  assert.deepEqual(heard.complaints, [
    "A case from before was not stored. The study is closed. Your comment on it: “Both are wrong.”",
  ]);
});

test("a refused case that may be loaded another time is not over", async () => {
  const { desk, heard } = elsewhere();
  answering(403, { error: "Your account may not annotate." });
  assert.equal(await answered(desk, ENTRY, CLOSED), false);
  assert.deepEqual(heard.complaints, ["Your account may not annotate."]);
});

test("what was entered in a case that is refused on the screen is a draft again", async () => {
  const { desk, heard } = elsewhere();
  const incomplete = { status: 422, body: { error: "Score A.", fields: ["left.correct"] } };
  desk.screen.sending = ENTRY;
  assert.equal(await answered(desk, ENTRY, incomplete), true);
  assert.deepEqual([heard.touched, heard.complaints], [1, ["Score A."]]);
  desk.screen.sending = ENTRY;
  desk.screen.data.submitted = true; // an edit: what counts is what was submitted before
  await answered(desk, ENTRY, incomplete);
  assert.equal(heard.touched, 1);
});
