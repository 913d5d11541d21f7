/**
 * Looks at the syntax of JavaScript texts without running them. Argument and output as for Python.
 * A file may be a module or not: only what is neither is a fault. No single quotes.
 */
export const nodeScript = `
const vm = require("node:vm");
const zlib = require("node:zlib");
const faultOf = (path, text) => {
  const plain = text.replace(/^#!.*/, "");
  let first = null;
  const tries = [
    () => new vm.SourceTextModule(plain, { identifier: path }),
    () => new vm.Script("(function (exports, require, module, __filename, __dirname) {" + plain + "\\n})", { filename: path }),
  ];
  if (/\\.cjs$/.test(path)) tries.shift();
  else if (/\\.mjs$/.test(path)) tries.pop();
  else if (!/^\\s*(?:import|export)\\b/m.test(plain)) tries.reverse();
  for (const attempt of tries) {
    try {
      attempt();
      return null;
    } catch (error) {
      if (!(error instanceof SyntaxError)) return null;
      // Of modules the line is not told.
      const [where = "", shown = ""] = String(error.stack).split("\\n");
      const line = Number(/:(\\d+)$/.exec(where)?.[1] ?? 0) || null;
      const said = line === null || shown.trim() === "" ? "" : ": " + shown.trim().slice(0, 120);
      first ??= { line, what: error.name + ": " + error.message + said };
    }
  }
  return first;
};
for (const { path, before, after } of JSON.parse(zlib.inflateSync(Buffer.from(process.argv[1], "base64")))) {
  if (before !== null && faultOf(path, before) !== null) continue;
  const fault = faultOf(path, after);
  if (fault) console.log("FAULT " + JSON.stringify({ path, ...fault }));
}
console.log("LOOKED");
`;
