// Plotly selects what the pointer was over before it went down. A finger is over nothing before: the first tap would select
// nothing, and the next one what the first had touched. So it is told where the finger is before it hears of the touch.
function takeTaps() {
  document.addEventListener("touchstart", (event) => {
    const layer = event.target.closest?.(".js-plotly-plot .nsewdrag"), finger = event.changedTouches[0];
    if (layer && event.touches.length === 1) {
      const { clientX, clientY } = finger;
      layer.dispatchEvent(new MouseEvent("mousemove", { clientX, clientY, view: window }));
    }
  }, { capture: true, passive: true });
}
// Whoever pauses a figure that moves, or pulls its slider, interrupts it. Plotly then rejects the promise of the animation
// without a reason, and nobody can be told, since its own buttons started it: the browser would report an error "undefined".
function letFiguresBeStopped() {
  window.addEventListener("unhandledrejection", (event) => {
    if (event.reason === undefined) { event.preventDefault(); }
  });
}
