//! Components and core modules: check, print, bind, wrap, assemble.

use crate::{wit, Failure, Kind};
use std::path::Path;
use wasi_preview1_component_adapter_provider as adapter;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wit_component::{ComponentEncoder, DecodedWasm, WitPrinter};

pub fn validate(bytes: &[u8]) -> Result<(), Failure> {
    match Validator::new_with_features(WasmFeatures::default()).validate_all(bytes) {
        Ok(_) => Ok(()),
        Err(error) => {
            let mut failure = Failure::new(Kind::Invalid, error.message());
            failure.offset = error.offset() as u64;
            Err(failure)
        }
    }
}

/// The WIT text of a component or of a binary WIT package.
pub fn print(bytes: &[u8]) -> Result<String, Failure> {
    validate(bytes)?;
    if !Parser::is_component(bytes) {
        return Err(Failure::new(Kind::Tool, "a core module has no WIT; it is not a component"));
    }
    let decoded = wit_component::decode(bytes).map_err(Failure::tool)?;
    let main = decoded.package();
    let nested: Vec<_> = decoded
        .resolve()
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != main)
        .collect();
    let mut printer = WitPrinter::default();
    if matches!(decoded, DecodedWasm::Component(..)) {
        printer.emit_docs(false);
    }
    printer.print(decoded.resolve(), main, &nested).map_err(Failure::tool)?;
    Ok(printer.output.to_string())
}

/// Writes the C bindings of one world into `dir`.
pub fn bind_c(wit_path: &Path, world: Option<&str>, dir: &Path) -> Result<(), Failure> {
    let (mut resolve, package) = wit::load(wit_path)?;
    let world = wit::select_world(&resolve, package, world)?;
    let mut files = wit_bindgen_core::Files::default();
    wit_bindgen_c::Opts::default()
        .build()
        .generate(&mut resolve, world, &mut files)
        .map_err(Failure::tool)?;
    std::fs::create_dir_all(dir).map_err(|error| Failure::io(dir, error))?;
    for (name, bytes) in files.iter() {
        let path = dir.join(name);
        // An unchanged file keeps its time, so that nothing is rebuilt for it.
        if std::fs::read(&path).is_ok_and(|old| old == bytes) {
            continue;
        }
        std::fs::write(&path, bytes).map_err(|error| Failure::io(&path, error))?;
    }
    Ok(())
}

/// What a walk over a core module's sections finds.
#[derive(Default)]
struct Core {
    has_preview1: bool,
    has_component_type: bool,
}

fn look_through(core: &[u8]) -> Result<Core, wasmparser::BinaryReaderError> {
    let mut found = Core::default();
    for payload in Parser::new(0).parse_all(core) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if import?.module == adapter::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME {
                        found.has_preview1 = true;
                    }
                }
            }
            Payload::CustomSection(section) => {
                if section.name().starts_with("component-type") {
                    found.has_component_type = true;
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// `module<TAB>name` lines, one for each import of a core module.
pub fn imports(core: &[u8]) -> Result<String, Failure> {
    let mut out = String::new();
    let fail = |error: wasmparser::BinaryReaderError| Failure::tool(error.into());
    for payload in Parser::new(0).parse_all(core) {
        if let Payload::ImportSection(imports) = payload.map_err(fail)? {
            for import in imports.into_imports() {
                let import = import.map_err(fail)?;
                out.push_str(&format!("{}\t{}\n", import.module, import.name));
            }
        }
    }
    Ok(out)
}

/// The core module with a world of the binary WIT package written into it.
pub fn embed(core: &[u8], package: &[u8], world: Option<&str>) -> Result<Vec<u8>, Failure> {
    let decoded = wit_component::decode(package).map_err(Failure::tool)?;
    let world = wit::select_world(decoded.resolve(), decoded.package(), world)?;
    let mut core = core.to_vec();
    wit_component::embed_component_metadata(
        &mut core,
        decoded.resolve(),
        world,
        wit_component::StringEncoding::UTF8,
        false, // names keep their whole version
    )
    .map_err(Failure::tool)?;
    Ok(core)
}

/// Wraps a core module that carries its world into a component.
pub fn componentize(core: &[u8]) -> Result<Vec<u8>, Failure> {
    validate(core)?;
    if Parser::is_component(core) {
        return Err(Failure::new(Kind::Tool, "this is a component already"));
    }
    let found = look_through(core).map_err(|error| Failure::tool(error.into()))?;
    if !found.has_component_type {
        let mut failure = Failure::new(Kind::Tool, "the module does not say what world it is for");
        failure.help = Some(
            "link W_component_type.o of the bindings into it, and strip with \
             --strip-debug, not --strip-all"
                .to_string(),
        );
        return Err(failure);
    }
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true);
    encoder.module(core).map_err(Failure::tool)?;
    if found.has_preview1 {
        encoder
            .adapter(
                adapter::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
                adapter::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
            )
            .map_err(Failure::tool)?;
    }
    encoder.encode().map_err(Failure::tool)
}

/// The binary form of a module's or component's text.
pub fn wat(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let mut failure = Failure::new(Kind::Tool, "the text is not UTF-8");
            failure.offset = error.valid_up_to() as u64;
            return Err(failure);
        }
    };
    let place = |error: wast::Error| {
        let (line, column) = error.span().linecol_in(text);
        let mut failure = Failure::new(Kind::Tool, error.message());
        failure.line = line as u32 + 1;
        failure.column = column as u32 + 1;
        failure
    };
    let buffer = wast::parser::ParseBuffer::new(text).map_err(place)?;
    let mut parsed = wast::parser::parse::<wast::Wat>(&buffer).map_err(place)?;
    parsed.encode().map_err(place)
}
