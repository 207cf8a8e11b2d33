// On a phone the examples stand in a row that is swiped: the one that is chosen is brought into it when the page opens, and
// whenever it is another; what a learner swipes stays otherwise. Until the style sheet is there the row has several lines, and
// nothing to swipe: it is brought into it once the row has its size. While a page opens this may run before there is a row, and
// Streamlit may put another row, which begins at its left end, in the place of the first: the page then has another size.
let exampleShown, shownIn;
const rowSized = new ResizeObserver(() => showExample());
function showExample() {
  const page = document.querySelector("[data-testid=stMainBlockContainer]");
  if (page) { rowSized.observe(page); }
  const chosen = document.querySelector(".st-key-preset [role=radio][aria-checked=true]"), row = chosen?.closest("[role=radiogroup]");
  if (!row) { return; }
  rowSized.observe(row);
  const shown = exampleShown === chosen.textContent && shownIn === row;
  if (shown || getComputedStyle(row).flexWrap !== "nowrap") { return; }
  [exampleShown, shownIn] = [chosen.textContent, row];
  const one = chosen.getBoundingClientRect(), all = row.getBoundingClientRect();
  row.scrollLeft += (one.left + one.right - all.left - all.right) / 2;
}
