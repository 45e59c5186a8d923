import { GraphQLScalarType, Kind } from "graphql";

import { badInput } from "../refusals.ts";

/** A scalar that travels as text; what the text must hold is for the resolver to say in a refusal. */
const textScalar = (name: string): GraphQLScalarType<string, string> =>
  new GraphQLScalarType<string, string>({
    name,
    serialize: String,
    parseValue: (value) => textOf(name, value),
    parseLiteral: (node) => textOf(name, node.kind === Kind.STRING ? node.value : null),
  });

function textOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw badInput(`${name} is written as a string.`);
}

export const scalars = {
  DateTime: new GraphQLScalarType<string, string>({
    name: "DateTime",
    serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
    parseValue: (value) => textOf("DateTime", value),
  }),
  Date: textScalar("Date"),
  Money: textScalar("Money"),
};
