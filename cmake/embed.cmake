# embed.cmake -- files of the repository made part of the program.
#
#   cmake -DROOT=DIR -DOUT=FILE.c -DFILES=a;b;c -P cmake/embed.cmake
#
# Writes the table of base/embedded.h: names sorted, bytes as numbers, a NUL
# behind each.
list(SORT FILES)
set(bytes "")
set(rows "")
set(number 0)
foreach(file ${FILES})
  file(READ ${ROOT}/${file} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "(..)" "0x\\1," hex "${hex}")
  string(REGEX REPLACE
    "(...........................................................................)"
    "\\1\n" hex "${hex}")
  string(APPEND bytes
    "static const unsigned char file_${number}[] = {\n${hex}0x00};\n")
  string(LENGTH "${file}" letters)
  string(APPEND rows
    "    {{\"${file}\", ${letters}}, {(const char *)file_${number}, ${size}}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "/* Made by cmake/embed.cmake. */
#include \"base/embedded.h\"

${bytes}
static const struct tvn_embedded files[] = {
${rows}};

const struct tvn_embedded *
tvn_embedded_find(const char *name)
{
    for (uint32_t i = 0; i < ${number}; i++) {
        if (tvn_str_is(files[i].name, name)) {
            return &files[i];
        }
    }
    return NULL;
}

const struct tvn_embedded *
tvn_embedded_all(uint32_t *count)
{
    *count = ${number};
    return files;
}
")
