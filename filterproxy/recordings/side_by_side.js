"use strict";
// Of the report alone: recorded pages run nothing. Panes of a pair scroll together; a difference leads to its mark.
for (const pair of document.querySelectorAll(".panes")) {
  const frames = [...pair.querySelectorAll("iframe")];
  let leader = null;
  const tie = (frame, other) => {
    const inner = frame.contentWindow;
    for (const kind of ["wheel", "touchstart", "pointerdown", "keydown", "mousemove"]) {
      inner.addEventListener(kind, () => { leader = frame; }, { passive: true });
    }
    inner.addEventListener("scroll", () => {
      if (leader === frame) other.contentWindow.scrollTo(inner.scrollX, inner.scrollY);
    }, { passive: true });
  };
  frames.forEach((frame, index) => {
    const other = frames[1 - index];
    frame.addEventListener("load", () => tie(frame, other));
    if (frame.contentDocument && frame.contentDocument.readyState === "complete") tie(frame, other);
  });
  const page = pair.closest("details");
  for (const button of page.querySelectorAll("[data-difference]")) {
    button.addEventListener("click", () => {
      leader = null;
      for (const frame of frames) {
        const mark = frame.contentDocument.querySelector(`[data-fp-n~="${button.dataset.difference}"]`);
        if (!mark) continue;
        mark.scrollIntoView({ block: "center", inline: "nearest" });
        mark.removeAttribute("data-fp-found");
        void mark.offsetWidth;
        mark.setAttribute("data-fp-found", "");
      }
      pair.scrollIntoView({ block: "nearest", behavior: "smooth" });
    });
  }
}
const openAll = () => { for (const page of document.querySelectorAll("details")) page.open = true; };
window.addEventListener("beforeprint", openAll);
const follow = () => {
  const page = document.getElementById(location.hash.slice(1));
  if (page && page.tagName === "DETAILS") { page.open = true; page.scrollIntoView(); }
};
window.addEventListener("hashchange", follow);
follow();
