/* The picture of a page of its own in a frame: what is seen of its drawing at this moment, as one that needs no style sheet.

Such a page follows data-theme of its root element, and window.chosen, where it has one, says what is chosen in it. */
const PLACED = ["x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "d", "points", "width", "height", "transform"];
const PAINTED = { fill: "", "fill-opacity": "1", stroke: "none", "stroke-opacity": "1", "stroke-width": "1px", "stroke-dasharray": "none" };
const WRITTEN = { "font-size": "", "font-weight": "400", "text-anchor": "start", "paint-order": "normal", "stroke-linejoin": "miter" };
const FAINTEST = 1 / 256, NARROWEST = 420;  // opacity that a screen still shows; px that caption and link need

/* What is seen of a node, with the colours that the style sheets have given it; null where nothing is. */
function seen(node, view) {
  const style = view.getComputedStyle(node), is = (name) => style.getPropertyValue(name);
  if (is("display") === "none" || is("opacity") < FAINTEST) { return null; }
  const holds = ["svg", "g"].includes(node.localName), parts = holds ? [...node.children].map((one) => seen(one, view)) : [];
  const painted = (what) => is(what) !== "none" && is(`${what}-opacity`) * is("opacity") >= FAINTEST;
  const inked = painted("stroke") || (node.localName !== "line" && painted("fill"));
  if (holds ? !parts.some(Boolean) : !inked || is("visibility") !== "visible") { return null; }
  const made = document.createElementNS(SVG, node.localName === "svg" ? "g" : node.localName);
  const give = (name, value, usual) => { if (value && value !== usual) { made.setAttribute(name, value); } };
  give("opacity", is("opacity"), "1");
  if (node.localName !== "svg") { PLACED.forEach((name) => give(name, node.getAttribute(name))); }
  if (holds) { made.append(...parts.filter(Boolean)); return made; }
  const looks = node.localName === "text" ? { ...PAINTED, ...WRITTEN } : PAINTED;
  Object.entries(looks).forEach(([name, usual]) => give(name, is(name), usual));
  if (node.localName === "text") { made.textContent = node.textContent; }
  return made;
}

/* Put what is seen into a drawing of its own. Text may be wider than where it stood has room for: all of it is kept. */
function whole(content, family, chosen) {
  const root = document.createElementNS(SVG, "svg");
  root.append(content);
  root.setAttribute("style", `position: fixed; visibility: hidden; font-family: ${family}`);
  document.body.append(root);
  const box = content.getBBox();
  root.remove();
  root.removeAttribute("style");
  root.setAttribute("font-family", family.replace(/"/g, "'"));
  content.setAttribute("transform", `translate(${-box.x} ${-box.y})`);
  return { root, family, width: Math.max(Math.ceil(box.width), NARROWEST), height: Math.ceil(box.height), chosen };
}

/* Draw what a frame shows on white. */
function ofFrame(frame) {
  const page = frame.contentDocument.documentElement, theme = page.dataset.theme;
  page.dataset.theme = "light";
  let content;
  try { content = seen(page.querySelector("svg"), frame.contentWindow); } finally { page.dataset.theme = theme; }
  return content && whole(content, getComputedStyle(frame).fontFamily, frame.contentWindow.chosen?.() ?? []);
}
