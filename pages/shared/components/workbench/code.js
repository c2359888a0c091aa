// Code in what is read: a button that copies a block, and colours for what its words are.
//
// The colours come from one expression and not from a library: Prism and highlight.js bring 7 to
// 40 kB, rewrite the element as spans, and judge a language that was not named. Here four kinds of
// words that most languages share are painted over a text that stays as it was written.

import { button, h } from "./dom.js";
import { markText, textOf } from "./text.js";

/** Beyond this a block is data, and stays plain. */
const MOST_CHARACTERS = 20000;
const PLAIN = /^(text|txt|plain|plaintext|console|output|markdown|md|log|csv|tsv)?$/;
const HASH = /^(py|python|python3|sh|bash|shell|zsh|rb|ruby|r|perl|ya?ml|toml|make|makefile|docker|dockerfile|elixir|julia)$/;
const SQL = /sql/;
const DASHES = /^(lua|haskell|hs|elm)$/;
/** @param {string} words */
const wordSet = (words) => new Set(words.split(" "));
const KEYWORDS = wordSet(
  "abstract and as assert async await begin boolean break case catch char class const continue " +
    "debugger def default defer del delete do double elif else elsif end enum except export " +
    "extends false final finally float fn for foreach from func function global go goto if impl " +
    "implements import in instanceof int interface is lambda let loop match mod module mut " +
    "namespace new nil none not null of or package pass private protected pub public raise repeat " +
    "require return self short static struct super switch then this throw throws trait true try " +
    "type typeof undefined unless until use using val var void when where while with yield",
);
const SQL_WORDS = wordSet(
  "add all alter and as asc avg begin between by case commit count create delete desc distinct " +
    "drop else end except exists false from full group having in index inner insert intersect " +
    "into is join key left like limit max min not null offset on or order outer over partition " +
    "primary right select set sum table then true union unique update values view when where with",
);

/**
 * Say of each word of code what it is: a comment, a string, a number or a keyword.
 * @param {string} code
 * @param {string} language
 * @returns {{ kind: string, start: number, length: number }[]}
 */
export function wordsOf(code, language) {
  const name = language.trim().toLowerCase();
  if (PLAIN.test(name) || code.length > MOST_CHARACTERS) return [];
  const isSql = SQL.test(name);
  const line = HASH.test(name) ? "#" : isSql || DASHES.test(name) ? "--" : "//";
  const parts = [
    `(?<comment>(?<![^\\s;{}(),])${line}[^\\n]*|/\\*[^]*?\\*/|<!--[^]*?-->)`,
    `(?<string>"""[^]*?"""|"(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])*'|\`(?:\\\\.|[^\`\\\\])*\`)`,
    `(?<number>\\b(?:0x[\\da-f]+|\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?)\\b)`,
    `(?<keyword>[a-z_][\\w]*)`,
  ];
  const words = code.matchAll(new RegExp(parts.join("|"), "gi"));
  return [...words].flatMap(({ groups = {}, index, 0: { length } }) => {
    const kind = Object.keys(groups).find((known) => groups[known] !== undefined) ?? "";
    const word = groups.keyword;
    const isWord = word !== undefined;
    const isKnown = isWord && (isSql ? SQL_WORDS.has(word.toLowerCase()) : KEYWORDS.has(lowered(word)));
    return isWord && !isKnown ? [] : [{ kind, start: index, length }];
  });
}

/**
 * True, False and None are written with a capital in Python, and are no names.
 * @param {string} word
 */
const lowered = (word) => (/^(True|False|None)$/.test(word) ? word.toLowerCase() : word);

/**
 * Colour all code within an element, and forget what was coloured before.
 * @param {Element} root
 */
export function colourCode(root) {
  /** @type {Record<string, Range[]>} */
  const ranges = { comment: [], string: [], number: [], keyword: [] };
  for (const code of root.querySelectorAll("pre[data-language] > code")) {
    const { text, range } = textOf(code);
    const language = code.parentElement?.dataset.language ?? "";
    const shift = text.length - (code.textContent ?? "").length; // a line begins the block
    for (const { kind, start, length } of wordsOf(code.textContent ?? "", language)) {
      ranges[kind].push(range(start + shift, length));
    }
  }
  for (const [kind, found] of Object.entries(ranges)) markText(`ek-${kind}`, found);
}

/**
 * Give every block of code within an element a button that copies it.
 * @param {Element} body
 */
export function offerCopies(body) {
  for (const pre of body.querySelectorAll("pre")) {
    const element = button("Copy", null, () => copy(pre, element), {
      class: "ek-button ek-quiet ek-copy",
      "aria-label": "Copy the code",
    });
    const frame = h("div", { class: "ek-code-frame" });
    pre.replaceWith(frame);
    frame.append(pre, element);
  }
}

/**
 * @param {Element} pre
 * @param {HTMLElement} element
 */
async function copy(pre, element) {
  const words = element.querySelector("span") ?? element;
  const text = pre.textContent ?? "";
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  words.textContent = isCopied || copyBySelecting(pre) ? "Copied" : "Not copied";
  setTimeout(() => (words.textContent = "Copy"), 2000);
}

/**
 * As it was done before there was a clipboard for pages, which those without https have not.
 * @param {Element} pre
 */
function copyBySelecting(pre) {
  const selection = window.getSelection();
  selection?.selectAllChildren(pre);
  const isCopied = document.execCommand("copy");
  selection?.removeAllRanges();
  return isCopied;
}
