/* The picture of a figure: the Plotly that has drawn it makes the drawing, zoom included, on the click of its own button;
what it would save is caught. */

/* The page's theme with its margins and sizes, in the colours of paper. */
function onPaper(node) {
  if (Array.isArray(node) || node === null || typeof node !== "object") { return node; }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name,
    typeof value !== "string" ? onPaper(value)
      : name === "color" ? INK
        : /^(grid|zeroline|line|tick)color$/.test(name) ? RULE : /bgcolor$/.test(name) ? PAPER : value]));
}

/* Have Plotly make an SVG of the figure in the colours of paper. */
function ofFigure(plot, camera) {
  const [width, height] = [plot.clientWidth, plot.clientHeight];
  const kept = plot.layout, click = HTMLAnchorElement.prototype.click;
  const family = getComputedStyle(plot.querySelector("text") ?? plot).fontFamily;
  const svg = new Promise((resolve, reject) => {
    const late = setTimeout(() => { HTMLAnchorElement.prototype.click = click; reject(new Error("no picture")); }, 20000);
    HTMLAnchorElement.prototype.click = function () {
      if (!this.download) { return click.call(this); }
      HTMLAnchorElement.prototype.click = click;
      clearTimeout(late);
      fetch(this.href).then((answer) => answer.text()).then(resolve, reject);
    };
  });
  plot._context.toImageButtonOptions = { format: "svg", filename: "figure", scale: 1, width, height };
  plot.layout = { ...kept, template: { ...kept.template, layout: onPaper(kept.template?.layout ?? {}) }, paper_bgcolor: PAPER,
    plot_bgcolor: PAPER, updatemenus: [], sliders: [], font: { ...kept.font, color: INK, family } };
  camera.click();
  plot.layout = kept;
  return svg.then((text) => (
    { root: new DOMParser().parseFromString(text, "image/svg+xml").documentElement, family, width, height, chosen: [] }));
}
