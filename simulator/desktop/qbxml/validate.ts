import type { XmlElement } from "./document.ts";
import { NESTED, QUERIES } from "./models.ts";
import { OTHER_REQUESTS, VALUES } from "./values.ts";

const META_DATA = ["NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"];
const ITERATOR = ["Start", "Continue", "Stop"];
const META_DATA_SINCE = 4;
const ITERATOR_SINCE = 5;
const ON_ERROR = ["continueOnError", "rollbackOnError", "stopOnError"];
const RESPONSE_DATA = ["includeAll", "includeNone"];

const compiled = new Map<string, RegExp>();

/** A content model as a regular expression over the names of the children, each with a `;`. */
function patternOf(model: string): RegExp {
  const known = compiled.get(model);
  if (known !== undefined) return known;
  const source = model.replaceAll("(", "(?:").replace(/\w+/g, "(?:$&;)").replaceAll(",", "");
  const pattern = new RegExp(`^${source}$`);
  compiled.set(model, pattern);
  return pattern;
}

const matches = (element: XmlElement, model: string): boolean =>
  patternOf(model).test(element.children.map(({ name }) => `${name};`).join(""));

const hasText = ({ text }: XmlElement): boolean => text.trim() !== "";

const hasAttributes = ({ attributes }: XmlElement): boolean => Object.keys(attributes).length > 0;

function isValidInside(element: XmlElement): boolean {
  if (hasAttributes(element)) return false;
  const model = NESTED[element.name];
  if (model !== undefined) {
    return !hasText(element) && matches(element, model) && element.children.every(isValidInside);
  }
  const rule = VALUES[element.name];
  if (rule === undefined || element.children.length > 0) return false;
  return rule instanceof RegExp ? rule.test(element.text) : rule.has(element.text);
}

/** Whether QuickBooks would let a request of this version through; an error is one for the whole set. */
export function isValidRequest(request: XmlElement, version: number): boolean {
  if (!request.name.endsWith("Rq")) return false;
  const name = request.name.slice(0, -2);
  const query = QUERIES.get(name);
  if (query === undefined) return OTHER_REQUESTS.has(name);
  if (query.since !== undefined && version < query.since) return false;
  const { requestID: _id, metaData, iterator, iteratorID, ...others } = request.attributes;
  if (Object.keys(others).length > 0) return false;
  const hasIterator = iterator !== undefined || iteratorID !== undefined;
  if (hasIterator && (!query.iterator || version < ITERATOR_SINCE)) return false;
  if (metaData !== undefined && (!query.metaData || version < META_DATA_SINCE)) return false;
  if (metaData !== undefined && !META_DATA.includes(metaData)) return false;
  if (iterator !== undefined && !ITERATOR.includes(iterator)) return false;
  const isOld = version < META_DATA_SINCE;
  if (isOld && request.children.some(({ name: child }) => child === "IncludeRetElement"))
    return false;
  return (
    !hasText(request) && matches(request, query.content) && request.children.every(isValidInside)
  );
}

/** The message set of a document; undefined when the frame around the requests is wrong. */
export function messageSet(root: XmlElement): XmlElement | undefined {
  if (root.name !== "QBXML" || hasText(root) || hasAttributes(root)) return undefined;
  const [set, ...more] = root.children;
  if (set?.name !== "QBXMLMsgsRq" || more.length > 0 || hasText(set)) return undefined;
  const {
    onError,
    responseData,
    newMessageSetID: _new,
    oldMessageSetID: _old,
    ...others
  } = set.attributes;
  if (onError === undefined || !ON_ERROR.includes(onError)) return undefined;
  if (responseData !== undefined && !RESPONSE_DATA.includes(responseData)) return undefined;
  return Object.keys(others).length > 0 ? undefined : set;
}
