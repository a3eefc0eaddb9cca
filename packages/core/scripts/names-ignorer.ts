/**
 * A plugin of Stryker's: in a table of names (`Names<Options>`) only the names count, so no test can notice that `true` is `false`
 * there. The names themselves are mutated as everything is.
 */
interface Node {
  readonly type: string;
  readonly typeAnnotation?: Node;
  readonly typeName?: { readonly name?: string };
  readonly id?: Node;
}

interface NodePath {
  readonly node: Node;
  readonly parentPath?: NodePath | null;
}

/** The type that is written beside an object: `satisfies Names<…>`, or that of the variable it is given to. */
function typeBeside(node: Node | undefined): Node | undefined {
  if (node?.type === "TSSatisfiesExpression") return node.typeAnnotation;
  return node?.type === "VariableDeclarator" ? node.id?.typeAnnotation?.typeAnnotation : undefined;
}

function shouldIgnore({ node, parentPath: property }: NodePath): string | undefined {
  if (node.type !== "BooleanLiteral" || property?.node.type !== "ObjectProperty") return undefined;
  const type = typeBeside(property.parentPath?.parentPath?.node);
  return type?.typeName?.name === "Names" ? "of a table of names only the names count" : undefined;
}

export const strykerPlugins = [{ kind: "Ignore", name: "names", value: { shouldIgnore } }];
