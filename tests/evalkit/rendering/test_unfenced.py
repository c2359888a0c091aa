"""Code and arithmetic that nobody fenced read as they were written; prose stays prose."""

import re
from html import unescape

import pytest

from evalkit.rendering.markdown import render_text
from evalkit.rendering.unfenced import has_unfenced_code


def words(html):
    return unescape(re.sub(r"<[^>]+>", "", html)).strip("\n")


def lines(text):
    return [line for line in text.split("\n") if line.strip()]


ARITHMETIC = [
    "5*4*3 = 60 and 2**3**2 = 512",
    "(a*b)*c is a*b*c",
    "x*y + y*z = y*(x+z)",
    "Call __init__ and __name__ first.",
    "if __name__ == '__main__':",
    "obj.__dict__ and __all__ = []",
    "snake_case_name and __dunder__(x)",
    "char *p, *q;",
    "SELECT COUNT(*) FROM a, (SELECT * FROM b)",
    "rm *.pyc and ls *.py",
    "3 * 4 * 5, then 6*7",
    "f(*args, **kwargs)",
]


@pytest.mark.parametrize("text", ARITHMETIC)
def test_arithmetic_and_names_keep_their_asterisks_and_underscores(text):
    assert words(render_text(text)) == text


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("This is *emphasis*, this **strong**.", ["<em>emphasis</em>", "<strong>strong</strong>"]),
        ("这是**重点**内容", ["<strong>重点</strong>"]),
        ("_Title_ and __Important__ words", ["<em>Title</em>", "<strong>Important</strong>"]),
        ("***both***", ["<em><strong>both</strong></em>"]),
    ],
)
def test_emphasis_stays_emphasis(text, markup):
    html = render_text(text)

    assert all(piece in html for piece in markup)


CODE = {
    "python": "# the total of all rows\ndef total(rows):\n    result = 0\n\n    # skip the empty\n"
    "    for row in rows:\n        result += row * 2\n    return result\n\nprint(total([1, 2]))",
    "python script": "import os\nfrom sys import argv\n\n# one a line\nfor name in argv[1:]:\n"
    "    print(os.path.join('a', name))",
    "python class": "class Stack:\n    def __init__(self):\n        self.items = []\n\n"
    "    def push(self, item):\n        self.items.append(item)",
    "python decorated": "@cache\ndef fib(n):\n    return n if n < 2 else fib(n-1) + fib(n-2)",
    "c": "#include <stdio.h>\n\nint main() {\n    int *p = &x;\n    for (int i = 0; i < 3; i++) {\n"
    '        printf("%d\\n", *p * i);\n    }\n    return 0;\n}',
    "javascript": "function add(a, b) {\n  // both\n  return a + b;\n}\n\nconst x = add(1, 2);\n"
    "console.log(x);",
    "java": "public class Main {\n    public static void main(String[] args) {\n"
    '        System.out.println("x");\n    }\n}',
    "two lines of python": "for x in range(1, 101):\n    data.append(x)",
    "sql": "SELECT name, COUNT(*)\nFROM people\nWHERE age > 30\nGROUP BY name;",
    "shell": '#!/bin/bash\n# list them\nfor f in *.txt; do\n  echo "$f"\ndone',
    "html": "<!DOCTYPE html>\n<html>\n  <body>\n    <p>Hi</p>\n  </body>\n</html>",
}


@pytest.mark.parametrize("code", CODE.values(), ids=CODE)
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("Here it is:\n", ""), ("Here it is:\n\n", "\n\nIt works.")]
)
def test_code_that_nobody_fenced_is_shown_literally(code, before, after):
    html = render_text(before + code + after)
    block = re.search(r'<pre class="ek-code"[^>]*><code>(.*?)</code></pre>', html, re.DOTALL)

    assert block is not None
    assert unescape(block[1]).strip("\n") == code
    assert lines(words(html)) == lines(before + code + after)


PROSE = [
    "For example:\n\n- one\n- two",
    "# A heading\n\nSome words about it.\n\n## Another\n\n1. first\n2. second",
    "If you need help:\n    ask somebody.",
    "Import duties are high. From there, import what you like.",
    "class of 1999:\n\nThey met again; it was late;\nand they sang;",
    "Return the item within 30 days.\n\nFor more information:\n\n* call us\n* write to us",
    "Total = 5 * 3 = 15\n\nSo the answer is **15**.",
    "Dear Ann,\n\n  I am writing to say that I left.\n\nYours,\nBob",
    "while he slept:\n\nshe wrote; he snored.",
    "Ingredients:\n- 2 eggs;\n- 1 cup of milk;\n- salt (to taste);\n\nMix (well).",
    "with love:\n\nA poem\n    that is indented\n    (like this)",
    "> def is a word\n> in a quotation",
    "- def f(x):\n  is how it starts",
    "Select a plan from the list\nwhere you like it;",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "public is better than private; static is neither;\nas {braces} show.",
    "<bot>: It rains again, and it will rain tomorrow.\n<bot>: So take an umbrella.\n<bot>: Bye.",
    "Speed = the way that is gone\nTime = the hours it takes\nWay = what is to be found",
    "Q: What is it?\nA: It is;\nB: It is not;",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_not_taken_for_code(text):
    html = render_text(text)

    assert "ek-code" not in html
    assert not has_unfenced_code(text)


def test_fenced_code_is_read_as_markdown_reads_it():
    text = "```python\ndef f():\n    return 1\n```\n\nand `x = 1`."

    assert render_text(text).count("ek-code") == 1
    assert not has_unfenced_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "Then result = compute(x)\nprint(result)",
        "You write `a` and then\n    y = f(x)\nin the file.",
    ],
)
def test_what_may_be_code_but_was_read_as_prose_is_pointed_out(text):
    assert has_unfenced_code(text)


@pytest.mark.parametrize(
    "line", ["def f():\n", "x = 1\n", "}\n", "# a\n", "    a\n", "for x in y:\n", "a(" * 50 + "\n"]
)
def test_the_work_grows_with_the_number_of_lines_and_no_faster(line):
    html = render_text(line * 2_000)

    assert len(lines(words(html))) == 2_000
