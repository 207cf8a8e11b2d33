/* A picture for slides and papers: ink on white whatever the theme, in the page's own font, with a caption and the link. */
const INK = "#16202B", PAPER = "#FFFFFF", PALE = "#56606B", RULE = "#D5DAE0", SVG = "http://www.w3.org/2000/svg";
const MARGIN = 14, LINE = 18, LETTER = 6.6;  // px; the last is the mean width of a letter of the caption

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

/* Put margin, caption and link around a drawing; return it as text, with its width and height. */
function framed({ root, family, width, height, chosen }, rules, said, link) {
  const letters = Math.floor(width / LETTER);
  const lines = [...wrapped([said, ...chosen].join(" · "), letters), ...wrapped(link, letters)];
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
