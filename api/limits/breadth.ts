import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";

/** Each may be a page of 500 rows: this many are asked for at once at most. */
const ROOT_FIELDS_MAX = 30;
const ALIASES_MAX = 200;

/** Refuses operations that ask for too many things side by side. */
export function breadthRule(context: ValidationContext): ASTVisitor {
  let aliases = 0;
  return {
    Field(node) {
      if (node.alias === undefined) return;
      aliases++;
      if (aliases !== ALIASES_MAX + 1) return;
      context.reportError(tooWide(`The query has more than ${ALIASES_MAX} aliases.`));
    },
    OperationDefinition(node) {
      if (countFields(context, node.selectionSet, new Set()) <= ROOT_FIELDS_MAX) return;
      context.reportError(
        tooWide(`The query asks for more than ${ROOT_FIELDS_MAX} things side by side.`),
      );
    },
  };
}

/** The fields of a selection, those of its fragments included; a fragment inside itself counts once. */
function countFields(
  context: ValidationContext,
  { selections }: SelectionSetNode,
  inside: ReadonlySet<string>,
): number {
  let count = 0;
  for (const selection of selections) {
    if (count > ROOT_FIELDS_MAX) return count;
    if (selection.kind === Kind.FIELD) count++;
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      count += countFields(context, selection.selectionSet, inside);
    } else {
      const name = selection.name.value;
      const fragment = inside.has(name) ? null : context.getFragment(name);
      if (fragment)
        count += countFields(context, fragment.selectionSet, new Set([...inside, name]));
    }
  }
  return count;
}

const tooWide = (message: string): GraphQLError =>
  new GraphQLError(`${message} Ask in several requests.`, {
    extensions: { code: "QUERY_TOO_WIDE" },
  });
