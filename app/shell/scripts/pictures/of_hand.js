/* The picture of a figure that moves under the hand (scripts/hand): what is seen of it at this moment, with its numbers. */
function handIn(holder) {
  const hosts = holder ? [...holder.querySelectorAll("*")].filter((node) => node.shadowRoot) : [];
  return hosts.map((host) => host.shadowRoot.querySelector(".hand svg")).find(Boolean) ?? null;
}

function ofHand(svg) {
  svg.classList.add("paper");
  let content;
  try { content = seen(svg, window); } finally { svg.classList.remove("paper"); }
  return content && whole(content, getComputedStyle(svg).fontFamily, svg.said());
}
