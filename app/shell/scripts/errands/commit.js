// Who chooses an option and clicks on the button beside it at once finds it disabled: it opens when the page has heard of the
// choice. The click is not lost: it is made then, unless that takes longer than anybody waits for.
const COMMIT_LATER = 10_000;  // ms
function commitWhenItOpens() {
  let soon;
  document.addEventListener("pointerdown", (event) => {
    clearInterval(soon);
    const button = event.target.closest?.('[class*="st-key-_go_"] button:disabled');
    const question = button?.closest('[class*="st-key-question_open_"]');
    if (!question?.querySelector("input[type=radio]:checked")) { return; }
    const since = performance.now();
    soon = setInterval(() => {
      const open = question.querySelector('[class*="st-key-_go_"] button:not(:disabled)');
      open?.click();
      if (open || !question.isConnected || performance.now() - since > COMMIT_LATER) { clearInterval(soon); }
    }, 50);
  }, true);
}
