/* A sum of ReLUs through the handles: level left of the first, each unit a bend, straight on right of the last knee. */
function draw(view, places, data) {
  const knots = data.names.map((name) => places[name]), { left, right, beyond, colours } = data;
  const slopes = knots.slice(1).map(([x, y], n) => (y - knots[n][1]) / (x - knots[n][0]));
  const first = left - beyond, last = right + beyond;
  if (data.parts) {
    slopes.forEach((slope, n) => {
      const knee = knots[n][0], weight = slope - (n ? slopes[n - 1] : 0);
      view.polyline([[first, 0], [knee, 0], [last, weight * (last - knee)]], { colour: colours.unit, width: 1.2 });
    });
  }
  [left, right].forEach((x) => view.line([x, view.ay.least], [x, view.ay.most], { colour: colours.edge, width: 1.5, dash: "2 5" }));
  view.polyline(data.x.map((x, n) => [x, data.target[n]]), { colour: colours.target, width: 3, dash: "9 6" });
  const end = knots[knots.length - 1], start = knots[0];
  const beyondEnd = [last, end[1] + slopes[slopes.length - 1] * (last - end[0])];
  view.polyline([[first, start[1]], ...knots, beyondEnd], { colour: colours.sum, width: 3 });
  const height = (x) => {
    let y = start[1];
    slopes.forEach((slope, n) => { y += (slope - (n ? slopes[n - 1] : 0)) * Math.max(0, x - knots[n][0]); });
    return y;
  };
  const within = { largest: 0, outside: 0 };
  data.x.forEach((x, n) => {
    const side = x > left - 0.01 && x < right + 0.01 ? "largest" : "outside";
    within[side] = Math.max(within[side], Math.abs(height(x) - data.target[n]));
  });
  // In the figure, not beside it, where it would take a third of the width.
  const said = data.live.replace("{0}", written(within.largest, 2)).replace("{1}", written(within.outside, 2));
  view.text([first, view.ay.least], said, { anchor: "start", dx: 0.5, dy: -0.6, bold: true });
  return {};
}
