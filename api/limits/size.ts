import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";

/** Each may be a page of 500 rows: this many are asked for side by side at most. */
const ROOT_FIELDS_MAX = 30;
const ALIASES_MAX = 200;
/**
 * What a query costs is the number of its fields, those of a fragment each time it is used: a page is
 * 500 rows at most, and no list of the schema stands inside another page. Everything of every list
 * together is some 400.
 */
const FIELDS_MAX = 2_000;

/** Refuses operations that ask for too many things side by side, or for too much in all. */
export function sizeRule(context: ValidationContext): ASTVisitor {
  const sizeOf = createSizeOf(context);
  let aliases = 0;
  return {
    Field(node) {
      if (node.alias !== undefined) aliases++;
    },
    OperationDefinition(node) {
      const { root, all } = sizeOf(node.selectionSet);
      if (root > ROOT_FIELDS_MAX) {
        refuse(
          "QUERY_TOO_WIDE",
          `The query asks for more than ${ROOT_FIELDS_MAX} things side by side.`,
        );
      }
      if (all > FIELDS_MAX) {
        refuse("QUERY_TOO_COSTLY", `The query asks for more than ${FIELDS_MAX} fields in all.`);
      }
    },
    Document: {
      leave() {
        if (aliases <= ALIASES_MAX) return;
        refuse("QUERY_TOO_WIDE", `The query has more than ${ALIASES_MAX} aliases.`);
      },
    },
  };

  function refuse(code: string, message: string): void {
    context.reportError(
      new GraphQLError(`${message} Ask in several requests.`, { extensions: { code } }),
    );
  }
}

/** Fields of a selection: those at its top, and all of them. */
interface Size {
  root: number;
  all: number;
}

const NOTHING: Size = { root: 0, all: 0 };

/** Counts fields through fragments; each fragment is walked once, and one inside itself counts as nothing. */
function createSizeOf(context: ValidationContext): (selection: SelectionSetNode) => Size {
  const known = new Map<string, Size>();
  const sizeOf = ({ selections }: SelectionSetNode): Size => {
    let { root, all } = NOTHING;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        root += 1;
        all += 1 + (selection.selectionSet === undefined ? 0 : sizeOf(selection.selectionSet).all);
        continue;
      }
      const inside =
        selection.kind === Kind.INLINE_FRAGMENT
          ? sizeOf(selection.selectionSet)
          : sizeOfFragment(selection.name.value);
      root += inside.root;
      all += inside.all;
    }
    return { root, all };
  };
  const sizeOfFragment = (name: string): Size => {
    const found = known.get(name);
    if (found !== undefined) return found;
    known.set(name, NOTHING);
    const fragment = context.getFragment(name);
    const size = fragment ? sizeOf(fragment.selectionSet) : NOTHING;
    known.set(name, size);
    return size;
  };
  return sizeOf;
}
