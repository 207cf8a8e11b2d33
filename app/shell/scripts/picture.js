/* The buttons that take away what stands under a key: a figure, or a page of its own in a frame. */
async function drawingIn(holder) {
  const frame = holder?.querySelector("iframe"), plot = holder?.querySelector(".js-plotly-plot");
  const camera = plot?.querySelector(".modebar-btn");  // the first button of Plotly's bar takes the picture
  return frame ? ofFrame(frame) : camera ? ofFigure(plot, camera) : null;
}

export default function({ parentElement, data }) {
  parentElement.querySelectorAll("button").forEach((button) => {
    const format = button.dataset.format;
    button.textContent = data[format];
    button.onclick = async () => {
      button.disabled = true;
      try {
        const drawing = await drawingIn(document.querySelector(`.st-key-${CSS.escape(data.figure)}`));
        if (!drawing) { return; }
        const rules = await fontRules(drawing.family).catch(() => "");
        const [svg, width, height] = framed(drawing, rules, data.caption, window.location.href);
        const blob = format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await painted(svg, width, height);
        save(blob, `${data.filename}.${format}`);
      } finally { button.disabled = false; }
    };
  });
}
