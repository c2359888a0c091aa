// The box is Streamlit's own and may be drawn after this, so it is looked for for a while.
const EVERY = 50;
const FOR = 3000;
const PAUSE = 700;

/**
 * @param {object} component
 * @param {{ box: string, place: number }} component.data
 * @param {(name: string, value: unknown) => void} component.setStateValue
 */
export default function ({ data, setStateValue }) {
  let pause = 0;
  /** @type {HTMLTextAreaElement | null} */
  let area = null;
  const keep = () => setStateValue("draft", { place: data.place, words: area?.value ?? "" });
  const typed = () => {
    clearTimeout(pause);
    pause = window.setTimeout(keep, PAUSE);
  };
  const look = () => {
    const there = document.querySelector(`.st-key-${data.box} textarea`);
    if (!(there instanceof HTMLTextAreaElement)) return;
    clearInterval(timer);
    area = there;
    area.addEventListener("input", typed);
    if (area.dataset.place === String(data.place)) return;
    area.dataset.place = String(data.place);
    area.focus({ preventScroll: true });
    area.setSelectionRange(area.value.length, area.value.length);
  };
  const timer = setInterval(look, EVERY);
  const gone = setTimeout(() => clearInterval(timer), FOR);
  look();
  return () => {
    clearInterval(timer);
    clearTimeout(gone);
    clearTimeout(pause);
    area?.removeEventListener("input", typed);
  };
}
