// How texts are compared that people write.

// A text without capitals, accents and needless spaces.
export function folded(text) {
  const plain = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  return plain.toLowerCase().replace(/[’\u0060]/g, "'").replace(/\s+/g, " ").trim();
}
