/**
 * Looks at Python (and TOML) texts without running them: syntax, and names that nothing defines. Its argument holds
 * `[{path, before, after}]`; only what is wrong after and was not before is printed, as `FAULT <json>`, then `LOOKED`.
 * No single quotes: it stands between them on a command line.
 */
export const pythonScript = `
import ast, base64, builtins, json, symtable, sys, zlib

KNOWN = set(dir(builtins)) | {"__file__", "__name__", "__doc__", "__builtins__", "__spec__", "__loader__", "__package__", "__path__", "__annotations__", "__class__", "__module__", "__qualname__", "__debug__", "__dict__", "WindowsError"}

class Bare(ast.NodeTransformer):
    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.returns = None
        return node
    visit_AsyncFunctionDef = visit_FunctionDef
    def visit_arg(self, node):
        node.annotation = None
        return node
    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)

def tables(table):
    yield table
    for child in table.get_children():
        yield from tables(child)

def unknown(text, path):
    tree = ast.parse(text, path)
    lines = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
            return {}
        if isinstance(node, ast.Name):
            if node.id in ("globals", "exec", "eval", "__getattr__", "NameError"):
                return {}
            lines.setdefault(node.id, node.lineno)
    bare = ast.fix_missing_locations(Bare().visit(tree))
    top = symtable.symtable(ast.unparse(bare), path, "exec")
    bound, used = set(), set()
    for table in tables(top):
        for s in table.get_symbols():
            binds = s.is_assigned() or s.is_imported() or s.is_namespace()
            if binds and (table is top or s.is_declared_global()):
                bound.add(s.get_name())
            # symtable takes any function called top for the module: what it binds itself is not global.
            if s.is_referenced() and s.is_global() and not (binds or s.is_parameter()):
                used.add(s.get_name())
    return {name: lines.get(name, 1) for name in used - bound - KNOWN if not name.startswith("_[")}

def look(path, text):
    if path.endswith(".toml"):
        import tomllib
        try:
            tomllib.loads(text)
            return {}
        except tomllib.TOMLDecodeError as e:
            return {"syntax": (None, str(e))}
    try:
        compile(text, path, "exec", dont_inherit=True)
    except SyntaxError as e:
        shown = (e.text or "").strip()[:120]
        return {"syntax": (e.lineno, type(e).__name__ + ": " + str(e.msg) + (": " + shown if shown else ""))}
    return {"name " + n: (line, "NameError: name " + json.dumps(n) + " is not defined anywhere") for n, line in unknown(text, path).items()}

for f in json.loads(zlib.decompress(base64.b64decode(sys.argv[1]))):
    try:
        before = {} if f["before"] is None else look(f["path"], f["before"])
        if "syntax" in before:
            continue
        for key, (line, what) in sorted(look(f["path"], f["after"]).items(), key=lambda x: x[1][0] or 0):
            if key not in before:
                print("FAULT " + json.dumps({"path": f["path"], "line": line, "what": what}))
    except (ImportError, RecursionError, MemoryError, ValueError):
        pass
print("LOOKED")
`;
