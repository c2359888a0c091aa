// The keyboard: one listener, before Streamlit's own shortcuts (C clears its cache, R reruns).

/**
 * Listen until the returned function is called. `commands` maps a key to a function that returns
 * false when it had nothing to do. `isReady()` is false while nothing may be done.
 */
function listenToKeys(root, { commands, submit, digit, erase, isReady }) {
  const isModified = (event) =>
    (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");

  function onkeydown(event) {
    if (event.isComposing || !root.isConnected) return;
    const dialog = root.querySelector("dialog[open]");
    const isEnter = event.key === "Enter";
    const isSure = (event.ctrlKey || event.metaKey) && !event.altKey; // Command on a Mac
    if (isEnter && isSure && !dialog) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!event.repeat && isReady()) submit();
      return;
    }
    if (isModified(event)) return;
    if (inField(event)) {
      if (event.key === "Escape" && !dialog) event.composedPath()[0].blur();
      return;
    }
    const isLetter = event.key.length === 1;
    if (dialog) {
      if (!isLetter) return;
      shield(event);
      if (dialog.onletter(event)) event.preventDefault();
      return;
    }
    if (isEnter) {
      const target = event.target.closest("button, summary, a");
      if (target && target.getAttribute("role") !== "radio") return; // its own business
      event.preventDefault();
      if (!event.repeat && isReady()) submit();
      return;
    }
    if (event.key === "Backspace" && event.target.closest(".ek-rubric") && isReady()) {
      event.preventDefault();
      erase();
      return;
    }
    if (!isLetter) return;
    shield(event);
    if (event.repeat || !isReady()) return;
    if (run(event)) event.preventDefault();
  }

  function run(event) {
    const command = commands[event.key.toLowerCase()];
    if (command) return command() !== false;
    const plain = /^[0-9]$/.test(event.key);
    const physical = /^Digit([0-9])$/.exec(event.code || ""); // digits behind Shift, as on AZERTY
    if (plain) return digit(event.key);
    return Boolean(physical) && !event.shiftKey && digit(physical[1]);
  }

  /** Keep a key from Streamlit. */
  function shield(event) {
    event.stopImmediatePropagation();
  }
  const onother = (event) => {
    if (root.isConnected && event.key.length === 1 && !isModified(event) && !inField(event)) {
      event.stopImmediatePropagation();
    }
  };
  window.addEventListener("keydown", onkeydown, true);
  window.addEventListener("keypress", onother, true);
  window.addEventListener("keyup", onother, true);
  return () => {
    window.removeEventListener("keydown", onkeydown, true);
    window.removeEventListener("keypress", onother, true);
    window.removeEventListener("keyup", onother, true);
  };
}
