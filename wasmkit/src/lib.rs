//! wasmkit -- Wasmtime's C API, the WIT tools and yyjson in one archive.
//!
//! `include/wasmkit.h` is the contract of the `wasmkit_` functions; Wasmtime
//! and yyjson come with headers of their own. Every `wasmkit_` function that
//! runs a tool goes through `guard`, so that a panic in it comes back as an
//! error and never crosses into C.

mod component;
mod limit;
mod wit;

pub use wasmtime_c_api::*;
pub use yyjson_sys;

use std::ffi::{c_char, c_int, CStr, CString};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::Path;
use std::sync::OnceLock;

/// Why a call failed; the numbers are `enum wasmkit_result` of the header.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Wit = 1,
    Invalid = 2,
    Tool = 3,
    NotFound = 4,
    Io = 5,
}

/// An error on its way to C.
#[derive(Debug)]
pub struct Failure {
    pub kind: Kind,
    pub text: String,
    pub path: Option<String>,
    pub line: u32,
    pub column: u32,
    pub offset: u64,
    pub help: Option<String>,
}

impl Failure {
    pub fn new(kind: Kind, text: impl AsRef<str>) -> Failure {
        Failure {
            kind,
            text: one_line(text.as_ref()),
            path: None,
            line: 0,
            column: 0,
            offset: u64::MAX,
            help: None,
        }
    }

    pub fn tool(error: anyhow::Error) -> Failure {
        Failure::new(Kind::Tool, format!("{error:#}"))
    }

    pub fn io(path: &Path, error: std::io::Error) -> Failure {
        let kind = if error.kind() == std::io::ErrorKind::NotFound {
            Kind::NotFound
        } else {
            Kind::Io
        };
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or("");
        Failure::new(kind, text).at_path(path)
    }

    pub fn at_path(mut self, path: &Path) -> Failure {
        self.path = Some(path.display().to_string());
        self
    }
}

/// The tools wrap some messages; a diagnostic is one line.
fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join(" ").trim().to_string()
}

#[repr(C)]
pub struct Bytes {
    ptr: *mut u8,
    len: usize,
}

#[repr(C)]
pub struct Error {
    text: *mut c_char,
    path: *mut c_char,
    help: *mut c_char,
    line: u32,
    column: u32,
    offset: u64,
}

impl Bytes {
    fn of(bytes: Vec<u8>) -> Bytes {
        let boxed = bytes.into_boxed_slice();
        let len = boxed.len();
        Bytes { ptr: Box::into_raw(boxed) as *mut u8, len }
    }
}

fn c_text(text: Option<String>) -> *mut c_char {
    match text {
        None => std::ptr::null_mut(),
        // A NUL can come from the input (a WIT text with one in it).
        Some(text) => CString::new(text.replace('\0', "\\0")).unwrap_or_default().into_raw(),
    }
}

/// Runs `body`; what goes wrong, panics included, lands in `*error`.
fn guard(error: *mut Error, body: impl FnOnce() -> Result<(), Failure>) -> c_int {
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return 0,
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or(panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            Failure::new(Kind::Tool, format!("the tool panicked: {text}"))
        }
    };
    let kind = failure.kind as c_int;
    if !error.is_null() {
        let filled = Error {
            text: c_text(Some(failure.text)),
            path: c_text(failure.path),
            help: c_text(failure.help),
            line: failure.line,
            column: failure.column,
            offset: failure.offset,
        };
        // SAFETY: the header asks for NULL or a place for one wasmkit_error.
        unsafe { error.write(filled) };
    }
    kind
}

/// The caller's bytes; `ptr` may be NULL when `len` is 0.
unsafe fn slice<'a>(ptr: *const u8, len: usize) -> &'a [u8] {
    if len == 0 {
        &[]
    } else {
        std::slice::from_raw_parts(ptr, len)
    }
}

unsafe fn path<'a>(text: *const c_char) -> &'a Path {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(CStr::from_ptr(text).to_bytes()))
}

/// The text at `text`, None for NULL or "".
unsafe fn text<'a>(text: *const c_char) -> Result<Option<&'a str>, Failure> {
    if text.is_null() || *text == 0 {
        return Ok(None);
    }
    match CStr::from_ptr(text).to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(Failure::new(Kind::Tool, "a name is not UTF-8")),
    }
}

// SAFETY of all functions below: the header states what the pointers must be.

#[no_mangle]
pub unsafe extern "C" fn wasmkit_bytes_free(bytes: *mut Bytes) {
    if !bytes.is_null() {
        let Bytes { ptr, len } = bytes.replace(Bytes { ptr: std::ptr::null_mut(), len: 0 });
        if !ptr.is_null() {
            drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(ptr, len)));
        }
    }
}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_error_free(error: *mut Error) {
    if error.is_null() {
        return;
    }
    for text in [&mut (*error).text, &mut (*error).path, &mut (*error).help] {
        if !text.is_null() {
            drop(CString::from_raw(*text));
            *text = std::ptr::null_mut();
        }
    }
}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_validate(ptr: *const u8, len: usize, error: *mut Error) -> c_int {
    guard(error, || component::validate(slice(ptr, len)))
}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_encode_wit(
    wit_path: *const c_char,
    package: *mut Bytes,
    places: *mut Bytes,
    error: *mut Error,
) -> c_int {
    guard(error, || {
        let (bytes, table) = wit::encode(path(wit_path))?;
        package.write(Bytes::of(bytes));
        places.write(Bytes::of(table.into_bytes()));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_print_wit(
    ptr: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Error,
) -> c_int {
    guard(error, || {
        let text = component::print(slice(ptr, len))?;
        out.write(Bytes::of(text.into_bytes()));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_bind_c(
    wit_path: *const c_char,
    world: *const c_char,
    dir: *const c_char,
    error: *mut Error,
) -> c_int {
    guard(error, || component::bind_c(path(wit_path), text(world)?, path(dir)))
}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_imports(
    ptr: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Error,
) -> c_int {
    guard(error, || {
        out.write(Bytes::of(component::imports(slice(ptr, len))?.into_bytes()));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_embed(
    core: *const u8,
    core_len: usize,
    package: *const u8,
    package_len: usize,
    world: *const c_char,
    out: *mut Bytes,
    error: *mut Error,
) -> c_int {
    guard(error, || {
        let package = slice(package, package_len);
        let bytes = component::embed(slice(core, core_len), package, text(world)?)?;
        out.write(Bytes::of(bytes));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_componentize(
    ptr: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Error,
) -> c_int {
    guard(error, || {
        out.write(Bytes::of(component::componentize(slice(ptr, len))?));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_wat(
    ptr: *const c_char,
    len: usize,
    out: *mut Bytes,
    error: *mut Error,
) -> c_int {
    guard(error, || {
        out.write(Bytes::of(component::wat(slice(ptr as *const u8, len))?));
        Ok(())
    })
}

/// The version in Cargo.lock, so that it cannot differ from what was linked.
fn locked(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let entry = format!("name = \"{name}\"\nversion = \"");
    lock.find(&entry)
        .and_then(|at| lock[at + entry.len()..].split('"').next())
        .unwrap_or("?")
}

#[no_mangle]
pub extern "C" fn wasmkit_version() -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    TEXT.get_or_init(|| {
        let text = format!(
            "wasmtime {}, wit-parser {}, wit-bindgen-c {}",
            locked("wasmtime"),
            locked("wit-parser"),
            locked("wit-bindgen-c"),
        );
        CString::new(text).unwrap_or_default()
    })
    .as_ptr()
}
