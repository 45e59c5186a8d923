import { z } from "zod";
import { success, type Answer } from "./answer.ts";
import { faultOf, type Asked } from "./asked.ts";
import { stampMs } from "./books/time.ts";
import { changesSince } from "./cdc.ts";
import { faultObject, invalidValue, serviceFault, unsupported } from "./fault-shapes.ts";
import { runQuery } from "./query/run.ts";

/** Intuit's own SDK refuses more (facts 3); the server's code is 1040. */
const ITEMS_MAX = 30;

const Item = z.looseObject({
  bId: z.string(),
  Query: z.string().optional(),
  CDCQuery: z.object({ Entities: z.string(), ChangedSince: z.string() }).optional(),
});
const Batch = z.object({ BatchItemRequest: z.array(Item).min(1) });

function parsed(body: string): z.infer<typeof Batch> | undefined {
  try {
    return Batch.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

function runItem({ simulator, realm, now }: Asked, item: z.infer<typeof Item>): [string, number] {
  if (item.Query !== undefined) {
    const { begin, texts, end, rows } = runQuery(simulator, realm, item.Query);
    return [`"QueryResponse":${begin}${[...texts].join(",")}${end}`, rows];
  }
  if (item.CDCQuery !== undefined) {
    const question = {
      entities: item.CDCQuery.Entities,
      changedSince: item.CDCQuery.ChangedSince,
    };
    const { groups, rows } = changesSince(realm.books, question, simulator.settings.cdcCap, now);
    return [`"CDCResponse":[{"QueryResponse":[${groups.join(",")}]}]`, rows];
  }
  return [`"Fault":${JSON.stringify(faultObject(unsupported("batch write")))}`, 0];
}

function answerItem(asked: Asked, item: z.infer<typeof Item>): [string, number] {
  try {
    return runItem(asked, item);
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    return [`"Fault":${JSON.stringify(faultObject(fault))}`, 0];
  }
}

/** A batch: its items run one after another and fail one by one; the whole answers 200 (facts 6). */
export function runBatch(asked: Asked): Answer {
  const { incoming, now, startedAt } = asked;
  if (incoming.method !== "POST") return serviceFault(unsupported("GET batch"), now);
  const batch = parsed(incoming.body);
  if (batch === undefined) {
    return serviceFault(invalidValue("2010", "Request has invalid or unsupported property"), now);
  }
  const items = batch.BatchItemRequest;
  if (items.length > ITEMS_MAX) {
    const detail = `The number of items in a batch must not exceed ${ITEMS_MAX}`;
    return serviceFault({ ...invalidValue("1040", detail), message: "Batch too large" }, now);
  }
  if (new Set(items.map(({ bId }) => bId)).size < items.length) {
    return serviceFault(invalidValue("2030", "bId must be unique in a batch"), now);
  }
  let rows = 0;
  const texts = items.map((item) => {
    const [text, count] = answerItem(asked, item);
    rows += count;
    return `{${text},"bId":${JSON.stringify(item.bId)}}`;
  });
  const body = `{"BatchItemResponse":[${texts.join(",")}],"time":"${stampMs(now)}"}`;
  return success(Buffer.from(body), rows, startedAt);
}
