// What BertViz's code expects of require.js, and the weights unpacked from bytes into its nested lists.
const d3_ = window.d3, jquery_ = window.jQuery;
const require = { config() {} };
const requirejs = (names, callback) => callback(jquery_, d3_);
function attention(data) {
  const [layers, heads, size] = data.shape, bytes = atob(data.weights);
  const part = (from, to) => ({
    attn: Array.from({ length: layers }, (_, l) => Array.from({ length: heads }, (_, h) =>
      from.map((q) => to.map((k) => bytes.charCodeAt(((l * heads + h) * size + q) * size + k) / 255)))),
    left_text: from.map((i) => data.tokens[i]), right_text: to.map((i) => data.tokens[i]) });
  const all = data.tokens.map((_, i) => i);
  const a = all.filter((i) => data.segments[i] === 0), b = all.filter((i) => data.segments[i] === 1);
  return b.length ? [part(all, all), part(a, a), part(b, b), part(a, b), part(b, a)] : [part(all, all)];
}

// As wide as the frame has room for, so that lines are not crowded at its left; `least` is BertViz's own, `most` still reads
// as one picture.
function widthOfLines(boxes, least, most) {
  const zoom = parseFloat(getComputedStyle(document.body).zoom) || 1;
  return Math.max(least, Math.min(most, document.documentElement.clientWidth / zoom - 2 * boxes - 1));
}

// A click on a token holds what it shows until the next one: the pointer has to leave it for whatever takes the picture away.
(() => {
  let held = null;
  const listens = (group) => group?.__on?.some((one) => one.type === "mouseover");  // d3 keeps a node's listeners there
  const show = (token) => { held = null; token.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })); held = token; };
  const release = () => {
    const was = held;
    held = null;
    if (was?.isConnected) {
      was.classList.remove("held");
      (was.closest("#left, #right") ?? was).dispatchEvent(new MouseEvent("mouseleave"));
    }
    return was;
  };
  const hold = (event) => { if (held?.isConnected && event.target.closest?.("svg")) { event.stopImmediatePropagation(); } };
  document.addEventListener("mouseover", hold, true);
  document.addEventListener("mouseleave", hold, true);
  document.addEventListener("click", (event) => {
    const group = event.target.closest("g"), token = listens(group) ? group : null;
    if (token || event.target.matches("svg, body, html")) {
      if (release() !== token && token) {
        show(token);
        token.classList.add("held");
      }
    } else if (held?.isConnected) { show(held); }  // with the heads that are on now
  });
})();

// What is chosen here, for the line under the picture.
function chosenIn(config, labels) {
  const found = [], which = document.querySelector("#filter")?.selectedOptions[0].textContent;
  if (config.headVis) {
    const on = config.headVis.flatMap((shown, head) => shown ? [head + 1] : []);
    const heads = on.length > 1 && on.length === config.headVis.length ? `1–${on.length}` : on.join(", ");
    found.push(`${labels.layer} ${config.layer}`, `${labels.heads} ${heads}`);
  } else if (document.querySelector("svg .detail")) {
    found.push(document.querySelector("svg text.detail").textContent);
  }
  return which ? [...found, `${labels.attention} ${which}`] : found;
}

// A view that is a little too wide is drawn a little smaller: a column that is cut off at the side is not looked for.
window.addEventListener("load", () => {
  const share = document.documentElement.clientWidth / document.documentElement.scrollWidth;
  const zoom = parseFloat(getComputedStyle(document.body).zoom);
  if (share < 1) { document.body.style.zoom = Math.max(0.75, zoom * share); }
});
