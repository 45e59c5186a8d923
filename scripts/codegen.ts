/**
 * `npm run codegen`: writes the types of the resolvers from the schema. With `--check` nothing is
 * written: it fails when the committed file is not what the schema says.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { codegen } from "@graphql-codegen/core";
import * as typescript from "@graphql-codegen/typescript";
import * as resolvers from "@graphql-codegen/typescript-resolvers";
import { parse } from "graphql";

import { readSchemaText } from "../api/schema-text.ts";

const TARGET = fileURLToPath(new URL("../api/generated/resolvers.ts", import.meta.url));

/** The values inside the process: rows of the database, in their own lower-case words. */
const MAPPERS = {
  Company: "../../db/companies.ts#Company as CompanyRow",
  Batch: "../../db/batches.ts#Batch as BatchRow",
  BatchStep: "../../db/steps.ts#StepSummary",
  StepSum: "../../db/step-sums.ts#StepSum as StepSumRow",
  Record: "../../db/records.ts#StoredRecord",
  Application: "../../db/applications.ts#ApplicationAtHome",
  Change: "../../db/changes.ts#Change as ChangeRow",
  Reapplication: "../words.ts#ReapplicationOfBatch",
  PlannedDocument: "../../db/payment-plans.ts#PlanRow",
  PlannedMove: "../../db/payment-plans.ts#PlannedMove as PlannedMoveRow",
  Reconciliation: "../words.ts#ReconciliationOfBatch",
  ReconciliationLine: "../../db/reconciliations.ts#ReconciliationLine as ReconciliationLineRow",
  Attention: "../words.ts#AttentionOfCompany",
  Books: "../../quickbooks/source.ts#Books as BooksRow",
  Connector: "../../db/connectors.ts#Connector as ConnectorRow",
  FirstLook: "../../db/connections.ts#FirstLook as FirstLookRow",
  Failure: "../../db/companies.ts#Reason",
  KindCount: "../../db/records.ts#KindCount as KindCountRow",
  AutoSync: "../../db/companies.ts#Company as CompanyRow",
  Viewer: "../../db/api-tokens.ts#Holder",
  Refusal: "../words.ts#Refusal as RefusalRow",
  ErrorGuideEntry: "../../core/faults.ts#FaultKind",
};

const ENUMS = Object.fromEntries(
  [
    ["Edition", "EditionWord"],
    ["CompanyState", "CompanyStateWord"],
    ["Activity", "ActivityWord"],
    ["BatchKind", "BatchKindWord"],
    ["BatchTrigger", "BatchTriggerWord"],
    ["BatchStatus", "BatchStatusWord"],
    ["RecordKind", "RecordKindWord"],
    ["QuickBooksMode", "QuickBooksModeWord"],
    ["ApplicationRole", "ApplicationRoleWord"],
    ["ChangeWhat", "ChangeWhatWord"],
    ["ReapplyBy", "ReapplyByWord"],
    ["PlanState", "PlanStateWord"],
    ["ReconciliationSubject", "ReconciliationSubjectWord"],
    ["Role", "RoleWord"],
    ["Actor", "ActorWord"],
  ].map(([name, word]) => [name, `../words.ts#${word}`]),
);

async function generate(): Promise<string> {
  const output = await codegen({
    filename: TARGET,
    schema: parse(readSchemaText().join("\n")),
    documents: [],
    config: {
      useTypeImports: true,
      contextType: "../context.ts#Context",
      mappers: MAPPERS,
      enumValues: ENUMS,
      scalars: {
        ID: "string",
        DateTime: { input: "Date", output: "Date" },
        Date: "string",
        Money: "string",
      },
      strictScalars: true,
      enumsAsTypes: true,
      avoidOptionals: { field: true, inputValue: false, object: true, defaultValue: false },
      maybeValue: "T | null",
      inputMaybeValue: "T | null | undefined",
      resolverTypeWrapperSignature: "Promise<T> | T",
    },
    pluginMap: { typescript, resolvers },
    plugins: [{ typescript: {} }, { resolvers: {} }],
  });
  const types = output
    // The plugin exports a type that it imported as if it were a value, which TypeScript refuses here.
    .replace(/^export \{ (\w+) \};$/gm, "export type { $1 };")
    // Our schema's Record hides TypeScript's.
    .replace(/\bRecord<(\w+), (\w+)>/g, "{ [key in $1]: $2 }");
  return `// Generated from api/schema by \`npm run codegen\`: do not edit.\n${types}`;
}

const generated = await generate();
if (process.argv.includes("--check")) {
  if ((await readFile(TARGET, "utf8")) !== generated) {
    console.error("api/generated/resolvers.ts is not what api/schema says: run `npm run codegen`.");
    process.exitCode = 1;
  }
} else {
  await writeFile(TARGET, generated);
}
