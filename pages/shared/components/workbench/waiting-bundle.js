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

// pages/shared/components/workbench/saving.js
var PAUSES = [500, 1e3, 2e3, 4e3, 8e3, 15e3];
var REQUEST_TIMEOUT = 2e4;
var PATIENCE = 3e3;
var sender = { account: "" };
async function send(method, url, body, keepalive = false) {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), REQUEST_TIMEOUT);
  try {
    const response = await fetch(url, {
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
async function persist(method, url, body, { stopped, onwait }) {
  for (let attempt = 0; ; attempt += 1) {
    let answer = null;
    try {
      answer = await send(method, url, typeof body === "function" ? body() : body);
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

// pages/shared/components/workbench/gone.js
function isGone({ body }, loaded) {
  if (isPassing(loaded) || loaded.status === 401 || loaded.status === 403) return false;
  return loaded.status !== 200 || loaded.body.task?.token !== body.token;
}
function lossOf({ body }, answer) {
  const comment = body.draft?.comment || body.note;
  const copy = comment ? ` Your comment on it: “${comment}”` : "";
  return `A case from before was not stored. ${refusal(answer)}${copy}`;
}

// pages/shared/components/workbench/outbox.js
var PLACE = "evalkit-outbox-";
function outbox({ account, url, besides, asks, onchange, onsignedout, onanswer }) {
  const place = `${PLACE}${account}/`;
  let entries = kept(place);
  const left = new Set(entries);
  let passed = [];
  let trouble = "";
  let isRunning = false;
  let isClosed = false;
  let wake = () => {
  };
  const waiting2 = /* @__PURE__ */ new Set();
  async function run() {
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
    if (left.has(entry) && !isKept(place, entry)) {
      trouble = "";
      return forget(entry);
    }
    const answer = await persist("POST", url(entry.path), () => ({ ...entry.body, ...besides(entry) }), {
      stopped: () => isClosed || !entries.includes(entry),
      onwait: (why) => say(`${why}. Retrying`)
    });
    if (answer === null) return;
    if (answer.status === 401) {
      say("you are signed out");
      onsignedout(answer);
      return woken();
    }
    trouble = "";
    if (answer.status === 200) forget(entry);
    try {
      const reply = await onanswer(entry, answer);
      if (reply === false) {
        say("the case could not be loaded");
        return woken();
      }
      if (reply === "later") {
        passed = [...passed, entry];
        return leave(entry);
      }
      forget(entry);
    } catch (error) {
      console.error(error);
      leave(entry);
    }
  }
  const woken = () => new Promise((resolve) => wake = () => resolve(null));
  function say(words) {
    trouble = words;
    onchange();
  }
  function forget(entry) {
    remove(place, entry);
    leave(entry);
  }
  function leave(entry) {
    entries = entries.filter((other) => other !== entry);
    onchange();
    if (entries.length) return;
    waiting2.forEach((tell) => tell(true));
    waiting2.clear();
  }
  const onfocus = () => {
    entries = [...entries, ...passed];
    passed = [];
    wake();
    run();
  };
  const onhide = () => {
    for (const { path, body } of entries) send("POST", url(path), body, true).catch(() => {
    });
  };
  const onunload = (event) => asks && entries.length && event.preventDefault();
  window.addEventListener("focus", onfocus);
  window.addEventListener("pagehide", onhide);
  window.addEventListener("beforeunload", onunload);
  if (entries.length) run();
  return {
    put: (entry) => {
      const isKnown = entries.some(({ id }) => id === entry.id);
      if (!isKnown) {
        entries = [...entries, entry];
        keep(place, entry);
      }
      onchange();
      wake();
      run();
    },
    withdraw: (id) => entries.filter((entry) => entry.id === id).forEach(forget),
    of: (token) => entries.find(({ body }) => body.token === token),
    pending: (studyId, but) => entries.filter(({ isNew, id, study_id }) => isNew && id !== but && study_id === studyId).length,
    isEmpty: () => !entries.length,
    all: () => [...entries, ...passed],
    trouble: () => trouble,
    words: () => sentence(entries, trouble),
    drained: () => entries.length ? within(PATIENCE, new Promise((resolve) => waiting2.add(resolve)), false) : Promise.resolve(true),
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
function kept(place) {
  try {
    return Object.keys(window.localStorage).filter((key) => key.startsWith(place)).flatMap(read).sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
}
function read(key) {
  try {
    return [JSON.parse(window.localStorage.getItem(key) ?? "")];
  } catch {
    return [];
  }
}
function keep(place, entry) {
  try {
    window.localStorage.setItem(place + entry.id, JSON.stringify(entry));
  } catch {
  }
}
var isKept = (place, { id }) => window.localStorage.getItem(place + id) !== null;
function remove(place, { id }) {
  try {
    window.localStorage.removeItem(place + id);
  } catch {
  }
}

// pages/shared/components/workbench/waiting.js
function waiting({ parentElement, data: [page], setTriggerValue }) {
  const host = parentElement.querySelector(".ek-waiting") ?? h("div", { class: "ek-waiting", role: "status" });
  if (!host.isConnected) {
    host.hidden = true;
    parentElement.append(host);
  }
  if (host.account !== page.account) {
    host.outbox?.close();
    host.account = page.account;
    open(host, page, () => setTriggerValue("stored", Date.now()));
  }
  return () => {
    setTimeout(() => host.isConnected || host.outbox?.close());
  };
}
function open(host, { prefix, account }, onstored) {
  sender.account = account;
  const url = (path) => `${prefix}annotate/${path}`;
  const line = h("p");
  const refused = /* @__PURE__ */ new Map();
  const lost = [];
  const box = outbox({
    account,
    url,
    besides: () => ({}),
    asks: false,
    // it is all from what the browser keeps
    onchange: () => queueMicrotask(paint),
    onsignedout: () => {
    },
    onanswer: async (entry, answer) => {
      if (answer.status === 200) return true;
      const isLost = await isCaseGone(url, entry);
      if (!isOpen()) return "later";
      if (isLost) lost.push(h("p", {}, lossOf(entry, answer)));
      else refused.set(entry.id, reason(prefix, entry, answer));
      return isLost || "later";
    }
  });
  let n = box.all().length;
  host.outbox = box;
  const isOpen = () => host.isConnected && host.outbox === box;
  function paint() {
    if (!isOpen()) return;
    const entries = box.all();
    const ids = entries.map(({ id }) => id);
    const known = box.trouble() ? ids.slice(1) : ids;
    for (const id of refused.keys()) if (!known.includes(id)) refused.delete(id);
    const underway = entries.length - refused.size;
    if (underway) line.textContent = sentence2(underway, box.trouble());
    show(host, [...underway ? [line] : [], ...refused.values(), ...lost]);
    if (underway || lost.length || entries.length >= n) return;
    n = entries.length;
    onstored();
  }
  paint();
}
async function isCaseGone(url, entry) {
  const query = new URLSearchParams({ assignment: String(entry.body.assignment_id) });
  const loaded = await send("GET", `${url("task")}?${query}`).catch(() => null);
  return loaded !== null && isGone(entry, loaded);
}
function show(host, parts) {
  host.hidden = !parts.length;
  const isSame = parts.length === host.children.length && parts.every((part, at) => part === host.children[at]);
  if (!isSame) host.replaceChildren(...parts);
}
function sentence2(n, trouble) {
  const what = n === 1 ? "1 submission on this computer is" : `${n} submissions on this computer are`;
  return `${what} still on ${n === 1 ? "its" : "their"} way${trouble && `: ${trouble}`}.`;
}
function reason(prefix, { path, study_id, body }, answer) {
  const query = new URLSearchParams({ study: String(study_id), assignment: String(body.assignment_id) });
  const way = h("a", { href: `${prefix}compare?${query}` }, "Open the case");
  const what = path === "skip" ? "A skip" : "A submission";
  return h("p", {}, `${what} was refused, and is kept on this computer. ${refusal(answer)} `, way);
}
export {
  waiting as default
};
