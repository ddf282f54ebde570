// Shows the text of a chart's shape beside the pointer. The table beside each chart says the
// same to those who have no pointer.

const DISTANCE = 14;

export function followPointer() {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);
  document.addEventListener("pointermove", (event) => {
    const shape = event.target.closest?.("[data-tip]");
    tip.hidden = !shape;
    if (shape) place(tip, shape.dataset.tip, event);
  });
}

function place(tip, text, event) {
  if (tip.textContent !== text) tip.textContent = text;
  const right = window.innerWidth - tip.offsetWidth - 8;
  const above = event.clientY - tip.offsetHeight - DISTANCE;
  tip.style.left = `${Math.max(8, Math.min(event.clientX + DISTANCE, right))}px`;
  tip.style.top = `${above > 8 ? above : event.clientY + DISTANCE}px`;
}
