/* The handles of a figure that moves under the hand: dragged with mouse and finger, moved with the arrow keys. Each frame is drawn
here; Python hears of it when the hand lets go. */
const STILL = 250;  // ms without a key: the hand has let go

class Hand {
  constructor(root, draw) {
    Object.assign(this, { root, draw, turn: -1, built: "", places: {}, held: null, frame: 0, late: 0 });
    [this.svg, this.readouts, this.how] = ["svg", ".readouts", ".how"].map((part) => root.querySelector(part));
    this.view = new View(this.svg);
    this.layer = this.svg.appendChild(made("g", { class: "handles" }));
    this.layer.addEventListener("pointerdown", (event) => this.press(event));
    this.layer.addEventListener("pointermove", (event) => this.move(event));
    ["pointerup", "pointercancel", "lostpointercapture"].forEach((name) => this.layer.addEventListener(name, () => this.release()));
    // Where a finger holds a handle the page does not scroll: on parts of an SVG touch-action alone does not see to it.
    this.layer.addEventListener("touchstart", (event) => { if (event.target.closest(".handle")) { event.preventDefault(); } }, { passive: false });
    this.layer.addEventListener("keydown", (event) => this.key(event));
    this.layer.addEventListener("focusout", () => { if (this.late) { this.tell(); } });
    new ResizeObserver(() => this.resize()).observe(root.querySelector(".plot"));
    // What is taken away says the numbers too: app/shell/scripts/pictures/of_hand.js.
    this.svg.said = () => [...this.readouts.children].map((row) => row.innerText.replace(/\s+/g, " ").trim());
  }

  /** Take what Python says, unless it has not heard yet of what was done here since. */
  show(told, send) {
    this.told = told;
    this.send = send;
    if (told.turn >= this.turn && !this.held && !this.late) {
      this.turn = told.turn;
      this.places = Object.fromEntries(told.handles.map(({ name, x, y }) => [name, [x, y]]));
    }
    told.handles.forEach(({ name, x, y }) => { this.places[name] ??= [x, y]; });
    const looks = JSON.stringify([told.handles.map(({ x, y, ...look }) => look), told.readouts, told.words, told.x, told.y]);
    if (looks !== this.built) { this.build(); this.built = looks; this.width = 0; }
    this.svg.setAttribute("aria-label", told.alt);
    this.resize();
  }

  build() {
    const { handles, readouts, words } = this.told, focused = this.root.querySelector(".handle:focus")?.dataset.name;
    const gap = words.how.endsWith("。") ? "" : " "; // a Chinese full stop brings its own
    this.how.replaceChildren(words.how, gap, Object.assign(document.createElement("span"), { textContent: words.keys }));
    this.layer.replaceChildren(...handles.map(({ name, label, colour }) => {
      const handle = made("g", { class: "handle", tabindex: 0, role: "slider", "aria-label": label, "data-name": name });
      handle.append(made("circle", { class: "reach", r: 24 }), made("circle", { class: "ring" }),
        made("circle", { class: "knob" }, { fill: colour, stroke: colour }));
      return handle;
    }));
    this.readouts.replaceChildren(...readouts.map(({ name, label }) => {
      const row = document.createElement("div"), said = document.createElement("dt"), value = document.createElement("dd");
      said.textContent = label;
      value.dataset.name = name;
      row.append(said, value);
      return row;
    }));
    if (focused) { this.layer.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus(); }
  }

  resize() {
    const width = this.root.querySelector(".plot").clientWidth, rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    if (!this.told || width < 1) { return; }
    if (width !== this.width || rem !== this.rem) {
      [this.width, this.rem] = [width, rem];
      this.view.resize(this.told, width, rem);
    }
    this.paint();
  }

  /** Have the next frame drawn: one, whatever has happened since the last. */
  paint() { this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paintNow(); }); }

  paintNow() {
    const { view, told, places } = this;
    view.clear();
    const found = this.draw(view, places, told.data) ?? {};
    for (const handle of this.layer.children) {
      const meta = this.meta(handle.dataset.name), [x, y] = places[meta.name], [px, py] = view.px([x, y]);
      handle.setAttribute("transform", `translate(${px.toFixed(2)} ${py.toFixed(2)})`);
      const at = told.words.at.replace("{x}", written(x, meta.digits)).replace("{y}", written(y, meta.digits));
      const [value, axis] = meta.moves === "y" ? [y, told.y] : [x, told.x];
      const says = { "aria-valuetext": at, "aria-valuenow": value, "aria-valuemin": axis.least, "aria-valuemax": axis.most };
      Object.entries(says).forEach(([name, one]) => handle.setAttribute(name, one));
      const radius = (this.held?.name === meta.name ? 0.62 : 0.5) * this.rem;
      handle.querySelector(".knob").setAttribute("r", radius);
      handle.querySelector(".ring").setAttribute("r", radius + 4);
    }
    told.readouts.forEach(({ name, digits }, n) => {
      const value = found[name], field = this.readouts.children[n].lastChild;
      const text = typeof value === "number" && Number.isFinite(value) ? written(value, digits) : value ?? "—";
      if (field.textContent !== String(text)) { field.textContent = text; }
      field.dataset.value = value;
    });
  }

  meta(name) { return this.told.handles.find((handle) => handle.name === name); }

  /** Put a handle at a place: on the grid of its steps, inside of the plot, only where it moves to. */
  put(name, place) {
    const { moves, step, digits } = this.meta(name), axes = [this.told.x, this.told.y];
    const next = place.map((value, n) => {
      if (!moves.includes("xy"[n])) { return this.places[name][n]; }
      const { least, most } = axes[n];
      return Number(Math.min(Math.max(Math.round(value / step) * step, least), most).toFixed(digits));
    });
    if (next.every((value, n) => value === this.places[name][n])) { return false; }
    this.places[name] = next;
    this.changed = true;
    this.paint();
    return true;
  }

  /** Where in the data a pointer is. */
  where(event) {
    const box = this.svg.getBoundingClientRect(), [, , w, h] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    return this.view.at((event.clientX - box.left) / box.width * w, (event.clientY - box.top) / box.height * h);
  }

  press(event) {
    const handle = event.target.closest(".handle");
    if (!handle || event.button !== 0 || this.held) { return; }
    event.preventDefault();
    const { name } = handle.dataset, [x, y] = this.where(event), [hx, hy] = this.places[name];
    this.held = { name, pointer: event.pointerId, off: [hx - x, hy - y] };  // what was grabbed beside its middle does not jump
    handle.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true, focusVisible: false });
    this.paint();
  }

  move(event) {
    if (!this.held || event.pointerId !== this.held.pointer) { return; }
    const [x, y] = this.where(event), [dx, dy] = this.held.off;
    this.put(this.held.name, [x + dx, y + dy]);
  }

  release() {
    if (!this.held) { return; }
    this.held = null;
    this.paint();
    this.tell();
  }

  key(event) {
    const { name } = event.target.closest(".handle")?.dataset ?? {}, ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
    const way = ways[event.key];
    if (!name || !way || event.ctrlKey || event.metaKey || event.altKey) { return; }
    event.preventDefault();
    event.stopPropagation();  // the page has keys of its own
    const { step, large, moves } = this.meta(name), by = event.shiftKey ? large : step;
    // One that moves up and down alone, or across alone, is moved by either pair of keys, as sliders are.
    const turned = moves.length === 1 ? [way[0] + way[1], way[0] + way[1]] : way;
    if (!this.put(name, this.places[name].map((value, n) => value + by * turned[n]))) { return; }
    clearTimeout(this.late);
    this.late = setTimeout(() => this.tell(), STILL);
  }

  /** Tell Python where the handles are now, if they have moved. */
  tell() {
    clearTimeout(this.late);
    this.late = 0;
    if (!this.changed) { return; }
    this.changed = false;
    this.turn += 1;
    this.send("places", [this.turn, ...this.told.handles.flatMap(({ name }) => this.places[name])].join(" "));
  }
}
