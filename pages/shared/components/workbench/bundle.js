// Made by `npm run bundle` from the files beside it: change those.
// Sources: e62ad497ec93f7895d160a06d2f704643965bfdc4881c239debb5a70b1ea41d9

// pages/shared/components/workbench/dom.js
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === void 0 || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}
function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== null && child !== void 0) element.append(child);
  }
}
function rendered(element, safeHtml) {
  element.innerHTML = safeHtml;
  return element;
}
function kbd(key) {
  const kind = key.length === 1 ? "ek-kbd ek-one-key" : "ek-kbd";
  return h("kbd", { class: kind, "aria-hidden": "true" }, key);
}
function shortcut(key) {
  if (!key) return {};
  return { "aria-keyshortcuts": key, "data-key": key.length === 1 ? key : null };
}
function button(words, key, onclick, properties = {}) {
  return h(
    "button",
    { type: "button", class: "ek-button", onclick, ...shortcut(key), ...properties },
    h("span", {}, words),
    key ? kbd(key) : null
  );
}
function choices(group) {
  const { label, options, value, className, onchoose, onpoint = () => {
  }, clearable } = group;
  let chosen = value;
  let isMoved = false;
  const buttons = options.map(
    (option) => h(
      "button",
      {
        type: "button",
        role: "radio",
        class: "ek-choice",
        "aria-label": option.name,
        ...shortcut(option.key),
        onclick: () => clearable && option.value === chosen ? choose(null) : choose(option.value),
        onpointerenter: () => onpoint(option),
        onpointerleave: () => onpoint(null),
        onfocus: () => onpoint(isMoved ? null : option),
        onblur: () => onpoint(null)
      },
      option.face
    )
  );
  const node = h("div", { role: "radiogroup", class: className, "aria-label": label }, buttons);
  function paint() {
    const at = options.findIndex((option) => option.value === chosen);
    buttons.forEach((element, index) => {
      element.setAttribute("aria-checked", String(index === at));
      element.tabIndex = index === Math.max(at, 0) ? 0 : -1;
    });
  }
  function choose(next) {
    chosen = next;
    paint();
    onchoose(next);
  }
  function focus() {
    isMoved = true;
    (buttons.find((element) => element.tabIndex === 0) || buttons[0]).focus();
    isMoved = false;
  }
  node.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.findIndex((element) => element === document.activeElement);
    if (!step || at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = (at + step + buttons.length) % buttons.length;
    buttons[next].focus();
    choose(options[next].value);
  });
  paint();
  return { node, choose, focus, buttons, chosen: () => chosen };
}
var mouse = { x: null, y: null };
function hasMoved({ pointerType, clientX, clientY }) {
  if (pointerType === "touch") return false;
  const isElsewhere = clientX !== mouse.x || clientY !== mouse.y;
  Object.assign(mouse, { x: clientX, y: clientY });
  return isElsewhere;
}
function explainer(root) {
  const box = h("div", { class: "ek-explanation", role: "tooltip", id: "ek-explanation" });
  let shown = null;
  let isTouched = false;
  box.hidden = true;
  root.append(box);
  root.addEventListener(
    "pointerdown",
    (event) => {
      isTouched = event.pointerType === "touch";
      hasMoved(event);
    },
    true
  );
  root.addEventListener("keydown", () => isTouched = false, true);
  function show2(anchor, part, content) {
    if (isTouched) return;
    shown = anchor;
    box.replaceChildren(...content);
    box.hidden = false;
    const at = anchor.getBoundingClientRect();
    place(box, { root, at, part: part ? anchor.closest(part) : null });
  }
  function hide() {
    shown = null;
    box.hidden = true;
  }
  function attach(element, content, part = null) {
    const open = () => show2(element, part, content());
    element.addEventListener("pointerleave", hide);
    element.addEventListener("focus", open);
    element.addEventListener("blur", hide);
    element.addEventListener("click", open);
    element.onpointed = () => shown !== element && open();
  }
  root.addEventListener("pointermove", (event) => {
    if (!hasMoved(event)) return;
    const path = (
      /** @type {Explained[]} */
      event.composedPath()
    );
    path.find((element) => element.onpointed)?.onpointed?.();
  });
  return { attach, hide };
}
function place(box, { root, at, part }) {
  box.style.left = box.style.top = "0";
  const { width, height } = box.getBoundingClientRect();
  const around = part ? part.getBoundingClientRect() : at;
  const left = Math.max(8, Math.min(at.left, window.innerWidth - width - 8));
  const footer = [...root.querySelectorAll(".ek-footer > .ek-button")].map(
    (way) => way.getBoundingClientRect()
  );
  const submit2 = footer.pop();
  const between = Math.max(
    submit2 ? Math.min(left, submit2.left - width - 8) : left,
    ...footer.map((way) => way.right + 8)
  );
  const lowest = window.innerHeight - height - 4;
  const above = [left, at.top - height - 6];
  const spots = part ? [
    [left, around.bottom + 6],
    [between, Math.min(around.bottom + 6, lowest)],
    [left, around.top - height - 6],
    above,
    [left, at.bottom + 6]
  ] : [above, [left, at.bottom + 6]];
  const isFree = ([x, y], names) => {
    const frame = { left: x, top: y, right: x + width, bottom: y + height };
    const isInside = frame.right <= window.innerWidth && frame.bottom <= window.innerHeight;
    if (x < 0 || y < 0 || !isInside) return false;
    const parts = [at, ...[...root.querySelectorAll(names)].map((node) => node.getBoundingClientRect())];
    return !parts.some((rect) => overlap(frame, rect));
  };
  const controls = ".ek-form button, .ek-anchors, .ek-footer button";
  const spot = spots.find((candidate) => isFree(candidate, controls)) || spots.find((candidate) => isFree(candidate, ".ek-footer button"));
  box.hidden = !spot;
  if (spot) Object.assign(box.style, { left: `${spot[0]}px`, top: `${spot[1]}px` });
}
var overlap = (first, second) => first.left < second.right && second.left < first.right && first.top < second.bottom && second.top < first.bottom;
var inField = (event) => {
  const target = event.composedPath()[0];
  const fields = "input:not([type=range]), textarea, select, [contenteditable]";
  return target instanceof Element && Boolean(target.closest(fields));
};

// pages/shared/components/workbench/early.js
var LOOKS = [
  "--st-background-color",
  "--st-code-background-color",
  "--st-code-font",
  "--st-font",
  "--st-link-color",
  "--st-orange-color",
  "--st-primary-color",
  "--st-secondary-background-color",
  "--st-text-color",
  "color-scheme"
];
var EARLY = "body > .ek-host";
var place2 = () => `evalkit-looks-${window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"}`;
function rememberLooks(element) {
  const style = getComputedStyle(element);
  const now = LOOKS.map((name) => [name, style.getPropertyValue(name)]);
  try {
    window.localStorage.setItem(place2(), JSON.stringify(now));
  } catch {
  }
}
function looks() {
  try {
    return JSON.parse(window.localStorage.getItem(place2()) ?? "[]");
  } catch {
    return [];
  }
}
function comeEarly() {
  const element = document.getElementById("ek-page");
  element?.remove();
  const known = looks();
  if (!element || !known.length || !("moveBefore" in document.body)) {
    dropStyle();
    return null;
  }
  const host = h("div", { class: "ek-host" });
  known.forEach(([name, value]) => host.style.setProperty(name, value));
  document.body.append(host);
  return { host, page: JSON.parse(element.textContent) };
}
var dropStyle = () => document.getElementById("ek-style")?.remove();
var isEarly = (host) => host.matches(EARLY);
function adopt(page) {
  const host = document.querySelector(EARLY);
  if (!host) return null;
  const paintAgain = highlighted();
  const selectAgain = selected();
  page.moveBefore(host, null);
  paintAgain();
  selectAgain();
  LOOKS.forEach((name) => host.style.removeProperty(name));
  dropStyle();
  return host;
}
function highlighted() {
  const ranges = [...CSS.highlights.values()].flatMap((marks) => [...marks]);
  const places = ranges.map(({ startContainer, startOffset, endContainer, endOffset }) => {
    return { startContainer, startOffset, endContainer, endOffset };
  });
  return () => places.forEach(({ startContainer, startOffset, endContainer, endOffset }, index) => {
    const range = (
      /** @type {Range} */
      ranges[index]
    );
    range.setStart(startContainer, startOffset);
    range.setEnd(endContainer, endOffset);
  });
}
function selected() {
  const selection = window.getSelection();
  if (!selection || document.activeElement?.matches("input, textarea")) return () => {
  };
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (!anchorNode || !focusNode) return () => {
  };
  return () => selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
}

// pages/shared/components/workbench/sides.js
var SIDES = ["left", "right", "third", "fourth", "fifth"];
var LETTER = { left: "A", right: "B", third: "C", fourth: "D", fifth: "E" };
var sidesOf = (data) => SIDES.filter((side) => data[side]);

// pages/shared/components/workbench/saving.js
var DRAFT_DELAY = 600;
var PAUSES = [500, 1e3, 2e3, 4e3, 8e3, 15e3];
var REQUEST_TIMEOUT = 2e4;
var PATIENCE = 3e3;
var sender = { account: "" };
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6] & 15 | 64;
  bytes[8] = bytes[8] & 63 | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
async function send(method, url2, body, keepalive = false) {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), REQUEST_TIMEOUT);
  try {
    const response = await fetch(url2, {
      method,
      keepalive,
      redirect: "manual",
      // to the sign-in page: followed, it would look like an answer
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/json",
        "X-Evalkit": "1",
        "X-Evalkit-Account": sender.account
      },
      body: JSON.stringify(body),
      signal: timeout.signal
    });
    if (response.type === "opaqueredirect") return { status: 401, body: {} };
    return { status: response.status, body: await response.json().catch(() => null) };
  } finally {
    clearTimeout(timer);
  }
}
function isPassing({ status, body }) {
  if (status === 200) return body === null;
  if (status === 401) return false;
  return status >= 500 || status === 408 || status === 429 || typeof body?.error !== "string";
}
async function persist(method, url2, body, { stopped, onwait }) {
  for (let attempt = 0; ; attempt += 1) {
    let answer = null;
    try {
      answer = await send(method, url2, typeof body === "function" ? body() : body);
    } catch {
      answer = null;
    }
    if (stopped()) return null;
    if (answer && !isPassing(answer)) return answer;
    onwait(answer ? "the server does not answer as it should" : "no connection");
    await pause(PAUSES[Math.min(attempt, PAUSES.length - 1)]);
    if (stopped()) return null;
  }
}
function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
  });
}
function within(milliseconds, promise, otherwise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(otherwise), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
function refusal(answer) {
  if (answer.body && typeof answer.body.error === "string") return answer.body.error;
  if (answer.status === 401) return "You are signed out.";
  return `The server refused this (${answer.status}).`;
}
function stopwatch(seconds) {
  const IDLE_AFTER = 6e4;
  const events = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "scroll"];
  let total = seconds;
  let touched = Date.now();
  let ticked = Date.now();
  let isPaused = false;
  const touch = () => {
    tick();
    touched = Date.now();
  };
  function tick() {
    const now = Date.now();
    const until = Math.min(now, touched + IDLE_AFTER);
    const isSeen = document.visibilityState === "visible" && !isPaused;
    if (isSeen && until > ticked) total += (until - ticked) / 1e3;
    ticked = now;
  }
  const onvisibility = () => {
    if (document.visibilityState === "visible") ticked = touched = Date.now();
    else countLast();
  };
  function countLast() {
    const until = Math.min(Date.now(), touched + IDLE_AFTER);
    if (!isPaused && until > ticked) total += (until - ticked) / 1e3;
    ticked = Date.now();
  }
  const timer = setInterval(tick, 1e3);
  events.forEach((name) => window.addEventListener(name, touch, { capture: true, passive: true }));
  document.addEventListener("visibilitychange", onvisibility);
  return {
    seconds: () => {
      tick();
      return Math.round(total * 10) / 10;
    },
    pause: (isNow) => {
      tick();
      isPaused = isNow;
    },
    stop: () => {
      clearInterval(timer);
      events.forEach((name) => window.removeEventListener(name, touch, { capture: true }));
      document.removeEventListener("visibilitychange", onvisibility);
    }
  };
}
function completeDraft(draft, sides = []) {
  const only = (entered2) => Object.assign(/* @__PURE__ */ Object.create(null), entered2);
  const parted = [.../* @__PURE__ */ new Set([...SIDES.slice(0, 2), ...sides])];
  const of = (part) => (
    /** @type {Record<Side, Part>} */
    Object.fromEntries(parted.map((side) => [side, part(side)]))
  );
  const bySide = (parts = {}) => of((side) => only(parts[side]));
  const listed2 = (marks) => of((side) => [...marks[side] ?? []]);
  const { scores, tags, texts, checks, strength, certainty, assertion } = draft;
  const entered = Object.entries({ strength, certainty, assertion }).filter(([, words]) => words);
  return {
    ...Object.fromEntries(entered),
    preference: draft.preference || null,
    ...draft.preferences && { preferences: only(draft.preferences) },
    ...draft.ranking && { ranking: draft.ranking.map((place5) => [...place5]) },
    scores: bySide(scores),
    tags: bySide(tags),
    marks: listed2(draft.marks ?? {}),
    ...checks && { checks: bySide(checks) },
    ...texts && { texts: bySide(texts) },
    comment: draft.comment || "",
    ...draft.offers && { offers: draft.offers.map((offer) => ({ ...offer })) }
  };
}
function draftKeeper({ url: url2, body, say: say2, onstored, onrefused, onleft }) {
  let changed = false;
  let closed = false;
  let settled = false;
  let timer;
  let running = null;
  let refused3 = 0;
  const waiters = /* @__PURE__ */ new Set();
  async function run2() {
    while (changed && !closed && !settled) {
      changed = false;
      say2("Saving…");
      const answer = await persist("PUT", url2, body(), {
        stopped: () => closed || settled || changed,
        // a newer draft takes the place of this one
        onwait: (why) => {
          say2(`Not saved: ${why}. Retrying`, "bad");
          waiters.forEach((tell) => tell());
        }
      });
      if (closed || settled) return;
      if (answer === null) continue;
      refused3 = answer.status >= 400 ? answer.status : 0;
      if (refused3) {
        say2("Not saved", "bad");
        onrefused(answer);
      } else if (!changed) onstored(answer.body);
    }
  }
  function flush() {
    clearTimeout(timer);
    if (!running) running = run2().finally(() => running = null);
    const stored2 = running.then(() => !refused3);
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve(false);
      const patience = setTimeout(giveUp, PATIENCE);
      waiters.add(giveUp);
      stored2.then(resolve, reject).finally(() => {
        clearTimeout(patience);
        waiters.delete(giveUp);
      });
    });
  }
  const onhide = () => {
    if (closed || settled || !(changed || running)) return;
    changed = false;
    const last = body();
    onleft(last);
    send("PUT", url2, last, true).catch(() => changed = true);
  };
  const onfocus = () => {
    if (refused3 !== 401 || closed || settled) return;
    changed = true;
    flush();
  };
  window.addEventListener("pagehide", onhide);
  window.addEventListener("focus", onfocus);
  return {
    touch: () => {
      changed = true;
      settled = false;
      if (!running) say2("Saving…");
      clearTimeout(timer);
      timer = setTimeout(flush, DRAFT_DELAY);
    },
    flush,
    /** Keep no more drafts: one that is under way changes nothing any more once it is late. */
    settle: () => {
      clearTimeout(timer);
      settled = true;
    },
    close: () => {
      onhide();
      closed = true;
      clearTimeout(timer);
      window.removeEventListener("pagehide", onhide);
      window.removeEventListener("focus", onfocus);
    }
  };
}

// pages/shared/components/workbench/standing.js
function say(screen, words, kind = "") {
  screen.words = words;
  screen.kind = kind;
  paintStatus(screen);
}
function paintStatus({ desk, status, words, kind, sending, withdrawing }) {
  const { last, skipped } = desk.memory;
  const mayUndo = last !== null && Date.now() < last.until && !skipped.length;
  if (mayUndo && !withdrawing.isConnected) status.after(withdrawing);
  else if (!mayUndo) withdrawing.remove();
  const way = desk.outbox.words();
  const isHeldUp = way.startsWith("Not");
  const parts = sending ? [isHeldUp ? way : words] : [way, words];
  const text = parts.filter(Boolean).join(" · ");
  if (status.textContent !== text) status.textContent = text;
  status.dataset.kind = isHeldUp ? "bad" : kind;
}
function complain(screen, words, ...remedies) {
  screen.isListing = screen.isStuck = false;
  screen.problem.replaceChildren(words, ...remedies.flatMap((remedy) => [" ", remedy]));
}
function become(screen, state) {
  const isLive = state === "live";
  screen.state = state;
  screen.root.dataset.state = state;
  screen.root.setAttribute("aria-busy", String(!isLive));
  screen.form.node.inert = !isLive;
  screen.submitting.disabled = !isLive;
  screen.ways.forEach(([element, isOpen]) => element.disabled = !isLive || !isOpen);
}
function sayProgress({ data, root, desk, sending }, done, total) {
  data.done = done + desk.outbox.pending(data.study_id, sending?.id);
  data.total = total;
  const count = root.querySelector(".ek-count");
  const bar = root.querySelector(".ek-progress-done");
  if (count) count.textContent = progressWords(data);
  if (bar instanceof HTMLElement) bar.style.width = progressShare(data);
}
var progressWords = ({ done, total }) => `${done} done, about ${total - done} to go`;
var progressShare = ({ done, total }) => `${total ? Math.min(1, done / total) * 100 : 0}%`;

// pages/shared/components/workbench/going.js
var WAITING_TOO_LONG = 8e3;
var url = (desk, name) => `${desk.page.prefix}annotate/${name}`;
function sayAddress({ study_id, assignment_id }) {
  const address = new URL(window.location.href);
  address.searchParams.set("study", String(study_id));
  address.searchParams.set("assignment", String(assignment_id));
  if (address.href !== window.location.href) window.history.replaceState({}, "", address);
}
var addressed = () => Number(new URL(window.location.href).searchParams.get("assignment") ?? 0);
function heldAfter({ desk, data }, isDone2) {
  const task = data.submitted ? null : desk.holding.take(data.study_id);
  return task && following(task, data, isDone2);
}
var following = (task, { done, total }, isDone2) => ({
  ...task,
  done: done + (isDone2 ? 1 : 0),
  total,
  has_previous: task.has_previous || isDone2
});
async function go(screen, where, words = "Loading") {
  const { desk } = screen;
  become(screen, "busy");
  say(screen, words);
  complain(screen, "");
  const query = new URLSearchParams(queryOf(screen.data, where));
  const answer = await persist("GET", `${url(desk, "task")}?${query}`, void 0, {
    stopped: () => screen.isClosed,
    onwait: (why) => say(screen, `Not loaded yet: ${why}. Retrying`, "bad")
  });
  if (answer === null) return;
  if (answer.status === 401) {
    become(screen, "live");
    say(screen, "Not loaded", "bad");
    complain(screen, refusal(answer), ...wayIn(screen, answer));
  } else if (answer.status !== 200) leave(screen, where);
  else if (answer.body.task) desk.paint(answer.body.task);
  else if (where === "following") go(screen, "next");
  else leave(screen, where);
}
function queryOf({ study_id, assignment_id }, where) {
  if (where === "next") return { study: String(study_id) };
  if (typeof where === "number") return { assignment: String(where) };
  const here = { assignment: String(assignment_id) };
  return where === "again" ? here : { ...here, to: where };
}
function leave(screen, where) {
  const { data, desk } = screen;
  become(screen, "leaving");
  say(screen, "Loading");
  complain(screen, "");
  const address = new URL(window.location.href);
  if (where === "studies") address.href = new URL(url(desk, "").slice(0, -1), address).href;
  else if (where === "next") address.searchParams.delete("assignment");
  else if (typeof where === "number") address.searchParams.set("assignment", String(where));
  else address.searchParams.set("assignment", String(data.assignment_id));
  if (isEarly(desk.host) || desk.memory.wasSignedOut) {
    window.location.assign(address);
    return;
  }
  if (where === "studies") window.history.pushState({}, "", address);
  else window.history.replaceState({}, "", address);
  runAddressed();
  screen.slow = setTimeout(() => {
    const reload = () => window.location.reload();
    complain(screen, "The next page is slow to come.", button("Load it again", null, reload));
  }, WAITING_TOO_LONG);
}
var runAddressed = () => window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
function wayIn({ desk }, { status }) {
  if (status !== 401) return [];
  desk.memory.wasSignedOut = true;
  const way = { href: `${desk.page.prefix}sign-in`, target: "_blank", class: "ek-way" };
  return [h("a", way, "Sign in in a new tab")];
}
async function move(screen, where) {
  if (screen.state !== "live") return;
  become(screen, "busy");
  unsay(screen);
  if (!await isAllStored(screen) || screen.isClosed) return stuck(screen, where);
  if (where === "studies") leave(screen, where);
  else go(screen, where);
}
async function isAllStored({ drafts, desk }) {
  const stored2 = await Promise.all([drafts.flush(), desk.outbox.drained()]);
  return stored2.every(Boolean);
}
function unsay(screen) {
  if (screen.problem.querySelector(".ek-way")) screen.problem.querySelector(".ek-anyway")?.remove();
  else if (screen.isStuck) complain(screen, "");
}
function stuck(screen, where) {
  if (screen.isClosed) return;
  become(screen, "live");
  const anyway = () => where === "studies" ? leave(screen, where) : go(screen, where);
  const isHere = screen.desk.outbox.isEmpty();
  const remedy = button(isHere ? "Leave without saving" : "Leave nevertheless", null, anyway);
  remedy.classList.add("ek-anyway");
  const words = isHere ? "What you entered is not saved yet." : "Something is still on its way.";
  const hasWayIn = screen.problem.querySelector(".ek-way");
  if (hasWayIn) screen.problem.append(" ", remedy);
  else complain(screen, words, remedy);
  screen.isStuck = true;
}

// pages/shared/components/workbench/sound.js
var HERTZ = 587;
var SECONDS = 0.18;
var LOUDNESS = 0.06;
var sounding = null;
function chime() {
  if (typeof AudioContext === "undefined") return;
  sounding ??= new AudioContext();
  const [tone, volume, now] = [sounding.createOscillator(), sounding.createGain(), sounding.currentTime];
  tone.frequency.value = HERTZ;
  volume.gain.setValueAtTime(LOUDNESS, now);
  volume.gain.exponentialRampToValueAtTime(1e-4, now + SECONDS);
  tone.connect(volume).connect(sounding.destination);
  tone.start(now);
  tone.stop(now + SECONDS);
}

// pages/shared/components/workbench/comfort.js
var WISHES = [
  { key: "size", label: "Text", words: ["Smaller", "Normal", "Larger", "Largest"] },
  { key: "lines", label: "Lines", words: ["Short", "Normal", "As long as the pane"] },
  { key: "density", label: "Distance of lines", words: ["Close", "Normal", "Wide"] },
  { key: "timer", label: "Time on this case", words: ["Hidden", "Shown"] },
  { key: "sound", label: "Sound when a case is stored", words: ["Off", "On"] }
];
var NORMAL = { size: 1, lines: 1, density: 1, timer: 0, sound: 0 };
var place3 = () => `evalkit-reading-${sender.account}`;
function wishes() {
  try {
    return { ...NORMAL, ...JSON.parse(window.localStorage.getItem(place3()) ?? "{}") };
  } catch {
    return NORMAL;
  }
}
function soundStored() {
  if (wishes().sound === 1) chime();
}
function applyComfort(root) {
  for (const [key, value] of Object.entries(wishes())) root.dataset[key] = String(value);
}
function comfortContent(root) {
  return WISHES.map(({ key, label, words }) => {
    const group = choices({
      label,
      className: "ek-wishes",
      value: wishes()[key],
      options: words.map((word, value) => ({ value, name: word, face: word })),
      onchoose: (value) => {
        try {
          window.localStorage.setItem(place3(), JSON.stringify({ ...wishes(), [key]: value }));
        } catch {
        }
        root.dataset[key] = String(value);
        if (key === "sound") soundStored();
      }
    });
    return h("div", { class: "ek-wish" }, h("h3", { class: "ek-role" }, label), group.node);
  });
}

// pages/shared/components/workbench/streamlit.js
function isCovered(root) {
  const modals = document.querySelectorAll('[role$="dialog"], [aria-modal="true"], dialog[open]');
  return [...modals].some((modal) => !root.contains(modal) && modal.checkVisibility());
}
function closeStreamlitDialogs() {
  const close = () => {
    const buttons = document.querySelectorAll('[data-testid="stDialog"] button[aria-label="Close"]');
    for (const element of buttons) element.click();
  };
  const watching = new MutationObserver(close);
  watching.observe(document.body, { childList: true });
  close();
  return () => watching.disconnect();
}

// pages/shared/components/workbench/keys.js
var isModified = (event) => (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
var isUndo = (event) => (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && keyName(event) === "z";
var isWriting = ({ key }) => key.length === 1 || key === "Process" || !/^[\x20-\x7e]*$/.test(key);
var PLACES = { BracketLeft: "[", BracketRight: "]" };
function keyName({ key, code = "", shiftKey }) {
  const printed2 = key.normalize("NFKC").toLowerCase();
  if (/^[\p{ASCII}\p{Script=Latin}]$/u.test(printed2)) return printed2;
  if (code === "Slash" && shiftKey) return "?";
  const letter = /^Key([A-Z])$/.exec(code);
  return letter ? letter[1].toLowerCase() : PLACES[code] || key;
}
function numberParts({ key, code = "", shiftKey }) {
  const printed2 = key === "−" ? "-" : key === "," ? "." : key;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code);
  const parts = /^[0-9.-]$/.test(printed2) ? [printed2] : [];
  return digit && !shiftKey && digit[1] !== printed2 ? [...parts, digit[1]] : parts;
}
var singleKeys = {
  place: "evalkit-single-keys",
  isOff: false,
  read() {
    try {
      this.isOff = window.localStorage.getItem(this.place) === "off";
    } catch {
    }
  },
  /** @param {boolean} isOff */
  choose(isOff) {
    this.isOff = isOff;
    try {
      window.localStorage.setItem(this.place, isOff ? "off" : "on");
    } catch {
    }
  },
  /**
   * Show keys that act, and no others.
   * @param {HTMLElement} root
   */
  paint(root) {
    root.dataset.keys = this.isOff ? "off" : "on";
    for (const element of root.querySelectorAll("[data-key]")) {
      const key = element.getAttribute("data-key");
      if (this.isOff || !key) element.removeAttribute("aria-keyshortcuts");
      else element.setAttribute("aria-keyshortcuts", key);
    }
  }
};
function listenToKeys(root, actions) {
  const clicked = /* @__PURE__ */ new WeakSet();
  let isTabbing = false;
  const isDeaf = (event) => event.isComposing || !root.isConnected || isCovered(root);
  const onkeydown = (event) => {
    isTabbing = event.key === "Tab";
    if (isDeaf(event)) return;
    const dialog = (
      /** @type {KeyDialog | null} */
      root.querySelector("dialog[open]")
    );
    if (moveCaret(event, dialog, actions) || takeOffer(event, actions)) return;
    if (event.key === "Enter" && isForScreen(event, dialog)) enter(event, actions, clicked);
    else if (isModified(event)) undo(event, dialog, actions);
    else if (inField(event)) leaveField(event, dialog);
    else if (readOn(event, dialog, actions)) event.preventDefault();
    else if (isWriting(event)) write(event, dialog, actions);
    else if (event.key === "Backspace" && !dialog) takeBack(event, actions);
  };
  const onother = (event) => {
    if (!root.isConnected || isModified(event) || inField(event) || !isWriting(event)) return;
    if (!isCovered(root)) event.stopImmediatePropagation();
  };
  const onpointerdown = (event) => {
    isTabbing = false;
    const control = event.target instanceof Element && event.target.closest(CONTROLS);
    if (control) clicked.add(control);
  };
  const onfocusin = (event) => isTabbing && event.target && clicked.delete(event.target);
  const listening = new AbortController();
  const options = { capture: true, signal: listening.signal };
  window.addEventListener("keydown", onkeydown, options);
  window.addEventListener("keypress", onother, options);
  window.addEventListener("keyup", onother, options);
  window.addEventListener("pointerdown", onpointerdown, options);
  window.addEventListener("focusin", onfocusin, options);
  return () => listening.abort();
}
var isForScreen = (event, dialog) => !dialog || (event.ctrlKey || event.metaKey) && !dialog.matches(":modal");
var CONTROLS = "button, summary, a";
var CHANGING = '[role="radio"], [aria-pressed], [aria-expanded], summary';
function enter(event, { submit: submit2, isReady }, clicked) {
  const isSure = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (!isSure) {
    const control = event.target instanceof Element && event.target.closest(CONTROLS);
    const isItsOwn = control && !control.matches(CHANGING) && !clicked.has(control);
    if (isModified(event) || inField(event) || isItsOwn) return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.repeat && isReady()) submit2();
}
function moveCaret(event, dialog, { caret, isReady }) {
  if (dialog || inField(event) || !isReady() || !caret(event)) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  return true;
}
function takeOffer(event, { offer, isReady }) {
  if (isModified(event) || event.shiftKey || !isReady() || !offer(event.key)) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  return true;
}
function readOn(event, dialog, { reading }) {
  if (dialog?.matches(":modal")) return false;
  const back = event.shiftKey ? -1 : 1;
  const pages = { PageDown: () => reading.page(1), PageUp: () => reading.page(-1) };
  const isPressing = event.target instanceof Element && event.target.closest(CONTROLS);
  if (!isPressing) pages[" "] = () => reading.page(back);
  const lines = { j: () => reading.line(1), k: () => reading.line(-1) };
  const isLetter = !dialog && !singleKeys.isOff;
  const go2 = pages[event.key] ?? (isLetter ? lines[keyName(event)] : void 0);
  if (!go2) return false;
  event.stopImmediatePropagation();
  go2();
  return true;
}
function leaveField(event, dialog) {
  const field = event.composedPath()[0];
  if (event.key === "Escape" && !dialog && field instanceof HTMLElement) field.blur();
}
function write(event, dialog, actions) {
  event.stopImmediatePropagation();
  if (event.repeat || singleKeys.isOff && !dialog?.matches(".ek-paused")) return;
  if (dialog) {
    if (dialog.onkey(keyName(event), numberParts(event))) event.preventDefault();
  } else if (actions.isReady() && run(event, actions)) {
    event.preventDefault();
  }
}
function run(event, { commands, number }) {
  const command = commands[keyName(event)];
  if (command) return command() !== false;
  return numberParts(event).some(number);
}
function undo(event, dialog, actions) {
  if (!isUndo(event) || dialog || inField(event) || event.repeat) return;
  if (actions.isReady() && actions.undo()) event.preventDefault();
}
function takeBack(event, actions) {
  if (event.repeat || !actions.isReady()) return;
  if (actions.takeBack()) event.preventDefault();
}

// pages/shared/components/workbench/ranking.js
var RANKING_KEYS = {
  order: [
    ["A to E", "Rank, best first, each by its letter; once more takes it out"],
    ["=", "What was ranked last shares the place before, and back"],
    ["↑ ↓", "On a response in the ranking: move it"]
  ],
  errors: [
    ["F", "Mark errors in the response you read: their letters, once more for more severe"],
    ["D", "While marking: on to the next response"]
  ],
  panes: [
    ["Q", "To the response before"],
    ["W", "To the response after"],
    ["Y", "Scroll the responses together"]
  ],
  size: [["X", "Case taller, folded, as before"]]
};
function rankingKeys(data) {
  const [last] = sidesOf(data).slice(-1);
  return RANKING_KEYS.order.map(([keys2, words]) => [keys2.replace("E", LETTER[last]), words]);
}
var without = (order, side) => order.map((place5) => place5.filter((other) => other !== side)).filter((place5) => place5.length);
function moved(order, side, step) {
  const at = placeOf(order, side);
  if (at < 0) return order;
  const rest = without(order, side);
  const isShared = rest.length === order.length;
  const to = isShared ? step < 0 ? at : at + 1 : at + step;
  return to < 0 || to > rest.length ? order : [...rest.slice(0, to), [side], ...rest.slice(to)];
}
function tied(order, side) {
  const at = placeOf(order, side);
  if (at < 0) return order;
  if (order[at].length > 1) return moved(order, side, 1);
  if (at === 0) return order;
  return without(order, side).map((place5, index) => index === at - 1 ? [...place5, side] : place5);
}
var placeOf = (order, side) => order.findIndex((place5) => place5.includes(side));
function rankingPart(form) {
  const { sides, answers, places, changed, remember } = form;
  const listeners = /* @__PURE__ */ new Set();
  let trail = answers.ranking?.flat() ?? [];
  const list = h("ol", { class: "ek-places" });
  const words = h("p", { class: "ek-unseen", role: "status" });
  const hint = h("p", { class: "ek-rank-hint" });
  const order = () => answers.ranking ?? [];
  function set(next) {
    if (next.length) answers.ranking = next;
    else delete answers.ranking;
    trail = trail.filter((side) => placeOf(next, side) >= 0);
    noteDown();
    paint();
    listeners.forEach((listener) => listener());
    changed("ranking");
    words.textContent = spelt(next);
  }
  function noteDown() {
    const open = sides.filter((side) => !trail.includes(side));
    for (const side of [...open, ...trail]) {
      remember(`ranking ${side}`, trail.includes(side), () => set(without(order(), side)));
    }
  }
  function press(side) {
    if (!sides.includes(side)) return false;
    const isOpen = placeOf(order(), side) < 0;
    if (isOpen) trail = [...trail, side];
    set(isOpen ? [...order(), [side]] : without(order(), side));
    return true;
  }
  function tie() {
    const [last] = trail.slice(-1);
    if (last) set(tied(order(), last));
    return Boolean(last);
  }
  const place5 = (side) => placeOf(order(), side) + 1;
  const hear = (listener) => {
    listeners.add(listener);
    listener();
  };
  const rows = sides.map(
    (side) => rankRow(side, {
      press: () => press(side),
      tie: () => set(tied(order(), side)),
      move: (step) => set(moved(order(), side, step))
    })
  );
  function paint() {
    const focused = document.activeElement;
    const ranked = order();
    const inOrder = ranked.flat();
    for (const row of rows) row.paint(ranked);
    const standing = inOrder.flatMap((side) => rows.filter((row) => row.side === side));
    const open = rows.filter((row) => !inOrder.includes(row.side));
    list.replaceChildren(...[...standing, ...open].map((row) => row.node));
    hint.textContent = open.length ? "Best first: press the next best." : "All have their place.";
    if (focused instanceof HTMLElement && list.contains(focused)) focused.focus();
  }
  paint();
  noteDown();
  const node = h("div", { class: "ek-ranking", role: "group", "aria-label": "Ranking, best first" }, [
    h("div", { class: "ek-rank-line" }, h("h2", { class: "ek-rank-title" }, "Ranking"), hint),
    list,
    words
  ]);
  const focus = () => (rows.find((row) => placeOf(order(), row.side) < 0) ?? rows[0]).focus();
  places.set("ranking", { node, words: "the ranking", focus });
  return {
    node,
    press,
    tie,
    badge: (side) => badgeOf(side, { place: place5, press, hear }),
    place: place5,
    hear,
    isMissing: () => order().flat().length < sides.length
  };
}
function rankRow(side, { press, tie, move: move2 }) {
  const letter = LETTER[side];
  const place5 = h("span", { class: "ek-rank-place", "aria-hidden": "true" });
  const name = h(
    "button",
    { type: "button", class: "ek-rank-name", onclick: press, ...shortcut(letter) },
    h("span", {}, `Response ${letter}`),
    kbd(letter)
  );
  const small = (face, label, onclick) => h("button", { type: "button", class: "ek-rank-step", "aria-label": label, onclick }, face);
  const tying = small("=", `${letter} shares the place before`, tie);
  const up = small("↑", `${letter} up`, () => move2(-1));
  const down = small("↓", `${letter} down`, () => move2(1));
  const node = h("li", { class: "ek-rank", "data-side": side }, place5, name, tying, up, down);
  node.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move2(
      /** @type {1 | -1} */
      step
    );
  });
  return {
    side,
    node,
    focus: () => name.focus(),
    /** @param {Side[][]} order */
    paint(order) {
      const at = placeOf(order, side);
      const isRanked = at >= 0;
      const isTied = isRanked && order[at].length > 1;
      node.classList.toggle("ek-ranked", isRanked);
      node.classList.toggle("ek-tied", isTied && order[at][0] !== side);
      place5.textContent = isRanked ? String(at + 1) : "–";
      name.setAttribute("aria-pressed", String(isRanked));
      const stands = isRanked ? `place ${at + 1} of ${order.length}` : "no place yet";
      name.setAttribute("aria-label", `Response ${letter}, ${stands}`);
      tying.setAttribute("aria-pressed", String(isTied));
      tying.hidden = !isRanked || at === 0 && !isTied;
      up.hidden = !isRanked || at === 0 && !isTied;
      down.hidden = !isRanked || at === order.length - 1 && !isTied;
    }
  };
}
function badgeOf(side, { place: place5, press, hear }) {
  const node = h("button", {
    type: "button",
    class: "ek-button ek-rank-badge",
    onclick: () => press(side)
  });
  hear(() => {
    node.textContent = place5(side) ? `Place ${place5(side)}` : "Next best";
    node.setAttribute("aria-pressed", String(place5(side) > 0));
    node.setAttribute("aria-label", `${node.textContent}: response ${LETTER[side]}`);
  });
  return node;
}
var spelt = (order) => order.map((place5, at) => `${at + 1}: ${place5.map((side) => LETTER[side]).join(" and ")}`).join(", ");

// pages/shared/components/workbench/gone.js
function isGone({ body }, loaded) {
  if (isPassing(loaded) || loaded.status === 401 || loaded.status === 403) return false;
  return loaded.status !== 200 || loaded.body.task?.token !== body.token;
}
function lossOf({ body }, answer) {
  const comment = body.draft?.comment || body.note;
  const copy2 = comment ? ` Your comment on it: “${comment}”` : "";
  return `A case from before was not stored. ${refusal(answer)}${copy2}`;
}

// pages/shared/components/workbench/sending.js
var UNREAD = 500;
var UNDO_FOR = 6e4;
function opening(screen) {
  screen.sent += 1;
  return {
    assignment_id: screen.data.assignment_id,
    token: screen.data.token,
    session: screen.session,
    number: screen.sent,
    opened_on: screen.openedOn,
    revision: screen.data.revision
  };
}
function judgement(screen) {
  return {
    ...opening(screen),
    draft: screen.answers,
    active_seconds: screen.watch.seconds()
  };
}
function submissionKey(screen) {
  const content = JSON.stringify(screen.answers);
  if (screen.submission.of !== content) screen.submission = { key: uuid(), of: content };
  return screen.submission.key;
}
function listMissing(screen, missing) {
  complain(screen, missing.length ? `Still to do: ${listed(screen.form.name(missing))}.` : "");
  screen.isListing = missing.length > 0;
}
function submit(screen) {
  if (screen.state !== "live") return;
  if (!screen.isTouched && performance.now() < screen.unreadUntil) return;
  const missing = screen.form.missing();
  if (missing.length) {
    screen.form.mark(missing);
    listMissing(screen, missing);
    return;
  }
  const key = submissionKey(screen);
  const body = { ...judgement(screen), submission_key: key };
  sendOff(screen, { id: key, path: "submit", body, isNew: !screen.data.submitted });
}
function skip(screen, reason, note) {
  if (screen.state !== "live") return;
  const body = { ...opening(screen), reason, note };
  sendOff(screen, { id: uuid(), path: "skip", body, isNew: false });
}
function sendOff(screen, sent) {
  const entry = { ...sent, study_id: screen.data.study_id, at: Date.now() };
  screen.drafts.settle();
  screen.sending = entry;
  screen.state = "busy";
  screen.desk.outbox.put(entry);
  giveWay(screen);
  if (screen.desk.screen === screen) underway(screen, entry);
}
function underway(screen, entry) {
  complain(screen, "");
  become(screen, "busy");
  screen.sending = entry;
  say(screen, entry.path === "skip" ? "Skipping…" : "Submitting…");
}
function giveWay(screen, isCounted = false) {
  const { desk, sending } = screen;
  if (!sending || screen.state !== "busy") return;
  const task = heldAfter(screen, sending.isNew && !isCounted);
  if (!task) return;
  ended(screen);
  desk.paint(task).unreadUntil = performance.now() + UNREAD;
}
function ended({ desk, data, sending }) {
  if (sending?.path === "skip") {
    const skipped = { id: data.assignment_id, token: data.token };
    desk.memory.skipped = [...desk.memory.skipped, skipped];
  } else if (sending) {
    if (sending.isNew) desk.memory.skipped = [];
    desk.memory.last = sending.isNew ? { entry: sending, until: Infinity } : null;
  }
}
async function answered({ screen, memory }, entry, answer) {
  if (screen === null) return answer.status === 200;
  if (answer.status !== 200 && memory.last?.entry.id === entry.id) memory.last = null;
  const isHere = screen.sending?.id === entry.id;
  if (answer.status === 200) stored(screen, entry, answer);
  else if (isHere) refused(screen, answer);
  else return bringBack(screen, entry, answer);
  return true;
}
function stored(screen, entry, answer) {
  const { desk } = screen;
  const isHere = screen.sending?.id === entry.id;
  const words = entry.path === "skip" ? "Skipped" : "Stored";
  if (entry.path === "submit") soundStored();
  if (screen.problem.querySelector(".ek-way")) complain(screen, "");
  if (isHere) become(screen, "busy");
  if (entry.study_id === screen.data.study_id) desk.holding.keep(answer.body);
  giveWay(screen, isHere);
  const isWaiting = desk.screen === screen && isHere;
  if (isWaiting) ended(screen);
  endLater(desk, entry);
  if (isWaiting) go(screen, "next", words);
  else if (desk.screen && !desk.screen.words) say(desk.screen, words);
}
function endLater(desk, { id }) {
  const { last } = desk.memory;
  if (last?.entry.id !== id) return;
  last.until = Date.now() + UNDO_FOR;
  setTimeout(() => desk.screen && paintStatus(desk.screen), UNDO_FOR);
}
function signedOut(screen, answer) {
  if (screen.sending) become(screen, "live");
  complain(screen, refusal(answer), ...wayIn(screen, answer));
}
function refused(screen, answer) {
  const { sending, isTouched, data } = screen;
  screen.sending = null;
  if (sending && !data.submitted && (isTouched || sending.body.draft)) screen.drafts.touch();
  become(screen, "live");
  say(screen, "Not stored", "bad");
  const named = answer.body && answer.body.fields;
  const fields = Array.isArray(named) ? named : [];
  if (!screen.form.mark(fields).length) screen.submitting.focus();
  const isOver = answer.status === 409 && !fields.length;
  const onward = async () => {
    await screen.drafts.flush();
    go(screen, "next");
  };
  const remedies = isOver ? [button("Next case", null, onward)] : wayIn(screen, answer);
  complain(screen, refusal(answer), ...remedies);
}
async function bringBack(screen, entry, answer) {
  const { desk } = screen;
  const { assignment_id, draft, revision } = entry.body;
  await screen.drafts.flush();
  const query = new URLSearchParams({ assignment: String(assignment_id) });
  const loaded = await persist("GET", `${url(desk, "task")}?${query}`, void 0, {
    stopped: () => desk.isClosed,
    onwait: () => {
    }
  });
  const now = desk.screen;
  if (loaded === null || now === null) return false;
  if (loaded.status === 401 || loaded.status === 403) {
    signedOut(now, loaded);
    return false;
  }
  if (isGone(entry, loaded)) {
    complain(now, lossOf(entry, answer));
    return true;
  }
  const { task } = loaded.body;
  const back = desk.paint(draft ? { ...task, draft, revision } : task);
  if (draft) back.drafts.touch();
  refused(back, answer);
  return true;
}
function draftRefused(screen, answer) {
  const newer = answer.body && answer.body.newer;
  if (typeof newer !== "string") {
    const isSaid = screen.problem.textContent?.startsWith(refusal(answer));
    if (!isSaid || answer.status === 401) complain(screen, refusal(answer), ...wayIn(screen, answer));
    return;
  }
  const show2 = () => go(screen, "again");
  const keep2 = () => {
    screen.openedOn = newer;
    complain(screen, "");
    screen.drafts.touch();
  };
  complain(
    screen,
    refusal(answer),
    button("Show them", null, show2),
    button("Keep what is here", null, keep2)
  );
}
var skippedBefore = ({ desk, data }) => desk.memory.skipped.filter(({ token }) => token !== data.token);
function undoSkip(screen) {
  const skipped = skippedBefore(screen).pop();
  if (!skipped) return false;
  takeBackSkip(screen, skipped);
  return true;
}
async function takeBackSkip(screen, skipped) {
  if (screen.state !== "live") return;
  const { memory } = screen.desk;
  become(screen, "busy");
  if (!await isAllStored(screen)) {
    stuck(screen, skipped.id);
    return;
  }
  const body = { assignment_id: skipped.id, token: skipped.token };
  if (!await isDone(screen, "take-back", body, "Not taken back yet")) return;
  memory.skipped = memory.skipped.filter((other) => other !== skipped);
  go(screen, skipped.id, "Taken back");
}
async function discard(screen) {
  if (screen.state !== "live") return;
  become(screen, "busy");
  screen.drafts.settle();
  const body = opening(screen);
  if (await isDone(screen, "discard", body, "Not discarded yet")) go(screen, "again", "Discarded");
}
async function isDone(screen, name, body, waiting) {
  complain(screen, "");
  const answer = await persist("POST", url(screen.desk, name), body, {
    stopped: () => screen.isClosed,
    onwait: (why) => say(screen, `${waiting}: ${why}. Retrying`, "bad")
  });
  if (answer !== null && answer.status !== 200) refused(screen, answer);
  return answer !== null && answer.status === 200;
}
function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

// pages/shared/components/workbench/dialogs.js
var OF_WORDS = /* @__PURE__ */ new Set(["comment", "assertion"]);
function openDialog(screen, { label, className, content, letter, end, onnumber }) {
  if (screen.state !== "live" || screen.root.querySelector("dialog[open]")) return null;
  const element = h("dialog", { class: `ek-dialog ${className}`, "aria-label": label });
  const close = () => element.close();
  element.append(
    h(
      "div",
      { class: "ek-dialog-line" },
      h("h2", {}, label),
      h("span", { class: "ek-gap" }),
      button("Close", "Esc", close, { class: "ek-button ek-quiet" })
    ),
    h("div", { class: "ek-dialog-body", tabindex: "0", autofocus: true }, content),
    end ? h("div", { class: "ek-dialog-foot" }, end) : ""
  );
  element.addEventListener("click", (event) => event.target === element && close());
  element.addEventListener("close", () => element.remove());
  const onkey = (name, numbers) => {
    if (name !== letter) return onnumber !== void 0 && numbers.some(onnumber);
    close();
    return true;
  };
  const dialog = Object.assign(element, { onkey });
  screen.root.append(dialog);
  singleKeys.paint(screen.root);
  dialog.showModal();
  return dialog;
}
function openKeys(screen) {
  return openDialog(screen, {
    label: "Keys",
    className: "ek-small",
    letter: "?",
    content: [keysContent(screen.data, { isHelped: hasHelp(screen) }), singleKeysSwitch(screen.root)]
  });
}
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
    state
  );
  function paint() {
    node.setAttribute("aria-checked", String(!singleKeys.isOff));
    state.textContent = singleKeys.isOff ? "off" : "on";
    singleKeys.paint(root);
  }
  paint();
  const words = "Kept in this browser. Enter, Ctrl Enter, Backspace, Space, pages and arrows always act.";
  return h("div", { class: "ek-switch-line" }, node, h("span", { class: "ek-hint" }, words));
}
function preferenceKeys({ collect, right }) {
  if (!right || !collect.includes("preference")) return [];
  const more = collect.includes("strength") ? "; once more: much better, and back" : "";
  return [
    ["A", `A better${more}`],
    ["B", `B better${more}`],
    ["E", "Equally good"],
    ["X", "Both bad"],
    ...collect.includes("certainty") ? [["I", "Not sure which, and back"]] : [],
    ...collect.includes("preferences") ? [["1 to 4", "Where the marker is on “Better”: A, equally good, B, both bad"]] : []
  ];
}
function errorKeys(data) {
  if (!data.collect.includes("tags") || !data.tags.length) return [];
  const which = data.right ? " in A" : "";
  const pair = [
    ["D", `Mark errors${which}: its letter, once more for more severe`],
    ...data.right ? [["F", "Mark errors in B"]] : []
  ];
  return [
    ...data.third ? RANKING_KEYS.errors : pair,
    ...severityKeys(data),
    ["+", "Choose words by key: ← → by word, ↑ ↓ by sentence, with Shift more of them; W and S go on, too"],
    ["Enter", "On chosen words: mark them; on a mark: change it. Esc ends choosing"],
    [".", "On words of a step: mark the whole step. While marking: a note"],
    ["-", "While marking a response: what it does not say, and should"]
  ];
}
function severityKeys({ tags }) {
  const most = Math.max(...tags.map(({ severities }) => severities.length));
  const rows = [["1 to 3", "In there: how severe what was marked last is"]];
  return most > 1 ? rows.map(([keys2, words]) => [keys2.replace("3", String(most)), words]) : [];
}
function paneKeys(data) {
  if (!data.right) return [];
  const larger = ["M", "All the room for the responses, and back"];
  if (data.third) return [larger, ...RANKING_KEYS.panes];
  return [
    larger,
    ["Q", "Only response A, and back"],
    ["W", "Only response B, and back"],
    ["Y", "Scroll both responses together"],
    ["V", "Compare them word by word: what stands in one only is underlined"]
  ];
}
var hasHelp = ({ desk, data }) => Boolean(desk.studies.of(data.study_id)?.suggesting);
function wordKeys({ collect }, isHelped) {
  const rows = [];
  if (collect.includes("comment")) rows.push(["N", "Write a comment; Esc leaves it"]);
  if (isHelped) {
    rows.push(
      ["F2", "Take the error that is suggested for what you wrote, of A; also while typing"],
      ["F4", "The same, of B"]
    );
  }
  if (collect.includes("assertion")) rows.push(["!", "Write what must hold in every response to this case"]);
  return rows;
}
function keysContent(data, { named, isHelped = false } = {}) {
  const rows = data.third ? rankingKeys(data) : preferenceKeys(data);
  if (data.collect.includes("scores") && data.criteria.length) {
    rows.push(
      ["0 to 9", "Type a score as it is printed, also −2 or 10; then on to the next scale"],
      ["← →", "Change a score"],
      ["↑ ↓", "Criterion before, criterion after"]
    );
  }
  rows.push(...errorKeys(data));
  if (data.collect.some((part) => !OF_WORDS.has(part))) {
    rows.push(["Backspace", "Take back what was set last, step by step"]);
  }
  const responses = data.third ? "A, B and on" : data.right ? "A, then B" : "the response";
  rows.push(...wordKeys(data, isHelped));
  rows.push(
    ["Space", `Read on: the case, then ${responses}; with Shift back. On a control: press or change it`],
    ["PageDown PageUp", "Read on, and back, whatever has the focus"],
    ["J K", "A few lines on, and back"],
    ["/", "Find in case and responses: Enter goes on, with Shift back, Esc ends"],
    ["P", "Open, or fold, all that is folded in the case"]
  );
  rows.push(
    ["Enter", "Submit, outside of the comment"],
    ["Ctrl Enter", "Submit, anywhere"],
    ["S", "Skip this case"],
    ["T", "Take back the last skip, until the next case is submitted"],
    ["Ctrl Z", "Undo the last submission, for a minute, or skip; while writing, the browser's own"],
    ["H", "Ask the lead about this case"],
    ["O", "Discard an edit: what was submitted is there again"],
    ["[", "Back to the case before"],
    ["]", "Forward to the case after"],
    ["G", "Guidelines, all levels and errors"],
    ["L", "Text and comfort: size, length and distance of lines, time, sound"],
    ["Z", "Pause: all is covered and no time counted, until any key"],
    ["R", "Raw text of the responses"],
    ["U", "Where links point"]
  );
  rows.push(...paneKeys(data));
  const size = data.third ? RANKING_KEYS.size : [["C", "Case taller, folded, as before"]];
  rows.push(...size, ["?", "These keys"], ["Esc", "Close"]);
  return h(
    "dl",
    { class: "ek-keys" },
    rows.filter(([keys2]) => !named || named.includes(keys2)).map(([keys2, words]) => [
      h("dt", {}, keys2.split(" ").map((key) => key === "to" ? key : kbd(key))),
      h("dd", {}, words)
    ])
  );
}
function openSkip(screen) {
  const reasons = screen.desk.page.skip_reasons;
  const note = h("textarea", {
    rows: "2",
    dir: "auto",
    class: "ek-comment-field",
    "aria-label": "Note",
    placeholder: "Note, if it helps the people who run the study"
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
    content: [group.node, note],
    end: [h("span", {}), confirm]
  });
  if (!dialog) return false;
  function done() {
    const reason = group.chosen();
    if (!reason || !dialog) return;
    dialog.close();
    skip(screen, reason, note.value.trim());
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat || event.altKey || event.key !== "Enter") return;
    const isSure = event.ctrlKey || event.metaKey || !inField(event);
    const target = (
      /** @type {Element} */
      event.target
    );
    if (!isSure || target.closest(".ek-dialog-line")) return;
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
    value: (
      /** @type {string | null} */
      null
    ),
    options: reasons.map((reason, index) => ({
      value: reason.value,
      name: reason.label,
      key: String(index + 1),
      face: h("span", { class: "ek-face" }, kbd(String(index + 1)), reason.label)
    })),
    onchoose
  });
}

// pages/shared/components/workbench/asking.js
function buildAsking(screen) {
  const list = h("div", { class: "ek-asked-list" });
  const words = h("span", {});
  const asked = h("details", { class: "ek-asked" }, h("summary", {}, words), list);
  asked.hidden = true;
  const field = h("textarea", {
    rows: "4",
    dir: "auto",
    class: "ek-comment-field",
    "aria-label": "Question",
    placeholder: "What is unclear about this case"
  });
  const open = () => openAsking(screen, field);
  return {
    button: button("Ask the lead", "H", open, { class: "ek-button ek-quiet ek-ask" }),
    asked,
    open,
    paint: (questions) => {
      const isHere = ({ assignment_id }) => assignment_id === screen.data.assignment_id;
      const own = questions.filter(isHere);
      const elsewhere = questions.filter((question) => question.is_new && !isHere(question));
      const unread = questions.filter(({ is_new }) => is_new);
      asked.hidden = !own.length && !elsewhere.length;
      asked.classList.toggle("ek-new", unread.length > 0);
      asked.open ||= own.some(({ answer }) => answer !== null);
      words.textContent = [ownInWords(own), elsewhereInWords(elsewhere)].filter(Boolean).join(". ");
      list.replaceChildren(
        ...own.flatMap(questionParts),
        ...elsewhere.flatMap((question) => elsewhereParts(screen, question)),
        ...unread.length ? [button("Mark as read", null, () => markRead(screen, unread))] : []
      );
    }
  };
}
function ownInWords(own) {
  if (!own.length) return "";
  const n = own.filter(({ answer }) => answer !== null).length;
  const which = own.length === 1 ? "Your question" : `Your ${own.length} questions`;
  return `${which}, ${n === own.length ? "answered" : n ? `${n} answered` : "not answered yet"}`;
}
function elsewhereInWords({ length: n }) {
  if (!n) return "";
  return n === 1 ? "The lead answered your question about another case" : `The lead answered ${n} of your questions about other cases`;
}
var elsewhereParts = (screen, question) => [
  ...questionParts(question),
  button("Open that case", null, () => move(screen, question.assignment_id))
];
function markRead(screen, questions) {
  const { desk } = screen;
  const seen2 = questions.map(({ question_id, answered_at }) => ({ question_id, answered_at }));
  for (const question of questions) question.is_new = false;
  desk.studies.repaint(screen.data.study_id);
  persist("POST", url(desk, "answers-read"), { questions: seen2 }, { stopped: () => desk.isClosed, onwait: () => {
  } });
}
var questionParts = ({ words, answer }) => [
  h("p", { class: "ek-question-asked", dir: "auto" }, words),
  h("p", { class: "ek-answer", dir: "auto" }, answer ?? "No answer yet.")
];
function openAsking(screen, field) {
  const problem = h("p", { class: "ek-problem", role: "alert" });
  const sending = button("Send", "Ctrl Enter", () => ask(), {
    class: "ek-button ek-primary",
    "aria-keyshortcuts": "Control+Enter"
  });
  const hint = "Whoever leads the study sees it with the case; the answer appears beside the comment.";
  const dialog = openDialog(screen, {
    label: "Question to the lead",
    className: "ek-small",
    letter: "h",
    content: [field, h("p", { class: "ek-hint" }, hint), problem],
    end: [h("span", {}), sending]
  });
  if (!dialog) return false;
  async function ask() {
    const words = field.value.trim();
    if (sending.disabled) return;
    sending.disabled = true;
    problem.replaceChildren();
    const { assignment_id, token } = screen.data;
    const body = { assignment_id, token, words };
    const answer = await send("POST", url(screen.desk, "ask"), body).catch(() => null);
    sending.disabled = false;
    if (answer?.status !== 200 || !answer.body) problem.replaceChildren(...refused2(screen, answer));
    else {
      field.value = "";
      dialog?.close();
      screen.desk.studies.refresh(screen.data.study_id);
    }
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    ask();
  });
  field.focus();
  return true;
}
var refused2 = (screen, answer) => answer === null ? ["Not sent: no connection. What you wrote is still here; send it again."] : [refusal(answer), ...wayIn(screen, answer).flatMap((way) => [" ", way])];

// pages/shared/components/workbench/text.js
var BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, td, th, pre, summary, blockquote, div, section";
var OURS = ".ek-copy, .ek-note-by, .ek-step-line";
function textOf(element) {
  const pieces = [];
  let text = "";
  let block = null;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = (
      /** @type {Text} */
      walker.currentNode
    );
    if (node.parentElement?.closest(OURS)) continue;
    const around = node.parentElement?.closest(BLOCKS);
    if (around !== block) text += "\n";
    block = around;
    pieces.push({ node, start: text.length });
    text += node.data;
  }
  const point = (offset) => {
    const piece = pieces[Math.max(0, pieces.findLastIndex(({ start }) => start <= offset))];
    return [piece.node, Math.min(offset - piece.start, piece.node.length)];
  };
  return {
    text,
    /**
     * @param {number} start
     * @param {number} length
     */
    range: (start, length) => {
      const range = document.createRange();
      range.setStart(...point(start));
      const [node, last] = point(start + length - 1);
      range.setEnd(node, Math.min(last + 1, node.length));
      return range;
    }
  };
}
function markText(name, ranges, priority = 0) {
  if (typeof Highlight === "undefined") return;
  if (!ranges.length) {
    CSS.highlights.delete(name);
    return;
  }
  document.documentElement.classList.add(`${name}-painted`);
  CSS.highlights.set(name, Object.assign(new Highlight(...ranges), { priority }));
}

// pages/shared/components/workbench/code.js
var MOST_CHARACTERS = 2e4;
var PLAIN = /^(text|txt|plain|plaintext|console|output|markdown|md|log|csv|tsv)?$/;
var HASH = /^(py|python|python3|sh|bash|shell|zsh|rb|ruby|r|perl|ya?ml|toml|make|makefile|docker|dockerfile|elixir|julia)$/;
var SQL = /sql/;
var DASHES = /^(lua|haskell|hs|elm)$/;
var wordSet = (words) => new Set(words.split(" "));
var KEYWORDS = wordSet(
  "abstract and as assert async await begin boolean break case catch char class const continue debugger def default defer del delete do double elif else elsif end enum except export extends false final finally float fn for foreach from func function global go goto if impl implements import in instanceof int interface is lambda let loop match mod module mut namespace new nil none not null of or package pass private protected pub public raise repeat require return self short static struct super switch then this throw throws trait true try type typeof undefined unless until use using val var void when where while with yield"
);
var SQL_WORDS = wordSet(
  "add all alter and as asc avg begin between by case commit count create delete desc distinct drop else end except exists false from full group having in index inner insert intersect into is join key left like limit max min not null offset on or order outer over partition primary right select set sum table then true union unique update values view when where with"
);
function wordsOf(code, language) {
  const name = language.trim().toLowerCase();
  if (PLAIN.test(name) || code.length > MOST_CHARACTERS) return [];
  const isSql = SQL.test(name);
  const line = HASH.test(name) ? "#" : isSql || DASHES.test(name) ? "--" : "//";
  const parts = [
    `(?<comment>(?<![^\\s;{}(),])${line}[^\\n]*|/\\*[^]*?\\*/|<!--[^]*?-->)`,
    `(?<string>"""[^]*?"""|"(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])*'|\`(?:\\\\.|[^\`\\\\])*\`)`,
    `(?<number>\\b(?:0x[\\da-f]+|\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?)\\b)`,
    `(?<keyword>[a-z_][\\w]*)`
  ];
  const words = code.matchAll(new RegExp(parts.join("|"), "gi"));
  return [...words].flatMap(({ groups = {}, index, 0: { length } }) => {
    const kind = Object.keys(groups).find((known) => groups[known] !== void 0) ?? "";
    const word = groups.keyword;
    const isWord = word !== void 0;
    const isKnown = isWord && (isSql ? SQL_WORDS.has(word.toLowerCase()) : KEYWORDS.has(lowered(word)));
    return isWord && !isKnown ? [] : [{ kind, start: index, length }];
  });
}
var lowered = (word) => /^(True|False|None)$/.test(word) ? word.toLowerCase() : word;
function colourCode(root) {
  const ranges = { comment: [], string: [], number: [], keyword: [] };
  for (const code of root.querySelectorAll("pre[data-language] > code")) {
    const { text, range } = textOf(code);
    const language = code.parentElement?.dataset.language ?? "";
    const shift = text.length - (code.textContent ?? "").length;
    for (const { kind, start, length } of wordsOf(code.textContent ?? "", language)) {
      ranges[kind].push(range(start + shift, length));
    }
  }
  for (const [kind, found] of Object.entries(ranges)) markText(`ek-${kind}`, found);
}
function offerCopies(body) {
  for (const pre of body.querySelectorAll("pre")) {
    const element = button("Copy", null, () => copy(pre, element), {
      class: "ek-button ek-quiet ek-copy",
      "aria-label": "Copy the code"
    });
    const frame = h("div", { class: "ek-code-frame" });
    pre.replaceWith(frame);
    frame.append(pre, element);
  }
}
async function copy(pre, element) {
  const words = element.querySelector("span") ?? element;
  const text = pre.textContent ?? "";
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  words.textContent = isCopied || copyBySelecting(pre) ? "Copied" : "Not copied";
  setTimeout(() => words.textContent = "Copy", 2e3);
}
function copyBySelecting(pre) {
  const selection = window.getSelection();
  selection?.selectAllChildren(pre);
  const isCopied = document.execCommand("copy");
  selection?.removeAllRanges();
  return isCopied;
}

// pages/shared/components/workbench/differing.js
var MOST_WORDS = 12e3;
var MOST_CHANGES = 2e3;
var wordsIn = (text) => [...text.matchAll(/[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]/gu)].map(({ 0: word, index }) => ({
  word: word.toLowerCase(),
  start: index,
  length: word.length
}));
function differing(first, second) {
  if (first.length + second.length > MOST_WORDS) return null;
  const steps = [];
  const [n, m] = [first.length, second.length];
  const most = Math.min(n + m, MOST_CHANGES);
  const reached = new Int32Array(2 * most + 3);
  const at = (k) => k + most + 1;
  for (let changes = 0; changes <= most; changes += 1) {
    steps.push(reached.slice(at(-changes - 1), at(changes + 1) + 1));
    for (let k = -changes; k <= changes; k += 2) {
      const isDown = k === -changes || k !== changes && reached[at(k - 1)] < reached[at(k + 1)];
      let x = isDown ? reached[at(k + 1)] : reached[at(k - 1)] + 1;
      while (x < n && x - k < m && first[x] === second[x - k]) x += 1;
      reached[at(k)] = x;
      if (x >= n && x - k >= m) return wayBack(steps, n, m);
    }
  }
  return null;
}
function wayBack(steps, n, m) {
  const [inFirst, inSecond] = [/* @__PURE__ */ new Set(), /* @__PURE__ */ new Set()];
  let [x, y] = [n, m];
  for (let changes = steps.length - 1; changes > 0; changes -= 1) {
    const reached = steps[changes];
    const at = (k2) => k2 + changes + 1;
    const k = x - y;
    const isDown = k === -changes || k !== changes && reached[at(k - 1)] < reached[at(k + 1)];
    const before = isDown ? k + 1 : k - 1;
    x = reached[at(before)];
    y = x - before;
    if (isDown) inSecond.add(y);
    else inFirst.add(x);
  }
  return [inFirst, inSecond];
}
function comparing(bodies) {
  const note = h("div", { class: "ek-differing", role: "status" });
  let isOn = false;
  const element = button("Compare", "V", toggle, {
    class: "ek-button ek-quiet",
    "aria-label": "Compare word by word",
    "aria-pressed": "false"
  });
  const paint = () => {
    if (isOn) note.textContent = paintDifference(bodies);
    else forgetDifference();
  };
  const watching = new MutationObserver(paint);
  bodies.forEach((body) => watching.observe(body, { childList: true }));
  function toggle() {
    isOn = !isOn;
    element.setAttribute("aria-pressed", String(isOn));
    note.hidden = !isOn;
    paint();
  }
  note.hidden = true;
  return { note, button: element, toggle };
}
function paintDifference(bodies) {
  const texts = bodies.map((body) => textOf(body));
  const words = texts.map(({ text }) => wordsIn(text));
  const [first, second] = words.map((list) => list.map(({ word }) => word));
  const places = differing(first, second);
  if (places === null) {
    forgetDifference();
    return "Too different to compare by words";
  }
  const ranges = places.map(
    (only, side) => runs(words[side], only).map(([start, end]) => texts[side].range(start, end - start))
  );
  markText("ek-only-left", ranges[0]);
  markText("ek-only-right", ranges[1]);
  if (!places[0].size && !places[1].size) return "Word for word the same";
  const [inA, inB] = places.map(({ size }) => `${size} ${size === 1 ? "word" : "words"}`);
  return `Underlined: ${inA} only in A, ${inB} only in B`;
}
function forgetDifference() {
  markText("ek-only-left", []);
  markText("ek-only-right", []);
}
function runs(words, only) {
  const stretches = [];
  let last = -2;
  for (const place5 of [...only].sort((a, b) => a - b)) {
    const { start, length } = words[place5];
    if (place5 === last + 1) stretches[stretches.length - 1][1] = start + length;
    else stretches.push([start, start + length]);
    last = place5;
  }
  return stretches;
}

// pages/shared/components/workbench/find.js
var PARTS = ".ek-case-body, .ek-pane-body";
function buildFinder(main) {
  let places = [];
  let at = 0;
  const field = h("input", {
    type: "search",
    class: "ek-search",
    "aria-label": "Find in case and responses",
    placeholder: "Find",
    autocomplete: "off",
    spellcheck: "false",
    ...shortcut("/")
  });
  const count = h("span", { class: "ek-found", role: "status" });
  const ways = h(
    "span",
    { class: "ek-ways" },
    count,
    button("‹", null, () => step(-1), { class: "ek-button ek-quiet", "aria-label": "Place before" }),
    button("›", null, () => step(1), { class: "ek-button ek-quiet", "aria-label": "Next place" })
  );
  ways.hidden = true;
  const node = h(
    "div",
    { class: "ek-finder", role: "search" },
    h("label", { class: "ek-searching" }, field, kbd("/")),
    ways
  );
  function look() {
    places = field.value.trim() ? placesOf(main, field.value) : [];
    at = 0;
    ways.hidden = !field.value.trim();
    paint();
    if (places.length) reach(places[at]);
  }
  function paint() {
    const words = places.length ? `${at + 1} of ${places.length}` : "Nothing found";
    count.textContent = field.value.trim() ? words : "";
    markText("ek-found", places);
    markText("ek-found-here", places.slice(at, at + 1));
  }
  function step(by) {
    if (!places.length) return;
    at = (at + by + places.length) % places.length;
    paint();
    reach(places[at]);
  }
  function clear() {
    field.value = "";
    look();
    field.blur();
  }
  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") clear();
    else return;
    event.preventDefault();
  });
  const again = () => field.value.trim() && look();
  const watching = new MutationObserver(again);
  main.querySelectorAll(".ek-pane-body").forEach((body) => watching.observe(body, { childList: true }));
  return {
    node,
    focus: () => {
      field.focus();
      field.select();
    },
    forget: () => {
      watching.disconnect();
      places = [];
      paint();
    }
  };
}
function placesOf(main, words) {
  const escaped = words.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const sought = new RegExp(escaped.replace(/\s+/g, "\\s+"), "giu");
  return [...main.querySelectorAll(PARTS)].flatMap((part) => {
    const { text, range } = textOf(part);
    return [...text.matchAll(sought)].map((match) => range(match.index, match[0].length));
  });
}
function reach(place5) {
  const element = place5.startContainer.parentElement;
  for (let fold = element?.closest("details"); fold; fold = fold.parentElement?.closest("details")) {
    fold.open = true;
  }
  const part = element?.closest(PARTS);
  if (!part) return;
  const [box, frame] = [place5.getBoundingClientRect(), part.getBoundingClientRect()];
  if (box.top >= frame.top && box.bottom <= frame.bottom) return;
  part.scrollBy({ top: box.top - frame.top - frame.height / 3, behavior: "instant" });
  const seen2 = place5.getBoundingClientRect();
  if (seen2.bottom > window.innerHeight || seen2.top < 0) element?.scrollIntoView({ block: "center" });
}

// pages/shared/components/workbench/places.js
var BLOCKS2 = "p, li, h1, h2, h3, h4, h5, h6, td, th, pre, summary, blockquote, div, section, math";
var OURS2 = ".ek-copy, .ek-step-line";
var pointsIn = (text) => {
  let n = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    const isPair = (text.charCodeAt(at) & 64512) === 55296 && (text.charCodeAt(at + 1) & 64512) === 56320;
    if (isPair) {
      n -= 1;
      at += 1;
    }
  }
  return n;
};
function unitsOf(text, points) {
  let at = 0;
  for (let n = 0; n < points && at < text.length; n += 1) at += Number(text.codePointAt(at)) > 65535 ? 2 : 1;
  return at;
}
function written(runs2, { start, end }, length) {
  let [low, high] = [0, length];
  for (const [here, there, n] of runs2) {
    if (here <= start) low = there + Math.min(start - here, n);
    if (end <= here + n) {
      high = there + Math.max(end - here, 0);
      break;
    }
  }
  return { start: low, end: Math.max(low, high) };
}
function seen(runs2, stretch, length) {
  const turned = runs2.map(([rendered2, raw, n]) => (
    /** @type {[number, number, number]} */
    [raw, rendered2, n]
  ));
  return written(turned, stretch, length);
}
function trimmed(text, { start, end }) {
  const words = text.slice(start, end);
  const lead = words.length - words.trimStart().length;
  return lead === words.length ? { start, end: start } : { start: start + lead, end: start + words.trimEnd().length };
}
function wholeCharacters(text, { start, end }) {
  const from = Math.max(0, text.lastIndexOf("\n", start - 1) + 1);
  const stop = text.indexOf("\n", end);
  const to = stop < 0 ? text.length : stop;
  let [first, last] = [start, end];
  for (const { index, segment } of new Intl.Segmenter(void 0, { granularity: "grapheme" }).segment(text.slice(from, to))) {
    const [low, high] = [from + index, from + index + segment.length];
    if (low < start && start < high) first = low;
    if (low < end && end < high) last = high;
    if (low >= end) break;
  }
  return { start: first, end: last };
}
function wordsIn2(text) {
  const words = [];
  let wasWord = true;
  for (const { index, segment, isWordLike } of new Intl.Segmenter(void 0, { granularity: "word" }).segment(text)) {
    if (!segment.trim()) {
      wasWord = true;
      continue;
    }
    const last = words[words.length - 1];
    if (!isWordLike && !wasWord && last?.end === index) last.end += segment.length;
    else words.push({ start: index, end: index + segment.length });
    wasWord = Boolean(isWordLike);
  }
  return words;
}
function sentencesIn(text) {
  const segmenter = new Intl.Segmenter(void 0, { granularity: "sentence" });
  const sentences = [];
  let from = 0;
  for (const line of text.split("\n")) {
    for (const { index, segment } of segmenter.segment(line)) {
      const stretch = trimmed(text, { start: from + index, end: from + index + segment.length });
      if (stretch.end > stretch.start) sentences.push(stretch);
    }
    from += line.length + 1;
  }
  return sentences;
}
function placing(body, response, isRaw) {
  const raw = response.raw;
  const nRaw = pointsIn(raw);
  const pieces = [];
  let text = "";
  let points = 0;
  let block = null;
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = (
      /** @type {Text} */
      walker.currentNode
    );
    if (node.parentElement?.closest(OURS2)) continue;
    const around = node.parentElement?.closest(BLOCKS2);
    if (around !== block && text && !text.endsWith("\n")) text += "\n";
    block = around;
    pieces.push({ node, start: text.length, points });
    text += node.data;
    points += pointsIn(node.data);
  }
  const runs2 = isRaw ? [[0, 0, nRaw]] : response.places;
  const pieceAt = (offset) => pieces[Math.max(0, pieces.findLastIndex(({ start }) => start <= offset))];
  const pointAt2 = (offset) => {
    const { node, start, points: before } = pieceAt(offset);
    return before + pointsIn(node.data.slice(0, offset - start));
  };
  const unitAt = (point) => {
    const piece = pieces[Math.max(0, pieces.findLastIndex(({ points: before }) => before <= point))];
    return piece.start + unitsOf(piece.node.data, point - piece.points);
  };
  const at = (point) => unitsOf(raw, point);
  return {
    text,
    isPlaced: pieces.length > 0 && runs2.length > 0,
    written: ({ start, end }) => {
      const place5 = written(runs2, { start: pointAt2(start), end: pointAt2(end) }, nRaw);
      const first = at(place5.start);
      const words = trimmed(raw, { start: first, end: Math.max(first, at(place5.end)) });
      const from = place5.start + pointsIn(raw.slice(first, words.start));
      const quote = raw.slice(words.start, words.end);
      return { start: from, end: from + pointsIn(quote), quote };
    },
    seen: (stretch) => {
      const { start, end } = seen(runs2, stretch, points);
      return trimmed(text, { start: unitAt(start), end: Math.max(unitAt(start), unitAt(end)) });
    },
    range: ({ start, end }) => {
      const range = document.createRange();
      const [first, last] = [pieceAt(start), pieceAt(Math.max(start, end - 1))];
      range.setStart(first.node, Math.min(start - first.start, first.node.length));
      range.setEnd(last.node, Math.min(end - last.start, last.node.length));
      return range;
    },
    /** Where a point of the page stands in the text. */
    offset: (node, offset) => {
      const range = document.createRange();
      range.setStart(node, offset);
      const index = pieces.findIndex((piece2) => piece2.node === node || range.comparePoint(piece2.node, 0) > 0);
      if (index < 0) return text.length;
      const piece = pieces[index];
      return piece.node === node ? piece.start + offset : piece.start;
    }
  };
}

// pages/shared/components/workbench/caret.js
function caretOf({ selecting: selecting2, sides, edit }) {
  let state = null;
  function begin(side) {
    const { text, isPlaced } = selecting2.place(side);
    const words = wordsIn2(text);
    if (!isPlaced || !words.length) return false;
    const body = selecting2.body(side);
    const chosen = selecting2.chosen();
    const start = chosen?.side === side ? chosen.start : firstInView(side, words);
    const from = Math.max(0, words.findLastIndex((word) => word.start <= start));
    const last = words.findLastIndex((word) => chosen !== null && word.start < chosen.end);
    const to = chosen?.side === side ? Math.max(from, last) : from;
    state = { side, text, words, sentences: sentencesIn(text), from, to };
    body.focus({ preventScroll: true });
    paint();
    return true;
  }
  function firstInView(side, words) {
    const { top } = selecting2.body(side).getBoundingClientRect();
    const { range } = selecting2.place(side);
    let [low, high] = [0, words.length - 1];
    while (low < high) {
      const middle = low + high >> 1;
      if (range(words[middle]).getBoundingClientRect().bottom > Math.max(top, 0)) high = middle;
      else low = middle + 1;
    }
    return words[low].start;
  }
  function paint() {
    if (!state) return;
    const { side, words, from, to } = state;
    const stretch = { start: words[Math.min(from, to)].start, end: words[Math.max(from, to)].end };
    const place5 = selecting2.place(side);
    reach(place5.range(words[to]));
    const whole = place5.range(stretch);
    window.getSelection()?.setBaseAndExtent(whole.startContainer, whole.startOffset, whole.endContainer, whole.endOffset);
    selecting2.choose({ side, ...stretch });
  }
  function go2(to, isExtending) {
    if (!state) return;
    state.to = Math.max(0, Math.min(to, state.words.length - 1));
    if (!isExtending) state.from = state.to;
    paint();
  }
  function sentence2(step, isExtending) {
    if (!state) return;
    const { words, sentences, to, from } = state;
    const at = sentences.findLastIndex(({ start: start2 }) => start2 <= words[to].start);
    const here = sentences[Math.max(at, 0)];
    if (isExtending && step > 0) {
      const isAtEnd = words[to].end >= here.end;
      const last = sentences[Math.min(at + (isAtEnd ? 1 : 0), sentences.length - 1)].end;
      return go2(words.findLastIndex((word) => word.end <= last), true);
    }
    const isAtStart = words[to].start <= here.start || isExtending && to > from;
    const next = step > 0 ? at + 1 : isAtStart ? at - 1 : at;
    const start = sentences[Math.max(0, Math.min(next, sentences.length - 1))].start;
    go2(words.findIndex((word) => word.start >= start), isExtending);
  }
  function leave2() {
    state = null;
    selecting2.forget();
  }
  const isRtl = () => {
    if (!state) return false;
    const { startContainer } = selecting2.place(state.side).range(state.words[state.to]);
    return getComputedStyle(
      /** @type {Element} */
      startContainer.parentElement
    ).direction === "rtl";
  };
  const other = () => sides[(sides.indexOf(state?.side ?? sides[0]) + 1) % sides.length];
  function enter2() {
    if (!state) return;
    const { side, words, from, to } = state;
    if (from !== to || !edit(side, words[to].start)) selecting2.mark();
  }
  const actions = (to, isMore) => {
    const onward = isRtl() ? -1 : 1;
    return {
      ArrowRight: () => go2(to + onward, isMore),
      ArrowLeft: () => go2(to - onward, isMore),
      "Control ArrowRight": () => sentence2(onward, isMore),
      "Control ArrowLeft": () => sentence2(-onward, isMore),
      ArrowDown: () => sentence2(1, isMore),
      ArrowUp: () => sentence2(-1, isMore),
      w: () => go2(to + 1, isMore),
      s: () => sentence2(1, isMore),
      "+": () => begin(other()),
      "=": () => begin(other()),
      Enter: enter2,
      Escape: leave2
    };
  };
  function onkey(event) {
    if (!state || event.altKey || event.metaKey) return false;
    if (selecting2.place(state.side).text !== state.text) state = null;
    const name = event.key.length > 1 ? event.key : keyName(event);
    if (!state || name.length === 1 && singleKeys.isOff) return false;
    const action = actions(state.to, event.shiftKey)[event.ctrlKey ? `Control ${name}` : name];
    action?.();
    return action !== void 0;
  }
  return {
    begin,
    isOn: () => state !== null,
    onkey,
    paint: () => state && go2(state.to, false),
    end: () => state = null
  };
}

// pages/shared/components/workbench/marks.js
function groupsOf(tags) {
  const groups = /* @__PURE__ */ new Map();
  const names = new Map(tags.map((tag) => [tag.key, tag.name]));
  const parents = new Set(tags.flatMap(({ key }) => key.includes("/") ? [parentOf(key)] : []));
  for (const tag of tags) {
    const parent = tag.key.includes("/") ? parentOf(tag.key) : parents.has(tag.key) ? tag.key : "";
    const name = parent && (names.get(parent) ?? spelt2(parent));
    const group = groups.get(parent) ?? { name, tags: [] };
    if (tag.key === parent) group.tags.unshift(tag);
    else group.tags.push(tag);
    groups.set(parent, group);
  }
  return [...groups.values()];
}
var parentOf = (key) => key.slice(0, key.lastIndexOf("/"));
function spelt2(key) {
  const words = key.replace(/[_/]/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
function markingOf({ sides, answers, remember, onchange }, side) {
  const marks = answers.tags[side];
  const listeners = /* @__PURE__ */ new Set();
  function set(tag, severity) {
    if (severity === void 0) delete marks[tag.key];
    else marks[tag.key] = severity;
    noteDown(tag);
    listeners.forEach((listener) => listener());
    onchange();
  }
  const noteDown = (tag) => remember(`${side} ${tag.key}`, tag.key in marks, () => set(tag, void 0));
  return {
    title: sides.length > 1 ? `Errors in ${LETTER[side]}` : "Errors",
    marks,
    set,
    isClearable: true,
    noteDown,
    /** Off → each severity → off. */
    next: (tag) => {
      const severities = severitiesOf(tag);
      set(tag, severities[tag.key in marks ? severities.indexOf(marks[tag.key]) + 1 : 0]);
    },
    hear: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    }
  };
}
var severitiesOf = (tag) => tag.severities.length ? tag.severities.map(({ key }) => key) : [null];
var severityName = (tag, severity) => gradeOf(tag, severity)?.name ?? severity;
var gravityOf = (tag, severity) => gradeOf(tag, severity)?.gravity ?? 0;
var gradeOf = (tag, severity) => tag?.severities.find(({ key }) => key === severity);
var LETTERS = "abceghijklmnopqrstuvwxyz";
function lettersOf(tags) {
  const free = new Set(LETTERS);
  const letters = /* @__PURE__ */ new Map();
  if (tags.length > free.size) return letters;
  const take = (tag, wished) => {
    const letter = letters.has(tag.key) ? void 0 : [...wished].find((key) => free.has(key));
    if (letter === void 0) return;
    free.delete(letter);
    letters.set(tag.key, letter);
  };
  const name = (tag) => tag.name.normalize("NFKD").toLowerCase();
  for (const tag of tags) take(tag, name(tag).slice(0, 1));
  for (const tag of tags) take(tag, name(tag).split(/\s+/).map((word) => word.charAt(0)));
  for (const tag of tags) take(tag, name(tag));
  for (const tag of tags) take(tag, free);
  return letters;
}

// pages/shared/components/workbench/spans.js
var MOST = 300;
var EMPTY = {
  tag: "",
  severity: null,
  start: null,
  end: null,
  quote: null,
  note: "",
  step: null,
  omission: false
};
function spansOf({ data, sides, answers, remember, onchange }) {
  const tags = new Map(data.tags.map((tag) => [tag.key, tag]));
  const listeners = /* @__PURE__ */ new Set();
  const { marks } = answers;
  const names = /* @__PURE__ */ new WeakMap();
  let n = 0;
  function changed(side, mark) {
    const name = names.get(mark) ?? `${side} mark ${n += 1}`;
    names.set(mark, name);
    remember(name, marks[side].includes(mark), () => remove2(side, mark));
    listeners.forEach((listener) => listener(side));
  }
  function put(side, mark) {
    if (!marks[side].includes(mark)) {
      if (marks[side].length >= MOST) return;
      marks[side].push(mark);
    }
    changed(side, mark);
    onchange();
  }
  function remove2(side, mark) {
    const at = marks[side].indexOf(mark);
    if (at < 0) return;
    marks[side].splice(at, 1);
    changed(side, mark);
    onchange();
  }
  for (const side of sides) marks[side].forEach((mark) => changed(side, mark));
  return {
    of: (side) => marks[side],
    tag: (mark) => tags.get(mark.tag),
    put,
    remove: remove2,
    hear: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    }
  };
}
function markingOfSpan({ spans, side, mark, title }) {
  const marks = /* @__PURE__ */ Object.create(null);
  const listeners = /* @__PURE__ */ new Set();
  if (mark.tag) marks[mark.tag] = mark.severity;
  function set(tag, severity) {
    for (const key of Object.keys(marks)) delete marks[key];
    if (severity === void 0) {
      mark.tag = "";
      spans.remove(side, mark);
    } else {
      mark.tag = tag.key;
      mark.severity = marks[tag.key] = severity;
      spans.put(side, mark);
    }
    listeners.forEach((listener) => listener());
  }
  return {
    title,
    marks,
    set,
    isClearable: false,
    noteDown: () => {
    },
    /** Once more for more severe, then from the first on. */
    next: (tag) => {
      const severities = severitiesOf(tag);
      const at = tag.key in marks ? severities.indexOf(marks[tag.key]) + 1 : 0;
      set(tag, severities[at % severities.length]);
    },
    hear: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    }
  };
}
function partsOfSpan({ spans, side, mark, isNew, close, offers, marking }) {
  const note = h("input", {
    class: "ek-search ek-span-note",
    "aria-label": mark.omission ? "What is missing" : "Note on this error",
    placeholder: mark.omission ? "What is missing" : "Note, if needed",
    maxlength: "10000",
    dir: "auto",
    autocomplete: "off",
    ...shortcut(".")
  });
  note.value = mark.note;
  note.addEventListener("input", () => {
    mark.note = note.value;
    if (mark.tag) spans.put(side, mark);
  });
  const offered = offers.watch(note, {
    source: "note",
    places: (tag) => mark.tag ? [] : [{ words: "Take", mark: () => marking.next(tag) }]
  });
  marking.hear(offered.close);
  const remove2 = () => {
    spans.remove(side, mark);
    close();
  };
  const removing = button("Remove", "Delete", remove2, { class: "ek-button ek-quiet" });
  removing.hidden = isNew;
  const line = h(
    "div",
    { class: "ek-span-line" },
    mark.quote === null ? null : h("q", { class: "ek-span-words", dir: "auto" }, shortened(mark.quote, 160)),
    h("div", { class: "ek-span-fields" }, h("label", { class: "ek-searching" }, note, kbd(".")), removing),
    offered.node
  );
  return {
    onleave: offered.close,
    node: line,
    keys: { ".": () => note.focus(), Delete: () => !isNew && remove2() }
  };
}
function titleOf({ omission, quote, step }, side, isOnly) {
  const what = omission ? "Missing content" : quote === null && step !== null ? `Step ${step + 1}` : "Words";
  return isOnly ? what : `${what} in ${LETTER[side]}`;
}
function spanList({ spans, side, isOnly, onopen }) {
  const of = isOnly ? "" : ` in ${LETTER[side]}`;
  const list = h("ul", { class: "ek-span-list", "aria-label": `Marked words${of}`, role: "list" });
  const said = h("span", { class: "ek-unseen", role: "status" });
  const node = h("div", { class: "ek-spans" }, list, said);
  let before = spans.of(side).length;
  function paint() {
    const marks = spans.of(side);
    const focused = [...list.querySelectorAll("button")].indexOf(
      /** @type {any} */
      document.activeElement
    );
    list.replaceChildren(...sorted(marks).map((mark) => h("li", {}, spanButton({ spans, mark, onopen }))));
    if (focused >= 0) list.querySelectorAll("button")[Math.min(focused, marks.length - 1)]?.focus();
    node.hidden = marks.length === 0;
    if (marks.length !== before) said.textContent = `${marks.length} marked${of}`;
    before = marks.length;
  }
  spans.hear((changed) => changed === side && paint());
  paint();
  return node;
}
function sorted(marks) {
  const place5 = (mark) => mark.start ?? Infinity;
  return [...marks].sort((a, b) => place5(a) - place5(b) || 0);
}
function spanButton({ spans, mark, onopen }) {
  const tag = spans.tag(mark);
  const name = tag?.name ?? mark.tag;
  const words = wordsOf2(mark);
  const severity = severityName(tag, mark.severity);
  const spoken = [name, severity, words, mark.note].filter(Boolean).join(", ");
  const properties = {
    type: "button",
    class: "ek-span",
    "aria-label": `Change mark: ${spoken}`,
    "aria-haspopup": "dialog",
    onclick: () => onopen(mark)
  };
  const node = h(
    "button",
    properties,
    h("span", { class: "ek-span-tag", dir: "auto" }, name),
    severity ? h("span", { class: "ek-severity" }, severity) : null,
    h("span", { class: "ek-span-quote", dir: "auto" }, words),
    mark.note ? h("span", { class: "ek-span-noted", dir: "auto" }, mark.note) : null
  );
  node.style.setProperty("--ek-gravity", String(gravityOf(tag, mark.severity)));
  return node;
}
function wordsOf2(mark) {
  if (mark.omission) return "missing content";
  const step = mark.step === null ? "" : `step ${mark.step + 1}`;
  if (mark.quote === null) return step;
  return `${step ? `${step}: ` : ""}“${shortened(mark.quote, 60)}”`;
}
function shortened(words, most) {
  const line = words.replace(/\s+/g, " ").trim();
  const characters = [...line];
  if (characters.length <= most) return line;
  const half = Math.floor(most / 2);
  return `${characters.slice(0, half).join("").trimEnd()} … ${characters.slice(-half).join("").trimStart()}`;
}

// pages/shared/components/workbench/steps.js
function stepAt({ steps }, point) {
  const step = (steps ?? []).findIndex(([start, end]) => start <= point && point < end);
  return step < 0 ? null : step;
}
var isOfModel = ({ steps }, step) => step === null || (steps[step]?.[2] ?? true);
function offerSteps({ data, sides, spans, body, onopen }) {
  function paint(side) {
    const response = (
      /** @type {ResponseData} */
      data[side]
    );
    const elements = body(side).querySelector(".ek-steps")?.children ?? [];
    [...elements].forEach((element, step) => {
      if (!isOfModel(response, step)) return;
      const marks = spans.of(side).filter((mark) => mark.step === step && mark.quote === null);
      const chips = marks.map((mark) => spanButton({ spans, mark, onopen: () => onopen(side, mark, false) }));
      const words = { class: "ek-button ek-quiet", "aria-label": `Mark step ${step + 1} as a whole`, "aria-haspopup": "dialog" };
      const more = button("Mark step", null, () => onopen(side, { ...EMPTY, step }, true), words);
      [...chips, more].forEach((way) => way.setAttribute("tabindex", "-1"));
      lineOf(element).replaceChildren(...chips, more);
    });
  }
  const own = sides.filter((side) => data[side]?.steps?.length);
  const watching = new MutationObserver(() => own.forEach(paint));
  for (const side of own) {
    watching.observe(body(side), { childList: true });
    paint(side);
  }
  const deaf = own.length ? spans.hear((side) => own.includes(side) && paint(side)) : () => {
  };
  return {
    close: () => {
      watching.disconnect();
      deaf();
    }
  };
}
function lineOf(element) {
  const known = element.querySelector(":scope > .ek-step-line, :scope > .ek-content > .ek-step-line");
  if (known) return known;
  const line = h("div", { class: "ek-step-line" });
  if (element.localName === "details") element.querySelector(":scope > .ek-content")?.prepend(line);
  else element.querySelector(":scope > .ek-role")?.after(line);
  return line;
}

// pages/shared/components/workbench/selecting.js
var REST = 250;
var LAYERS = 3;
var TINTS = 8;
var IN_RAW = "Words are marked in the raw text: R shows it";
var OF_USER = "The user wrote this: errors are marked in what the model wrote";
function selecting({ root, data, panes, sides, spans, onopen }) {
  const placings = /* @__PURE__ */ new Map();
  let chosen = null;
  let isDown = false;
  let timer;
  const bar = barOf({ mark: () => markChosen(), step: () => markStep() });
  root.append(bar.node);
  const listening = new AbortController();
  const options = { signal: listening.signal };
  const paneOf = (side) => panes[sides.indexOf(side)];
  const responseOf = (side) => (
    /** @type {ResponseData} */
    data[side]
  );
  function place5(side) {
    const { body, isRaw } = paneOf(side);
    const known = placings.get(side) ?? placing(body, responseOf(side), isRaw());
    placings.set(side, known);
    return known;
  }
  function look() {
    if (root.querySelector(".ek-palette")) return;
    const selection = window.getSelection();
    const side = selection && !selection.isCollapsed ? sideOf(selection.anchorNode) : void 0;
    if (!selection || side === void 0) return choose(null);
    const range = selection.getRangeAt(0).cloneRange();
    const { body } = paneOf(side);
    const whole = document.createRange();
    whole.selectNodeContents(body);
    if (range.compareBoundaryPoints(Range.START_TO_START, whole) < 0) range.setStart(body, 0);
    if (range.compareBoundaryPoints(Range.END_TO_END, whole) > 0) range.setEnd(body, body.childNodes.length);
    const { text, offset } = place5(side);
    const start = offset(range.startContainer, range.startOffset);
    const end = offset(range.endContainer, range.endOffset);
    const stretch = wholeCharacters(text, trimmed(text, { start, end: Math.max(start, end) }));
    choose(stretch.end > stretch.start ? { side, ...stretch } : null);
  }
  const sideOf = (node) => sides.find((side) => node && paneOf(side).body.contains(node));
  function choose(stretch) {
    chosen = stretch;
    const range = stretch && place5(stretch.side).range(stretch);
    markText("ek-chosen", range ? [range] : []);
    const isPlaced = Boolean(stretch && place5(stretch.side).isPlaced);
    const response = stretch && responseOf(stretch.side);
    const step = stretch && isPlaced ? stepAt(responseOf(stretch.side), place5(stretch.side).written(stretch).start) : null;
    bar.show(range, {
      key: stretch?.side === "right" ? "F" : "D",
      words: !isPlaced ? IN_RAW : response && !isOfModel(response, step) ? OF_USER : "",
      hasSteps: step !== null
    });
  }
  function markChosen() {
    if (!chosen || !place5(chosen.side).isPlaced) return false;
    const { side } = chosen;
    const { start, end, quote } = place5(side).written(chosen);
    if (end <= start) return false;
    const step = stepAt(responseOf(side), start);
    if (!isOfModel(responseOf(side), step)) return false;
    const last = step === null ? end : Math.min(end, responseOf(side).steps?.[step][1] ?? end);
    const words = last === end ? quote : [...quote].slice(0, last - start).join("");
    bar.show(null);
    onopen(side, { ...EMPTY, start, end: last, quote: words, step }, true);
    return true;
  }
  function markStep() {
    if (!chosen || !place5(chosen.side).isPlaced) return false;
    const { side } = chosen;
    const step = stepAt(responseOf(side), place5(side).written(chosen).start);
    if (step === null || !isOfModel(responseOf(side), step)) return false;
    bar.show(null);
    onopen(side, { ...EMPTY, step }, true);
    return true;
  }
  function forget() {
    const selection = window.getSelection();
    if (chosen && selection && sideOf(selection.anchorNode) !== void 0) selection.removeAllRanges();
    choose(null);
  }
  function marksAt(side, offset) {
    const { seen: seen2, isPlaced } = place5(side);
    if (!isPlaced) return [];
    return spans.of(side).filter((mark) => mark.start !== null && mark.end !== null).map((mark) => ({ mark, ...seen2({ start: Number(mark.start), end: Number(mark.end) }) })).filter(({ start, end }) => start <= offset && offset < end).sort((a, b) => a.end - a.start - (b.end - b.start)).map(({ mark }) => mark);
  }
  let opened;
  function onclick(event) {
    const target = event.target instanceof Element ? event.target : null;
    const side = sideOf(target);
    if (side === void 0 || !spans.of(side).length || target?.closest("button, summary, .ek-link")) return;
    if (!window.getSelection()?.isCollapsed) return;
    const point = pointAt(event.clientX, event.clientY);
    if (!point) return;
    const over = marksAt(side, place5(side).offset(point.node, point.offset));
    if (!over.length) return;
    opened = over[(over.indexOf(
      /** @type {Mark} */
      opened
    ) + 1) % over.length];
    onopen(side, opened, false);
  }
  function paint() {
    const ranges = /* @__PURE__ */ new Map();
    for (let layer = 0; layer < LAYERS; layer += 1) {
      for (let tint = 1; tint <= TINTS; tint += 1) ranges.set(`ek-span-${layer}-${tint}`, []);
    }
    for (const side of sides) {
      if (!spans.of(side).length) continue;
      const { seen: seen2, range, isPlaced } = place5(side);
      if (!isPlaced) continue;
      for (const { mark, layer } of layered(spans.of(side))) {
        const stretch = seen2({ start: Number(mark.start), end: Number(mark.end) });
        if (stretch.end <= stretch.start) continue;
        const tint = 1 + Math.round(gravityOf(spans.tag(mark), mark.severity) * (TINTS - 1));
        ranges.get(`ek-span-${layer % LAYERS}-${tint}`)?.push(range(stretch));
      }
    }
    ranges.forEach((list, name) => markText(name, list, BENEATH));
  }
  const watching = new MutationObserver(() => {
    placings.clear();
    choose(null);
    if (sides.some((side) => spans.of(side).length)) paint();
  });
  panes.forEach(({ body }) => watching.observe(body, { childList: true }));
  const rest = (time) => {
    clearTimeout(timer);
    timer = setTimeout(look, time);
  };
  document.addEventListener("selectionchange", () => isDown || rest(REST), options);
  for (const { body } of panes) {
    body.addEventListener("pointerdown", (event) => isDown = event.pointerType === "mouse", options);
    body.addEventListener("click", onclick, options);
    body.addEventListener("scroll", () => chosen && choose(chosen), { ...options, passive: true });
  }
  const up = () => {
    if (isDown) rest(0);
    isDown = false;
  };
  window.addEventListener("pointerup", up, options);
  window.addEventListener("pointercancel", up, options);
  const deaf = spans.hear(paint);
  if (sides.some((side) => spans.of(side).length)) requestAnimationFrame(paint);
  else paint();
  return {
    chosen: () => chosen,
    choose,
    mark: markChosen,
    markStep,
    forget,
    place: place5,
    marksAt,
    body: (side) => paneOf(side).body,
    close: () => {
      clearTimeout(timer);
      listening.abort();
      watching.disconnect();
      deaf();
      markText("ek-chosen", []);
      bar.node.remove();
    }
  };
}
var BENEATH = -1;
function layered(marks) {
  const ends = [];
  return sorted(marks.filter(({ start }) => start !== null)).map((mark) => {
    const free = ends.findIndex((end) => end <= Number(mark.start));
    const layer = free < 0 ? ends.length : free;
    ends[layer] = Number(mark.end);
    return { mark, layer };
  });
}
function pointAt(x, y) {
  if (document.caretPositionFromPoint) {
    const position = document.caretPositionFromPoint(x, y);
    return position && { node: position.offsetNode, offset: position.offset };
  }
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : null;
}
function barOf({ mark, step }) {
  const keep2 = (event) => event.preventDefault();
  const node = h("div", { class: "ek-bar", role: "group", "aria-label": "Words chosen", onpointerdown: keep2 });
  node.hidden = true;
  return {
    node,
    /**
     * @param {Range | null} range
     * @param {{ key: string, words: string, hasSteps: boolean }} [about] `words` say why nothing can be marked
     */
    show(range, about) {
      node.hidden = !range;
      if (!range || !about) return;
      const marking = button("Mark error", about.key, mark, { class: "ek-button ek-primary", "aria-haspopup": "dialog" });
      const whole = about.hasSteps ? button("Whole step", ".", step, { class: "ek-button", "aria-haspopup": "dialog" }) : null;
      if (about.words) node.replaceChildren(h("span", {}, about.words));
      else node.replaceChildren(...[marking, whole].filter((way) => way !== null));
      const isTouch = window.matchMedia("(pointer: coarse)").matches;
      const rects = range.getClientRects();
      const [first, last] = [rects[0], rects[rects.length - 1]];
      if (!first || !last) return void (node.hidden = true);
      const { width, height } = node.getBoundingClientRect();
      const left = Math.max(8, Math.min(first.left, window.innerWidth - width - 8));
      const above = first.top - height - 6;
      const below = last.bottom + (isTouch ? 28 : 6);
      const top = !isTouch && above > 8 ? above : Math.min(below, window.innerHeight - height - 8);
      Object.assign(node.style, { left: `${left}px`, top: `${top}px` });
    }
  };
}

// pages/shared/components/workbench/marking.js
var NOTHING = { mark: () => false, begin: () => false, onkey: () => false, close: () => {
} };
var isStep = ({ key, ctrlKey, altKey, metaKey }) => key === "." && !singleKeys.isOff && !(ctrlKey || altKey || metaKey);
function buildMarking({ root, data, form, panes }) {
  const { spans } = form;
  if (!spans) return NOTHING;
  const sides = sidesOf(data);
  const onopen = (side, mark, isNew) => void form.openSpan(side, mark, isNew, () => caret.isOn() ? caret.paint() : words.forget());
  const words = selecting({ root, data, panes: panes.panes, sides, spans, onopen });
  const caret = caretOf({
    selecting: words,
    sides,
    edit: (side, offset) => {
      const [mark] = words.marksAt(side, offset);
      if (mark) onopen(side, mark, false);
      return Boolean(mark);
    }
  });
  const steps = offerSteps({ data, sides, spans, body: words.body, onopen });
  const sideRead = () => {
    const seen2 = sides.filter((side) => words.body(side).checkVisibility());
    return seen2.find((side) => words.body(side).closest("[data-reading]")) ?? seen2[0];
  };
  const leave2 = (event) => {
    if (event.type === "pointerdown" || !(event.target instanceof Element && event.target.closest(".ek-pane-body, .ek-palette"))) caret.end();
  };
  root.addEventListener("pointerdown", leave2);
  root.addEventListener("focusin", leave2);
  return {
    mark: () => words.mark(),
    begin: () => {
      const side = words.chosen()?.side ?? sideRead();
      if (side === void 0 || !words.body(side).textContent) return false;
      if (words.place(side).isPlaced) return caret.begin(side);
      panes.toggleRaw();
      queueMicrotask(() => caret.begin(side));
      return true;
    },
    onkey: (event) => caret.onkey(event) || isStep(event) && words.markStep(),
    close: () => {
      steps.close();
      words.close();
    }
  };
}

// pages/shared/components/workbench/checklist.js
var NOT_APPLICABLE = "n/a: not applicable, counts in no share";
var WORDS = { 0: "no", 1: "yes", 2: "na" };
var LEVELS = [
  { value: 0, label: "No", anchor: "" },
  { value: 1, label: "Yes", anchor: "" },
  { value: 2, label: "n/a", anchor: "Not applicable: it counts in no share." }
];
var itemRows = (items) => items.map(({ key, question }) => ({
  key,
  question,
  description: "",
  levels: LEVELS,
  required: true,
  range: null,
  isItem: true
}));
var fieldOf = (side, { key, isItem }) => isItem ? `${side}.checks.${key}` : `${side}.${key}`;
function scoreOf(answers, side, { key, isItem }) {
  if (!isItem) return answers.scores[side][key];
  const word = answers.checks?.[side]?.[key];
  return LEVELS.map(({ value }) => value).find((value) => WORDS[value] === word);
}
function setScore(answers, side, { key, isItem }, value) {
  const isSet = value !== null && value !== void 0;
  if (!isItem) {
    if (isSet) answers.scores[side][key] = value;
    else delete answers.scores[side][key];
    return;
  }
  answers.checks ??= {};
  const own = answers.checks[side] ??= /* @__PURE__ */ Object.create(null);
  const word = isSet ? WORDS[value] : void 0;
  if (word) own[key] = word;
  else delete own[key];
}

// pages/shared/components/workbench/suggesting.js
var LEAST_LETTERS = 2;
function wordsOf3(text) {
  const plain = text.normalize("NFKC").toLowerCase();
  return [...plain.matchAll(/\p{L}+/gu)].map(([word]) => word).filter((word) => [...word].length >= LEAST_LETTERS);
}
function suggest(model, text) {
  const counts = /* @__PURE__ */ new Map();
  for (const word of wordsOf3(text)) {
    if (Object.hasOwn(model.terms, word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  if (!counts.size) return null;
  const weights = [...counts].map(([word, n]) => (
    /** @type {const} */
    [word, (1 + Math.log(n)) * model.terms[word][0]]
  ));
  const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0));
  const scores = model.tags.map(() => 0);
  let away = 0;
  for (const [word, weight] of weights) {
    const [, middle, ...of] = model.terms[word];
    away += weight / length * middle;
    for (let at = 0; at < of.length; at += 2) scores[of[at]] += weight / length * of[at + 1];
  }
  const near = scores.map((score, place5) => model.lengths[place5] ? (score - away) / model.lengths[place5] : 0);
  const best = near.indexOf(Math.max(...near));
  return near[best] >= model.cut ? model.tags[best] : null;
}

// pages/shared/components/workbench/offering.js
var STOPPED = 1e3;
var MOST2 = 100;
var KEYS = ["F2", "F4"];
function offersOf({ tags, log, model, isReady }) {
  let taking = /* @__PURE__ */ new Map();
  let hide = () => {
  };
  return {
    press: (key) => {
      const take = taking.get(key);
      take?.();
      return take !== void 0;
    },
    hide: () => hide(),
    watch: (field, offering) => {
      const node = h("div", { class: "ek-offer", role: "status" });
      node.hidden = true;
      const made = /* @__PURE__ */ new Map();
      let open = null;
      let timer;
      let before = field.value;
      const close = () => {
        clearTimeout(timer);
        if (open?.outcome === "offered") open.outcome = "refused";
        open = null;
        node.hidden = true;
        node.replaceChildren();
        if (hide === close) {
          taking = /* @__PURE__ */ new Map();
          hide = () => {
          };
        }
      };
      function offer() {
        clearTimeout(timer);
        const known = model();
        const words = field.value.trim();
        if (words === before.trim() || !known || !isReady() || !field.isConnected) return;
        before = field.value;
        const key = suggest(known, words);
        const tag = tags.find((each) => each.key === key);
        const places = tag ? offering.places(tag) : [];
        if (!tag || !places.length) return;
        const entry = made.get(tag.key) ?? { tag: tag.key, source: offering.source, outcome: "offered" };
        if (!made.has(tag.key)) {
          if (log().length >= MOST2) return;
          log().push(entry);
        } else if (entry.outcome === "taken") return;
        hide();
        entry.outcome = "offered";
        made.set(tag.key, entry);
        open = entry;
        show2(tag, places);
      }
      function show2(tag, places) {
        const ways = places.map(({ words, mark }, at) => {
          const take = () => {
            if (!open || !isReady()) return;
            const isFocused = node.contains(document.activeElement);
            const isMarkedBy = !offering.places(tag).length;
            if (!isMarkedBy) open.outcome = "taken";
            close();
            if (isFocused) field.focus();
            if (isMarkedBy) return;
            mark();
            node.textContent = `${tag.name}: marked.`;
            node.hidden = false;
          };
          if (KEYS[at]) taking.set(KEYS[at], take);
          return button(words, KEYS[at] ?? null, take, { class: "ek-button", "aria-label": `${words}: ${tag.name}` });
        });
        node.replaceChildren(h("span", {}, "Suggested: ", h("b", { dir: "auto" }, tag.name)), ...ways);
        node.hidden = false;
        node.scrollIntoView({ block: "nearest" });
        hide = close;
      }
      field.addEventListener("input", () => {
        close();
        timer = setTimeout(offer, STOPPED);
      });
      field.addEventListener("change", offer);
      return { node, close };
    }
  };
}

// pages/shared/components/workbench/preference.js
var PLAIN2 = [
  { preference: "left", name: "A better", keys: ["A"] },
  { preference: "right", name: "B better", keys: ["B"] },
  { preference: "tie", name: "Equally good", keys: ["E"] },
  { preference: "both_bad", name: "Both bad", keys: ["X"] }
];
var GRADED = [
  { preference: "left", strength: "much", name: "A much better", keys: ["A", "A"] },
  { preference: "left", strength: "slightly", name: "A better", keys: ["A"] },
  { preference: "tie", name: "Equally good", keys: ["E"] },
  { preference: "right", strength: "slightly", name: "B better", keys: ["B"] },
  { preference: "right", strength: "much", name: "B much better", keys: ["B", "B"] },
  { preference: "both_bad", name: "Both bad", keys: ["X"] }
];
var preferences = ({ collect }) => collect.includes("strength") ? GRADED : PLAIN2;
function keyed(options, preference, chosen) {
  const own = options.filter((option) => option.preference === preference);
  const usual = own.find((option) => option.strength !== "much");
  return chosen && chosen === usual ? own.find((option) => option !== usual) ?? usual : usual;
}
function preferencePart(form) {
  const { data, answers, places, changed, remember } = form;
  const options = preferences(data);
  const group = choices({
    label: "Which response is better",
    className: options === GRADED ? "ek-preference ek-graded" : "ek-preference",
    value: options.find(
      ({ preference, strength }) => preference === answers.preference && strength === answers.strength
    ),
    options: options.map((option) => ({
      value: option,
      name: option.name,
      key: option.keys.length === 1 ? option.keys[0] : null,
      face: h("span", { class: "ek-face" }, option.name, h("span", {}, option.keys.map(kbd)))
    })),
    onchoose: (option) => {
      answers.preference = option?.preference ?? null;
      answers.strength = option?.strength;
      remember("preference", answers.preference !== null, takeBack3);
      changed("preference");
    }
  });
  function takeBack3() {
    group.choose(null);
    group.focus();
  }
  remember("preference", answers.preference !== null, takeBack3);
  places.set("preference", { node: group.node, words: "preference", focus: group.focus });
  const certainty = data.collect.includes("certainty") ? certaintyPart(form) : null;
  const choose = (preference) => {
    group.choose(keyed(options, preference, group.chosen()));
    return true;
  };
  return {
    node: certainty ? h("div", { class: "ek-preferring" }, group.node, certainty) : group.node,
    choose,
    doubt: () => certainty !== null && (certainty.click(), true),
    isMissing: () => !group.chosen()
  };
}
function certaintyPart({ answers, remember, onchange }) {
  const node = button("Not sure", "I", toggle, { class: "ek-button ek-unsure" });
  function toggle() {
    answers.certainty = answers.certainty === "unsure" ? void 0 : "unsure";
    paint();
    onchange();
  }
  function paint() {
    const isUnsure = answers.certainty === "unsure";
    node.setAttribute("aria-pressed", String(isUnsure));
    remember("certainty", isUnsure, toggle);
  }
  paint();
  return node;
}

// pages/shared/components/workbench/room.js
function setRoom(part, room) {
  const root = (
    /** @type {HTMLElement} */
    part.closest(".ek-workbench")
  );
  if (room) root.dataset.room = room;
  else delete root.dataset.room;
  for (const element of root.querySelectorAll("[data-gives-room]")) {
    element.setAttribute("aria-pressed", String(element.getAttribute("data-gives-room") === room));
  }
}
function toggleRoom(part, room) {
  const root = (
    /** @type {HTMLElement} */
    part.closest(".ek-workbench")
  );
  setRoom(root, root.dataset.room === room ? "" : room);
}
function reveal(part) {
  if (part.closest(".ek-workbench[data-room]")) setRoom(part, "");
}
function keepFitting(form, nTags) {
  const watching = new ResizeObserver(() => {
    const main = form.closest(".ek-main");
    if (!main) return watching.disconnect();
    watching.observe(main);
    if (!form.clientHeight) return;
    const isFull = () => [main, form].some((part) => part.scrollHeight > part.clientHeight + 1);
    const isPage = getComputedStyle(main).display === "block";
    form.classList.remove("ek-collapsed", "ek-compact");
    form.classList.toggle("ek-collapsed", isPage ? nTags > MOST_CHIPS : isFull());
    form.classList.toggle("ek-compact", !isPage && isFull());
  });
  watching.observe(form);
  for (const part of form.children) watching.observe(part);
}
var MOST_CHIPS = 12;

// pages/shared/components/workbench/continuous.js
var PARTS2 = 1e3;
var DECIMALS = 6;
function isOnRange({ min, max, step }, value) {
  if (!(value >= min && value <= max)) return false;
  if (step === null) return true;
  const steps = (value - min) / step;
  return Math.abs(steps - Math.round(steps)) <= 1e-6;
}
function readNumber(range, typed) {
  const isNumber = /^-?(\d+\.?\d*|\.\d+)$/.test(typed);
  const value = isNumber ? Number(typed) : NaN;
  const isSet = isOnRange(range, value);
  return { value: isSet ? value : void 0, isPart: mayGoOn(range, typed), more: [] };
}
function mayGoOn({ min, max, step }, typed) {
  if (typed === "-") return min < 0;
  if (!/^-?(\d+(\.\d*)?|\.\d*)$/.test(typed)) return false;
  const [sign, size] = typed.startsWith("-") ? [-1, typed.slice(1)] : [1, typed];
  const [low, high] = sign < 0 ? [-max, -min] : [min, max];
  const [whole, decimals] = size.split(".");
  const most = decimalsOf(step);
  if (decimals !== void 0) return decimals.length < most && Number(size) <= high;
  if (Number(whole) > high) return false;
  const grows = /^0+$/.test(whole) ? false : Number(`${whole}0`) <= high;
  return grows || most > 0 && Number(whole) < high && Number(whole) + 1 > low;
}
function decimalsOf(step) {
  if (step === null) return DECIMALS;
  const [, decimals = ""] = String(step).split(".");
  return decimals.length;
}
function sliderScale({ label, range, get, set, onenter }) {
  const { min, max, step } = range;
  const slider = h("input", {
    type: "range",
    class: "ek-slider",
    min,
    max,
    step: step ?? (max - min) / PARTS2,
    "aria-label": label
  });
  const field = h("input", {
    type: "text",
    inputmode: "decimal",
    class: "ek-number",
    tabindex: "-1",
    autocomplete: "off",
    "aria-label": `${label}, number`,
    placeholder: "–"
  });
  const words = () => get() === void 0 ? "not set" : String(get());
  function paint(isTyping = false) {
    const value = get();
    slider.classList.toggle("ek-unset", value === void 0);
    slider.value = String(value ?? (min + max) / 2);
    slider.style.setProperty("--ek-at", `${((value ?? min) - min) / (max - min) * 100}%`);
    slider.setAttribute("aria-valuetext", words());
    if (!isTyping) field.value = value === void 0 ? "" : String(value);
    const isWrong = isTyping && field.value.trim() !== "" && value === void 0;
    field.setAttribute("aria-invalid", String(isWrong));
  }
  function choose(value, isTyping = false) {
    set(value);
    paint(isTyping);
  }
  const slid = () => Number(Number(slider.value).toFixed(DECIMALS));
  slider.addEventListener("input", () => choose(slid()));
  for (const event of ["pointerup", "click"])
    slider.addEventListener(event, () => get() === void 0 && choose(slid()));
  slider.addEventListener("keydown", (event) => {
    const isStep2 = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (!isStep2 || get() !== void 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(slid());
  });
  field.addEventListener("input", () => {
    const typed = field.value.trim().replace(",", ".").replace("−", "-");
    choose(typed === "" ? void 0 : readNumber(range, typed).value, true);
  });
  field.addEventListener("change", () => paint(get() === void 0));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onenter();
  });
  paint();
  return {
    node: [slider, field],
    choose: (value) => choose(value),
    focus: () => slider.focus(),
    read: (typed) => readNumber(range, typed)
  };
}
var printed = (value) => String(value).replace("-", "−");
function endsOf({ min, max, low, high }) {
  const [first, last] = [`${printed(min)} ${low}`.trim(), `${printed(max)} ${high}`.trim()];
  return `${first} … ${last}`;
}

// pages/shared/components/workbench/criterion.js
var CHOICES = [
  { preference: "left", face: "A", name: "A better" },
  { preference: "tie", face: "=", name: "Equally good" },
  { preference: "right", face: "B", name: "B better" },
  { preference: "both_bad", face: "✕", name: "Both bad" }
];
function numberOf(preference) {
  const place5 = CHOICES.findIndex((choice) => choice.preference === preference);
  return place5 < 0 ? void 0 : place5 + 1;
}
var betterOptions = () => CHOICES.map(({ face, name }, place5) => ({
  value: place5 + 1,
  number: String(place5 + 1),
  key: String(place5 + 1),
  level: { value: place5 + 1, label: name, anchor: "" },
  name,
  face: h("span", { class: "ek-face" }, face)
}));
var betterOf = (answers, { key }) => numberOf(answers.preferences?.[key]);
function setBetter(answers, { key }, number) {
  const chosen = answers.preferences ??= /* @__PURE__ */ Object.create(null);
  if (number === null || number === void 0) delete chosen[key];
  else chosen[key] = CHOICES[number - 1].preference;
}

// pages/shared/components/workbench/levels.js
function readLevel(options, typed) {
  const more = options.map(({ number }) => number).filter((number) => number !== typed && number.startsWith(typed));
  const value = options.find(({ number }) => number === typed)?.value;
  return { value, isPart: more.length > 0, more };
}
var levelOptions = (criterion, nSides) => criterion.levels.map((level) => ({
  value: level.value,
  number: String(level.value),
  key: String(level.value).length === 1 ? String(level.value) : null,
  level,
  name: level.anchor ? `${levelName(level)}: ${level.anchor}` : levelName(level),
  face: h(
    "span",
    { class: "ek-face" },
    printed(level.value),
    isSpelt(criterion, nSides) && levelName(level) !== printed(level.value) ? h("small", {}, level.label) : null
  )
}));
var isSpelt = ({ levels }, nSides) => (nSides === 2 ? 2 : 1) * levels.length * Math.max(...levels.map(({ label }) => label.length)) <= 30;
function levelName({ value, label }) {
  return label && label !== String(value) ? `${printed(value)} ${label}` : printed(value);
}
function levelScale({ label, className, options, get, set, onpoint }) {
  const value = get();
  const group = choices({ label, className, value, options, clearable: true, onpoint, onchoose: set });
  return { ...group, read: (typed) => readLevel(options, typed) };
}
function levelTable(criterion) {
  return [
    h("strong", {}, criterion.question),
    ...criterion.description ? [h("p", {}, criterion.description)] : [],
    ...criterion.range ? [h("p", {}, endsOf(criterion.range))] : [],
    h(
      "dl",
      { class: "ek-levels" },
      criterion.levels.map((level) => [
        h("dt", {}, h("span", { class: "ek-value" }, printed(level.value)), level.label),
        h("dd", {}, level.anchor)
      ])
    )
  ];
}
function anchorLines({ criterion, sides, answers, pointed, isCurrent }) {
  const line = (letter, level) => h(
    "div",
    { class: "ek-anchor" },
    letter ? h("b", {}, letter) : null,
    h("b", {}, level.label || printed(level.value)),
    " ",
    level.anchor
  );
  if (!criterion.levels.length) {
    const hints = [criterion.range ? endsOf(criterion.range) : "", criterion.description];
    return hints.filter(Boolean).map((words) => h("div", { class: "ek-anchor ek-hint" }, words));
  }
  if (pointed) {
    const only = line(pointed.letter, pointed.option.level);
    only.classList.add("ek-pointed");
    return [only];
  }
  const chosen = sides.flatMap((side) => {
    const level = levelOf(criterion, scoreOf(answers, side, criterion));
    return level ? [{ side, level }] : [];
  });
  const lines = [...new Set(chosen.map(({ level }) => level))].map((level) => {
    const at = chosen.filter((each) => each.level === level);
    return line(sides.length > 1 ? at.map(({ side }) => LETTER[side]).join(", ") : "", level);
  });
  if (chosen.length < sides.length && isCurrent && !isSpelt(criterion, sides.length))
    lines.push(levelNames(criterion));
  if (!lines.length) lines.push(h("div", { class: "ek-anchor ek-hint" }, criterion.description));
  return lines;
}
function levelNames(criterion) {
  return h(
    "div",
    { class: "ek-anchor ek-hint ek-level-names" },
    criterion.levels.map((level) => h("span", {}, levelName(level)))
  );
}
function typedLine(cell, typed) {
  const { value, more } = cell.read(typed);
  const on = more.length ? `type on for ${more.join(", ")}` : "type on";
  const words = value === void 0 ? `${typed} typed: ${on}` : `${typed} typed: ${on}, or Tab to the next scale`;
  return h("div", { class: "ek-anchor ek-hint" }, words);
}
var levelOf = (criterion, value) => criterion.levels.find((level) => level.value === value);

// pages/shared/components/workbench/words.js
var HIGHEST = 140;
function wordField(value, properties, onwritten) {
  const field = h("textarea", { class: "ek-comment-field", rows: "1", dir: "auto", ...properties });
  field.value = value;
  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, HIGHEST)}px`;
  };
  field.addEventListener("input", () => {
    grow();
    onwritten(field.value);
  });
  if (value) requestAnimationFrame(grow);
  return field;
}
var isText = ({ levels, range }) => range === null && levels.length === 0;
function isAnswered(answers, side, criterion) {
  if (isText(criterion)) return Boolean(answers.texts?.[side]?.[criterion.key]?.trim());
  return scoreOf(answers, side, criterion) !== void 0;
}
function write2(answers, side, key, text) {
  answers.texts ??= {};
  const own = answers.texts[side] ??= /* @__PURE__ */ Object.create(null);
  if (text) own[key] = text;
  else delete own[key];
}

// pages/shared/components/workbench/rubric.js
function rubricPart(form) {
  const { data } = form;
  const sides = data.collect.includes("scores") ? form.sides : [];
  const isPreferred = data.collect.includes("preferences") && form.sides.length > 1;
  const rubric = { ...form, sides, isPreferred, cells: [], rows: [], cursor: 0, typed: "" };
  const asked = [...data.criteria, ...itemRows(data.checklist)];
  const rows = asked.map((criterion, index) => rubricRow(rubric, criterion, index));
  const items = rows.slice(data.criteria.length);
  const many = sides.length > 2 ? " ek-many" : "";
  const kind = form.sides.length > 1 && sides.length ? many : " ek-single";
  rubric.rows = rows;
  const node = h(
    "div",
    { class: `ek-rubric${kind}` },
    rows.slice(0, data.criteria.length),
    items.length ? h("div", { class: "ek-checklist" }, "Checklist ", h("span", {}, NOT_APPLICABLE)) : null,
    items
  );
  node.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || inField(event)) return;
    event.preventDefault();
    beside(rubric, step)?.focus();
  });
  node.addEventListener("focusout", (event) => {
    const isOutside = !node.contains(
      /** @type {Node | null} */
      event.relatedTarget
    );
    if (isOutside) putMarker(rubric, firstOpen(rubric));
  });
  const isEdit = data.submitted && firstOpen(rubric) === rubric.cells.length;
  putMarker(rubric, isEdit ? 0 : firstOpen(rubric));
  return {
    node,
    number: (part) => typeScore(rubric, part),
    prefer: (preference) => preferOn(rubric, preference),
    sides,
    lacks: (criterion) => isPreferredOn(rubric, criterion) && !rubric.answers.preferences?.[criterion.key]
  };
}
function firstOpen({ cells }) {
  const at = cells.findIndex((cell) => cell.chosen() === void 0);
  return at < 0 ? cells.length : at;
}
function beside({ cells }, step) {
  const here = cells.find((cell) => cell.node.contains(document.activeElement));
  const onwards = step > 0 ? cells : [...cells].reverse();
  const next = here && onwards.find((cell) => (cell.row - here.row) * step > 0);
  if (!here || !next) return void 0;
  const [own, other] = [here, next].map(({ row }) => cells.filter((cell) => cell.row === row));
  return other[Math.min(own.indexOf(here), other.length - 1)];
}
function typeScore(rubric, part) {
  const cell = rubric.cells[rubric.cursor];
  if (!cell) return false;
  const typed = rubric.typed + part;
  const { value, isPart } = cell.read(typed);
  if (value === void 0 && !isPart) {
    if (!rubric.typed) return false;
    if (cell.read(rubric.typed).value !== void 0) goOn(rubric);
    else putMarker(rubric, rubric.cursor);
    return typeScore(rubric, part);
  }
  if (isPart) cell.focus();
  if (value !== void 0) cell.choose(value);
  if (!isPart) goOn(rubric);
  else {
    rubric.typed = typed;
    cell.describe(null);
  }
  return true;
}
function preferOn(rubric, preference) {
  const here = rubric.cells.find((cell) => cell.prefer && cell.node.contains(document.activeElement));
  here?.prefer?.(preference);
  if (here) goOn(rubric);
  return Boolean(here);
}
function goOn(rubric) {
  const next = rubric.cells[rubric.cursor + 1];
  if (next) next.focus();
  else putMarker(rubric, rubric.cells.length);
}
function putMarker(rubric, index) {
  const { cells, rows } = rubric;
  const [before, here] = [cells[rubric.cursor], cells[index]];
  rubric.cursor = index;
  rubric.typed = "";
  cells.forEach((cell, at) => cell.node.classList.toggle("ek-current", at === index));
  rows.forEach((row, at) => row.classList.toggle("ek-current", Boolean(here) && at === here.row));
  if (before) before.describe(null);
  if (here) here.describe(null);
}
function rubricRow(rubric, criterion, row) {
  const { sides, answers, explain } = rubric;
  const anchors = h("div", { class: "ek-anchors", id: `ek-anchors-${row}` });
  function describe(pointed) {
    const marked = rubric.cells[rubric.cursor];
    const isCurrent = marked !== void 0 && marked.row === row;
    const lines = isCurrent && rubric.typed !== "" && !pointed ? [typedLine(marked, rubric.typed)] : anchorLines({ criterion, sides, answers, pointed, isCurrent });
    anchors.replaceChildren(...lines);
  }
  const cells = isText(criterion) ? rubric.sides.map((side) => writtenCell(rubric, criterion, side)) : sides.map((side) => scoredCell(rubric, { criterion, side, row, describe }));
  if (isPreferredOn(rubric, criterion)) cells.push(betterCell(rubric, { criterion, row, describe }));
  const question = h("div", { class: "ek-question" }, h("span", {}, criterion.question));
  if (!criterion.required) question.append(h("span", { class: "ek-optional" }, "optional"));
  explain.attach(question, () => levelTable(criterion));
  describe(null);
  const kind = ["ek-row", criterion.levels.length > 5 && "ek-wide", criterion.isItem && "ek-item"];
  const properties = { class: kind.filter(Boolean).join(" "), role: "group", "aria-label": criterion.question };
  return h("div", properties, question, cells, anchors);
}
var isPreferredOn = ({ isPreferred }, criterion) => isPreferred && !isText(criterion) && !criterion.isItem;
function asking({ sides }, criterion, side) {
  const { question } = criterion;
  const field = fieldOf(side, criterion);
  if (sides.length === 1) return { field, letter: "", label: question, words: question };
  const letter = LETTER[side];
  return { field, letter, label: `${question}, response ${letter}`, words: `${question} (${letter})` };
}
function scoredCell(rubric, { side, ...place5 }) {
  const { criterion, describe } = place5;
  const { range } = criterion;
  const question = {
    ...asking(rubric, criterion, side),
    get: () => scoreOf(rubric.answers, side, criterion),
    /** @param {number | null | undefined} value */
    set: (value) => setScore(rubric.answers, side, criterion, value)
  };
  const { letter } = question;
  const options = range ? [] : levelOptions(criterion, rubric.sides.length);
  const className = options.length > 7 ? "ek-scale ek-long" : "ek-scale";
  return placed(
    rubric,
    place5,
    question,
    (asked) => range ? sliderScale({ ...asked, range, onenter: () => goOn(rubric) }) : levelScale({
      ...asked,
      className,
      options,
      onpoint: (option) => describe(option && { letter, option })
    })
  );
}
function betterCell(rubric, place5) {
  const { criterion, describe } = place5;
  const question = {
    field: `preference.${criterion.key}`,
    letter: "Better",
    label: `${criterion.question}, which is better`,
    words: `${criterion.question} (which is better)`,
    get: () => betterOf(rubric.answers, criterion),
    /** @param {number | null | undefined} number */
    set: (number) => setBetter(rubric.answers, criterion, number)
  };
  const options = betterOptions();
  return placed(rubric, place5, question, (asked) => {
    const scale = levelScale({
      ...asked,
      className: "ek-scale ek-better",
      options,
      onpoint: (option) => describe(option && { letter: "", option })
    });
    return { ...scale, prefer: (preference) => scale.choose(numberOf(preference)) };
  });
}
function writtenCell(rubric, criterion, side) {
  const { answers, places, changed } = rubric;
  const { field, letter, label, words } = asking(rubric, criterion, side);
  const value = answers.texts?.[side]?.[criterion.key] ?? "";
  const written2 = wordField(value, { "aria-label": label }, (text) => {
    write2(answers, side, criterion.key, text);
    changed(field);
  });
  const node = cellNode(letter, written2);
  places.set(field, { node, words, focus: () => written2.focus() });
  return node;
}
function cellNode(letter, parts) {
  const properties = { class: "ek-letter", "aria-hidden": "true" };
  return h("div", { class: "ek-cell" }, letter ? h("span", properties, letter) : null, parts);
}
function placed(rubric, { row, describe }, question, make) {
  const { places, changed, remember } = rubric;
  const { field, letter, words, get } = question;
  const scale = make({
    ...question,
    set: (value) => {
      question.set(value);
      remember(field, get() !== void 0, takeBack3);
      changed(field);
      putMarker(rubric, isUnscored(rubric) ? 0 : index);
      describe(null);
    }
  });
  const node = cellNode(letter, scale.node);
  const index = rubric.cells.push({ ...scale, node, chosen: get, row, describe }) - 1;
  function takeBack3() {
    scale.choose(void 0);
    (isUnscored(rubric) ? rubric.cells[0] : scale).focus();
  }
  remember(field, get() !== void 0, takeBack3);
  node.addEventListener("focusin", () => putMarker(rubric, index));
  places.set(field, { node, words, focus: scale.focus });
  return node;
}
var isUnscored = ({ cells }) => cells.every((cell) => cell.chosen() === void 0);

// pages/shared/components/workbench/palette.js
var DENSE = 13;
var FEW = 3;
var ROOM = 24;
function openPalette({ form, groups, marking, key, turnTo, extra }) {
  const root = (
    /** @type {HTMLElement} */
    form.closest(".ek-workbench")
  );
  closePalette(root);
  const goBack = wayBack2(document.activeElement);
  if (root.querySelector("dialog[open]")) return;
  const tags = groups.flatMap((group) => group.tags);
  const letters = lettersOf(tags);
  const entries = tags.map((tag) => entryOf({ tag, marking, letter: letters.get(tag.key) }));
  const field = h("input", {
    type: "search",
    class: "ek-search",
    "aria-label": "Find an error",
    placeholder: "Find",
    autocomplete: "off",
    ...shortcut("/")
  });
  const body = h("div", { class: "ek-palette-body", tabindex: "-1" }, groupParts(groups, entries));
  function close() {
    entries.forEach((entry) => entry.forget());
    element.remove();
    extra?.onclose?.();
    goBack();
  }
  const line = h(
    "div",
    { class: "ek-palette-line" },
    h("h2", {}, marking.title),
    h("label", { class: "ek-searching" }, field, kbd("/")),
    button("Done", "Enter", close, { class: "ek-button ek-quiet" })
  );
  const name = `ek-palette${tags.length >= DENSE ? " ek-dense" : ""}`;
  const element = h("dialog", { class: name, "aria-label": marking.title }, line, extra?.node, body);
  field.addEventListener("input", () => narrow(element, entries, field.value));
  listen(element, { entries, field, close });
  const marked = entries.filter(({ tag }) => tag.key in marking.marks);
  const last = marked.length === 1 ? marked[0] : void 0;
  const onkey = keys({ entries, last, field, close, turnTo, key, more: extra?.keys ?? {} });
  root.append(Object.assign(element, { onkey, close }));
  singleKeys.paint(root);
  element.show();
  (letters.size ? body : field).focus();
}
function closePalette(root) {
  root.querySelector(".ek-palette")?.close();
}
function wayBack2(before) {
  const home = before?.closest(".ek-step-line, .ek-span-list");
  const ways = () => (
    /** @type {Element[]} */
    [...home?.querySelectorAll("button") ?? []]
  );
  const at = before ? ways().indexOf(before) : -1;
  return () => {
    const way = before?.isConnected ? before : ways()[at] ?? ways().at(-1);
    if (way instanceof HTMLElement) way.focus();
  };
}
function keys({ entries, last, field, close, turnTo, key, more }) {
  return (name, numbers) => {
    const entry = entries.find(({ letter }) => letter === name);
    if (entry) {
      last = entry;
      entry.press();
    } else if (name === "/") field.focus();
    else if (more[name]) more[name]();
    else if (name === key.toLowerCase()) close();
    else return turnTo(name) || numbers.some((digit) => last?.grade(Number(digit)));
    return true;
  };
}
function listen(element, { entries, field, close }) {
  const seen2 = () => entries.filter((entry) => !entry.node.hidden);
  const go2 = (step) => {
    const ways = [field, ...seen2().map((entry) => entry.main)];
    const at = ways.findIndex((way) => way.parentElement?.contains(document.activeElement));
    ways[at + step]?.focus();
  };
  const enter2 = (event) => {
    const [first] = seen2();
    if (event.target !== field || !field.value || !first) return close();
    if (!event.repeat) first.press();
    field.select();
  };
  const actions = {
    ArrowDown: () => go2(1),
    ArrowUp: () => go2(-1),
    Escape: close,
    Enter: enter2
  };
  element.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action(event);
  });
}
function narrow(element, entries, words) {
  const sought = words.trim().toLowerCase();
  entries.forEach((entry) => entry.node.hidden = !entry.words.includes(sought));
  element.querySelectorAll(".ek-group").forEach((group) => {
    const isEmpty = !group.querySelector(".ek-entry:not([hidden])");
    group.hidden = isEmpty;
  });
}
function groupParts(groups, entries) {
  return groups.map(
    (group) => h(
      "div",
      group.name ? { class: "ek-group ek-children", role: "group", "aria-label": group.name } : { class: "ek-group" },
      parentLine(group),
      entries.filter((entry) => group.tags.includes(entry.tag)).map((entry) => entry.node)
    )
  );
}
function parentLine({ name, tags }) {
  if (!name || tags.some((tag) => tag.name === name)) return null;
  return h("div", { class: "ek-parent", "aria-hidden": "true" }, name);
}
function entryOf({ tag, marking, letter }) {
  const { marks, title } = marking;
  const severities = severitiesOf(tag);
  const printed2 = letter?.toUpperCase() ?? null;
  const press = () => marking.next(tag);
  const main = h(
    "button",
    { type: "button", class: "ek-entry-main", onclick: press, ...shortcut(printed2) },
    printed2 ? kbd(printed2) : null,
    h("span", { class: "ek-entry-name", dir: "auto" }, tag.name),
    h("span", { class: "ek-definition", dir: "auto" }, tag.definition)
  );
  const grading = severities.length > 1 ? gradingOf({ tag, marking }) : null;
  const letters = tag.severities.reduce((n, { name }) => n + name.length, 0);
  const isWide = letters > ROOM || severities.length > FEW;
  const node = h("div", { class: `ek-entry${isWide ? " ek-graded" : ""}` }, main, grading?.node);
  function paint() {
    main.setAttribute("aria-pressed", String(tag.key in marks));
    main.setAttribute("aria-label", `${title}: ${tag.name}. ${tag.definition}`);
    node.classList.toggle("ek-marked", tag.key in marks);
    grading?.paint();
  }
  const forget = marking.hear(paint);
  paint();
  const words = `${tag.name} ${tag.definition}`.toLowerCase();
  const grade = (number) => {
    const severity = severities[number - 1];
    if (severity === void 0) return false;
    marking.set(tag, severity);
    return true;
  };
  return { tag, letter, node, main, words, press, grade, forget };
}
function gradingOf({ tag, marking }) {
  let isPainting = false;
  const isMany = tag.severities.length > FEW;
  const group = choices({
    label: `Severity of ${tag.name}`,
    className: "ek-grading",
    value: marking.marks[tag.key],
    clearable: marking.isClearable,
    options: tag.severities.map(({ key, name }, at) => ({
      value: key,
      name,
      face: isMany ? h("span", {}, h("span", { dir: "auto" }, name), kbd(String(at + 1))) : name,
      key: isMany ? String(at + 1) : null
    })),
    onchoose: (severity) => isPainting || marking.set(tag, severity ?? void 0)
  });
  function paint() {
    isPainting = true;
    group.choose(marking.marks[tag.key]);
    isPainting = false;
  }
  return { node: group.node, paint };
}

// pages/shared/components/workbench/tags.js
var KEYS2 = { left: "D", right: "F" };
function tagsPart(form) {
  const { data, sides } = form;
  const groups = groupsOf(data.tags);
  const markings = {};
  const spans = spansOf(form);
  const isMany = sides.length > 2;
  const keyOf = (side) => isMany ? "F" : KEYS2[side] ?? "F";
  const kind = isMany ? " ek-many" : sides.length > 1 ? "" : " ek-single";
  const node = h("div", { class: `ek-errors${kind}` });
  const open = (side) => {
    const marking = markings[side];
    const missing = () => openSpan(side, { ...EMPTY, omission: true }, true);
    const extra = {
      node: h("div", { class: "ek-span-line" }, button("Missing content", "-", missing)),
      keys: { "-": missing }
    };
    if (marking) openPalette({ form: node, groups, marking, key: keyOf(side), turnTo: turner(side), extra });
    return marking !== void 0;
  };
  const openSpan = (side, mark, isNew, onclose) => {
    const marking = markingOfSpan({ spans, side, mark, title: titleOf(mark, side, sides.length === 1) });
    const close = () => void closePalette(
      /** @type {Element} */
      node.closest(".ek-workbench")
    );
    const { offers } = form;
    const { onleave, ...parts } = partsOfSpan({ spans, side, mark, isNew, close, offers, marking });
    const left = () => {
      onleave();
      onclose?.();
    };
    const extra = { ...parts, onclose: left };
    openPalette({ form: node, groups, marking, key: keyOf(side), turnTo: turner(side), extra });
    return true;
  };
  const turner = (from) => (letter) => {
    const next = sides[(sides.indexOf(from) + 1) % sides.length];
    const other = isMany ? letter === "d" && next : sides.find((side) => KEYS2[side]?.toLowerCase() === letter);
    return Boolean(other) && open(
      /** @type {Side} */
      other
    );
  };
  node.append(
    ...sides.map((side) => {
      const marking = markings[side] = markingOf(form, side);
      const list = spanList({ spans, side, isOnly: sides.length === 1, onopen: (mark) => openSpan(side, mark, false) });
      const about = { spans, side, list, explain: form.explain };
      return sidePart({ marking, groups, ...about, key: isMany ? null : keyOf(side), open: () => open(side) });
    })
  );
  const places = (tag) => {
    const isMarked = sides.some((side) => tag.key in form.answers.tags[side] || spans.of(side).some((mark) => mark.tag === tag.key));
    if (isMarked) return [];
    return sides.map((side) => ({
      words: sides.length > 1 ? `Mark in ${LETTER[side]}` : "Mark",
      mark: () => markings[side]?.next(tag)
    }));
  };
  return { node, open, spans, openSpan, places };
}
function sidePart({ marking, groups, spans, side, list, explain, key, open }) {
  const { title } = marking;
  const summary = h("span", { class: "ek-marks" });
  function sum() {
    const counts = /* @__PURE__ */ new Map();
    const chips2 = groups.flatMap(({ tags }) => tags.filter((tag) => tag.key in marking.marks));
    const names = [
      ...chips2.map((tag) => severityName(tag, marking.marks[tag.key])),
      ...spans.of(side).map((mark) => severityName(spans.tag(mark), mark.severity))
    ];
    for (const name of names) {
      const word = name ?? "marked";
      counts.set(word, (counts.get(word) || 0) + 1);
    }
    summary.textContent = [...counts].map(([word, n]) => `${n} ${word}`).join(", ");
  }
  marking.hear(sum);
  spans.hear(sum);
  sum();
  const line = h(
    "div",
    { class: "ek-tags-line" },
    h("span", { class: "ek-tags-title" }, h("span", { "aria-hidden": "true" }, title), summary),
    button("Mark", key, open, {
      class: "ek-button ek-mark",
      "aria-label": `Mark ${title.toLowerCase().replace(/[a-e]$/, (letter) => letter.toUpperCase())}`,
      "aria-haspopup": "dialog"
    })
  );
  const chips = groups.flatMap((group) => [
    parentLine(group),
    group.tags.map((tag) => tagChip({ tag, parent: group.name, marking, explain }))
  ]);
  return h(
    "div",
    { class: "ek-tags", role: "group", "aria-label": title },
    line,
    h("div", { class: "ek-chips" }, chips),
    list
  );
}
function tagChip({ tag, parent, marking, explain }) {
  const { title, marks } = marking;
  const severities = severitiesOf(tag);
  const isChild = parent !== "" && parent !== tag.name;
  const whole = isChild ? `${parent}, ${tag.name}` : tag.name;
  const word = h("span", { class: "ek-severity" });
  const chip = h(
    "button",
    { type: "button", class: `ek-chip${isChild ? " ek-child" : ""}`, onclick: () => marking.next(tag) },
    h("span", { class: "ek-chip-name", dir: "auto" }, tag.name),
    word
  );
  function paint() {
    const isMarked = tag.key in marks;
    const key = isMarked ? marks[tag.key] : null;
    const severity = severityName(tag, key);
    word.textContent = severity ?? "";
    chip.setAttribute("aria-pressed", String(isMarked));
    chip.setAttribute("aria-label", `${title}: ${whole}${severity ? `, ${severity}` : ""}`);
    chip.dataset.severity = isMarked ? String(Math.max(severities.indexOf(key), 0) + 1) : "0";
    chip.style.setProperty("--ek-gravity", String(gravityOf(tag, key)));
  }
  const content = () => {
    const name = marks[tag.key] ? `${tag.name}: ${severityName(tag, marks[tag.key])}` : tag.name;
    const order = `Press again: ${tag.severities.map((severity) => severity.name).join(", ")}, off.`;
    return [
      h("strong", {}, name),
      h("p", {}, tag.definition),
      h("p", { class: "ek-hint" }, severities.length > 1 ? order : "")
    ];
  };
  explain.attach(chip, content, ".ek-tags");
  marking.hear(paint);
  marking.noteDown(tag);
  paint();
  return chip;
}

// pages/shared/components/workbench/form.js
function buildForm({ data, answers, explain, asking: asking2, onchange, model, isReady }) {
  const places = /* @__PURE__ */ new Map();
  const trail = /* @__PURE__ */ new Map();
  const form = {
    data,
    sides: sidesOf(data),
    answers,
    explain,
    places,
    onchange,
    remember: (what, isSet, takeBack3) => {
      trail.delete(what);
      if (isSet) trail.set(what, takeBack3);
    },
    changed: (field) => {
      places.get(field)?.node.classList.remove("ek-missing");
      onchange();
    },
    offers: offersOf({ tags: data.tags, log: () => answers.offers ??= [], model, isReady })
  };
  const part = (what, isThere, make) => data.collect.includes(what) && isThere ? make(form) : null;
  const preference = part("preference", data.right, preferencePart);
  const ranking = part("ranking", true, rankingPart);
  const isRated = ["scores", "preferences"].some((what) => data.collect.includes(what));
  const rubric = isRated && data.criteria.length ? rubricPart(form) : null;
  const tags = part("tags", data.tags.length, tagsPart);
  const comment = part("comment", true, (of) => commentPart(of, tags));
  const parts = [preference?.node, ranking?.node, rubric?.node, tags?.node];
  const assertion = part("assertion", true, assertionPart);
  const words = h("div", { class: "ek-words" }, comment?.node, asking2.button);
  const node = h(
    "section",
    { class: "ek-form", "aria-label": "Your judgement" },
    parts,
    words,
    comment?.offer,
    assertion?.node,
    asking2.asked
  );
  keepFitting(node, data.tags.length);
  const seen2 = (act) => (...given) => {
    reveal(node);
    return act(...given);
  };
  return {
    node,
    number: seen2((digit) => rubric !== null && rubric.number(digit)),
    takeBack: seen2(() => takeBackLast(trail)),
    prefer: seen2((value) => rubric?.prefer(value) || preference !== null && preference.choose(value)),
    rank: seen2((side) => ranking !== null && ranking.press(side)),
    tie: seen2(() => ranking !== null && ranking.tie()),
    ranking,
    doubt: seen2(() => preference !== null && preference.doubt()),
    openTags: seen2((side) => tags !== null && tags.open(side)),
    spans: tags?.spans ?? null,
    openSpan: seen2((side, mark, isNew, onclose) => tags !== null && tags.openSpan(side, mark, isNew, onclose)),
    focusComment: seen2(() => comment !== null && comment.focus()),
    takeOffer: form.offers.press,
    focusAssertion: seen2(() => assertion !== null && assertion.focus()),
    missing: () => [
      ...ranking?.isMissing() ? ["ranking"] : [],
      ...missingFields(form, { preference, rubric })
    ],
    mark: seen2((fields) => markMissing(places, fields)),
    name: (fields) => namesOf(places, fields)
  };
}
function takeBackLast(trail) {
  const [last] = [...trail.values()].slice(-1);
  if (last) last();
  return Boolean(last);
}
function missingFields({ data, answers }, { preference, rubric }) {
  const asked = rubric ? [...data.criteria, ...itemRows(data.checklist)] : [];
  const required = asked.filter((criterion) => criterion.required);
  const scores = required.flatMap((criterion) => [
    ...(rubric?.sides ?? []).filter((side) => !isAnswered(answers, side, criterion)).map((side) => fieldOf(side, criterion)),
    ...rubric?.lacks(criterion) ? [`preference.${criterion.key}`] : []
  ]);
  return preference?.isMissing() ? ["preference", ...scores] : scores;
}
function markMissing(places, fields) {
  places.forEach((place5) => place5.node.classList.remove("ek-missing"));
  const known = fields.filter((field) => places.has(field));
  known.forEach((field) => places.get(field)?.node.classList.add("ek-missing"));
  places.get(known[0])?.focus();
  return namesOf(places, known);
}
function namesOf(places, fields) {
  const known = fields.filter((field) => places.has(field));
  const overall = known.filter((field) => ["preference", "ranking"].includes(field));
  const words = overall.map((field) => field === "ranking" ? "the ranking" : "the preference");
  const better = known.filter((field) => field.startsWith("preference."));
  const scores = known.filter((field) => !overall.includes(field) && !better.includes(field));
  const listed2 = [
    [scores, "scores"],
    [better, "preferences by criterion"]
  ];
  for (
    const [those, name] of
    /** @type {[string[], string][]} */
    listed2
  ) {
    const each = those.map((field) => places.get(field)?.words ?? field);
    words.push(...those.length > 2 ? [`${those.length} ${name}`] : each);
  }
  return words;
}
function commentPart({ answers, onchange, offers }, tags) {
  const hint = "Comment, if needed";
  const part = wordsPart("Comment", "N", hint, answers.comment, (words) => {
    answers.comment = words;
    onchange();
  });
  const offer = tags && offers.watch(part.field, { source: "comment", places: tags.places }).node;
  return { ...part, offer };
}
function assertionPart({ answers, onchange }) {
  const hint = "What must hold in every response here";
  const part = wordsPart(hint, "!", "Such as: names the 30-day limit", answers.assertion || "", (words) => {
    if (words) answers.assertion = words;
    else delete answers.assertion;
    onchange();
  });
  part.field.setAttribute("maxlength", "500");
  const node = h("div", { class: "ek-assertion" }, h("span", { class: "ek-hint", "aria-hidden": "true" }, hint), part.node);
  return { ...part, node };
}
function wordsPart(name, key, hint, value, onwritten) {
  const field = wordField(value, { "aria-label": name, ...shortcut(key), placeholder: hint }, onwritten);
  const focus = () => {
    field.focus();
    return true;
  };
  return { node: h("div", { class: "ek-comment" }, field, kbd(key)), field, focus };
}

// pages/shared/components/workbench/leaving.js
var place4 = () => `evalkit-left-${sender.account}`;
function leaveBehind(judgement2) {
  try {
    window.sessionStorage.setItem(place4(), JSON.stringify(judgement2));
  } catch {
  }
}
function leftOf({ token, draft_mark: mark }) {
  const left = read();
  if (left?.token !== token) return null;
  const { session, number, opened_on: openedOn } = left;
  const isOwn = mark.startsWith(`${session}.`);
  const isOlder = isOwn ? Number(mark.slice(session.length + 1)) < number : mark === openedOn;
  return isOlder ? left : null;
}
function forgetLeft({ token }) {
  if (read()?.token !== token) return false;
  window.sessionStorage.removeItem(place4());
  return true;
}
function read() {
  try {
    return JSON.parse(window.sessionStorage.getItem(place4()) ?? "null");
  } catch {
    return null;
  }
}

// pages/shared/components/workbench/passages.js
function openAll(body) {
  const folds = [...body.querySelectorAll("details")];
  const isOpen = folds.every((fold) => fold.open);
  folds.forEach((fold) => fold.open = !isOpen);
  return folds.length > 0;
}
function linkPassages(text, nPassages, lead) {
  if (!nPassages) return;
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(
    /** @type {Text} */
    walker.currentNode
  );
  for (const node of nodes) {
    if (!node.data.includes("[") || node.parentElement?.closest("code, pre, math, .ek-link")) continue;
    const parts = node.data.split(/(\[\d+\])/);
    if (parts.length < 2) continue;
    node.replaceWith(
      ...parts.map((part) => {
        const number = Number(/^\[(\d+)\]$/.exec(part)?.[1]);
        if (!(number >= 1 && number <= nPassages)) return part;
        const words = { type: "button", class: "ek-cite", "aria-label": `Passage ${number}` };
        return h("button", { ...words, onclick: () => lead(number) }, part);
      })
    );
  }
}
function showPassage(body, number) {
  const passage = body.querySelectorAll("details.ek-passage")[number - 1];
  if (!(passage instanceof HTMLDetailsElement)) return;
  setRoom(body, "");
  passage.open = true;
  const [box, frame] = [passage.getBoundingClientRect(), body.getBoundingClientRect()];
  body.scrollBy({ top: box.top - frame.top - 4, behavior: "instant" });
  const summary = passage.querySelector("summary");
  summary?.focus({ preventScroll: true });
  passage.scrollIntoView({ block: "nearest" });
  for (const other of body.querySelectorAll(".ek-cited")) other.classList.remove("ek-cited");
  passage.classList.add("ek-cited");
}

// pages/shared/components/workbench/reading.js
function buildTop({ data, finder, toStudies, openComfort: openComfort2, openGuidelines: openGuidelines2, openKeys: openKeys2 }) {
  const done = h("div", { class: "ek-progress-done" });
  done.style.width = progressShare(data);
  return h(
    "header",
    { class: "ek-top" },
    h(
      "div",
      { class: "ek-top-line" },
      h("button", { type: "button", class: "ek-back", onclick: toStudies }, "Studies"),
      h("span", { class: "ek-study", dir: "auto" }, data.study),
      h("span", { class: "ek-count" }, progressWords(data)),
      h("span", { class: "ek-timer", role: "timer", "aria-label": "Time on this case" }),
      h("span", { class: "ek-gap" }),
      finder,
      button("Text", "L", openComfort2, { class: "ek-button ek-quiet" }),
      button("Guidelines", "G", openGuidelines2, { class: "ek-button ek-quiet" }),
      button("Keys", "?", openKeys2, { class: "ek-button ek-quiet ek-open-keys" })
    ),
    h("div", { class: "ek-progress" }, done)
  );
}
function buildCase({ data, memory, undoing }) {
  const place5 = Math.min(data.done + (data.submitted ? 0 : 1), data.total);
  const heading = h(
    "h1",
    { class: "ek-case-heading", tabindex: "-1", "aria-describedby": undoing.id },
    data.submitted ? "Case, submitted before" : h("span", {}, "Case"),
    h("span", { class: "ek-unseen" }, data.submitted ? "" : `, ${place5} of ${data.total}`)
  );
  const body = h("div", { class: "ek-case-body ek-text", tabindex: "0", role: "region" });
  body.setAttribute("aria-label", "Case");
  const appended = (title, safeHtml) => h(
    "section",
    { class: "ek-message ek-other" },
    h("h3", { class: "ek-role" }, title),
    rendered(h("div", { class: "ek-content" }), safeHtml)
  );
  rendered(body, data.case);
  if (data.context) body.append(appended("Retrieved context", data.context));
  if (data.tools) body.append(appended("Tools", data.tools));
  const size = button("Taller", data.third ? "X" : "C", () => cycle(), { class: "ek-button ek-quiet" });
  if (window.matchMedia("(max-width: 800px)").matches) {
    body.querySelectorAll(".ek-system[open]").forEach((system) => system.removeAttribute("open"));
  }
  offerCopies(body);
  const unfolding = button("Open all", "P", () => openAll(body), { class: "ek-button ek-quiet" });
  unfolding.hidden = !body.querySelector("details");
  const sizeWords = size.querySelector("span");
  const node = h(
    "section",
    { class: "ek-case", "aria-label": "Case" },
    h(
      "div",
      { class: "ek-case-line" },
      heading,
      data.category ? h("span", { class: "ek-category", dir: "auto" }, data.category) : null,
      h("span", { class: "ek-gap" }),
      undoing,
      unfolding,
      size
    ),
    body
  );
  const WORDS2 = { normal: "Taller", tall: "Fold", folded: "Unfold" };
  node.dataset.size = unfolded(memory.caseSize);
  function paint() {
    node.dataset.size = memory.caseSize;
    const isShort = memory.caseSize === "normal" && body.scrollHeight <= body.clientHeight + 2;
    if (sizeWords) sizeWords.textContent = isShort ? "Fold" : WORDS2[memory.caseSize];
    size.setAttribute("aria-expanded", String(memory.caseSize !== "folded"));
  }
  function cycle() {
    const fits = body.scrollHeight <= body.clientHeight + 2;
    if (memory.caseSize === "normal") memory.caseSize = fits ? "folded" : "tall";
    else memory.caseSize = memory.caseSize === "tall" ? "folded" : "normal";
    paint();
  }
  const fade = () => {
    const rest = body.scrollHeight - body.clientHeight - body.scrollTop;
    body.classList.toggle("ek-more", rest > 8);
  };
  body.addEventListener("scroll", fade, { passive: true });
  new ResizeObserver(fade).observe(body);
  const arrive2 = () => {
    memory.caseSize = unfolded(memory.caseSize);
    requestAnimationFrame(paint);
  };
  return { node, heading, body, cycle, arrive: arrive2, openAll: () => openAll(body) };
}
var unfolded = (size) => size === "folded" ? "normal" : size;
function reachScrollers(body) {
  const names = { PRE: "Code", DIV: "Table" };
  for (const element of body.querySelectorAll("pre, .ek-table, math[display=block]")) {
    const isScrolling = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    ["tabindex", "role", "aria-label"].forEach((name) => element.removeAttribute(name));
    if (!isScrolling) continue;
    element.setAttribute("tabindex", "0");
    if (!names[element.tagName]) continue;
    element.setAttribute("role", "region");
    element.setAttribute("aria-label", `${names[element.tagName]}, scrolls`);
  }
}
function buildPane({ side, response, isOnly, memory, casePart, key, badge }) {
  const name = isOnly ? "Response" : `Response ${LETTER[side]}`;
  const body = h("div", {
    class: "ek-pane-body",
    tabindex: "0",
    role: "region",
    "aria-label": `${name}, text`
  });
  const toggle = button("Raw", "R", () => show2(!isRaw), { class: "ek-button ek-quiet" });
  const alone = roomButton({ words: `Only ${LETTER[side]}`, key, room: side });
  alone.classList.add("ek-alone");
  const note = h("span", { class: "ek-pane-note" }, "Formatted; Raw shows it as written");
  const node = h(
    "section",
    { class: "ek-pane", "data-side": side, "aria-label": name },
    h(
      "div",
      { class: "ek-pane-line" },
      h("h2", { class: "ek-pane-title" }, name),
      badge,
      response.may_be_code ? note : null,
      h("span", { class: "ek-gap" }),
      toggle,
      isOnly ? null : alone
    ),
    body
  );
  let isRaw = false;
  function fill(raw) {
    isRaw = raw;
    toggle.setAttribute("aria-pressed", String(raw));
    note.hidden = raw;
    if (raw && response.raw) {
      body.replaceChildren(h("div", { class: "ek-raw ek-raw-view", dir: "auto" }, response.raw));
    } else {
      body.replaceChildren(rendered(h("div", { class: "ek-text" }), response.html));
      offerCopies(body);
      linkPassages(body, nPassages, (number) => showPassage(casePart.body, number));
      reachScrollers(body);
    }
  }
  function show2(raw) {
    fill(raw);
    requestAnimationFrame(() => colourCode(node.closest(".ek-main") ?? node));
  }
  const nPassages = casePart.body.querySelectorAll(".ek-passage").length;
  fill(memory.isRaw);
  return { node, body, show: show2, isRaw: () => isRaw };
}
function roomButton({ words, key, room }) {
  const element = button(words, key, () => toggleRoom(element, room), {
    class: "ek-button ek-quiet ek-roomy",
    "aria-pressed": "false",
    "data-gives-room": room
  });
  return element;
}

// pages/shared/components/workbench/panes.js
var ROOM_KEY = { left: "Q", right: "W" };
function buildPanes({ data, memory, casePart, ranking }) {
  const sides = sidesOf(data);
  const isMany = sides.length > 2;
  const panes = sides.map(
    (side) => buildPane({
      side,
      response: (
        /** @type {import("./types.js").ResponseData} */
        data[side]
      ),
      isOnly: sides.length === 1,
      memory,
      casePart,
      key: isMany ? null : ROOM_KEY[side] ?? null,
      badge: ranking?.badge(side)
    })
  );
  const kind = isMany ? " ek-many" : sides.length === 1 ? " ek-single" : "";
  const node = h("div", { class: `ek-panes${kind}`, "data-count": sides.length });
  const switching = sideSwitch(node, sides);
  const together = button("Scroll together", "Y", () => setTogether(!memory.together), {
    class: "ek-button ek-quiet ek-together"
  });
  const larger = roomButton({ words: "Larger", key: "M", room: "panes" });
  const comparison = sides.length === 2 ? comparing(panes.map((pane) => pane.body)) : null;
  if (comparison) {
    panes[0].node.querySelector(".ek-pane-line .ek-gap")?.after(together);
    panes[1].node.querySelector(".ek-pane-line .ek-gap")?.after(comparison.button, larger);
    node.append(switching.node, comparison.note);
  }
  ranking?.hear(
    () => sides.forEach((side, at) => {
      const place5 = ranking.place(side);
      const words = place5 ? `, place ${place5}` : "";
      switching.buttons[at].setAttribute("aria-label", `Response ${LETTER[side]}${words}`);
      switching.buttons[at].dataset.place = place5 ? String(place5) : "";
    })
  );
  const nodes = panes.map((pane) => pane.node);
  if (isMany) {
    const line = h("div", { class: "ek-strip-line" }, switching.node, h("span", { class: "ek-gap" }));
    line.append(together, larger);
    node.append(line, h("div", { class: "ek-strip" }, nodes));
  } else {
    node.append(...nodes);
  }
  if (sides.length > 1) synchronise(panes, memory);
  function setTogether(on) {
    memory.together = on;
    together.setAttribute("aria-pressed", String(on));
  }
  setTogether(memory.together);
  node.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest(".ek-link");
    if (link) link.classList.toggle("ek-open");
  });
  return {
    node,
    panes,
    toggleRaw: () => {
      memory.isRaw = !panes.every((pane) => pane.isRaw());
      panes.forEach((pane) => pane.show(memory.isRaw));
    },
    toggleTogether: () => {
      if (sides.length > 1) setTogether(!memory.together);
      return sides.length > 1;
    },
    compare: () => {
      comparison?.toggle();
      return comparison !== null;
    },
    alone: (side) => {
      if (switching.node.checkVisibility()) switching.choose(side);
      else if (sides.length > 1) toggleRoom(node, side);
      return sides.length > 1;
    },
    step: (by) => {
      const at = sides.indexOf(switching.side()) + by;
      if (!sides[at]) return false;
      switching.choose(sides[at]);
      panes[at].body.focus({ preventScroll: true });
      return true;
    },
    current: switching.side,
    toggleLinks: () => node.classList.toggle("ek-links")
  };
}
function sideSwitch(panes, sides) {
  const isMany = sides.length > 2;
  const left = {};
  let side = sides[0];
  panes.dataset.shown = side;
  function show2(next) {
    const page = (
      /** @type {HTMLElement | null} */
      panes.closest(".ek-main")
    );
    if (!page) return;
    const start = panes.offsetTop - page.offsetTop;
    const isInside = page.scrollTop >= start - 1;
    left[side] = page.scrollTop;
    panes.dataset.shown = side = next;
    if (isInside) page.scrollTop = Math.max(left[next] ?? 0, start);
    if (isMany) goTo(panes, next);
  }
  const face = (value) => isMany ? h("span", { class: "ek-face" }, LETTER[value]) : h("span", { class: "ek-face" }, `Response ${LETTER[value]}`, kbd(ROOM_KEY[value] ?? ""));
  const group = choices({
    label: "Response to read",
    className: "ek-side-switch",
    value: sides[0],
    options: sides.map((value) => ({
      value,
      name: `Response ${LETTER[value]}`,
      key: isMany ? null : ROOM_KEY[value],
      face: face(value)
    })),
    onchoose: (next) => show2(next ?? sides[0])
  });
  if (isMany) {
    const notice = ({ target }) => {
      const pane = target instanceof Element && target.closest(".ek-pane");
      const here = pane && /** @type {Side} */
      /** @type {HTMLElement} */
      pane.dataset.side;
      if (here && here !== side && pane.checkVisibility()) group.choose(here);
    };
    for (const name of ["pointerdown", "focusin"]) panes.addEventListener(name, notice);
  }
  return { ...group, side: () => side };
}
function goTo(panes, side) {
  const root = panes.closest(".ek-workbench");
  if (root instanceof HTMLElement && root.dataset.room && root.dataset.room !== "panes") {
    toggleRoom(panes, side);
  }
  const pane = panes.querySelector(`.ek-pane[data-side="${side}"]`);
  const strip = pane?.parentElement;
  if (!pane || !strip) return;
  const [box, frame] = [pane.getBoundingClientRect(), strip.getBoundingClientRect()];
  const over = box.right > frame.right ? box.right - frame.right : Math.min(0, box.left - frame.left);
  strip.scrollBy({ left: over, behavior: "instant" });
}
function synchronise(panes, memory) {
  let leader = null;
  let release;
  panes.forEach((pane, index) => {
    pane.body.addEventListener(
      "scroll",
      () => {
        if (!memory.together || leader !== null && leader !== index) return;
        leader = index;
        clearTimeout(release);
        release = setTimeout(() => leader = null, 120);
        const length = pane.body.scrollHeight - pane.body.clientHeight;
        const share = length > 0 ? pane.body.scrollTop / length : 0;
        for (const { body } of panes) {
          if (body !== pane.body) body.scrollTop = share * (body.scrollHeight - body.clientHeight);
        }
      },
      { passive: true }
    );
  });
}

// pages/shared/components/workbench/resting.js
function openComfort(screen) {
  const pause2 = () => {
    dialog?.close();
    return openPause(screen);
  };
  const dialog = openDialog(screen, {
    label: "Text and comfort",
    className: "ek-small",
    letter: "l",
    content: [
      comfortContent(screen.root),
      h("p", { class: "ek-hint" }, "Kept in this browser, for your account.")
    ],
    end: button("Pause", "Z", pause2)
  });
  if (!dialog) return;
  const { onkey } = dialog;
  dialog.onkey = (name, numbers) => name === "z" ? pause2() : onkey(name, numbers);
}
function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
function runClock({ root, watch }) {
  const place5 = root.querySelector(".ek-timer");
  const paint = () => {
    if (place5 && root.dataset.timer === "1") place5.textContent = clock(watch.seconds());
  };
  paint();
  const ticking = setInterval(paint, 1e3);
  return () => clearInterval(ticking);
}
function openPause(screen) {
  const { watch } = screen;
  const words = "Your time on this case stands still. Any key goes on, or a click.";
  const dialog = openDialog(screen, {
    label: "Paused",
    className: "ek-small ek-paused",
    letter: "z",
    content: h("p", {}, words)
  });
  if (!dialog) return false;
  const goOn2 = () => {
    dialog.close();
    return true;
  };
  watch.pause(true);
  dialog.onkey = goOn2;
  dialog.addEventListener("click", goOn2);
  dialog.addEventListener("keydown", (event) => {
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    goOn2();
  });
  dialog.addEventListener("close", () => watch.pause(false));
  return true;
}

// pages/shared/components/workbench/scrolling.js
var LINES = 72;
var OVERLAP = 56;
function readingByKey(root) {
  let current = null;
  const parts = () => [...root.querySelectorAll(".ek-case-body, .ek-pane-body")].filter(
    (part) => part.checkVisibility() && isInView(part, root)
  );
  const notice = ({ target }) => {
    const part = target instanceof Element && target.closest(".ek-case-body, .ek-pane-body");
    if (part) point(part);
  };
  for (const name of ["pointerdown", "wheel", "focusin"]) {
    root.addEventListener(name, notice, { passive: true });
  }
  function point(part) {
    current = part;
    root.querySelectorAll("[data-reading]").forEach((pane) => pane.removeAttribute("data-reading"));
    part.closest(".ek-pane")?.setAttribute("data-reading", "");
  }
  function go2(direction, length) {
    const ways = parts();
    const at = Math.max(0, current ? ways.indexOf(current) : 0);
    const onward = direction > 0 ? ways.slice(at) : ways.slice(0, at + 1).reverse();
    const part = [...onward, ...pagesOf(root)].find((way) => canScroll(way, direction));
    if (!part) return;
    if (ways.includes(part)) point(part);
    part.scrollBy({ top: direction * length(part), behavior: "instant" });
  }
  return {
    page: (direction) => go2(direction, (part) => Math.max(LINES, part.clientHeight - OVERLAP)),
    line: (direction) => go2(direction, () => LINES),
    point
  };
}
var pagesOf = (root) => [...root.querySelectorAll(".ek-main"), root];
function isInView(part, root) {
  const { top, bottom } = part.getBoundingClientRect();
  const [page] = pagesOf(root).map((whole) => whole.getBoundingClientRect());
  return bottom > page.top + 40 && top < page.bottom;
}
function canScroll(part, direction) {
  if (!/auto|scroll/.test(getComputedStyle(part).overflowY)) return false;
  const rest = part.scrollHeight - part.clientHeight - part.scrollTop;
  return direction > 0 ? rest > 1 : part.scrollTop > 1;
}

// pages/shared/components/workbench/study.js
var learnt = (answered2, before) => answered2?.terms ? answered2 : answered2 && before?.suggesting || null;
var ANSWERS_EVERY = 12e4;
function studies(desk) {
  const known = /* @__PURE__ */ new Map();
  const askedAt = /* @__PURE__ */ new Map();
  async function ask(studyId) {
    askedAt.set(studyId, Date.now());
    const before = known.get(studyId);
    const asked = `${url(desk, "study")}?study=${studyId}&model=${before?.suggesting?.digest ?? ""}`;
    const answer = await send("GET", asked).catch(() => null);
    if (answer?.status !== 200 || !answer.body) return;
    const { digest, questions } = answer.body;
    const suggesting = learnt(answer.body.suggesting, before);
    const study = before?.digest === digest ? before : answer.body;
    known.set(studyId, Object.assign(study, { questions, suggesting }));
  }
  function paintQuestions(studyId) {
    const { screen } = desk;
    if (screen?.data.study_id !== studyId) return;
    screen.asking.paint(known.get(studyId)?.questions ?? []);
  }
  async function refresh(studyId) {
    await ask(studyId);
    paintQuestions(studyId);
  }
  return {
    refresh,
    repaint: paintQuestions,
    of: (studyId) => known.get(studyId) ?? null,
    arrive: async (screen) => {
      const { study_id, submitted, told } = screen.data;
      paintQuestions(study_id);
      const isOld = Date.now() - (askedAt.get(study_id) ?? 0) > ANSWERS_EVERY;
      if (submitted || isOld || known.get(study_id)?.digest !== told) await refresh(study_id);
      const study = known.get(study_id);
      const { screen: now } = desk;
      if (study && !study.is_read && now?.data.told === study.digest) openFirst(now, study);
    }
  };
}
function openFirst(screen, study) {
  if (screen.isTouched) return;
  const { desk, data, watch } = screen;
  const start = button("Start", "Enter", () => dialog?.close(), { class: "ek-button ek-primary" });
  const dialog = openDialog(screen, {
    label: "Before you start",
    className: "ek-first",
    letter: "g",
    content: [
      guidelines(data, study),
      h("h3", {}, "Keys"),
      keysContent(data, { named: data.third ? FIRST_OF_RANKING : FIRST_KEYS }),
      scales(data)
    ],
    end: [h("span", { class: "ek-hint" }, "To read this again: Guidelines, on top"), start]
  });
  if (!dialog) return;
  watch.pause(true);
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.repeat || event.isComposing) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    watch.pause(false);
    study.is_read = true;
    const body = { study_id: data.study_id, digest: study.digest };
    const quietly = { stopped: () => desk.isClosed, onwait: () => {
    } };
    persist("POST", url(desk, "read"), body, quietly);
  });
}
var FIRST_KEYS = ["A", "B", "E", "X", "I", "0 to 9", "D", "F", "Space", "Enter", "S", "H", "?"];
var FIRST_OF_RANKING = ["A to C", "A to D", "A to E", "=", "0 to 9", "F", "W", "Space", "Enter", "S", "H", "?"];
function openGuidelines(screen) {
  return openDialog(screen, {
    label: "Guidelines",
    className: "ek-drawer",
    letter: "g",
    content: [
      guidelines(screen.data, screen.desk.studies.of(screen.data.study_id)),
      scales(screen.data)
    ]
  });
}
var guidelines = (data, study) => [
  study ? aboutStudy(study) : [],
  data.guidelines ? rendered(h("div", { class: "ek-text" }), data.guidelines) : h("p", { class: "ek-hint" }, "This study has no written guidelines.")
];
function scales(data) {
  const parts = [];
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
        data.tags.map((tag) => [h("dt", {}, tag.name), h("dd", {}, tag.definition)])
      )
    );
  }
  return parts;
}
function aboutStudy({ about, contact, seconds_per_case }) {
  const time = seconds_per_case === null ? "" : `A case takes about ${timeInWords(seconds_per_case)} here.`;
  const parts = [];
  if (about) parts.push(h("p", { class: "ek-about", dir: "auto" }, about));
  if (time) parts.push(h("p", { class: "ek-fact" }, time));
  if (contact) parts.push(h("p", { class: "ek-fact", dir: "auto" }, `Whom to ask: ${contact}`));
  return parts;
}
function timeInWords(seconds) {
  if (seconds >= 90) return `${Math.round(seconds / 60)} min`;
  return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
}

// pages/shared/components/workbench/withdrawing.js
var undo2 = (screen) => undoSkip(screen) || withdraw(screen);
function withdraw(screen) {
  const { last } = screen.desk.memory;
  if (!last || Date.now() > last.until) return false;
  if (screen.state === "live") takeBack2(screen, last.entry.body);
  return true;
}
async function takeBack2(screen, sent) {
  const { desk, drafts } = screen;
  become(screen, "busy");
  complain(screen, "");
  if (!await drafts.flush()) {
    become(screen, "live");
    complain(screen, "What you entered here is not saved yet, so nothing was taken back.");
    return;
  }
  say(screen, "Taking back…");
  while (!await desk.outbox.drained()) if (screen.isClosed) return;
  if (screen.isClosed) return;
  if (!desk.memory.last) return become(screen, "live");
  const { assignment_id, token, session, number, opened_on, revision } = sent;
  const body = { assignment_id, token, session, number: number + 1, opened_on, revision };
  const answer = await persist("POST", url(desk, "withdraw"), body, {
    stopped: () => screen.isClosed,
    onwait: (why) => say(screen, `Not taken back yet: ${why}. Retrying`, "bad")
  });
  if (answer === null) return;
  if (answer.status !== 401) desk.memory.last = null;
  if (answer.status !== 200) {
    become(screen, "live");
    say(screen, "Not taken back", "bad");
    complain(screen, refusal(answer), ...wayIn(screen, answer));
    return;
  }
  await go(screen, assignment_id, "Taken back");
  if (desk.screen && desk.screen !== screen) say(desk.screen, "Taken back");
}

// pages/shared/components/workbench/screen.js
var SUBMITTED = "Submitted before; a change counts once it is submitted again";
var EDITED = "Edit not submitted; what counts is what you submitted before";
var FORM_HEIGHT = "--ek-form-height";
function buildScreen(desk, data) {
  const sending = desk.outbox.of(data.token) ?? null;
  const left = sending ? null : leftOf(data);
  const draft = (sending?.body ?? left)?.draft ?? data.draft;
  const state = {
    data,
    desk,
    state: "live",
    sending,
    isClosed: false,
    isTouched: false,
    isListing: false,
    // what is still to do is being said
    isStuck: false,
    // it is being said that what was entered is not saved
    openedAt: 0,
    unreadUntil: 0,
    left,
    ...asOpened(data, left),
    slow: void 0,
    // the timer that runs while the next page loads
    submission: { key: "", of: "" },
    answers: completeDraft(draft, sidesOf(data)),
    root: h("div", { class: "ek-workbench" }),
    status: h("span", { class: "ek-status", role: "status" }),
    words: "",
    kind: "",
    problem: h("span", { class: "ek-problem", role: "alert" })
  };
  const screen = (
    /** @type {Screen} */
    state
  );
  build(screen);
  dress(screen);
  say(screen, data.submitted ? data.has_edit ? EDITED : SUBMITTED : "");
  become(screen, "live");
  return screen;
}
var asOpened = (data, left) => left ? { session: left.session, sent: left.number, openedOn: left.opened_on } : { session: uuid(), sent: 0, openedOn: data.draft_mark };
function openScreen(desk, data) {
  const screen = desk.ahead.take(data) ?? buildScreen(desk, data);
  const { sending, left } = screen;
  screen.openedAt = performance.now();
  screen.watch = stopwatch(Math.max(data.active_seconds, left?.active_seconds ?? 0));
  screen.drafts = keepDrafts(screen);
  screen.marking = buildMarking(screen);
  const deaf = listenToKeys(screen.root, {
    isReady: () => screen.state === "live",
    submit: () => submit(screen),
    undo: () => undo2(screen),
    number: screen.form.number,
    takeBack: screen.form.takeBack,
    commands: keyCommands(screen),
    caret: screen.marking.onkey,
    offer: screen.form.takeOffer,
    reading: readingByKey(screen.root)
  });
  paintStatus(screen);
  if (sending) underway(screen, sending);
  forgetLeft(data);
  if (left) screen.drafts.touch();
  const onshow = (event) => event.persisted && reopen(screen);
  window.addEventListener("pageshow", onshow);
  const release = show(screen, desk.host);
  const stopClock = runClock(screen);
  const leaveDialogs = closeStreamlitDialogs();
  screen.close = () => {
    screen.isClosed = true;
    clearTimeout(screen.slow);
    screen.drafts.close();
    window.removeEventListener("pageshow", onshow);
    screen.watch.stop();
    stopClock();
    screen.marking.close();
    deaf();
    leaveDialogs();
    release();
  };
  return screen;
}
function keepDrafts(screen) {
  const { submitted } = screen.data;
  return draftKeeper({
    url: url(screen.desk, "draft"),
    body: () => judgement(screen),
    say: (words, kind) => say(screen, words, kind),
    onstored: ({ edit }) => {
      say(screen, submitted ? edit ? EDITED : SUBMITTED : "Draft saved");
      screen.discarding.hidden = !edit;
      if (screen.isStuck) complain(screen, "");
    },
    onrefused: (answer) => draftRefused(screen, answer),
    onleft: leaveBehind
  });
}
function reopen(screen) {
  if (forgetLeft(screen.data) || !screen.sent) return;
  screen.openedOn = `${screen.session}.${screen.sent}`;
  screen.session = uuid();
  screen.sent = 0;
}
function build(screen) {
  const { data, root, answers } = screen;
  const { memory } = screen.desk;
  const explain = explainer(root);
  screen.asking = buildAsking(screen);
  screen.form = buildForm({
    data,
    answers,
    explain,
    asking: screen.asking,
    model: () => screen.desk.studies.of(data.study_id)?.suggesting ?? null,
    isReady: () => screen.state === "live",
    onchange: () => {
      screen.isTouched = true;
      if (screen.sending) screen.desk.outbox.withdraw(screen.sending.id);
      screen.sending = null;
      screen.drafts.touch();
      screen.discarding.hidden = !data.submitted;
      const missing = screen.form.missing();
      if (screen.isListing) listMissing(screen, missing);
      else if (screen.problem.textContent && !missing.length) complain(screen, "");
    }
  });
  screen.casePart = buildCase({ data, memory, undoing: buildUndoing(screen) });
  const { ranking } = screen.form;
  screen.panes = buildPanes({ data, memory, casePart: screen.casePart, ranking });
  screen.main = h(
    "div",
    // Streamlit's own <main> is around it
    { class: "ek-main" },
    screen.casePart.node,
    screen.panes.node,
    screen.form.node
  );
  screen.finder = buildFinder(screen.main);
  const top = buildTop({
    data,
    finder: screen.finder.node,
    toStudies: () => move(screen, "studies"),
    openComfort: () => openComfort(screen),
    openGuidelines: () => openGuidelines(screen),
    openKeys: () => openKeys(screen)
  });
  root.prepend(top, screen.main, buildFooter(screen));
}
function buildUndoing(screen) {
  const n = skippedBefore(screen).length;
  const words = n === 1 ? "You skipped a case." : `You skipped ${n} cases.`;
  screen.takingBack = button("Take it back", "T", () => undoSkip(screen));
  screen.discarding = button("Discard edit", "O", () => discard(screen));
  screen.discarding.hidden = !screen.data.has_edit;
  const skips = n ? [h("span", {}, words), screen.takingBack] : [];
  return h("div", { class: "ek-undoing", id: "ek-undoing" }, skips, screen.discarding);
}
function buildFooter(screen) {
  const { data } = screen;
  const back = button("Back", "[", () => move(screen, "previous"));
  const forward = button("Forward", "]", () => move(screen, "following"));
  const undoKeys = { class: "ek-button ek-quiet", "aria-keyshortcuts": "Control+Z" };
  screen.withdrawing = button("Undo", "Ctrl Z", () => withdraw(screen), undoKeys);
  const skipping = button("Skip", "S", () => openSkip(screen));
  screen.ways = [
    [back, data.has_previous],
    [forward, data.has_following],
    [skipping, !data.submitted],
    [screen.takingBack, true],
    [screen.withdrawing, true],
    [screen.discarding, true]
  ];
  screen.submitting = button(
    data.submitted ? "Submit again" : "Submit",
    "Ctrl Enter",
    () => submit(screen),
    { class: "ek-button ek-primary", "aria-keyshortcuts": "Control+Enter" }
  );
  return h(
    "footer",
    { class: "ek-footer" },
    back,
    forward,
    skipping,
    h("div", { class: "ek-said" }, screen.problem, screen.status),
    screen.submitting
  );
}
function keyCommands(screen) {
  const { data, form, panes, casePart, marking } = screen;
  return {
    a: () => form.prefer("left"),
    b: () => form.prefer("right"),
    e: () => form.prefer("tie"),
    x: () => form.prefer("both_bad"),
    i: form.doubt,
    d: () => marking.mark() || form.openTags("left"),
    f: () => marking.mark() || form.openTags("right"),
    "+": marking.begin,
    "=": marking.begin,
    // without Shift, where "+" is above it
    s: () => !data.submitted && openSkip(screen),
    g: () => openGuidelines(screen),
    h: screen.asking.open,
    l: () => openComfort(screen),
    z: () => openPause(screen),
    "?": () => openKeys(screen),
    t: () => undoSkip(screen),
    o: () => !screen.discarding.hidden && discard(screen),
    "[": () => data.has_previous && move(screen, "previous"),
    "]": () => data.has_following && move(screen, "following"),
    m: () => data.right && toggleRoom(panes.node, "panes"),
    q: () => panes.alone("left"),
    w: () => panes.alone("right"),
    r: panes.toggleRaw,
    u: panes.toggleLinks,
    y: panes.toggleTogether,
    v: panes.compare,
    c: casePart.cycle,
    p: casePart.openAll,
    "/": screen.finder.focus,
    n: form.focusComment,
    "!": form.focusAssertion,
    ...data.third && rankingCommands(screen)
  };
}
function rankingCommands({ data, form, panes, casePart, marking }) {
  const letters = sidesOf(data).map((side) => [LETTER[side].toLowerCase(), () => form.rank(side)]);
  return {
    ...Object.fromEntries(letters),
    "=": form.tie,
    f: () => marking.mark() || form.openTags(panes.current()),
    x: casePart.cycle,
    m: () => toggleRoom(panes.node, "panes"),
    q: () => panes.step(-1),
    w: () => panes.step(1)
  };
}
function dress({ root }) {
  applyComfort(root);
  singleKeys.read();
  singleKeys.paint(root);
}
function layOutUnseen({ root, desk }) {
  root.classList.add("ek-unseen-yet");
  root.inert = true;
  desk.host.append(root);
  root.querySelectorAll(".ek-main, .ek-pane-body").forEach((part) => part.clientHeight);
}
function putAlone(root, host) {
  root.classList.remove("ek-unseen-yet");
  root.inert = false;
  if (root.parentElement !== host) host.append(root);
  [...host.children].filter((child) => child !== root).forEach((child) => child.remove());
}
function scrollPageUp() {
  const page = document.querySelector('[data-testid="stMain"]');
  if (page?.scrollTop) page.scrollTo({ top: 0 });
}
function show(screen, host) {
  dress(screen);
  if (!host.hasChildNodes()) scrollPageUp();
  putAlone(screen.root, host);
  screen.casePart.heading.focus({ preventScroll: true });
  screen.casePart.arrive();
  forgetDifference();
  requestAnimationFrame(() => colourCode(screen.main));
  const measuring = new ResizeObserver(() => {
    const height = `${screen.form.node.offsetHeight}px`;
    if (host.style.getPropertyValue(FORM_HEIGHT) !== height) host.style.setProperty(FORM_HEIGHT, height);
    reachScrollers(screen.root);
  });
  measuring.observe(screen.form.node);
  screen.root.querySelectorAll(".ek-pane-body").forEach((body) => measuring.observe(body));
  screen.root.addEventListener("toggle", () => reachScrollers(screen.root), true);
  return () => {
    measuring.disconnect();
    screen.finder.forget();
  };
}

// pages/shared/components/workbench/ahead.js
var LATER = 200;
function ahead(desk) {
  let ready = null;
  let isAsked = false;
  const nameOf = (data) => {
    const { isRaw, together, caseSize } = desk.memory;
    const { length } = skippedBefore({ desk, data });
    return JSON.stringify([data, isRaw, together, caseSize, length, window.innerWidth]);
  };
  function build2() {
    isAsked = false;
    const { screen } = desk;
    const held = !screen || screen.data.submitted ? null : desk.holding.peek(screen.data.study_id);
    if (!screen || !held) return drop();
    const data = following(held, screen.data, true);
    const name = nameOf(data);
    if (ready?.name === name) return;
    drop();
    ready = { screen: buildScreen(desk, data), name };
    layOutUnseen(ready.screen);
  }
  function drop() {
    ready?.screen.root.remove();
    ready = null;
  }
  return {
    make: () => {
      if (isAsked) return;
      isAsked = true;
      if (window.requestIdleCallback) window.requestIdleCallback(build2, { timeout: 2e3 });
      else setTimeout(build2, LATER);
    },
    take: (data) => {
      if (ready?.name !== nameOf(data)) drop();
      const screen = ready && ready.screen;
      ready = null;
      return screen;
    },
    drop
  };
}

// pages/shared/components/workbench/holding.js
var RENEWED = 0.5;
var STALE = 0.9;
var RELEASED = 1e3;
function holding(desk, { url: url2, shown, onheld, onchange, onprogress }) {
  const lifetime = desk.page.hold_seconds * 1e3;
  let held = null;
  let since = 0;
  let seen2 = 0;
  function keep2(answer, at) {
    if (answer.held !== void 0) held = answer.held && isNext(answer.held) ? answer.held : null;
    since = at;
    const { done, total } = answer;
    if (typeof done === "number" && typeof total === "number") onprogress(done, total);
    onchange();
  }
  const isNext = ({ token }) => token !== desk.screen?.data.token && !desk.outbox.of(token);
  async function ask() {
    const { screen } = desk;
    if (!screen) return;
    const at = Date.now();
    seen2 = screen.watch.seconds();
    const body = { study_id: screen.data.study_id, shown: shown() };
    const answer = await send("POST", url2("hold"), body).catch(() => null);
    if (answer?.status !== 200 || !answer.body || desk.screen !== screen) return;
    keep2(answer.body, at);
    if (held) onheld();
  }
  function release() {
    if (held) {
      send("POST", url2("release"), opening2(held), true).catch(() => {
      });
      tabs.postMessage(held.token);
    }
    held = null;
    onchange();
  }
  const tabs = new BroadcastChannel("evalkit-released");
  let asking2;
  tabs.onmessage = ({ data: token }) => {
    if (held?.token !== token) return;
    held = null;
    onchange();
    asking2 = setTimeout(ask, RELEASED);
  };
  const onshow = (event) => event.persisted && ask();
  const isAtWork = () => desk.screen && desk.screen.watch.seconds() !== seen2;
  const renew = () => desk.outbox.isEmpty() && isAtWork() && ask();
  const timer = setInterval(renew, lifetime * RENEWED);
  window.addEventListener("pagehide", release);
  window.addEventListener("pageshow", onshow);
  function peek(studyId) {
    const isOld = Date.now() - since > lifetime * STALE;
    return held?.study_id === studyId && !isOld ? held : null;
  }
  return {
    keep: (answer) => {
      keep2(answer, Date.now());
      if (answer.held && !held && desk.outbox.isEmpty()) ask();
    },
    ask,
    peek,
    take: (studyId) => {
      const task = peek(studyId);
      if (task) held = null;
      return task;
    },
    drop: (studyId) => {
      if (held && held.study_id !== studyId) release();
      held = null;
    },
    close: () => {
      release();
      clearInterval(timer);
      clearTimeout(asking2);
      tabs.close();
      window.removeEventListener("pagehide", release);
      window.removeEventListener("pageshow", onshow);
    }
  };
}
var opening2 = ({ assignment_id, token }) => ({ assignment_id, token });

// pages/shared/components/workbench/outbox.js
var PLACE = "evalkit-outbox-";
function outbox({ account, url: url2, besides, asks, onchange, onsignedout, onanswer }) {
  const place5 = `${PLACE}${account}/`;
  let entries = kept(place5);
  const left = new Set(entries);
  let passed = [];
  let trouble = "";
  let isRunning = false;
  let isClosed = false;
  let wake = () => {
  };
  const waiting = /* @__PURE__ */ new Set();
  async function run2() {
    if (isRunning) return;
    isRunning = true;
    await null;
    try {
      while (entries.length && !isClosed) await deliver(entries[0]);
    } finally {
      isRunning = false;
    }
  }
  async function deliver(entry) {
    if (left.has(entry) && !isKept(place5, entry)) {
      trouble = "";
      return forget(entry);
    }
    const answer = await persist("POST", url2(entry.path), () => ({ ...entry.body, ...besides(entry) }), {
      stopped: () => isClosed || !entries.includes(entry),
      onwait: (why) => say2(`${why}. Retrying`)
    });
    if (answer === null) return;
    if (answer.status === 401) {
      say2("you are signed out");
      onsignedout(answer);
      return woken();
    }
    trouble = "";
    if (answer.status === 200) forget(entry);
    try {
      const reply = await onanswer(entry, answer);
      if (reply === false) {
        say2("the case could not be loaded");
        return woken();
      }
      if (reply === "later") {
        passed = [...passed, entry];
        return leave2(entry);
      }
      forget(entry);
    } catch (error) {
      console.error(error);
      leave2(entry);
    }
  }
  const woken = () => new Promise((resolve) => wake = () => resolve(null));
  function say2(words) {
    trouble = words;
    onchange();
  }
  function forget(entry) {
    remove(place5, entry);
    leave2(entry);
  }
  function leave2(entry) {
    entries = entries.filter((other) => other !== entry);
    onchange();
    if (entries.length) return;
    waiting.forEach((tell) => tell(true));
    waiting.clear();
  }
  const onfocus = () => {
    entries = [...entries, ...passed];
    passed = [];
    wake();
    run2();
  };
  const onhide = () => {
    for (const { path, body } of entries) send("POST", url2(path), body, true).catch(() => {
    });
  };
  const onunload = (event) => asks && entries.length && event.preventDefault();
  window.addEventListener("focus", onfocus);
  window.addEventListener("pagehide", onhide);
  window.addEventListener("beforeunload", onunload);
  if (entries.length) run2();
  return {
    put: (entry) => {
      const isKnown = entries.some(({ id }) => id === entry.id);
      if (!isKnown) {
        entries = [...entries, entry];
        keep(place5, entry);
      }
      onchange();
      wake();
      run2();
    },
    withdraw: (id) => entries.filter((entry) => entry.id === id).forEach(forget),
    of: (token) => entries.find(({ body }) => body.token === token),
    pending: (studyId, but) => entries.filter(({ isNew, id, study_id }) => isNew && id !== but && study_id === studyId).length,
    isEmpty: () => !entries.length,
    all: () => [...entries, ...passed],
    trouble: () => trouble,
    words: () => sentence(entries, trouble),
    drained: () => entries.length ? within(PATIENCE, new Promise((resolve) => waiting.add(resolve)), false) : Promise.resolve(true),
    close: () => {
      isClosed = true;
      wake();
      window.removeEventListener("focus", onfocus);
      window.removeEventListener("pagehide", onhide);
      window.removeEventListener("beforeunload", onunload);
    }
  };
}
function sentence(entries, trouble) {
  if (!entries.length) return "";
  if (!trouble) return entries.length === 1 ? "1 on its way" : `${entries.length} on their way`;
  return `${entries[0].path === "skip" ? "Not skipped yet" : "Not stored yet"}: ${trouble}`;
}
function kept(place5) {
  try {
    return Object.keys(window.localStorage).filter((key) => key.startsWith(place5)).flatMap(read2).sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
}
function read2(key) {
  try {
    return [JSON.parse(window.localStorage.getItem(key) ?? "")];
  } catch {
    return [];
  }
}
function keep(place5, entry) {
  try {
    window.localStorage.setItem(place5 + entry.id, JSON.stringify(entry));
  } catch {
  }
}
var isKept = (place5, { id }) => window.localStorage.getItem(place5 + id) !== null;
function remove(place5, { id }) {
  try {
    window.localStorage.removeItem(place5 + id);
  } catch {
  }
}

// pages/shared/components/workbench/looking.js
var drawn;
function drawPreview(task, looks2) {
  drawn?.close();
  const host = h("div", { class: "ek-host" });
  looks2.forEach(([name, value]) => host.style.setProperty(name, value));
  document.body.replaceChildren(host);
  drawn = openScreen(deskOf(host, task), task);
  drawn.state = "leaving";
  drawn.root.inert = true;
}
function deskOf(host, task) {
  const nothing = () => {
  };
  const never = async () => {
  };
  const page = { turn: "", prefix: "/", account: "", hold_seconds: 0, skip_reasons: [], task };
  return {
    host,
    page,
    memory: { together: false, isRaw: false, caseSize: "normal", skipped: [], last: null },
    outbox: {
      put: nothing,
      withdraw: nothing,
      of: () => void 0,
      pending: () => 0,
      isEmpty: () => true,
      all: () => [],
      trouble: () => "",
      words: () => "",
      drained: async () => true,
      close: nothing
    },
    holding: { keep: nothing, ask: never, peek: () => null, take: () => null, drop: nothing, close: nothing },
    ahead: { make: nothing, take: () => null, drop: nothing },
    studies: { of: () => null, arrive: never, refresh: never, repaint: nothing },
    screen: null,
    isClosed: false,
    path: "",
    paint: () => {
      throw new Error("A preview shows one case.");
    },
    close: nothing
  };
}

// pages/shared/components/workbench/workbench.js
function openDesk(host, page) {
  sender.account = page.account;
  const memory = { together: false, isRaw: false, caseSize: "normal", skipped: [], last: null };
  const desk = (
    /** @type {Desk} */
    { host, page, memory, screen: null, isClosed: false }
  );
  desk.path = window.location.pathname;
  const onScreen = () => {
    const { screen } = desk;
    if (screen === null || screen.sending) return null;
    const seconds = (performance.now() - screen.openedAt) / 1e3;
    return { assignment_id: screen.data.assignment_id, token: screen.data.token, seconds };
  };
  desk.outbox = outbox({
    account: page.account,
    url: (path) => url(desk, path),
    besides: ({ study_id }) => desk.screen?.data.study_id === study_id ? { hold: true, shown: onScreen() } : {},
    asks: true,
    onchange: () => desk.screen && paintStatus(desk.screen),
    onsignedout: (answer) => desk.screen && signedOut(desk.screen, answer),
    onanswer: (entry, answer) => answered(desk, entry, answer)
  });
  desk.holding = holding(desk, {
    url: (name) => url(desk, name),
    shown: onScreen,
    onheld: () => desk.screen && giveWay(desk.screen),
    onchange: () => desk.ahead.make(),
    onprogress: (done, total) => desk.screen && sayProgress(desk.screen, done, total)
  });
  desk.ahead = ahead(desk);
  desk.studies = studies(desk);
  desk.paint = (task, isAddressed2 = false) => {
    desk.screen?.close();
    desk.holding.drop(task.study_id);
    desk.screen = openScreen(desk, task);
    if (!isAddressed2) sayAddress(task);
    if (desk.outbox.isEmpty()) desk.holding.ask();
    desk.studies.arrive(desk.screen);
    return desk.screen;
  };
  desk.close = () => {
    desk.isClosed = true;
    desk.screen?.close();
    desk.outbox.close();
    desk.holding.close();
    desk.ahead.drop();
  };
  return desk;
}
function arrive(desk, task) {
  const { screen, paint } = desk;
  if (isAddressed(desk) || screen?.state !== "leaving" && screen?.data.token === task.token) return;
  paint(task, true);
}
var isAddressed = ({ screen, path }) => screen !== null && screen.state !== "leaving" && window.location.pathname === path && addressed() === screen.data.assignment_id;
function workbench({ parentElement, data: [page] }) {
  const early = adopt(parentElement);
  const host = early ?? parentElement.querySelector(".ek-host") ?? h("div", { class: "ek-host" });
  if (!host.isConnected) parentElement.append(host);
  rememberLooks(parentElement);
  let { desk } = host;
  if (desk && desk.page.account !== page.account) {
    desk.close();
    desk = null;
  }
  if (!desk || desk.page.turn !== page.turn) {
    desk = host.desk = desk ?? openDesk(host, page);
    desk.page = page;
    if (early && desk.screen) sayAddress(desk.screen.data);
    else arrive(desk, page.task);
  }
  return () => {
    setTimeout(() => {
      if (host.isConnected || !host.desk) return;
      const isAstray = isAddressed(host.desk);
      host.desk.close();
      host.desk = null;
      if (isAstray) runAddressed();
    });
  };
}
function drawEarly() {
  const early = comeEarly();
  if (!early) return;
  const { host, page } = early;
  window.addEventListener("popstate", () => {
    if (!isEarly(host)) return;
    window.history.pushState = window.history.replaceState = () => {
    };
    window.location.reload();
  });
  host.desk = openDesk(host, page);
  host.desk.paint(page.task);
}
export {
  workbench as default,
  drawEarly,
  drawPreview
};
