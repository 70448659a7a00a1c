//! WIT text: read, resolve, encode, and say where everything stands.

use crate::{Failure, Kind};
use std::collections::HashSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use wit_parser::{
    Docs, InterfaceId, PackageId, ParseError, Resolve, ResolveError, SourceMap, Span, Type, TypeDefKind,
    TypeId, UnresolvedPackageGroup, WorldId, WorldItem, WorldKey,
};

/// Largest WIT file that is read.
const FILE_MAX: u64 = 16 << 20;

/// `torvyn:stage`, which every package may use without a deps/ folder.
const BUILT_IN: &str = include_str!("../../wit/torvyn-stage/stage.wit");
const BUILT_IN_PATH: &str = "<built-in>/torvyn-stage/stage.wit";

/// The texts that were read: the parser keeps only offsets into them.
#[derive(Default)]
struct Sources {
    files: Vec<(String, String)>,
}

impl Sources {
    fn read(&mut self, map: &mut SourceMap, path: &Path) -> Result<(), Failure> {
        let io = |error| Failure::io(path, error);
        let size = std::fs::metadata(path).map_err(io)?.len();
        if size > FILE_MAX {
            let text = format!("a WIT file of more than {} MiB", FILE_MAX >> 20);
            return Err(Failure::new(Kind::Wit, text).at_path(path));
        }
        let bytes = std::fs::read(path).map_err(io)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let (line, column) = line_column(&error.as_bytes()[..good]);
            let mut failure = Failure::new(Kind::Wit, "the text is not UTF-8").at_path(path);
            (failure.line, failure.column) = (line, column);
            failure
        })?;
        self.push(map, &path.display().to_string(), text);
        Ok(())
    }

    fn push(&mut self, map: &mut SourceMap, path: &str, text: String) {
        map.push_str(path, text.clone());
        self.files.push((path.to_string(), text));
    }

    fn text(&self, path: &str) -> &str {
        self.files.iter().find(|(name, _)| name == path).map_or("", |(_, text)| text)
    }

    fn parse(&self, map: SourceMap) -> Result<UnresolvedPackageGroup, Failure> {
        map.parse().map_err(|(map, error)| {
            let kind = error.kind();
            self.failure(&map, kind.span(), kind.to_string())
        })
    }

    fn failure(&self, map: &SourceMap, span: Span, text: String) -> Failure {
        let mut failure = Failure::new(Kind::Wit, &text);
        if let Some(at) = map.resolve_span(span) {
            let source = self.text(at.path);
            let start = at.range.start.min(source.len());
            (failure.line, failure.column) = line_column(&source.as_bytes()[..start]);
            failure.path = Some(at.path.to_string());
            failure.help = help(source, start, &text);
        } else {
            failure.help = help("", 0, &text);
        }
        failure
    }

    fn any_failure(&self, map: &SourceMap, error: anyhow::Error) -> Failure {
        for layer in error.chain() {
            if let Some(error) = layer.downcast_ref::<ResolveError>() {
                return self.failure(map, error.kind().span(), error.kind().to_string());
            }
            if let Some(error) = layer.downcast_ref::<ParseError>() {
                return self.failure(map, error.kind().span(), error.kind().to_string());
            }
        }
        Failure::new(Kind::Wit, format!("{error:#}"))
    }
}

/// Line and column, from 1, of what follows `before`.
fn line_column(before: &[u8]) -> (u32, u32) {
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (line as u32, (before.len() - start + 1) as u32)
}

// ---- help: names that WIT cannot spell ----

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'%')
}

/// The whole name round `at`; when there is none, the one before it.
fn word_at(source: &str, at: usize) -> &str {
    let bytes = source.as_bytes();
    let mut end = at;
    while end < bytes.len() && is_name_byte(bytes[end]) {
        end += 1;
    }
    if end == at {
        while end > 0 && bytes[end - 1].is_ascii_whitespace() {
            end -= 1;
        }
    }
    let mut start = end;
    while start > 0 && is_name_byte(bytes[start - 1]) {
        start -= 1;
    }
    // Name bytes are ASCII, so the ends are character boundaries.
    &source[start..end]
}

/// `dep_delay` and `depDelay` as WIT spells them.
fn dashed(word: &str) -> String {
    let mut out = String::new();
    let mut was_lower = false;
    for c in word.chars() {
        if c == '_' || c == '-' {
            if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
            was_lower = false;
            continue;
        }
        if c.is_ascii_uppercase() && was_lower {
            out.push('-');
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(c.to_ascii_lowercase());
    }
    out.trim_end_matches('-').to_string()
}

/// What people write who come from another language.
const FOREIGN_TYPES: &[(&str, &str)] = &[
    ("i8", "s8"),
    ("i16", "s16"),
    ("i32", "s32"),
    ("i64", "s64"),
    ("int", "s32"),
    ("uint", "u32"),
    ("long", "s64"),
    ("byte", "u8"),
    ("float", "f64"),
    ("float32", "f32"),
    ("float64", "f64"),
    ("double", "f64"),
    ("boolean", "bool"),
    ("str", "string"),
    ("text", "string"),
    ("bytes", "list<u8>"),
];

fn is_keyword(word: &str) -> bool {
    const WORDS: &str = " use type func u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char resource own \
        borrow record flags variant enum bool string option result future stream list map as \
        from static interface tuple world import export package constructor include with async ";
    !word.is_empty() && WORDS.contains(&format!(" {word} "))
}

fn help(source: &str, at: usize, message: &str) -> Option<String> {
    let word = word_at(source, at);
    if message.starts_with("expected an identifier") && is_keyword(word) {
        return Some(format!("write %{word}: `{word}` alone is a word of WIT itself"));
    }
    if message.contains("does not exist") {
        let found = FOREIGN_TYPES.iter().find(|(from, _)| *from == word);
        return found.map(|(_, to)| format!("WIT's name for it is {to}"));
    }
    if message.starts_with("package 'torvyn:stage") {
        return Some("the built-in package is torvyn:stage@0.1.0".to_string());
    }
    if message.starts_with("package '") && message.contains("not found") {
        return Some("put its WIT into a folder of its own in deps/".to_string());
    }
    if message.starts_with("no `package` header") {
        return Some("let one file begin with `package SOMEONE:NAME;`".to_string());
    }
    let is_camel = word.bytes().any(|b| b.is_ascii_uppercase())
        && word.bytes().any(|b| b.is_ascii_lowercase());
    let fixed = dashed(word);
    if (word.contains('_') || word.ends_with('-') || word.contains("--") || is_camel)
        && !fixed.is_empty()
        && fixed != word
    {
        return Some(format!("WIT names use dashes: {fixed}"));
    }
    None
}

// ---- reading ----

fn is_stage(name: &wit_parser::PackageName) -> bool {
    name.namespace == "torvyn" && name.name == "stage"
}

fn sorted_entries(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let io = |error| Failure::io(dir, error);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io)? {
        paths.push(entry.map_err(io)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn has_suffix(path: &Path, suffix: &str) -> bool {
    path.extension().is_some_and(|have| have == suffix)
}

/// All WIT files of one folder, which are one package.
fn read_dir(sources: &mut Sources, dir: &Path) -> Result<UnresolvedPackageGroup, Failure> {
    let mut map = SourceMap::default();
    let mut count = 0;
    for path in sorted_entries(dir)? {
        if has_suffix(&path, "wit") && !path.is_dir() {
            sources.read(&mut map, &path)?;
            count += 1;
        }
    }
    if count == 0 {
        return Err(Failure::new(Kind::Wit, "there is no .wit file in this folder").at_path(dir));
    }
    sources.parse(map).map_err(|failure| with_path(failure, dir))
}

fn read_file(sources: &mut Sources, path: &Path) -> Result<UnresolvedPackageGroup, Failure> {
    let mut map = SourceMap::default();
    sources.read(&mut map, path)?;
    sources.parse(map).map_err(|failure| with_path(failure, path))
}

/// An error that stands nowhere (no package line at all) is the folder's.
fn with_path(failure: Failure, path: &Path) -> Failure {
    if failure.path.is_none() {
        failure.at_path(path)
    } else {
        failure
    }
}

/// The packages in `deps`; compiled ones go into `resolve` at once.
fn read_deps(
    sources: &mut Sources,
    resolve: &mut Resolve,
    deps: &Path,
) -> Result<Vec<UnresolvedPackageGroup>, Failure> {
    let mut groups = Vec::new();
    if !deps.is_dir() {
        return Ok(groups);
    }
    for path in sorted_entries(deps)? {
        if path.is_dir() {
            groups.push(read_dir(sources, &path)?);
        } else if has_suffix(&path, "wit") {
            groups.push(read_file(sources, &path)?);
        } else if has_suffix(&path, "wasm") {
            push_compiled(resolve, &path)?;
        }
    }
    Ok(groups)
}

fn push_compiled(resolve: &mut Resolve, path: &Path) -> Result<PackageId, Failure> {
    resolve
        .push_file(path)
        .map_err(|error| Failure::new(Kind::Wit, format!("{error:#}")).at_path(path))
}

fn is_compiled(path: &Path) -> bool {
    use std::io::Read;
    let mut magic = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok() && &magic == b"\0asm"
}

/// Reads the folder, WIT file or compiled WIT package at `path`.
pub fn load(path: &Path) -> Result<(Resolve, PackageId), Failure> {
    let mut sources = Sources::default();
    let mut resolve = Resolve::default();
    let (main, mut deps) = if path.is_dir() {
        let main = read_dir(&mut sources, path)?;
        let deps = read_deps(&mut sources, &mut resolve, &path.join("deps"))?;
        (main, deps)
    } else if is_compiled(path) {
        let package = push_compiled(&mut resolve, path)?;
        return Ok((resolve, package));
    } else {
        (read_file(&mut sources, path)?, Vec::new())
    };
    // Whoever brings a torvyn:stage of his own gets his own.
    let is_given = deps
        .iter()
        .chain([&main])
        .flat_map(|group| group.nested.iter().chain([&group.main]))
        .map(|package| &package.name)
        .chain(resolve.package_names.keys())
        .any(is_stage);
    if !is_given {
        let mut map = SourceMap::default();
        sources.push(&mut map, BUILT_IN_PATH, BUILT_IN.to_string());
        deps.push(sources.parse(map)?);
    }
    match resolve.push_groups(main, deps) {
        Ok(package) => Ok((resolve, package)),
        Err(error) => {
            let failure = sources.any_failure(&resolve.source_map, error.into());
            Err(with_path(failure, path))
        }
    }
}

/// The world of that name; without a name the only one.
pub fn select_world(
    resolve: &Resolve,
    package: PackageId,
    name: Option<&str>,
) -> Result<WorldId, Failure> {
    resolve.select_world(&[package], name).map_err(|error| {
        let worlds = &resolve.packages[package].worlds;
        let mut failure = Failure::tool(error);
        let names: Vec<&str> = worlds.keys().map(String::as_str).collect();
        failure.help = Some(format!("the package has these worlds: {}", names.join(", ")));
        failure
    })
}

// ---- where things stand ----

/// `package/interface.type.member<TAB>file<TAB>line<TAB>column<TAB>docs` lines.
struct Table<'a> {
    resolve: &'a Resolve,
    seen: HashSet<String>,
    out: String,
}

impl Table<'_> {
    fn add(&mut self, key: &str, span: Span, docs: &Docs) {
        if !span.is_known() {
            return; /* decoded from a compiled package */
        }
        // "file:line:column"; only the file may hold a colon.
        let place = self.resolve.render_location(span);
        let mut parts = place.rsplitn(3, ':');
        let (Some(column), Some(line), Some(file)) = (parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        if file.contains(['\t', '\n']) || !self.seen.insert(key.to_string()) {
            return;
        }
        // A line break in the docs is a carriage return here, where none is left.
        let docs = docs.contents.as_deref().unwrap_or("");
        let docs = docs.replace(['\t', '\r'], " ").trim_end().replace('\n', "\r");
        let _ = writeln!(self.out, "{key}\t{file}\t{line}\t{column}\t{docs}");
    }

    /// The type that a `use` brought here, itself or through further uses.
    fn declared(&self, mut id: TypeId) -> TypeId {
        loop {
            let def = &self.resolve.types[id];
            match def.kind {
                TypeDefKind::Type(Type::Id(to)) if self.resolve.types[to].owner != def.owner => {
                    id = to
                }
                _ => return id,
            }
        }
    }

    fn add_type(&mut self, owner: &str, name: &str, id: TypeId) {
        let resolve = self.resolve;
        let key = format!("{owner}.{name}");
        let declared = &resolve.types[self.declared(id)];
        self.add(&key, declared.span, &declared.docs);
        let mut id = id;
        while let TypeDefKind::Type(Type::Id(to)) = resolve.types[id].kind {
            id = to;
        }
        let members: Vec<(&str, Span, &Docs)> = match &resolve.types[id].kind {
            TypeDefKind::Record(r) => r.fields.iter().map(|f| (&f.name[..], f.span, &f.docs)).collect(),
            TypeDefKind::Variant(v) => v.cases.iter().map(|c| (&c.name[..], c.span, &c.docs)).collect(),
            TypeDefKind::Enum(e) => e.cases.iter().map(|c| (&c.name[..], c.span, &c.docs)).collect(),
            TypeDefKind::Flags(f) => f.flags.iter().map(|f| (&f.name[..], f.span, &f.docs)).collect(),
            _ => Vec::new(),
        };
        for (member, span, docs) in members {
            self.add(&format!("{key}.{member}"), span, docs);
        }
    }

    fn add_function(&mut self, owner: &str, name: &str, function: &wit_parser::Function) {
        let key = format!("{owner}.{name}");
        self.add(&key, function.span, &function.docs);
        for param in &function.params {
            self.add(&format!("{key}.{}", param.name), param.span, &Docs::default());
        }
    }

    fn add_interface(&mut self, key: &str, id: InterfaceId) {
        let interface = &self.resolve.interfaces[id];
        self.add(key, interface.span, &interface.docs);
        for (name, id) in &interface.types {
            self.add_type(key, name, *id);
        }
        for (name, function) in &interface.functions {
            self.add_function(key, name, function);
        }
    }

    fn add_world(&mut self, key: &str, id: WorldId) {
        let world = &self.resolve.worlds[id];
        self.add(key, world.span, &world.docs);
        for (name, item) in world.imports.iter().chain(&world.exports) {
            let WorldKey::Name(name) = name else {
                continue; /* an interface of a package: it is listed there */
            };
            match item {
                WorldItem::Function(function) => self.add_function(key, name, function),
                WorldItem::Type { id, .. } => self.add_type(key, name, *id),
                WorldItem::Interface { id, .. } => {
                    // A component calls an inline interface by its bare name.
                    self.add_interface(&format!("{key}.{name}"), *id);
                    self.add_interface(name, *id);
                }
            }
        }
    }

    fn add_package(&mut self, id: PackageId) {
        let package = &self.resolve.packages[id];
        let base = format!("{}:{}", package.name.namespace, package.name.name);
        for (name, id) in &package.interfaces {
            self.add_interface(&format!("{base}/{name}"), *id);
        }
        for (name, id) in &package.worlds {
            self.add_world(&format!("{base}/{name}"), *id);
        }
    }
}

fn places(resolve: &Resolve, main: PackageId) -> String {
    let mut table = Table { resolve, seen: HashSet::new(), out: String::new() };
    // The first wins where two versions of a package are there.
    table.add_package(main);
    for (id, _) in resolve.packages.iter().filter(|(id, _)| *id != main) {
        table.add_package(id);
    }
    table.out
}

/// The binary WIT package of the text at `path`, and the table of places.
pub fn encode(path: &Path) -> Result<(Vec<u8>, String), Failure> {
    let (resolve, package) = load(path)?;
    let bytes = wit_component::encode(&resolve, package, false)
        .map_err(|error| Failure::new(Kind::Wit, format!("{error:#}")).at_path(path))?;
    Ok((bytes, places(&resolve, package)))
}
