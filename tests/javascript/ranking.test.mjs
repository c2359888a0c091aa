// The order that is entered: what moves, what shares a place, what keys there are.

import assert from "node:assert/strict";
import { test } from "node:test";
import { moved, rankingKeys, tied } from "../../pages/shared/components/workbench/ranking.js";

const ABC = [["left"], ["right"], ["third"]];

test("a response moves past the place beside it, and no further than the ends", () => {
  assert.deepEqual(moved(ABC, "third", -1), [["left"], ["third"], ["right"]]);
  assert.deepEqual(moved(ABC, "left", 1), [["right"], ["left"], ["third"]]);
  assert.deepEqual(moved(ABC, "left", -1), ABC);
  assert.deepEqual(moved(ABC, "third", 1), ABC);
});

test("a response that shares a place moves off it first", () => {
  const shared = [["left", "right"], ["third"]];
  assert.deepEqual(moved(shared, "right", -1), [["right"], ["left"], ["third"]]);
  assert.deepEqual(moved(shared, "left", 1), [["right"], ["left"], ["third"]]);
});

test("a response shares the place before its own, and has its own again behind it", () => {
  assert.deepEqual(tied(ABC, "right"), [["left", "right"], ["third"]]);
  assert.deepEqual(tied(tied(ABC, "right"), "right"), ABC);
  assert.deepEqual(tied(ABC, "left"), ABC);
});

test("what has no place yet neither moves nor shares one", () => {
  assert.deepEqual(moved([["left"]], "right", -1), [["left"]]);
  assert.deepEqual(tied([["left"]], "right"), [["left"]]);
});

test("keys go up to the last letter that is shown", () => {
  const data = { left: {}, right: {}, third: {}, fourth: {} };
  assert.deepEqual(rankingKeys(data)[0][0], "A to D");
});
