// The words in which two texts differ: the fewest that can be left out to make them the same.

import assert from "node:assert/strict";
import { test } from "node:test";

import { differing } from "../../pages/shared/components/workbench/differing.js";

/** The length of the longest common subsequence by the textbook's table (Wagner and Fischer). */
function longestInCommon(first, second) {
  const table = Array.from({ length: first.length + 1 }, () => Array(second.length + 1).fill(0));
  for (let i = 1; i <= first.length; i += 1) {
    for (let j = 1; j <= second.length; j += 1) {
      const isSame = first[i - 1] === second[j - 1];
      const apart = Math.max(table[i - 1][j], table[i][j - 1]);
      table[i][j] = isSame ? table[i - 1][j - 1] + 1 : apart;
    }
  }
  return table[first.length][second.length];
}
const rest = (words, only) => words.filter((_, place) => !only.has(place));

test("without what stands in one only both are the same, and nothing more is left out than must be", () => {
  let seed = 7;
  const next = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  for (let round = 0; round < 500; round += 1) {
    const [first, second] = [0, 1].map(() => Array.from({ length: next(14) }, () => "abcd"[next(977) % 4]));
    const [inFirst, inSecond] = differing(first, second);
    assert.deepEqual(rest(first, inFirst), rest(second, inSecond));
    assert.equal(rest(first, inFirst).length, longestInCommon(first, second));
  }
});

test("the same words differ in nothing", () => {
  assert.deepEqual(differing(["a", "b"], ["a", "b"]).map((only) => only.size), [0, 0]);
});

test("what would take too long is not compared", () => {
  const long = (word) => Array.from({ length: 5000 }, (_, place) => `${word}${place}`);
  assert.equal(differing(long("a"), long("b")), null);
  assert.equal(differing(long("a").concat(long("b")), long("a")), null);
});
