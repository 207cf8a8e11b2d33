/* Where a figure that moves under the hand is drawn: places of the data in, SVG out, in the colours of the page.

A lesson's own file draws with it: `function draw(view, places, data)` is called anew for each frame. */
const NS = "http://www.w3.org/2000/svg";
const BEFORE = 2.7, BEHIND = 0.9, ABOVE = 0.7, BELOW = 1.7, TITLE = 1.5, HEAD = 0.75;  // rem around the plot; of an arrow's head

function made(name, attributes = {}, style = {}, text = null) {
  const node = document.createElementNS(NS, name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  Object.entries(style).forEach(([key, value]) => { if (value) { node.style.setProperty(key, value); } });
  if (text !== null) { node.textContent = text; }
  return node;
}

/** A number with a true minus; what rounds to zero has none. */
function written(value, digits) {
  const text = value.toFixed(digits);
  return (Number(text) ? text : (0).toFixed(digits)).replace("-", "−");
}

/** What of the line from `a` to `b` (px) lies between `left`, `top`, `right`, `bottom`; null where nothing does. */
function within(a, b, { left, top, right, bottom }) {
  let first = 0, last = 1;
  const way = [b[0] - a[0], b[1] - a[1]];
  for (const [step, room] of [[-way[0], a[0] - left], [way[0], right - a[0]], [-way[1], a[1] - top], [way[1], bottom - a[1]]]) {
    if (step === 0) { if (room < 0) { return null; } continue; }
    if (step < 0) { first = Math.max(first, room / step); } else { last = Math.min(last, room / step); }
  }
  const at = (share) => [a[0] + share * way[0], a[1] + share * way[1]];
  return first <= last ? [at(first), at(last)] : null;
}

class View {
  constructor(svg) {
    this.svg = svg;
    [this.axes, this.layer] = ["axes", "drawn"].map((name) => svg.appendChild(made("g", { class: name, "aria-hidden": "true" })));
  }

  /** Make room for the axes on `width` px where a rem has `rem`; draw them. `equal`: a unit is as long in both directions. */
  resize({ x, y, equal, height }, width, rem) {
    Object.assign(this, { ax: x, ay: y, rem });
    const left = BEFORE * rem, top = (ABOVE + (y.title ? TITLE : 0)) * rem, below = (BELOW + (x.title ? TITLE : 0)) * rem;
    let across = Math.max(width - left - BEHIND * rem, 60), up = Math.max(Math.min(height * rem, width) - top - below, 60);
    if (equal) {
      const unit = Math.min(across / (x.most - x.least), up / (y.most - y.least));
      [across, up] = [unit * (x.most - x.least), unit * (y.most - y.least)];
    }
    this.box = { left, top, right: left + across, bottom: top + up };
    const [w, h] = [Math.round(left + across + BEHIND * rem), Math.round(top + up + below)];
    this.svg.setAttribute("viewBox", `0 0 ${w} ${h}`);
    this.svg.style.width = `${w}px`;
    this.svg.style.height = `${h}px`;
    this.drawAxes();
  }

  drawAxes() {
    const { ax, ay, box, rem } = this, parts = [];
    const ruled = (x1, y1, x2, y2, strong) => parts.push(made("line", { x1, y1, x2, y2, class: strong ? "zero" : "grid" }));
    ax.ticks.forEach((tick) => {
      ruled(this.x(tick), box.top, this.x(tick), box.bottom, tick === 0);
      parts.push(made("text", { x: this.x(tick), y: box.bottom + 1.2 * rem, "text-anchor": "middle" }, {}, ax.texts[ax.ticks.indexOf(tick)]));
    });
    ay.ticks.forEach((tick) => {
      ruled(box.left, this.y(tick), box.right, this.y(tick), tick === 0);
      parts.push(made("text", { x: box.left - 0.5 * rem, y: this.y(tick) + 0.35 * rem, "text-anchor": "end" }, {}, ay.texts[ay.ticks.indexOf(tick)]));
    });
    if (ax.title) { parts.push(made("text", { x: box.right, y: box.bottom + 2.6 * rem, "text-anchor": "end" }, {}, ax.title)); }
    if (ay.title) { parts.push(made("text", { x: 0.2 * rem, y: 1.1 * rem, "text-anchor": "start" }, {}, ay.title)); }
    this.axes.replaceChildren(...parts);
  }

  clear() { this.layer.replaceChildren(); }

  x(value) { return this.box.left + (value - this.ax.least) / (this.ax.most - this.ax.least) * (this.box.right - this.box.left); }

  y(value) { return this.box.bottom - (value - this.ay.least) / (this.ay.most - this.ay.least) * (this.box.bottom - this.box.top); }

  px([x, y]) { return [this.x(x), this.y(y)]; }

  /** The place of the data at a place of the drawing (px). */
  at(px, py) {
    const { ax, ay, box } = this;
    return [ax.least + (px - box.left) / (box.right - box.left) * (ax.most - ax.least),
      ay.least + (box.bottom - py) / (box.bottom - box.top) * (ay.most - ay.least)];
  }

  add(node) { this.layer.append(node); return this; }

  // -- what a lesson draws; a place is [x, y] of the data; colour is CSS, the ink of the page where there is none --

  line(from, to, { colour = "var(--ink)", width = 2, dash = "" } = {}) {
    return this.polyline([from, to], { colour, width, dash });
  }

  /** A line through places; what leaves the plot is cut off, and a place that is no number leaves a gap. */
  polyline(places, { colour = "var(--ink)", width = 2.5, dash = "" } = {}) {
    let d = "", end = null;
    for (let n = 1; n < places.length; n += 1) {
      const ends = [places[n - 1], places[n]];
      const seen = ends.flat().every(Number.isFinite) ? within(...ends.map((place) => this.px(place)), this.box) : null;
      if (!seen) { end = null; continue; }
      const [a, b] = seen.map((place) => place.map((px) => px.toFixed(2)).join(" "));
      d += `${a === end ? "" : `M${a}`}L${b}`;
      end = b;
    }
    if (!d) { return this; }
    return this.add(made("path", { d }, { stroke: colour, "stroke-width": `${width}px`, "stroke-dasharray": dash, fill: "none",
      "stroke-linejoin": "round" }));
  }

  /** A line with a head at its end; the head alone where it is shorter than that, nothing where it has no length. */
  arrow(from, to, { colour = "var(--ink)", width = 3 } = {}) {
    const [a, b] = [this.px(from), this.px(to)], long = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (!(long > 0.5)) { return this; }
    const head = Math.min(HEAD * this.rem, long), u = [(b[0] - a[0]) / long, (b[1] - a[1]) / long];
    const neck = [b[0] - head * u[0], b[1] - head * u[1]], side = 0.42 * head;
    this.add(made("line", { x1: a[0], y1: a[1], x2: neck[0], y2: neck[1] }, { stroke: colour, "stroke-width": `${width}px` }));
    const corners = [b, [neck[0] - side * u[1], neck[1] + side * u[0]], [neck[0] + side * u[1], neck[1] - side * u[0]]];
    return this.add(made("polygon", { points: corners.map((c) => c.map((px) => px.toFixed(2)).join(",")).join(" ") }, { fill: colour }));
  }

  /** A part of a circle around `centre`, `radius` units wide, from one direction to another (radians, the short way round). */
  arc(centre, radius, from, to, { colour = "var(--ink)", width = 2 } = {}) {
    const turn = Math.atan2(Math.sin(to - from), Math.cos(to - from)), steps = 32;
    const places = Array.from({ length: steps + 1 }, (_, n) => from + turn * n / steps)
      .map((angle) => [centre[0] + radius * Math.cos(angle), centre[1] + radius * Math.sin(angle)]);
    return this.polyline(places, { colour, width });
  }

  dot(place, { colour = "var(--ink)", radius = 4 } = {}) {
    const [cx, cy] = this.px(place);
    return this.add(made("circle", { cx, cy, r: radius }, { fill: colour }));
  }

  /** Words at a place, `dx` and `dy` (rem, down) away from it, in the ink of the page. */
  text(place, text, { anchor = "middle", dx = 0, dy = 0, bold = false } = {}) {
    const [x, y] = this.px(place);
    return this.add(made("text", { x: x + dx * this.rem, y: y + dy * this.rem, "text-anchor": anchor, class: "said" },
      { "font-weight": bold ? "600" : "" }, text));
  }
}
