/**
 * One read transaction for all that is read in one turn of the event loop. SQLite takes and gives back its locks for each
 * transaction, which alone would cost as much as many an answer; and what a turn reads is of one state.
 */
import type { Database, Statement } from "../../database/sqlite.ts";

export class Snapshot {
  readonly #begin: Statement;
  readonly #commit: Statement;
  #isHeld = false;
  /** The turn that is under way ends what it holds. */
  #isDue = false;

  constructor(database: Database) {
    this.#begin = database.prepare("begin");
    this.#commit = database.prepare("commit");
  }

  /** Holds the state as it is until the turn ends, or until something is written. */
  hold(): void {
    if (this.#isHeld) return;
    this.#begin.run();
    this.#isHeld = true;
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.release();
    });
  }

  /** To be called before anything is written: it would be part of this transaction. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    try {
      this.#commit.run();
    } catch {
      // A read that failed has ended it already, and has told why.
    }
  }
}
