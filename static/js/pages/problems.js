// What has to be put right before going on: a list with the focus, links to the fields, and the same
// sentence above each field.

import { copy, fill, find, findAll } from "./filling.js";

/**
 * @typedef {{ code: string, field: string, values?: import("./filling.js").Values }} Problem `code` and
 *   `field` are those of a `<template data-problem>`; with `values.name`, of one file among several
 */

/**
 * Show these problems, or take away those that were shown.
 * @param {readonly Problem[]} problems
 * @returns {boolean} whether there are none
 */
export function showProblems(problems) {
  clearProblems();
  if (problems.length === 0) return true;
  const summary = copy("[data-error-summary]");
  const list = find("ul", summary);
  for (const each of problems) {
    list.append(link(each));
    mark(each);
  }
  const place = find("[data-problems]");
  place.replaceChildren(summary);
  place.hidden = false;
  document.title = `${find("[data-error-title]").textContent} ${bareTitle()}`;
  find("[tabindex]", place).focus();
  return false;
}

/** Take away what was shown. */
export function clearProblems() {
  const place = find("[data-problems]");
  place.replaceChildren();
  place.hidden = true;
  document.title = bareTitle();
  for (const each of findAll("[data-problem-shown]")) each.remove();
  for (const each of findAll("[aria-invalid]")) {
    each.removeAttribute("aria-invalid");
    each.classList.remove("input--error", "textarea--error");
    describe(each, (ids) => ids.filter((id) => !id.endsWith("-error")));
  }
  for (const each of findAll(".form-group--error")) each.classList.remove("form-group--error");
}

function bareTitle() {
  const error = find("[data-error-title]").textContent ?? "";
  return document.title.startsWith(error) ? document.title.slice(error.length).trim() : document.title;
}

/** @param {Problem} problem */
function link(problem) {
  const item = document.createElement("li");
  const anchor = document.createElement("a");
  anchor.href = `#${problem.field}`;
  anchor.append(sentence(problem));
  anchor.addEventListener("click", (event) => {
    event.preventDefault(); // an address with a mark in it would be one more entry of the history
    const field = document.getElementById(problem.field);
    field?.focus();
    field?.scrollIntoView({ block: "center" });
  });
  item.append(anchor);
  return item;
}

/**
 * Put the sentence above the field, once for each field.
 * @param {Problem} problem
 */
function mark(problem) {
  const field = document.getElementById(problem.field);
  if (field === null || document.getElementById(`${problem.field}-error`) !== null) return;
  const message = document.createElement("p");
  message.className = "error-message";
  message.id = `${problem.field}-error`;
  message.dataset["problemShown"] = "";
  const prefix = document.createElement("span");
  prefix.className = "only-screen-reader";
  prefix.textContent = `${find("[data-error-title]").textContent} `;
  message.append(prefix, sentence(problem));
  const choices = field.closest(".checkboxes, .radios");
  (choices ?? field).before(message);
  field.setAttribute("aria-invalid", "true");
  if (field.matches(".input, .textarea")) field.classList.add(`${field.classList[0]}--error`);
  describe(field.closest("fieldset") ?? field, (ids) => [...ids, message.id]);
  field.closest(".form-group")?.classList.add("form-group--error");
}

/** @param {Problem} problem */
function sentence(problem) {
  const template = find(`template[data-problem="${problem.code}"]`);
  const made = copy(`template[data-problem="${problem.code}"]`);
  if (!(template instanceof HTMLTemplateElement)) throw new Error("no template");
  fill(made, problem.values ?? {});
  if (problem.values?.["nearest"] === "") made.querySelector("[data-near]")?.remove();
  return made;
}

/**
 * @param {Element} element
 * @param {(ids: string[]) => string[]} change
 */
function describe(element, change) {
  const ids = change((element.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (ids.length > 0) element.setAttribute("aria-describedby", ids.join(" "));
  else element.removeAttribute("aria-describedby");
}
