// The annotation screen in a frame of its own, drawn at its size and shown in small: it takes no
// key and no click. See drawPreview in ../workbench/looking.js.

const WIDTH = 1440;
const HEIGHT = 900;

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
  box.style.aspectRatio = `${WIDTH} / ${HEIGHT}`;
  const frame = document.createElement("iframe");
  frame.title = "What annotators will see";
  frame.tabIndex = -1;
  frame.style.cssText = `width:${WIDTH}px;height:${HEIGHT}px;border:0;transform-origin:0 0`;
  frame.inert = true;
  box.append(frame);
  parent.append(box);
  new ResizeObserver(() => {
    frame.style.transform = `scale(${box.clientWidth / WIDTH})`;
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
