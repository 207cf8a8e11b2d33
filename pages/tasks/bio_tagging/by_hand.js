// Tagging by hand: a palette of types, and words that are clicked, dragged over, or reached by the arrow keys.
const OUTSIDE = "O";

/** What a click on a word that has `tag` makes of it, with `type` on the palette: B-, then I-, then O. */
function clicked(tag, type) {
  if (type === OUTSIDE) { return OUTSIDE; }
  return tag === `B-${type}` ? `I-${type}` : tag === `I-${type}` ? OUTSIDE : `B-${type}`;
}

class Field {
  constructor(root) {
    this.root = root;
    this.palette = root.querySelector(".palette");
    this.words = root.querySelector(".words");
    this.said = root.querySelector(".said");
    this.turn = -1;
    this.drawn = "";
    this.at = 0;
    this.drag = null;
    this.words.addEventListener("pointerdown", (event) => this.press(event));
    this.words.addEventListener("pointermove", (event) => this.move(event));
    this.words.addEventListener("pointerup", (event) => this.release(event));
    this.words.addEventListener("pointercancel", () => { this.drag = null; this.paint(); });
    this.words.addEventListener("click", (event) => {  // without a count: by Enter, the space bar or a screen reader
      const n = this.place(event.target);
      if (event.detail === 0 && n >= 0) { this.focus(n); this.put(n, n + 1, clicked(this.tags[n], this.type)); }
    });
    this.words.addEventListener("keydown", (event) => this.key(event));
    this.palette.addEventListener("change", (event) => { this.type = event.target.value; });
  }

  /** Take what Python says, unless it has not heard yet of what was done here since. */
  show(told, send) {
    this.send = send;
    const frame = JSON.stringify([told.words, told.types, told.labels]);
    if (frame !== this.drawn) {
      this.told = told;
      this.build();
      this.drawn = frame;
    }
    if (told.turn >= this.turn) {
      this.turn = told.turn;
      this.tags = told.tags;
    }
    this.paint();
  }

  build() {
    const { words, types, labels } = this.told;
    if (!types.some((type) => type.id === this.type)) { this.type = types[0].id; }
    this.palette.setAttribute("aria-label", labels.palette);
    this.words.setAttribute("aria-label", labels.words);
    this.palette.replaceChildren(...types.map((type, n) => {
      const label = document.createElement("label");
      const radio = document.createElement("input");
      Object.assign(radio, { type: "radio", name: "type", value: type.id, checked: type.id === this.type });
      const chip = document.createElement("span");
      chip.className = "chip";
      chip.textContent = type.id;
      chip.style.setProperty("--full", type.colour);
      chip.style.setProperty("--ink", type.ink);
      const key = document.createElement("kbd");
      key.textContent = (n + 1) % types.length;
      key.setAttribute("aria-hidden", "true");
      label.append(radio, chip, type.name, key);
      return label;
    }));
    this.at = Math.min(this.at, words.length - 1);
    this.words.replaceChildren(...words.map((word, n) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.place = n;
      const text = document.createElement("span");
      text.dir = "auto";
      text.textContent = word;
      const tag = document.createElement("span");
      tag.className = "tag";
      button.append(text, tag);
      return button;
    }));
  }

  paint() {
    const colours = Object.fromEntries(this.told.types.map((type) => [type.id, type]));
    const [first, end] = this.drag ? this.range() : [0, 0];
    [...this.words.children].forEach((button, n) => {
      const tag = this.tags[n], colour = colours[tag.slice(2)];
      const goesOn = n > 0 && this.tags[n - 1] !== OUTSIDE && this.tags[n - 1].slice(2) === tag.slice(2);
      button.className = tag === OUTSIDE ? "outside" : tag.startsWith("B-") ? "begins" : goesOn ? "goes_on" : "astray";
      button.classList.toggle("dragged", this.drag !== null && n >= first && n < end);
      button.style.setProperty("--tint", colour ? colour.tint : "transparent");
      button.style.setProperty("--full", colour ? colour.colour : "transparent");
      button.lastChild.textContent = tag;
      button.tabIndex = n === this.at ? 0 : -1;
      button.setAttribute("aria-label", `${this.told.words[n]}: ${tag}`);
    });
  }

  place(node) {
    const button = node && node.closest && node.closest("button[data-place]");
    return button ? Number(button.dataset.place) : -1;
  }

  range() { return [Math.min(this.drag.from, this.drag.to), Math.max(this.drag.from, this.drag.to) + 1]; }

  press(event) {
    const n = this.place(event.target);
    if (n < 0 || event.button !== 0) { return; }
    this.drag = { from: n, to: n };
    this.paint();
  }

  move(event) {
    if (!this.drag) { return; }
    if (event.buttons === 0) { this.drag = null; this.paint(); return; }  // let go outside of the words
    const n = this.place(this.words.getRootNode().elementFromPoint(event.clientX, event.clientY));
    if (n >= 0 && n !== this.drag.to) { this.drag.to = n; this.paint(); }
  }

  release() {
    if (!this.drag) { return; }
    const [first, end] = this.range();
    this.drag = null;
    this.at = first;
    if (end - first === 1) {
      this.put(first, end, clicked(this.tags[first], this.type));
    } else {
      this.put(first, end, this.type === OUTSIDE ? OUTSIDE : `B-${this.type}`);
    }
  }

  /** Give `tag` to the word `first`; those behind it, to `end`, go on with it. */
  put(first, end, tag) {
    const rest = tag === OUTSIDE ? OUTSIDE : `I-${tag.slice(2)}`;
    this.tags = this.tags.map((old, n) => (n === first ? tag : n > first && n < end ? rest : old));
    this.turn += 1;
    this.said.textContent = this.told.words.slice(first, end).map((word, n) => `${word}: ${this.tags[first + n]}`).join(", ");
    this.paint();
    this.send("tags", [this.turn, ...this.tags].join(" "));
  }

  focus(n) {
    this.at = Math.max(0, Math.min(n, this.tags.length - 1));
    this.paint();
    this.words.children[this.at].focus();
  }

  choose(type) {
    this.type = type;
    this.palette.querySelectorAll("input").forEach((radio) => { radio.checked = radio.value === type; });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    const n = this.place(event.target), types = this.told.types, tag = this.tags[n];
    const kind = tag === OUTSIDE ? (this.type === OUTSIDE ? types[0].id : this.type) : tag.slice(2);
    const does = {
      ArrowRight: () => this.focus(n + 1), ArrowLeft: () => this.focus(n - 1),
      Home: () => this.focus(0), End: () => this.focus(this.tags.length - 1),
      b: () => this.put(n, n + 1, `B-${kind}`), i: () => this.put(n, n + 1, `I-${kind}`),
      o: () => this.put(n, n + 1, OUTSIDE), Delete: () => this.put(n, n + 1, OUTSIDE),
      Backspace: () => this.put(n, n + 1, OUTSIDE),
      "Shift ArrowRight": () => {  // the entity takes the next word in
        if (n + 1 >= this.tags.length) { return; }
        if (tag === OUTSIDE) { this.put(n, n + 2, `B-${kind}`); } else { this.put(n + 1, n + 2, `I-${kind}`); }
        this.focus(n + 1);
      },
    };
    types.forEach((type, place) => {
      does[(place + 1) % types.length] = () => { this.choose(type.id); this.put(n, n + 1, clicked(tag, type.id)); };
    });
    const name = event.shiftKey && event.key.startsWith("Arrow") ? `Shift ${event.key}` : event.key;
    const act = does[name] ?? does[name.toLowerCase()];
    if (n < 0 || !act) { return; }
    event.preventDefault();
    event.stopPropagation();  // the page has keys of its own
    act();
  }
}

const fields = new WeakMap();

export default function({ parentElement, data, setStateValue }) {
  const words = parentElement.querySelector(".words");
  if (!fields.has(words)) { fields.set(words, new Field(parentElement)); }
  fields.get(words).show(JSON.parse(data), setStateValue);
}
