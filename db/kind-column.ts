import { z } from "zod";

import { isRecordKind, type RecordKind } from "../core/record-kinds.ts";

/** A kind of record as a column holds it. */
export const KindColumn = z.custom<RecordKind>(
  (value) => typeof value === "string" && isRecordKind(value),
);
