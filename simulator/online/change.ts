import { applyChange, type Change, type Changed, type SingleChange } from "./books/changes.ts";
import { ChangeRefused } from "./books/named.ts";
import { randomOrder } from "./books/random-edits.ts";
import { nowOf, type Realm, type Simulator } from "./simulator.ts";

const TRIES_PER_EDIT = 20;

/**
 * Changes a company's books and tells who ordered webhooks. What came before a change that cannot be
 * made has happened and is told; then ChangeRefused is thrown.
 */
export function change(simulator: Simulator, realm: Realm, changes: readonly Change[]): Changed[] {
  const { books } = realm;
  const now = nowOf(simulator);
  const make = (one: SingleChange): Changed => {
    const changed = applyChange(books, one, now);
    simulator.webhooks.tell(books.plan.realmId, [changed], now);
    return changed;
  };
  return changes.flatMap((one) => (one.op === "random" ? makeRandom(realm, one, make) : make(one)));
}

/** Makes so many random changes; a draw that cannot be done is another draw. Throws ChangeRefused. */
function makeRandom(
  { books }: Realm,
  { seed, edits, at }: Extract<Change, { op: "random" }>,
  make: (one: SingleChange) => Changed,
): Changed[] {
  const done: Changed[] = [];
  for (let n = 0; done.length < edits; n++) {
    if (n >= edits * TRIES_PER_EDIT) {
      throw new ChangeRefused(`only ${done.length} random changes could be made`);
    }
    const order = randomOrder(books, seed, n);
    if (order === undefined) continue;
    const made = at === undefined ? order : { ...order, at };
    try {
      done.push({ ...make(made), made });
    } catch (error) {
      if (!(error instanceof ChangeRefused)) throw error;
    }
  }
  return done;
}
