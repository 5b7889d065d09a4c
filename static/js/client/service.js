// A typed call for every route of the server that a reporter uses, logging in by itself: the twin of
// dropbox/client/service.py (docs/protocol.md §9).
//
// Every call checks the form of what comes back, is repeated over a broken connection, and logs in
// again where a session has ended. The order of requests depends on nothing that was opened (P22).

import { base64url, hex, same } from "../crypto/bytes.js";
import { readDocument } from "../crypto/encoding.js";
import { ProtocolError } from "../crypto/errors.js";
import { answer } from "../crypto/login.js";
import { ClientError, Refused, Unknown, WrongAnswer } from "./errors.js";
import { readListing, teamSeq } from "./listing.js";
import { ORDINARY_PATIENCE, patiently } from "./retry.js";
import { packSubmission } from "./submission.js";
import {
  Challenge,
  DELETIONS_PER_REQUEST,
  Deletion,
  Deletions,
  FAULTS,
  FileStart,
  FileState,
  LARGEST_DIRECTORY,
  LARGEST_PAGE,
  LARGEST_PART,
  LARGEST_SMALL,
  Login,
  Receipt,
  Refusal,
  SESSION_HEADER,
  Session,
  WORK_HEADER,
  Work,
  WorkRequest,
  writeProof,
} from "./wire.js";
import { solve } from "./working.js";

const OK = 200;
const DONE = 204;
/** For one submission: more is asked again only where the flood grew while the work was done. */
const MOST_PROOFS = 5;
/** Of one mailbox. Each is several megabytes, so no honest one has more. */
const MOST_PAGES = 64;
/** Refusals that say nothing about an earlier try whose answer was lost. */
const UNDECIDED = new Set(["no-session", "busy", "full", "failed", "work-needed"]);

/**
 * @typedef {import("../crypto/keys.js").Keys} Keys
 * @typedef {import("../crypto/outgoing.js").Outgoing} Outgoing
 * @typedef {import("./listing.js").Listed} Listed
 * @typedef {import("./retry.js").Patience} Patience
 * @typedef {import("./retry.js").Tell} Tell
 * @typedef {import("./transport.js").Transport} Transport
 * @typedef {Record<string, string>} Headers
 */

/** One server, and at most one session with it. */
export class Service {
  #transport;
  #origin;
  #tell;
  #patience;
  /** @type {{ keys: Keys, service: Uint8Array } | null} */
  #caller = null;
  /** @type {string | null} */
  #session = null;
  /** @type {Promise<string> | null} */
  #loggingIn = null;
  /** @type {Map<string, Parameters<typeof writeProof>[0]>} */
  #proofs = new Map();
  /** @type {Set<string>} ids of envelopes that may be stored: their answers were lost */
  #doubted = new Set();
  #stop = new AbortController();

  /**
   * @param {Transport} transport
   * @param {string} origin the server's, as a browser writes it
   * @param {Tell} tell
   * @param {Patience} [patience]
   */
  constructor(transport, origin, tell, patience = ORDINARY_PATIENCE) {
    this.#transport = transport;
    this.#origin = origin;
    this.#tell = tell;
    this.#patience = patience;
    /** Whether the submission on its way may have been stored. */
    this.inDoubt = false;
  }

  /** @returns {Tell} where progress is told */
  get tell() {
    return this.#tell;
  }

  /**
   * Be this caller from now on, without a session.
   * @param {Keys} keys
   * @param {Uint8Array} service 32 bytes
   */
  become(keys, service) {
    this.#caller = { keys, service };
    this.#keep(null);
  }

  /** Stop: every request is rejected with `Stopped`, those not begun yet too, until `begin`. */
  stop() {
    this.#stop.abort();
  }

  /** Requests go out from here on, whatever was stopped before. */
  begin() {
    this.#stop = new AbortController();
  }

  // -- the directory ----------------------------------------------------------------------------------

  /** @returns {Promise<Uint8Array>} the signed directory, unverified */
  directory() {
    return this.#repeat(() =>
      this.#request("GET", "/api/directory", { limit: LARGEST_DIRECTORY }),
    );
  }

  // -- envelopes --------------------------------------------------------------------------------------

  /**
   * Store an envelope. Every try sends the same bytes under the same id.
   * @param {Outgoing} outgoing
   * @returns {Promise<Receipt>} rejected with `Refused` where the server decided, and with `Unknown`
   *   where a try may have been stored and no receipt came
   */
  submit(outgoing) {
    return this.#submit("/api/envelopes", outgoing);
  }

  /**
   * Store the envelope that closes the caller's mailbox for good, and close it, or neither.
   * @param {Outgoing} closed
   * @returns {Promise<Receipt>} rejected as `submit` is
   */
  closeMailbox(closed) {
    return this.#submit("/api/closing", closed);
  }

  /**
   * Delete envelopes of the team from the caller's mailbox: some at a time, each time all or none.
   * @param {readonly import("../crypto/chains.js").Deletion[]} deletions
   */
  async delete(deletions) {
    const asked = [...deletions].sort((one, other) => one.seq - other.seq);
    for (let start = 0; start < asked.length; start += DELETIONS_PER_REQUEST) {
      const some = asked.slice(start, start + DELETIONS_PER_REQUEST);
      const body = new Deletions({
        deletions: some.map(({ seq, id, signature }) => new Deletion({ seq, id, signature })),
      });
      await this.#do("POST", "/api/deletions", body.toBytes());
    }
  }

  /**
   * @param {string} path
   * @param {Outgoing} outgoing
   * @returns {Promise<Receipt>}
   */
  async #submit(path, outgoing) {
    const body = packSubmission(outgoing);
    const name = hex(outgoing.envelope.id);
    let unsure = this.#doubted.has(name);
    this.inDoubt = unsure;
    /** @param {Headers} headers */
    const once = async (headers) => {
      this.inDoubt = true;
      try {
        const receipt = read(Receipt, await this.#request("POST", path, { body, headers }));
        const [id] = receipt.ids;
        if (receipt.ids.length !== 1 || id === undefined || !same(id, outgoing.envelope.id)) {
          throw new WrongAnswer();
        }
        return receipt;
      } catch (error) {
        const refused = error instanceof Refused;
        unsure ||= !refused || error.fault === "failed";
        this.inDoubt = unsure;
        throw error;
      }
    };
    try {
      return await this.#withWork("report", outgoing.envelope.header.mailbox, once);
    } catch (error) {
      const decided = error instanceof Refused && !UNDECIDED.has(error.fault);
      if (decided || !unsure || !(error instanceof ClientError)) {
        this.#doubted.delete(name);
        throw error;
      }
      this.#doubted.add(name);
      throw new Unknown(error);
    }
  }

  /**
   * Everything the caller's mailbox is given: stubs of what it sent, then the team's. All pages,
   * whatever they hold.
   * @returns {Promise<Listed[]>} rejected with `WrongAnswer` for pages without an end
   */
  async mailbox() {
    const entries = [];
    let start = 0;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const listing = readListing(await this.#get(`/api/mailbox/${start}`, LARGEST_PAGE));
      entries.push(...listing.entries);
      if (!listing.more) return entries;
      const last = Math.max(-1, ...listing.entries.map((each) => teamSeq(each) ?? -1));
      if (last < start) throw new WrongAnswer();
      start = last + 1;
    }
    throw new WrongAnswer();
  }

  // -- files ------------------------------------------------------------------------------------------

  /**
   * Ask for room for a file of `parts` parts that an envelope will name within the hour.
   * @param {Uint8Array} file
   * @param {number} parts
   */
  async startFile(file, parts) {
    const body = new FileStart({ file, parts }).toBytes();
    await this.#withWork("file", file, (headers) =>
      this.#request("POST", "/api/files", { body, headers, status: DONE }),
    );
  }

  /**
   * @param {Uint8Array} file
   * @returns {Promise<FileState>} which parts of an own file the server holds
   */
  async fileState(file) {
    return read(FileState, await this.#get(`/api/files/${base64url(file)}`, LARGEST_SMALL));
  }

  /**
   * Store one sealed part. A part whose answer was lost is sent again as the same bytes.
   * @param {Uint8Array} file
   * @param {number} index
   * @param {Uint8Array} sealed
   */
  async putPart(file, index, sealed) {
    await this.#do("PUT", `/api/files/${base64url(file)}/${index}`, sealed);
  }

  /**
   * Forget a file no envelope names. Nothing happens if it is not there. One try.
   * @param {Uint8Array} file
   */
  async cancelFile(file) {
    const path = `/api/files/${base64url(file)}`;
    try {
      await this.#withSession((headers) => this.#request("DELETE", path, { headers, status: DONE }));
    } catch (error) {
      if (!(error instanceof Refused && error.fault === "unknown")) throw error;
    }
  }

  /**
   * @param {Uint8Array} file
   * @param {number} index
   * @returns {Promise<Uint8Array>} one sealed part, as the server gives it
   */
  part(file, index) {
    return this.#get(`/api/files/${base64url(file)}/${index}`, LARGEST_PART);
  }

  // -- how it is done ---------------------------------------------------------------------------------

  /**
   * @param {string} path
   * @param {number} limit
   */
  #get(path, limit) {
    return this.#repeat(() =>
      this.#withSession((headers) => this.#request("GET", path, { headers, limit })),
    );
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Uint8Array} body
   */
  #do(method, path, body) {
    return this.#repeat(() =>
      this.#withSession((headers) => this.#request(method, path, { body, headers, status: DONE })),
    );
  }

  /**
   * @template T
   * @param {() => Promise<T>} call
   */
  #repeat(call) {
    return patiently(call, this.#patience, this.#tell, this.#stop.signal);
  }

  /**
   * `call` with the header of a session; once more with a new one if it had ended.
   * @template T
   * @param {(headers: Headers) => Promise<T>} call
   */
  async #withSession(call) {
    const session = await this.#openSession();
    try {
      return await call({ [SESSION_HEADER]: session });
    } catch (error) {
      if (!(error instanceof Refused && error.fault === "no-session")) throw error;
    }
    if (this.#session === session) this.#keep(null);
    return call({ [SESSION_HEADER]: await this.#openSession() });
  }

  /**
   * `call` with the header of a session, and of a proof of work where the server asks. A proof is kept
   * for its subject: it is spent only with what is stored, so it is still good for the same thing sent
   * again.
   * @template T
   * @param {"report" | "file"} purpose
   * @param {Uint8Array} subject
   * @param {(headers: Headers) => Promise<T>} call
   */
  async #withWork(purpose, subject, call) {
    const name = hex(subject);
    /** @param {Headers} headers */
    const once = (headers) => {
      const proof = this.#proofs.get(name);
      return call(proof ? { ...headers, [WORK_HEADER]: writeProof(proof) } : headers);
    };
    for (let tries = 0; tries < MOST_PROOFS; tries += 1) {
      try {
        return await this.#repeat(() => this.#withSession(once));
      } catch (error) {
        if (!(error instanceof Refused && error.fault === "work-needed")) throw error;
      }
      this.#proofs.delete(name);
      const work = await this.#askWork(purpose);
      if (work.difficulty === 0) continue;
      const { service } = this.#known();
      const { signal } = this.#stop;
      this.#proofs.set(name, await solve(work, service, subject, this.#tell, signal));
    }
    return this.#repeat(() => this.#withSession(once));
  }

  /** @param {"report" | "file"} purpose */
  async #askWork(purpose) {
    const body = new WorkRequest({ purpose }).toBytes();
    const data = await this.#repeat(() =>
      this.#withSession((headers) => this.#request("POST", "/api/work", { body, headers })),
    );
    return read(Work, data);
  }

  /** @returns {Promise<string>} the session there is, or a new one, made once for all who wait */
  async #openSession() {
    if (this.#session !== null) return this.#session;
    this.#loggingIn ??= this.#logIn().finally(() => {
      this.#loggingIn = null;
    });
    return this.#loggingIn;
  }

  /** A challenge is answered once, so both requests are made again together. */
  async #logIn() {
    const { keys, service } = this.#known();
    const { challenge } = read(Challenge, await this.#request("POST", "/api/challenge", {}));
    const body = new Login({
      auth: keys.card.auth,
      keys: keys.card.keysHash,
      challenge,
      origin: this.#origin,
      signature: answer(keys, service, this.#origin, challenge),
      certificate: null,
    }).toBytes();
    const { session } = read(Session, await this.#request("POST", "/api/session", { body }));
    this.#keep(session);
    return session;
  }

  #known() {
    if (this.#caller === null) throw new Error("this call needs a caller");
    return this.#caller;
  }

  /** @param {string | null} session */
  #keep(session) {
    this.#session = session;
    this.#tell({ kind: "session", token: session ?? "" });
  }

  /**
   * One request, once.
   * @param {string} method
   * @param {string} path
   * @param {{ body?: Uint8Array, headers?: Headers, limit?: number, status?: number }} how
   * @returns {Promise<Uint8Array>} the body of the answer, if it has the right status
   */
  async #request(method, path, { body, headers = {}, limit = 0, status = OK }) {
    const request = { method, path, headers, limit: Math.max(limit, LARGEST_SMALL) };
    const { signal } = this.#stop;
    const said = await this.#transport(body ? { ...request, body } : request, signal);
    if (said.status === status && (status === OK || said.body.length === 0)) return said.body;
    throw refusal(said);
  }
}

/**
 * What an answer that is no success means. Its sentence is never shown, only its fault.
 * @param {import("./transport.js").Answer} said
 * @returns {ClientError}
 */
function refusal(said) {
  try {
    const { fault } = readDocument(Refusal, said.body);
    return FAULTS[fault] === said.status ? new Refused(fault, said.wait) : new WrongAnswer();
  } catch (error) {
    if (error instanceof ProtocolError) return new WrongAnswer();
    throw error;
  }
}

/**
 * @template {import("../crypto/encoding.js").Document} D
 * @param {import("../crypto/encoding.js").Kind<D>} kind
 * @param {Uint8Array} data
 * @returns {D}
 */
function read(kind, data) {
  try {
    return readDocument(kind, data);
  } catch (error) {
    if (error instanceof ProtocolError) throw new WrongAnswer();
    throw error;
  }
}
