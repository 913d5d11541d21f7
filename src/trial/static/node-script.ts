/**
 * Looks at the syntax of JavaScript and TypeScript texts without running them. Arguments and output as for Python; the
 * second argument says which file Node itself runs, if any: it strips types and nothing more.
 * A file may be a module or not: only what is neither is a fault. Types are taken off by Node (22.13 or newer); JSX it
 * cannot read, so that is left to what the project has (TypeScript, esbuild or Babel). No single quotes.
 */
export const nodeScript = `
const vm = require("node:vm");
const zlib = require("node:zlib");
const mod = require("node:module");
const quoted = (text, line) => {
  const shown = line === null ? "" : (text.split("\\n")[line - 1] ?? "").trim();
  return shown === "" ? "" : ": " + shown.slice(0, 120);
};
const faultIn = (error, text) => {
  // Of modules the line is not told.
  const [where = ""] = String(error.stack).split("\\n");
  const line = Number(/:(\\d+)$/.exec(where)?.[1] ?? 0) || null;
  // The parser of types lists whatever else might have stood there.
  const said = error.message.split("\\n")[0].replace(/\\. Expected .{60,}/, "");
  return { line, what: error.name + ": " + said + quoted(text, line) };
};
const faultOf = (path, text) => {
  const plain = text.replace(/^#!.*/, "");
  let first = null;
  const tries = [
    () => new vm.SourceTextModule(plain, { identifier: path }),
    () => new vm.Script("(function (exports, require, module, __filename, __dirname) {" + plain + "\\n})", { filename: path }),
  ];
  if (/\\.c[jt]s$/.test(path)) tries.shift();
  else if (/\\.m[jt]s$/.test(path)) tries.pop();
  else if (!/^\\s*(?:import|export)\\b/m.test(plain)) tries.reverse();
  for (const attempt of tries) {
    try {
      attempt();
      return null;
    } catch (error) {
      if (!(error instanceof SyntaxError)) return null;
      first ??= faultIn(error, text);
    }
  }
  return first;
};
const typedFaultOf = (path, text) => {
  let bare = null;
  let moved = false;
  try {
    bare = mod.stripTypeScriptTypes(text);
  } catch (error) {
    if (error.code !== "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" || path === process.argv[2]) return typedFault(error, text);
    // Enums and the like: everybody but Node makes code of them. The lines are others then.
    try {
      bare = mod.stripTypeScriptTypes(text, { mode: "transform" });
      moved = true;
    } catch (worse) {
      return typedFault(worse, text);
    }
  }
  // Decorators are nothing that a JavaScript engine knows yet.
  if (/^\\s*@[\\w$]/m.test(bare)) return null;
  const fault = faultOf(path, bare);
  return fault && moved ? { ...fault, line: null } : fault;
};
// CommonJS may return at its top, which a parser of TypeScript does not know.
const typedFault = (error, text) =>
  error instanceof SyntaxError && !/^Return statement/.test(error.message) ? faultIn(error, text) : null;
const markupFaultOf = (path, text) => {
  const load = (name) => {
    try {
      return mod.createRequire(require("node:path").resolve(path))(name);
    } catch {
      return null;
    }
  };
  const made = (line, what) => ({ line, what: "SyntaxError: " + what.split("\\n")[0].replace(/\\.$/, "") + quoted(text, line) });
  const ts = load("typescript");
  if (ts?.transpileModule) {
    const compilerOptions = { jsx: 1, target: 99, module: 99, allowJs: true, experimentalDecorators: true };
    const { diagnostics = [] } = ts.transpileModule(text, { fileName: path, reportDiagnostics: true, compilerOptions });
    // 1xxx and 17xxx (JSX): what cannot be parsed. The others are about types and options.
    const bad = diagnostics.find((d) => d.file && d.category === 1 && (d.code < 2000 || Math.floor(d.code / 1000) === 17));
    if (!bad) return null;
    return made(bad.file.getLineAndCharacterOfPosition(bad.start).line + 1, ts.flattenDiagnosticMessageText(bad.messageText, " "));
  }
  const esbuild = load("esbuild");
  if (esbuild?.transformSync) {
    try {
      esbuild.transformSync(text, { loader: path.endsWith("x") ? path.split(".").pop() : "tsx", logLevel: "silent" });
      return null;
    } catch (error) {
      const [bad] = error.errors ?? [];
      return bad?.location ? made(bad.location.line, bad.text) : null;
    }
  }
  const babel = load("@babel/parser");
  if (!babel?.parse) return null;
  try {
    const plugins = ["jsx", "decorators-legacy", ...(path.endsWith(".tsx") ? ["typescript"] : [])];
    babel.parse(text, { sourceType: "unambiguous", allowReturnOutsideFunction: true, plugins });
    return null;
  } catch (error) {
    return error instanceof SyntaxError ? made(error.loc?.line ?? null, error.message) : null;
  }
};
const look = (path, text) => {
  if (/\\.[jt]sx$/.test(path)) return markupFaultOf(path, text);
  if (!/\\.[cm]?ts$/.test(path)) return faultOf(path, text);
  return mod.stripTypeScriptTypes ? typedFaultOf(path, text) : null;
};
for (const { path, before, after } of JSON.parse(zlib.inflateSync(Buffer.from(process.argv[1], "base64")))) {
  if (before !== null && look(path, before) !== null) continue;
  const fault = look(path, after);
  if (fault) console.log("FAULT " + JSON.stringify({ path, ...fault }));
}
console.log("LOOKED");
`;
