import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("./schema/", import.meta.url));

/** The whole schema as it is written down, one text a topic. */
export const readSchemaText = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".graphql"))
    .sort()
    .map((name) => readFileSync(`${FOLDER}${name}`, "utf8"));
