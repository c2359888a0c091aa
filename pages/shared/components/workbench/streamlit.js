// What Streamlit lays over the page: its dialogs, which cover what is being judged.

/**
 * Tell whether something modal that is not ours lies over the screen: then its keys are its own.
 * @param {Element} root
 */
export function isCovered(root) {
  const modals = document.querySelectorAll('[role$="dialog"], [aria-modal="true"], dialog[open]');
  return [...modals].some((modal) => !root.contains(modal) && modal.checkVisibility());
}

/**
 * Close Streamlit's own dialogs as soon as they open: its "Connection error" covers the screen,
 * which says itself, and better, what is stored and what is not. Returns how to stop.
 */
export function closeStreamlitDialogs() {
  const close = () => {
    const buttons = document.querySelectorAll('[data-testid="stDialog"] button[aria-label="Close"]');
    for (const element of buttons) /** @type {HTMLElement} */ (element).click();
  };
  const watching = new MutationObserver(close);
  watching.observe(document.body, { childList: true });
  close();
  return () => watching.disconnect();
}
