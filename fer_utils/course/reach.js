// Keys that belong to a control stay with it, and each part of a control is named for those who hear the page.
// JupyterLab hears keys before a slider or a list does: an arrow would leave for the next cell, "m" would turn the
// cell into text. It leaves those alone whose very element has this attribute.
const SUPPRESS = "data-lm-suppress-shortcuts";
const BOX = ".fer-reach", ROW = ".jupyter-widgets", PARTS = ".noUi-handle, .ui-slider-handle, select, input, textarea";

function arrange(box) {
  for (const part of box.querySelectorAll(`${PARTS}, button, [tabindex]`)) {
    if (!part.hasAttribute(SUPPRESS)) part.setAttribute(SUPPRESS, "true");
  }
  for (const label of box.querySelectorAll(".widget-label, .widget-label-basic")) {
    const row = label.closest(ROW), words = label.textContent.trim();
    if (!row || !words) continue;
    for (const part of row.querySelectorAll(PARTS)) {
      if (part.getAttribute("aria-label") !== words) part.setAttribute("aria-label", words);
    }
    if (label.title === "null") label.removeAttribute("title");
  }
  for (const group of box.querySelectorAll(".widget-radio-box")) {
    const heading = group.closest(".widget-vbox")?.querySelector("b")?.textContent;
    group.setAttribute("role", "radiogroup");
    if (heading && group.getAttribute("aria-label") !== heading) group.setAttribute("aria-label", heading);
  }
}

function render({ el }) {
  el.style.display = "none";
  let watcher;
  const begin = () => {
    const box = el.closest(BOX);
    if (!box) return void (el.isConnected || !watcher ? requestAnimationFrame(begin) : null);
    watcher = new MutationObserver(() => arrange(box));
    watcher.observe(box, { childList: true, subtree: true });
    arrange(box);
  };
  requestAnimationFrame(begin);
  return () => watcher?.disconnect();
}

export default { render };
