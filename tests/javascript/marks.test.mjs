// Letters for tags, and tags in groups (docs/annotators.md, Errors).

import assert from "node:assert/strict";
import { test } from "node:test";

import { groupsOf, lettersOf } from "../../pages/shared/components/workbench/marks.js";

const tag = (key, name = key) => ({ key, name, definition: "", severities: [] });

test("a tag has the first letter of its name, the next one of those with the same has another", () => {
  const letters = lettersOf([tag("tone", "Tone"), tag("tool", "Tool misuse"), tag("other", "Other")]);
  assert.deepEqual(Object.fromEntries(letters), { tone: "t", tool: "m", other: "o" });
});

test("no tag has a letter that opens a palette, and no two have one", () => {
  const tags = [..."abcdefghijklmnopqrstuvwx"].map((letter) => tag(letter, letter));
  const letters = [...lettersOf(tags).values()];
  assert.equal(new Set(letters).size, 24);
  assert.ok(!letters.includes("d") && !letters.includes("f"));
});

test("a name of another script has whatever letter is free", () => {
  assert.equal(lettersOf([tag("ton", "Тон")]).get("ton"), "a");
});

test("more tags than letters have none: they are found by typing", () => {
  const tags = Array.from({ length: 25 }, (_, number) => tag(String(number)));
  assert.equal(lettersOf(tags).size, 0);
});

test("tags of one parent stand together, the parent first where it is a tag", () => {
  const tags = [tag("a/x"), tag("b"), tag("a", "All"), tag("too_long/z"), tag("a/y")];
  const groups = groupsOf(tags).map((group) => [group.name, group.tags.map(({ key }) => key)]);
  assert.deepEqual(groups, [
    ["All", ["a", "a/x", "a/y"]],
    ["", ["b"]],
    ["Too long", ["too_long/z"]],
  ]);
});
