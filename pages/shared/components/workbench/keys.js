// The keyboard: one listener, before Streamlit's own shortcuts (C clears its cache, R reruns).

const isModified = (event) =>
  (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");

const isLetter = (event) => event.key.length === 1;

/**
 * Listen until the returned function is called. `commands` maps a key to a function that returns
 * false when it had nothing to do. `isReady()` is false while nothing may be done.
 */
function listenToKeys(root, actions) {
  const onkeydown = (event) => {
    if (event.isComposing || !root.isConnected) return;
    const dialog = root.querySelector("dialog[open]");
    if (event.key === "Enter" && !dialog) enter(event, actions);
    else if (isModified(event)) return; // the browser's own
    else if (inField(event)) leaveField(event, dialog);
    else if (isLetter(event)) letter(event, dialog, actions);
    else if (event.key === "Backspace") takeBack(event, actions);
  };
  const onother = (event) => {
    if (!root.isConnected || isModified(event) || inField(event) || !isLetter(event)) return;
    event.stopImmediatePropagation();
  };
  const listeners = { keydown: onkeydown, keypress: onother, keyup: onother };
  for (const [name, listener] of Object.entries(listeners)) {
    window.addEventListener(name, listener, true);
  }
  return () => {
    for (const [name, listener] of Object.entries(listeners)) {
      window.removeEventListener(name, listener, true);
    }
  };
}

/** Enter submits, but not while typing and not on a button; with Ctrl or Command it always does. */
function enter(event, { submit, isReady }) {
  const isSure = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (!isSure) {
    const control = event.target.closest("button, summary, a");
    const isItsOwn = control && control.getAttribute("role") !== "radio";
    if (isModified(event) || inField(event) || isItsOwn) return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.repeat && isReady()) submit();
}

function leaveField(event, dialog) {
  if (event.key === "Escape" && !dialog) event.composedPath()[0].blur();
}

function letter(event, dialog, actions) {
  event.stopImmediatePropagation(); // Streamlit does not hear it
  if (dialog) {
    if (dialog.onletter(event)) event.preventDefault();
  } else if (!event.repeat && actions.isReady() && run(event, actions)) {
    event.preventDefault();
  }
}

function run(event, { commands, digit }) {
  const command = commands[event.key.toLowerCase()];
  if (command) return command() !== false;
  if (/^[0-9]$/.test(event.key)) return digit(event.key);
  const physical = /^Digit([0-9])$/.exec(event.code || ""); // digits behind Shift, as on AZERTY
  return Boolean(physical) && !event.shiftKey && digit(physical[1]);
}

function takeBack(event, { erase, isReady }) {
  if (!event.target.closest(".ek-rubric") || !isReady()) return;
  event.preventDefault();
  erase();
}
