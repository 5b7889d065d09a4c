// The page's side of the desk: in a worker, and where workers are refused, in the page itself.

import { onLeave } from "../leave.js";
import { callOver } from "./line.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./retry.js").Event} Event
 */

const WORKER = "/assets/js/client/worker.js";
const POLICY = "worker";
const SESSION_HEADER = "Dropbox-Session"; // as in wire.js, which the page need not load

/** @type {{ createScriptURL: (url: string) => any } | undefined} made once: its name is in the policy */
let policy;
let session = "";

/**
 * A desk that is loaded. Leaving ends its session.
 * @param {(event: Event) => void} tell
 * @returns {Promise<{ desk: Desk, fast: boolean }>} rejected with a `Troubled`
 */
export async function openDesk(tell) {
  onLeave(endSession);
  const listen = (/** @type {Event} */ event) => {
    if (event.kind === "session") session = event.token;
    else tell(event);
  };
  const desk = (await openWorker(listen)) ?? (await openHere(listen));
  return { desk, ...(await desk.load()) };
}

/**
 * @param {(event: Event) => void} tell
 * @returns {Promise<Desk | null>} null where workers are refused, or cannot run modules
 */
function openWorker(tell) {
  return new Promise((resolve) => {
    try {
      const worker = new Worker(trusted(WORKER), { type: "module" });
      worker.addEventListener("error", () => resolve(null));
      worker.addEventListener(
        "message",
        ({ data }) => {
          if (data.ready === true) resolve(callOver(worker, tell));
        },
        { once: true },
      );
      onLeave(() => worker.terminate());
    } catch {
      resolve(null);
    }
  });
}

/** @param {(event: Event) => void} tell */
async function openHere(tell) {
  const { Desk } = await import("./desk.js");
  return new Desk(tell);
}

/**
 * Where a page's policy asks for trusted addresses, there is one: the worker's.
 * @param {string} url
 * @returns {string}
 */
function trusted(url) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (types === undefined) return url;
  policy ??= types.createPolicy(POLICY, {
    createScriptURL: (/** @type {string} */ asked) => {
      if (asked !== WORKER) throw new TypeError("not ours");
      return asked;
    },
  });
  return policy?.createScriptURL(url);
}

/** End the session from the page, which may be gone before a worker has done it. */
function endSession() {
  if (session === "") return;
  const headers = { [SESSION_HEADER]: session };
  session = "";
  void fetch("/api/session", {
    method: "DELETE",
    headers,
    cache: "no-store",
    credentials: "omit",
    keepalive: true,
    redirect: "manual",
    referrerPolicy: "no-referrer",
  }).catch(() => undefined);
}
