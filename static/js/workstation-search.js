// What is found while somebody types: the page remembers what was typed, and its parts are taken
// anew as they are whenever something has come. Without this the form does the same.

import { renew } from "./workstation-live.js";

const PAUSE = 150;

/** Search along with the field that says so, if this page has one. */
export function searchWhileTyping() {
  const field = document.querySelector("input[data-search]");
  if (!(field instanceof HTMLInputElement)) return;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void look(field), PAUSE);
  });
  if (field.value !== field.defaultValue) void look(field); // typed before this was here
}

/** @param {HTMLInputElement} field */
async function look(field) {
  const typed = field.value;
  const body = new URLSearchParams({ words: typed });
  try {
    const answer = await fetch("/search/now", { method: "POST", body, redirect: "error" });
    if (!answer.ok || typed !== field.value) return;
  } catch {
    return; // whether the workstation is there is for what follows the news to say
  }
  const frame = document.getElementById("frame");
  if (frame !== null) frame.dataset["page"] = "/search"; // its first page
  await renew();
}
