/* A figure as a picture for slides and papers: ink on white whatever the theme, in the figure's own font, with a caption and the link.

The Plotly that has drawn the figure makes the drawing, zoom included, on the click of its own button; what it would save is
caught, given its font, its margin and its caption, and only then saved. */
const INK = "#16202B", PAPER = "#FFFFFF", PALE = "#56606B", RULE = "#D5DAE0", SVG = "http://www.w3.org/2000/svg";
const MARGIN = 14, LINE = 18, LETTER = 6.6;  // px; the last is the mean width of a letter of the caption

/* The page's theme with its margins and sizes, in the colours of paper. */
function onPaper(node) {
  if (Array.isArray(node) || node === null || typeof node !== "object") { return node; }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name,
    typeof value !== "string" ? onPaper(value)
      : name === "color" ? INK
        : /^(grid|zeroline|line|tick)color$/.test(name) ? RULE : /bgcolor$/.test(name) ? PAPER : value]));
}

/* Have Plotly make an SVG of the figure in the colours of paper; return its text. */
function drawing(plot, camera) {
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
  plot._context.toImageButtonOptions = {
    format: "svg", filename: "figure", scale: 1, width: plot.clientWidth, height: plot.clientHeight };
  plot.layout = { ...kept, template: { ...kept.template, layout: onPaper(kept.template?.layout ?? {}) }, paper_bgcolor: PAPER, plot_bgcolor: PAPER, updatemenus: [], sliders: [],
    font: { ...kept.font, color: INK, family } };
  camera.click();
  plot.layout = kept;
  return svg.then((text) => [text, family]);
}

/* The rules of the page that load a font of this family, with the font in them: a picture on its own loads nothing. */
async function fontRules(family) {
  const names = family.split(",").map((name) => name.trim().replace(/["']/g, ""));
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try { return [...sheet.cssRules]; } catch (foreign) { return []; }
  }).filter((rule) => rule instanceof CSSFontFaceRule && rule.style.fontStyle !== "italic"
    && names[0] === rule.style.getPropertyValue("font-family").replace(/["']/g, ""));
  const whole = await Promise.all(rules.map(async (rule) => {
    const source = rule.style.getPropertyValue("src").match(/url\(["']?([^"')]+)["']?\)/)?.[1];
    if (!source) { return ""; }
    const blob = await (await fetch(new URL(source, rule.parentStyleSheet.href ?? document.baseURI))).blob();
    const data = await new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.readAsDataURL(blob);
    });
    const weight = rule.style.getPropertyValue("font-weight") || "normal";
    return `@font-face{font-family:"${names[0]}";font-weight:${weight};src:url(${data})}`;
  }));
  return whole.join("");
}

function wrapped(text, letters) {
  const lines = [];
  for (const word of text.split(" ")) {
    for (let rest = word, first = true; rest; first = false) {
      const last = lines.length - 1, room = last < 0 ? 0 : letters - lines[last].length - 1;
      if (first && last >= 0 && rest.length <= room) { lines[last] += ` ${rest}`; break; }
      lines.push(rest.slice(0, letters));
      rest = rest.slice(letters);
    }
  }
  return lines;
}

/* Put margin, caption and link around the drawing. */
function framed(text, rules, family, width, height, caption, link) {
  const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  const letters = Math.floor(width / LETTER), lines = [...wrapped(caption, letters), ...wrapped(link, letters)];
  const right = width + 2 * MARGIN, bottom = height + 2 * MARGIN + lines.length * LINE;
  root.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${right} ${bottom}`);
  root.setAttribute("width", right);
  root.setAttribute("height", bottom);
  const add = (name, attributes, content = "", before = null) => {
    const made = root.ownerDocument.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = content;
    root.insertBefore(made, before);
  };
  add("rect", { x: -MARGIN, y: -MARGIN, width: right, height: bottom, fill: PAPER }, "", root.firstChild);
  if (rules) { add("style", {}, rules, root.firstChild); }
  lines.forEach((line, n) => add("text", { x: 0, y: height + MARGIN + (n + 0.5) * LINE, fill: PALE,
    style: `font-family:${family.replace(/"/g, "'")};font-size:13px;white-space:pre` }, line));
  return [new XMLSerializer().serializeToString(root), right, bottom];
}

async function painted(svg, width, height, scale = 3) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

export default function({ parentElement, data }) {
  parentElement.querySelectorAll("button").forEach((button) => {
    const format = button.dataset.format;
    button.textContent = data[format];
    button.onclick = async () => {
      const plot = document.querySelector(`.st-key-${CSS.escape(data.figure)} .js-plotly-plot`);
      const camera = plot && plot.querySelector(".modebar-btn");  // the first button of Plotly's bar takes the picture
      if (!camera) { return; }
      button.disabled = true;
      try {
        const size = [plot.clientWidth, plot.clientHeight], [text, family] = await drawing(plot, camera);
        const rules = await fontRules(family).catch(() => "");
        const [svg, width, height] = framed(text, rules, family, ...size, data.caption, window.location.href);
        const blob = format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await painted(svg, width, height);
        save(blob, `${data.filename}.${format}`);
      } finally { button.disabled = false; }
    };
  });
}
