import { z } from "zod";
import { LIST_KINDS, RECORDS_MAX, RECORDS_MIN, TXN_KINDS } from "../file/kinds.ts";

const CHANGES_PER_ORDER_MAX = 1000;

const name = z.string().min(1);
const cents = z.int();
const texts = z.record(z.string(), z.string());

export const FileOrder = z.strictObject({
  /** A handle; the company's name when left out. */
  name: name.exactOptional(),
  companyName: name.default("Desert Desks"),
  path: name.exactOptional(),
  ein: z.string().default("12-3456789"),
  records: z.int().min(RECORDS_MIN).max(RECORDS_MAX).default(1000),
  seed: z.int().default(1),
  product: name.exactOptional(),
  majorVersion: z.int().exactOptional(),
  minorVersion: z.int().exactOptional(),
  clockSkewMs: z.int().exactOptional(),
  utcOffsetMinutes: z.int().exactOptional(),
  until: z.iso.date().exactOptional(),
});

export const FileSettingsOrder = z.strictObject({
  file: name,
  settings: z.strictObject({
    utcOffsetMinutes: z.int().exactOptional(),
    hasOneHourBug: z.boolean().exactOptional(),
    product: name.exactOptional(),
    majorVersion: z.int().exactOptional(),
    minorVersion: z.int().exactOptional(),
    clockSkewMs: z.int().exactOptional(),
    notesChars: z.int().min(0).exactOptional(),
    rawAccents: z.boolean().exactOptional(),
    touchesApplied: z.boolean().exactOptional(),
  }),
});

export const MoveOrder = z.strictObject({ file: name, path: name });
export const CopyOrder = z.strictObject({ file: name, path: name, name });
export const BackupOrder = z.strictObject({ file: name });
export const RestoreOrder = z.strictObject({ file: name, backup: z.int().min(1) });

const RowDraft = z.strictObject({
  name: z.string().exactOptional(),
  parent: z.string().exactOptional(),
  isActive: z.boolean().exactOptional(),
  values: texts.exactOptional(),
});

const TxnDraft = z.strictObject({
  party: z.string().exactOptional(),
  date: z.string().exactOptional(),
  refNumber: z.string().exactOptional(),
  memo: z.string().exactOptional(),
  totalCents: cents.exactOptional(),
  lines: z
    .array(
      z.strictObject({
        item: z.string().exactOptional(),
        account: z.string().exactOptional(),
        source: z
          .strictObject({ kind: z.enum(["ReceivePayment", "SalesReceipt"]), id: z.string() })
          .exactOptional(),
        text: z.string().exactOptional(),
        quantity: z.number().exactOptional(),
        rateCents: cents.exactOptional(),
        amountCents: cents.exactOptional(),
        isDebit: z.boolean().exactOptional(),
      }),
    )
    .exactOptional(),
  values: texts.exactOptional(),
});

const list = z.enum(LIST_KINDS);
const txn = z.enum(TXN_KINDS);
const key = z.strictObject({ kind: txn, id: z.string() });

const ListChange = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("create"), kind: list, draft: RowDraft.default({}) }),
  z.strictObject({ do: z.literal("edit"), kind: list, id: z.string(), draft: RowDraft }),
  z.strictObject({ do: z.literal("deactivate"), kind: list, id: z.string() }),
  z.strictObject({ do: z.literal("delete"), kind: list, id: z.string() }),
]);
export type ListChange = z.infer<typeof ListChange>;

const TxnChange = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("create"), kind: txn, draft: TxnDraft.default({}) }),
  z.strictObject({ do: z.literal("edit"), kind: txn, id: z.string(), draft: TxnDraft }),
  z.strictObject({ do: z.literal("delete"), kind: txn, id: z.string() }),
  z.strictObject({ do: z.literal("void"), kind: txn, id: z.string() }),
  z.strictObject({ do: z.literal("apply"), from: key, to: key, cents }),
  z.strictObject({ do: z.literal("unapply"), from: key, to: key }),
]);
export type TxnChange = z.infer<typeof TxnChange>;

/** Changes to the books, as a person at QuickBooks makes them. */
export const ChangesOrder = z.strictObject({
  file: name,
  changes: z
    .array(z.union([ListChange, TxnChange]))
    .min(1)
    .max(CHANGES_PER_ORDER_MAX),
});
