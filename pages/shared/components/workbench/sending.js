// What leads away from a case: submit, skip, back and forward. `screen` is made in workbench.js.

const WAITING_TOO_LONG = 8000;

const url = (screen, name) => `${screen.data.prefix}annotate/${name}`;

/** Say how saving stands. */
function say(screen, words, kind = "") {
  screen.status.textContent = words;
  screen.status.dataset.kind = kind;
}

/** Say what keeps the annotator here, with a button that helps where there is one. */
function complain(screen, words, remedy = null) {
  screen.isListing = false;
  screen.problem.replaceChildren(words, ...(remedy ? [" ", remedy] : []));
}

/** live → busy (a request decides what comes next) → leaving, or live again. */
function become(screen, state) {
  const isLive = state === "live";
  screen.state = state;
  screen.root.dataset.state = state;
  screen.root.setAttribute("aria-busy", String(!isLive));
  screen.form.node.inert = !isLive;
  screen.submitting.disabled = !isLive;
  screen.ways.forEach(([element, isOpen]) => (element.disabled = !isLive || !isOpen));
}

/** What drafts and submissions have in common. */
function judgement(screen) {
  return {
    assignment_id: screen.data.assignment_id,
    draft: screen.answers,
    active_seconds: screen.watch.seconds(),
  };
}

/** The key of this presentation and revision: another one only for another content. */
function submissionKey(screen) {
  const content = JSON.stringify(screen.answers);
  if (screen.submission.of !== content) screen.submission = { key: uuid(), of: content };
  return screen.submission.key;
}

/** Say what is still to do; the list gets shorter as the form is filled in. */
function listMissing(screen, missing) {
  complain(screen, missing.length ? `Still to do: ${listed(screen.form.name(missing))}.` : "");
  screen.isListing = missing.length > 0;
}

async function submit(screen) {
  if (screen.state !== "live") return;
  const missing = screen.form.missing();
  if (missing.length) {
    screen.form.mark(missing);
    listMissing(screen, missing);
    return;
  }
  become(screen, "busy");
  say(screen, "Submitting…");
  await screen.drafts.settle();
  const body = {
    ...judgement(screen),
    submission_key: submissionKey(screen),
    is_edit: screen.data.submitted,
  };
  await conclude(screen, "submit", body, { stored: "Stored", waiting: "Not stored yet" });
}

async function skip(screen, reason, note) {
  if (screen.state !== "live") return;
  become(screen, "busy");
  say(screen, "Skipping…");
  await screen.drafts.settle();
  const body = { assignment_id: screen.data.assignment_id, reason, note };
  await conclude(screen, "skip", body, { stored: "Skipped", waiting: "Not skipped yet" });
}

/** Send what ends this case, and go on once it is stored. */
async function conclude(screen, name, body, words) {
  complain(screen, "");
  const answer = await persist("POST", url(screen, name), body, {
    stopped: () => screen.isClosed,
    onwait: (why) => say(screen, `${words.waiting}: ${why}. Retrying`, "bad"),
  });
  if (answer === null) return;
  if (answer.status !== 200) {
    refused(screen, answer);
    return;
  }
  screen.drafts.close();
  leave(screen, "next", words.stored);
}

function refused(screen, answer) {
  become(screen, "live");
  say(screen, "Not stored", "bad");
  const named = answer.body && answer.body.fields;
  const fields = Array.isArray(named) ? named : [];
  if (!screen.form.mark(fields).length) screen.submitting.focus();
  const isOver = answer.status === 409 && !fields.length;
  const onward = () => leave(screen, "next", "Loading");
  complain(screen, refusal(answer), isOver ? button("Next case", null, onward) : null);
}

/** Go elsewhere without submitting: what was entered is stored first. */
async function move(screen, where) {
  if (screen.state !== "live") return;
  become(screen, "busy");
  const isStored = await screen.drafts.flush();
  if (screen.isClosed) return;
  if (isStored) {
    leave(screen, where, "Loading");
    return;
  }
  become(screen, "live"); // what was entered would be lost; the status says why
  const anyway = () => leave(screen, where, "Loading");
  complain(screen, "", button("Leave without saving", null, anyway));
}

/** Ask Streamlit for what comes next: the one rerun of a case. */
function leave(screen, where, words) {
  become(screen, "leaving");
  say(screen, words);
  complain(screen, "");
  screen.ask(where);
  screen.slow = setTimeout(() => {
    const reload = () => window.location.reload();
    complain(screen, "The next page is slow to come.", button("Load it again", null, reload));
  }, WAITING_TOO_LONG);
}

/** "a", "a and b", "a, b and c". */
function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
