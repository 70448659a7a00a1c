"""cases.py -- random types, values and guests, each in the form of the
specification's definition and in that of oracle.c (its protocol: there).

Every random choice is taken from the `random.Random` that is given.
"""
import struct

KINDS = ("bool s8 u8 s16 u16 s32 u32 s64 u64 f32 f64 char string list record "
         "tuple variant enum flags option result").split()
NUMBER = {name: i for i, name in enumerate(KINDS)}
PACK = {"bool": "<?", "s8": "<b", "u8": "<B", "s16": "<h", "u16": "<H",
        "s32": "<i", "u32": "<I", "s64": "<q", "u64": "<Q"}
ENCODINGS = ("utf8", "utf16", "latin1+utf16")
WIDE = 1 << 31
FLAT_MAX = 16
ODD_NUMBERS = (0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 127, 128, 255, 256, 257, 0xD7FF,
               0xD800, 0xDFFF, 0xE000, 0xFFFF, 0x10FFFF, 0x110000, 0x07FFFFFF,
               0x08000000, 0x0FFFFFFF, 0x10000000, 0x7FFFFFFF, WIDE, WIDE | 1,
               WIDE | 2, WIDE | 0x08000000, 0xFFFFFFFE, 0xFFFFFFFF)


class Type:
    """`spec`: the definition's type; `code`: ours; `parts`: (label, Type)."""

    def __init__(self, kind, parts=(), spec=None):
        self.kind = kind
        self.parts = parts
        self.spec = spec
        self.index = {label: i for i, (label, _) in enumerate(parts)}

    def __str__(self):
        inside = ", ".join(label if t is None else f"{label}: {t}"
                           for label, t in self.parts)
        return f"{self.kind}<{inside}>" if self.parts else self.kind

    @property
    def code(self):
        head = bytes([NUMBER[self.kind]])
        codes = [None if t is None else t.code for _, t in self.parts]
        if self.kind == "list":
            return head + codes[0]
        if self.kind == "option":
            return head + codes[1]
        if self.kind != "result" and self.parts:
            head += struct.pack("<H", len(self.parts))
        return head + b"".join(
            b"\0" if code is None else b"\1" + code for code in codes)


def scalar(d, kind):
    return Type(kind, (), getattr(d, kind.capitalize() + "Type")())


def random_type(d, r, depth, kinds):
    """A type at most `depth` deep whose scalars are of `kinds`."""
    if depth <= 1 or r.random() < 0.25:
        return scalar(d, r.choice(kinds))
    kind = r.choice(KINDS[NUMBER["list"]:])
    if kind == "list":
        elem = random_type(d, r, depth - 1, kinds)
        return Type(kind, (("elem", elem),), d.ListType(elem.spec))
    if kind == "option":
        some = random_type(d, r, depth - 1, kinds)
        return Type(kind, (("none", None), ("some", some)),
                    d.OptionType(some.spec))
    if kind in ("enum", "flags"):
        count = r.randint(1, 32) if kind == "flags" else r.choice(
            (1, 2, 3, 5, 255, 256, 257, 600))
        labels = [f"m{i}" for i in range(count)]
        make = d.EnumType if kind == "enum" else d.FlagsType
        return Type(kind, tuple((label, None) for label in labels),
                    make(labels))
    count = 2 if kind == "result" else r.randint(1, 5)
    labels = {"result": ("ok", "error")}.get(
        kind, [(f"{i}" if kind == "tuple" else f"m{i}") for i in range(count)])
    types = [None if kind in ("variant", "result") and r.random() < 0.3
             else random_type(d, r, depth - 1, kinds) for _ in range(count)]
    specs = [None if t is None else t.spec for t in types]
    if kind == "tuple":
        spec = d.TupleType(specs)
    elif kind == "record":
        spec = d.RecordType(
            [d.FieldType(*field) for field in zip(labels, specs)])
    elif kind == "variant":
        spec = d.VariantType([d.CaseType(*case) for case in zip(labels, specs)])
    else:
        spec = d.ResultType(*specs)
    return Type(kind, tuple(zip(labels, types)), spec)


# ---- values ----

CHARACTERS = (
    lambda r: chr(r.randrange(0x20, 0x7F)),
    lambda r: chr(r.randrange(0x80)),
    lambda r: chr(r.randrange(0x80, 0x100)),
    lambda r: chr(r.randrange(0x100, 0x800)),
    lambda r: chr(r.choice((r.randrange(0x800, 0xD800),
                            r.randrange(0xE000, 0x10000)))),
    lambda r: chr(r.randrange(0x10000, 0x110000)),
    lambda r: r.choice("\0\x7F\x80\xFF\u0100\u07FF\u0800\uD7FF\uE000\uFFFF"
                       "\U00010000\U0010FFFF"),
)
MIXES = ((0,), (0,), (0, 1), (0, 0, 0, 0, 0, 2), (2,), (0, 2, 4), (0, 0, 5),
         (3, 4, 5), (4,), (5,), (0, 0, 0, 6), (0, 1, 2, 3, 4, 5, 6))


def random_text(r):
    mix = r.choice(MIXES)
    count = r.choice((0, 1, 2, 3, r.randrange(12), r.randrange(12),
                      r.randrange(90)))
    return "".join(CHARACTERS[r.choice(mix)](r) for _ in range(count))


def string_of(r, text, encoding):
    """The definition's string: with the encoding that it had."""
    if encoding == "utf8":
        return text, encoding, len(text.encode())
    units = len(text.encode("utf-16-le")) // 2
    if encoding == "utf16":
        return text, encoding, units
    if any(ord(c) > 0xFF for c in text) or r.random() < 0.3:
        return text, encoding, units | WIDE
    return text, encoding, len(text)


def random_number(r, kind):
    signed = kind[0] == "s"
    bits = int(kind[1:])
    value = r.choice(ODD_NUMBERS) if r.random() < 0.3 else r.getrandbits(bits)
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def random_float(d, r, kind):
    """A NaN is the canonical one: what is behind it is another's choice."""
    if kind == "f32":
        return d.decode_i32_as_float(r.choice(
            (r.getrandbits(32), r.getrandbits(32), 0x7F800000, 0xFFC00001, 0,
             1 << 31, 1)))
    return d.decode_i64_as_float(r.choice(
        (r.getrandbits(64), r.getrandbits(64), 0x7FF << 52, 0xFFF8 << 48, 0,
         1 << 63, 1)))


def random_value(d, r, t, encoding):
    kind = t.kind
    if kind == "bool":
        return r.random() < 0.5
    if kind in PACK:
        return random_number(r, kind)
    if kind in ("f32", "f64"):
        return random_float(d, r, kind)
    if kind == "char":
        return r.choice(CHARACTERS)(r)
    if kind == "string":
        return string_of(r, random_text(r), encoding)
    if kind == "list":
        count = r.choice((0, 1, 2, 3, r.randrange(8)))
        return [random_value(d, r, t.parts[0][1], encoding)
                for _ in range(count)]
    if kind == "flags":
        return {label: r.random() < 0.5 for label, _ in t.parts}
    if kind in ("record", "tuple"):
        return {label: random_value(d, r, part, encoding)
                for label, part in t.parts}
    label, part = r.choice(t.parts)
    return {label: None if part is None
            else random_value(d, r, part, encoding)}


def dump(d, t, value, out, keeps_width):
    """Appends the value in the form of oracle.c to the list `out`."""
    kind = t.kind
    if kind in PACK:
        out.append(struct.pack(PACK[kind], value))
    elif kind == "f32":
        out.append(struct.pack("<I", d.encode_float_as_i32(value)))
    elif kind == "f64":
        out.append(struct.pack("<Q", d.encode_float_as_i64(value)))
    elif kind == "char":
        out.append(struct.pack("<I", ord(value)))
    elif kind == "string":
        text, encoding, units = value
        encoded = text.encode()
        wide = units & WIDE if (
            keeps_width and encoding == "latin1+utf16") else 0
        out.append(struct.pack("<I", len(encoded) | wide))
        out.append(encoded)
    elif kind == "list":
        out.append(struct.pack("<I", len(value)))
        for element in value:
            dump(d, t.parts[0][1], element, out, keeps_width)
    elif kind == "flags":
        bits = sum(1 << i for i, (label, _) in enumerate(t.parts)
                   if value[label])
        out.append(struct.pack("<I", bits))
    elif kind in ("record", "tuple"):
        for label, part in t.parts:
            dump(d, part, value[label], out, keeps_width)
    else:
        (label, payload), = value.items()
        index = t.index[label]
        out.append(struct.pack("<I", index))
        if t.parts[index][1] is not None:
            dump(d, t.parts[index][1], payload, out, keeps_width)


# ---- guests ----

(BUMP, IN_PLACE, FORGETS, GROWS, AT_END, ODD, OUTSIDE, TRAPS) = range(8)


def random_steps(r, is_disjoint):
    """What realloc does, call by call; `is_disjoint`: blocks never overlap."""
    honest = [BUMP, IN_PLACE, IN_PLACE, FORGETS, GROWS]
    if not is_disjoint:
        honest.append(AT_END)
    steps = [(r.choice(honest), 0) for _ in range(r.randint(1, 6))]
    if r.random() < 0.25:
        steps[r.randrange(len(steps))] = (
            r.choice((ODD, OUTSIDE, OUTSIDE, TRAPS)), r.randrange(3))
    return steps


class Outside(Exception):
    """The definition would walk through too many values."""


class Guest:
    """One that definitions.py and oracle.c simulate alike."""

    CAP = 1 << 17
    LOADS_MAX = 20000

    def __init__(self, memory, encoding, source, next_, steps,
                 keeps_width=False, knows_size=True):
        self.memory = memory
        self.encoding = encoding
        self.source = source
        self.next = next_
        self.steps = steps
        self.keeps_width = keeps_width
        self.knows_size = knows_size
        self.log = []

    @property
    def code(self):
        """As it is now: to be taken before it runs."""
        size = len(self.memory)
        return b"".join((
            bytes([ENCODINGS.index(self.encoding),
                   ENCODINGS.index(self.source), self.keeps_width,
                   self.knows_size]),
            struct.pack("<I", size), bytes(self.memory),
            struct.pack("<IB", self.next, len(self.steps)),
            b"".join(bytes(step) for step in self.steps)))

    def realloc(self, trap, old, old_size, align, size):
        code, arg = self.steps[len(self.log) % len(self.steps)]
        here = len(self.memory)
        mask = ~(align - 1) & 0xFFFFFFFF
        kept = min(old_size, size)
        if code == TRAPS:
            self.log.append((old, old_size, align, size, 0))
            trap()
        if code == IN_PLACE and old_size > 0 and (
                size <= old_size or old + old_size == self.next):
            ptr = old
            if size > old_size:
                self.next = old + size
        elif code == OUTSIDE:
            ptr = mask & (here - size + align if arg == 0 else
                          0xFFFFFFFF if arg == 1 else here + align)
        elif code == AT_END:
            ptr = (here - size) & mask if size <= here else 0
        else:
            ptr = (self.next + align - 1) & mask
            ptr += code == ODD
            self.next = ptr + size
            if code == GROWS and here < self.next <= self.CAP:
                self.memory.extend(bytes(self.next - here))
        if code != FORGETS and ptr + kept <= len(self.memory):
            self.memory[ptr:ptr + kept] = self.memory[old:old + kept]
        self.log.append((old, old_size, align, size, ptr))
        return ptr
