/* Every piece of text in the main part of the page: what it says, where it stands, and what cuts it off, if anything.
   Figures, formulas and code lay out their own text, and what is hidden from view on purpose is not read. What a model is
   stands in one line behind its field's name, however little room there is; the whole of it is in the field's help. */
() => {
  const main = document.querySelector("[data-testid=stMain]");
  const own = [".js-plotly-plot", ".katex", "pre", "style", "script", "[data-testid=stDataFrame]", "[data-testid=stIconMaterial]",
    "[class*=st-key-picker_] [data-testid=stWidgetLabel]"];
  const visible = { opacityProperty: true, visibilityProperty: true };
  const found = [];

  function look(node) {
    const text = node.textContent.replace(/\u200b/g, "").trim();
    const element = node.parentElement;
    if (!text || element.closest(own.join()) || !element.checkVisibility(visible)) { return; }
    const range = document.createRange();
    range.selectNodeContents(node);
    let boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    let cut = null;
    for (let holder = element; holder !== main; holder = holder.parentElement) {
      const style = getComputedStyle(holder), edge = holder.getBoundingClientRect();
      if (style.display === "contents") { continue; }
      if (style.clipPath !== "none" || style.display !== "inline" && (edge.width <= 1 || edge.height <= 1)) { return; }
      if (style.display === "inline") { continue; }
      const wide = (box) => box.right > edge.right + 1 || box.left < edge.left - 1;
      const high = (box) => box.bottom > edge.bottom + 4 || box.top < edge.top - 4;
      const hides = (overflow) => ["hidden", "clip"].includes(overflow);
      if (boxes.some((box) => hides(style.overflowX) && wide(box) || hides(style.overflowY) && high(box))) {
        cut ??= holder.dataset.testid || holder.className || holder.tagName;
      }
      // what can be scrolled to is not cut, and may lie behind what stands beside it
      if (["auto", "scroll"].includes(style.overflowX)) { boxes = boxes.filter((box) => !wide(box)); }
    }
    found.push({ text: text.slice(0, 60), cut, boxes: boxes.map((box) => [box.left, box.top, box.right, box.bottom]) });
  }

  const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { look(walk.currentNode); }
  for (const field of main.querySelectorAll("input[role=combobox]")) {  // what is chosen, not what a learner types
    if (field.value && field.checkVisibility() && field.scrollWidth > field.clientWidth + 1) {
      found.push({ text: field.value, cut: "its field", boxes: [] });
    }
  }
  return found;
}
