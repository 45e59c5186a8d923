import type { Role } from "../../db/api-tokens.ts";

/** Everything that can be done beside reading; every role reads what its token may see. */
export type Action =
  | "createCompany"
  | "connect"
  | "confirm"
  | "setAutoSync"
  | "pause"
  | "start"
  | "syncNow"
  | "reapplyPayments"
  | "verify"
  | "cancel"
  | "retry";

const STEERING: readonly Action[] = [
  "start",
  "syncNow",
  "reapplyPayments",
  "verify",
  "cancel",
  "retry",
  "pause",
];
const SETTING_UP: readonly Action[] = ["createCompany", "connect", "confirm", "setAutoSync"];

/** The one place that says who may do what. */
const MAY: Record<Role, readonly Action[]> = {
  admin: [...SETTING_UP, ...STEERING],
  implementer: [...SETTING_UP, ...STEERING],
  ops: STEERING,
  app: ["start", "syncNow"],
  accountant: [],
  viewer: [],
};

export const mayDo = (role: Role, action: Action): boolean => MAY[role].includes(action);
