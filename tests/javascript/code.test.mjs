// What the words of code are, of languages that write them differently.

import assert from "node:assert/strict";
import { test } from "node:test";

import { wordsOf } from "../../pages/shared/components/workbench/code.js";

const words = (code, language) =>
  wordsOf(code, language).map(({ kind, start, length }) => [kind, code.slice(start, start + length)]);

test("comments, strings, numbers and keywords are told apart", () => {
  assert.deepEqual(words("if x: # if\n  y = 'if' + 1.5", "python"), [
    ["keyword", "if"],
    ["comment", "# if"],
    ["string", "'if'"],
    ["number", "1.5"],
  ]);
  assert.deepEqual(words("return 0x1F; // all", "js"), [
    ["keyword", "return"],
    ["number", "0x1F"],
    ["comment", "// all"],
  ]);
});

test("SQL is read in capitals too, and its comments begin with dashes", () => {
  assert.deepEqual(words("SELECT a FROM t -- all", "sql"), [
    ["keyword", "SELECT"],
    ["keyword", "FROM"],
    ["comment", "-- all"],
  ]);
});

test("an address in a text of code is no comment, and a colour is none in CSS", () => {
  assert.deepEqual(words("a = 'http://x.test'", "js"), [["string", "'http://x.test'"]]);
  assert.deepEqual(words("p { color: #abc }", "css"), []);
});

test("what names no language, or is no code, stays plain", () => {
  for (const language of ["", "text", "console"]) assert.deepEqual(words("if 1", language), []);
});
