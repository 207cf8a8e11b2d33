// On a phone the examples stand in a row that is swiped: the one that is chosen is brought into it when the page opens, and
// whenever it is another; what a learner swipes stays otherwise. Until the style sheet is there the row has several lines, and
// nothing to swipe: it is brought into it once the row has its size.
let exampleShown;
const rowSized = new ResizeObserver(() => showExample());
function showExample() {
  const chosen = document.querySelector(".st-key-preset [role=radio][aria-checked=true]"), row = chosen?.closest("[role=radiogroup]");
  if (!row) { return; }
  rowSized.observe(row);
  if (exampleShown === chosen.textContent || getComputedStyle(row).flexWrap !== "nowrap") { return; }
  exampleShown = chosen.textContent;
  const one = chosen.getBoundingClientRect(), all = row.getBoundingClientRect();
  row.scrollLeft += (one.left + one.right - all.left - all.right) / 2;
}
