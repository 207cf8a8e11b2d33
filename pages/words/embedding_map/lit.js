/* The pointer on a word of the map lights its nearest in the original space up, with the lines that the chosen word has.

What is drawn follows the points while the run is played. It lies in a drawing of its own, of which Plotly knows nothing. */
const SVG = "http://www.w3.org/2000/svg", RING = 7, DOTTED = "2 5";

function made(name, attributes) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

export default function({ data }) {
  const figure = `.st-key-${CSS.escape(data.figure)} .js-plotly-plot`;
  let plot = null, events = null, point = null;

  function draw() {
    plot.querySelectorAll(".lit").forEach((old) => old.remove());
    const trace = point && plot._fullData[point.curveNumber], { xaxis, yaxis } = plot._fullLayout;
    if (!trace) { return; }
    const at = (row) => [xaxis.d2p(trace.x[row]), yaxis.d2p(trace.y[row])], [x, y] = at(point.pointNumber);
    const layer = made("svg", { class: "lit", x: xaxis._offset, y: yaxis._offset, width: xaxis._length,
      height: yaxis._length, stroke: data.colour, fill: "none", "pointer-events": "none" });
    const [, kept, lost] = point.customdata;
    for (const [rows, dashes] of [[kept, "none"], [lost, DOTTED]]) {
      for (const [x2, y2] of rows.map(at)) {
        layer.append(made("line", { x1: x, y1: y, x2, y2, "stroke-width": 2, "stroke-dasharray": dashes }),
          made("circle", { cx: x2, cy: y2, r: RING, "stroke-width": 2, "stroke-dasharray": dashes }));
      }
    }
    plot.querySelector(".hoverlayer").before(layer);
  }

  const show = (event) => { point = event.points.find((one) => one.customdata?.length === 3) ?? null; draw(); };
  const hide = () => { point = null; draw(); };
  const heard = { plotly_hover: show, plotly_unhover: hide, plotly_afterplot: hide, plotly_animatingframe: draw };
  const leave = () => {
    if (events && plot._ev === events) { Object.entries(heard).forEach(([name, act]) => plot.removeListener(name, act)); }
  };
  const enter = (event) => {
    const here = event.target.closest?.(figure);
    if (!here || (here === plot && here._ev === events)) { return; }
    leave();
    [plot, events, point] = [here, here._ev, null];
    Object.entries(heard).forEach(([name, act]) => plot.on(name, act));
  };
  document.addEventListener("pointerover", enter, true);
  return () => { document.removeEventListener("pointerover", enter, true); leave(); };
}
