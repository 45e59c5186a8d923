import { applyChanges, type Change, type Changed } from "./books/changes.ts";
import { nowOf, type Realm, type Simulator } from "./simulator.ts";

/**
 * Changes a company's books and tells who ordered webhooks. What came before a change that cannot be
 * made has happened and is told; then ChangeRefused is thrown.
 */
export function change(simulator: Simulator, realm: Realm, changes: readonly Change[]): Changed[] {
  const { books } = realm;
  const now = nowOf(simulator);
  return changes.flatMap((one) => {
    const changed = applyChanges(books, [one], now);
    simulator.webhooks.tell(books.plan.realmId, changed, now);
    return changed;
  });
}
