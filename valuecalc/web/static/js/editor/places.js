// Spots of a document, named by ids: `assumptions.users.low`, `scenarios.cautious.set.users`.
//
// Documents are never changed: what changes is copied, and the rest is shared. So an old document
// costs nothing to keep, and two that are the same object hold the same.

export function isMapping(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Lists whose items all have ids are rows; any other list is one value.
export function isRows(value) {
  return Array.isArray(value) && value.length > 0 && value.every(hasId);
}

function hasId(item) {
  return isMapping(item) && typeof item.id === "string" && item.id !== "";
}

export function joined(...parts) {
  return parts.filter(Boolean).join(".");
}

// What stands at a place, or undefined.
export function read(document, place) {
  return place.split(".").reduce(step, document);
}

function step(value, key) {
  if (Array.isArray(value)) return value.find((item) => item?.id === key);
  return own(value, key);
}

// What a mapping holds under a key. Ids may be words that every object knows: `constructor`.
export function own(mapping, key) {
  return isMapping(mapping) && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

// The document with another value at a place; undefined takes away what stands there, and the
// mappings that are left with nothing. A row that does not exist is not made.
export function put(document, place, value) {
  return putAt(document, place.split("."), value) ?? {};
}

function putAt(target, [key, ...rest], value) {
  if (key === undefined) return value;
  if (Array.isArray(target)) return putInRow(target, key, rest, value);
  const found = isMapping(target) ? { ...target } : {};
  const inner = putAt(own(found, key), rest, value);
  if (inner === undefined) delete found[key];
  else found[key] = inner;
  return Object.keys(found).length ? found : undefined;
}

function putInRow(rows, id, rest, value) {
  const at = rows.findIndex((row) => row?.id === id);
  if (at < 0) return rows;
  const row = putAt(rows[at], rest, value);
  const others = rows.toSpliced(at, 1);
  if (row === undefined) return others.length ? others : undefined;
  return rows.with(at, row);
}

// What a field shows of a value.
export function textOf(value) {
  if (value === undefined || value === null) return "";
  if (isMapping(value)) return "chance" in value ? outcomeText(value) : holidayText(value);
  if (!Array.isArray(value)) return String(value);
  const texts = value.map(textOf);
  // Days without work stand one to a line.
  return texts.includes("") ? "" : texts.join(value[0]?.first ? "\n" : "; ");
}

function holidayText({ first, last, label = "" }) {
  return first ? `${first}${last ? ` to ${last}` : ""} ${label}`.trim() : "";
}

function outcomeText({ value, chance }) {
  return `${textOf(value)} at ${textOf(chance)}`;
}

// Whether two values are equal; the order of rows counts, that of keys does not.
export function same(one, other) {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, at) => same(each, other[at]));
  }
  if (!isMapping(one) || !isMapping(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]))
  );
}

// The places at which two documents differ. A row that only one of them has is one place.
export function differences(one, other, place = "") {
  if (same(one, other)) return [];
  if (isMapping(one) && isMapping(other)) return differencesBelow(one, other, place);
  if (isRows(one) && isRows(other)) {
    const below = differencesBelow(byId(one), byId(other), place);
    return below.length ? below : [place]; // only their order
  }
  if ((isRows(one) && other === undefined) || (isRows(other) && one === undefined)) {
    return (one ?? other).map((row) => joined(place, row.id));
  }
  return [place];
}

function differencesBelow(one, other, place) {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) =>
    differences(own(one, key), own(other, key), joined(place, key)),
  );
}

// Rows by their ids, in a mapping that knows nothing else.
export function byId(rows) {
  return Object.assign(Object.create(null), Object.fromEntries(rows.map((row) => [row.id, row])));
}

// Every id that formulas can name, in small letters: a workbook cannot tell `E` from `e`.
export function namesInFormulas(document) {
  const found = new Set();
  for (const source of [document, ...(document.alternatives ?? [])]) {
    for (const list of ["assumptions", "calculations", "benefits", "investments"]) {
      for (const row of source[list] ?? []) found.add(String(row.id).toLowerCase());
    }
  }
  return found;
}

// Whether anything besides the row itself mentions an id, as a word of a text or as a key.
export function isMentioned(document, id, rowPlace) {
  const word = new RegExp(`(^|[^A-Za-z0-9_])${id}($|[^A-Za-z0-9_])`);
  return mentions(put(document, rowPlace, undefined), id, word);
}

function mentions(value, id, word) {
  if (typeof value === "string") return word.test(value);
  if (Array.isArray(value)) return value.some((each) => mentions(each, id, word));
  if (!isMapping(value)) return false;
  return Object.entries(value).some(([key, each]) => key === id || mentions(each, id, word));
}
