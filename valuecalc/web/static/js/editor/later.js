// Loads a script when it is needed for the first time.
//
// Whoever needs it must not notice. What he did is held back, and done again as soon as the script
// listens; where the script cannot be loaded, the browser does what it does without it.

// `occasions` says for each type of event on what it needs the script: a selector, or a function
// of the event. `load` gives a promise.
export function whenNeeded(load, occasions) {
  const ready = once(load);
  let isPassedOn = false;

  function hold(event) {
    if (isPassedOn || !isOccasion(event, occasions[event.type])) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    begin()
      .catch(() => {})
      .then(() => passOn(event));
  }

  async function begin() {
    const script = await ready();
    forget();
    return script;
  }

  function passOn(event) {
    isPassedOn = true;
    // A browser makes an event of the same kind out of what the first one says about itself.
    const again = new event.constructor(event.type, event);
    if (event.target.isConnected) event.target.dispatchEvent(again);
    isPassedOn = false;
  }

  function forget() {
    for (const type of Object.keys(occasions)) window.removeEventListener(type, hold, CAPTURE);
  }

  // Before everybody else, so that nobody takes the event twice.
  for (const type of Object.keys(occasions)) window.addEventListener(type, hold, CAPTURE);
  return begin;
}

const CAPTURE = { capture: true };

function isOccasion(event, wanted) {
  // A click that asks for a new tab or window keeps its meaning.
  const isSpecial = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (event.type === "click" && isSpecial) return false;
  return typeof wanted === "string" ? event.target.closest?.(wanted) : wanted(event);
}

// Loads and starts a script one time, and tries again after it could not be loaded.
export function once(load) {
  let loading = null;
  return () => {
    loading ??= started(load).catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

async function started(load) {
  const script = await load();
  await script.start?.();
  return script;
}
