// Leave at once: the link "Exit this page", or Shift three times within five seconds. What is on the
// page goes first, then this entry of the history is replaced; the server has the browser forget what
// it kept and sends it on to a site that has nothing to do with ours.

const PRESSES = 3;
const WITHIN = 5000;

/** @type {(() => void)[]} */
const farewells = [];
/** @type {number[]} */
let presses = [];

/**
 * @param {() => void} act done when somebody leaves, before anything else; it must be quick and cannot
 *   be waited for
 */
export function onLeave(act) {
  farewells.push(act);
}

/** Show nothing any more, end what goes on, and be somewhere else. */
export function leave() {
  const exit = document.querySelector("a.exit");
  beginAnew(exit instanceof HTMLAnchorElement ? exit.pathname : "/plain/leave");
}

/**
 * Show nothing any more, end what goes on, and have this entry of the history be another page.
 * @param {string} path
 */
export function beginAnew(path) {
  wipe();
  location.replace(path);
}

/** Take everything off the page, and end what goes on. Nothing here may keep anybody from leaving. */
function wipe() {
  document.body.replaceChildren();
  for (const act of farewells.splice(0)) {
    try {
      act();
    } catch {
      // whatever it was, leaving comes first
    }
  }
}

/** @param {Event} event */
function leaveInstead(event) {
  event.preventDefault();
  leave();
}

/** @param {KeyboardEvent} event */
function countPresses(event) {
  if (event.key !== "Shift") {
    presses = []; // capital letters
    return;
  }
  if (event.repeat) return;
  const now = event.timeStamp;
  presses = [...presses.filter((each) => now - each < WITHIN), now];
  if (presses.length >= PRESSES) leave();
}

document.addEventListener("keydown", countPresses, { capture: true });
for (const link of document.querySelectorAll("a.exit, a[data-leave]")) {
  link.addEventListener("click", leaveInstead);
}
// A browser keeps pages in memory for "Back": this one has nothing to show there.
window.addEventListener("pagehide", wipe);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
