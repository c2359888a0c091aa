// Guidelines, keys, and why a case is skipped: native dialogs, so focus and Esc behave.

/** Open a dialog unless one is open; `letter` closes it, numbers go to `onnumber`. */
function openDialog(screen, { label, className, content, letter, onnumber }) {
  if (screen.state !== "live" || screen.root.querySelector("dialog[open]")) return false;
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: `ek-dialog ${className}`, "aria-label": label },
    h(
      "div",
      { class: "ek-dialog-line" },
      h("h2", {}, label),
      h("span", { class: "ek-gap" }),
      button("Close", "Esc", close, { class: "ek-button ek-quiet" }),
    ),
    h("div", { class: "ek-dialog-body", tabindex: "0", autofocus: true }, content),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.onkey = (name, numbers) => {
    if (name !== letter) return Boolean(onnumber) && numbers.some(onnumber);
    close();
    return true;
  };
  screen.root.append(dialog);
  singleKeys.paint(screen.root);
  dialog.showModal();
  return dialog;
}

function openGuidelines(screen) {
  return openDialog(screen, {
    label: "Guidelines",
    className: "ek-drawer",
    letter: "g",
    content: guidelinesContent(screen.data),
  });
}

function openKeys(screen) {
  return openDialog(screen, {
    label: "Keys",
    className: "ek-small",
    letter: "?",
    content: [keysContent(screen.data), singleKeysSwitch(screen.root)],
  });
}

/** For those who dictate or brush keys by accident: keys of one character can be switched off. */
function singleKeysSwitch(root) {
  const state = h("b", {});
  const onclick = () => {
    singleKeys.choose(!singleKeys.isOff);
    paint();
  };
  const node = h(
    "button",
    { type: "button", role: "switch", class: "ek-button ek-switch", onclick },
    "Keys of one character: ",
    state,
  );
  function paint() {
    node.setAttribute("aria-checked", String(!singleKeys.isOff));
    state.textContent = singleKeys.isOff ? "off" : "on";
    singleKeys.paint(root);
  }
  paint();
  const words = "Kept in this browser. Enter, Ctrl Enter, Backspace and the arrows always act.";
  return h("div", { class: "ek-switch-line" }, node, h("span", { class: "ek-hint" }, words));
}

function guidelinesContent(data) {
  const parts = [
    data.guidelines
      ? rendered(h("div", { class: "ek-text" }), data.guidelines)
      : h("p", { class: "ek-hint" }, "This study has no written guidelines."),
  ];
  if (data.collect.includes("scores") && data.criteria.length) {
    parts.push(h("h3", {}, "Criteria and their levels"));
    parts.push(...data.criteria.map((criterion) => h("section", {}, levelTable(criterion))));
  }
  if (data.collect.includes("tags") && data.tags.length) {
    parts.push(h("h3", {}, "Errors"));
    parts.push(
      h(
        "dl",
        { class: "ek-levels ek-definitions" },
        data.tags.map((tag) => [h("dt", {}, tag.name), h("dd", {}, tag.definition)]),
      ),
    );
  }
  return parts;
}

function keysContent(data) {
  const rows = [];
  if (data.collect.includes("preference") && data.right) {
    rows.push(["A", "A better"], ["B", "B better"], ["E", "Equally good"], ["X", "Both bad"]);
  }
  if (data.collect.includes("scores") && data.criteria.length) {
    rows.push(
      ["0 to 9", "Type a score as it is printed, also −2 or 10; then on to the next scale"],
      ["← →", "Change a score"],
      ["↑ ↓", "Criterion before, criterion after"],
    );
  }
  if (data.collect.some((part) => part !== "comment")) {
    rows.push(["Backspace", "Take back what was set last, step by step"]);
    rows.push(["Space", "Press or change what is focused"]);
  }
  if (data.collect.includes("comment")) rows.push(["N", "Write a comment; Esc leaves it"]);
  rows.push(
    ["Enter", "Submit, outside of the comment"],
    ["Ctrl Enter", "Submit, anywhere"],
    ["S", "Skip this case"],
    ["T", "Take back the last skip, until the next case is submitted"],
    ["O", "Discard an edit: what was submitted is there again"],
    ["[", "Back to the case before"],
    ["]", "Forward to the case after"],
    ["G", "Guidelines, all levels and errors"],
    ["R", "Raw text of the responses"],
    ["U", "Where links point"],
  );
  if (data.right) rows.push(["Y", "Scroll both responses together"]);
  rows.push(["C", "Case taller, folded, as before"], ["?", "These keys"], ["Esc", "Close"]);
  return h(
    "dl",
    { class: "ek-keys" },
    rows.map(([keys, words]) => [
      h("dt", {}, keys.split(" ").map((key) => (key === "to" ? key : kbd(key)))),
      h("dd", {}, words),
    ]),
  );
}

/** Ask why a case is skipped, and skip it. */
function openSkip(screen) {
  const reasons = screen.data.skip_reasons;
  const note = h("textarea", {
    rows: "2",
    dir: "auto",
    class: "ek-comment-field",
    "aria-label": "Note",
    placeholder: "Note, if it helps the people who run the study",
  });
  const group = reasonChoices(reasons, () => confirm.removeAttribute("disabled"));
  const confirm = button("Skip case", "Enter", done, { class: "ek-button ek-primary" });
  confirm.setAttribute("disabled", "");
  const dialog = openDialog(screen, {
    label: "Skip this case",
    className: "ek-small",
    letter: "s",
    onnumber(digit) {
      const reason = reasons[Number(digit) - 1];
      if (!reason) return false;
      group.choose(reason.value);
      group.focus();
      return true;
    },
    content: [group.node, note, h("div", { class: "ek-dialog-end" }, confirm)],
  });
  if (!dialog) return false;
  function done() {
    if (group.chosen() === null) return;
    dialog.close();
    skip(screen, group.chosen(), note.value.trim());
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat || event.altKey || event.key !== "Enter") return;
    const isSure = event.ctrlKey || event.metaKey || !inField(event);
    if (!isSure || event.target.closest(".ek-dialog-line")) return; // Close is a button of its own
    event.preventDefault();
    done();
  });
  group.focus();
  return true;
}

function reasonChoices(reasons, onchoose) {
  return choices({
    label: "Why skip this case",
    className: "ek-reasons",
    value: null,
    options: reasons.map((reason, index) => ({
      value: reason.value,
      name: reason.label,
      key: String(index + 1),
      face: h("span", { class: "ek-face" }, kbd(String(index + 1)), reason.label),
    })),
    onchoose,
  });
}
