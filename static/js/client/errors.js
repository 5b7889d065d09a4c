// What can go wrong between a browser and a server, sorted by whose fault it is: the names are those
// of dropbox/client/errors.py. No message holds anything a server wrote, nor any text of the person.

/** The root of the tree. */
export class ClientError extends Error {
  constructor() {
    super();
    this.name = new.target.name;
  }
}

// -- the network ----------------------------------------------------------------------------------

/**
 * No whole answer came. It may help to try again. A browser does not say whether any of the request
 * arrived, so it may always have been carried out.
 */
export class Away extends ClientError {}

// -- the server -----------------------------------------------------------------------------------

/** The server understood and said no. */
export class Refused extends ClientError {
  /**
   * @param {string} fault one of `FAULTS` in wire.js
   * @param {number} wait seconds after which it wants to be asked again; 0 where it did not say
   */
  constructor(fault, wait = 0) {
    super();
    this.fault = fault;
    this.wait = wait;
  }
}

/** An answer that is not of this interface: another program, a portal in between, or malice. */
export class Nonsense extends ClientError {}

/** More bytes than any right answer to this request has. */
export class AnswerTooLong extends Nonsense {}

/** The server sent us elsewhere. No redirect is ever followed. */
export class Redirected extends Nonsense {}

/** The answer's status, form or content cannot be right for what was asked. */
export class WrongAnswer extends Nonsense {}

/** The server asks for more work than any server of ours does. None of it was done. */
export class TooMuchWork extends Nonsense {}

/** The server said that it deleted something, and shows that it has not. */
export class NotDeleted extends Nonsense {}

/** The mailbox was there a moment ago and is not any more: closed by somebody else, purged. */
export class Gone extends ClientError {}

// -- a submission ---------------------------------------------------------------------------------

/** The server may have stored what was sent, and nobody could say so. Sending it again is safe. */
export class Unknown extends ClientError {
  /** @param {ClientError} cause the last thing that went wrong */
  constructor(cause) {
    super();
    this.cause = cause;
  }
}

// -- the person -----------------------------------------------------------------------------------

/** The person stopped it. */
export class Stopped extends ClientError {}

/** A file that cannot be sent. Nothing of it is part of any report. */
export class BadFile extends ClientError {
  /** @param {number} place which of the files it is, from 0 */
  constructor(place) {
    super();
    this.place = place;
  }
}

/** It is not there any more, may not be read, or changed while it was sent. */
export class Unreadable extends BadFile {}

/** It has no bytes. */
export class EmptyFile extends BadFile {}

/** It is larger than the team's directory allows. */
export class FileTooLarge extends BadFile {}
