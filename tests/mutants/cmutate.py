"""cmutate -- every small mistake that can be made in a C file of ours.

    mutants(text)  ->  [Mutant(start, end, new, kind, function, line, old_line,
                        new_line)], in the order of the file

No C parser: the house style tells it enough.  Only a function's braces stand
in column 0, a declaration begins with a type, one statement ends with one
semicolon.  Only what is inside a function is changed; not comments, strings,
lines of the preprocessor, what stands in TVN_ASSERT or sizeof, and the
switches and branches on TVN_FAULT_..., which are there to break things.

    relation  < becomes <=, == becomes !=; where both are one function (the
              smaller of two), < becomes >
    operator  + and -, * and /, << and >>, & and |, ++ and --; % becomes /
    logic     && and ||; ! goes
    constant  0 and 1, true and false; others + 1
    negate    the condition of an if or a while
    remove    a call, an assignment, an increment, a break, a continue, a
              return without a value
"""
import collections
import re

Mutant = collections.namedtuple(
    "Mutant", "start end new kind function line old_line new_line")
Token = collections.namedtuple("Token", "kind text start end")

TOKEN = re.compile(r"""
    (?P<skip>\s+|/\*.*?\*/|^[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<str>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<num>\d[\w.]*)
  | (?P<id>[A-Za-z_]\w*)
  | (?P<op>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.S | re.M | re.X)

RELATION = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=",
            "!=": "=="}
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
OPERATOR = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "+=": "-=",
            "-=": "+=", "++": "--", "--": "++", "<<": ">>", ">>": "<<",
            "&": "|", "|": "&", "|=": "&=", "&=": "|="}
LOGIC = {"&&": "||", "||": "&&"}
WORDS = {"true": "false", "false": "true"}

TYPES = {"struct", "enum", "union", "const", "static", "volatile", "unsigned",
         "signed", "int", "char", "long", "short", "void", "bool", "float",
         "double", "_Atomic"}
NOT_OPERANDS = {"return", "case", "else", "do", "sizeof"}
UNTOUCHED = re.compile(r"TVN_ASSERT|TVN_FAULT_\w+|sizeof|_Static_assert|"
                       r"TVN_STR|offsetof|_Alignof")
# Ends an operand of a relation, beside brackets.
EDGE = {"?", ":", "&&", "||", "!", ",", ";", "=", "return", "{", "}"}


def tokens_of(text):
    return [Token(m.lastgroup, m[0], m.start(), m.end())
            for m in TOKEN.finditer(text) if m.lastgroup != "skip"]


def is_type(token):
    return token.text in TYPES or token.text.endswith("_t") or \
        token.text == "tvn_err"


def words(text):
    """Without comments, and with one blank between words."""
    return " ".join(re.sub(r"(?s)/\*.*?(\*/|$)", "", text).split())


class Function:
    """The tokens of one body, and which of them may be changed."""

    def __init__(self, text, name, tokens):
        self.text, self.name, self.tokens = text, name, tokens
        self.open = set()       # indexes of tokens that may be changed
        self.conditions = []    # (first, last) index, of an if or a while
        self.removable = []     # (first, last) index, last is the semicolon
        self.pairs = {}
        stack = []
        for i, token in enumerate(tokens):
            if token.text in ("(", "[", "{"):
                stack.append(i)
            elif token.text in (")", "]", "}"):
                self.pairs[stack[-1]] = i
                self.pairs[i] = stack.pop()

    def at(self, i):
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    # ---- statements ----

    def semicolon(self, i):
        while self.at(i) != ";":
            i = self.pairs[i] + 1 if self.at(i) in ("(", "[", "{") else i + 1
        return i

    def is_declaration(self, i):
        if is_type(self.tokens[i]):
            return True
        return self.tokens[i].kind == "id" and \
            self.tokens[i + 1].kind == "id"

    def touch(self, first, last):
        """[first, last) may be changed, but for what is in an assert."""
        i = first
        while i < last:
            if UNTOUCHED.fullmatch(self.at(i)) and self.at(i + 1) == "(":
                i = self.pairs[i + 1] + 1
                continue
            self.open.add(i)
            i += 1

    def simple(self, i):
        """A statement or declaration up to its semicolon; what is behind."""
        end = self.semicolon(i)
        if self.at(i) == "static":
            return end + 1
        if self.is_declaration(i):
            at = i
            while at < end and self.at(at) != "=":
                at = self.pairs[at] if self.at(at) == "[" else at
                at += 1
            self.touch(at, end)
            return end + 1
        self.touch(i, end)
        if not UNTOUCHED.fullmatch(self.at(i)) and self.at(i) != "goto" and \
                (self.at(i) != "return" or end == i + 1) and end > i:
            self.removable.append((i, end))
        return end + 1

    def breaks(self, i):
        """What is in brackets at i asks for a fault of stream/fault.h."""
        return any(self.at(k).startswith("TVN_FAULT_I") or
                   self.at(k) == "TVN_FAULT_PASS"
                   for k in range(i, self.pairs[i]))

    def condition(self, i):
        """In brackets that open at i."""
        close = self.pairs[i]
        self.touch(i + 1, close)
        self.conditions.append((i + 1, close - 1))
        return close + 1

    def statement(self, i):
        word = self.at(i)
        if word == "{":
            return self.block(i)
        if word == "if" and self.breaks(i + 1):
            return self.pairs[self.pairs[i + 1] + 1] + 1
        if word == "if":
            i = self.statement(self.condition(i + 1))
            return self.statement(i + 1) if self.at(i) == "else" else i
        if word == "while":
            return self.statement(self.condition(i + 1))
        if word == "do":
            i = self.statement(i + 1)
            return self.condition(i + 1) + 1
        if word == "for":
            close = self.pairs[i + 1]
            behind = self.simple(i + 2) if self.at(i + 2) != ";" else i + 3
            if self.removable and self.removable[-1][0] == i + 2:
                self.removable.pop()
            self.touch(behind, close)
            return self.statement(close + 1)
        if word == "switch":
            close = self.pairs[i + 1]
            if self.breaks(i + 1):
                return self.pairs[close + 1] + 1
            self.touch(i + 2, close)
            return self.statement(close + 1)
        if word in ("case", "default"):
            while self.at(i) != ":":
                i += 1
            return i + 1
        if self.tokens[i].kind == "id" and self.at(i + 1) == ":":
            return i + 2
        return self.simple(i)

    def block(self, i):
        close = self.pairs[i]
        i += 1
        while i < close:
            i = self.statement(i)
        return close + 1

    # ---- changes ----

    def is_binary(self, i):
        before, behind = self.tokens[i - 1], self.at(i + 1)
        if behind in (")", ",", "const", "*"):
            return False
        if before.kind == "num" or before.text == "]":
            return True
        if before.text == ")":
            inside = self.tokens[self.pairs[i - 1] + 1:i - 1]
            is_cast = all(is_type(t) or t.kind == "id" or t.text == "*"
                          for t in inside) and any(is_type(t) for t in inside)
            return not is_cast
        return before.kind == "id" and before.text not in NOT_OPERANDS and \
            not is_type(before)

    def operand(self, i, step):
        """The tokens from i on, up to what ends an operand; and where."""
        stop = (")", "]") if step > 0 else ("(", "[")
        out = []
        while 0 <= i < len(self.tokens) and self.at(i) not in EDGE and \
                self.at(i) not in stop:
            if i in self.pairs:
                low, high = sorted((i, self.pairs[i]))
                out += self.words(low, high + 1, step)
                i = self.pairs[i] + step
            else:
                out.append(self.at(i))
                i += step
        return out if step > 0 else out[::-1], i

    def words(self, low, high, step):
        words = [self.at(k) for k in range(low, high)]
        return words if step > 0 else words[::-1]

    def is_choice(self, i):
        """a < b ? a : b, a > b ? a - b : 0, if (a < b) { b = a; }: the same
        with <= in place of <."""
        plain = lambda words: re.sub(r"\((u?int\d+_t)\)|[( )]", "",
                                     " ".join(words))
        left, before = self.operand(i - 1, -1)
        right, behind = self.operand(i + 1, 1)
        if self.at(behind) == "?":
            one, colon = self.operand(behind + 1, 1)
            other, _ = self.operand(colon + 1, 1)
            if plain(one) == plain(left + ["-"] + right) and other == ["0"]:
                return True
        elif self.at(behind) == ")" and self.at(behind + 1) == "{":
            one, equals = self.operand(behind + 2, 1)
            if self.at(equals) != "=":
                return False
            other, end = self.operand(equals + 1, 1)
            if self.at(end + 1) != "}":
                return False
        else:
            return False
        return {plain(left), plain(right)} == {plain(one), plain(other)}

    def is_one_relation(self, first, last):
        """Whether to negate the condition is a change of one of its tokens."""
        inside, i = [], first
        while i <= last:
            inside.append(i)
            i = self.pairs[i] + 1 if self.at(i) == "(" else i + 1
        if any(self.at(i) in LOGIC or self.at(i) == "?" for i in inside):
            return False
        return self.at(first) == "!" or any(
            self.at(i) in ("==", "!=") or
            (self.at(i) in FLIPPED and self.is_choice(i)) for i in inside)

    def changed(self, i):
        """(new text, kind) for one token; None: it stays."""
        token = self.tokens[i]
        if token.kind == "num":
            value = re.match(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)$", token.text)
            if value is None:
                return None
            number = int(value[1], 0)
            return str(1 - number if number < 2 else number + 1) + value[2], \
                "constant"
        if token.text in WORDS:
            return WORDS[token.text], "constant"
        if token.kind != "op":
            return None
        if token.text in RELATION:
            flips = token.text in FLIPPED and self.is_choice(i)
            return (FLIPPED if flips else RELATION)[token.text], "relation"
        if token.text in LOGIC:
            return LOGIC[token.text], "logic"
        if token.text == "!":
            return "", "logic"
        if token.text in OPERATOR and (token.text not in "-+*&" or
                                       self.is_binary(i)):
            return OPERATOR[token.text], "operator"
        return None

    def mutants(self):
        for i in sorted(self.open):
            new = self.changed(i)
            if new is not None:
                yield self.mutant(i, i, *new)
        for first, last in self.conditions:
            if self.is_one_relation(first, last):
                continue
            inside = self.text[self.tokens[first].start:self.tokens[last].end]
            yield self.mutant(first, last, f"!({inside})", "negate")
        for first, last in self.removable:
            inside = self.text[self.tokens[first].start:self.tokens[last].end]
            yield self.mutant(first, last, ";" + "\n" * inside.count("\n"),
                              "remove")

    def mutant(self, first, last, new, kind):
        start, end = self.tokens[first].start, self.tokens[last].end
        low = self.text.rfind("\n", 0, start) + 1
        high = self.text.find("\n", end)
        return Mutant(start, end, new, kind, self.name,
                      self.text.count("\n", 0, start) + 1,
                      words(self.text[low:high]),
                      words(self.text[low:start] + new + self.text[end:high]))


def functions(text):
    """(name, text of the body) by the braces in column 0."""
    tokens = tokens_of(text)
    starts = {0} | {m.end() for m in re.finditer("\n", text)}
    opening = None
    for i, token in enumerate(tokens):
        if token.start not in starts:
            continue
        if token.text == "{":
            opening = i
        elif token.text == "}" and opening is not None and \
                tokens[opening - 1].text == ")":
            depth, at = 1, opening - 1
            while depth > 0:
                at -= 1
                depth += {")": 1, "(": -1}.get(tokens[at].text, 0)
            yield Function(text, tokens[at - 1].text, tokens[opening:i + 1])
            opening = None


def mutants(text):
    found = []
    for function in functions(text):
        function.block(0)
        found += function.mutants()
    return sorted(found, key=lambda m: (m.start, m.end, m.new))
