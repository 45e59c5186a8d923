/** `npm run token -- --role ADMIN [--name NAME] [--company ID ...]`: prints a bearer token, alone on its line. */
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { parseArgs } from "node:util";

import { readDatabaseUrl } from "../../core/config.ts";
import { mintToken, ROLES, type Role } from "../../db/api-tokens.ts";
import { findCompany } from "../../db/companies.ts";
import { createPool } from "../../db/pool.ts";
import { isUuid } from "../../db/transactions.ts";
import { isLine } from "../text.ts";

const NAME_LENGTH_MAX = 100;
const ROLE_NAMES = ROLES.map((role) => role.toUpperCase()).join(", ");

interface Order {
  role: Role;
  name: string;
  companyIds: string[] | null;
}

function readOrder(args: string[]): Order {
  const { values } = parseArgs({
    args,
    options: {
      role: { type: "string" },
      name: { type: "string" },
      company: { type: "string", multiple: true },
    },
  });
  const role = ROLES.find((known) => known.toUpperCase() === values.role?.toUpperCase());
  if (role === undefined) throw new Error(`Say which role: --role with one of ${ROLE_NAMES}.`);
  const name = values.name ?? `${role} of ${userInfo().username}`;
  if (!isLine(name, NAME_LENGTH_MAX)) {
    throw new Error(`--name has 1 to ${NAME_LENGTH_MAX} characters on one line.`);
  }
  return { role, name, companyIds: values.company ?? null };
}

async function main(): Promise<string> {
  const order = readOrder(process.argv.slice(2));
  if (existsSync(".env")) process.loadEnvFile(".env");
  const pool = createPool(readDatabaseUrl(process.env), { max: 1, name: "evenbooks-token" });
  try {
    for (const id of order.companyIds ?? []) {
      if (!isUuid(id) || (await findCompany(pool, id)) === null) {
        throw new Error(`There is no company ${id}.`);
      }
    }
    return await mintToken(pool, order);
  } finally {
    await pool.end();
  }
}

main().then(
  (token) => console.log(token),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
