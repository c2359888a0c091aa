// The annotation screen: one assignment at a time, drawn from plain data, kept by HTTP.

const WAITING_TOO_LONG = 8000;

/** What a draft looks like when all its parts are there. */
function completeDraft(draft) {
  const of = (part, side) => ({ ...((draft[part] || {})[side] || {}) });
  return {
    preference: draft.preference || null,
    scores: { left: of("scores", "left"), right: of("scores", "right") },
    tags: { left: of("tags", "left"), right: of("tags", "right") },
    comment: draft.comment || "",
  };
}

/** Draw one assignment into `host`; `ask(move)` tells Streamlit where to go. */
function openAssignment({ host, data, ask, memory }) {
  const answers = completeDraft(data.draft);
  const watch = stopwatch(data.active_seconds);
  const submission = { key: null, of: null };
  let state = "live"; // live → busy (a request decides what comes next) → leaving
  let isClosed = false;
  let slow = null;

  const root = h("div", { class: "ek-workbench" });
  const explain = explainer(root);
  const status = h("span", { class: "ek-status", role: "status" });
  const problem = h("span", { class: "ek-problem", role: "alert" });
  const url = (name) => `${data.prefix}annotate/${name}`;
  const body = () => ({
    assignment_id: data.assignment_id,
    draft: answers,
    active_seconds: watch.seconds(),
  });
  function say(words, kind = "") {
    status.textContent = words;
    status.dataset.kind = kind;
  }
  const drafts = draftKeeper({ url: url("draft"), body, say });

  function become(next) {
    state = next;
    root.dataset.state = next;
    root.toggleAttribute("aria-busy", next !== "live");
    form.node.inert = next !== "live";
    submitting.disabled = next !== "live";
    possible.forEach(([element, can]) => (element.disabled = next !== "live" || !can));
  }
  function complain(words, again = null) {
    problem.replaceChildren(words);
    if (again) problem.append(" ", again);
  }

  async function submit() {
    if (state !== "live") return;
    const missing = form.missing();
    if (missing.length) {
      const words = form.mark(missing);
      complain(`Still to do: ${listed(words)}.`);
      return;
    }
    complain("");
    become("busy");
    say("Submitting…");
    await drafts.settle();
    const content = JSON.stringify(answers);
    if (submission.of !== content) Object.assign(submission, { key: uuid(), of: content });
    const answer = await persist(
      "POST",
      url("submit"),
      { ...body(), submission_key: submission.key, editing: data.submitted },
      {
        stopped: () => isClosed,
        onwait: (why) => say(`Not stored yet: ${why}. Retrying`, "bad"),
      },
    );
    if (answer === null) return;
    if (answer.status === 200) {
      drafts.close();
      leave("next", "Stored");
    } else {
      refused(answer);
    }
  }

  function refused(answer) {
    become("live");
    say("Not stored", "bad");
    const fields = Array.isArray(answer.body.fields) ? answer.body.fields : [];
    if (!form.mark(fields).length) submitting.focus();
    const onward =
      answer.status === 409 && !fields.length
        ? button("Next case", null, () => leave("next", "Loading"))
        : null;
    complain(refusal(answer), onward);
  }

  async function skip(reason, note) {
    if (state !== "live") return;
    become("busy");
    say("Skipping…");
    await drafts.settle();
    const answer = await persist(
      "POST",
      url("skip"),
      { assignment_id: data.assignment_id, reason, note },
      {
        stopped: () => isClosed,
        onwait: (why) => say(`Not skipped yet: ${why}. Retrying`, "bad"),
      },
    );
    if (answer === null) return;
    if (answer.status === 200) {
      drafts.close();
      leave("next", "Skipped");
    } else {
      refused(answer);
    }
  }

  /** Go elsewhere without submitting: what was entered is stored first. */
  async function move(where) {
    if (state !== "live") return;
    become("busy");
    const isStored = await drafts.flush();
    if (isClosed) return;
    if (isStored) leave(where, "Loading");
    else become("live"); // what was entered would be lost; the footer says why
  }

  function leave(where, words) {
    become("leaving");
    say(words);
    ask(where);
    slow = setTimeout(() => {
      complain(`${words}, but the next page is slow to come.`, null);
      const again = button("Load it again", null, () => window.location.reload());
      problem.append(" ", again);
    }, WAITING_TOO_LONG);
  }

  const form = buildForm({
    data,
    answers,
    explain,
    onchange: () => {
      drafts.touch();
      if (problem.textContent && !form.missing().length) complain("");
    },
  });
  const casePart = buildCase({ data, memory });
  const panes = buildPanes({ data, memory });
  const opened = (open) => () => {
    if (state === "live" && !root.querySelector("dialog[open]")) open();
  };
  const openGuidelines = opened(() =>
    openDialog(root, {
      label: "Guidelines",
      className: "ek-drawer",
      letter: "g",
      content: guidelinesContent(data),
    }),
  );
  const openKeys = opened(() =>
    openDialog(root, {
      label: "Keys",
      className: "ek-small",
      letter: "?",
      content: keysContent(data),
    }),
  );
  const askWhy = opened(() => openSkip(root, { reasons: data.skip_reasons, onskip: skip }));

  const back = button("Back", "[", () => move("previous"));
  const forward = button("Forward", "]", () => move("following"));
  const skipping = button("Skip", "S", askWhy);
  const submitting = button(data.submitted ? "Submit again" : "Submit", "Ctrl Enter", submit, {
    class: "ek-button ek-primary",
    "aria-keyshortcuts": "Control+Enter",
  });
  const possible = [
    [back, data.has_previous],
    [forward, data.has_following],
    [skipping, !data.submitted],
  ];
  const footer = h(
    "footer",
    { class: "ek-footer" },
    back,
    forward,
    skipping,
    h("div", { class: "ek-said" }, problem, status),
    submitting,
  );
  const main = h("main", { class: "ek-main" }, casePart.node, panes.node, form.node);
  root.prepend(
    buildTop({ data, ask: move, openGuidelines, openKeys }),
    main,
    footer,
  );
  const deaf = listenToKeys(root, {
    isReady: () => state === "live",
    submit,
    digit: form.digit,
    erase: form.erase,
    commands: {
      a: () => form.prefer("left"),
      b: () => form.prefer("right"),
      e: () => form.prefer("tie"),
      x: () => form.prefer("both_bad"),
      s: () => (data.submitted ? false : askWhy()),
      g: openGuidelines,
      "?": openKeys,
      "[": () => (data.has_previous ? move("previous") : false),
      "]": () => (data.has_following ? move("following") : false),
      r: panes.toggleRaw,
      u: panes.toggleLinks,
      y: panes.toggleTogether,
      c: casePart.cycle,
      n: form.focusComment,
    },
  });

  if (data.submitted) say("Submitted before; a change counts once it is submitted again");
  become("live");
  host.replaceChildren(root);
  main.scrollTop = 0;
  const measure = () =>
    root.style.setProperty("--ek-form-height", `${form.node.offsetHeight}px`);
  const measuring = new ResizeObserver(measure);
  measuring.observe(form.node);
  const page = document.querySelector('[data-testid="stMain"]');
  if (page) page.scrollTo({ top: 0 });
  casePart.heading.focus({ preventScroll: true });

  return {
    assignment: data.assignment_id,
    isDone: () => state === "leaving",
    close: () => {
      isClosed = true;
      clearTimeout(slow);
      drafts.close();
      watch.stop();
      deaf();
      measuring.disconnect();
      root.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    },
  };
}

/** "a", "a and b", "a, b and 3 more". */
function listed(words) {
  const shown = words.slice(0, 4);
  if (words.length > 4) return `${shown.join(", ")} and ${words.length - 4} more`;
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}

/** Streamlit calls this at every rerun; what is being worked on is left alone. */
export default function workbench({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".ek-host") || h("div", { class: "ek-host" });
  if (!host.isConnected) parentElement.append(host);
  const open = host.open;
  if (!open || open.assignment !== data.assignment_id || open.isDone()) {
    if (open) open.close();
    host.memory = host.memory || { together: false, isRaw: false, caseSize: "normal" };
    host.open = openAssignment({
      host,
      data,
      memory: host.memory,
      ask: (move) => setTriggerValue("move", move),
    });
  }
  return () => {
    // Streamlit may clean up only to call again: what is closed for good is no longer in the page.
    setTimeout(() => {
      if (host.isConnected || !host.open) return;
      host.open.close();
      host.open = null;
    });
  };
}
