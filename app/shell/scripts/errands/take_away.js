// The buttons that take away what stands under a key: a figure, one that moves under the hand, or a page of its own in a frame.
async function drawingIn(holder) {
  const frame = holder?.querySelector("iframe"), plot = holder?.querySelector(".js-plotly-plot"), hand = handIn(holder);
  const camera = plot?.querySelector(".modebar-btn");  // the first button of Plotly's bar takes the picture
  return frame ? ofFrame(frame) : hand ? ofHand(hand) : camera ? ofFigure(plot, camera) : null;
}
async function takeAway(button) {
  const { format } = button.dataset, { figure, filename, caption } = button.closest(".take-away").dataset;
  button.disabled = true;
  try {
    const drawing = await drawingIn(document.querySelector(`.st-key-${CSS.escape(figure)}`));
    if (!drawing) { return; }
    const rules = await fontRules(drawing.family).catch(() => "");
    const [svg, width, height] = framed(drawing, rules, decodeURIComponent(caption), window.location.href);
    const blob = format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await painted(svg, width, height);
    save(blob, `${filename}.${format}`);
  } finally { button.disabled = false; }
}
