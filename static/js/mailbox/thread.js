// The team's messages, as they are shown: texts as text, whatever they hold.

import { copy, fill, find, findAll } from "../pages/filling.js";
import { writeDay, writeNumber, writeSize } from "../pages/writing.js";

/**
 * @typedef {import("../client/showing.js").Mailbox} Mailbox
 * @typedef {import("../client/showing.js").Shown} Shown
 * @typedef {(message: Shown, index: number, item: HTMLElement) => void} Save
 */

const STATES = new Map([
  ["deleted", "gone"],
  ["missing", "missing"],
  ["quarantined", "quarantined"],
]);

/**
 * Show what lies in the mailbox.
 * @param {Mailbox} mailbox
 * @param {Save} save what the button beside a file does
 */
export function showMailbox(mailbox, save) {
  const { messages } = mailbox;
  find("[data-thread]").replaceChildren(...messages.map((each) => makeMessage(each, save)));
  find("[data-empty]").hidden = messages.length > 0;
  showAlarms(mailbox);
  showOwn(mailbox);
  showActs(mailbox);
}

/**
 * @param {Shown} message
 * @param {Save} save
 */
function makeMessage(message, save) {
  const kind = STATES.get(message.state) ?? message.kind;
  const made = copy(`template[data-message="${CSS.escape(kind)}"]`, {
    day: writeDay(message.day),
    text: visible(message.text),
    language: languageName(message.language),
    ack: writeNumber(message.ack),
  });
  const text = made.querySelector(".visible-text");
  if (text instanceof HTMLElement && message.language !== "") text.lang = message.language;
  const after = made.querySelector("[data-after]");
  if (after instanceof HTMLElement) after.hidden = message.ack === 0;
  message.files.forEach((file, index) => {
    const values = { name: visible(file.name), size: writeSize(file.size) };
    const row = copy("template[data-file-of-message]", values);
    const item = find("li", row);
    find("[data-save]", item).addEventListener("click", () => save(message, index, item));
    made.querySelector("[data-files]")?.append(row);
  });
  return made;
}

/** @param {Mailbox} mailbox */
function showAlarms({ messages, alarms }) {
  const wrong = messages.some(({ state }) => ["missing", "quarantined"].includes(state));
  find("[data-alarms]").hidden = !wrong && alarms.length === 0;
  const chain = { own: nameOf("own"), team: nameOf("team") };
  find("[data-alarm-list]").replaceChildren(
    ...alarms.map((alarm) => {
      const named = `template[data-alarm="${CSS.escape(alarm.fault)}"]`;
      const selector = document.querySelector(named) ? named : 'template[data-alarm="other"]';
      return copy(selector, { place: alarm.place || "?", chain: chain[alarm.chain] });
    }),
  );
}

/** @param {"own" | "team"} chain */
function nameOf(chain) {
  return copy(`template[data-${chain}-chain]`).textContent ?? "";
}

/** @param {Mailbox} mailbox */
function showOwn({ ownDays, read }) {
  const count = ownDays.length;
  const values = {
    count: writeNumber(count),
    days: [...new Set(ownDays)].map(writeDay).join(", "),
    read: writeNumber(read),
  };
  /** @type {[string, boolean][]} */
  const parts = [
    ["[data-own-one]", count === 1],
    ["[data-own-some]", count !== 1],
    ["[data-read-none]", read === 0],
    ["[data-read-some]", read > 0 && read < count],
    ["[data-read-all]", read > 0 && read >= count],
  ];
  for (const [selector, shown] of parts) {
    const part = find(selector);
    part.hidden = !shown;
    fill(part, values);
  }
}

/** @param {Mailbox} mailbox */
function showActs({ messages, takesAnswers, contested }) {
  find("[data-takes-answers]").hidden = !takesAnswers;
  find("[data-takes-none]").hidden = takesAnswers || contested;
  find("[data-contested]").hidden = !contested;
  const deletable = messages.filter((each) => each.deletable);
  find("[data-may-delete]").hidden = deletable.length === 0;
  const list = find("[data-deletable]");
  const [all, ...others] = [...list.children];
  for (const each of others) each.remove();
  const box = all?.querySelector("input");
  if (box) box.checked = false;
  list.append(...deletable.map(makeChoice));
}

/** @param {Shown} message */
function makeChoice(message) {
  const made = copy("template[data-choice-of-message]", {
    day: writeDay(message.day),
    text: shorten(visible(message.text)),
  });
  const input = find("input", made);
  const label = find("label", made);
  if (input instanceof HTMLInputElement && label instanceof HTMLLabelElement) {
    input.value = message.id;
    input.id = `message-${message.number}`;
    label.htmlFor = input.id;
  }
  for (const each of findAll("[data-kind]", made)) {
    if (each.dataset["kind"] !== message.kind) each.remove();
  }
  return made;
}

/** @param {string} text */
function shorten(text) {
  const letters = [...text.replace(/\s+/g, " ")];
  return letters.length > 60 ? `${letters.slice(0, 59).join("")}…` : letters.join("");
}

/** @param {string} code */
function languageName(code) {
  if (code === "") return "";
  try {
    return new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/**
 * @param {string} text of somebody else
 * @returns {string} with what would be hidden, or turn the line round, written out
 */
export function visible(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) => {
    if (letter === "\n" || letter === "\u200D") return letter; // the second joins emoji
    if (letter === "\t") return "    ";
    return `<U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
  });
}
