// Follows what comes. The page asks how things are; where its stamp is another, it takes the parts
// marked data-live anew from the server, as the server made them. No text is ever turned into
// markup here, and nothing that is typed into stands in such a part.

import { endForms, leaveAnyway } from "./workstation-forms.js";

const PAUSE = 3000;
const STILL_HERE = 20_000;
const SOON = 60;
const GIVEN_UP = 3;

/**
 * @typedef {{
 *   stamp: string, line: string, trouble: boolean, outbox: number, unread: number, left: number
 * }} Now
 */

let failures = 0;
let touched = 0;
let ended = false;

/** Begin to follow. */
export function followNews() {
  const frame = document.getElementById("frame");
  if (frame === null) return;
  for (const kind of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(kind, sayHere, { passive: true });
  }
  setTimeout(() => void look(frame), PAUSE);
}

/** @param {HTMLElement} frame */
async function look(frame) {
  try {
    const answer = await fetch("/now", { redirect: "error" });
    if (answer.status === 403) {
      if (leave()) return;
    } else {
      await tell(frame, /** @type {Now} */ (await answer.json()));
    }
    failures = 0;
  } catch {
    failures += 1;
    if (failures === GIVEN_UP) {
      end();
      return;
    }
  }
  setTimeout(() => void look(frame), PAUSE);
}

/**
 * @param {HTMLElement} frame
 * @param {Now} now
 */
async function tell(frame, now) {
  write("line", now.line);
  document.getElementById("line")?.classList.toggle("line--trouble", now.trouble);
  write("unread", String(now.unread));
  write("outbox-count", String(now.outbox));
  document.getElementById("outbox")?.toggleAttribute("hidden", now.outbox === 0);
  if (now.left <= SOON) {
    write("news", "Nobody seems to be here. This locks within a minute; press any key to stay.");
  } else if (document.getElementById("news")?.textContent?.startsWith("Nobody")) {
    write("news", "");
  }
  if (now.stamp !== frame.dataset["stamp"] && !isSelecting() && (await renew())) {
    frame.dataset["stamp"] = now.stamp;
    const more = now.unread - Number(frame.dataset["unread"]);
    if (more > 0) write("news", more === 1 ? "1 new message." : `${more} new messages.`);
    frame.dataset["unread"] = String(now.unread);
  }
}

/** Take the live parts of this page anew; whether the server gave the page. */
export async function renew() {
  const path = document.getElementById("frame")?.dataset["page"];
  const parts = document.querySelectorAll("[data-live]");
  if (path === undefined || parts.length === 0) return true;
  const fresh = await getDocument(path);
  if (fresh === null) return false;
  for (const part of parts) {
    const other = fresh.querySelector(`[data-live="${part.getAttribute("data-live")}"]`);
    if (other !== null && !part.isEqualNode(other)) swap(part, other);
  }
  return true;
}

/**
 * @param {string} path
 * @returns {Promise<Document | null>} the page at `path`, parsed by the browser and not by us
 */
function getDocument(path) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", path);
    request.responseType = "document";
    request.onload = () => resolve(request.status === 200 ? request.responseXML : null);
    request.onerror = () => resolve(null);
    request.send();
  });
}

/**
 * Put what is in `other` into `part`; what had the focus has it again.
 * @param {Element} part
 * @param {Element} other
 */
function swap(part, other) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const mark = focused && (focused.id ? `#${focused.id}` : linkTo(focused));
  part.replaceChildren(...other.childNodes);
  const again = mark ? part.querySelector(mark) : null;
  if (again instanceof HTMLElement) {
    if (again.tabIndex < 0) again.tabIndex = -1;
    again.focus({ preventScroll: true });
  }
}

/** @param {Element} element */
function linkTo(element) {
  const href = element.getAttribute("href");
  return href === null ? null : `[href="${CSS.escape(href)}"]`;
}

function isSelecting() {
  return document.getSelection()?.isCollapsed === false;
}

/**
 * @param {string} id
 * @param {string} text
 */
function write(id, text) {
  const found = document.getElementById(id);
  if (found !== null && found.textContent !== text) found.textContent = text;
}

/** Tell the workstation that somebody is here, now and then. */
function sayHere() {
  const now = Date.now();
  if (ended || now - touched < STILL_HERE) return;
  touched = now;
  void fetch("/here", { method: "POST", body: new URLSearchParams(), redirect: "error" })
    .then((answer) => {
      if (answer.status === 403) leave();
    })
    .catch(() => undefined);
}

/**
 * The vault has locked: what is on the page goes, at once.
 * @returns {boolean} whether it does
 */
function leave() {
  if (!leaveAnyway()) return false;
  document.body.replaceChildren();
  location.replace("/");
  return true;
}

/** The workstation has ended: what it showed goes, what was typed stays to be copied. */
function end() {
  ended = true;
  for (const each of document.querySelectorAll("[data-live], [data-shown]")) each.replaceChildren();
  endForms();
  write("line", "The workstation has ended.");
  write(
    "news",
    "The workstation has ended. Copy what you wrote, run dropbox-inbox serve again, and open the address it prints.",
  );
}
