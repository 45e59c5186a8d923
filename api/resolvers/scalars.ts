import { Kind, type ValueNode } from "graphql";

import { badInput } from "../refusals.ts";

/** How a scalar of the schema is written and read; the rest of it stands in api/schema. */
interface ScalarResolver {
  __serialize(value: unknown): string;
  __parseValue(value: unknown): string;
  __parseLiteral(node: ValueNode): string;
}

/** A scalar that travels as text; what the text must hold is for the resolver to say in a refusal. */
const textScalar = (name: string, write: (value: unknown) => string = String): ScalarResolver => ({
  __serialize: write,
  __parseValue: (value) => textOf(name, value),
  __parseLiteral: (node) => textOf(name, node.kind === Kind.STRING ? node.value : null),
});

function textOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw badInput(`${name} is written as a string.`);
}

export const scalars = {
  DateTime: textScalar("DateTime", (value) =>
    value instanceof Date ? value.toISOString() : String(value),
  ),
  Date: textScalar("Date"),
  Money: textScalar("Money"),
};
