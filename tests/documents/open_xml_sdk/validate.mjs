// Validates files of Word, Excel and PowerPoint: node validate.mjs VALIDATOR VERSION FILE...
// Each file gives a line of JSON: its name, and what is wrong with it.
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";

const [entry, version, ...files] = process.argv.slice(2);
const { default: validate } = await import(pathToFileURL(entry));

function told(found) {
  return `${found.path.partUri} ${found.path.xpath}: ${found.description}`;
}

async function mistakes(file) {
  try {
    const found = await validate(await readFile(file), extname(file).slice(1), version);
    return found.map(told);
  } catch (error) {
    return [`cannot be opened: ${error.message}`];
  }
}

for (const file of files) {
  process.stdout.write(`${JSON.stringify({ file, mistakes: await mistakes(file) })}\n`);
}
process.exitCode = 0;
// The runtime that the validator was compiled for keeps the process alive.
setTimeout(() => process.exit(), 100);
