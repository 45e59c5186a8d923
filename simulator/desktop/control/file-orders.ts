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
export const BooksOrder = z.strictObject({
  file: name,
  /** The closing date; null opens the books again. */
  closedUntil: z.iso.date().nullable(),
});
export const BackupOrder = z.strictObject({ file: name });
export const RestoreOrder = z.strictObject({
  file: name,
  backup: z.int().min(1),
  /** As a copy of the file that was laid aside: QuickBooks does not note it. */
  isByHand: z.boolean().default(false),
});

const RowDraft = z.strictObject({
  name: z.string().exactOptional(),
  parent: z.string().exactOptional(),
  isActive: z.boolean().exactOptional(),
  values: texts.exactOptional(),
});

const owner = z.strictObject({ kind: z.enum(["Customer", "Vendor"]), id: z.string() });
const paid = z.enum(["ReceivePayment", "BillPaymentCheck", "BillPaymentCreditCard"]);

const PaidLines = z.array(
  z.strictObject({
    id: z.string(),
    cents: z.int().min(0),
    discountCents: z.int().min(0).exactOptional(),
    credits: z
      .array(
        z.strictObject({
          kind: z.enum(["CreditMemo", "VendorCredit", "JournalEntry"]),
          id: z.string(),
          cents: z.int().min(1),
        }),
      )
      .exactOptional(),
  }),
);

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
        party: owner.exactOptional(),
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
  z.strictObject({
    do: z.literal("pay"),
    kind: paid,
    party: z.string().exactOptional(),
    date: z.iso.date().exactOptional(),
    refNumber: z.string().exactOptional(),
    totalCents: cents.min(0).exactOptional(),
    lines: PaidLines,
  }),
  z.strictObject({
    do: z.literal("change-payment"),
    kind: paid,
    id: z.string(),
    totalCents: cents.min(0).exactOptional(),
    lines: PaidLines,
  }),
  z.strictObject({
    do: z.literal("move"),
    kind: paid,
    id: z.string(),
    from: z.string(),
    to: z.string(),
  }),
  z.strictObject({
    do: z.literal("refund"),
    id: z.string(),
    cents: cents.min(1).exactOptional(),
  }),
  z.strictObject({ do: z.literal("journal-credit"), party: owner, cents: cents.min(1) }),
  z.strictObject({ do: z.literal("deposit"), payments: z.array(z.string()).min(1) }),
]);
export type TxnChange = z.infer<typeof TxnChange>;

/** So many edits of payments, credits and what they pay; the same seed does the same to the same books. */
const RandomChanges = z.strictObject({
  do: z.literal("random"),
  seed: z.int().min(0),
  edits: z.int().min(1).max(CHANGES_PER_ORDER_MAX),
});
export type RandomChanges = z.infer<typeof RandomChanges>;

/** Changes to the books, as a person at QuickBooks makes them. */
export const ChangesOrder = z.strictObject({
  file: name,
  changes: z
    .array(z.union([ListChange, TxnChange, RandomChanges]))
    .min(1)
    .max(CHANGES_PER_ORDER_MAX),
});
