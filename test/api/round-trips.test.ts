import { expect, test, vi } from "vitest";

import { BATCH_QUERY } from "../../bench/batch-query.ts";
import { enqueueBatch } from "../../db/batches.ts";
import { eventually } from "../support/sync.ts";
import { at, withApi } from "./support.ts";

const api = withApi();

const aBatch = async () => {
  const { id: companyId } = await api.company({ as: "confirmed" });
  const { batch } = await enqueueBatch(api.pool, {
    companyId,
    kind: "initial",
    trigger: "user",
    startedBy: "a test",
    label: "a test",
    historyFrom: null,
  });
  return batch;
};

/** How many transactions an answer takes: each is one round trip on a pool that pipelines. */
async function transactionsOf(token: string, query: string, variables: object) {
  const connect = vi.spyOn(api.pool, "connect");
  const answer = await api.ask(token, query, variables);
  const transactions = connect.mock.calls.length;
  connect.mockRestore();
  expect(answer.errors).toEqual([]);
  return { answer, transactions };
}

test("a batch that is asked for again, with all there is about it, takes one round trip", async () => {
  const { id } = await aBatch();
  const token = await api.token();
  await eventually(async () => expect(api.feed.isHearing()).toBe(true));
  const first = await transactionsOf(token, BATCH_QUERY, { id });
  expect(first.transactions).toBeLessThanOrEqual(3);
  const again = await transactionsOf(token, BATCH_QUERY, { id });
  expect(again.transactions).toBe(1);
  expect(again.answer).toEqual(first.answer);
});

test("what the text of a query asks through fragments is read with it too", async () => {
  const { id } = await aBatch();
  const token = await api.token();
  await eventually(async () => expect(api.feed.isHearing()).toBe(true));
  const query = `query ($id: ID!) { batch(id: $id) { ...all ... on Batch { total } } }
    fragment all on Batch { steps { name } company { ... on Company { name counts { kind } status } } }`;
  await transactionsOf(token, query, { id });
  expect((await transactionsOf(token, query, { id })).transactions).toBe(1);
});

test("a batch that was read before is still hidden from a token that may not see its company", async () => {
  const { id } = await aBatch();
  await transactionsOf(await api.token(), BATCH_QUERY, { id });
  const other = await api.company();
  const stranger = await api.token("viewer", [other.id]);
  const { answer } = await transactionsOf(stranger, BATCH_QUERY, { id });
  expect(at(answer, "batch")).toBeNull();
});
