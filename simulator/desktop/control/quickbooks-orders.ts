import { z } from "zod";

const MS_MAX = 600_000;

const name = z.string().min(1);
const ms = z.number().min(0).max(MS_MAX).exactOptional();
const count = z.int().min(0).exactOptional();
const yes = z.boolean().exactOptional();
const hresult = z.string().regex(/^0x[0-9A-F]{8}$/);

const Latency = z.strictObject({
  openMs: ms,
  startMs: ms,
  requestMs: ms,
  recordMs: ms,
  lineMs: ms,
});

const QuickBooksSettings = z.strictObject({
  isRunning: yes,
  isAutomaticLoginAllowed: yes,
  isPersonalDataAllowed: yes,
  access: z.enum(["granted", "never-asked", "revoked"]).exactOptional(),
  isSingleUserElsewhere: yes,
  fileMode: z.enum(["SingleUser", "MultiUser"]).exactOptional(),
  isModalOpen: yes,
  isModalMidIterator: yes,
  crashAfter: z.int().min(0).nullable().exactOptional(),
  crashHresult: z.enum(["0x80040402", "0x8004040D"]).exactOptional(),
  nextInUse: count,
  inUseStatus: z.enum(["3175", "3176"]).exactOptional(),
  nextRefused: count,
  refusedHresult: hresult.exactOptional(),
  nextCut: count,
});

export const PcOrder = z.strictObject({
  /** Its host name. */
  pc: name,
  /** The file that is open on it; null for none. */
  file: name.nullable().default(null),
});

export const QuickBooksOrder = z.strictObject({
  pc: name,
  /** A person opens this file, or closes the one that is open. */
  show: name.nullable().exactOptional(),
  /** Files that the PC can reach from now on, and files that it cannot reach any more. */
  reach: z.array(name).default([]),
  loseSightOf: z.array(name).default([]),
  settings: QuickBooksSettings.default({}),
  latency: Latency.exactOptional(),
});
