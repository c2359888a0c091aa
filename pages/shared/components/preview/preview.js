// The annotation screen in a frame of its own, drawn at its size and shown in small: it takes no
// key and no click. See drawPreview in ../workbench/looking.js.

/** Of a screen on a desk. */
const WIDE = { width: 1440, height: 900 };
/** On a page this narrow it is a phone's: a wide one would be too small to read. */
const NARROW = { below: 700, width: 390, height: 844 };

/**
 * @typedef {{ task: object, prefix: string, version: string }} Shown
 * @param {{ parentElement: HTMLElement, data: Shown }} component
 */
export default function (component) {
  const { parentElement, data } = component;
  const frame = parentElement.querySelector("iframe") ?? makeFrame(parentElement);
  const draw = () => {
    const page = /** @type {any} */ (frame.contentWindow);
    page.drawPreview?.(data.task, looksOf(frame));
  };
  frame.onload = draw;
  const address = `${data.prefix}annotate/screen`;
  const written = `<!doctype html><html lang="en"><head><title>Preview</title>
    <style>${fonts()}</style>
    <link rel="stylesheet" href="${address}.css?v=${data.version}">
    <script type="module">
      import { drawPreview } from "${address}.js?v=${data.version}";
      window.drawPreview = drawPreview;
    </script></head><body></body></html>`;
  if (frame.srcdoc === written) draw();
  else frame.srcdoc = written;
}

/** @param {HTMLElement} parent */
function makeFrame(parent) {
  const box = document.createElement("div");
  box.style.cssText = "position:relative;overflow:hidden;border:1px solid;border-radius:8px";
  box.style.borderColor = "color-mix(in srgb, currentColor 25%, transparent)";
  const frame = document.createElement("iframe");
  frame.title = "What annotators will see";
  frame.tabIndex = -1;
  frame.style.cssText = "border:0;transform-origin:0 0";
  frame.inert = true;
  box.append(frame);
  parent.append(box);
  new ResizeObserver(() => {
    const room = box.clientWidth;
    const height = room < NARROW.below ? NARROW.height : WIDE.height;
    const width = room < NARROW.below ? Math.max(room, NARROW.width) : WIDE.width;
    box.style.aspectRatio = `${width} / ${height}`;
    Object.assign(frame.style, {
      width: `${width}px`,
      height: `${height}px`,
      transform: `scale(${room / width})`,
    });
  }).observe(box);
  return frame;
}

/** The fonts of this page, which its components are set in, to be found from any other. */
function fonts() {
  return [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules].map((rule) => ({ rule, base: sheet.href ?? document.baseURI })))
    .filter(({ rule }) => rule instanceof CSSFontFaceRule)
    .map(({ rule, base }) =>
      rule.cssText.replace(/url\("([^"]+)"\)/g, (_, place) => `url("${new URL(place, base)}")`),
    )
    .join("");
}

/**
 * The colours and fonts that Streamlit gives its components.
 * @param {HTMLElement} element
 * @returns {[string, string][]}
 */
function looksOf(element) {
  const style = getComputedStyle(element);
  const names = [...style].filter((name) => name.startsWith("--st-"));
  return [...names, "color-scheme"].map((name) => [name, style.getPropertyValue(name)]);
}
